//! The tile pyramid of web mercator (`WebMercatorQuad`, OGC 17-083r4).

use super::{Bbox, GeomError, LonLat};
use std::f64::consts::PI;
use std::fmt;

/// The latitude at which web mercator's square ends, degrees.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// A position on web mercator's unit square: x east from the antimeridian, y south from the northern edge, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct World {
    /// 0 at 180° W, 1 at 180° E.
    pub x: f64,
    /// 0 at 85.05° N, 1 at 85.05° S; positions nearer to a pole are drawn on the edge.
    pub y: f64,
}

impl World {
    /// Projects a position.
    #[must_use]
    pub fn of(at: LonLat) -> World {
        World::of_degrees(at.lon(), at.lat())
    }

    /// Projects bare degrees: for coordinates of a geometry whose range has been checked.
    #[must_use]
    pub fn of_degrees(lon: f64, lat: f64) -> World {
        let lat = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
        let y = 0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / (2.0 * PI);
        World { x: lon / 360.0 + 0.5, y: y.clamp(0.0, 1.0) }
    }

    /// The position that is drawn there.
    #[must_use]
    pub fn lonlat(self) -> LonLat {
        let lon = ((self.x - 0.5) * 360.0).clamp(-180.0, 180.0);
        let lat = (PI * (1.0 - 2.0 * self.y)).sinh().atan().to_degrees();
        LonLat::new(lon, lat).expect("the unit square lies within the range of positions")
    }
}

