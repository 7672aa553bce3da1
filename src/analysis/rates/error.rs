use thiserror::Error;

/// Why there is no rate.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum RatesError {
    /// More of a thing than there are.
    #[error("{what} is {part}, more than the {whole} there are")]
    MoreThanThereAre {
        /// Of what.
        what: &'static str,
        /// As given.
        part: u32,
        /// The most that it can be.
        whole: u32,
    },
    /// A number that is no share: outside 0 to 1, or not a number. A confidence is neither 0 nor 1.
    #[error("{what} is {value}, not between 0 and 1")]
    NotAShare {
        /// Of what.
        what: &'static str,
        /// As given.
        value: f64,
    },
    /// More units than are compared pair by pair.
    #[error(
        "{units} units are more than the {most} that are compared in pairs: compare their intervals, or fewer units"
    )]
    TooManyUnits {
        /// How many.
        units: usize,
        /// How many there can be.
        most: usize,
    },
    /// A plan that is to tell good from worse.
    #[error("good is up to {good}, which is not below {bad}, from which on it is bad")]
    NotWorse {
        /// Up to this share of unconfirmed visits it is good.
        good: f64,
        /// From this share on it is bad.
        bad: f64,
    },
}
