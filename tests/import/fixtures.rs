//! The fixtures of hostile GeoJSON through the whole program.

use crate::house::{Scratch, repository};
use serde_json::{Value, json};
use std::fs;

/// What is told of each document; `None` where it is taken. The second is the same with `--repair`: a ring is closed then, and a
/// line of one position becomes a point.
const MALFORMED: [(&str, Option<&str>, Option<&str>); 20] = [
    ("not_json", Some("GeoJSON"), Some("GeoJSON")),
    ("unclosed_ring", Some("ring not closed"), None),
    ("ring_3_positions", Some("too few points"), Some("too few points")),
    ("line_1_position", Some("too few points"), None),
    ("position_1_number", Some("position too short"), Some("position too short")),
    ("position_string", Some("strings for numbers"), Some("strings for numbers")),
    ("position_null", Some("null ordinate"), Some("null ordinate")),
    ("nan_literal", Some("expected value"), Some("expected value")),
    ("huge_exponent", Some("number out of range"), Some("number out of range")),
    ("unknown_type", Some("unknown geometry type 'Circle'"), Some("unknown geometry type 'Circle'")),
    ("missing_coordinates", Some("no coordinates"), Some("no coordinates")),
    ("nesting_too_shallow", Some("wrong nesting"), Some("wrong nesting")),
    ("feature_no_geometry", Some("geometry member missing"), Some("geometry member missing")),
    ("features_not_array", Some("`features` is not an array"), Some("`features` is not an array")),
    ("properties_array", Some("properties as an object or null"), Some("properties as an object or null")),
    ("old_crs_2008", Some("name it with --crs EPSG:4549"), Some("name it with --crs EPSG:4549")),
    ("bom", None, None),
    ("dup_keys", Some("duplicate member `coordinates`"), Some("duplicate member `coordinates`")),
    ("deep_nesting", Some("expected '{', found '['"), Some("expected '{', found '['")),
    ("empty", Some("the document is empty"), Some("the document is empty")),
];

#[test]
fn every_malformed_document_is_refused_with_its_reason_and_leaves_the_store_alone() {
    let text = fs::read_to_string(repository("data/fixtures/malformed_geojson.jsonl")).unwrap();
    let documents: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(documents.len(), MALFORMED.len());
    let scratch = Scratch::new();
    let good = scratch.file("good.csv", "code,x,y\nB1,119.4,28.4\n");
    scratch.import("households", &good, &[]).done();
    for (document, (id, strict, repaired)) in documents.iter().zip(MALFORMED) {
        assert_eq!(document["id"], id);
        let file = scratch.file("document.geojson", document["doc"].as_str().unwrap());
        for (expected, repair) in [(strict, false), (repaired, true)] {
            // A bare geometry has no code: it is given one, so that nothing else can be what is wrong.
            let code = format!("code={id}{repair}");
            let mut flags = vec!["--set", code.as_str(), "--set", "class=other"];
            flags.extend(repair.then_some("--repair"));
            let before = scratch.head();
            let ran = scratch.import("context", &file, &flags);
            if let Some(reason) = expected {
                ran.refused(1, &[reason]);
                assert_eq!(scratch.head(), before, "{id}");
            } else {
                assert!(ran.done().starts_with("1 rows: 1 kept (1 new"), "{id}: {ran:?}");
                assert_eq!(scratch.head().0, before.0 + 1, "{id}");
            }
        }
    }
    scratch.proved();
}

/// What is told of a feature that is refused; `None` where it is taken.
fn verdict(feature: &Value, repair: bool) -> Option<String> {
    let said = &feature["properties"];
    let mended = repair && said["make_valid_type"].as_str().is_some_and(|kind| kind != "MultiLineString");
    match said["id"].as_str().unwrap() {
        _ if said["coords_in_wgs84_range"] == false => Some("name the CRS with --crs".to_owned()),
        "null_geometry" => Some("no geometry".to_owned()),
        "mpoly_empty" | "gc_empty" => Some("empty".to_owned()),
        "gc_mixed" => Some("write one feature for each".to_owned()),
        _ if said["ogc_valid"] == true || mended => None,
        _ => Some(said["reason"].as_str().unwrap().to_lowercase()),
    }
}

#[test]
fn every_edge_case_is_taken_repaired_or_refused_as_its_verdict_says() {
    let file = repository("data/fixtures/edge_cases.geojson");
    let document: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let features = document["features"].as_array().unwrap();
    assert_eq!(features.len(), 49);
    for repair in [false, true] {
        let scratch = Scratch::new();
        let report = scratch.path("bad.csv");
        let mut flags = vec!["--map", "code=id", "--skip-bad", "--report", report.to_str().unwrap()];
        flags.extend(repair.then_some("--repair"));
        let ran = scratch.import("context", &file, &flags);
        let mut expected: Vec<(String, String)> = Vec::new();
        let mut taken = Vec::new();
        for feature in features {
            let id = feature["properties"]["id"].as_str().unwrap().to_owned();
            match verdict(feature, repair) {
                Some(reason) => expected.push((id, reason)),
                None => taken.push(id),
            }
        }
        let mut reader = csv::Reader::from_path(&report).unwrap();
        let told: Vec<(String, String)> =
            reader.records().map(Result::unwrap).map(|r| (r[1].to_owned(), r[4].to_owned())).collect();
        assert_eq!(told.len(), expected.len(), "repair {repair}: {told:#?}");
        for ((code, reason), (id, words)) in told.iter().zip(&expected) {
            assert_eq!(code, id);
            assert!(reason.contains(words), "{id}: {reason}");
        }
        assert!(ran.done().contains(&format!("{} kept ({} new", taken.len(), taken.len())), "{ran:?}");
        taken.sort();
        assert_eq!(scratch.ask("SELECT key FROM latest WHERE kind = 'context' ORDER BY key"), taken);
        scratch.proved();
        // Without leave to skip them the bad ones keep all out.
        let strict = Scratch::new();
        strict
            .unchanged(|| strict.import("households", &file, &["--map", "code=id"]))
            .refused(1, &["of 49 rows are bad"]);
    }
}

#[test]
fn a_repaired_row_is_counted_as_such() {
    let scratch = Scratch::new();
    let ring = json!([[[119.0, 28.0], [119.1, 28.1], [119.1, 28.0], [119.0, 28.1], [119.0, 28.0]]]);
    let bow_tie = json!({"type": "Feature", "properties": {"code": "1", "level": "grid"},
                         "geometry": {"type": "Polygon", "coordinates": ring}});
    let file = scratch.file("areas.geojson", bow_tie.to_string());
    scratch.unchanged(|| scratch.import("areas", &file, &[])).refused(1, &["self-intersection"]);
    let ran = scratch.import("areas", &file, &["--repair"]);
    assert!(ran.done().contains("1 repaired"), "{ran:?}");
    assert_eq!(scratch.ask("SELECT body ->> '$.geometry.type' FROM latest WHERE kind = 'area'"), ["MultiPolygon"]);
}
