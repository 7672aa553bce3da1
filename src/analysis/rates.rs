//! Rates that can be trusted: intervals, verified rates, comparisons that do not lie, signs that a rate was improved by coding.
//!
//! Which interval, and why (see [`share`], which chooses):
//! - [`wilson`] for a share known from a sample: short, and its coverage is near the nominal at every size.
//! - [`jeffreys`] below [`interval::TINY`] answers: with three to nine, for a share near 0 or 1, Wilson's 95 % are 83 % at the worst
//!   and Jeffreys' 86 %, hardly longer.
//! - [`finite`] where [`interval::LARGE_SHARE`] or more of a known whole was drawn, as in a small grid: exact, and no wider than
//!   what is not yet known.
//! - None for coverage itself: it is a full count of what was claimed, and has no sampling error.

mod chance;
pub mod differ;
pub mod dispersion;
mod error;
pub mod exclusion;
pub mod funnel;
pub mod interval;
pub mod lots;
pub mod rank;
pub mod reliable;
pub mod verified;

pub use error::RatesError;
pub use interval::{finite, jeffreys, share, wilson};

/// So many of so many: a count that is not over its denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    count: u32,
    of: u32,
}

impl Rate {
    /// Refuses more than there are.
    ///
    /// ```
    /// # use melonmap::analysis::rates::Rate;
    /// assert_eq!(Rate::new(7, 20)?.value(), Some(0.35));
    /// assert_eq!(Rate::new(0, 0)?.value(), None);
    /// assert!(Rate::new(21, 20).is_err());
    /// # Ok::<(), melonmap::analysis::rates::RatesError>(())
    /// ```
    pub fn new(count: u32, of: u32) -> Result<Rate, RatesError> {
        if count > of {
            return Err(RatesError::MoreThanThereAre { what: "count", part: count, whole: of });
        }
        Ok(Rate { count, of })
    }

    /// The numerator.
    pub fn count(self) -> u32 {
        self.count
    }

    /// The denominator.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Between 0 and 1; none where nothing was counted.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.count) / f64::from(self.of))
    }

    /// All of them as one; what is beyond four billion is cut off.
    pub fn pooled(rates: &[Rate]) -> Rate {
        let add = |a: Rate, b: &Rate| {
            let of = a.of.saturating_add(b.of);
            Rate { count: a.count.saturating_add(b.count).min(of), of }
        };
        rates.iter().fold(Rate { count: 0, of: 0 }, add)
    }
}

/// How often an interval is to contain the truth: above 0, below 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence(f64);

impl Confidence {
    /// 95 %.
    pub const P95: Confidence = Confidence(0.95);
    /// 99.8 %, some three standard deviations.
    pub const P998: Confidence = Confidence(0.998);

    /// Refuses what is not between 0 and 1.
    ///
    /// ```
    /// # use melonmap::analysis::rates::Confidence;
    /// assert_eq!(Confidence::new(0.95)?, Confidence::P95);
    /// assert!(Confidence::new(95.0).is_err() && Confidence::new(1.0).is_err() && Confidence::new(f64::NAN).is_err());
    /// # Ok::<(), melonmap::analysis::rates::RatesError>(())
    /// ```
    pub fn new(level: f64) -> Result<Confidence, RatesError> {
        if level > 0.0 && level < 1.0 {
            return Ok(Confidence(level));
        }
        Err(RatesError::NotAShare { what: "confidence", value: level })
    }

    /// As given.
    pub fn level(self) -> f64 {
        self.0
    }

    /// What is left on both sides together.
    fn alpha(self) -> f64 {
        1.0 - self.0
    }

    /// What is left on each side.
    fn tail(self) -> f64 {
        self.alpha() / 2.0
    }

    /// So many standard deviations to each side: 1.959964 for 95 %.
    fn z(self) -> f64 {
        chance::normal_quantile(1.0 - self.tail())
    }
}

/// From and to, both included; shares between 0 and 1, differences of shares between -1 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Not above [`Interval::upper`].
    pub lower: f64,
    /// Not below [`Interval::lower`].
    pub upper: f64,
}

impl Interval {
    /// Whether a value is in it.
    pub fn contains(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }

    /// Times a factor that is not negative.
    fn scaled(self, by: f64) -> Interval {
        Interval { lower: self.lower * by, upper: self.upper * by }
    }
}

/// A value between 0 and 1, or refused.
fn between_0_and_1(what: &'static str, value: f64) -> Result<f64, RatesError> {
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(RatesError::NotAShare { what, value }) }
}
