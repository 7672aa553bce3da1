//! Features as GeoJSON (RFC 7946) and JSON-FG.

use crate::geom::offered::{OfferedCrs, Outward};
use crate::http::problem::Problem;
use crate::model::collection::FieldRole;
use crate::model::{Datum, Feature, Shape};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// What is written of a feature, and how.
pub struct Writing<'a> {
    /// Only these properties; `None` is all.
    pub properties: Option<&'a [String]>,
    /// In which CRS.
    pub crs: OfferedCrs,
    /// With the members of JSON-FG.
    pub fg: bool,
}

/// A feature that was turned into the CRS that is asked for.
pub struct Written<'a> {
    feature: &'a Feature,
    shape: Option<Shape>,
    writing: &'a Writing<'a>,
}

impl<'a> Writing<'a> {
    /// The way into the CRS, to be made once for an answer; `None` where nothing is to be done.
    pub fn outward(&self) -> Result<Option<Outward>, Problem> {
        if self.crs == OfferedCrs::CRS84 {
            return Ok(None);
        }
        Ok(Some(self.crs.outward().map_err(|e| crate::model::ModelError::geom("crs", self.crs.uri(), &e))?))
    }

    /// A feature in the CRS. One that has no place there – a zone of another continent – has no geometry.
    pub fn write(&'a self, feature: &'a mut Feature, outward: Option<&Outward>) -> Written<'a> {
        let placed = outward.is_none_or(|outward| outward.geometry(&mut feature.geometry).is_ok());
        let shape = if placed { Shape::try_from(&feature.geometry).ok() } else { None };
        Written { feature, shape, writing: self }
    }
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("type", "Feature")?;
        map.serialize_entry("id", &self.feature.id)?;
        if self.writing.fg {
            map.serialize_entry("featureType", self.feature.collection.as_str())?;
            map.serialize_entry("time", &self.time())?;
            let plain = self.writing.crs == OfferedCrs::CRS84;
            map.serialize_entry("place", if plain { &None } else { &self.shape })?;
            map.serialize_entry("geometry", if plain { &self.shape } else { &None })?;
        } else {
            map.serialize_entry("geometry", &self.shape)?;
        }
        map.serialize_entry("properties", &Properties(self))?;
        map.end()
    }
}

/// JSON-FG's `time`.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Time<'a> {
    Timestamp(&'a Datum),
    Interval([Option<&'a Datum>; 2]),
}

impl Written<'_> {
    fn time(&self) -> Option<Time<'_>> {
        let value = |role| self.feature.values[self.feature.collection.place(role)?].as_ref();
        let (start, end) = (value(FieldRole::Start), value(FieldRole::End));
        match (start, end) {
            (Some(at @ Datum::Instant(_)), None) => Some(Time::Timestamp(at)),
            (None, None) => None,
            (start, end) => Some(Time::Interval([start, end])),
        }
    }
}

struct Properties<'a>(&'a Written<'a>);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        let Written { feature, writing, .. } = self.0;
        for (field, value) in feature.collection.fields().iter().zip(&feature.values) {
            let wanted = writing.properties.is_none_or(|names| names.iter().any(|name| name == field.name));
            if let (Some(value), true) = (value, wanted) {
                map.serialize_entry(field.name, value)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::collection::Collection;
    use geo::Geometry;

    fn visit() -> Feature {
        let mut values = vec![None; Collection::Visits.fields().len()];
        values[1] = Some(Datum::Text("a".into()));
        values[5] = Some(Datum::Instant("2026-10-05T08:00:00Z".parse().unwrap()));
        values[7] = Some(Datum::Boolean(true));
        let geometry = Geometry::Point((9.5, 47.1).into());
        Feature { collection: Collection::Visits, id: "a".into(), version: None, geometry, values }
    }

    fn check(properties: Option<&[String]>, crs: OfferedCrs, fg: bool, expected: &serde_json::Value) {
        let writing = Writing { properties, crs, fg };
        let outward = writing.outward().unwrap();
        let mut feature = visit();
        let written = serde_json::to_value(writing.write(&mut feature, outward.as_ref())).unwrap();
        assert_eq!(&written, expected);
    }

    #[test]
    fn a_feature_leaves_with_what_was_asked_for_in_the_crs_that_was_asked_for() {
        let point = |x: f64, y: f64| serde_json::json!({"type": "Point", "coordinates": [x, y]});
        let all = serde_json::json!({"id": "a", "at": "2026-10-05T08:00:00Z", "counts": true});
        let expected = |geometry, properties| serde_json::json!({"type": "Feature", "id": "a", "geometry": geometry, "properties": properties});
        check(None, OfferedCrs::CRS84, false, &expected(point(9.5, 47.1), all.clone()));
        let few = serde_json::json!({"counts": true});
        check(Some(&["counts".to_owned()]), OfferedCrs::CRS84, false, &expected(point(9.5, 47.1), few));
        let lat_first = OfferedCrs::find("http://www.opengis.net/def/crs/EPSG/0/4326").unwrap();
        check(None, lat_first, false, &expected(point(47.1, 9.5), all.clone()));
        let fg = serde_json::json!({
            "type": "Feature", "id": "a", "featureType": "visits", "time": {"timestamp": "2026-10-05T08:00:00Z"},
            "place": point(47.1, 9.5), "geometry": null, "properties": all,
        });
        check(None, lat_first, true, &fg);
    }
}
