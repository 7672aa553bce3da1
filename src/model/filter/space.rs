//! Geometries and how they lie.

use super::expr::SpatialRelation;
use super::fixed::Fixed;
use super::{Record, Value};
use crate::geom::Bbox;
use crate::geom::locate::Side;
use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::dimensions::HasDimensions;
use geo::relate::IntersectionMatrix;
use geo::{Geometry, MultiPolygon, Point, Relate};

/// What gives a geometry.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Literal(Box<Fixed>),
    Field(usize),
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
            Place::Literal(fixed) => Some(Shape::Geometry(fixed.geometry())),
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
    match shape.bbox().map_or(Side::Border, |bbox| fixed.side(&bbox)) {
        Side::Outside => return relation == SpatialRelation::Disjoint,
        Side::Inside => return matches!(relation, SpatialRelation::Intersects | SpatialRelation::Within),
        Side::Border => {}
    }
    let position = match (&shape, fixed.geometry()) {
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
