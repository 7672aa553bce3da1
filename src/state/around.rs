//! Where each sort of thing lies, as the R-trees know it without looking at any.

use super::State;
use super::index::WorldRect;
use crate::geom::{Lattice, LatticeRect};

impl From<WorldRect> for LatticeRect {
    fn from(rect: WorldRect) -> LatticeRect {
        LatticeRect { min: Lattice::of_world(rect.min), max: Lattice::of_world(rect.max) }
    }
}

impl State {
    /// The smallest rectangle around all living Areas. O(1).
    #[must_use]
    pub fn around_areas(&self) -> Option<LatticeRect> {
        self.areas.around().map(Into::into)
    }

    /// The smallest rectangle around all households, where they are drawn. O(1).
    #[must_use]
    pub fn around_households(&self) -> Option<LatticeRect> {
        self.points.around()
    }

    /// The smallest rectangle around all context features. O(1).
    #[must_use]
    pub fn around_context(&self) -> Option<LatticeRect> {
        self.context.around().map(Into::into)
    }
}
