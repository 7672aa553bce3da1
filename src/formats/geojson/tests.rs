use super::*;
use crate::formats::{ImportKind, Importer, Mapping, open};
use std::io::Cursor;

/// All that is said about a document on its way in.
fn said(document: &str) -> Vec<String> {
    let mapping = Mapping::parse(&[], &["code=1".to_owned()]).unwrap();
    let importer = Importer::new(ImportKind::Context, &mapping, None, None, false).unwrap();
    match open(Box::new(Cursor::new(document.as_bytes().to_vec())), None) {
        Err(e) => vec![e.to_string()],
        Ok(rows) => rows
            .filter_map(|row| match row {
                Err(e) => Some(e.to_string()),
                Ok(row) => importer.change(&row).err().map(|problem| problem.to_string()),
            })
            .collect(),
    }
}

#[test]
fn every_malformed_document_of_the_fixture_gets_what_it_expects() {
    // What the fixture expects, in our words; None where the document is taken.
    let expected = [
        ("not_json", Some("parse error")),
        ("unclosed_ring", Some("ring not closed")),
        ("ring_3_positions", Some("too few points")),
        ("line_1_position", Some("too few points")),
        ("position_1_number", Some("position too short")),
        ("position_string", Some("strings for numbers")),
        ("position_null", Some("null ordinate")),
        ("nan_literal", Some("expected value")),
        ("huge_exponent", Some("number out of range")),
        ("unknown_type", Some("unknown geometry type 'Circle'")),
        ("missing_coordinates", Some("no coordinates")),
        ("nesting_too_shallow", Some("wrong nesting")),
        ("feature_no_geometry", Some("geometry member missing")),
        ("features_not_array", Some("`features` is not an array")),
        ("properties_array", Some("properties as an object or null")),
        ("old_crs_2008", Some("name it with --crs EPSG:4549")),
        ("bom", None),
        ("dup_keys", Some("duplicate member `coordinates`")),
        ("deep_nesting", Some("expected '{', found '['")),
        ("empty", Some("the document is empty")),
    ];
    let lines: Vec<Value> = include_str!("../../../data/fixtures/malformed_geojson.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), expected.len());
    for (line, (id, reason)) in lines.iter().zip(expected) {
        assert_eq!(line["id"], id);
        let said = said(line["doc"].as_str().unwrap());
        match reason {
            None => assert!(said.is_empty(), "{id}: {said:?}"),
            Some(reason) => assert!(said.len() == 1 && said[0].contains(reason), "{id}: {said:?}"),
        }
    }
}

#[test]
fn members_may_come_in_any_order() {
    let text = br#"{"geometry":{"coordinates":[[0,0],[1,1e0,7]],"type":"LineString"},"id":5,"properties":null,"type":"Feature"}"#;
    let feature = feature(text).unwrap();
    let line = LineString(vec![Coord { x: 0.0, y: 0.0 }, Coord { x: 1.0, y: 1.0 }]);
    assert_eq!(feature.geometry, Ok(Some(line.into())));
    assert_eq!((feature.id, feature.properties.len()), (Some(5.into()), 0));
}

#[test]
fn a_feature_with_a_broken_geometry_keeps_its_properties() {
    let text = br#"{"type":"Feature","properties":{"code":"7"},"geometry":{"type":"Point","coordinates":["1",2]}}"#;
    let feature = feature(text).unwrap();
    assert_eq!(feature.properties["code"], "7");
    assert!(feature.geometry.unwrap_err().contains("strings for numbers"));
}

#[test]
fn a_crs_of_2008_is_named_as_a_person_would() {
    for (name, expected) in [
        ("urn:ogc:def:crs:EPSG::4549", Some("EPSG:4549")),
        ("EPSG:3857", Some("EPSG:3857")),
        ("http://www.opengis.net/def/crs/EPSG/0/2056", Some("EPSG:2056")),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", None),
        ("EPSG:4326", None),
        ("local", Some("local")),
    ] {
        let member = format!(r#"{{"type":"name","properties":{{"name":"{name}"}}}}"#);
        assert_eq!(declared_crs(member.as_bytes()).as_deref(), expected, "{name}");
    }
    assert_eq!(declared_crs(b"null"), None);
}
