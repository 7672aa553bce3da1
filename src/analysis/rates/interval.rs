//! Intervals of a share, and which of them to use.

use super::chance::{beta_quantile, hypergeometric};
use super::{Confidence, Interval, Rate, RatesError};

/// With fewer answers than this [`share`] takes Jeffreys' interval.
pub const TINY: u32 = 10;

/// From this share of the whole on, [`share`] takes the finite whole into account: below it, that would shorten an interval by
/// less than a fortieth (Cochran 1977, *Sampling Techniques*, section 2.6).
pub const LARGE_SHARE: f64 = 0.05;

/// How an interval was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// [`wilson`].
    Wilson,
    /// [`jeffreys`].
    Jeffreys,
    /// [`finite`].
    Finite,
}

/// Wilson's score interval, without continuity correction: for shares of a sample. None where nothing was drawn.
///
/// Its mean coverage is near the nominal at all sizes, and it is never empty or outside 0 to 1, as Wald's is: Wilson 1927,
/// <https://doi.org/10.1080/01621459.1927.10502953>; recommended by Brown, Cai & `DasGupta` 2001,
/// <https://doi.org/10.1214/ss/1009213286>. For a single share near 0 or 1 it may be well below the nominal.
pub fn wilson(rate: Rate, confidence: Confidence) -> Option<Interval> {
    let (p, n, z) = (rate.value()?, f64::from(rate.of), confidence.z());
    let scale = 1.0 + z * z / n;
    let center = (p + z * z / (2.0 * n)) / scale;
    let half = z / scale * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let lower = if rate.count == 0 { 0.0 } else { (center - half).max(0.0) };
    let upper = if rate.count == rate.of { 1.0 } else { (center + half).min(1.0) };
    Some(Interval { lower, upper })
}

/// Jeffreys' interval, equal tails of beta(count + ½, rest + ½), down to 0 and up to 1 where all answers are the same: for a
/// handful of answers. None where nothing was drawn.
///
/// Brown, Cai & `DasGupta` 2001, section 4.1.3, <https://doi.org/10.1214/ss/1009213286>. Good to 1e-10 up to 10,000 answers, where
/// nobody needs it.
pub fn jeffreys(rate: Rate, confidence: Confidence) -> Option<Interval> {
    rate.value()?;
    let (a, b) = (f64::from(rate.count) + 0.5, f64::from(rate.of - rate.count) + 0.5);
    let lower = if rate.count == 0 { 0.0 } else { beta_quantile(a, b, confidence.tail()) };
    let upper = if rate.count == rate.of { 1.0 } else { beta_quantile(a, b, 1.0 - confidence.tail()) };
    Some(Interval { lower, upper })
}

/// The exact interval of the share in a whole of `whole`, from which `rate.of()` were drawn without putting back: for spot checks
/// inside small grids. None where nothing was drawn; refuses more drawn than there are.
///
/// All shares k / whole for which neither so few nor so many would be drawn with half of what confidence leaves, or less: the
/// Clopper–Pearson interval of the hypergeometric distribution (Buonaccorsi 1987, Wang 2015,
/// <https://doi.org/10.1080/01621459.2014.966191>, who shows that normal approximations with a finite-population correction
/// cover far less than they claim). It covers at least as often as nominal, at every size; where all were drawn it is a point.
/// Costs O(√drawn · log whole).
pub fn finite(rate: Rate, whole: u32, confidence: Confidence) -> Result<Option<Interval>, RatesError> {
    if rate.of > whole {
        return Err(RatesError::MoreThanThereAre { what: "number drawn", part: rate.of, whole });
    }
    if rate.of == 0 {
        return Ok(None);
    }
    let tail = confidence.tail();
    // At least those found, at most all but those found otherwise.
    let (least, most) = (rate.count, whole - (rate.of - rate.count));
    let not_too_few = |ones: u32| hypergeometric(whole, ones, rate.of).at_least(rate.count) > tail;
    let too_many = |ones: u32| hypergeometric(whole, ones, rate.of).at_most(rate.count) <= tail;
    let lower = first_where(least, most, not_too_few);
    let upper = first_where(least, most, too_many);
    let upper = if too_many(upper) { upper.saturating_sub(1) } else { upper };
    let share = |ones: u32| f64::from(ones) / f64::from(whole);
    Ok(Some(Interval { lower: share(lower), upper: share(upper) }))
}

