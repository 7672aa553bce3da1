use super::locate::{Prepared, Side};
use super::{Bbox, LatticeRect, TileId};
use geo::{MultiPolygon, Polygon, Rect};

/// A part of the world that tiles are chosen by.
#[derive(Debug, Clone)]
pub enum Region {
    /// All of it.
    World,
    /// One rectangle, or the two on each side of the antimeridian.
    Boxes(Vec<LatticeRect>),
    /// Inside and border of polygons: their rings one by one, because all at once a polygon with a hole cannot tell a tile in the hole
    /// from one on its border. They count by the even-odd rule.
    Rings(Vec<Prepared>),
}

impl From<&Bbox> for Region {
    fn from(bbox: &Bbox) -> Region {
        Region::Boxes(bbox.parts().map(|part| LatticeRect::of_bbox(&part)).collect())
    }
}

impl From<&MultiPolygon<f64>> for Region {
    /// Costs O(vertices).
    fn from(polygons: &MultiPolygon<f64>) -> Region {
        Region::Rings(rings(polygons))
    }
}

impl Region {
    /// Whether it has a point in a tile or, for polygons, on the tile's edge. What touches a tile touches every tile around that one.
    ///
    /// For polygons it costs a look at the edges between the latitudes of the tile.
    #[must_use]
    pub fn touches(&self, tile: TileId) -> bool {
        match self {
            Region::World => true,
            Region::Boxes(boxes) => {
                let tile = LatticeRect::of_tile(tile);
                boxes.iter().any(|part| part.intersection(&tile).is_some())
            }
            Region::Rings(rings) => side(rings, &tile.bbox(0.0).into()) != Side::Outside,
        }
    }
}

/// How rings, which count by the even-odd rule, lie to a rectangle, edges included.
///
/// It costs a look at the edges between the latitudes of the rectangle.
pub(super) fn side(rings: &[Prepared], rect: &Rect<f64>) -> Side {
    let mut inside = false;
    for ring in rings {
        match ring.side(rect) {
            Side::Border => return Side::Border,
            Side::Inside => inside = !inside,
            Side::Outside => {}
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}

/// The rings of polygons one by one.
pub(super) fn rings(polygons: &MultiPolygon<f64>) -> Vec<Prepared> {
    let rings = polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings.map(|ring| Prepared::new(&Polygon::new(ring.clone(), Vec::new()).into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Intersects, wkt};
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    /// Every tile of a zoom.
    fn all(z: u8) -> impl Iterator<Item = TileId> {
        let side = 1u32 << z;
        (0..side).flat_map(move |y| (0..side).map(move |x| TileId::new(u32::from(z), x, y).unwrap()))
    }

    #[test]
    fn a_rectangle_touches_the_tiles_that_cover_it() {
        let mut rng = SmallRng::seed_from_u64(3);
        for _ in 0..60 {
            let (a, b) = (rng.random_range(-90.0..90.0f64), rng.random_range(-90.0..90.0f64));
            let bbox = Bbox::new(rng.random_range(-180.0..180.0), a.min(b), rng.random_range(-180.0..180.0), a.max(b));
            let bbox = bbox.unwrap();
            let region = Region::from(&bbox);
            for z in 0..6 {
                let covering: Vec<TileId> = TileId::covering(&bbox, z).collect();
                for tile in all(z) {
                    assert_eq!(region.touches(tile), covering.contains(&tile), "{bbox:?} {tile}");
                }
            }
        }
    }

    #[test]
    fn a_polygon_touches_the_tiles_that_share_a_point_with_it_and_none_in_its_hole() {
        let ring = wkt!(MULTIPOLYGON(((-100. -60.,120. -50.,130. 70.,-90. 75.,-100. -60.),(-60. -40.,90. -40.,90. 60.,-60. 60.,-60. -40.)),
            ((150. 10.,151. 10.,150. 11.,150. 10.))));
        let region = Region::from(&ring);
        let mut outside = 0;
        for tile in (0..7).flat_map(all) {
            let touched = ring.intersects(&geo::Rect::from(tile.bbox(0.0)));
            assert_eq!(region.touches(tile), touched, "{tile}");
            outside += u32::from(!touched);
        }
        assert!(outside > 3_000, "{outside}");
        assert!(!region.touches(TileId::at(crate::geom::World::of_degrees(10.0, 10.0), 6)), "in the hole");
    }
}
