//! Intervals of ranks instead of ranks: which places a unit may have, given what chance does.
//!
//! Simulating ranks from estimates (Goldstein & Spiegelhalter 1996) does not keep its promise where units are alike or the same, as
//! Al Mohamad, Goeman & van Zwet 2022 (*Biometrics* 78) and Mogstad, Romano, Shaikh & Wilhelm 2024
//! (<https://doi.org/10.1093/restud/rdad006>) show; their own bootstrap is right for large counts. What is used here is right at
//! every size, without simulation: each pair is tested, all tests together at one level, and a rank is bounded by how many are
//! surely better and surely worse. So do Bazylik, Mogstad, Romano, Shaikh & Wilhelm 2024 for multinomial
//! counts, <https://arxiv.org/abs/2402.00192>.
//!
//! For full counts, as of coverage, the ranks of the counts are known. What has an interval is the rank of what stands behind them:
//! how likely a household of the unit is to be visited, apart from the luck of this campaign.

use super::chance::hypergeometric;
use super::{Confidence, Interval, Rate, RatesError};
use rayon::prelude::*;
use statrs::function::factorial::ln_factorial;

/// More units than this are not compared pair by pair: it would be four million tests.
pub const MOST_UNITS: usize = 2_000;

/// The places that a unit may have; 1 is the highest rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RankInterval {
    /// One more than are surely higher.
    pub best: u32,
    /// How many there are, less those that are surely lower.
    pub worst: u32,
}

/// Intervals that contain the true ranks of all units at once with this confidence, at least, in the order given.
///
/// A unit's true rank is one more than units have a higher rate; of units with the same rate the interval contains all places that
/// they share. A unit that counts nothing may have any. Two-sample tests are Fisher's exact ones, one each way, which err no more
/// often than they say even with few households, and Holm's step-down keeps all of them together at the level: so nothing is said
/// to be surely higher that is not, with this confidence. The price is caution: small units have wide intervals.
///
/// Refuses more than [`MOST_UNITS`]. Costs O(units²), in parallel, and O(√denominator) for those few pairs that are neither surely
/// apart nor surely not: some 50 ns a pair in all.
pub fn rank_intervals(units: &[Rate], confidence: Confidence) -> Result<Vec<RankInterval>, RatesError> {
    if units.len() > MOST_UNITS {
        return Err(RatesError::TooManyUnits { units: units.len(), most: MOST_UNITS });
    }
    let alpha = confidence.alpha();
    let tests = units.len() * units.len().saturating_sub(1);
    let ways: Vec<f64> = units.iter().map(|unit| ln_choose(unit.of, unit.count)).collect();
    // Of the two tests of a pair at most one rejects: the most that Holm ever asks of one is twice what he asks of the first.
    let (surely, at_most) = (alpha / f64::from(number(tests)), 2.0 * alpha / f64::from(number(tests)));
    let p_of = |high: usize, low: usize| {
        let (least, most) = bounds(units[high], units[low], ways[high] + ways[low]);
        match () {
            () if most <= surely => Some(most),
            () if least > at_most => None,
            () => Some(p_higher(units[high], units[low])).filter(|p| *p <= at_most),
        }
    };
    let against_later = |i: usize| {
        let pair = |j: usize| {
            let (high, low) = if is_higher(units[i], units[j])? { (i, j) } else { (j, i) };
            Some((p_of(high, low)?, high, low))
        };
        (i + 1..units.len()).filter_map(pair).collect::<Vec<_>>()
    };
    let pairs: Vec<(f64, usize, usize)> = (0..units.len()).into_par_iter().flat_map_iter(against_later).collect();
    let sure = holm(pairs, tests, alpha);
    let (mut above, mut below) = (vec![0; units.len()], vec![0; units.len()]);
    for (_, high, low) in sure {
        below[high] += 1;
        above[low] += 1;
    }
    let all = number(units.len());
    Ok(above.into_iter().zip(below).map(|(a, b)| RankInterval { best: 1 + a, worst: all - b }).collect())
}

