//! Tile matrices on paper: the figures of `WebMercatorQuad` (OGC 17-083r4), and the part of a matrix that a rectangle takes.

use super::{Lattice, LatticeRect, TileId};

/// Scale denominators, and metres along a side of a cell at the equator, as the OGC's register has them, zoom by zoom: with fifteen
/// digits, some rounded and some cut off, so that no formula gives them all. Clients compare them with theirs.
const REGISTERED: [(f64, f64); 23] = [
    (559_082_264.028_717, 156_543.033_928_041),
    (279_541_132.014_358, 78_271.516_964_020_4),
    (139_770_566.007_179, 39_135.758_482_010_2),
    (69_885_283.003_589_7, 19_567.879_241_005_1),
    (34_942_641.501_794_8, 9_783.939_620_502_56),
    (17_471_320.750_897_4, 4_891.969_810_251_28),
    (8_735_660.375_448_71, 2_445.984_905_125_64),
    (4_367_830.187_724_35, 1_222.992_452_562_82),
    (2_183_915.093_862_17, 611.496_226_281_41),
    (1_091_957.546_931_08, 305.748_113_140_704),
    (545_978.773_465_544, 152.874_056_570_352),
    (272_989.386_732_772, 76.437_028_285_176_2),
    (136_494.693_366_386, 38.218_514_142_588_1),
    (68_247.346_683_193, 19.109_257_071_294),
    (34_123.673_341_596_4, 9.554_628_535_647_03),
    (17_061.836_670_798_2, 4.777_314_267_823_51),
    (8_530.918_335_399_13, 2.388_657_133_911_75),
    (4_265.459_167_699_56, 1.194_328_566_955_87),
    (2_132.729_583_849_78, 0.597_164_283_477_939),
    (1_066.364_791_924_89, 0.298_582_141_738_97),
    (533.182_395_962_445, 0.149_291_070_869_485),
    (266.591_197_981_222, 0.074_645_535_434_742_4),
    (133.295_598_990_611, 0.037_322_767_717_371_2),
];

/// The tile matrix of one zoom of `WebMercatorQuad`: as many columns as rows, counted from the north-western corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileMatrix {
    z: u8,
}

impl TileMatrix {
    /// Cells along a side of every tile.
    pub const TILE_CELLS: u32 = 256;

    /// The north-western corner of every matrix, metres east and north on EPSG:3857.
    pub const ORIGIN: [f64; 2] = [-20_037_508.342_789_2, 20_037_508.342_789_2];

    /// Those of all zooms that are served, the shallowest first.
    pub fn all() -> impl Iterator<Item = TileMatrix> {
        (0..=TileId::MAX_ZOOM).map(|z| TileMatrix { z })
    }

    /// Its zoom, which is its name.
    #[must_use]
    pub fn z(self) -> u8 {
        self.z
    }

    /// Tiles along each side.
    #[must_use]
    pub fn side(self) -> u32 {
        1 << self.z
    }

    /// How much smaller the equator is drawn, to the digits of the OGC's register.
    #[must_use]
    pub fn scale_denominator(self) -> f64 {
        REGISTERED[usize::from(self.z)].0
    }

    /// Metres along a side of a cell at the equator, to the digits of the OGC's register.
    #[must_use]
    pub fn cell_size(self) -> f64 {
        REGISTERED[usize::from(self.z)].1
    }
}

/// The tiles of one matrix from a north-western to a south-eastern one, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileLimits {
    first: TileId,
    last: TileId,
}

impl TileLimits {
    /// The tiles of a zoom that show something of a rectangle, where each is widened on all sides by a share of its side. `z` must
    /// be at most [`TileId::MAX_ZOOM`].
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most a side, which is 2^32; `as` saturates
    pub fn of(rect: &LatticeRect, z: u8, buffer: f64) -> TileLimits {
        let pad = (Lattice::SIDE / f64::from(1u32 << z) * buffer).ceil() as u32;
        let (min, max) = (rect.min, rect.max);
        let first = Lattice { x: min.x.saturating_sub(pad), y: min.y.saturating_sub(pad) };
        let last = Lattice { x: max.x.saturating_add(pad), y: max.y.saturating_add(pad) };
        TileLimits { first: first.tile(z), last: last.tile(z) }
    }

    /// The tile in the north-western corner.
    #[must_use]
    pub fn first(self) -> TileId {
        self.first
    }

    /// The tile in the south-eastern corner.
    #[must_use]
    pub fn last(self) -> TileId {
        self.last
    }

    /// Whether a tile is one of them.
    #[must_use]
    pub fn contains(self, tile: TileId) -> bool {
        let within = |of: fn(TileId) -> u32| (of(self.first)..=of(self.last)).contains(&of(tile));
        tile.z() == self.first.z() && within(TileId::x) && within(TileId::y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Bbox;

    #[test]
    fn the_figures_of_the_register_are_those_of_the_formula_to_their_last_digit() {
        // 17-083r4, annex D: the equator of EPSG:3857 in 256 cells, each 0.28 mm on paper.
        let cell = 2.0 * std::f64::consts::PI * 6_378_137.0 / 256.0;
        assert_eq!(TileMatrix::all().count(), REGISTERED.len());
        for matrix in TileMatrix::all() {
            let cell = cell / f64::from(matrix.side());
            for (written, formula) in [(matrix.cell_size(), cell), (matrix.scale_denominator(), cell / 0.000_28)] {
                assert!((written / formula - 1.0).abs() < 1e-14, "zoom {}: {written} {formula}", matrix.z());
            }
            let width = f64::from(matrix.side()) * f64::from(TileMatrix::TILE_CELLS) * matrix.cell_size();
            assert!((width + 2.0 * TileMatrix::ORIGIN[0]).abs() < 1e-6, "zoom {}: {width}", matrix.z());
        }
    }

    #[test]
    fn limits_hold_every_tile_of_a_rectangle_and_a_neighbour_only_where_its_buffer_reaches_in() {
        let bbox = Bbox::new(9.471_673_6, 47.048_429_1, 9.635_714_3, 47.270_581).unwrap();
        let rect = LatticeRect::of_bbox(&bbox);
        for z in 0..=TileId::MAX_ZOOM.min(16) {
            let tight = TileLimits::of(&rect, z, 0.0);
            assert!(TileId::covering(&bbox, z).all(|tile| tight.contains(tile)), "zoom {z}");
            let held = u64::from(tight.last().x() - tight.first().x() + 1)
                * u64::from(tight.last().y() - tight.first().y() + 1);
            assert_eq!(held, TileId::covering(&bbox, z).count() as u64, "zoom {z}");
            let wide = TileLimits::of(&rect, z, 1.0 / 64.0);
            for tile in [wide.first(), wide.last()] {
                let seen = LatticeRect::of_bbox(&tile.bbox(1.0 / 64.0));
                assert!(seen.intersection(&rect).is_some(), "zoom {z}: {tile} shows nothing of it");
            }
            assert!(!wide.contains(TileId::new(u32::from(z) + 1, 0, 0).unwrap()), "another zoom");
        }
    }

    #[test]
    fn limits_end_with_the_matrix() {
        for z in [0, 1, 22] {
            let limits = TileLimits::of(&LatticeRect::WORLD, z, 0.5);
            let last = (1 << z) - 1;
            assert_eq!(
                (limits.first(), limits.last()),
                (TileId::new(z.into(), 0, 0).unwrap(), TileId::new(z.into(), last, last).unwrap())
            );
        }
    }
}
