//! Teams: who answers for which Areas, from when to when.

use super::access::{day, today};
use super::{App, AppError, Caller};
use crate::model::{Change, Charge, Code, Membership, ModelError, Right, Team, UserName};
use crate::state::{AreaId, Scope, State};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// Which Teams.
#[derive(Debug, Clone, Default)]
pub struct TeamsQuery {
    /// Those that answered for this Area, or one above it.
    pub area: Option<String>,
    /// On this day; `None` is today, or the day of `as_of`.
    pub on: Option<Date>,
    /// As it was written then; `None` is now.
    pub as_of: Option<Timestamp>,
}

/// Teams, and who answered on a day.
#[derive(Debug, Clone, Serialize)]
pub struct TeamsReport {
    /// The day.
    pub on: Date,
    /// By code.
    pub teams: Vec<TeamReport>,
}

/// A Team.
#[derive(Debug, Clone, Serialize)]
pub struct TeamReport {
    /// Identity.
    pub code: Code,
    /// For people.
    pub name: String,
    /// Everybody who ever was in it, in the order in which they were written down.
    pub members: Vec<MemberLine>,
    /// Every Area that it ever answered for.
    pub areas: Vec<ChargeLine>,
}

/// Somebody in a Team.
#[derive(Debug, Clone, Serialize)]
pub struct MemberLine {
    /// Who.
    pub user: UserName,
    /// First day.
    pub from: Date,
    /// Last day; `None` until further notice.
    pub to: Option<Date>,
    /// Whether they were in it on the day.
    pub active: bool,
}

/// An Area in the charge of a Team.
#[derive(Debug, Clone, Serialize)]
pub struct ChargeLine {
    /// Which.
    pub area: Code,
    /// For people.
    pub name: Option<String>,
    /// First day.
    pub from: Date,
    /// Last day; `None` until further notice.
    pub to: Option<Date>,
    /// Whether it was in its charge on the day.
    pub active: bool,
}

/// A Team that answers for something.
#[derive(Debug, Clone, Serialize)]
pub struct Answering {
    /// Identity.
    pub code: Code,
    /// For people.
    pub name: String,
    /// Who is in it; for a role that may see addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<UserName>,
}

impl Answering {
    /// The Teams that answered on a day for an Area, or for one above it, by code; with their members or without.
    pub(super) fn of(state: &State, area: Option<AreaId>, on: Date, personal: bool) -> Vec<Answering> {
        let above: Vec<&Code> = state.area_chain(area).map(|entry| &entry.area.code).collect();
        let answers = |team: &&Team| team.areas_on(on).any(|code| above.contains(&code));
        let one = |team: &Team| Answering {
            code: team.code.clone(),
            name: team.name.clone(),
            members: if personal { team.members_on(on).cloned().collect() } else { Vec::new() },
        };
        state.teams().filter(answers).map(one).collect()
    }
}

impl TeamReport {
    fn of(state: &State, team: &Team, on: Date) -> TeamReport {
        let holds = |from: Date, to: Option<Date>| from <= on && to.is_none_or(|to| on <= to);
        let member = |Membership { user, from, to }: &Membership| MemberLine {
            user: user.clone(),
            from: *from,
            to: *to,
            active: holds(*from, *to),
        };
        let charge = |Charge { area, from, to }: &Charge| ChargeLine {
            area: area.clone(),
            name: state.area(area.as_str()).map(|id| state.covered(id, None).entry.area.name.clone()),
            from: *from,
            to: *to,
            active: holds(*from, *to),
        };
        let (members, areas) = (team.members.iter().map(member).collect(), team.areas.iter().map(charge).collect());
        TeamReport { code: team.code.clone(), name: team.name.clone(), members, areas }
    }
}

impl App {
    /// The Teams in whose Areas the caller has a say, or which answered for an Area on a day; as it was written at a time.
    pub async fn teams(&self, caller: &Caller, query: &TeamsQuery) -> Result<TeamsReport, AppError> {
        caller.require(Right::Teams)?;
        let map = self.map(caller, query.as_of).await?;
        let on = query.on.unwrap_or_else(|| query.as_of.map_or_else(today, day));
        self.look(&map, |state| {
            let scope = caller.scope(state, Right::Teams)?;
            let above: Option<Vec<&Code>> = match query.area.as_deref() {
                None => None,
                Some(code) => {
                    let id =
                        state.area(code).ok_or_else(|| ModelError::new("area", code, "the code of a known area"))?;
                    Some(state.area_chain(Some(id)).map(|entry| &entry.area.code).collect())
                }
            };
            let answers =
                |team: &Team| above.as_ref().is_none_or(|above| team.areas_on(on).any(|code| above.contains(&code)));
            let seen = |team: &&Team| in_scope(state, &scope, team) && answers(team);
            let teams = state.teams().filter(seen).map(|team| TeamReport::of(state, team, on)).collect();
            Ok(TeamsReport { on, teams })
        })
    }

