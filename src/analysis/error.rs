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
    /// A value that the model refuses.
    #[error(transparent)]
    Model(#[from] ModelError),
}
