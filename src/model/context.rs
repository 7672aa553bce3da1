use super::{Code, ModelError, shape};
use geo::Geometry;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a context feature is to a map and to a siting rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[allow(missing_docs)] // the names say it
pub enum ContextClass {
    Water,
    Forest,
    Farm,
    Green,
    School,
    Hospital,
    Market,
    Building,
    Waterway,
    Rail,
    Street,
    Path,
    Junction,
    Crossing,
    Signal,
    BusStop,
    Hydrant,
    Entrance,
    SubwayEntrance,
    Place,
    Other,
}

/// Values of `highway` that vehicles use.
const STREETS: [&str; 16] = [
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "track",
    "road",
];

/// Values of `highway` that people on foot, bicycles and horses use.
const PATHS: [&str; 7] = ["footway", "path", "cycleway", "steps", "pedestrian", "bridleway", "corridor"];

/// What land is used for.
const LANDUSE: [(&str, ContextClass); 16] = [
    ("forest", ContextClass::Forest),
    ("farmland", ContextClass::Farm),
    ("farmyard", ContextClass::Farm),
    ("orchard", ContextClass::Farm),
    ("vineyard", ContextClass::Farm),
    ("greenhouse_horticulture", ContextClass::Farm),
    ("plant_nursery", ContextClass::Farm),
    ("allotments", ContextClass::Farm),
    ("meadow", ContextClass::Green),
    ("grass", ContextClass::Green),
    ("flowerbed", ContextClass::Green),
    ("village_green", ContextClass::Green),
    ("recreation_ground", ContextClass::Green),
    ("cemetery", ContextClass::Green),
    ("reservoir", ContextClass::Water),
    ("basin", ContextClass::Water),
];

/// Keys of what has no class of its own: the first that is there names its kind.
const REST: [&str; 11] = [
    "amenity",
    "shop",
    "tourism",
    "leisure",
    "landuse",
    "natural",
    "emergency",
    "office",
    "barrier",
    "man_made",
    "public_transport",
];

impl ContextClass {
    /// In drawing order.
    pub const ALL: [ContextClass; 21] = [
        ContextClass::Water,
        ContextClass::Forest,
        ContextClass::Farm,
        ContextClass::Green,
        ContextClass::School,
        ContextClass::Hospital,
        ContextClass::Market,
        ContextClass::Building,
        ContextClass::Waterway,
        ContextClass::Rail,
        ContextClass::Street,
        ContextClass::Path,
        ContextClass::Junction,
        ContextClass::Crossing,
        ContextClass::Signal,
        ContextClass::BusStop,
        ContextClass::Hydrant,
        ContextClass::Entrance,
        ContextClass::SubwayEntrance,
        ContextClass::Place,
        ContextClass::Other,
    ];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ContextClass::Water => "water",
            ContextClass::Forest => "forest",
            ContextClass::Farm => "farm",
            ContextClass::Green => "green",
            ContextClass::School => "school",
            ContextClass::Hospital => "hospital",
            ContextClass::Market => "market",
            ContextClass::Building => "building",
            ContextClass::Waterway => "waterway",
            ContextClass::Rail => "rail",
            ContextClass::Street => "street",
            ContextClass::Path => "path",
            ContextClass::Junction => "junction",
            ContextClass::Crossing => "crossing",
            ContextClass::Signal => "signal",
            ContextClass::BusStop => "bus_stop",
            ContextClass::Hydrant => "hydrant",
            ContextClass::Entrance => "entrance",
            ContextClass::SubwayEntrance => "subway_entrance",
            ContextClass::Place => "place",
            ContextClass::Other => "other",
        }
    }

    /// The class and kind of a feature with these OpenStreetMap tags; the first rule that fits wins.
    ///
    /// `value(key)` gives a tag's value. The rules follow the OpenStreetMap wiki's "Map features".
    pub fn of_osm<'a>(value: impl Fn(&str) -> Option<&'a str>) -> (ContextClass, &'a str) {
        use ContextClass as C;
        let of = |key: &str, table: &[(&str, C)], rest: Option<C>| -> Option<(C, &'a str)> {
            let kind = value(key)?;
            let named = table.iter().find(|(name, _)| *name == kind).map(|(_, class)| *class);
            Some((named.or(rest)?, kind))
        };
        let amenity =
            [("school", C::School), ("kindergarten", C::School), ("hospital", C::Hospital), ("marketplace", C::Market)];
        of("amenity", &amenity, None)
            .or_else(|| of("building", &[("no", C::Other)], Some(C::Building)))
            .or_else(|| {
                let points = [
                    ("crossing", C::Crossing),
                    ("traffic_signals", C::Signal),
                    ("bus_stop", C::BusStop),
                    ("platform", C::BusStop),
                    ("motorway_junction", C::Junction),
                ];
                let kind = value("highway")?;
                let class = if STREETS.contains(&kind) {
                    C::Street
                } else if PATHS.contains(&kind) {
                    C::Path
                } else {
                    points.iter().find(|(name, _)| *name == kind).map_or(C::Other, |(_, class)| *class)
                };
                Some((class, kind))
            })
            .or_else(|| of("emergency", &[("fire_hydrant", C::Hydrant)], None))
            .or_else(|| {
                let railway =
                    [("subway_entrance", C::SubwayEntrance), ("tram_stop", C::BusStop), ("level_crossing", C::Other)];
                of("railway", &railway, Some(C::Rail))
            })
            .or_else(|| of("entrance", &[("no", C::Other)], Some(C::Entrance)))
            .or_else(|| of("public_transport", &[("platform", C::BusStop)], None))
            .or_else(|| {
                let areas = [("riverbank", C::Water), ("dock", C::Water)];
                of("waterway", &areas, Some(C::Waterway))
            })
            .or_else(|| {
                let natural = [("water", C::Water), ("wood", C::Forest), ("scrub", C::Green), ("grassland", C::Green)];
                of("natural", &natural, None)
            })
            .or_else(|| of("landuse", &LANDUSE, None))
            .or_else(|| {
                let leisure = [
                    ("park", C::Green),
                    ("garden", C::Green),
                    ("pitch", C::Green),
                    ("playground", C::Green),
                    ("golf_course", C::Green),
                    ("nature_reserve", C::Green),
                ];
                of("leisure", &leisure, None)
            })
            .or_else(|| of("place", &[], Some(C::Place)))
            .or_else(|| REST.iter().find_map(|key| value(key)).map(|kind| (C::Other, kind)))
            .unwrap_or((C::Other, ""))
    }
}

