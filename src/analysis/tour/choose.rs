//! Which households are on the list for today, and why.

use super::{AnalysisError, Ends, STEPS, Stop, check, distance, tour};
use crate::analysis::near::Near;
use geo::Coord;

/// A household that may be called on, as it is today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    /// On a plane in metres.
    pub at: Coord<f64>,
    /// A need was found there: days until somebody is to look again, less than 0 after that day.
    pub need: Option<i32>,
    /// Days until the next call is due, less than 0 after that day.
    pub due: Option<i32>,
    /// Whether anybody has ever called.
    pub visited: bool,
}

/// Why a household is on the list, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// A need was found, and for so many days somebody should have looked again.
    NeedFound {
        /// 0 is today.
        days: u32,
    },
    /// The call has been due for so many days.
    Overdue {
        /// 1 or more.
        days: u32,
    },
    /// The call, or the look at a need, is due in so many days.
    DueSoon {
        /// 0 is today.
        days: u32,
    },
    /// Nobody has ever called.
    NeverVisited,
    /// Nothing is due, but it is so near to one that is on the list.
    OnTheWay {
        /// As the crow flies.
        metres: f64,
    },
}

impl Reason {
    fn class(self) -> usize {
        match self {
            Reason::NeedFound { .. } => 0,
            Reason::Overdue { .. } => 1,
            Reason::DueSoon { .. } => 2,
            Reason::NeverVisited => 3,
            Reason::OnTheWay { .. } => 4,
        }
    }
}

/// What decides who is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Due soon is due in at most so many days.
    pub soon: u16,
    /// Metres of way that one more day of waiting makes up for; 0 looks at the distance alone.
    pub metres_per_day: f64,
    /// What is at most so many metres from another is on its way.
    pub on_the_way: f64,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms { soon: 7, metres_per_day: 20.0, on_the_way: 50.0 }
    }
}

impl Terms {
    /// The reason that a household has of its own.
    ///
    /// A need whose day has come; else a call that is overdue; else the nearer of both days, if it is soon; else that nobody ever called.
    pub fn reason(&self, household: &Waiting) -> Option<Reason> {
        let past = |day: Option<i32>| day.filter(|d| *d <= 0).map(i32::unsigned_abs);
        let need = past(household.need).map(|days| Reason::NeedFound { days });
        let overdue = || past(household.due).filter(|days| *days > 0).map(|days| Reason::Overdue { days });
        let next = household.need.into_iter().chain(household.due).min();
        let soon = || {
            let days = next.and_then(|d| u32::try_from(d).ok()).filter(|d| *d <= u32::from(self.soon));
            days.map(|days| Reason::DueSoon { days })
        };
        need.or_else(overdue).or_else(soon).or((!household.visited).then_some(Reason::NeverVisited))
    }

    /// What is added to its distance: less the longer it waits.
    fn handicap(&self, reason: Reason) -> f64 {
        match reason {
            Reason::NeedFound { days } | Reason::Overdue { days } => -self.metres_per_day * f64::from(days),
            Reason::DueSoon { days } => self.metres_per_day * f64::from(days),
            Reason::NeverVisited | Reason::OnTheWay { .. } => 0.0,
        }
    }

    fn check(&self) -> Result<(), AnalysisError> {
        for (what, value) in [("a day of waiting", self.metres_per_day), ("on the way", self.on_the_way)] {
            if !(0.0..=1e6).contains(&value) {
                return Err(AnalysisError::OutOfRange { what: what.to_owned(), value, least: 0.0, most: 1e6 });
            }
        }
        Ok(())
    }
}

/// A household that is to be called on today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    /// Its place in the slice that was given.
    pub household: u32,
    /// Why.
    pub reason: Reason,
}

