//! What chance does: binomial and hypergeometric probabilities, quantiles of the normal and the beta distribution.
//!
//! Probabilities of counts are built from the most likely count outwards by the ratio of neighbours and divided by their sum.
//! So they need no gamma function, whose rounding grows with the counts, and cost as many steps as there are likely counts.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc_inv;

/// What is less likely than the most likely count by this factor is left out: 12 standard deviations away, far beyond every
/// limit that is asked for.
const NEGLIGIBLE: f64 = 1e-30;

/// The probabilities of the counts that can happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Masses {
    /// The least count.
    first: u32,
    /// Of it and those after it; at least one, together 1.
    masses: Vec<f64>,
}

/// Of `n` draws, each of them one with probability `p`, which is between 0 and 1.
pub fn binomial(n: u32, p: f64) -> Masses {
    if p <= 0.0 || p >= 1.0 {
        return Masses { first: if p < 0.5 { 0 } else { n }, masses: vec![1.0] };
    }
    let odds = p / (1.0 - p);
    let trials = f64::from(n);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and n + 1
    let mode = (((trials + 1.0) * p) as u32).min(n);
    Masses::around(mode, (0, n), |k| (trials - f64::from(k)) / (f64::from(k) + 1.0) * odds)
}

/// Of `n` drawn without putting back from `whole`, of which `ones` are ones; neither is more than `whole`.
pub fn hypergeometric(whole: u32, ones: u32, n: u32) -> Masses {
    let least = n.saturating_sub(whole - ones);
    let most = n.min(ones);
    let (other, drawn, ones_f) = (f64::from(whole) - f64::from(ones) - f64::from(n), f64::from(n), f64::from(ones));
    let mode = (u128::from(n) + 1) * (u128::from(ones) + 1) / (u128::from(whole) + 2);
    let mode = u32::try_from(mode).unwrap_or(most).clamp(least, most);
    Masses::around(mode, (least, most), |k| {
        let k = f64::from(k);
        (ones_f - k) * (drawn - k) / ((k + 1.0) * (other + k + 1.0))
    })
}

impl Masses {
    /// From the mode outwards; `ratio(k)` is the probability of k + 1 over that of k.
    fn around(mode: u32, (least, most): (u32, u32), ratio: impl Fn(u32) -> f64) -> Masses {
        let (mut likely, mut first, mut mass) = (vec![1.0], mode, 1.0);
        while first > least {
            mass /= ratio(first - 1);
            if mass < NEGLIGIBLE {
                break;
            }
            likely.push(mass);
            first -= 1;
        }
        likely.reverse();
        let (mut top, mut mass) = (mode, 1.0);
        while top < most {
            mass *= ratio(top);
            if mass < NEGLIGIBLE {
                break;
            }
            likely.push(mass);
            top += 1;
        }
        let whole: f64 = likely.iter().sum();
        Masses { first, masses: likely.into_iter().map(|m| m / whole).collect() }
    }

    /// The probability of a count of `k` or less.
    pub fn at_most(&self, k: u32) -> f64 {
        if k < self.first {
            return 0.0;
        }
        let end = (k - self.first) as usize + 1;
        if end >= self.masses.len() { 1.0 } else { self.masses[..end].iter().sum::<f64>().min(1.0) }
    }

    /// The probability of a count of `k` or more.
    pub fn at_least(&self, k: u32) -> f64 {
        if k <= self.first {
            return 1.0;
        }
        let start = (k - self.first) as usize;
        self.masses.get(start..).map_or(0.0, |tail| tail.iter().rev().sum::<f64>().min(1.0))
    }

    /// Lower control limit for a tail probability of `p`, between counts: Spiegelhalter 2005, appendix A.1.1,
    /// <https://doi.org/10.1002/sim.1970>. A count lies below it exactly when it or less has a probability below `p`. Below 0
    /// where even 0 has more.
    pub fn lower_limit(&self, p: f64) -> f64 {
        limit(self.masses.iter(), f64::from(self.first), p)
    }

    /// Upper control limit: the lower one of what is not counted. A count lies above it exactly when it or more has a probability
    /// below `p`.
    pub fn upper_limit(&self, p: f64) -> f64 {
        -limit(self.masses.iter().rev(), -(f64::from(self.first) + f64::from(self.steps())), p)
    }

    /// The probability of a count outside both limits for a tail probability of `p`.
    pub fn outside(&self, p: f64) -> f64 {
        tail(self.masses.iter(), p) + tail(self.masses.iter().rev(), p)
    }

    /// From the first count to the last.
    fn steps(&self) -> u32 {
        u32::try_from(self.masses.len() - 1).unwrap_or(u32::MAX)
    }
}

/// The first count at which the sum reaches `p`, less the part of its mass by which it is passed.
fn limit<'a>(masses: impl Iterator<Item = &'a f64>, first: f64, p: f64) -> f64 {
    let (mut sum, mut at) = (0.0, first);
    for mass in masses {
        sum += mass;
        if sum >= p {
            return at - (sum - p) / mass;
        }
        at += 1.0;
    }
    at - 1.0
}

