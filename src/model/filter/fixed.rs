//! A geometry that was written in a filter, made ready once to be asked of every record.

use crate::geom::Bbox;
use crate::geom::locate::{Prepared, Side};
use crate::geom::validity;
use geo::{BoundingRect, Geometry, GeometryCollection, Intersects, MultiPolygon, Point, Polygon, Rect};

/// The geometry, the rectangles that hold it, and its edges by latitude.
#[derive(Debug, Clone)]
pub(super) struct Fixed {
    geometry: Geometry<f64>,
    boxes: Vec<Bbox>,
    /// Of valid polygons: what cuts itself has an inside that depends on who is asked.
    polygons: Option<Prepared>,
}

impl Fixed {
    /// Most rectangles; a geometry of more parts gets one around all of them.
    const MOST_BOXES: usize = 16;

    /// `None` if the geometry or a part of it is empty or not in range. About n log n for n positions.
    pub(super) fn new(geometry: Geometry<f64>) -> Option<Fixed> {
        let mut boxes = Vec::new();
        parts(&geometry, &mut boxes)?;
        if boxes.len() > Fixed::MOST_BOXES {
            boxes = vec![Bbox::around(&geometry)?];
        }
        (!boxes.is_empty()).then(|| Fixed { polygons: prepared(&geometry), geometry, boxes })
    }

    /// The area of a rectangle: two parts where it crosses the antimeridian, a line or a point where it is as narrow.
    pub(super) fn rectangle(bbox: &Bbox) -> Fixed {
        let boxes: Vec<Bbox> = bbox.parts().collect();
        let mut areas: Vec<Geometry<f64>> = boxes.iter().map(area).collect();
        let polygons = areas.iter().map(|a| Polygon::try_from(a.clone()).ok()).collect::<Option<Vec<_>>>();
        let geometry = match polygons {
            _ if areas.len() == 1 => areas.remove(0),
            // Polygons together have one inside, which a collection has not.
            Some(polygons) => MultiPolygon(polygons).into(),
            None => Geometry::GeometryCollection(GeometryCollection(areas)),
        };
        Fixed { polygons: prepared(&geometry), geometry, boxes }
    }

    /// As it was written.
    pub(super) fn geometry(&self) -> &Geometry<f64> {
        &self.geometry
    }

    /// Rectangles outside of which it has no point; none of them crosses the antimeridian.
    pub(super) fn boxes(&self) -> &[Bbox] {
        &self.boxes
    }

    /// How it lies to all that a rectangle holds, where that can be told without looking at what that is: inside is inside of
    /// polygons and off their border. Costs the edges at the rectangle's latitudes: some 150 ns for a round polygon of 300 corners,
    /// where a look at each corner takes 800 ns for a position and 260 µs for a line.
    pub(super) fn side(&self, bbox: &Bbox) -> Side {
        if !self.boxes.iter().any(|held| held.intersects(bbox)) {
            return Side::Outside;
        }
        let rect = Rect::from(*bbox);
        match &self.polygons {
            Some(polygons) => polygons.side(&rect),
            None if self.geometry.intersects(&rect) => Side::Border,
            None => Side::Outside,
        }
    }
}

fn prepared(geometry: &Geometry<f64>) -> Option<Prepared> {
    validity::check(geometry).ok()?;
    match geometry {
        Geometry::Polygon(polygon) => Some(Prepared::new(&polygon.clone().into())),
        Geometry::MultiPolygon(polygons) => Some(Prepared::new(polygons)),
        _ => None,
    }
}

/// Rectangles around the parts of a geometry; `None` if one is empty or not in range.
fn parts(geometry: &Geometry<f64>, into: &mut Vec<Bbox>) -> Option<()> {
    match geometry {
        Geometry::MultiPoint(all) if !all.is_empty() => all.iter().try_for_each(|p| around(p, into)),
        Geometry::MultiLineString(all) if !all.0.is_empty() => all.iter().try_for_each(|l| around(l, into)),
        Geometry::MultiPolygon(all) if !all.0.is_empty() => all.iter().try_for_each(|p| around(p, into)),
        Geometry::GeometryCollection(all) if !all.is_empty() => all.iter().try_for_each(|g| parts(g, into)),
        one => around(one, into),
    }
}

fn around(part: &impl BoundingRect<f64, Output: Into<Option<geo::Rect<f64>>>>, into: &mut Vec<Bbox>) -> Option<()> {
    into.push(Bbox::around(part)?);
    Some(())
}

