//! The answers to filters over HTTP, against a slow evaluator: over every collection of a ground with NULLs, days and moments, names
//! in many scripts and every geometry type.

#[path = "../src/formats/cql2/tests/oracle.rs"]
mod oracle;
#[path = "../src/formats/cql2/tests/written.rs"]
mod written;

#[path = "ogc_filters/random.rs"]
mod random;

use crate::house::{Client, NAMES, Wide};
use crate::ogc::{escaped, items, pages};
use random::{Field, Random};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const COLLECTIONS: [&str; 4] = ["areas", "households", "visits", "context"];
/// For each collection.
const FILTERS: usize = 100;

/// A GeoJSON geometry, or `{"bbox": …}` cut at the antimeridian.
pub fn geometry(value: &Value) -> geo::Geometry<f64> {
    oracle::geometry(value)
}

/// What a client can see of a collection: its items as records that the evaluator reads, by id.
struct Seen {
    fields: Vec<Field>,
    records: BTreeMap<String, Value>,
}

impl Seen {
    fn of(client: &Client, collection: &str) -> Seen {
        let schema = client.json(&format!("/ogc/collections/{collection}/queryables"));
        let fields: Vec<Field> =
            schema["properties"].as_object().unwrap().iter().map(|(name, of)| Field::of(name, of)).collect();
        let (matched, features) = pages(client, collection, "limit=17");
        let records: BTreeMap<String, Value> = features.iter().map(|f| (id(f), record(f, &fields))).collect();
        assert_eq!(records.len() as u64, matched);
        Seen { fields, records }
    }

    fn answer(&self, filter: &Value) -> BTreeSet<&str> {
        let passing = self.records.iter().filter(|(_, record)| oracle::value(filter, record) == Value::Bool(true));
        passing.map(|(id, _)| id.as_str()).collect()
    }
}

fn id(feature: &Value) -> String {
    feature["id"].as_str().unwrap().to_owned()
}

/// A feature as one flat record; what is absent is NULL, and a time is told from a text.
fn record(feature: &Value, fields: &[Field]) -> Value {
    let value = |field: &Field| match field {
        Field::Geometry(_) => feature["geometry"].clone(),
        Field::Time(name) if !feature["properties"][name].is_null() => {
            serde_json::json!({ "time": feature["properties"][name] })
        }
        field => feature["properties"][field.name()].clone(),
    };
    fields.iter().map(|field| (field.name().to_owned(), value(field))).collect()
}

#[test]
fn random_filters_find_over_http_what_a_slow_evaluator_finds() {
    let wide = Wide::served();
    let client = wide.client("admin");
    for (seed, collection) in (0..).zip(COLLECTIONS) {
        let seen = Seen::of(&client, collection);
        let mut random = Random::new(seed, &seen.fields, seen.records.values().cloned().collect());
        let mut telling = 0;
        for n in 0..FILTERS {
            let filter = random.test(2);
            let (lang, written) =
                if n % 2 == 0 { ("cql2-text", written::text(&filter)) } else { ("cql2-json", filter.to_string()) };
            let page =
                items(&client, collection, &format!("limit=1000&filter-lang={lang}&filter={}", escaped(&written)));
            let found: Vec<String> = page["features"].as_array().unwrap().iter().map(id).collect();
            let expected = seen.answer(&filter);
            assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected, "{collection}: {written}");
            assert_eq!(page["numberMatched"], found.len(), "{collection}: {written}");
            telling += usize::from(!expected.is_empty() && expected.len() < seen.records.len());
        }
        assert!(telling > FILTERS / 3, "{collection}: only {telling} of {FILTERS} filters told records apart");
    }
}

#[test]
fn the_ground_has_every_geometry_type_and_a_null_wherever_one_may_be() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let mut kinds = BTreeSet::new();
    let mut never_null = Vec::new();
    for collection in COLLECTIONS {
        let seen = Seen::of(&client, collection);
        for field in &seen.fields {
            let values = || seen.records.values().map(|record| &record[field.name()]);
            assert!(values().any(|value| !value.is_null()), "{collection}.{} is always NULL", field.name());
            if let Field::Geometry(_) = field {
                kinds.extend(values().map(|geometry| geometry["type"].as_str().unwrap().to_owned()));
            } else if values().all(|value| !value.is_null()) {
                never_null.push(format!("{collection}.{}", field.name()));
            }
        }
        if collection == "context" {
            let names: BTreeSet<Option<&str>> = seen.records.values().map(|record| record["name"].as_str()).collect();
            assert!(names.is_superset(&NAMES.into_iter().collect()), "{names:?}");
        }
    }
    let six = ["LineString", "MultiLineString", "MultiPoint", "MultiPolygon", "Point", "Polygon"];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), six);
    // What the model itself always has: identities, states and counts.
    let always = [
        "areas.code",
        "areas.name",
        "areas.level",
        "areas.area_m2",
        "areas.eligible",
        "areas.visited",
        "areas.unvisited",
        "households.code",
        "households.status",
        "households.eligible",
        "households.visited",
        "visits.id",
        "visits.household",
        "visits.area",
        "visits.at",
        "visits.outcome",
        "visits.counts",
        "visits.by",
        "context.code",
        "context.class",
    ];
    assert_eq!(never_null, always);
}