/// The largest sum from one end that is below `p`.
fn tail<'a>(masses: impl Iterator<Item = &'a f64>, p: f64) -> f64 {
    let sums = masses.scan(0.0, |sum, mass| {
        *sum += mass;
        Some(*sum)
    });
    sums.take_while(|sum| *sum < p).last().unwrap_or(0.0)
}

/// The z below which a standard normal value lies with probability `p`, above 0 and below 1.
pub fn normal_quantile(p: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p)
}

/// The x below which a beta(a, b) value lies with probability `p`; a and b above 0 and up to some 10,000, to 1e-10.
///
/// By halving: the inverse that `statrs` 0.19 has may not end for extreme arguments (its issue 435).
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if checked_beta_reg(a, b, middle).is_ok_and(|below| below < p) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(n: u32, k: u32) -> f64 {
        (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product()
    }

    fn check(masses: &Masses, most: u32, probability: impl Fn(u32) -> f64) {
        let mut below = 0.0;
        for k in 0..=most {
            let above: f64 = (k..=most).map(&probability).sum();
            below += probability(k);
            assert!((masses.at_most(k) - below).abs() < 1e-12, "at most {k}: {} for {below}", masses.at_most(k));
            assert!((masses.at_least(k) - above).abs() < 1e-12, "at least {k}: {} for {above}", masses.at_least(k));
        }
        assert!((masses.at_most(u32::MAX) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn binomial_probabilities_are_those_of_the_formula() {
        let power = |x: f64, n: u32| (0..n).fold(1.0, |product, _| product * x);
        for n in [0, 1, 2, 7, 30] {
            for p in [0.0, 1e-9, 0.013, 0.5, 0.9, 1.0] {
                check(&binomial(n, p), n, |k| choose(n, k) * power(p, k) * power(1.0 - p, n - k));
            }
        }
    }

    #[test]
    fn hypergeometric_probabilities_are_those_of_the_formula() {
        for whole in [0, 1, 5, 23] {
            for ones in 0..=whole {
                for n in 0..=whole {
                    let ways = |k: u32| {
                        if k > ones || n - k > whole - ones {
                            return 0.0;
                        }
                        choose(ones, k) * choose(whole - ones, n - k) / choose(whole, n)
                    };
                    check(&hypergeometric(whole, ones, n), n, ways);
                }
            }
        }
    }

    #[test]
    fn large_counts_keep_their_precision() {
        // By symmetry, P(X ≤ n/2 - 1) = (1 - P(X = n/2)) / 2, and P(X = n/2) = √(2/πn) (1 - 1/4n + O(n^-2)).
        for n in [1_000_000, 100_000_000] {
            let center = (2.0 / (std::f64::consts::PI * f64::from(n))).sqrt() * (1.0 - 0.25 / f64::from(n));
            let below = binomial(n, 0.5).at_most(n / 2 - 1);
            assert!((below - 0.5 * (1.0 - center)).abs() < 1e-12, "{below}");
        }
        // Drawing from a whole that is far larger is as good as putting back.
        let (whole, n) = (4_000_000_000, 50);
        for k in 0..=n {
            let difference = hypergeometric(whole, whole / 5, n).at_most(k) - binomial(n, 0.2).at_most(k);
            assert!(difference.abs() < 1e-7, "{k}: {difference}");
        }
        assert!((hypergeometric(u32::MAX - 1, u32::MAX - 1, 7).at_least(7) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn counts_lie_outside_a_limit_exactly_when_their_tail_is_below_it() {
        for n in [1, 4, 40, 301] {
            for p in [0.01, 0.3, 0.5, 0.97] {
                for tail in [0.001, 0.025, 0.2] {
                    let masses = binomial(n, p);
                    let (lower, upper) = (masses.lower_limit(tail), masses.upper_limit(tail));
                    for k in 0..=n {
                        assert_eq!(f64::from(k) < lower, masses.at_most(k) < tail, "{k} of {n}, {p}, {tail}");
                        assert_eq!(f64::from(k) > upper, masses.at_least(k) < tail, "{k} of {n}, {p}, {tail}");
                    }
                    let other = binomial(n, 1.0 - p).lower_limit(tail);
                    assert!((f64::from(n) - other - upper).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let table =
            [(0.975, 1.959_963_984_540_054), (0.999, 3.090_232_306_167_813), (0.5, 0.0), (0.9, 1.281_551_565_544_6)];
        for (p, z) in table {
            assert!((normal_quantile(p) - z).abs() < 1e-12, "{p}: {}", normal_quantile(p));
            assert!((normal_quantile(1.0 - p) + z).abs() < 1e-11, "{p}");
        }
        // beta(1, b) and beta(a, 1) have closed forms; beta(a, a) lies about a half.
        for p in [0.001, 0.025, 0.5, 0.975] {
            assert!((beta_quantile(1.0, 9.0, p) - (1.0 - (1.0 - p).powf(1.0 / 9.0))).abs() < 1e-12);
            assert!((beta_quantile(7.0, 1.0, p) - p.powf(1.0 / 7.0)).abs() < 1e-12);
            assert!((beta_quantile(3.5, 3.5, p) + beta_quantile(3.5, 3.5, 1.0 - p) - 1.0).abs() < 1e-12);
        }
    }
}
