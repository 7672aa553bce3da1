//! How many visits a spot check draws, and from how many unconfirmed ones on it rejects an Area: lot quality assurance sampling.

use super::chance::{Masses, binomial, hypergeometric};
use super::{RatesError, between_0_and_1};

/// Plans are looked for up to so many draws; that tells 10 % from 13 %.
pub const MOST_DRAWN: u32 = 1_000;

/// What a spot check is to tell apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Good: at most this share of visits is false.
    pub good: f64,
    /// Bad: at least this share is.
    pub bad: f64,
    /// At most so often a good Area is rejected (α).
    pub good_rejected: f64,
    /// At most so often a bad one is accepted (β).
    pub bad_accepted: f64,
}

/// A plan for a spot check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Visits to draw.
    pub drawn: u32,
    /// Reject if more than this many are not confirmed.
    pub allowed: u32,
    /// How often a just good Area is rejected.
    pub good_rejected: f64,
    /// How often a just bad one is accepted.
    pub bad_accepted: f64,
}

/// The plan with the fewest draws; none where none does it.
///
/// Lwanga & Lemeshow 1991, *Sample size determination in health studies*; of a known whole with the hypergeometric distribution,
/// which saves up to a half of the draws in a small grid. `whole` is the number of visits that are drawn from; none: far more
/// than are drawn. Of a whole, good is the largest number of false visits whose share is not above `good`, bad the least whose share
/// is not below `bad`. Refuses shares outside 0 to 1 and a `good` that is not below `bad`.
pub fn plan(demand: &Demand, whole: Option<u32>) -> Result<Option<Plan>, RatesError> {
    let (good, bad) = (between_0_and_1("good", demand.good)?, between_0_and_1("bad", demand.bad)?);
    between_0_and_1("good_rejected", demand.good_rejected)?;
    between_0_and_1("bad_accepted", demand.bad_accepted)?;
    if good >= bad {
        return Err(RatesError::NotWorse { good, bad });
    }
    let most = whole.unwrap_or(MOST_DRAWN).min(MOST_DRAWN);
    let plan = |drawn: u32| {
        let (if_good, if_bad) =
            (unconfirmed(drawn, good, whole, f64::floor), unconfirmed(drawn, bad, whole, f64::ceil));
        let rejected = |allowed: u32| if_good.at_least(allowed + 1);
        let allowed = (0..drawn).find(|allowed| rejected(*allowed) <= demand.good_rejected)?;
        let bad_accepted = if_bad.at_most(allowed);
        let plan = Plan { drawn, allowed, good_rejected: rejected(allowed), bad_accepted };
        (bad_accepted <= demand.bad_accepted).then_some(plan)
    };
    Ok((1..=most).find_map(plan))
}

/// How often an Area is accepted in which this share of visits is false: the operating characteristic of a plan.
pub fn accepted(drawn: u32, allowed: u32, share: f64, whole: Option<u32>) -> Result<f64, RatesError> {
    let share = between_0_and_1("share", share)?;
    if let Some(whole) = whole.filter(|whole| drawn > *whole) {
        return Err(RatesError::MoreThanThereAre { what: "number drawn", part: drawn, whole });
    }
    Ok(unconfirmed(drawn, share, whole, f64::round).at_most(allowed))
}

/// How many of those drawn are not confirmed.
fn unconfirmed(drawn: u32, share: f64, whole: Option<u32>, to_count: fn(f64) -> f64) -> Masses {
    let Some(whole) = whole else { return binomial(drawn, share) };
    let bad = f64::from(whole) * share;
    // 0.05 · 40 and the like are meant to be whole, and are not always.
    let near = if (bad - bad.round()).abs() < 1e-6 { bad.round() } else { to_count(bad) };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and the whole
    hypergeometric(whole, (near as u32).min(whole), drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(good: f64, bad: f64) -> Demand {
        Demand { good, bad, good_rejected: 0.1, bad_accepted: 0.1 }
    }

    #[test]
    fn plans_are_those_of_the_table() {
        let wholes = [None, Some(300), Some(100), Some(40)];
        let table = [
            ((0.02, 0.15), [(25, 1), (24, 1), (23, 1), (12, 0)]),
            ((0.05, 0.20), [(32, 3), (31, 3), (24, 2), (21, 2)]),
            ((0.05, 0.30), [(16, 2), (16, 2), (11, 1), (11, 1)]),
            ((0.10, 0.30), [(25, 4), (25, 4), (24, 4), (18, 3)]),
        ];
        for ((good, bad), row) in table {
            for (whole, expected) in wholes.into_iter().zip(row) {
                let found = plan(&demand(good, bad), whole).unwrap().unwrap();
                assert_eq!((found.drawn, found.allowed), expected, "{good} {bad} {whole:?}");
                assert!(found.good_rejected <= 0.1 && found.bad_accepted <= 0.1);
            }
        }
    }

    #[test]
    fn sensitivity_and_specificity_are_those_of_the_table() {
        // PMC3013262, table 1: 80 % against 50 % coverage.
        for (drawn, allowed, specificity, sensitivity) in
            [(19, 6, 0.93, 0.92), (14, 4, 0.87, 0.91), (28, 9, 0.96, 0.96)]
        {
            let good = accepted(drawn, allowed, 0.2, None).unwrap();
            let bad = 1.0 - accepted(drawn, allowed, 0.5, None).unwrap();
            assert!((good - specificity).abs() < 0.005 && (bad - sensitivity).abs() < 0.005, "{drawn}: {good} {bad}");
        }
    }

    #[test]
    fn no_smaller_plan_does_it() {
        for whole in [Some(60), Some(25), None] {
            let found = plan(&demand(0.05, 0.25), whole).unwrap().unwrap();
            let meets = |drawn, allowed| {
                let good = accepted(drawn, allowed, whole.map_or(0.05, |w| f64::from(w / 20) / f64::from(w)), whole);
                let bad =
                    accepted(drawn, allowed, whole.map_or(0.25, |w| f64::from(w.div_ceil(4)) / f64::from(w)), whole);
                1.0 - good.unwrap() <= 0.1 && bad.unwrap() <= 0.1
            };
            assert!(meets(found.drawn, found.allowed));
            assert!((1..found.drawn).all(|drawn| (0..drawn).all(|allowed| !meets(drawn, allowed))), "{whole:?}");
        }
    }

    #[test]
    fn what_cannot_be_told_has_no_plan_and_nonsense_is_refused() {
        assert_eq!(plan(&demand(0.10, 0.101), None), Ok(None));
        assert_eq!(plan(&demand(0.10, 0.30), Some(0)), Ok(None));
        let all = plan(&demand(0.10, 0.15), Some(20)).unwrap().unwrap();
        assert!(all.drawn <= 20);
        assert!(plan(&demand(0.3, 0.3), None).is_err() && plan(&demand(-0.1, 0.3), None).is_err());
        assert!(plan(&demand(0.1, f64::NAN), None).is_err());
        assert!(accepted(9, 1, 0.1, Some(8)).is_err());
    }
}