/// A rectangle as the geometry that it is.
#[allow(clippy::float_cmp)] // a side without length has two ends that are the same number
fn area(part: &Bbox) -> Geometry<f64> {
    let (low, high) =
        (geo::coord! { x: part.west(), y: part.south() }, geo::coord! { x: part.east(), y: part.north() });
    if low == high {
        Point(low).into()
    } else if low.x == high.x || low.y == high.y {
        geo::LineString(vec![low, high]).into()
    } else {
        geo::Rect::new(low, high).to_polygon().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Coord, LineString, Relate};
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    /// A star around a place: its corners lie at rising angles, so that it never cuts itself.
    fn star(rng: &mut StdRng, corners: u32, around: Coord<f64>, least: f64, most: f64) -> LineString<f64> {
        let place = |i: u32| {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / f64::from(corners)).sin_cos();
            let radius = rng.random_range(least..most);
            Coord { x: around.x + radius * cos, y: around.y + radius * sin }
        };
        let mut border: Vec<Coord<f64>> = (0..corners).map(place).collect();
        border.push(border[0]);
        LineString(border)
    }

    fn geometries(rng: &mut StdRng) -> [Geometry<f64>; 4] {
        let (near, far) = (Coord { x: 0.0, y: 0.0 }, Coord { x: 70.0, y: 5.0 });
        let plain = Polygon::new(star(rng, 80, near, 20.0, 30.0), Vec::new());
        let holed = Polygon::new(star(rng, 80, near, 20.0, 30.0), vec![star(rng, 40, near, 5.0, 12.0)]);
        let other = Polygon::new(star(rng, 9, far, 10.0, 30.0), Vec::new());
        let line = star(rng, 50, near, 10.0, 30.0);
        [plain.into(), holed.clone().into(), MultiPolygon(vec![holed, other]).into(), line.into()]
    }

    /// Points on corners, on edges and anywhere, and the lines and rectangles between two of them.
    fn shape(rng: &mut StdRng, border: &[Coord<f64>]) -> Geometry<f64> {
        let i = rng.random_range(1..border.len());
        let (a, b) = (border[i - 1], border[i]);
        let at = match rng.random_range(0..6) {
            0 => a,
            1 => (a + b) / 2.0,
            _ => Coord { x: rng.random_range(-40.0..90.0), y: rng.random_range(-40.0..40.0) },
        };
        let to = at + Coord { x: rng.random_range(0.1..12.0), y: rng.random_range(0.1..12.0) };
        match rng.random_range(0..4) {
            0 => LineString(vec![at, to]).into(),
            1 => LineString(vec![at, Coord { y: at.y, ..to }]).into(),
            2 => Rect::new(at, to).to_polygon().into(),
            _ => Point(at).into(),
        }
    }

    #[test]
    fn what_is_told_without_a_look_is_what_a_look_tells() {
        let mut rng = StdRng::seed_from_u64(11);
        let mut sides = [0; 3];
        for _ in 0..12 {
            for geometry in geometries(&mut rng) {
                let border: Vec<Coord<f64>> = geo::CoordsIter::coords_iter(&geometry).collect();
                let fixed = Fixed::new(geometry).unwrap();
                assert_eq!(fixed.polygons.is_some(), !matches!(fixed.geometry, Geometry::LineString(_)));
                for _ in 0..100 {
                    let asked = shape(&mut rng, &border);
                    let matrix = asked.relate(&fixed.geometry);
                    match fixed.side(&Bbox::around(&asked).unwrap()) {
                        Side::Inside => {
                            sides[0] += 1;
                            assert!(matrix.is_within() && !matrix.is_touches() && !matrix.is_equal_topo(), "{asked:?}");
                            assert!(!matrix.is_contains() && !matrix.is_overlaps() && !matrix.is_crosses());
                        }
                        Side::Outside => {
                            sides[1] += 1;
                            assert!(matrix.is_disjoint(), "{asked:?}");
                        }
                        Side::Border => sides[2] += 1,
                    }
                }
            }
        }
        assert!(sides.iter().all(|n| *n > 400), "{sides:?}");
    }

    #[test]
    fn a_polygon_that_cuts_itself_is_looked_at_each_time() {
        let bow_tie = geo::wkt!(POLYGON((0. 0., 2. 2., 2. 0., 0. 2., 0. 0.)));
        let fixed = Fixed::new(bow_tie.into()).unwrap();
        assert!(fixed.polygons.is_none());
        assert_eq!(fixed.side(&Bbox::new(0.2, 1.0, 0.3, 1.0).unwrap()), Side::Border);
    }
}