/// At most `n` of many households for today's list, in the order in which they were chosen.
///
/// - Class by class: all with a need to look at come before any that is overdue, those before any that is due soon, then those never
///   visited, and at last, if there is room, those without a reason of their own that are on the way of another.
/// - Within a class the next is always the one nearest to any on the list so far, or to the start; a day of waiting makes up for some
///   metres ([`Terms`]). So the list grows outwards from where the member is, and nobody far away waits for ever.
///
/// Equals are taken in the order given. Costs O(households · n). Refuses a position that is not a number or out of range, and terms
/// below 0.
pub fn choose(
    households: &[Waiting],
    start: Option<Coord<f64>>,
    n: usize,
    terms: &Terms,
) -> Result<Vec<Chosen>, AnalysisError> {
    terms.check()?;
    for (n, household) in households.iter().enumerate() {
        check(household.at, || format!("household {n}"))?;
    }
    if let Some(start) = start {
        check(start, || "the start".to_owned())?;
    }
    let mut classes: [Vec<Candidate>; 5] = Default::default();
    for (n, household) in (0..).zip(households) {
        let reason = terms.reason(household).unwrap_or(Reason::OnTheWay { metres: 0.0 });
        let candidate =
            Candidate { n, at: household.at, reason, handicap: terms.handicap(reason), metres: f64::INFINITY };
        classes[reason.class()].push(candidate);
    }
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut list: Vec<Coord<f64>> = start.into_iter().collect();
    for mut class in classes {
        if chosen.len() == n || class.is_empty() {
            continue;
        }
        for candidate in &mut class {
            candidate.metres = list.iter().map(|at| distance(*at, candidate.at)).fold(f64::INFINITY, f64::min);
        }
        while chosen.len() < n {
            // Where nothing is on the list yet, none is near.
            let rank = |c: &Candidate| if list.is_empty() { c.handicap } else { c.metres + c.handicap };
            let best =
                class.iter().enumerate().min_by(|(_, a), (_, b)| rank(a).total_cmp(&rank(b)).then(a.n.cmp(&b.n)));
            let Some((place, best)) = best.map(|(place, best)| (place, *best)) else { break };
            let reason = match best.reason {
                Reason::OnTheWay { .. } if best.metres > terms.on_the_way => break,
                Reason::OnTheWay { .. } => Reason::OnTheWay { metres: best.metres },
                own => own,
            };
            class.swap_remove(place);
            chosen.push(Chosen { household: best.n, reason });
            list.push(best.at);
            for candidate in &mut class {
                candidate.metres = candidate.metres.min(distance(best.at, candidate.at));
            }
        }
    }
    Ok(chosen)
}

/// One that is not yet on the list.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    n: u32,
    at: Coord<f64>,
    reason: Reason,
    handicap: f64,
    /// To the nearest on the list.
    metres: f64,
}

/// A line of the list for today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item {
    /// Its place in the slice that was given.
    pub household: u32,
    /// Why it is on the list.
    pub reason: Reason,
    /// In the first part of the day: a need is looked at there, or at most [`Terms::on_the_way`] from there.
    pub first: bool,
    /// From the start, or the household before, metres; 0 for the first where there is no start.
    pub leg: f64,
}

/// The list for today, in the order of the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Worklist {
    /// Each household at most once.
    pub items: Vec<Item>,
    /// Of the whole way, metres as the crow flies.
    pub length: f64,
}

