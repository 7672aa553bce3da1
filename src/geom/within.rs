use super::Bbox;
use super::locate::{Prepared, Side};
use super::region::{rings, side};
use geo::{BoundingRect, Geometry, Intersects, MultiPolygon, Rect};

/// A part of the world, edges included, that things touch or do not: rectangles or polygons, which may overlap.
///
/// ```
/// use geo::wkt;
/// use melonmap::geom::{Bbox, Within};
/// let within = Within::from(&Bbox::new(9.4, 47.0, 9.7, 47.3).unwrap());
/// assert!(within.touches(&wkt!(LINESTRING(9.3 47.1,9.4 47.1)).into()));
/// assert!(!within.touches(&wkt!(POINT(9.3 47.1)).into()));
/// ```
#[derive(Debug, Clone)]
pub struct Within(Vec<Part>);

#[derive(Debug, Clone)]
struct Part {
    around: Rect<f64>,
    rings: Vec<Prepared>,
    polygons: MultiPolygon<f64>,
}

impl From<&Bbox> for Within {
    fn from(bbox: &Bbox) -> Within {
        Within::new(bbox.parts().map(|part| MultiPolygon(vec![Rect::from(part).to_polygon()])))
    }
}

impl Within {
    /// Each valid; an empty one is nowhere. Costs O(vertices).
    pub fn new(parts: impl IntoIterator<Item = MultiPolygon<f64>>) -> Within {
        let part = |polygons: MultiPolygon<f64>| {
            Some(Part { around: polygons.bounding_rect()?, rings: rings(&polygons), polygons })
        };
        Within(parts.into_iter().filter_map(part).collect())
    }

    /// Whether it may touch a geometry, by the rectangles around both: a geometry that need not be valid.
    #[must_use]
    pub fn may_touch(&self, geometry: &Geometry<f64>) -> bool {
        geometry.bounding_rect().is_some_and(|rect| self.0.iter().any(|part| part.around.intersects(&rect)))
    }

    /// Whether it shares a point with a valid geometry.
    ///
    /// Costs a look at the edges between the latitudes of the geometry; one near the border is compared with all edges.
    #[must_use]
    pub fn touches(&self, geometry: &Geometry<f64>) -> bool {
        let Some(rect) = geometry.bounding_rect() else { return false };
        self.0.iter().filter(|part| part.around.intersects(&rect)).any(|part| match side(&part.rings, &rect) {
            Side::Inside => true,
            Side::Outside => false,
            Side::Border => part.polygons.intersects(geometry),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Translate, wkt};
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    #[test]
    fn what_touches_is_what_shares_a_point_with_a_part() {
        let ring = wkt!(MULTIPOLYGON(((0. 0.,10. 0.,12. 9.,0. 10.,0. 0.),(2. 2.,8. 2.,8. 8.,2. 8.,2. 2.)),
            ((20. 0.,21. 0.,20. 1.,20. 0.))));
        let over = wkt!(MULTIPOLYGON(((1. 1.,5. 1.,5. 5.,1. 5.,1. 1.))));
        let within = Within::new([ring.clone(), over.clone(), MultiPolygon(Vec::new())]);
        let shapes: [Geometry<f64>; 5] = [
            wkt!(POINT(0. 0.)).into(),
            wkt!(LINESTRING(0. 0.,3. 1.)).into(),
            wkt!(POLYGON((0. 0.,2. 0.,2. 2.,0. 0.))).into(),
            wkt!(MULTIPOINT(0. 0.,9. 1.)).into(),
            wkt!(POLYGON((-20. -20.,40. -20.,40. 40.,-20. 40.,-20. -20.))).into(),
        ];
        let mut dice = SmallRng::seed_from_u64(2);
        let mut count = [0, 0];
        for _ in 0..3_000 {
            // Whole numbers and halves, so that edges and corners are met exactly.
            let mut step = || f64::from(dice.random_range(-6..50)) / 2.0;
            let (east, north) = (step(), step());
            let shape = shapes[dice.random_range(0..shapes.len())].translate(east, north);
            let touches = ring.intersects(&shape) || over.intersects(&shape);
            assert_eq!(within.touches(&shape), touches, "{shape:?}");
            assert!(within.may_touch(&shape) || !touches, "{shape:?}");
            count[usize::from(touches)] += 1;
        }
        assert!(count.iter().all(|n| *n > 500), "{count:?}");
    }

    #[test]
    fn a_rectangle_over_the_antimeridian_has_two_sides() {
        let within = Within::from(&Bbox::new(177.0, -20.0, -177.0, -15.0).unwrap());
        for (lon, touches) in [(178.0, true), (-178.0, true), (180.0, true), (0.0, false), (176.0, false)] {
            assert_eq!(within.touches(&geo::Point::new(lon, -17.0).into()), touches, "{lon}");
        }
    }
}