/// The interval that fits the number of answers and what they were drawn from, and which it is. None where nothing was drawn.
///
/// With a known whole of which [`LARGE_SHARE`] or more was drawn: [`finite`]. Otherwise with fewer than [`TINY`] answers:
/// [`jeffreys`]. Otherwise: [`wilson`]. Refuses more drawn than there are. At the border the exact interval may be the wider one:
/// it promises a least coverage, the others a mean one.
pub fn share(rate: Rate, whole: Option<u32>, confidence: Confidence) -> Result<Option<(Interval, Method)>, RatesError> {
    let (interval, method) = match whole {
        Some(whole) if f64::from(rate.of) >= LARGE_SHARE * f64::from(whole) => {
            (finite(rate, whole, confidence)?, Method::Finite)
        }
        _ if rate.of < TINY => (jeffreys(rate, confidence), Method::Jeffreys),
        _ => (wilson(rate, confidence), Method::Wilson),
    };
    Ok(interval.map(|interval| (interval, method)))
}

/// The least number for which something holds that holds for all after it, or `most`.
fn first_where(least: u32, most: u32, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (least, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::super::chance::binomial;
    use super::*;

    fn rate(count: u32, of: u32) -> Rate {
        Rate::new(count, of).unwrap()
    }

    #[test]
    fn wilson_is_that_of_the_tables() {
        let table = [
            (7, 20, 0.1812, 0.5671, 5e-5),
            (19, 20, 0.764, 0.991, 5e-4),
            (20, 20, 0.839, 1.0, 5e-4),
            (30, 30, 0.886, 1.0, 5e-4),
            (97, 100, 0.916, 0.990, 6e-4), // 0.91548 is 0.915 to the nearest
            (970, 1000, 0.957, 0.979, 5e-4),
        ];
        for (count, of, lower, upper, within) in table {
            let found = wilson(rate(count, of), Confidence::P95).unwrap();
            let near = (found.lower - lower).abs() <= within && (found.upper - upper).abs() <= within;
            assert!(near, "{count}/{of}: {found:?}");
        }
        assert_eq!(wilson(rate(0, 0), Confidence::P95), None);
    }

    #[test]
    fn wilson_ends_where_the_score_test_does() {
        for (count, of) in [(1, 3), (7, 20), (500, 1000), (999, 1000)] {
            for confidence in [Confidence::P95, Confidence::P998] {
                let found = wilson(rate(count, of), confidence).unwrap();
                for end in [found.lower, found.upper] {
                    let (p, n) = (f64::from(count) / f64::from(of), f64::from(of));
                    let score = (p - end).abs() / (end * (1.0 - end) / n).sqrt();
                    assert!((score - confidence.z()).abs() < 1e-9, "{count}/{of}: {score}");
                }
            }
        }
    }

    /// How often an interval contains the share that is true, exactly.
    fn coverage(n: u32, p: f64, interval: impl Fn(Rate) -> Option<Interval>) -> f64 {
        let masses = binomial(n, p);
        let contained = (0..=n).filter(|k| interval(rate(*k, n)).unwrap().contains(p));
        contained.map(|k| masses.at_most(k) - if k == 0 { 0.0 } else { masses.at_most(k - 1) }).sum()
    }

    #[test]
    fn wilson_and_jeffreys_cover_near_the_nominal_on_the_average() {
        for n in [5, 10, 40, 200] {
            let mean = |interval: fn(Rate, Confidence) -> Option<Interval>| {
                let shares = (0..200).map(|i| (f64::from(i) + 0.5) / 200.0);
                shares.map(|p| coverage(n, p, |r| interval(r, Confidence::P95))).sum::<f64>() / 200.0
            };
            for covered in [mean(wilson), mean(jeffreys)] {
                assert!((covered - 0.95).abs() < 0.012, "{n}: {covered}");
            }
        }
    }

    #[test]
    fn with_few_answers_jeffreys_covers_better_at_the_worst_and_is_hardly_longer() {
        for n in 3..TINY {
            let found = |interval: fn(Rate, Confidence) -> Option<Interval>| {
                let shares = (1..1_000).map(|i| f64::from(i) / 1_000.0);
                let worst = shares.map(|p| coverage(n, p, |r| interval(r, Confidence::P95))).fold(1.0, f64::min);
                let lengths = (0..=n).map(|k| interval(rate(k, n), Confidence::P95).unwrap());
                (worst, lengths.map(|i| i.upper - i.lower).sum::<f64>() / f64::from(n + 1))
            };
            let (of_wilson, of_jeffreys) = (found(wilson), found(jeffreys));
            assert!(of_wilson.0 < 0.845 && of_jeffreys.0 > 0.86, "{n}: {of_wilson:?} {of_jeffreys:?}");
            assert!(of_jeffreys.1 < 1.03 * of_wilson.1, "{n}: {of_wilson:?} {of_jeffreys:?}");
        }
    }

    #[test]
    fn jeffreys_has_equal_tails() {
        // With t = sin²θ the density of beta(x + ½, n - x + ½) is sin^2x cos^2(n-x): smooth, so sums of slices are good.
        let slices = 20_000;
        let below = |count: i32, rest: i32, to: f64| {
            let width = to.sqrt().asin() / f64::from(slices);
            let slice = |i: i32| {
                let (sin, cos) = ((f64::from(i) + 0.5) * width).sin_cos();
                sin.powi(2 * count) * cos.powi(2 * rest) * width
            };
            (0..slices).map(slice).sum::<f64>()
        };
        for (count, rest) in [(1_u16, 1_u16), (1, 4), (3, 6), (8, 1), (20, 20)] {
            let found = jeffreys(rate(count.into(), (count + rest).into()), Confidence::P95).unwrap();
            let (count, rest) = (i32::from(count), i32::from(rest));
            let tails = [found.lower, found.upper].map(|end| below(count, rest, end) / below(count, rest, 1.0));
            assert!((tails[0] - 0.025).abs() < 1e-7 && (tails[1] - 0.975).abs() < 1e-7, "{count} {rest}: {tails:?}");
        }
        assert!(jeffreys(rate(0, 5), Confidence::P95).unwrap().contains(0.0));
        assert!(jeffreys(rate(5, 5), Confidence::P95).unwrap().contains(1.0));
        assert_eq!(jeffreys(rate(0, 0), Confidence::P95), None);
    }

    #[test]
    fn finite_is_that_of_another_programme() {
        // R package samplingbook, Sprop(m = 3, n = 10, N = 50): 4 to 32 of 50. These are the first that are refuted, with tails
        // of 0.0218 and 0.0176; here an interval ends with the last that are not.
        let found = finite(rate(3, 10), 50, Confidence::P95).unwrap().unwrap();
        assert_eq!(found, Interval { lower: 5.0 / 50.0, upper: 31.0 / 50.0 });
    }

    #[test]
    fn finite_is_every_share_that_is_not_refuted_and_covers_as_often_as_promised() {
        for whole in [1, 2, 7, 24, 41] {
            for drawn in 1..=whole {
                let found: Vec<Interval> =
                    (0..=drawn).map(|k| finite(rate(k, drawn), whole, Confidence::P95).unwrap().unwrap()).collect();
                for ones in 0..=whole {
                    let (masses, truth) = (hypergeometric(whole, ones, drawn), f64::from(ones) / f64::from(whole));
                    let mut covered = 0.0;
                    for (k, interval) in (0..=drawn).zip(&found) {
                        let possible = masses.at_least(k) > 0.025 && masses.at_most(k) > 0.025;
                        assert_eq!(interval.contains(truth), possible, "{k} of {drawn}, {ones} of {whole}");
                        if possible {
                            covered += masses.at_most(k) - k.checked_sub(1).map_or(0.0, |k| masses.at_most(k));
                        }
                    }
                    assert!(covered >= 0.95 - 1e-12, "{drawn} of {whole}, {ones}: {covered}");
                }
            }
        }
        assert_eq!(finite(rate(0, 0), 9, Confidence::P95), Ok(None));
        assert!(finite(rate(0, 10), 9, Confidence::P95).is_err());
    }

    #[test]
    fn the_interval_fits_the_sample() {
        let method = |count, of, whole| share(rate(count, of), whole, Confidence::P95).unwrap().map(|(_, m)| m);
        assert_eq!(method(3, 9, None), Some(Method::Jeffreys));
        assert_eq!(method(3, 10, None), Some(Method::Wilson));
        assert_eq!(method(3, 10, Some(201)), Some(Method::Wilson));
        assert_eq!(method(3, 10, Some(200)), Some(Method::Finite));
        assert_eq!(method(3, 9, Some(20)), Some(Method::Finite));
        assert_eq!(method(0, 0, Some(20)), None);
        assert_eq!(method(0, 0, None), None);
        assert!(share(rate(1, 21), Some(20), Confidence::P95).is_err());
    }
}
