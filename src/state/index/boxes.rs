//! Rectangles of Areas and context features.

use crate::geom::World;
use rstar::{AABB, RTree, RTreeObject};

/// A rectangle on the unit square and the number of what it surrounds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct BoxRef {
    low: [f64; 2],
    high: [f64; 2],
    id: u32,
}

impl RTreeObject for BoxRef {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.low, self.high)
    }
}

/// Rectangles by place: Areas and context features.
#[derive(Default)]
pub struct BoxIndex {
    tree: RTree<BoxRef>,
}

/// A rectangle on web mercator's unit square: north-western and south-eastern corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorldRect {
    /// North-western corner.
    pub min: World,
    /// South-eastern corner.
    pub max: World,
}

impl From<&crate::geom::Bbox> for WorldRect {
    fn from(bbox: &crate::geom::Bbox) -> WorldRect {
        WorldRect::of(bbox)
    }
}

impl WorldRect {
    /// Of a rectangle of degrees that does not cross the antimeridian.
    pub fn of(bbox: &crate::geom::Bbox) -> WorldRect {
        WorldRect {
            min: World::of_degrees(bbox.west(), bbox.north()),
            max: World::of_degrees(bbox.east(), bbox.south()),
        }
    }

    fn entry(&self, id: u32) -> BoxRef {
        BoxRef { low: [self.min.x, self.min.y], high: [self.max.x, self.max.y], id }
    }
}

impl BoxIndex {
    /// Builds it from all rectangles at once.
    pub fn build(rects: impl Iterator<Item = (WorldRect, u32)>) -> BoxIndex {
        BoxIndex { tree: RTree::bulk_load(rects.map(|(rect, id)| rect.entry(id)).collect()) }
    }

    /// Adds one.
    pub fn insert(&mut self, rect: &WorldRect, id: u32) {
        self.tree.insert(rect.entry(id));
    }

    /// Takes one away.
    pub fn remove(&mut self, rect: &WorldRect, id: u32) {
        self.tree.remove(&rect.entry(id));
    }

    /// The numbers of those that touch a rectangle, in no order.
    pub fn touching(&self, rect: &WorldRect) -> impl Iterator<Item = u32> + '_ {
        self.tree.locate_in_envelope_intersecting(&rect.entry(0).envelope()).map(|e| e.id)
    }
}
