//! A funnel: which units stand out from an overall rate by more than chance explains, without a league table.
//!
//! Spiegelhalter 2005, <https://doi.org/10.1002/sim.1970>: exact limits (appendix A.1.1) that narrow as the denominator grows,
//! widened by additive over-dispersion. Two things are other than there, for small units:
//! - The upper limit is the lower one of what is not counted. Taken literally, A.1.1 puts a unit above the 99.8 % limit whose chance
//!   of that is far more than 0.1 % – 5 of 5 where a half is expected has 3 % – as Manktelow & Seaton 2012 show
//!   (<https://doi.org/10.1371/journal.pone.0045723>). Here a unit is outside exactly when its tail has less than 2.5 % or 0.1 %,
//!   on both sides, and counting the others instead changes no verdict.
//! - Over-dispersion, an approximation, only ever widens the exact limits.
//!
//! What chance means for coverage. It is a full count, so no sample could have come out otherwise, and a limit is no margin of error.
//! A limit says what would be seen if the visits had fallen on households with no regard to units: the scatter that a unit of this
//! size has for no reason of its own. A unit outside differs for a reason (staff, distance, who lives there), and the funnel does
//! not know which. One inside has not been shown to be as good as the others. Visits come by building and by day, so that scatter is
//! wider than chance's even where nobody is to blame: over-dispersion is there for that. Of 1,000 units of an ordinary whole up
//! to two are outside 99.8 % by chance: see [`Funnel::expected_outside_998`].

use super::chance::{Masses, binomial, hypergeometric, normal_quantile};
use super::dispersion::{Dispersion, Transformed};
use super::{Rate, RatesError, between_0_and_1};
use rayon::prelude::*;

/// What is below the lower, or above the upper 95 % limit by chance.
const TAIL_95: f64 = 0.025;
/// The same for 99.8 %.
const TAIL_998: f64 = 0.001;

/// What a unit's rate would be if nothing set it apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance(Model);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Model {
    Target(f64),
    Dealt(Rate),
}

impl Chance {
    /// Each household of a unit counts with the same probability, set from outside: a target. Binomial. Refuses what is not
    /// between 0 and 1.
    pub fn target(rate: f64) -> Result<Chance, RatesError> {
        between_0_and_1("target", rate).map(|rate| Chance(Model::Target(rate)))
    }

    /// The same with the overall rate of the units as the target, as is usual. None where nothing was counted.
    pub fn pooled(units: &[Rate]) -> Option<Chance> {
        Rate::pooled(units).value().map(|rate| Chance(Model::Target(rate)))
    }

    /// What was counted is dealt by lot to the households of all units. Hypergeometric: each unit is compared with all others
    /// (Fisher's exact test), and one that has a large part of the whole is not compared with itself. None where nothing was
    /// counted.
    pub fn dealt(units: &[Rate]) -> Option<Chance> {
        let whole = Rate::pooled(units);
        (whole.of > 0).then_some(Chance(Model::Dealt(whole)))
    }

    /// The rate in the middle of the funnel.
    pub fn center(&self) -> f64 {
        match self.0 {
            Model::Target(rate) => rate,
            Model::Dealt(whole) => f64::from(whole.count) / f64::from(whole.of),
        }
    }

    /// Of the counts of a unit of `n`, which is at most the whole.
    fn masses(&self, n: u32) -> Masses {
        match self.0 {
            Model::Target(rate) => binomial(n, rate),
            Model::Dealt(whole) => hypergeometric(whole.of, whole.count, n),
        }
    }

    /// The most that a unit can have.
    fn most(&self) -> u32 {
        match self.0 {
            Model::Target(_) => u32::MAX,
            Model::Dealt(whole) => whole.of,
        }
    }

    /// Variance of arcsin √rate of a unit of `n`.
    fn variance(&self, n: u32) -> f64 {
        let finite = match self.0 {
            Model::Target(_) => 1.0,
            Model::Dealt(whole) => (f64::from(whole.of) - f64::from(n)) / (f64::from(whole.of) - 1.0).max(1.0),
        };
        finite / (4.0 * f64::from(n))
    }

    fn transformed(&self, unit: Rate) -> Option<Transformed> {
        let off = unit.value()?.sqrt().asin() - self.center().sqrt().asin();
        Some(Transformed { off, variance: self.variance(unit.of) }).filter(|t| t.variance > 0.0)
    }
}

/// Where a funnel's lines are at one denominator, as rates between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Below it, a rate has a chance of less than 0.1 %.
    pub lower_998: f64,
    /// Below it, less than 2.5 %.
    pub lower_95: f64,
    /// Above it, less than 2.5 %.
    pub upper_95: f64,
    /// Above it, less than 0.1 %.
    pub upper_998: f64,
}

impl Limits {
    fn exact(masses: &Masses, n: u32) -> Limits {
        let n = f64::from(n);
        let (lower, upper) = (|p| (masses.lower_limit(p) / n).max(0.0), |p| (masses.upper_limit(p) / n).min(1.0));
        Limits {
            lower_998: lower(TAIL_998),
            lower_95: lower(TAIL_95),
            upper_95: upper(TAIL_95),
            upper_998: upper(TAIL_998),
        }
    }

