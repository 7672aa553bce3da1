//! One GeoJSON feature or geometry (RFC 7946), from its text.
//!
//! Parsed here rather than by the `geojson` crate, because an import has to tell what that one lets pass: rings that are not
//! closed, members that stand twice, a CRS of the specification of 2008.

use super::RawFeature;
use crate::geom::validity::Fault;
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

mod coordinates;
mod members;

use coordinates::Nest;
use members::Object;

/// A feature, or a geometry alone (a feature without properties). The error says why it is none.
///
/// A feature whose geometry cannot be read is still a feature: its properties tell which one it is.
pub fn feature(text: &[u8]) -> Result<RawFeature, String> {
    match serde_json::from_slice::<Object>(text) {
        Ok(object) => object.feature(),
        Err(error) => {
            let reason = plain(&error);
            salvage(text, &reason).ok_or(reason)
        }
    }
}

/// The CRS that a `crs` member declares, unless that is what GeoJSON has anyway: WGS 84 longitude and latitude.
pub fn declared_crs(text: &[u8]) -> Option<Arc<str>> {
    members::declared(&serde_json::from_slice(text).unwrap_or(Value::Null))
}

/// What serde says without the line, which is always the first.
fn plain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.strip_suffix(&format!(" at line {} column {}", error.line(), error.column())).unwrap_or(&said);
    format!("{said} (character {})", error.column())
}

/// The identity of a feature that is sound JSON and no sound GeoJSON.
fn salvage(text: &[u8], reason: &str) -> Option<RawFeature> {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(text) else { return None };
    let properties = match members.remove("properties") {
        Some(Value::Object(properties)) => properties,
        Some(Value::Null) => Map::new(),
        None if members.get("type").and_then(Value::as_str) != Some("Feature") => Map::new(),
        _ => return None,
    };
    let geometry = Err(reason.to_owned());
    Some(RawFeature { id: members.remove("id"), properties, geometry, fault: None, crs: None })
}

/// The types that have coordinates.
const KINDS: [&str; 6] = ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"];

/// A geometry by its type and what goes with it, and the fault that `geo` would hide.
fn shape(kind: &str, nest: Option<Nest>, parts: Option<Vec<Object>>) -> Result<(Geometry<f64>, Option<Fault>), String> {
    if kind == "GeometryCollection" {
        let parts = parts.ok_or("a GeometryCollection without `geometries`")?;
        let (mut all, mut fault) = (Vec::with_capacity(parts.len()), None);
        for part in parts {
            let (geometry, its) = part.geometry()?;
            all.push(geometry);
            fault = fault.or(its);
        }
        return Ok((Geometry::GeometryCollection(GeometryCollection(all)), fault));
    }
    if !KINDS.contains(&kind) {
        return Err(format!("unknown geometry type '{}'", super::error::quoted(kind)));
    }
    let nest = nest.ok_or_else(|| format!("a {kind} has no coordinates"))?;
    let mut fault = None;
    let mut polygon = |rings: Vec<Vec<Coord<f64>>>| {
        if rings.iter().any(|ring| ring.first() != ring.last()) {
            fault = Some(Fault::NotClosed);
        }
        let mut rings = rings.into_iter().map(LineString);
        let shell = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Polygon::new(shell, rings.collect())
    };
    let geometry = match (kind, nest) {
        ("Point", Nest::Position(c)) => Point(c).into(),
        ("Point", Nest::Empty) => return Err("position too short: it needs 2 numbers".to_owned()),
        ("MultiPoint", Nest::Line(l)) => MultiPoint(l.into_iter().map(Point).collect()).into(),
        ("MultiPoint", Nest::Empty) => MultiPoint(Vec::new()).into(),
        ("LineString", Nest::Line(l)) => LineString(l).into(),
        ("LineString", Nest::Empty) => LineString(Vec::new()).into(),
        ("MultiLineString", Nest::Rings(r)) => MultiLineString(r.into_iter().map(LineString).collect()).into(),
        ("MultiLineString", Nest::Empty) => MultiLineString(Vec::new()).into(),
        ("Polygon", Nest::Rings(r)) => polygon(r).into(),
        ("Polygon", Nest::Empty) => polygon(Vec::new()).into(),
        ("MultiPolygon", Nest::Polygons(p)) => MultiPolygon(p.into_iter().map(&mut polygon).collect()).into(),
        ("MultiPolygon", Nest::Empty) => MultiPolygon(Vec::new()).into(),
        (_, nest) => return Err(format!("wrong nesting: the coordinates of a {kind} are not {}", nest.what())),
    };
    Ok((geometry, fault))
}

#[cfg(test)]
mod tests;
