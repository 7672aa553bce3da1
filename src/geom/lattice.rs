use super::{LonLat, TileId, World};

/// A position on the one global integer grid that tiles are cut from: web mercator's unit square in 2^32 steps a side
/// (9 mm at the equator). Which tile a position belongs to is read off its leading bits, so that every zoom agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lattice {
    /// Steps east of the antimeridian.
    pub x: u32,
    /// Steps south of the northern edge.
    pub y: u32,
}

impl Lattice {
    /// Steps along a side.
    pub const SIDE: f64 = 4_294_967_296.0;

    /// The step in which a position lies.
    #[must_use]
    pub fn of(at: LonLat) -> Lattice {
        Lattice::of_world(World::of(at))
    }

    /// The step in which a point of the unit square lies.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` saturates at 2^32 - 1: the far edge
    pub fn of_world(world: World) -> Lattice {
        Lattice { x: (world.x * Lattice::SIDE) as u32, y: (world.y * Lattice::SIDE) as u32 }
    }

    /// The middle of the step on the unit square.
    #[must_use]
    pub fn world(self) -> World {
        World { x: (f64::from(self.x) + 0.5) / Lattice::SIDE, y: (f64::from(self.y) + 0.5) / Lattice::SIDE }
    }

    /// The tile of a zoom that it lies in.
    #[must_use]
    pub fn tile(self, z: u8) -> TileId {
        let part = |v: u32| u32::try_from(u64::from(v) >> (32 - z)).expect("a shifted u32 fits");
        TileId::new(u32::from(z), part(self.x), part(self.y)).expect("leading bits are below 2^z")
    }

    /// Position along the Z-order curve: near numbers are near places.
    #[must_use]
    pub fn morton(self) -> u64 {
        fn spread(v: u32) -> u64 {
            let mut v = u64::from(v);
            for (shift, mask) in [
                (16, 0x0000_ffff_0000_ffff),
                (8, 0x00ff_00ff_00ff_00ff),
                (4, 0x0f0f_0f0f_0f0f_0f0f),
                (2, 0x3333_3333_3333_3333),
                (1, 0x5555_5555_5555_5555),
            ] {
                v = (v | v << shift) & mask;
            }
            v
        }
        spread(self.x) | spread(self.y) << 1
    }
}

/// A rectangle of the lattice, edges included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatticeRect {
    /// North-western corner.
    pub min: Lattice,
    /// South-eastern corner.
    pub max: Lattice,
}

impl LatticeRect {
    /// Everything.
    pub const WORLD: LatticeRect =
        LatticeRect { min: Lattice { x: 0, y: 0 }, max: Lattice { x: u32::MAX, y: u32::MAX } };

    /// The steps of one tile: half open, so that no step is in two tiles of a zoom.
    #[must_use]
    pub fn of_tile(tile: TileId) -> LatticeRect {
        let shift = 32 - tile.z();
        let first = |v: u32| u32::try_from(u64::from(v) << shift).expect("a column of its zoom stays below 2^32");
        let min = Lattice { x: first(tile.x()), y: first(tile.y()) };
        let span = u32::try_from((1u64 << shift) - 1).expect("a zoom's side minus one fits");
        LatticeRect { min, max: Lattice { x: min.x + span, y: min.y + span } }
    }

    /// The smallest rectangle around some steps; `None` where there are none.
    #[must_use]
    pub fn around(steps: &[Lattice]) -> Option<LatticeRect> {
        steps.iter().map(|at| LatticeRect { min: *at, max: *at }).reduce(|a, b| a.union(&b))
    }

    /// The smallest rectangle around two.
    #[must_use]
    pub fn union(&self, other: &LatticeRect) -> LatticeRect {
        LatticeRect {
            min: Lattice { x: self.min.x.min(other.min.x), y: self.min.y.min(other.min.y) },
            max: Lattice { x: self.max.x.max(other.max.x), y: self.max.y.max(other.max.y) },
        }
    }

    /// The steps that a rectangle of degrees touches; it must not cross the antimeridian (see [`super::Bbox::parts`]).
    #[must_use]
    pub fn of_bbox(bbox: &super::Bbox) -> LatticeRect {
        LatticeRect {
            min: Lattice::of_world(World::of_degrees(bbox.west(), bbox.north())),
            max: Lattice::of_world(World::of_degrees(bbox.east(), bbox.south())),
        }
    }

    /// Whether a step lies in it.
    #[must_use]
    pub fn contains(&self, at: Lattice) -> bool {
        at.x >= self.min.x && at.x <= self.max.x && at.y >= self.min.y && at.y <= self.max.y
    }