    /// With the variance between units; never narrower.
    fn widened(self, chance: &Chance, n: u32, tau_squared: f64) -> Limits {
        if tau_squared == 0.0 {
            return self;
        }
        let (center, deviation) = (chance.center().sqrt().asin(), (chance.variance(n) + tau_squared).sqrt());
        let at = |tail: f64, side: f64| {
            let angle = center - side * normal_quantile(tail) * deviation;
            angle.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2)
        };
        Limits {
            lower_998: self.lower_998.min(at(TAIL_998, -1.0)),
            lower_95: self.lower_95.min(at(TAIL_95, -1.0)),
            upper_95: self.upper_95.max(at(TAIL_95, 1.0)),
            upper_998: self.upper_998.max(at(TAIL_998, 1.0)),
        }
    }

    fn position(&self, rate: f64) -> Position {
        match rate {
            r if r < self.lower_998 => Position::Below998,
            r if r > self.upper_998 => Position::Above998,
            r if r < self.lower_95 => Position::Below95,
            r if r > self.upper_95 => Position::Above95,
            _ => Position::Within,
        }
    }
}

/// Where a unit lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Position {
    /// Below the 99.8 % limit.
    Below998,
    /// Below the 95 % limit, not the 99.8 %.
    Below95,
    /// Not told from the center.
    Within,
    /// Above the 95 % limit, not the 99.8 %.
    Above95,
    /// Above the 99.8 % limit.
    Above998,
}

/// A unit in the funnel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Its rate.
    pub rate: f64,
    /// Standard deviations off the center by chance alone, on the scale of arcsin √rate; none for a unit that is all there is. An
    /// approximation, to sort by: verdicts come from exact limits.
    pub z: Option<f64>,
    /// The same with the variance between units.
    pub z_adjusted: Option<f64>,
    /// By chance alone.
    pub by_chance: Position,
    /// With the variance between units: what to show.
    pub position: Position,
    /// The probability of lying outside the 99.8 % limits of chance.
    pub chance_outside_998: f64,
}

/// Units around an overall rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// What was expected of them.
    pub chance: Chance,
    /// How far they scatter.
    pub dispersion: Dispersion,
    /// In the order given; none for a unit that counts nothing.
    pub units: Vec<Option<Placed>>,
}

impl Funnel {
    /// Places units. Refuses a unit larger than the whole that [`Chance::dealt`] deals from.
    ///
    /// Costs O(√denominator) for each unit, in parallel.
    pub fn of(units: &[Rate], chance: Chance) -> Result<Funnel, RatesError> {
        let most = chance.most();
        if let Some(unit) = units.iter().find(|u| u.of > most) {
            return Err(RatesError::MoreThanThereAre { what: "denominator", part: unit.of, whole: most });
        }
        let transformed: Vec<Transformed> = units.iter().filter_map(|u| chance.transformed(*u)).collect();
        let dispersion = Dispersion::of(&transformed);
        let place = |unit: &Rate| {
            let (rate, masses) = (unit.value()?, chance.masses(unit.of));
            let exact = Limits::exact(&masses, unit.of);
            let transformed = chance.transformed(*unit);
            Some(Placed {
                rate,
                z: transformed.map(|t| t.z(0.0)),
                z_adjusted: transformed.map(|t| t.z(dispersion.tau_squared)),
                by_chance: exact.position(rate),
                position: exact.widened(&chance, unit.of, dispersion.tau_squared).position(rate),
                chance_outside_998: masses.outside(TAIL_998),
            })
        };
        Ok(Funnel { chance, dispersion, units: units.par_iter().map(place).collect() })
    }

    /// The lines that [`Placed::position`] goes by at a denominator; none at 0 or beyond the whole.
    pub fn limits(&self, denominator: u32) -> Option<Limits> {
        let exact = self.limits_by_chance(denominator)?;
        Some(exact.widened(&self.chance, denominator, self.dispersion.tau_squared))
    }

    /// The lines that [`Placed::by_chance`] goes by.
    pub fn limits_by_chance(&self, denominator: u32) -> Option<Limits> {
        let there = denominator > 0 && denominator <= self.chance.most();
        there.then(|| Limits::exact(&self.chance.masses(denominator), denominator))
    }

    /// The lines for drawing: at up to `points` denominators from one to another, each some factor above the one before, so that the
    /// mouth of the funnel has as many as its neck.
    pub fn curve(&self, from: u32, to: u32, points: u32) -> Vec<(u32, Limits)> {
        let (from, to) = (from.max(1), to.min(self.chance.most()));
        let steps = f64::from(points.max(2) - 1);
        let growth = f64::from(to.max(1)) / f64::from(from);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between from and to
        let at = |i: u32| (f64::from(from) * growth.powf(f64::from(i) / steps)).round() as u32;
        let mut denominators: Vec<u32> = if from > to { Vec::new() } else { (0..points.max(2)).map(at).collect() };
        denominators.dedup();
        denominators.into_par_iter().filter_map(|n| Some((n, self.limits(n)?))).collect()
    }

    /// How many units chance alone would put outside its 99.8 % limits. Compare with how many are there.
    pub fn expected_outside_998(&self) -> f64 {
        self.units.iter().flatten().map(|u| u.chance_outside_998).sum()
    }
}

#[cfg(test)]
mod tests;
