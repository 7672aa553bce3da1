use super::{Layer, LayerSet};
use thiserror::Error;

/// Why a list of layers was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TilesError {
    /// A name that is no layer; an empty one where nothing stands between two commas.
    #[error("'{name}' is not a layer: expected {known}", known = Layer::known())]
    UnknownLayer {
        /// The name as asked.
        name: String,
    },
    /// A list longer than all layers need.
    #[error("a list of layers has at most {max} bytes, not {bytes}", max = LayerSet::MAX_TEXT)]
    LongList {
        /// Its length.
        bytes: usize,
    },
}
