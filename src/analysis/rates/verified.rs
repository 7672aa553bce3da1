//! The verified rate: coverage × the share of its visits that a spot check confirmed, with an interval.

use super::interval::{Method, share};
use super::{Confidence, Interval, Rate, RatesError};

/// What was claimed in an Area, and what a spot check found of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpotCheck {
    eligible: u32,
    visited: u32,
    sampled: u32,
    confirmed: u32,
}

impl SpotCheck {
    /// Of `eligible` households `visited` have a counted visit; `sampled` of these visits were drawn by lot and answered, and so many
    /// were `confirmed`. Refuses a number that is above the one before it.
    ///
    /// A drawn visit that nobody could check is not among `sampled`. To see what that can do, compare with all of them added to
    /// `sampled` alone (the worst case), and to `confirmed` too (the best).
    ///
    /// ```
    /// # use melonmap::analysis::rates::verified::SpotCheck;
    /// assert!(SpotCheck::new(100, 80, 20, 19).is_ok());
    /// assert!(SpotCheck::new(100, 80, 81, 19).is_err());
    /// ```
    pub fn new(eligible: u32, visited: u32, sampled: u32, confirmed: u32) -> Result<SpotCheck, RatesError> {
        for (what, part, whole) in
            [("visited", visited, eligible), ("sampled", sampled, visited), ("confirmed", confirmed, sampled)]
        {
            if part > whole {
                return Err(RatesError::MoreThanThereAre { what, part, whole });
            }
        }
        Ok(SpotCheck { eligible, visited, sampled, confirmed })
    }

    /// Visited of eligible: a full count of the claim, without an interval.
    pub fn coverage(self) -> Rate {
        Rate { count: self.visited, of: self.eligible }
    }

    /// Confirmed of sampled.
    pub fn share_confirmed(self) -> Rate {
        Rate { count: self.confirmed, of: self.sampled }
    }
}

/// A verified rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verified {
    /// As claimed, between 0 and 1.
    pub coverage: f64,
    /// Coverage × share confirmed.
    pub rate: f64,
    /// Of the rate; never beyond coverage.
    pub interval: Interval,
    /// How the interval of the share was found; none where there was no visit to confirm.
    pub method: Option<Method>,
}

/// The verified rate of an Area.
///
/// None where there is no eligible household or nothing was drawn from what was claimed: then nobody knows. Where nothing was
/// claimed it is 0, surely. The sample is to be drawn by lot from all counted visits of the Area; of a sample with other shares
/// in its parts (by member, say) verify the parts. The interval is that of [`share`] times coverage, which is no estimate.
pub fn verified(check: SpotCheck, confidence: Confidence) -> Option<Verified> {
    let coverage = check.coverage().value()?;
    if check.visited == 0 {
        return Some(Verified { coverage, rate: 0.0, interval: Interval { lower: 0.0, upper: 0.0 }, method: None });
    }
    let of_share = share(check.share_confirmed(), Some(check.visited), confidence);
    let (interval, method) = of_share.expect("a check has no more sampled than visited")?;
    let confirmed = check.share_confirmed().value()?;
    Some(Verified { coverage, rate: coverage * confirmed, interval: interval.scaled(coverage), method: Some(method) })
}

#[cfg(test)]
mod tests {
    use super::super::{finite, wilson};
    use super::*;
    use rand::rngs::StdRng;
    use rand::seq::index::sample;
    use rand::{RngExt, SeedableRng};

    fn check(counts: [u32; 4]) -> SpotCheck {
        SpotCheck::new(counts[0], counts[1], counts[2], counts[3]).unwrap()
    }

    #[test]
    fn it_is_coverage_times_the_share_and_never_above_coverage() {
        let large = verified(check([10_000, 8_000, 100, 97]), Confidence::P95).unwrap();
        assert!((large.rate - 0.8 * 0.97).abs() < 1e-12);
        let of_share = wilson(Rate::new(97, 100).unwrap(), Confidence::P95).unwrap();
        assert_eq!((large.interval, large.method), (of_share.scaled(0.8), Some(Method::Wilson)));
        let small = verified(check([50, 40, 20, 20]), Confidence::P95).unwrap();
        let of_share = finite(Rate::new(20, 20).unwrap(), 40, Confidence::P95).unwrap().unwrap();
        assert_eq!((small.interval, small.method), (of_share.scaled(0.8), Some(Method::Finite)));
        assert_eq!((small.rate, small.interval.upper), (0.8, 0.8));
    }

    #[test]
    fn what_was_wholly_checked_is_certain_and_what_was_not_checked_unknown() {
        let all = verified(check([50, 40, 40, 31]), Confidence::P95).unwrap();
        assert!((all.rate - 0.62).abs() < 1e-12 && (all.interval.upper - all.interval.lower).abs() < 1e-12);
        assert_eq!(verified(check([50, 40, 0, 0]), Confidence::P95), None);
        assert_eq!(verified(check([0, 0, 0, 0]), Confidence::P95), None);
        assert_eq!(
            verified(check([50, 0, 0, 0]), Confidence::P95).unwrap().interval,
            Interval { lower: 0.0, upper: 0.0 }
        );
    }

    #[test]
    fn it_contains_the_true_rate_as_often_as_it_says() {
        let mut rng = StdRng::seed_from_u64(6);
        let (mut contained, rounds) = (0_u32, 4_000);
        for _ in 0..rounds {
            let visited = rng.random_range(20..400_u32);
            let eligible = visited + rng.random_range(0..100);
            let real = rng.random_range(visited / 2..=visited);
            let drawn = rng.random_range(10..=visited.min(60));
            let check_these = sample(&mut rng, visited as usize, drawn as usize);
            let confirmed = check_these.iter().filter(|i| *i < real as usize).count();
            let confirmed = u32::try_from(confirmed).unwrap();
            let found = verified(check([eligible, visited, drawn, confirmed]), Confidence::P95).unwrap();
            let truth = f64::from(real) / f64::from(eligible);
            let rounding = 1e-12;
            contained +=
                u32::from(found.interval.lower - rounding <= truth && truth <= found.interval.upper + rounding);
        }
        let covered = f64::from(contained) / f64::from(rounds);
        assert!((0.95..0.995).contains(&covered), "{covered}");
    }
}
