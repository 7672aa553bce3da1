//! What a tile may weigh, and how it gets there: by being drawn more coarsely, never by leaving something out.

use super::{Coding, TileBody};

/// Most bytes that a tile has in any content coding, as tippecanoe's default.
pub const MOST_BYTES: usize = 500_000;

/// How coarsely a tile is drawn.
///
/// Each step beyond the first draws areas and the base map as one more zoom away would have them: borders with fewer corners, more
/// areas merged into those that they belong to, lesser streets and smaller buildings gone from the base map. From the first step on
/// households are counted in cells, however few or near they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Coarseness(u8);

impl Coarseness {
    /// As finely as the zoom asks.
    pub const FINEST: Coarseness = Coarseness(0);

    /// A step coarser; `None` after the last.
    #[must_use]
    pub fn next(self) -> Option<Coarseness> {
        (self.0 < 10).then(|| Coarseness(self.0 + 1))
    }

    /// Whether households are counted in cells at every zoom.
    #[must_use]
    pub fn counts_all(self) -> bool {
        self.0 > 0
    }

    /// Zooms by which everything else is drawn as if from farther away.
    pub(super) fn steps(self) -> u8 {
        self.0
    }

    /// As of which zoom a tile is drawn.
    #[must_use]
    pub fn zoom(self, z: u8) -> u8 {
        z.saturating_sub(self.0)
    }
}

impl TileBody {
    /// Whether it is no heavier than [`MOST_BYTES`] in any coding that compresses. Compresses it first where that is not clear.
    #[must_use]
    pub fn fits(&self) -> bool {
        let compressed = || Coding::ALL.into_iter().filter(|coding| *coding != Coding::Identity);
        self.bytes(Coding::Identity).len() <= MOST_BYTES || compressed().all(|c| self.bytes(c).len() <= MOST_BYTES)
    }
}
