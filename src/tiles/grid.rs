//! The integer grid of a zoom, and the window of it that a tile shows.

use crate::geom::{Lattice, LatticeRect, TileId, World};
use geo::{Coord, Rect};

/// Grid steps along a tile's side.
pub(super) const EXTENT: i64 = 4096;

/// Steps beyond each side that lines and polygons are kept, so that a stroke does not end at the seam: 1/64 of a side, as in geojson-vt.
pub(super) const BUFFER: i64 = 64;

/// Steps along the side of a pixel, for the 512 pixels at which maps draw a vector tile.
pub(super) const PIXEL: i64 = EXTENT / 512;

/// A point of the grid: steps east and south of a tile's north-western corner.
pub(super) type Point = [i64; 2];

/// The grid of a tile's zoom, counted from that tile's corner.
///
/// One grid covers the world at each zoom, so a position is rounded in the same way in every tile and for every feature:
/// that is what keeps shared borders shared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    /// Steps around the world: 2^34 at the most.
    scale: f64,
    z: u8,
    origin: Point,
}

impl Grid {
    /// Counted from the world's north-western corner.
    pub(super) fn of_zoom(z: u8) -> Grid {
        Grid { scale: f64::from(1u32 << z) * 4096.0, z, origin: [0, 0] }
    }

    pub(super) fn of(tile: TileId) -> Grid {
        Grid { origin: [i64::from(tile.x()) * EXTENT, i64::from(tile.y()) * EXTENT], ..Grid::of_zoom(tile.z()) }
    }

    /// The grid point nearest to a position in degrees.
    #[allow(clippy::cast_possible_truncation)] // 0 to 2^34
    pub(super) fn snap(&self, at: Coord<f64>) -> Point {
        let world = World::of_degrees(at.x, at.y);
        let near = |v: f64, origin: i64| (v * self.scale).round() as i64 - origin;
        [near(world.x, self.origin[0]), near(world.y, self.origin[1])]
    }

    /// The grid point nearest to a step of the lattice, halves to the south-east; below zoom 20, where the lattice is the
    /// coarser one, the point in its middle.
    pub(super) fn round(&self, at: Lattice) -> Point {
        let near = |v: u32, origin: i64| {
            let v = i64::from(v);
            let step = match u32::from(self.z) {
                z @ 0..20 => (v + (1 << (19 - z))) >> (20 - z),
                z => (2 * v + 1) << (z - 20) >> 1,
            };
            step - origin
        };
        [near(at.x, self.origin[0]), near(at.y, self.origin[1])]
    }

    /// The window that a rectangle of the lattice fills.
    pub(super) fn window_of(&self, rect: &LatticeRect) -> Window {
        Window { min: self.round(rect.min), max: self.round(rect.max) }
    }

    /// The step of the grid in which a point of the tile lies: rounded down, so that every point of the half-open tile has a
    /// place from 0 to 4095; what lies outside is drawn on the edge.
    pub(super) fn place(&self, at: Lattice) -> Point {
        let place = |v: u32, origin: i64| {
            let step = match u32::from(self.z) {
                z @ 0..20 => i64::from(v >> (20 - z)),
                z => (2 * i64::from(v) + 1) << (z - 20) >> 1,
            };
            (step - origin).clamp(0, EXTENT - 1)
        };
        [place(at.x, self.origin[0]), place(at.y, self.origin[1])]
    }

    /// The window that a rectangle of degrees fills.
    pub(super) fn window(&self, degrees: Rect<f64>) -> Window {
        let (low, high) = (degrees.min(), degrees.max());
        let north_west = self.snap(Coord { x: low.x, y: high.y });
        let south_east = self.snap(Coord { x: high.x, y: low.y });
        Window { min: north_west, max: south_east }
    }
}

/// A rectangle of grid points, edges included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) min: Point,
    pub(super) max: Point,
}

impl Window {
    /// A tile and so many steps around it.
    pub(super) fn tile(buffer: i64) -> Window {
        Window { min: [-buffer; 2], max: [EXTENT + buffer; 2] }
    }

    /// The smallest one around some points.
    pub(super) fn around(points: &[Point]) -> Option<Window> {
        points.iter().map(|point| Window { min: *point, max: *point }).reduce(|a, b| a.union(&b))
    }

    /// Whether all of the other lies in this one.
    pub(super) fn holds(&self, other: &Window) -> bool {
        (0..2).all(|axis| self.min[axis] <= other.min[axis] && other.max[axis] <= self.max[axis])
    }

