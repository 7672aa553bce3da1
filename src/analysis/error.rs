use super::rates::RatesError;
use super::suppression::SuppressionError;
use crate::model::{Code, ModelError};
use thiserror::Error;

/// Why a method gives no result.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AnalysisError {
    /// An area that is empty or has a position out of range.
    #[error("area {code}: its geometry is empty or leaves the range of longitude and latitude")]
    NoExtent {
        /// Which.
        code: Code,
    },
    /// More grids than three digits can number.
    #[error("area {parent} would have {pieces} grids, but a code numbers at most {max}: allow more households in each")]
    TooManyPieces {
        /// What was to be divided.
        parent: Code,
        /// Into how many.
        pieces: usize,
        /// How many can be numbered.
        max: usize,
    },
    /// A number on the plane that is none or out of range.
    #[error("{what} is {value} m, not between {least} m and {most} m")]
    OutOfRange {
        /// Of what.
        what: String,
        /// As given.
        value: f64,
        /// The least that is allowed, metres.
        least: f64,
        /// The most that is allowed, metres.
        most: f64,
    },
    /// Two streets have one number.
    #[error("street {id} is there twice")]
    StreetTwice {
        /// Which.
        id: u32,
    },
    /// A street, or a side of it, that is not among those that may hold stalls.
    #[error("street {id} is not there, or a side of it that is named holds no stalls")]
    NoStreet {
        /// Which.
        id: u32,
    },
    /// A thing of another rule than the one that is changed.
    #[error("among the things of rule {rule} is one of rule {found}")]
    OtherRule {
        /// The rule that is changed.
        rule: u32,
        /// The thing's.
        found: u32,
    },
    /// The streets beside which alone a thing forbids are not sorted, or one is there twice.
    #[error("rule {rule}: only names street {after} after street {before}; each is to be greater than the one before")]
    NotSorted {
        /// The thing's rule.
        rule: u32,
        /// A street's number.
        before: u32,
        /// The number after it.
        after: u32,
    },
    /// A row of stalls that ends before its first.
    #[error("rule {rule}: a gap comes after 1 stall or more, not after 0")]
    NoRow {
        /// Whose gap.
        rule: u32,
    },
    /// Households, and nobody who could have them.
    #[error("there are {households} households and no member")]
    NoMember {
        /// How many.
        households: usize,
    },
    /// A household that knows somebody who is not there.
    #[error("household {household} knows member {member}, but there are {members}, counted from 0")]
    NoSuchMember {
        /// Which, counted from 0.
        household: usize,
        /// Whom.
        member: u32,
        /// How many there are.
        members: usize,
    },
    /// A number of an assignment that is none or out of range.
    #[error("{what} is {value}, not between {least} and {most}")]
    BadTerm {
        /// Of what, with its unit.
        what: String,
        /// As given.
        value: f64,
        /// The least that is allowed.
        least: f64,
        /// The most that is allowed.
        most: f64,
    },
    /// A household that alone is more than anybody may have.
    #[error("household {household} takes {minutes:.1} min, more than the {most:.1} min that any member may have")]
    TooHeavy {
        /// Which, counted from 0.
        household: usize,
        /// Calling and walking.
        minutes: f64,
        /// Of the member who may have most.
        most: f64,
    },
    /// No assignment was found that keeps everybody near their share.
    #[error(
        "no assignment was found that gives member {member} between {least:.1} and {most:.1} min: allow a greater tolerance"
    )]
    Unbalanced {
        /// One who would have too little or too much, counted from 0.
        member: usize,
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// There is no rate of these numbers.
    #[error(transparent)]
    Rates(#[from] RatesError),
    /// What is to be held back cannot be told.
    #[error(transparent)]
    Suppression(#[from] SuppressionError),
    /// Somebody asked it to stop.
    #[error("stopped before the end")]
    Stopped,
    /// A value that the model refuses.
    #[error(transparent)]
    Model(#[from] ModelError),
}
