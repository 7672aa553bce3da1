//! Rules that leave no lawful place between them, found before anything is measured.
//!
//! Only what the rules' own words prove is found here. That no footway of a city is wide enough for a stall and its clear
//! width is no contradiction: another city's is, and the plan says so.

use super::{
    Measure, MeasuredFrom, Place, Requirement, Rule, RuleKey, Scope, Selector, Status, StreetClass, StreetVerdict,
    Trade, When,
};
use crate::model::ContextClass;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

/// Rules that cannot be met together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Which; one, where a rule contradicts itself, and none where it is the set.
    pub keys: Vec<RuleKey>,
    /// Why, in a half sentence.
    pub reason: String,
}

impl Contradiction {
    pub(super) fn of<'a>(keys: impl IntoIterator<Item = &'a RuleKey>, reason: &str) -> Contradiction {
        Contradiction { keys: keys.into_iter().cloned().collect(), reason: reason.into() }
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&str> = self.keys.iter().map(RuleKey::as_str).collect();
        match keys[..] {
            [] => f.write_str(&self.reason),
            _ => write!(f, "{}: {}", keys.join(" and "), self.reason),
        }
    }
}

/// Most that are told: more than somebody mends at a time.
const MOST: usize = 50;

/// Those among the rules in force, [`MOST`] at most. Costs the square of the number of rules: microseconds for what people write, less
/// than a second for the worst that [`RuleSet::MOST`](super::RuleSet::MOST) rules can be.
pub(super) fn contradictions(rules: &[Rule]) -> Vec<Contradiction> {
    let rules: Vec<&Rule> = rules.iter().filter(|rule| rule.status() == Status::InForce).collect();
    let mut all: Vec<Contradiction> = no_street(&rules).into_iter().collect();
    let times = |of: fn(&Requirement) -> Option<Times>| {
        let timed =
            rules.iter().filter_map(|rule| of(rule.requirement()).map(|times| (rule.key(), rule.only(), times)));
        timed.collect::<Vec<Timed<'_>>>()
    };
    let hours = times(|requirement| match requirement {
        Requirement::Hours(hours) => Some(Times::of(&hours.minutes())),
        _ => None,
    });
    let days = times(|requirement| match requirement {
        Requirement::Season(season) => Some(Times::of(&season.days())),
        _ => None,
    });
    never(&hours, "hours", &mut all);
    never(&days, "days", &mut all);
    let pairs = rules.iter().enumerate().flat_map(|(at, a)| rules[at + 1..].iter().map(move |b| (*a, *b)));
    let found = pairs.filter_map(|(a, b)| {
        let found = kerb(a, b).or_else(|| place(a, b)).or_else(|| place(b, a));
        found.or_else(|| far_from_streets(a, b)).or_else(|| far_from_streets(b, a))
    });
    all.extend(found.take(MOST));
    all.truncate(MOST);
    all
}

/// No class of street is left by all the rules on classes together.
fn no_street(rules: &[&Rule]) -> Option<Contradiction> {
    let lists = |class: StreetClass| {
        let here = rules.iter().filter(move |rule| may_hold(rule.only(), class, 1..=Scope::MOST_LANES, None));
        here.filter_map(move |rule| match rule.requirement() {
            Requirement::StreetClass(classes) => Some((rule.key(), classes.verdict(class))),
            _ => None,
        })
    };
    let closed = |class| lists(class).any(|(_, verdict)| verdict == StreetVerdict::Denied);
    if !StreetClass::ALL.into_iter().all(closed) {
        return None;
    }
    // Each rule that denies a class, in the order of the set.
    let denies = |rule: &&&Rule| {
        let own = |class| lists(class).any(|(key, v)| key == rule.key() && v == StreetVerdict::Denied);
        StreetClass::ALL.into_iter().any(own)
    };
    let keys = rules.iter().filter(denies).map(|rule| rule.key());
    Some(Contradiction::of(keys, "together they deny every class of street"))
}

/// Whether a scope holds for all of these lanes.
fn may_hold(only: &Scope, class: StreetClass, mut lanes: std::ops::RangeInclusive<u8>, trade: Option<Trade>) -> bool {
    lanes.all(|lanes| only.covers(class, lanes, trade))
}

/// Minutes of a week or days of a year, a bit each, so that it costs the same however oddly they are written.
struct Times(Vec<u64>);