    /// What two rectangles share.
    #[must_use]
    pub fn intersection(&self, other: &LatticeRect) -> Option<LatticeRect> {
        let min = Lattice { x: self.min.x.max(other.min.x), y: self.min.y.max(other.min.y) };
        let max = Lattice { x: self.max.x.min(other.max.x), y: self.max.y.min(other.max.y) };
        (min.x <= max.x && min.y <= max.y).then_some(LatticeRect { min, max })
    }

    /// The degrees it covers, rounded outwards to seven digits (1 cm), which is as fine as the lattice.
    #[must_use]
    pub fn bbox(&self) -> super::Bbox {
        const DIGITS: f64 = 1e7;
        let edge = |step: u32, more: f64| (f64::from(step) + more) / Lattice::SIDE;
        let north_west = World { x: edge(self.min.x, 0.0), y: edge(self.min.y, 0.0) }.lonlat();
        let south_east = World { x: edge(self.max.x, 1.0), y: edge(self.max.y, 1.0) }.lonlat();
        let (down, up) = (|v: f64| (v * DIGITS).floor() / DIGITS, |v: f64| (v * DIGITS).ceil() / DIGITS);
        super::Bbox::new(down(north_west.lon()), down(south_east.lat()), up(south_east.lon()), up(north_west.lat()))
            .expect("the corners are in order, and whole degrees at the edges stay where they are")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tile_of_a_step_is_the_tile_of_its_position() {
        for (lon, lat) in [(9.52, 47.14), (-180.0, 85.0), (179.999, -85.0), (0.0, 0.0)] {
            let at = LonLat::new(lon, lat).unwrap();
            for z in [0, 1, 7, 14, 22] {
                let tile = Lattice::of(at).tile(z);
                assert_eq!(tile, TileId::at(World::of(at), z), "{lon} {lat} {z}");
                assert!(LatticeRect::of_tile(tile).contains(Lattice::of(at)));
            }
        }
    }

    #[test]
    fn neighbouring_tiles_share_no_step() {
        let a = LatticeRect::of_tile(TileId::new(14, 8625, 5753).unwrap());
        let b = LatticeRect::of_tile(TileId::new(14, 8626, 5753).unwrap());
        assert_eq!(a.max.x + 1, b.min.x);
        assert!(a.intersection(&b).is_none());
        assert_eq!(LatticeRect::of_tile(TileId::WORLD), LatticeRect::WORLD);
    }

    #[test]
    fn the_degrees_of_a_rectangle_are_those_it_was_made_of_and_hardly_more() {
        let wide = super::super::Bbox::new(-180.0, -85.0, 180.0, 85.0).unwrap();
        let small = super::super::Bbox::new(9.471_673_6, 47.048_429_1, 9.635_714_3, 47.270_581).unwrap();
        for bbox in [wide, small] {
            let (before, after) = (bbox.to_array(), LatticeRect::of_bbox(&bbox).bbox().to_array());
            for (side, (old, new)) in before.into_iter().zip(after).enumerate() {
                let outwards = if side < 2 { old - new } else { new - old };
                assert!((0.0..=2.1e-7).contains(&outwards), "{before:?} became {after:?}");
            }
        }
        let world = LatticeRect::WORLD.bbox();
        assert_eq!([world.west(), world.east()].map(|v| v.to_string()), ["-180", "180"]);
    }

    #[test]
    fn the_smallest_rectangle_around_two_holds_the_corners_of_both() {
        let rect = |z, x, y| LatticeRect::of_tile(TileId::new(z, x, y).unwrap());
        let (a, b) = (rect(3, 1, 6), rect(5, 20, 2));
        let around = a.union(&b);
        assert_eq!((around, around.union(&a)), (b.union(&a), around));
        assert!([a.min, a.max, b.min, b.max].into_iter().all(|corner| around.contains(corner)));
        assert_eq!((around.min.x, around.max.y), (a.min.x, a.max.y));
        assert_eq!((around.max.x, around.min.y), (b.max.x, b.min.y));
    }

    #[test]
    fn morton_order_keeps_a_quadrant_together() {
        let code = |x, y| Lattice { x, y }.morton();
        assert_eq!([code(0, 0), code(1, 0), code(0, 1), code(1, 1), code(2, 0)], [0, 1, 2, 3, 4]);
        assert_eq!(code(u32::MAX, u32::MAX), u64::MAX);
    }
}