/// The same from intervals of rates, as of verified ones: for units whose rates are no mere shares, and for any number of them.
///
/// A unit is surely higher than those whose intervals end below its own. The ranks have the confidence with which all intervals
/// contain their rates at once: for 95 % over k units make each at [`each_of`] k. They are as good as the intervals: only
/// [`super::finite`] promises its confidence at every size. (Klein, Wright & Wieczorek 2020, *A joint
/// confidence region for an overall ranking of populations*, *Applied Statistics* 69.) Wider than [`rank_intervals`]. Costs
/// O(units · log units).
pub fn rank_intervals_of(intervals: &[Interval]) -> Vec<RankInterval> {
    let sorted = |end: fn(&Interval) -> f64| {
        let mut ends: Vec<f64> = intervals.iter().map(end).collect();
        ends.sort_unstable_by(f64::total_cmp);
        ends
    };
    let (lower, upper) = (sorted(|i| i.lower), sorted(|i| i.upper));
    let rank = |unit: &Interval| {
        let above = lower.len() - lower.partition_point(|l| *l <= unit.upper);
        let below = upper.partition_point(|u| *u < unit.lower);
        RankInterval { best: 1 + number(above), worst: number(intervals.len() - below) }
    };
    intervals.iter().map(rank).collect()
}

/// The confidence that each of so many intervals needs for all of them at once to have the one given (Bonferroni).
pub fn each_of(units: u32, together: Confidence) -> Confidence {
    Confidence(1.0 - together.alpha() / f64::from(units.max(1)))
}

/// Whether the first has the higher rate. None where the rates are the same or one is none.
fn is_higher(a: Rate, b: Rate) -> Option<bool> {
    let (this, that) = (u64::from(a.count) * u64::from(b.of), u64::from(b.count) * u64::from(a.of));
    (this != that && a.of.checked_add(b.of).is_some()).then_some(this > that)
}

/// The probability that chance makes the first, whose rate is the higher one, so much higher or more.
fn p_higher(high: Rate, low: Rate) -> f64 {
    // Were both the same, all counted would be dealt by lot to the households of both.
    hypergeometric(high.of + low.of, high.count + low.count, high.of).at_least(high.count)
}

/// Between which that probability lies, from the logarithm of how many ways there are for the counts of both.
///
/// It is at least the mass of what was counted, and at most that of a geometric series which falls as the first two masses do: the
/// masses of a hypergeometric distribution fall faster and faster. A thousandth more on each side is left to rounding.
fn bounds(high: Rate, low: Rate, ln_ways: f64) -> (f64, f64) {
    const ROUNDING: f64 = 1.001;
    let (whole, ones) = (high.of + low.of, high.count + low.count);
    let mass = (ln_ways - ln_choose(whole, ones)).exp();
    let [all, ones, drawn, counted] = [whole, ones, high.of, high.count].map(f64::from);
    let next = (ones - counted) * (drawn - counted) / ((counted + 1.0) * (all - ones - drawn + counted + 1.0));
    let most = if next < 1.0 { mass / (1.0 - next) } else { 1.0 };
    (mass / ROUNDING, most * ROUNDING)
}

/// The logarithm of how many ways there are to choose some of all.
fn ln_choose(of: u32, some: u32) -> f64 {
    let ln_factorial = |n: u32| ln_factorial(u64::from(n));
    ln_factorial(of) - ln_factorial(some) - ln_factorial(of - some)
}

