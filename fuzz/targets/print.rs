//! Filters written as CQL2 JSON.

use geo::{Coord, Geometry, LineString, Polygon};
use melonmap::model::filter::Expr;
use serde_json::{Value, json};

/// A filter as it would be sent.
pub fn json(expr: &Expr) -> Value {
    match expr {
        Expr::Property(name) => json!({ "property": name }),
        Expr::Text(text) => json!(text),
        Expr::Number(number) => json!(number),
        Expr::Boolean(answer) => json!(answer),
        Expr::Date(day) => json!({ "date": day.to_string() }),
        Expr::Instant(at) => json!({ "timestamp": at.to_string() }),
        Expr::Interval(start, end) => json!({ "interval": [side(start.as_deref()), side(end.as_deref())] }),
        Expr::Geometry(geometry) => shape(geometry),
        Expr::Bbox(bbox) => json!({ "bbox": bbox.to_array() }),
        Expr::List(members) => members.iter().map(json).collect(),
        Expr::Call(op, args) => call(op.name(), args),
        Expr::Function(name, args) => call(name, args),
    }
}

fn call(name: &str, args: &[Expr]) -> Value {
    json!({ "op": name, "args": args.iter().map(json).collect::<Vec<_>>() })
}

/// One end of an interval: a date and a moment stand there without saying so.
fn side(end: Option<&Expr>) -> Value {
    match end {
        None => json!(".."),
        Some(Expr::Date(day)) => json!(day.to_string()),
        Some(Expr::Instant(at)) => json!(at.to_string()),
        Some(other) => json(other),
    }
}

fn shape(geometry: &Geometry<f64>) -> Value {
    let of = |kind: &str, coordinates: Value| json!({ "type": kind, "coordinates": coordinates });
    match geometry {
        Geometry::Point(point) => of("Point", position(&point.0)),
        Geometry::LineString(line) => of("LineString", positions(line)),
        Geometry::Polygon(polygon) => of("Polygon", rings(polygon)),
        Geometry::MultiPoint(points) => of("MultiPoint", points.iter().map(|p| position(&p.0)).collect()),
        Geometry::MultiLineString(lines) => of("MultiLineString", lines.iter().map(positions).collect()),
        Geometry::MultiPolygon(polygons) => of("MultiPolygon", polygons.iter().map(rings).collect()),
        Geometry::GeometryCollection(parts) => {
            json!({ "type": "GeometryCollection", "geometries": parts.iter().map(shape).collect::<Vec<_>>() })
        }
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => panic!("no filter is read as {geometry:?}"),
    }
}

fn position(at: &Coord<f64>) -> Value {
    json!([at.x, at.y])
}

fn positions(line: &LineString<f64>) -> Value {
    line.0.iter().map(position).collect()
}

fn rings(polygon: &Polygon<f64>) -> Value {
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(positions).collect()
}