    /// Founds a Team or changes it; whether it is new. What began before today stays, but for its last day: who answered for what is
    /// asked later.
    pub async fn put_team(&self, caller: &Caller, team: Team) -> Result<(TeamReport, bool), AppError> {
        caller.require(Right::Teams)?;
        let team = team.check()?;
        // Held until it is stored: what has begun is judged by the Team that stands.
        let _altering = self.founding.lock().await;
        let (report, new) = {
            let state = self.state.read();
            let scope = caller.scope(&state, Right::Teams)?;
            let known = state.team(team.code.as_str());
            if known.is_some_and(|known| !in_scope(&state, &scope, known)) {
                return Err(ModelError::new("code", &team.code, "a code that no team of others has").into());
            }
            let foreign = |charge: &&Charge| !holds(&state, &scope, &charge.area);
            if let Some(charge) = team.areas.iter().find(foreign) {
                return Err(ModelError::new("areas", &charge.area, "the codes of known areas of yours").into());
            }
            let nobody = |one: &&Membership| state.people().user(one.user.as_str()).is_none();
            // Who was in it once may have gone since.
            let was_in = |one: &Membership| known.is_some_and(|known| known.members.contains(one));
            if let Some(one) = team.members.iter().find(|one| nobody(one) && !was_in(one)) {
                return Err(ModelError::new("members", &one.user, "the names of known users").into());
            }
            if let Some(known) = known {
                keeps_its_past(known, &team, today())?;
            }
            (TeamReport::of(&state, &team, today()), known.is_none())
        };
        self.store_one(&caller.author(), Change::TeamPut(team)).await?;
        Ok((report, new))
    }
}

fn holds(state: &State, scope: &Scope, area: &Code) -> bool {
    state.area(area.as_str()).is_some_and(|id| scope.holds(Some(id)))
}

/// Whether all Areas of a Team are in a scope.
pub(super) fn in_scope(state: &State, scope: &Scope, team: &Team) -> bool {
    *scope == Scope::Everywhere || team.areas.iter().all(|charge| holds(state, scope, &charge.area))
}

/// Refuses to leave out or to move what began before today, and to move a last day that is over.
fn keeps_its_past(known: &Team, new: &Team, today: Date) -> Result<(), ModelError> {
    let kept = |from: Date, to: Option<Date>, now: Option<Option<Date>>| match now {
        _ if from >= today => true,
        None => false,
        Some(now) if to.is_some_and(|to| to < today) => now == to,
        Some(now) => now.is_none_or(|now| now >= from),
    };
    for Membership { user, from, to } in &known.members {
        let now = new.members.iter().find(|one| one.user == *user && one.from == *from).map(|one| one.to);
        if !kept(*from, *to, now) {
            let expected = "those who were in it before today, with their first day; a last day that is over stays too";
            return Err(ModelError::new("members", format!("{user} from {from} left out or moved"), expected));
        }
    }
    for Charge { area, from, to } in &known.areas {
        let now = new.areas.iter().find(|one| one.area == *area && one.from == *from).map(|one| one.to);
        if !kept(*from, *to, now) {
            let expected =
                "the areas that it had before today, with their first day; a last day that is over stays too";
            return Err(ModelError::new("areas", format!("{area} from {from} left out or moved"), expected));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_has_begun_stays_and_what_is_to_come_may_go() {
        let today = date(2026, 11, 10);
        let member = |user: &str, from, to| Membership { user: UserName::new(user).unwrap(), from, to };
        let team = |members| Team { code: Code::new("T").unwrap(), name: "T".into(), members, areas: Vec::new() };
        let (begun, over) = (date(2026, 10, 1), date(2026, 10, 31));
        let known = team(vec![
            member("li", begun, Some(over)),
            member("wu", begun, None),
            member("he", date(2026, 12, 1), None),
        ]);
        let check =
            |members, expected: bool| assert_eq!(keeps_its_past(&known, &team(members), today).is_ok(), expected);
        check(vec![member("li", begun, Some(over)), member("wu", begun, None)], true);
        check(vec![member("li", begun, Some(over)), member("wu", begun, Some(date(2026, 11, 9)))], true);
        check(vec![member("li", begun, Some(over))], false);
        check(vec![member("li", begun, None), member("wu", begun, None)], false);
        check(vec![member("li", begun, Some(over)), member("wu", date(2026, 10, 2), None)], false);
    }
}
