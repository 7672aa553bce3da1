//! The standard's own examples.

use super::super::{Lang, parse, read};
use crate::geom::LonLat;
use crate::model::filter::{Field, Kind};
use serde_json::Value;

const EXAMPLES: &str = include_str!("../../../../data/fixtures/cql2_examples.jsonl");

/// The properties that the examples name. Two are a number in one example and a text in the next.
fn schema(ambiguous: Kind) -> Vec<Field> {
    let of = |kind: Kind, names: &'static str| names.split(' ').map(move |name| Field { name, kind });
    let texts = "city name cityName road_class etat_vol landsat:scene_id eo:instrument beamMode swathDirection polarization \
                 owner material geophys:SURVEY_NAME id";
    let numbers = "windSpeed balance depth category vehicle_height bridge_clearance eo:cloud_cover landsat:wrs_row floors taxes \
                   foo bar x";
    of(Kind::Text, texts)
        .chain(of(Kind::Number, numbers))
        .chain(of(ambiguous, "value landsat:wrs_path"))
        .chain(of(Kind::Texts, "layer:ids values"))
        .chain(of(Kind::Boolean, "swimming_pool"))
        .chain(of(Kind::Date, "built"))
        .chain(of(Kind::Instant, "updated updated_at event_time touchdown liftOff starts_at ends_at"))
        .chain(of(Kind::Geometry, "geometry road footprint location"))
        .collect()
}

/// Those that are read but do not compile, and what is named as the reason.
const REFUSED: [(&str, &str); 7] = [
    ("clause6_01", "avg"),
    ("clause6_02b", "avg"),
    ("clause7_18", "Buffer"),
    ("example68", "Foo"),
    ("example69", "Bar"),
    // Lists of several types: only texts are kept in lists here.
    ("example81", "true"),
    ("example82", "is not a text"),
];

#[test]
fn every_example_is_read_and_text_and_json_say_the_same() {
    let (mut texts, mut pairs) = (0, 0);
    for line in EXAMPLES.lines() {
        let example: Value = serde_json::from_str(line).unwrap();
        let id = example["id"].as_str().unwrap();
        let Some(text) = example["text"].as_str() else { continue };
        let from_text = read(text, Lang::Text, &LonLat::new).unwrap_or_else(|e| panic!("{id}: {text}: {e}"));
        texts += 1;
        if !example["json"].is_null() {
            let json = example["json"].to_string();
            let from_json = read(&json, Lang::Json, &LonLat::new).unwrap_or_else(|e| panic!("{id}: {json}: {e}"));
            assert_eq!(from_text, from_json, "{id}");
            pairs += 1;
        }
    }
    assert_eq!((texts, pairs), (120, 109));
}

#[test]
fn every_example_of_the_standards_operators_compiles() {
    let schemas = [schema(Kind::Number), schema(Kind::Text)];
    for line in EXAMPLES.lines() {
        let example: Value = serde_json::from_str(line).unwrap();
        let id = example["id"].as_str().unwrap();
        let Some(text) = example["text"].as_str() else { continue };
        let tried: Vec<_> =
            schemas.iter().map(|s| parse(text, Lang::Text, s.as_slice(), &LonLat::new).map(|_| ())).collect();
        match REFUSED.iter().find(|(refused, _)| *refused == id) {
            Some((_, reason)) => {
                let error = tried[0].clone().unwrap_err();
                assert!(error.to_string().contains(reason), "{id}: {error}");
            }
            None => assert!(tried.iter().any(Result::is_ok), "{id}: {text}: {tried:?}"),
        }
    }
}
