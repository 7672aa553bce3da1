//! How far units scatter beyond chance.
//!
//! Additive over-dispersion of Spiegelhalter 2005 (<https://doi.org/10.1002/sim.1970>), as the R package `FunnelPlotR` has it for
//! proportions: z-scores of arcsine-transformed rates, winsorised, and the moment estimate of the variance between units.

/// So much of the z-scores at either end is drawn in to the next, so that the units that stand out do not widen the funnel that
/// is to show them.
pub const WINSORISED: f64 = 0.1;

/// A unit's rate on the scale of the arcsine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Transformed {
    /// arcsin √rate, less that of the center.
    pub off: f64,
    /// Its variance by chance, 1 / 4n for n draws, above 0.
    pub variance: f64,
}

impl Transformed {
    /// Standard deviations off the center.
    pub fn z(&self, between: f64) -> f64 {
        self.off / (self.variance + between).sqrt()
    }
}

/// How far units scatter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dispersion {
    /// Mean squared winsorised z-score: 0.68 under chance alone, as drawing in makes it smaller than 1.
    pub phi: f64,
    /// Variance between units beyond chance, on the scale of arcsin √rate; 0 where chance explains all. As the z-scores are
    /// drawn in it is less than the variance that is there, so the funnel is rather too narrow than too wide.
    pub tau_squared: f64,
}

impl Dispersion {
    /// Of all units that have a rate.
    pub(super) fn of(units: &[Transformed]) -> Dispersion {
        let mut z: Vec<f64> = units.iter().map(|u| u.z(0.0)).collect();
        z.sort_unstable_by(f64::total_cmp);
        let (Some(low), Some(high)) = (quantile(&z, WINSORISED), quantile(&z, 1.0 - WINSORISED)) else {
            return Dispersion { phi: 0.0, tau_squared: 0.0 };
        };
        let squares: f64 = z.iter().map(|z| z.clamp(low, high).powi(2)).sum();
        let n = count(units.len());
        let (sum, of_squares) = units.iter().map(|u| 1.0 / u.variance).fold((0.0, 0.0), |(w, s), v| (w + v, s + v * v));
        let divisor = sum - of_squares / sum;
        let beyond = squares - (n - 1.0);
        let tau_squared = if beyond > 0.0 && divisor > 0.0 { beyond / divisor } else { 0.0 };
        Dispersion { phi: squares / n, tau_squared }
    }
}

/// Of sorted values, between neighbours where it falls between them (R's type 7).
fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let at = p * count(sorted.len().checked_sub(1)?);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and the length
    let (low, high) = (sorted.get(at.floor() as usize)?, sorted.get(at.ceil() as usize)?);
    Some(low + (high - low) * at.fract())
}

#[allow(clippy::cast_precision_loss)] // far below 2^52
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.1), Some(1.2));
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
        assert_eq!(quantile(&[5.0], 0.9), Some(5.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn it_is_what_the_formula_gives() {
        // Eleven z-scores -5 … 5: the ends are drawn in to ±4, so squares add up to 2 · (1 + 4 + 9 + 16 + 16).
        let units: Vec<Transformed> =
            (-5..=5).map(|z| Transformed { off: 0.1 * f64::from(z), variance: 0.01 }).collect();
        let found = Dispersion::of(&units);
        assert!((found.phi - 92.0 / 11.0).abs() < 1e-12);
        // Equal weights 100: the divisor is 1100 - 11 · 100² / 1100 = 1000.
        assert!((found.tau_squared - (92.0 - 10.0) / 1000.0).abs() < 1e-12);
    }

    #[test]
    fn it_finds_the_variance_that_is_there_and_none_where_there_is_none() {
        // Normal scores stand for 2,000 units, so nothing is left to a seed. Winsorised at 10 % at either end, a normal variance
        // shrinks to 2 · (∫ z²φ from 0 to 1.2816 + 0.1 · 1.2816²) = 0.6785; so the total is found as 0.6785 of itself.
        let scores = |variance: f64, between: f64| -> Vec<Transformed> {
            let off = |i: i32| super::super::chance::normal_quantile((f64::from(i) + 0.5) / 2_000.0);
            (0..2_000).map(|i| Transformed { off: off(i) * (variance + between).sqrt(), variance }).collect()
        };
        let none = Dispersion::of(&scores(0.01, 0.0));
        assert!(none.tau_squared == 0.0 && (none.phi - 0.6785).abs() < 1e-3, "{none:?}");
        let some = Dispersion::of(&scores(0.01, 0.04));
        assert!((some.tau_squared - (0.6785 * 0.05 - 0.01)).abs() < 1e-4, "{some:?}");
        assert_eq!(Dispersion::of(&[]), Dispersion { phi: 0.0, tau_squared: 0.0 });
        assert!(Dispersion::of(&scores(0.01, 0.04)[..1]).tau_squared == 0.0, "one unit has nobody to differ from");
    }
}
