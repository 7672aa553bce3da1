use thiserror::Error;

/// Why nothing can be said about what to hold back. Whoever asks publishes nothing then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SuppressionError {
    /// A unit whose parent is not among the units.
    #[error("unit {unit} is in unit {parent}, but there are {units} units")]
    NoParent {
        /// Which, from 0.
        unit: usize,
        /// Its parent as given.
        parent: u32,
        /// How many there are.
        units: usize,
    },
    /// Units that are in one another.
    #[error("unit {unit} is in itself, or in one that is")]
    Circle {
        /// One of them.
        unit: usize,
    },
    /// A piece in no unit.
    #[error("piece {piece} is in unit {unit}, but there are {units} units")]
    NoUnit {
        /// Which piece, from 0.
        piece: usize,
        /// Where it was said to be.
        unit: u32,
        /// How many there are.
        units: usize,
    },
    /// Lists that are to be about the same things and are not equally long.
    #[error("{found} {of} were given, not {expected}")]
    Length {
        /// Of what.
        of: &'static str,
        /// How many.
        found: usize,
        /// How many it should be.
        expected: usize,
    },
    /// Counts that cannot be added up.
    #[error("the counts add up to more than {}", u64::MAX)]
    TooMany,
    /// An edition that is not after the one before.
    #[error("edition {found} does not come after edition {last}")]
    NotAfter {
        /// As given.
        found: u32,
        /// The last that was published.
        last: u32,
    },
    /// An edition that shows what would reveal something.
    #[error("edition {edition} shows of group {group} what would reveal a small count")]
    Reveals {
        /// Which group, from 0.
        group: usize,
        /// In which edition.
        edition: u32,
    },
    /// A piece in a group that is not there.
    #[error("piece {piece} is in group {group}, but there are {groups} groups")]
    NoGroup {
        /// Which piece, from 0.
        piece: usize,
        /// Where it was said to be.
        group: u32,
        /// How many there are.
        groups: usize,
    },
}
