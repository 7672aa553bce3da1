//! Geometries and how they lie.

use super::expr::SpatialRelation;
use super::{Record, Value};
use crate::geom::Bbox;
use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::dimensions::HasDimensions;
use geo::relate::IntersectionMatrix;
use geo::{BoundingRect, Geometry, GeometryCollection, MultiPolygon, Point, Polygon, Relate};

/// What gives a geometry.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Literal(Box<Fixed>),
    Field(usize),
}

/// A geometry that was written, and the rectangles that hold it.
#[derive(Debug, Clone)]
pub(super) struct Fixed {
    geometry: Geometry<f64>,
    boxes: Vec<Bbox>,
}

impl Fixed {
    /// Most rectangles; a geometry of more parts gets one around all of them.
    const MOST_BOXES: usize = 16;

    /// `None` if the geometry or a part of it is empty or not in range.
    pub(super) fn new(geometry: Geometry<f64>) -> Option<Fixed> {
        let mut boxes = Vec::new();
        parts(&geometry, &mut boxes)?;
        if boxes.len() > Fixed::MOST_BOXES {
            boxes = vec![Bbox::around(&geometry)?];
        }
        (!boxes.is_empty()).then_some(Fixed { geometry, boxes })
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
        Fixed { geometry, boxes }
    }

    /// Rectangles outside of which it has no point; none of them crosses the antimeridian.
    pub(super) fn boxes(&self) -> &[Bbox] {
        &self.boxes
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

/// A geometry as a record holds it.
#[derive(Clone, Copy)]
enum Shape<'a> {
    Point(Point<f64>),
    Geometry(&'a Geometry<f64>),
    Polygons(&'a MultiPolygon<f64>),
}

impl Shape<'_> {
    fn relate(&self, other: &Geometry<f64>) -> IntersectionMatrix {
        match self {
            Shape::Point(point) => point.relate(other),
            Shape::Geometry(geometry) => geometry.relate(other),
            Shape::Polygons(polygons) => polygons.relate(other),
        }
    }

    fn bbox(&self) -> Option<Bbox> {
        match self {
            Shape::Point(point) => Bbox::around(point),
            Shape::Geometry(geometry) => Bbox::around(*geometry),
            Shape::Polygons(polygons) => Bbox::around(*polygons),
        }
    }
}

impl Place {
    fn eval<'a>(&'a self, record: &'a (impl Record + ?Sized)) -> Option<Shape<'a>> {
        match self {
            Place::Literal(fixed) => Some(Shape::Geometry(&fixed.geometry)),
            Place::Field(field) => match record.value(*field)? {
                Value::Point(at) => Some(Shape::Point(Point(at.coord()))),
                Value::Geometry(Geometry::Point(point)) => Some(Shape::Point(*point)),
                Value::Geometry(geometry) if !geometry.is_empty() => Some(Shape::Geometry(geometry)),
                Value::Polygons(polygons) if !polygons.is_empty() => Some(Shape::Polygons(polygons)),
                _ => None,
            },
        }
    }

    /// Whether there is a geometry.
    pub(super) fn is_known(&self, record: &(impl Record + ?Sized)) -> bool {
        self.eval(record).is_some()
    }
}

/// Whether the two geometries lie so.
pub(super) fn eval(
    relation: SpatialRelation,
    left: &Place,
    right: &Place,
    record: &(impl Record + ?Sized),
) -> Option<bool> {
    match (left, right) {
        (Place::Literal(fixed), Place::Field(_)) => Some(to_fixed(converse(relation), right.eval(record)?, fixed)),
        (_, Place::Literal(fixed)) => Some(to_fixed(relation, left.eval(record)?, fixed)),
        (_, Place::Field(_)) => {
            let (left, right) = (left.eval(record)?, right.eval(record)?);
            Some(match right {
                Shape::Point(point) => reads(relation, &left.relate(&point.into())),
                Shape::Geometry(geometry) => reads(relation, &left.relate(geometry)),
                Shape::Polygons(polygons) => reads(converse(relation), &right_relate(polygons, left)),
            })
        }
    }
}

/// The matrix of polygons to another geometry.
fn right_relate(polygons: &MultiPolygon<f64>, other: Shape<'_>) -> IntersectionMatrix {
    match other {
        Shape::Point(point) => polygons.relate(&point),
        Shape::Geometry(geometry) => polygons.relate(geometry),
        Shape::Polygons(others) => polygons.relate(others),
    }
}

/// How `shape` lies to a geometry that was written.
fn to_fixed(relation: SpatialRelation, shape: Shape<'_>, fixed: &Fixed) -> bool {
    if !shape.bbox().is_none_or(|bbox| fixed.boxes.iter().any(|held| held.intersects(&bbox))) {
        return relation == SpatialRelation::Disjoint;
    }
    let position = match (&shape, &fixed.geometry) {
        (Shape::Point(point), Geometry::Polygon(polygon)) => polygon.coordinate_position(&point.0),
        (Shape::Point(point), Geometry::MultiPolygon(polygons)) => polygons.coordinate_position(&point.0),
        (shape, geometry) => return reads(relation, &shape.relate(geometry)),
    };
    // A point has no boundary and no inside to share in part.
    match relation {
        SpatialRelation::Intersects => position != CoordPos::Outside,
        SpatialRelation::Disjoint => position == CoordPos::Outside,
        SpatialRelation::Within => position == CoordPos::Inside,
        SpatialRelation::Touches => position == CoordPos::OnBoundary,
        SpatialRelation::Equals | SpatialRelation::Overlaps | SpatialRelation::Crosses | SpatialRelation::Contains => {
            false
        }
    }
}

/// The relation of the second to the first.
fn converse(relation: SpatialRelation) -> SpatialRelation {
    match relation {
        SpatialRelation::Within => SpatialRelation::Contains,
        SpatialRelation::Contains => SpatialRelation::Within,
        same => same,
    }
}

fn reads(relation: SpatialRelation, matrix: &IntersectionMatrix) -> bool {
    match relation {
        SpatialRelation::Intersects => matrix.is_intersects(),
        SpatialRelation::Equals => matrix.is_equal_topo(),
        SpatialRelation::Disjoint => matrix.is_disjoint(),
        SpatialRelation::Touches => matrix.is_touches(),
        SpatialRelation::Within => matrix.is_within(),
        SpatialRelation::Overlaps => matrix.is_overlaps(),
        SpatialRelation::Crosses => matrix.is_crosses(),
        SpatialRelation::Contains => matrix.is_contains(),
    }
}