impl Times {
    fn of(ranges: &[Range<u16>]) -> Times {
        let end = ranges.iter().map(|range| usize::from(range.end)).max().unwrap_or_default();
        let mut bits = vec![0; end.div_ceil(64)];
        for at in ranges.iter().cloned().flatten().map(usize::from) {
            bits[at / 64] |= 1 << (at % 64);
        }
        Times(bits)
    }

    /// Whether all of these have no moment in common.
    fn apart<'a>(mut all: impl Iterator<Item = &'a Times>) -> bool {
        let Some(first) = all.next() else { return false };
        let mut common = first.0.clone();
        for times in all {
            common.truncate(times.0.len());
            common.iter_mut().zip(&times.0).for_each(|(bits, own)| *bits &= own);
        }
        common.iter().all(|bits| *bits == 0)
    }
}

/// A rule on times, by its key.
type Timed<'a> = (&'a RuleKey, &'a Scope, Times);

/// Rules whose times do not meet, on some street, for somebody: the fewest of them that show it.
fn never(timed: &[Timed<'_>], what: &str, found: &mut Vec<Contradiction>) {
    let reason = format!("their {what} never meet");
    let mut seen: HashSet<Vec<usize>> = HashSet::new();
    let trades = || std::iter::once(None).chain(Trade::ALL.map(Some));
    let streets =
        StreetClass::ALL.into_iter().flat_map(|class| (1..=Scope::MOST_LANES).map(move |lanes| (class, lanes)));
    for ((class, lanes), trade) in streets.flat_map(|street| trades().map(move |trade| (street, trade))) {
        let mut here: Vec<usize> = (0..timed.len()).filter(|at| timed[*at].1.covers(class, lanes, trade)).collect();
        let apart = |here: &[usize]| Times::apart(here.iter().map(|at| &timed[*at].2));
        if found.len() >= MOST || !seen.insert(here.clone()) || !apart(&here) {
            continue;
        }
        let mut at = 0;
        while at < here.len() {
            let one = here.remove(at);
            if !apart(&here) {
                here.insert(at, one);
                at += 1;
            }
        }
        let new = Contradiction::of(here.iter().map(|at| timed[*at].0), &reason);
        if !found.contains(&new) {
            found.push(new);
        }
    }
}

/// The least distance from the kerb is more than the greatest.
fn kerb(a: &Rule, b: &Rule) -> Option<Contradiction> {
    let (Requirement::KerbOffset { min: min_a, max: max_a }, Requirement::KerbOffset { min: min_b, max: max_b }) =
        (a.requirement(), b.requirement())
    else {
        return None;
    };
    let over = |min: &Option<_>, max: &Option<_>| {
        min.zip(*max).filter(|(min, max): &(super::Length, super::Length)| min.meters() > max.meters())
    };
    let (min, max) = over(min_a, max_b).or_else(|| over(min_b, max_a)).filter(|_| a.only().meets(b.only()))?;
    let reason = format!("at least {min} and at most {max} from the kerb");
    Some(Contradiction::of([a.key(), b.key()], &reason))
}

/// Inside a place, where another rule keeps out of it.
fn place(inside: &Rule, outside: &Rule) -> Option<Contradiction> {
    let Requirement::Inside { of: needed } = inside.requirement() else { return None };
    let (barred, reason) = match outside.requirement() {
        Requirement::Outside { of, when: When::Always } => {
            (of.covers(needed), "a place is required inside and outside of the same")
        }
        // Far enough from its middle there may be room within a large area.
        Requirement::MinDistance { of, when: When::Always, from: MeasuredFrom::Edge, .. } => {
            let near = matches!(needed, Place::Measured(needed) if of.covers(needed));
            (near, "a place is required inside of what another rule keeps a distance from")
        }
        _ => return None,
    };
    let always = outside.only().contains(inside.only());
    (barred && always).then(|| Contradiction::of([inside.key(), outside.key()], reason))
}

/// By the kerb, and further from every street than that.
fn far_from_streets(far: &Rule, near: &Rule) -> Option<Contradiction> {
    let (
        Requirement::MinDistance { of: Measure::Things(of), distance, from: MeasuredFrom::Edge, when: When::Always },
        Requirement::KerbOffset { max: Some(max), .. },
    ) = (far.requirement(), near.requirement())
    else {
        return None;
    };
    let streets = of.contains(&Selector::Class(ContextClass::Street));
    if !streets || distance.meters() <= max.meters() || !far.only().meets(near.only()) {
        return None;
    }
    let reason = format!("at least {distance} from streets and at most {max} from the kerb");
    Some(Contradiction::of([far.key(), near.key()], &reason))
}
