//! Geometries of a filter, from its CRS to WGS 84.

use super::ToLonLat;
use super::json::refused;
use crate::geom::{Bbox, LonLat};
use crate::model::ModelError;
use crate::model::filter::Expr;
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::Value;

/// Parts that an edge of a rectangle is cut into where the CRS bends it.
const EDGE_PARTS: u32 = 32;

/// Degrees by which two corners may differ and still have one longitude or latitude: rounding, a tenth of a millimetre.
const SAME: f64 = 1e-9;

type Read<T> = Result<T, ModelError>;

/// A GeoJSON geometry (RFC 7946 § 3.1) with at least one position in each part; heights are left out.
pub(super) fn geometry(value: &Value, to: ToLonLat<'_>) -> Read<Geometry<f64>> {
    let kind = value["type"].as_str().unwrap_or_default();
    let held = &value["coordinates"];
    Ok(match kind {
        "Point" => Point(position(held, to)?).into(),
        "LineString" => line(held, to)?.into(),
        "Polygon" => polygon(held, to)?.into(),
        "MultiPoint" => MultiPoint(each(held, |p| Ok(Point(position(p, to)?)))?).into(),
        "MultiLineString" => MultiLineString(each(held, |l| line(l, to))?).into(),
        "MultiPolygon" => MultiPolygon(each(held, |p| polygon(p, to))?).into(),
        "GeometryCollection" => {
            Geometry::GeometryCollection(GeometryCollection(each(&value["geometries"], |g| geometry(g, to))?))
        }
        _ => {
            return Err(refused(
                value,
                "a geometry: a Point, LineString, Polygon, one of their Multis, or a collection",
            ));
        }
    })
}

fn each<T>(value: &Value, read: impl Fn(&Value) -> Read<T>) -> Read<Vec<T>> {
    match value.as_array() {
        Some(parts) if !parts.is_empty() => parts.iter().map(read).collect(),
        _ => Err(refused(value, "an array of at least one part, as a geometry has")),
    }
}

fn position(value: &Value, to: ToLonLat<'_>) -> Read<Coord<f64>> {
    let numbers: Option<Vec<f64>> = value.as_array().and_then(|p| p.iter().map(Value::as_f64).collect());
    match numbers.as_deref() {
        Some([x, y] | [x, y, _] | [x, y, _, _]) => Ok(placed(*x, *y, to)?.coord()),
        _ => Err(refused(value, "a position of two to four numbers")),
    }
}

fn line(value: &Value, to: ToLonLat<'_>) -> Read<LineString<f64>> {
    let positions = each(value, |p| position(p, to))?;
    if positions.len() < 2 {
        return Err(refused(value, "a line of at least two positions"));
    }
    Ok(LineString(positions))
}

fn polygon(value: &Value, to: ToLonLat<'_>) -> Read<Polygon<f64>> {
    let mut rings = each(value, |ring| {
        let ring = line(ring, to)?;
        if ring.0.len() < 4 || !ring.is_closed() {
            return Err(refused(value, "a polygon of rings: four positions or more, the last as the first"));
        }
        Ok(ring)
    })?;
    let exterior = rings.remove(0);
    Ok(Polygon::new(exterior, rings))
}

fn placed(x: f64, y: f64, to: ToLonLat<'_>) -> Read<LonLat> {
    to(x, y).map_err(|error| ModelError::geom("filter", format!("{x} {y}"), &error))
}

/// A rectangle in the axes of its CRS: lowest first and second coordinate, highest first and second; heights may stand between.
///
/// It stays a rectangle where it is one in WGS 84 too, and may then cross the antimeridian; elsewhere it becomes the polygon that it
/// covers.
pub(super) fn bbox(value: &Value, edges: &[Value], to: ToLonLat<'_>) -> Read<Expr> {
    let numbers: Option<Vec<f64>> = edges.iter().map(Value::as_f64).collect();
    let Some([x0, y0, x1, y1] | [x0, y0, _, x1, y1, _]) = numbers.as_deref() else {
        return Err(refused(value, "a bbox of four or six numbers"));
    };
    let (low, high) = (placed(*x0, *y0, to)?, placed(*x1, *y1, to)?);
    let corner = placed(*x0, *y1, to)?;
    let same = |a: f64, b: f64| (a - b).abs() < SAME;
    let along = same(corner.lon(), low.lon()) && same(corner.lat(), high.lat());
    let across = same(corner.lon(), high.lon()) && same(corner.lat(), low.lat());
    if along || across {
        let bbox = Bbox::new(low.lon(), low.lat(), high.lon(), high.lat());
        return bbox.map(Expr::Bbox).map_err(|error| ModelError::geom("filter", value, &error));
    }
    if x0 > x1 || y0 > y1 {
        return Err(refused(value, "a bbox in order: its lowest coordinates come first"));
    }
    let corners = [(*x0, *y0), (*x1, *y0), (*x1, *y1), (*x0, *y1), (*x0, *y0)];
    let mut ring = Vec::new();
    for pair in corners.windows(2) {
        let [(ax, ay), (bx, by)] = [pair[0], pair[1]];
        for part in 0..EDGE_PARTS {
            let t = f64::from(part) / f64::from(EDGE_PARTS);
            ring.push(placed(ax + t * (bx - ax), ay + t * (by - ay), to)?.coord());
        }
    }
    ring.extend(ring.first().copied());
    Ok(Expr::Geometry(Polygon::new(LineString(ring), Vec::new()).into()))
}
