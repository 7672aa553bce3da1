//! The members of a feature or geometry object, in whatever order; what stands twice is refused.

use super::{
    Arc, DeserializeSeed, Deserializer, Error, Fault, Geometry, IgnoredAny, Map, MapAccess, Nest, RawFeature, Value,
    Visitor, fmt, shape,
};
use serde::Deserialize;

/// A GeoJSON object that is not a collection of features, or null where one may stand.
#[derive(Default)]
pub struct Object {
    kind: Option<String>,
    id: Option<Value>,
    properties: Option<Properties>,
    geometry: Option<Box<Object>>,
    coordinates: Option<Nest>,
    geometries: Option<Vec<Object>>,
    crs: Option<Value>,
    collection: bool,
    null: bool,
}

impl Object {
    /// As a feature; a geometry alone is one without properties.
    pub fn feature(self) -> Result<RawFeature, String> {
        let crs = self.crs.as_ref().and_then(declared);
        let kind = self.kind.as_deref().ok_or("it has no `type`")?;
        if kind == "FeatureCollection" || self.collection {
            return Err("a FeatureCollection where one feature belongs".to_owned());
        }
        if kind != "Feature" {
            let (geometry, fault) = split(self.geometry());
            return Ok(RawFeature { id: None, properties: Map::new(), geometry, fault, crs });
        }
        let properties = self.properties.map(|Properties(map)| map).unwrap_or_default();
        let (geometry, fault) = match self.geometry {
            None => (Err("geometry member missing".to_owned()), None),
            Some(object) if object.null => (Ok(None), None),
            Some(object) => split(object.geometry()),
        };
        Ok(RawFeature { id: self.id, properties, geometry, fault, crs })
    }

    /// As a geometry, with the fault that `geo` would hide.
    pub fn geometry(self) -> Result<(Geometry<f64>, Option<Fault>), String> {
        let kind = self.kind.ok_or("a geometry without `type`")?;
        shape(&kind, self.coordinates, self.geometries)
    }
}

type Split = (Result<Option<Geometry<f64>>, String>, Option<Fault>);

fn split(read: Result<(Geometry<f64>, Option<Fault>), String>) -> Split {
    match read {
        Ok((geometry, fault)) => (Ok(Some(geometry)), fault),
        Err(reason) => (Err(reason), None),
    }
}

/// The name of a CRS object of the GeoJSON specification of 2008, as a person would give it to `--crs`; `None` for WGS 84
/// longitude and latitude, which needs no name.
pub fn declared(crs: &Value) -> Option<Arc<str>> {
    if crs.is_null() {
        return None;
    }
    let name = crs.pointer("/properties/name").and_then(Value::as_str).unwrap_or("an unnamed CRS");
    let epsg =
        name.rsplit([':', '/']).next().filter(|code| code.bytes().all(|b| b.is_ascii_digit()) && !code.is_empty());
    match (name.rsplit([':', '/']).next(), epsg) {
        (Some("CRS84"), _) | (_, Some("4326")) => None,
        (_, Some(code)) => Some(format!("EPSG:{code}").into()),
        _ => Some(super::super::error::quoted(name).into()),
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Object, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a GeoJSON object")
            }

            fn visit_unit<E: Error>(self) -> Result<Object, E> {
                Ok(Object { null: true, ..Object::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object::default();
                while let Some(name) = map.next_key_seed(Name)? {
                    match name {
                        Member::Type => once(&mut map, &mut object.kind, "type")?,
                        Member::Id => once(&mut map, &mut object.id, "id")?,
                        Member::Properties => once(&mut map, &mut object.properties, "properties")?,
                        Member::Geometry => once(&mut map, &mut object.geometry, "geometry")?,
                        Member::Coordinates => once(&mut map, &mut object.coordinates, "coordinates")?,
                        Member::Geometries => once(&mut map, &mut object.geometries, "geometries")?,
                        Member::Crs => once(&mut map, &mut object.crs, "crs")?,
                        Member::Features => {
                            object.collection = true;
                            map.next_value::<IgnoredAny>()?;
                        }
                        Member::Other => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(object)
            }
        }
        from.deserialize_any(Members)
    }
}

fn once<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    place: &mut Option<T>,
    name: &str,
) -> Result<(), A::Error> {
    if place.is_some() {
        return Err(A::Error::custom(format_args!("duplicate member `{name}`")));
    }
    *place = Some(map.next_value()?);
    Ok(())
}

enum Member {
    Type,
    Id,
    Properties,
    Geometry,
    Coordinates,
    Geometries,
    Crs,
    Features,
    Other,
}

struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Member, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Member, E> {
        Ok(match name {
            "type" => Member::Type,
            "id" => Member::Id,
            "properties" => Member::Properties,
            "geometry" => Member::Geometry,
            "coordinates" => Member::Coordinates,
            "geometries" => Member::Geometries,
            "crs" => Member::Crs,
            "features" => Member::Features,
            _ => Member::Other,
        })
    }
}

/// Properties by name; a name that stands twice is refused rather than one of its values dropped.
pub struct Properties(Map<String, Value>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Properties, D::Error> {
        struct Named;
        impl<'de> Visitor<'de> for Named {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("properties as an object or null")
            }

            fn visit_unit<E: Error>(self) -> Result<Properties, E> {
                Ok(Properties(Map::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if properties.contains_key(&name) {
                        return Err(A::Error::custom(format_args!("duplicate member `{name}` in properties")));
                    }
                    properties.insert(name, value);
                }
                Ok(Properties(properties))
            }
        }
        from.deserialize_any(Named)
    }
}