/// Chooses at most `n` households for today ([`choose`]) and puts them in order ([`tour()`]).
///
/// Needs are looked at first, together with their neighbours on the list, so that nobody passes a door to come back to it later;
/// then follow the others. 300 of 17,000 cost some 50 ms.
pub fn today(households: &[Waiting], ends: Ends, n: usize, terms: &Terms) -> Result<Worklist, AnalysisError> {
    let chosen = choose(households, ends.start, n, terms)?;
    let at = |c: &Chosen| households[c.household as usize].at;
    let needs = Near::new(chosen.iter().filter(|c| c.reason.class() == 0).map(|c| (at(c), c.household)));
    let beside_a_need = |at: Coord<f64>| {
        let nearest = needs.from(at).next();
        nearest.is_some_and(|n| distance(households[n as usize].at, at) <= terms.on_the_way)
    };
    let stops: Vec<Stop> = chosen.iter().map(|c| Stop { at: at(c), first: beside_a_need(at(c)) }).collect();
    let way = tour(&stops, ends, STEPS)?;
    let item = |(n, leg): (&u32, &f64)| {
        let Chosen { household, reason } = chosen[*n as usize];
        Item { household, reason, first: stops[*n as usize].first, leg: *leg }
    };
    Ok(Worklist { items: way.order.iter().zip(&way.legs).map(item).collect(), length: way.length })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Waiting {
        Waiting { at: Coord { x, y }, need: None, due: None, visited: true }
    }

    fn check_reason(need: Option<i32>, due: Option<i32>, visited: bool, reason: Option<Reason>) {
        let household = Waiting { need, due, visited, ..at(0.0, 0.0) };
        assert_eq!(Terms::default().reason(&household), reason, "{household:?}");
    }

    #[test]
    fn a_household_has_the_most_urgent_reason() {
        check_reason(Some(0), Some(-9), true, Some(Reason::NeedFound { days: 0 }));
        check_reason(Some(-3), None, false, Some(Reason::NeedFound { days: 3 }));
        check_reason(Some(1), Some(-9), true, Some(Reason::Overdue { days: 9 }));
        check_reason(Some(5), Some(2), true, Some(Reason::DueSoon { days: 2 }));
        check_reason(Some(5), Some(9), true, Some(Reason::DueSoon { days: 5 }));
        check_reason(None, Some(0), false, Some(Reason::DueSoon { days: 0 }));
        check_reason(None, Some(8), false, Some(Reason::NeverVisited));
        check_reason(None, None, false, Some(Reason::NeverVisited));
        check_reason(Some(8), Some(8), true, None);
        check_reason(None, Some(i32::MIN), true, Some(Reason::Overdue { days: 2_147_483_648 }));
    }

    fn check_chosen(households: &[Waiting], start: Option<(f64, f64)>, n: usize, expected: &[u32]) {
        let chosen = choose(households, start.map(Coord::from), n, &Terms::default()).unwrap();
        assert_eq!(chosen.iter().map(|c| c.household).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn classes_come_before_distance_and_distance_within_a_class() {
        let new = |x| Waiting { visited: false, ..at(x, 0.0) };
        let overdue = |x, days: i32| Waiting { due: Some(-days), ..at(x, 0.0) };
        let need = Waiting { need: Some(-1), ..at(9_000.0, 0.0) };
        let all = [new(10.0), overdue(500.0, 1), need, overdue(300.0, 1), at(20.0, 0.0), new(5_000.0)];
        check_chosen(&all, Some((0.0, 0.0)), 1, &[2]);
        check_chosen(&all, Some((0.0, 0.0)), 3, &[2, 3, 1]);
        check_chosen(&all, Some((0.0, 0.0)), 99, &[2, 3, 1, 0, 5, 4]);
        check_chosen(&all, None, 99, &[2, 1, 3, 0, 5, 4]); // from the need at 9 km
        check_chosen(&all, None, 0, &[]);
        check_chosen(&[], None, 5, &[]);
        // 10 days more are worth 200 m, and one that is far is taken when it has waited long.
        check_chosen(&[overdue(100.0, 1), overdue(250.0, 11)], Some((0.0, 0.0)), 1, &[1]);
        check_chosen(&[overdue(100.0, 1), overdue(350.0, 11)], Some((0.0, 0.0)), 1, &[0]);
        check_chosen(&[overdue(100.0, 1), overdue(9_000.0, 460)], Some((0.0, 0.0)), 1, &[1]);
    }

    #[test]
    fn without_a_reason_only_neighbours_of_the_list_are_on_it() {
        let need = Waiting { need: Some(0), ..at(0.0, 0.0) };
        let list = today(&[at(90.0, 0.0), need, at(40.0, 30.0), at(141.0, 0.0)], Ends::default(), 9, &Terms::default());
        let items = list.unwrap().items;
        let on_the_way =
            |household, metres, first, leg| Item { household, reason: Reason::OnTheWay { metres }, first, leg };
        assert_eq!(items.len(), 2, "90 m is farther than 50 m from the need, and 58 m from its neighbour");
        assert!(items.contains(&on_the_way(2, 50.0, true, items.iter().find(|i| i.household == 2).unwrap().leg)));
    }

    #[test]
    fn needs_and_their_neighbours_come_first_whatever_is_nearer() {
        let new = |x| Waiting { visited: false, ..at(x, 0.0) };
        let need = |x| Waiting { need: Some(0), ..at(x, 0.0) };
        let all = [new(10.0), need(1_000.0), new(20.0), new(1_040.0), need(1_150.0), new(900.0)];
        let ends = Ends { start: Some(Coord { x: 0.0, y: 0.0 }), back: false };
        let list = today(&all, ends, 6, &Terms::default()).unwrap();
        let order: Vec<(u32, bool)> = list.items.iter().map(|i| (i.household, i.first)).collect();
        // There and back in one line the three come in any order.
        let mut needs = order[..3].to_vec();
        needs.sort_unstable();
        assert_eq!(needs, [(1, true), (3, true), (4, true)]);
        assert_eq!(order[3..], [(5, false), (2, false), (0, false)]);
        assert!((list.length - 2_290.0).abs() < 1e-9);
    }

    #[test]
    fn positions_and_terms_out_of_range_are_refused() {
        let refused = |households: &[Waiting], terms: Terms| choose(households, None, 3, &terms);
        let name = |e: AnalysisError| e.to_string();
        assert_eq!(
            refused(&[at(0.0, 0.0), at(0.0, f64::NAN)], Terms::default()).map_err(name),
            Err("household 1: y is NaN m, not between -20000000 m and 20000000 m".to_owned())
        );
        let terms = Terms { on_the_way: -1.0, ..Terms::default() };
        assert_eq!(
            refused(&[], terms).map_err(name),
            Err("on the way is -1 m, not between 0 m and 1000000 m".to_owned())
        );
        let start = Some(Coord { x: f64::INFINITY, y: 0.0 });
        assert!(choose(&[], start, 1, &Terms::default()).is_err());
    }
}