/// Those of `tests` tests that Holm's step-down rejects; given are those that it may reject.
fn holm(mut pairs: Vec<(f64, usize, usize)>, tests: usize, alpha: f64) -> Vec<(f64, usize, usize)> {
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let kept = |(i, (p, ..)): (usize, &(f64, usize, usize))| *p * f64::from(number(tests - i)) <= alpha;
    let rejected = pairs.iter().enumerate().take_while(|pair| kept(*pair)).count();
    pairs.truncate(rejected);
    pairs
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::rates::interval::jeffreys;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    fn rate(count: u32, of: u32) -> Rate {
        Rate::new(count, of).unwrap()
    }

    fn check(units: &[(u32, u32)], expected: &[(u32, u32)]) {
        let units: Vec<Rate> = units.iter().map(|(count, of)| rate(*count, *of)).collect();
        let found = rank_intervals(&units, Confidence::P95).unwrap();
        let found: Vec<(u32, u32)> = found.iter().map(|r| (r.best, r.worst)).collect();
        assert_eq!(found, expected, "{units:?}");
    }

    #[test]
    fn what_cannot_be_told_apart_shares_its_places() {
        check(&[], &[]);
        check(&[(1, 2)], &[(1, 1)]);
        check(&[(3, 4), (1, 4)], &[(1, 2), (1, 2)]);
        check(&[(90, 100), (10, 100)], &[(1, 1), (2, 2)]);
        check(&[(50, 100), (50, 100), (99, 100)], &[(2, 3), (2, 3), (1, 1)]);
        check(&[(95, 100), (50, 100), (0, 0)], &[(1, 2), (2, 3), (1, 3)]);
        check(&[(0, 9), (0, 9), (9, 9)], &[(2, 3), (2, 3), (1, 1)]);
    }

    /// Fisher's tail from binomial coefficients.
    fn fisher(a: u32, m: u32, b: u32, n: u32) -> f64 {
        let choose = |n: u32, k: u32| (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product::<f64>();
        let ways = (a..=m.min(a + b)).map(|k| if a + b - k > n { 0.0 } else { choose(m, k) * choose(n, a + b - k) });
        ways.sum::<f64>() / choose(m + n, a + b)
    }

    #[test]
    fn intervals_are_those_of_all_pairs_one_after_the_other() {
        let mut rng = StdRng::seed_from_u64(8);
        for _ in 0..300 {
            let units: Vec<Rate> = (0..rng.random_range(2..9))
                .map(|_| {
                    let of = rng.random_range(1..40);
                    rate(rng.random_range(0..=of), of)
                })
                .collect();
            let k = units.len();
            let mut tests: Vec<(f64, usize, usize)> = Vec::new();
            for i in 0..k {
                for j in (0..k).filter(|j| *j != i) {
                    tests.push((fisher(units[i].count, units[i].of, units[j].count, units[j].of), i, j));
                }
            }
            tests.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut expected = vec![(1, number(k)); k];
            for (step, (p, high, low)) in tests.iter().enumerate() {
                if *p > (1.0 - 0.95) / f64::from(number(tests.len() - step)) {
                    break;
                }
                expected[*high].1 -= 1;
                expected[*low].0 += 1;
            }
            let found = rank_intervals(&units, Confidence::P95).unwrap();
            assert_eq!(found.iter().map(|r| (r.best, r.worst)).collect::<Vec<_>>(), expected, "{units:?}");
        }
    }

    #[test]
    fn what_is_told_from_bounds_is_what_all_tests_say() {
        let mut rng = StdRng::seed_from_u64(11);
        for (k, sizes, spread) in
            [(40, 3..60, 0.3), (60, 200..900, 0.1), (50, 3_000..9_000, 0.02), (30, 1..200_000, 0.2)]
        {
            let units: Vec<Rate> = (0..k)
                .map(|_| {
                    let (of, p) = (rng.random_range(sizes.clone()), 0.6 + rng.random_range(-spread..spread));
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and `of`
                    rate((f64::from(of) * p).round() as u32, of)
                })
                .collect();
            let mut exact = Vec::new();
            for (i, j) in (0..k).flat_map(|i| (0..k).map(move |j| (i, j))) {
                if is_higher(units[i], units[j]) == Some(true) {
                    let p = p_higher(units[i], units[j]);
                    let (least, most) = bounds(
                        units[i],
                        units[j],
                        ln_choose(units[i].of, units[i].count) + ln_choose(units[j].of, units[j].count),
                    );
                    // What is rarer than 1e-30 of the most likely has no mass in the exact test.
                    assert!(
                        (least <= p || p < 1e-25) && p <= most,
                        "{:?} {:?}: {least} {p} {most}",
                        units[i],
                        units[j]
                    );
                    exact.push((p, i, j));
                }
            }
            let mut expected = vec![(1, number(k)); k];
            for (_, high, low) in holm(exact, k * (k - 1), 1.0 - 0.95) {
                expected[high].1 -= 1;
                expected[low].0 += 1;
            }
            let found = rank_intervals(&units, Confidence::P95).unwrap();
            assert_eq!(found.iter().map(|r| (r.best, r.worst)).collect::<Vec<_>>(), expected, "{k} units of {sizes:?}");
            assert!(
                expected.iter().any(|ranks| *ranks != (1, number(k)))
                    && expected.iter().any(|ranks| ranks.0 != ranks.1)
            );
        }
    }

    /// The share of leagues in which all intervals contain the true ranks, and their mean width.
    fn covered(
        shares: &[f64],
        sizes: std::ops::Range<u32>,
        ranks: impl Fn(&[Rate]) -> Vec<RankInterval>,
    ) -> (f64, f64) {
        let mut rng = StdRng::seed_from_u64(9);
        let rounds = 600;
        let (mut right, mut width) = (0, 0.0);
        for _ in 0..rounds {
            let units: Vec<Rate> = shares
                .iter()
                .map(|p| {
                    let of = rng.random_range(sizes.clone());
                    rate((0..of).map(|_| u32::from(rng.random_bool(*p))).sum(), of)
                })
                .collect();
            let found = ranks(&units);
            let all = shares.iter().zip(&found).all(|(p, found)| {
                let above = number(shares.iter().filter(|q| *q > p).count());
                let below = number(shares.iter().filter(|q| *q < p).count());
                found.best <= 1 + above && found.worst >= number(shares.len()) - below
            });
            right += u32::from(all);
            width += found.iter().map(|r| f64::from(r.worst - r.best)).sum::<f64>();
        }
        (f64::from(right) / f64::from(rounds), width / f64::from(rounds) / f64::from(number(shares.len())))
    }

    #[test]
    fn all_true_ranks_are_contained_as_often_as_promised_with_ties_and_few_households() {
        let pairwise = |units: &[Rate]| rank_intervals(units, Confidence::P95).unwrap();
        let same = [0.8; 12];
        let spread = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
        let tied = [0.3, 0.3, 0.3, 0.31, 0.7, 0.7, 0.9, 0.9];
        for shares in [&same[..], &spread[..], &tied[..]] {
            for sizes in [3..12, 20..60, 200..400] {
                let (right, _) = covered(shares, sizes.clone(), pairwise);
                assert!(right >= 0.95, "{shares:?} {sizes:?}: {right}");
            }
        }
        // They say something: of ten places a unit of 20 to 60 households may have some six, one of 300 two.
        let few = covered(&spread, 20..60, pairwise).1;
        let many = covered(&spread, 200..400, pairwise).1;
        assert!(few < 5.5 && many < 1.5, "{few} {many}");
    }

    #[test]
    fn ranks_from_intervals_are_contained_too() {
        let apart = |units: &[Rate]| {
            let each = each_of(number(units.len()), Confidence::P95);
            rank_intervals_of(&units.iter().map(|u| jeffreys(*u, each).unwrap()).collect::<Vec<_>>())
        };
        let (right, width) = covered(&[0.2, 0.2, 0.5, 0.5, 0.8, 0.81], 40..90, apart);
        assert!(right >= 0.95 && width < 3.0, "{right} {width}");
    }

    #[test]
    fn ranks_from_intervals_count_those_that_do_not_touch() {
        let mut rng = StdRng::seed_from_u64(10);
        for _ in 0..200 {
            let intervals: Vec<Interval> = (0..rng.random_range(0..20))
                .map(|_| {
                    let (a, b) = (f64::from(rng.random_range(0..10)), f64::from(rng.random_range(0..10)));
                    Interval { lower: a.min(b), upper: a.max(b) }
                })
                .collect();
            for (unit, found) in intervals.iter().zip(rank_intervals_of(&intervals)) {
                let above = intervals.iter().filter(|o| o.lower > unit.upper).count();
                let below = intervals.iter().filter(|o| o.upper < unit.lower).count();
                let expected = RankInterval { best: number(1 + above), worst: number(intervals.len() - below) };
                assert_eq!(found, expected, "{intervals:?}");
            }
        }
        assert!((each_of(10, Confidence::P95).level() - 0.995).abs() < 1e-12);
    }

    #[test]
    fn too_many_are_refused() {
        let refused = rank_intervals(&vec![rate(1, 2); MOST_UNITS + 1], Confidence::P95);
        assert_eq!(refused, Err(RatesError::TooManyUnits { units: MOST_UNITS + 1, most: MOST_UNITS }));
    }
}