/// A tile that exists: zoom 0 to [`TileId::MAX_ZOOM`], column from the west, row from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// The deepest zoom that is served: a pixel of a 512-pixel tile is 2 cm there.
    pub const MAX_ZOOM: u8 = 22;

    /// The one tile of zoom 0.
    pub const WORLD: TileId = TileId { z: 0, x: 0, y: 0 };

    /// Refuses a zoom too deep and columns and rows that the zoom does not have.
    ///
    /// ```
    /// use melonmap::geom::TileId;
    /// assert!(TileId::new(0, 0, 0).is_ok());
    /// assert!(TileId::new(1, 2, 0).is_err());
    /// assert!(TileId::new(99, 0, 0).is_err());
    /// ```
    pub fn new(z: u32, x: u32, y: u32) -> Result<TileId, GeomError> {
        match u8::try_from(z) {
            Ok(small) if small <= TileId::MAX_ZOOM && x < 1 << z && y < 1 << z => Ok(TileId { z: small, x, y }),
            _ => Err(GeomError::Tile { z, x, y }),
        }
    }

    /// The tile of a zoom in which a point of the unit square lies; edges belong to the tile to their south-east. `z` must be at most [`TileId::MAX_ZOOM`].
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // floors of 0 to 2^22
    pub fn at(world: World, z: u8) -> TileId {
        debug_assert!(z <= TileId::MAX_ZOOM);
        let n = 1u32 << z;
        let cell = |v: f64| ((v * f64::from(n)) as u32).min(n - 1);
        TileId { z, x: cell(world.x), y: cell(world.y) }
    }

    /// Zoom.
    #[must_use]
    pub fn z(self) -> u8 {
        self.z
    }

    /// Column, from the west.
    #[must_use]
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north.
    #[must_use]
    pub fn y(self) -> u32 {
        self.y
    }

    /// The tile of zoom `z` that holds this one; itself where `z` is not smaller.
    #[must_use]
    pub fn ancestor(self, z: u8) -> TileId {
        let up = self.z.saturating_sub(z);
        TileId { z: self.z - up, x: self.x >> up, y: self.y >> up }
    }

    /// The first (north-western) of the tiles of a deeper zoom inside this one and how many there are along each side.
    #[must_use]
    pub fn descendants(self, z: u8) -> (TileId, u32) {
        let down = z.saturating_sub(self.z);
        (TileId { z: self.z + down, x: self.x << down, y: self.y << down }, 1 << down)
    }

    /// The four tiles of the next zoom inside this one, row by row; none at [`TileId::MAX_ZOOM`].
    pub fn children(self) -> impl Iterator<Item = TileId> + use<> {
        let (first, side) = if self.z < TileId::MAX_ZOOM { self.descendants(self.z + 1) } else { (self, 0) };
        (0..side * side).map(move |i| TileId { x: first.x + i % side, y: first.y + i / side, ..first })
    }

    /// Its north-western corner on the unit square, and the length of its side.
    #[must_use]
    pub fn square(self) -> (World, f64) {
        let side = 1.0 / f64::from(1u32 << self.z);
        (World { x: f64::from(self.x) * side, y: f64::from(self.y) * side }, side)
    }

    /// The degrees it covers, widened on each side by a share of its side (0 for none), cut at the edge of the world.
    #[must_use]
    pub fn bbox(self, buffer: f64) -> Bbox {
        let (corner, side) = self.square();
        let clamp = |v: f64| v.clamp(0.0, 1.0);
        let pad = side * buffer;
        let north_west = World { x: clamp(corner.x - pad), y: clamp(corner.y - pad) }.lonlat();
        let south_east = World { x: clamp(corner.x + side + pad), y: clamp(corner.y + side + pad) }.lonlat();
        Bbox::new(north_west.lon(), south_east.lat(), south_east.lon(), north_west.lat())
            .expect("a tile's corners are in order and in range")
    }

    /// One number for zoom, column and row, distinct for every tile.
    #[must_use]
    pub fn key(self) -> u64 {
        u64::from(self.z) << 58 | u64::from(self.x) << 29 | u64::from(self.y)
    }

    /// The tiles of zoom `z` that a rectangle touches, row by row.
    pub fn covering(bbox: &Bbox, z: u8) -> impl Iterator<Item = TileId> + use<> {
        bbox.parts().collect::<Vec<_>>().into_iter().flat_map(move |part| {
            let first = TileId::at(World::of_degrees(part.west(), part.north()), z);
            let last = TileId::at(World::of_degrees(part.east(), part.south()), z);
            (first.y..=last.y).flat_map(move |y| (first.x..=last.x).map(move |x| TileId { z, x, y }))
        })
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_place_lies_in_its_known_tile() {
        // Vaduz, worked out with the slippy-map formulas of the OpenStreetMap wiki.
        let vaduz = LonLat::new(9.5209, 47.1410).unwrap();
        assert_eq!(TileId::at(World::of(vaduz), 14).to_string(), "14/8625/5753");
    }

    #[test]
    fn projecting_there_and_back_ends_where_it_began() {
        for lon in (-180..=180).step_by(7) {
            for lat in (-85..=85).step_by(5) {
                let at = LonLat::new(f64::from(lon), f64::from(lat)).unwrap();
                let back = World::of(at).lonlat();
                assert!((back.lon() - at.lon()).abs() < 1e-9 && (back.lat() - at.lat()).abs() < 1e-9, "{at:?}");
            }
        }
    }

    #[test]
    fn the_edges_of_the_world_belong_to_a_tile() {
        for (lon, lat) in [(180.0, -90.0), (-180.0, 90.0), (180.0, 90.0)] {
            let tile = TileId::at(World::of(LonLat::new(lon, lat).unwrap()), 3);
            assert!(tile.x() < 8 && tile.y() < 8);
        }
    }

    #[test]
    fn ancestors_and_descendants_agree() {
        let tile = TileId::new(9, 269, 179).unwrap();
        let (first, side) = tile.descendants(12);
        assert_eq!((first.ancestor(9), side), (tile, 8));
        assert_eq!(tile.ancestor(12), tile);
    }

    #[test]
    fn a_rectangle_over_the_antimeridian_is_covered_on_both_sides() {
        let bbox = Bbox::new(179.0, -1.0, -179.0, 1.0).unwrap();
        let columns: Vec<u32> = TileId::covering(&bbox, 2).map(TileId::x).collect();
        assert!(columns.contains(&0) && columns.contains(&3) && !columns.contains(&1));
    }
}
