//! Context features: what stands on their shelf.

use super::State;
use super::shelf::Shelved;
use crate::geom::Bbox;
use crate::model::{Code, ContextFeature};

impl Shelved for ContextFeature {
    fn code(&self) -> &Code {
        &self.code
    }

    fn bbox(&self) -> Option<Bbox> {
        Bbox::around(&self.geometry)
    }
}

impl State {
    /// The number of the last change of a context feature; 0 before the first. Equal numbers mean the same context layer.
    #[must_use]
    pub fn context_seq(&self) -> u64 {
        self.context_seq
    }
}
