//! Geometries as well-known text (OGC 06-103r4 § 7), for a cell of a table.

use geo::{Coord, Geometry, LineString, Polygon};
use std::fmt::Write;

/// A geometry as text; numbers as short as they read back.
#[must_use]
pub fn wkt(geometry: &Geometry<f64>) -> String {
    let mut text = String::new();
    write(geometry, &mut text);
    text
}

fn write(geometry: &Geometry<f64>, to: &mut String) {
    match geometry {
        Geometry::Point(p) => tagged("POINT", std::slice::from_ref(&p.0), to, coord),
        Geometry::Line(l) => tagged("LINESTRING", &[l.start, l.end], to, coord),
        Geometry::LineString(l) => tagged("LINESTRING", &l.0, to, coord),
        Geometry::Polygon(p) => tagged("POLYGON", &rings(p), to, |ring, to| list(&ring.0, to, coord)),
        Geometry::MultiPoint(m) => tagged("MULTIPOINT", &m.0, to, |p, to| list(std::slice::from_ref(&p.0), to, coord)),
        Geometry::MultiLineString(m) => tagged("MULTILINESTRING", &m.0, to, |l, to| list(&l.0, to, coord)),
        Geometry::MultiPolygon(m) => tagged("MULTIPOLYGON", &m.0, to, |p, to| {
            list(&rings(p), to, |ring, to| list(&ring.0, to, coord));
        }),
        Geometry::GeometryCollection(c) => tagged("GEOMETRYCOLLECTION", &c.0, to, write),
        Geometry::Rect(r) => write(&Geometry::Polygon(r.to_polygon()), to),
        Geometry::Triangle(t) => write(&Geometry::Polygon(t.to_polygon()), to),
    }
}

fn rings(polygon: &Polygon<f64>) -> Vec<&LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).filter(|ring| !ring.0.is_empty()).collect()
}

fn coord(c: &Coord<f64>, to: &mut String) {
    let _ = write!(to, "{} {}", c.x, c.y);
}

fn tagged<T>(name: &str, parts: &[T], to: &mut String, each: impl Fn(&T, &mut String)) {
    to.push_str(name);
    to.push(' ');
    if parts.is_empty() { to.push_str("EMPTY") } else { list(parts, to, each) }
}

fn list<T>(parts: &[T], to: &mut String, each: impl Fn(&T, &mut String)) {
    to.push('(');
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            to.push_str(", ");
        }
        each(part, to);
    }
    to.push(')');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_written_as_the_standard_has_it() {
        let corners = vec![(0.0, 0.0), (1.5, 0.0), (1.5, 1.0), (0.0, 0.0)];
        let square = Polygon::new(corners.into(), Vec::new());
        let ring = "((0 0, 1.5 0, 1.5 1, 0 0))";
        for (geometry, expected) in [
            (Geometry::Point((9.52, -47.1).into()), "POINT (9.52 -47.1)".to_owned()),
            (Geometry::LineString(vec![(0.0, 1.0), (2.0, 3.0)].into()), "LINESTRING (0 1, 2 3)".to_owned()),
            (Geometry::Polygon(square.clone()), format!("POLYGON {ring}")),
            (Geometry::MultiPolygon(vec![square.clone(), square].into()), format!("MULTIPOLYGON ({ring}, {ring})")),
            (Geometry::MultiPoint(vec![(0.0, 1.0), (2.0, 3.0)].into()), "MULTIPOINT ((0 1), (2 3))".to_owned()),
            (Geometry::GeometryCollection(geo::GeometryCollection::default()), "GEOMETRYCOLLECTION EMPTY".to_owned()),
        ] {
            assert_eq!(wkt(&geometry), expected);
        }
    }
}
