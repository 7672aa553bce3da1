//! What becomes of each change of a group, as if those before it were applied.

mod calls;

use super::commit::{Expects, Outcome, Print};
use crate::model::{Change, Code, Kind, ModelError, Plan, PlanId, Spot, Zone};
use crate::state::{Standing, State, Verdict, Version};
use crate::store::Entry;
use calls::Calls;
use hashbrown::HashMap;

/// One change, written out by the caller's thread so that the writer does not have to.
pub(super) struct Written {
    pub change: Change,
    pub expects: Expects,
    pub entry: Entry,
}

/// Judges the changes of a group, each as if those before it were applied.
pub(super) struct Judge<'a> {
    state: &'a State,
    /// Bodies of what was let through, by what it is about.
    pending: HashMap<(Kind, String), String>,
    desk: Desk<'a>,
    calls: Calls,
}

impl<'a> Judge<'a> {
    pub fn over(state: &'a State) -> Judge<'a> {
        Judge { state, pending: HashMap::new(), desk: Desk::over(state), calls: Calls::default() }
    }

    /// What becomes of a change; `Stored` under the number of `version`, where the map has to know it.
    pub fn outcome(&mut self, written: &Written, version: Version) -> Outcome {
        let Written { change, expects, entry } = written;
        if let Expects::Standing(print) = expects
            && !self.stands(change, entry, *print)
        {
            return Outcome::Overtaken;
        }
        if let Some(outcome) = self.desk.met(change, *expects) {
            return outcome;
        }
        let verdict = match self.desk.judge_drawing(change) {
            Some(verdict) => verdict,
            None => self.verdict(change, entry),
        };
        match verdict {
            Ok(Verdict::Same) => Outcome::Same,
            Ok(Verdict::New | Verdict::Changed) => {
                let seq = version.seq;
                self.desk.take(change, version);
                self.calls.take(change);
                Outcome::Stored(seq)
            }
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    /// Whether a household will stand, before this change of it, as its author read it.
    fn stands(&self, change: &Change, entry: &Entry, print: Print) -> bool {
        if let Some(body) = self.pending.get(&(entry.kind, entry.key.clone())) {
            return Print::of_body(body) == print;
        }
        let Change::HouseholdPut(household) = change else { return false };
        let known = self.state.household_whole(household.code.as_str());
        known.is_some_and(|known| Print::of(&Change::HouseholdPut(known)) == print)
    }

    /// Of what is no drawing.
    fn verdict(&mut self, change: &Change, entry: &Entry) -> Result<Verdict, ModelError> {
        if matches!(entry.kind, Kind::Read | Kind::Target | Kind::Assignment) {
            // Each of them is one, however alike two are.
            let founded = entry.kind == Kind::Target && self.pending.contains_key(&(Kind::Campaign, entry.key.clone()));
            let alone = entry.kind == Kind::Read || founded;
            return if alone { Ok(Verdict::New) } else { self.state.verdict(change) };
        }
        let key = (entry.kind, entry.key.clone());
        let verdict = match self.pending.get(&key) {
            Some(body) if *body == entry.body => return Ok(Verdict::Same),
            Some(_) if matches!(entry.kind, Kind::Visit | Kind::Answer) => {
                let expected = format!("new: another {} was stored under this id", entry.kind);
                return Err(ModelError::new("id", &entry.key, expected));
            }
            Some(_) if entry.kind == Kind::Edition => {
                return Err(ModelError::new("edition", &entry.key, "new: another was published meanwhile"));
            }
            Some(_) => Verdict::Changed,
            None if self.calls.decide(change)? || self.lets_in_whom_it_links(change) => Verdict::New,
            None => self.state.verdict(change)?,
        };
        if verdict != Verdict::Same {
            self.pending.insert(key, entry.body.clone());
        }
        Ok(verdict)
    }

    /// Whether a link is for a user whom the state knows only once this group is applied.
    fn lets_in_whom_it_links(&self, change: &Change) -> bool {
        let Change::LinkMade(link) = change else { return false };
        self.pending.contains_key(&(Kind::User, link.user.to_string()))
            && self.state.people().user(link.user.as_str()).is_none()
    }
}

/// Plans, zones and spots as they will stand once the changes that were let through are applied; `None` for what those took away.
struct Desk<'a> {
    state: &'a State,
    plans: HashMap<PlanId, (Plan, Version)>,
    zones: HashMap<Code, Option<(Zone, Version)>>,
    spots: HashMap<Code, Option<(Spot, Version)>>,
}

impl<'a> Desk<'a> {
    fn over(state: &'a State) -> Desk<'a> {
        Desk { state, plans: HashMap::new(), zones: HashMap::new(), spots: HashMap::new() }
    }

    /// What becomes of a change whose author expected something else; `None` where all is as expected.
    fn met(&self, change: &Change, expects: Expects) -> Option<Outcome> {
        let known = self.version_of(change);
        let another =
            |known: &Version| Outcome::Conflict { version: known.seq, by: known.author.to_string(), at: known.at };
        match (expects, known) {
            (Expects::Anything | Expects::Standing(_), _) | (Expects::Absent, None) => None,
            (Expects::Version(_), None) => Some(Outcome::Gone),
            (Expects::Version(seq), Some(known)) if known.seq == seq => None,
            (Expects::Version(_) | Expects::Absent, Some(known)) => Some(another(known)),
        }
    }

    fn take(&mut self, change: &Change, version: Version) {
        match change {
            Change::PlanPut(plan) => drop(self.plans.insert(plan.id, (Plan::clone(plan), version))),
            Change::ZonePut(zone) => drop(self.zones.insert(zone.code.clone(), Some((Zone::clone(zone), version)))),
            Change::SpotPut(spot) => drop(self.spots.insert(spot.code.clone(), Some((Spot::clone(spot), version)))),
            Change::ZoneEnded(end) => drop(self.zones.insert(end.code.clone(), None)),
            Change::SpotEnded(end) => drop(self.spots.insert(end.code.clone(), None)),
            _ => {}
        }
    }
}

impl Standing for Desk<'_> {
    fn standing_plan(&self, id: PlanId) -> Option<(&Plan, &Version)> {
        let pending = self.plans.get(&id).map(|(plan, version)| (plan, version));
        pending.or_else(|| self.state.standing_plan(id))
    }

    fn standing_zone(&self, code: &Code) -> Option<(&Zone, &Version)> {
        match self.zones.get(code) {
            Some(pending) => pending.as_ref().map(|(zone, version)| (zone, version)),
            None => self.state.standing_zone(code),
        }
    }

    fn standing_spot(&self, code: &Code) -> Option<(&Spot, &Version)> {
        match self.spots.get(code) {
            Some(pending) => pending.as_ref().map(|(spot, version)| (spot, version)),
            None => self.state.standing_spot(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::LonLat;
    use crate::model::rule::ZoneClass;
    use crate::model::{Confided, DrawingEnd, Household, PlanPhase, Status, Within};
    use geo::{MultiPolygon, polygon};
    use jiff::Timestamp;
    use std::collections::BTreeMap;

    fn code(text: &str) -> Code {
        Code::new(text).unwrap()
    }

    fn plan(id: u32, phase: PlanPhase) -> Change {
        let within = Within::Area(code("7001"));
        let (name, rules, reason) = (format!("Plan {id}"), String::new(), String::new());
        let (zones_only, widths) = (false, BTreeMap::new());
        Change::PlanPut(Box::new(Plan { id: PlanId(id), name, rules, within, zones_only, widths, phase, reason }))
    }

    fn zone(text: &str, plan: u32, name: &str) -> Change {
        let square = polygon![(x: 9.5, y: 47.1), (x: 9.6, y: 47.1), (x: 9.6, y: 47.2)];
        let (class, reason, geometry) = (ZoneClass::Allowed, String::new(), MultiPolygon(vec![square]));
        let (hours, season, name) = (None, None, name.to_owned());
        Change::ZonePut(Box::new(Zone {
            code: code(text),
            plan: PlanId(plan),
            class,
            name,
            hours,
            season,
            reason,
            geometry,
        }))
    }

    fn end(text: &str) -> Change {
        Change::ZoneEnded(DrawingEnd { code: code(text), reason: String::new() })
    }

    fn said(outcome: &Outcome) -> String {
        match outcome {
            Outcome::Stored(seq) => format!("stored {seq}"),
            Outcome::Same => "same".into(),
            Outcome::Refused(refusal) => format!("refused {}", refusal.field),
            Outcome::Conflict { version, by, .. } => format!("conflict {version} {by}"),
            Outcome::Gone => "gone".into(),
            Outcome::Overtaken => "overtaken".into(),
        }
    }

    /// What a group of changes leads to, one after another, on a map with plan 1, zone Z1 of it (change 2) and an ended plan 2. Each
    /// change is judged twice: with those before it pending in the same group, and with those before it applied.
    fn check(group: &[(Change, Expects)], expected: &[&str]) {
        let at = Timestamp::UNIX_EPOCH;
        let found = || {
            let mut state = State::new();
            let first = [plan(1, PlanPhase::Draft), zone("Z1", 1, ""), plan(2, PlanPhase::Ended)];
            for (seq, change) in (1..).zip(first) {
                state.apply(seq, at, "li", change).unwrap();
            }
            state
        };
        let written = |(change, expects): &(Change, Expects)| Written {
            entry: Entry::from(change),
            change: change.clone(),
            expects: *expects,
        };
        let version = |seq| Version { seq, at, author: "wu".into() };
        let (together, mut alone) = (found(), found());
        let mut judge = Judge::over(&together);
        let (mut next, mut pending, mut applied) = (4, Vec::new(), Vec::new());
        for one in group {
            let by_itself = Judge::over(&alone).outcome(&written(one), version(next));
            let outcome = judge.outcome(&written(one), version(next));
            if let Outcome::Stored(seq) = outcome {
                alone.apply(seq, at, "wu", one.0.clone()).unwrap();
                next += 1;
            }
            pending.push(said(&outcome));
            applied.push(said(&by_itself));
        }
        assert_eq!((pending.as_slice(), applied.as_slice()), (&*owned(expected), &*owned(expected)));
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn of_two_who_expect_the_same_version_the_second_is_told_who_came_first() {
        let edit = |name| (zone("Z1", 1, name), Expects::Version(2));
        check(&[edit("a"), edit("b")], &["stored 4", "conflict 4 wu"]);
        check(&[(zone("Z1", 1, "b"), Expects::Version(1))], &["conflict 2 li"]);
        check(&[edit("a"), (end("Z1"), Expects::Version(2))], &["stored 4", "conflict 4 wu"]);
        check(&[(end("Z1"), Expects::Version(2)), edit("a")], &["stored 4", "gone"]);
        check(&[(end("Z1"), Expects::Version(2)), (end("Z1"), Expects::Version(2))], &["stored 4", "gone"]);
        let again = (zone("Z1", 1, "a"), Expects::Version(4));
        check(&[edit("a"), again, (zone("Z1", 1, "c"), Expects::Version(4))], &["stored 4", "same", "stored 5"]);
        let founds = |name| (plan(3, PlanPhase::Draft), name);
        check(&[founds(Expects::Absent), founds(Expects::Absent)], &["stored 4", "conflict 4 wu"]);
        let made = |code, name| (zone(code, 1, name), Expects::Absent);
        check(&[made("Z1", ""), made("Z2", ""), made("Z2", "x")], &["conflict 2 li", "stored 4", "conflict 4 wu"]);
        // A code that was taken away may be drawn again.
        check(&[(end("Z1"), Expects::Version(2)), made("Z1", "new")], &["stored 4", "stored 5"]);
        // Who expects nothing says the last word.
        let whatever = |name| (zone("Z1", 1, name), Expects::Anything);
        check(&[whatever("a"), whatever("a"), whatever("b")], &["stored 4", "same", "stored 5"]);
    }

    #[test]
    fn of_two_who_read_the_same_household_the_second_is_told_and_changes_nothing() {
        let put = |persons| {
            let (at, address, status) = (LonLat::new(9.5, 47.1).unwrap(), None, Status::Occupied);
            let confided = Confided::default();
            Change::HouseholdPut(Household { code: code("H1"), at, address, status, persons: Some(persons), confided })
        };
        let read = |persons| Expects::Standing(Print::of(&put(persons)));
        let unknown = (put(4), read(3));
        let found = (put(3), Expects::Anything);
        let group = [unknown, found, (put(4), read(3)), (put(5), read(3)), (put(5), read(4)), (put(5), read(5))];
        check(&group, &["overtaken", "stored 4", "stored 5", "overtaken", "stored 6", "same"]);
    }

    #[test]
    fn a_zone_needs_a_plan_that_is_there_and_has_not_ended_in_the_same_group_too() {
        let put = |code, plan| (zone(code, plan, "n"), Expects::Anything);
        let becomes = |id, phase| (plan(id, phase), Expects::Anything);
        check(&[put("Z2", 9), put("Z2", 2)], &["refused plan", "refused plan"]);
        check(&[becomes(3, PlanPhase::Draft), put("Z2", 3)], &["stored 4", "stored 5"]);
        let ended = becomes(1, PlanPhase::Ended);
        let group = [ended, put("Z1", 1), (end("Z1"), Expects::Anything), becomes(1, PlanPhase::Draft)];
        check(&group, &["stored 4", "refused plan", "refused plan", "refused phase"]);
        // Out of a plan that has ended nothing is moved either.
        let group = [becomes(3, PlanPhase::Draft), becomes(1, PlanPhase::Ended), put("Z1", 3)];
        check(&group, &["stored 4", "stored 5", "refused plan"]);
        check(&[(end("Z9"), Expects::Anything)], &["refused zone"]);
    }
}