    /// Whether a point lies in it.
    pub(super) fn contains(&self, point: Point) -> bool {
        (0..2).all(|axis| (self.min[axis]..=self.max[axis]).contains(&point[axis]))
    }

    /// Whether they share a point.
    pub(super) fn touches(&self, other: &Window) -> bool {
        (0..2).all(|axis| self.min[axis] <= other.max[axis] && other.min[axis] <= self.max[axis])
    }

    /// Whether it is smaller than a pixel both ways.
    pub(super) fn below_a_pixel(&self) -> bool {
        self.is_below(PIXEL)
    }

    /// Whether it is smaller than a square both ways.
    pub(super) fn is_below(&self, side: i64) -> bool {
        (0..2).all(|axis| self.max[axis] - self.min[axis] < side)
    }

    /// The pixel around its middle.
    pub(super) fn middle_pixel(&self) -> Window {
        let from = |axis: usize| (self.min[axis] + self.max[axis] - PIXEL).div_euclid(2);
        let min = [from(0), from(1)];
        Window { min, max: min.map(|v| v + PIXEL) }
    }

    /// The one of the world's pixels of a size in which its middle lies: the same for every tile, as tiles are some of them wide.
    pub(super) fn pixel_of_middle(&self, side: i64) -> Window {
        let min = [0, 1].map(|axis| (self.min[axis] + self.max[axis]).div_euclid(2 * side) * side);
        Window { min, max: min.map(|v| v + side) }
    }

    /// The smallest window around two.
    pub(super) fn union(&self, other: &Window) -> Window {
        let both = |axis: usize| (self.min[axis].min(other.min[axis]), self.max[axis].max(other.max[axis]));
        let ((west, east), (north, south)) = (both(0), both(1));
        Window { min: [west, north], max: [east, south] }
    }

    /// Its corners as a ring of positive area, y down.
    pub(super) fn corners(&self) -> Vec<Point> {
        let ([west, north], [east, south]) = (self.min, self.max);
        vec![[west, north], [east, north], [east, south], [west, south]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::LonLat;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn a_position_has_one_place_on_the_grid_of_a_zoom() {
        let at = LonLat::new(9.5209, 47.1410).unwrap();
        for z in [0, 7, 14, 22] {
            let tile = TileId::at(World::of(at), z);
            let here = Grid::of(tile).snap(at.coord());
            for other in TileId::covering(&tile.bbox(0.5), z) {
                let there = Grid::of(other).snap(at.coord());
                let step = |t: TileId| [i64::from(t.x()) * EXTENT, i64::from(t.y()) * EXTENT];
                for axis in 0..2 {
                    assert_eq!(here[axis] + step(tile)[axis], there[axis] + step(other)[axis], "{other}");
                }
            }
        }
    }

    #[test]
    fn a_step_of_the_lattice_is_rounded_as_its_position_is() {
        let mut rng = StdRng::seed_from_u64(21);
        for z in 0..=22 {
            for _ in 0..500 {
                let at = LonLat::new(rng.random_range(-180.0..180.0), rng.random_range(-85.0..85.0)).unwrap();
                let grid = Grid::of(TileId::at(World::of(at), z));
                let (snapped, rounded) = (grid.snap(at.coord()), grid.round(Lattice::of(at)));
                // As exact as the lattice is.
                let off = if z < 20 { 0 } else { 1 << (z - 20) };
                assert!((0..2).all(|axis| (snapped[axis] - rounded[axis]).abs() <= off), "{z} {at:?}");
            }
        }
        let east = Lattice::of(LonLat::new(180.0, 0.0).unwrap());
        assert_eq!(Grid::of_zoom(14).round(east), [1 << 26, 1 << 25]);
    }

    #[test]
    fn every_point_of_a_tile_has_a_place_in_it() {
        for (lon, lat) in [(-180.0, 90.0), (180.0, -90.0), (0.0, 0.0), (-1e-12, 1e-12)] {
            let world = World::of(LonLat::new(lon, lat).unwrap());
            for z in [0, 1, 14, 22] {
                let place = Grid::of(TileId::at(world, z)).place(Lattice::of_world(world));
                assert!(place.iter().all(|v| (0..EXTENT).contains(v)), "{lon} {lat} {z}: {place:?}");
            }
        }
    }
}
