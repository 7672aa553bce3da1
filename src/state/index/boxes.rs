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

    /// The smallest rectangle around them all. O(1).
    pub fn around(&self) -> Option<WorldRect> {
        let envelope = self.tree.root().envelope();
        let corner = |[x, y]: [f64; 2]| World { x, y };
        (self.tree.size() > 0).then(|| WorldRect { min: corner(envelope.lower()), max: corner(envelope.upper()) })
    }

    /// The numbers of those that touch a rectangle, in no order.
    pub fn touching(&self, rect: &WorldRect) -> impl Iterator<Item = u32> + '_ {
        self.tree.locate_in_envelope_intersecting(&rect.entry(0).envelope()).map(|e| e.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    #[test]
    fn what_is_around_them_all_follows_who_comes_and_goes() {
        let mut rng = SmallRng::seed_from_u64(11);
        let mut rect = || {
            let (x, y) = (rng.random_range(0.0..0.9), rng.random_range(0.0..0.9));
            WorldRect { min: World { x, y }, max: World { x: x + rng.random_range(0.0..0.1), y: y + 0.05 } }
        };
        let mut kept: Vec<(WorldRect, u32)> = (0..200).map(|id| (rect(), id)).collect();
        let mut index = BoxIndex::build(kept.iter().copied());
        let around = |kept: &[(WorldRect, u32)]| {
            let least = |of: fn(&WorldRect) -> f64| kept.iter().map(|(rect, _)| of(rect)).reduce(f64::min);
            let most = |of: fn(&WorldRect) -> f64| kept.iter().map(|(rect, _)| of(rect)).reduce(f64::max);
            let min = World { x: least(|r| r.min.x)?, y: least(|r| r.min.y)? };
            Some(WorldRect { min, max: World { x: most(|r| r.max.x)?, y: most(|r| r.max.y)? } })
        };
        for id in 200..300 {
            kept.push((rect(), id));
            index.insert(&kept[kept.len() - 1].0, id);
            assert_eq!(index.around(), around(&kept));
        }
        while let Some((rect, id)) = kept.pop() {
            index.remove(&rect, id);
            assert_eq!(index.around(), around(&kept), "{} left", kept.len());
        }
    }
}
