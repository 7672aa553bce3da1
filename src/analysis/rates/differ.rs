//! Whether two rates differ, with "they cannot be told apart" as an answer.

use super::verified::{SpotCheck, verified};
use super::{Confidence, Interval, Rate, wilson};

/// What can be said of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The first is higher.
    FirstHigher,
    /// The second is higher.
    SecondHigher,
    /// The interval of their difference contains 0. That does not show that they are the same: see how wide it is.
    CannotTell,
}

/// The first rate less the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Between -1 and 1.
    pub value: f64,
    /// Of the value.
    pub interval: Interval,
    /// What follows.
    pub verdict: Verdict,
}

/// Compares two rates by the hybrid score interval of their difference; none where one has no denominator.
///
/// Newcombe 1998, method 10,
/// <https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I>: it puts the two Wilson intervals together,
/// and covers near the nominal where the usual interval fails, with few cases or rates near 0 and 1. For two that were named before
/// anybody looked: of 20 units 190 pairs differ now and then by chance, and [`super::rank::rank_intervals`] accounts for that.
pub fn differ(a: Rate, b: Rate, confidence: Confidence) -> Option<Difference> {
    Some(difference((a.value()?, wilson(a, confidence)?), (b.value()?, wilson(b, confidence)?)))
}

/// Compares two verified rates; none where one is unknown.
///
/// The same construction for intervals of any kind (MOVER): Zou & Donner 2008, <https://doi.org/10.1002/sim.3095>.
pub fn differ_verified(a: SpotCheck, b: SpotCheck, confidence: Confidence) -> Option<Difference> {
    let (a, b) = (verified(a, confidence)?, verified(b, confidence)?);
    Some(difference((a.rate, a.interval), (b.rate, b.interval)))
}

/// From two values and their intervals of the same confidence.
fn difference((a, of_a): (f64, Interval), (b, of_b): (f64, Interval)) -> Difference {
    let value = a - b;
    let interval = Interval {
        lower: (value - (a - of_a.lower).hypot(of_b.upper - b)).max(-1.0),
        upper: (value + (of_a.upper - a).hypot(b - of_b.lower)).min(1.0),
    };
    let verdict = match interval {
        Interval { lower, .. } if lower > 0.0 => Verdict::FirstHigher,
        Interval { upper, .. } if upper < 0.0 => Verdict::SecondHigher,
        _ => Verdict::CannotTell,
    };
    Difference { value, interval, verdict }
}

#[cfg(test)]
mod tests {
    use super::super::chance::binomial;
    use super::*;

    fn rate(count: u32, of: u32) -> Rate {
        Rate::new(count, of).unwrap()
    }

    #[test]
    fn intervals_are_those_of_newcombe() {
        // His table II, method 10.
        let table = [
            ([56, 70, 48, 80], 0.0524, 0.3339, Verdict::FirstHigher),
            ([9, 10, 3, 10], 0.1705, 0.8090, Verdict::FirstHigher),
            ([6, 7, 2, 7], 0.0582, 0.8062, Verdict::FirstHigher),
            ([5, 56, 0, 29], -0.0381, 0.1926, Verdict::CannotTell),
            ([0, 10, 0, 20], -0.1611, 0.2775, Verdict::CannotTell),
            ([0, 10, 0, 10], -0.2775, 0.2775, Verdict::CannotTell),
            ([10, 10, 0, 20], 0.6791, 1.0, Verdict::FirstHigher),
            ([10, 10, 0, 10], 0.6075, 1.0, Verdict::FirstHigher),
        ];
        for ([a, m, b, n], lower, upper, verdict) in table {
            let found = differ(rate(a, m), rate(b, n), Confidence::P95).unwrap();
            let near = (found.interval.lower - lower).abs() < 5.1e-5 && (found.interval.upper - upper).abs() < 5.1e-5;
            assert!(near && found.verdict == verdict, "{a}/{m} {b}/{n}: {found:?}");
            let turned = differ(rate(b, n), rate(a, m), Confidence::P95).unwrap();
            assert!((turned.interval.lower + found.interval.upper).abs() < 1e-12);
            assert_eq!(turned.verdict == Verdict::SecondHigher, verdict == Verdict::FirstHigher);
        }
        assert_eq!(differ(rate(0, 0), rate(1, 2), Confidence::P95), None);
    }

    #[test]
    fn it_covers_near_the_nominal_on_the_average() {
        for (m, n) in [(8, 8), (15, 40), (60, 60)] {
            let found: Vec<Vec<Interval>> = (0..=m)
                .map(|a| (0..=n).map(|b| differ(rate(a, m), rate(b, n), Confidence::P95).unwrap().interval).collect())
                .collect();
            let mass = |n: u32, p: f64| -> Vec<f64> {
                let masses = binomial(n, p);
                (0..=n).map(|k| masses.at_most(k) - k.checked_sub(1).map_or(0.0, |k| masses.at_most(k))).collect()
            };
            let (mut covered, mut pairs) = (0.0, 0.0);
            for i in 0..20 {
                for j in 0..20 {
                    let (p, q) = ((f64::from(i) + 0.5) / 20.0, (f64::from(j) + 0.5) / 20.0);
                    for (row, of_a) in found.iter().zip(mass(m, p)) {
                        let inside = row.iter().zip(mass(n, q)).filter(|(interval, _)| interval.contains(p - q));
                        covered += of_a * inside.map(|(_, of_b)| of_b).sum::<f64>();
                    }
                    pairs += 1.0;
                }
            }
            assert!((covered / pairs - 0.95_f64).abs() < 0.015, "{m} {n}: {}", covered / pairs);
        }
    }

    #[test]
    fn verified_rates_are_told_apart_only_when_enough_was_checked() {
        let check = |counts: [u32; 4]| SpotCheck::new(counts[0], counts[1], counts[2], counts[3]).unwrap();
        let told = |a, b| differ_verified(check(a), check(b), Confidence::P95).map(|d| d.verdict);
        assert_eq!(told([100, 90, 10, 9], [100, 80, 10, 8]), Some(Verdict::CannotTell));
        assert_eq!(told([100, 90, 90, 81], [100, 80, 80, 64]), Some(Verdict::FirstHigher));
        assert_eq!(told([100, 80, 80, 64], [100, 90, 90, 81]), Some(Verdict::SecondHigher));
        assert_eq!(told([100, 90, 0, 0], [100, 80, 80, 64]), None);
    }
}
