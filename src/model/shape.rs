//! Geometries inside a change, written as GeoJSON geometries so that a person can read the store.

use super::ModelError;
use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde::{Deserialize, Serialize};

type Position = [f64; 2];
type Ring = Vec<Position>;

/// A geometry in the members of a GeoJSON geometry (RFC 7946 § 3.1), WGS 84. The written form of `geo::Geometry`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
#[allow(missing_docs)] // the names are RFC 7946's
pub enum Shape {
    Point(Position),
    MultiPoint(Vec<Position>),
    LineString(Ring),
    MultiLineString(Vec<Ring>),
    Polygon(Vec<Ring>),
    MultiPolygon(Vec<Vec<Ring>>),
}

fn position(c: &Coord<f64>) -> Position {
    [c.x, c.y]
}

fn line(l: &LineString<f64>) -> Ring {
    l.0.iter().map(position).collect()
}

fn rings(p: &Polygon<f64>) -> Vec<Ring> {
    std::iter::once(p.exterior()).chain(p.interiors()).map(line).collect()
}

fn back_line(ring: Ring) -> LineString<f64> {
    LineString(ring.into_iter().map(|[x, y]| Coord { x, y }).collect())
}

fn back_polygon(rings: Vec<Ring>) -> Polygon<f64> {
    let mut rings = rings.into_iter().map(back_line);
    let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
    Polygon::new(exterior, rings.collect())
}

impl TryFrom<&Geometry<f64>> for Shape {
    type Error = ModelError;

    /// Refuses collections: a feature has one kind of geometry.
    fn try_from(geometry: &Geometry<f64>) -> Result<Shape, ModelError> {
        Ok(match geometry {
            Geometry::Point(p) => Shape::Point(position(&p.0)),
            Geometry::MultiPoint(m) => Shape::MultiPoint(m.iter().map(|p| position(&p.0)).collect()),
            Geometry::LineString(l) => Shape::LineString(line(l)),
            Geometry::Line(l) => Shape::LineString(vec![position(&l.start), position(&l.end)]),
            Geometry::MultiLineString(m) => Shape::MultiLineString(m.iter().map(line).collect()),
            Geometry::Polygon(p) => Shape::Polygon(rings(p)),
            Geometry::MultiPolygon(m) => Shape::from(m),
            Geometry::Rect(r) => Shape::Polygon(rings(&r.to_polygon())),
            Geometry::Triangle(t) => Shape::Polygon(rings(&t.to_polygon())),
            Geometry::GeometryCollection(_) => {
                return Err(ModelError::new("geometry", "GeometryCollection", "a point, line or polygon"));
            }
        })
    }
}

impl From<&MultiPolygon<f64>> for Shape {
    fn from(m: &MultiPolygon<f64>) -> Shape {
        Shape::MultiPolygon(m.iter().map(rings).collect())
    }
}

impl From<Shape> for Geometry<f64> {
    fn from(shape: Shape) -> Geometry<f64> {
        match shape {
            Shape::Point([x, y]) => Point::new(x, y).into(),
            Shape::MultiPoint(m) => MultiPoint(m.into_iter().map(|[x, y]| Point::new(x, y)).collect()).into(),
            Shape::LineString(l) => back_line(l).into(),
            Shape::MultiLineString(m) => MultiLineString(m.into_iter().map(back_line).collect()).into(),
            Shape::Polygon(p) => back_polygon(p).into(),
            Shape::MultiPolygon(m) => MultiPolygon(m.into_iter().map(back_polygon).collect()).into(),
        }
    }
}

/// `#[serde(with = "shape::multi_polygon")]` for a field that is always one.
pub mod multi_polygon {
    use super::{MultiPolygon, Shape};
    use geo::Geometry;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes a GeoJSON `MultiPolygon`.
    pub fn serialize<S: Serializer>(m: &MultiPolygon<f64>, to: S) -> Result<S::Ok, S::Error> {
        Shape::from(m).serialize(to)
    }

    /// Reads a GeoJSON `Polygon` or `MultiPolygon`.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<MultiPolygon<f64>, D::Error> {
        match Geometry::from(Shape::deserialize(from)?) {
            Geometry::Polygon(p) => Ok(MultiPolygon(vec![p])),
            Geometry::MultiPolygon(m) => Ok(m),
            _ => Err(D::Error::custom("an area's geometry is a Polygon or MultiPolygon")),
        }
    }
}

/// `#[serde(with = "shape::any")]` for a field of any one kind.
pub mod any {
    use super::Shape;
    use geo::Geometry;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error};

    /// Writes a GeoJSON geometry.
    pub fn serialize<S: Serializer>(g: &Geometry<f64>, to: S) -> Result<S::Ok, S::Error> {
        Shape::try_from(g).map_err(S::Error::custom)?.serialize(to)
    }

    /// Reads a GeoJSON geometry.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Geometry<f64>, D::Error> {
        Shape::deserialize(from).map(Geometry::from)
    }
}