impl FromStr for ContextClass {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<ContextClass, ModelError> {
        let known = ContextClass::ALL.into_iter().find(|c| c.as_str() == name);
        known.ok_or_else(|| {
            let all: Vec<&str> = ContextClass::ALL.into_iter().map(ContextClass::as_str).collect();
            ModelError::new("class", name, format!("one of {}", all.join(", ")))
        })
    }
}

/// A thing on the ground that a map shows and a rule measures from: a street, a building, a hydrant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContextFeature {
    /// Identity; OpenStreetMap's `w123` where it is from there.
    pub code: Code,
    /// What it is.
    pub class: ContextClass,
    /// The finer kind within the class, as the source names it (`residential`, `park`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Width, lanes, levels, sidewalk …: what the source knows beside, as the source writes it.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub tags: serde_json::Map<String, serde_json::Value>,
    /// WGS 84, degrees.
    #[serde(with = "shape::any")]
    pub geometry: Geometry<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &'static str)], class: ContextClass, kind: &str) {
        let value = |key: &str| tags.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
        assert_eq!(ContextClass::of_osm(value), (class, kind), "{tags:?}");
    }

    #[test]
    fn openstreetmap_tags_find_their_class() {
        check(&[("highway", "residential"), ("name", "Aeulestrasse")], ContextClass::Street, "residential");
        check(&[("highway", "footway")], ContextClass::Path, "footway");
        check(&[("highway", "crossing")], ContextClass::Crossing, "crossing");
        check(&[("building", "yes")], ContextClass::Building, "yes");
        check(&[("building", "school"), ("amenity", "school")], ContextClass::School, "school");
        check(&[("emergency", "fire_hydrant")], ContextClass::Hydrant, "fire_hydrant");
        check(&[("natural", "wood")], ContextClass::Forest, "wood");
        check(&[("landuse", "residential")], ContextClass::Other, "residential");
        check(&[("railway", "subway_entrance"), ("entrance", "yes")], ContextClass::SubwayEntrance, "subway_entrance");
        check(&[("entrance", "main"), ("amenity", "cafe")], ContextClass::Entrance, "main");
        check(&[("amenity", "marketplace"), ("building", "yes")], ContextClass::Market, "marketplace");
        check(&[("public_transport", "platform"), ("bus", "yes")], ContextClass::BusStop, "platform");
        check(&[("railway", "tram_stop"), ("name", "Ponte")], ContextClass::BusStop, "tram_stop");
        check(&[("highway", "platform")], ContextClass::BusStop, "platform");
        check(&[("landuse", "flowerbed")], ContextClass::Green, "flowerbed");
        check(&[("railway", "platform"), ("public_transport", "platform")], ContextClass::Rail, "platform");
        check(&[("barrier", "kerb"), ("kerb", "lowered")], ContextClass::Other, "kerb");
        check(&[("waterway", "river")], ContextClass::Waterway, "river");
        check(&[("place", "village")], ContextClass::Place, "village");
        check(&[], ContextClass::Other, "");
    }

    #[test]
    fn every_class_is_read_back_from_its_name() {
        for class in ContextClass::ALL {
            assert_eq!(class.as_str().parse::<ContextClass>().unwrap(), class);
        }
    }
}
