use super::*;
use crate::formats::{Rows, open};
use crate::geom::validity::Fault;
use crate::model::{ContextClass, Level, Status};
use geo::Area;
use serde_json::Value;
use std::io::Cursor;

struct Given<'a> {
    kind: ImportKind,
    map: &'a [&'a str],
    set: &'a [&'a str],
    crs: Option<&'a str>,
    repair: bool,
}

const HOUSEHOLDS: Given<'static> = Given { kind: ImportKind::Households, map: &[], set: &[], crs: None, repair: false };
const AREAS: Given<'static> =
    Given { kind: ImportKind::Areas, map: &[], set: &["level=grid"], crs: None, repair: false };
const CONTEXT: Given<'static> = Given { kind: ImportKind::Context, map: &[], set: &[], crs: None, repair: false };

impl Given<'_> {
    fn rows(text: &str) -> Rows {
        open(Box::new(Cursor::new(text.as_bytes().to_vec())), None).unwrap()
    }

    fn importer(&self, rows: &Rows) -> Result<Importer, FormatError> {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let mapping = Mapping::parse(&owned(self.map), &owned(self.set))?;
        Importer::new(self.kind, &mapping, rows.header(), self.crs.map(|c| c.parse().unwrap()), self.repair)
    }

    fn read(&self, text: &str) -> Vec<Result<Outcome, RowProblem>> {
        let rows = Given::rows(text);
        let importer = self.importer(&rows).unwrap();
        rows.map(|row| importer.change(&row.unwrap()).map(Option::unwrap)).collect()
    }

    fn refused(&self, text: &str) -> String {
        let rows = Given::rows(text);
        self.importer(&rows).err().map(|e| e.to_string()).unwrap_or_default()
    }
}

fn household(outcome: &Result<Outcome, RowProblem>) -> &crate::model::Household {
    match outcome {
        Ok(Outcome { change: Change::HouseholdPut(household), repaired: None, .. }) => household,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_table_of_households_finds_its_columns_by_their_usual_names() {
    let text = "hh_id,building_osm,lon,LAT,gemeinde,persons,street,housenumber,status\n\
                H000001,r1,9.5,47.25,7005,3,Benderer Strasse,19,\nH2,r1, 9.5 ,47.25,7005,,,19,vacant\n";
    let read = HOUSEHOLDS.read(text);
    let first = household(&read[0]);
    assert_eq!((first.code.as_str(), first.at.lon(), first.at.lat()), ("H000001", 9.5, 47.25));
    assert_eq!((first.address.as_deref(), first.persons), (Some("Benderer Strasse 19"), Some(3)));
    let second = household(&read[1]);
    assert_eq!((second.status, second.persons, second.address.as_deref()), (Status::Vacant, None, None));
}

#[test]
fn what_is_confided_stays_beside_the_change_and_is_not_repeated_when_refused() {
    let text = "code,x,y,contact,needs\n1,1,1, +423 000 00 00 ,\"a ramp\r\na ride\"\n2,1,1,,\n3,1,1,\"a\nb\",\n";
    let read = HOUSEHOLDS.read(text);
    let Ok(Outcome { confided, .. }) = &read[0] else { panic!("{:?}", read[0]) };
    assert_eq!(confided.contact.as_deref(), Some("+423 000 00 00"));
    assert_eq!(confided.needs.as_deref(), Some("a ramp\na ride"));
    assert!(read[..2].iter().all(|outcome| household(outcome).confided.is_empty()), "nothing goes in unsealed");
    assert!(matches!(&read[1], Ok(Outcome { confided, .. }) if confided.is_empty()));
    let problem = read[2].as_ref().unwrap_err();
    assert_eq!((problem.column.as_str(), problem.value.as_str()), ("contact", "3 characters"));
    assert!(problem.reason.contains("one line of at most 200 characters"), "{problem}");
    let given = Given { map: &["contact=phone"], ..HOUSEHOLDS };
    let mapped = given.read("code,x,y,phone\n1,1,1,+423\n");
    assert!(matches!(&mapped[0], Ok(Outcome { confided, .. }) if confided.contact.as_deref() == Some("+423")));
}

#[test]
fn a_list_of_needs_in_a_feature_is_as_many_lines() {
    let feature = |needs: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"code":"1","needs":{needs}}},"geometry":{{"type":"Point","coordinates":[1,1]}}}}"#
        )
    };
    let read = HOUSEHOLDS.read(&feature(r#"["a ramp","a ride"]"#));
    assert!(matches!(&read[0], Ok(Outcome { confided, .. }) if confided.needs.as_deref() == Some("a ramp\na ride")));
    for none in ["null", "[]", r#""""#] {
        let read = HOUSEHOLDS.read(&feature(none));
        assert!(matches!(&read[0], Ok(Outcome { confided, .. }) if confided.is_empty()), "{none}");
    }
    for bad in [r#"{"a":"secret"}"#, r#"["secret",["b"]]"#] {
        let problem = HOUSEHOLDS.read(&feature(bad)).remove(0).unwrap_err();
        assert_eq!(problem.column, "needs");
        assert!(problem.reason.contains("a text or a list of texts") && !problem.to_string().contains("secret"));
    }
}

#[test]
fn columns_are_mapped_and_the_crs_is_heeded() {
    let text = "postcode,pq,easting,northing\nAB101AA,10,394251,806376\nZZ1,90,0,0\n";
    let given = Given { map: &["code=postcode"], crs: Some("EPSG:27700"), ..HOUSEHOLDS };
    let read = given.read(text);
    let at = household(&read[0]).at;
    assert!((at.lon() + 2.0968).abs() < 1e-3 && (at.lat() - 57.1482).abs() < 1e-3, "{at:?}");
    let problem = read[1].as_ref().unwrap_err();
    assert_eq!((problem.row, problem.code.as_deref()), (2, Some("ZZ1")));
    assert_eq!((problem.column.as_str(), problem.value.as_str()), ("easting,northing", "0, 0"));
    assert!(problem.reason.contains("no position"));
    // The same without the CRS: told, not guessed.
    let problem = Given { crs: None, ..given }.read(text).remove(0).unwrap_err();
    assert!(problem.reason.contains("name the CRS with --crs, for example --crs EPSG:3857"), "{problem}");
}

#[test]
fn chinese_datums_are_left_behind() {
    let text = "code,x,y\n1,116.410244499,39.916404281\n";
    let read = Given { crs: Some("gcj02"), ..HOUSEHOLDS }.read(text);
    let at = household(&read[0]).at;
    assert!((at.lon() - 116.404).abs() < 1e-8 && (at.lat() - 39.915).abs() < 1e-8, "{at:?}");
}

#[test]
fn a_bad_cell_is_named_with_row_column_value_and_reason() {
    let rows = [
        ("1,x,2,,", "x", "x", "is not a number"),
        ("1,,2,,", "x,y", "", "no position"),
        ("1,0,0.0,,", "x,y", "0, 0.0", "no position"),
        ("1,181,0,,", "x,y", "181, 0", "name the CRS"),
        ("1,nan,0,,", "x,y", "nan, 0", "not within"),
        ("1,1,1,lived in,", "status", "lived in", "one of occupied"),
        ("1,1,1,,-3", "persons", "-3", "whole number"),
        (",1,1,,", "code", "", "no code"),
        ("a\u{1}b,1,1,,", "code", "a\u{1}b", "control characters"),
    ];
    for (row, column, value, reason) in rows {
        let read = HOUSEHOLDS.read(&format!("code,x,y,status,persons\n9,1,1,,\n{row}\n"));
        household(&read[0]);
        let problem = read[1].as_ref().unwrap_err();
        assert_eq!((problem.row, problem.column.as_str(), problem.value.as_str()), (2, column, value), "{row}");
        assert!(problem.reason.contains(reason), "{problem}");
    }
    let long = HOUSEHOLDS.read(&format!("code,x,y\n1,{},2\n", "9".repeat(5_000) + "x")).remove(0).unwrap_err();
    assert!(long.value.chars().count() < 70);
}

#[test]
fn a_mapping_that_does_not_fit_the_file_says_which_columns_there_are() {
    let text = "postcode,e,n\n1,2,3\n";
    for (given, expected) in [
        (Given { map: &["code=zip"], ..HOUSEHOLDS }, "no column 'zip'; its columns are: postcode, e, n"),
        (HOUSEHOLDS, "no column for the field 'code': name it with --map code=COLUMN"),
        (Given { map: &["code=postcode", "x=e"], ..HOUSEHOLDS }, "no column for the field 'y'"),
        (Given { map: &["level=e"], ..HOUSEHOLDS }, "a field of this kind: code, x, y"),
        (Given { map: &["colour=e"], ..HOUSEHOLDS }, "'colour' is not a field"),
        (Given { map: &["code=e", "code=n"], ..HOUSEHOLDS }, "named once"),
        (Given { map: &["code=e"], set: &["code=1"], ..HOUSEHOLDS }, "named once"),
        (AREAS, "areas need geometry: GeoJSON or FlatGeobuf"),
    ] {
        let said = given.refused(text);
        assert!(said.contains(expected), "{said}");
    }
    let crs = Given { crs: Some("EPSG:999999"), map: &["code=postcode", "x=e", "y=n"], ..HOUSEHOLDS };
    assert!(!crs.refused(text).is_empty());
}

#[test]
fn a_household_is_at_a_point() {
    let feature =
        |geometry: &str| format!(r#"{{"type":"Feature","properties":{{"code":7001.0}},"geometry":{geometry}}}"#);
    let read = HOUSEHOLDS.read(&feature(r#"{"type":"Point","coordinates":[9.5,47.1,433.0]}"#));
    assert_eq!((household(&read[0]).code.as_str(), household(&read[0]).at.lat()), ("7001", 47.1));
    for (geometry, value, reason) in [
        (r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#, "Polygon", "a household is at a Point"),
        ("null", "null", "no position"),
        (r#"{"type":"Point","coordinates":[0,0]}"#, "0, 0", "no position"),
        (r#"{"type":"Point","coordinates":[28.45,119.48]}"#, "28.45, 119.48", "name the CRS"),
    ] {
        let problem = HOUSEHOLDS.read(&feature(geometry)).remove(0).unwrap_err();
        assert_eq!((problem.column.as_str(), problem.value.as_str()), ("geometry", value));
        assert!(problem.reason.contains(reason) && problem.code.as_deref() == Some("7001"), "{problem}");
    }
}

#[test]
fn an_area_has_a_level_a_parent_and_days() {
    let text = r#"{"type":"Feature","id":12,"properties":{"NAME":"Vaduz","valid_from":"2026-01-02","valid_to":"2026-12-31"},
        "geometry":{"type":"Polygon","coordinates":[[[9,47],[9.1,47],[9.1,47.1],[9,47]]]}}"#;
    let given = Given { set: &["level=township", "parent=438000"], ..AREAS };
    let Ok(Outcome { change: Change::AreaPut(area), .. }) = given.read(text).remove(0) else { panic!() };
    assert_eq!((area.code.as_str(), area.name.as_str(), area.level), ("12", "Vaduz", Level::Township));
    assert_eq!(area.parent.unwrap().as_str(), "438000");
    assert_eq!(area.valid_to, Some(jiff::civil::date(2026, 12, 31)));
    for (from, to, column) in [("2026-01-02", "2026-13-02", "valid_from"), ("2026-12-31", "2025-12-31", "valid_to")] {
        let problem = given.read(&text.replace(from, to)).remove(0).unwrap_err();
        assert_eq!(problem.column, column);
    }
    let point = r#"{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Point","coordinates":[1,2]}}"#;
    let problem = given.read(point).remove(0).unwrap_err();
    assert!(problem.reason.contains("an area is a Polygon"), "{problem}");
    let problem = Given { set: &[], ..AREAS }.read(text).remove(0).unwrap_err();
    assert!(problem.reason.contains("--set level=grid"), "{problem}");
}

#[test]
fn a_context_feature_gets_its_class_from_its_tags_or_its_own_column() {
    let check = |properties: &str, class: ContextClass, kind: &str, tags: &str| {
        let text = format!(
            r#"{{"type":"Feature","properties":{{"osm":"n1",{properties}}},"geometry":{{"type":"Point","coordinates":[1,2]}}}}"#
        );
        let Ok(Outcome { change: Change::ContextPut(feature), .. }) = CONTEXT.read(&text).remove(0) else { panic!() };
        assert_eq!((feature.class, feature.kind.as_str(), feature.code.as_str()), (class, kind, "n1"), "{properties}");
        assert_eq!(Value::Object(feature.tags), serde_json::from_str::<Value>(tags).unwrap(), "{properties}");
    };
    check(
        r#""highway":"track","name":"A","kind":"other""#,
        ContextClass::Street,
        "track",
        r#"{"highway":"track","kind":"other"}"#,
    );
    check(
        r#""key":"highway","value":"crossing","crossing":"zebra""#,
        ContextClass::Crossing,
        "crossing",
        r#"{"crossing":"zebra","highway":"crossing"}"#,
    );
    check(r#""key":"aeroway","value":"apron""#, ContextClass::Other, "apron", r#"{"aeroway":"apron"}"#);
    check(r#""class":"green","kind":"tree","h":[1],"n":2.5"#, ContextClass::Green, "tree", r#"{"n":2.5}"#);
    let tree = Given { set: &["class=green", "kind=tree"], ..CONTEXT };
    let Ok(Outcome { change: Change::ContextPut(tree), .. }) =
        tree.read("osm,lon,lat,gemeinde\nn9,9.5,47.2,7009\n").remove(0)
    else {
        panic!()
    };
    assert_eq!((tree.class, tree.kind.as_str(), &tree.tags["gemeinde"]), (ContextClass::Green, "tree", &"7009".into()));
}

#[test]
fn width_lanes_and_sidewalk_are_tags_whatever_their_columns_are_called() {
    let check = |map: &[&str], set: &[&str], text: &str, tags: &str| {
        let rows = Given { map, set, ..CONTEXT }.read(text);
        let Ok(Outcome { change: Change::ContextPut(street), .. }) = &rows[0] else { panic!("{rows:?}") };
        assert_eq!(serde_json::to_string(&street.tags).unwrap(), tags, "{text}");
    };
    let street = |properties: &str| {
        let line = r#"{"type":"LineString","coordinates":[[1,2],[1,3]]}"#;
        format!(r#"{{"type":"Feature","properties":{{"osm":"w1",{properties}}},"geometry":{line}}}"#)
    };
    // As they are, where they are called so.
    let own = r#""sidewalk":"both","width":7.5,"lanes":"2""#;
    check(&[], &[], &street(own), &format!("{{{own}}}"));
    let map = ["width=breite", "lanes=spuren", "kind=art"];
    let set = ["sidewalk=both", "class=street"];
    let tags = r#"{"art":"Gasse","belag":"Stein","width":"3.5","lanes":"1","sidewalk":"both"}"#;
    check(&map, &set, &street(r#""art":"Gasse","breite":3.5,"spuren":1,"belag":"Stein""#), tags);
    check(&map, &set, "osm,lon,lat,art,breite,spuren,belag\nw1,1,2,Gasse,3.5,1,Stein\n", tags);
    // What is set for all comes before what a row says; what a row leaves out stays out.
    check(&["lanes=spuren"], &["width=4"], &street(r#""width":"9","spuren":null"#), r#"{"width":"4"}"#);
}

#[test]
fn a_declared_crs_has_to_be_named() {
    let text = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4549"}},"features":[
        {"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Point","coordinates":[449040.12,3148210.55]}}]}"#;
    let problem = HOUSEHOLDS.read(text).remove(0).unwrap_err();
    assert!(problem.column == "crs" && problem.reason.contains("--crs EPSG:4549"), "{problem}");
    let read = Given { crs: Some("EPSG:4549"), ..HOUSEHOLDS }.read(text);
    assert!((household(&read[0]).at.lon() - 119.48).abs() < 0.01, "{read:?}");
}

/// The kinds of geometry that an area cannot be, whatever their verdict.
const NO_AREAS: [&str; 3] = ["Point", "LineString", "Collection"];

#[test]
fn every_edge_case_is_taken_repaired_or_refused_with_the_reason_of_its_verdict() {
    let text = include_str!("../../../data/fixtures/edge_cases.geojson");
    let document: Value = serde_json::from_str(text).unwrap();
    let context = Given { map: &["code=id"], ..CONTEXT };
    let (strict, repaired) = (context.read(text), Given { repair: true, ..context }.read(text));
    let areas = Given { repair: true, ..AREAS }.read(text);
    let features = document["features"].as_array().unwrap();
    assert_eq!((features.len(), strict.len(), repaired.len()), (49, 49, 49));
    for (((feature, strict), repaired), area) in features.iter().zip(&strict).zip(&repaired).zip(&areas) {
        let said = &feature["properties"];
        let id = said["id"].as_str().unwrap();
        let reason = strict.as_ref().err().map(|problem| problem.reason.as_str());
        let expected = match id {
            _ if said["coords_in_wgs84_range"] == false => Some("name the CRS with --crs".to_owned()),
            "null_geometry" => Some("no geometry".to_owned()),
            "mpoly_empty" | "gc_empty" => Some("empty".to_owned()),
            "gc_mixed" => Some("write one feature for each".to_owned()),
            _ if said["ogc_valid"] == true => None,
            _ => Some(said["reason"].as_str().unwrap().to_lowercase()),
        };
        match (&expected, reason) {
            (None, None) => {}
            (Some(expected), Some(reason)) => assert!(reason.contains(expected), "{id}: {reason}"),
            other => panic!("{id}: {other:?}"),
        }
        match said["make_valid_type"].as_str() {
            None => assert_eq!(strict, repaired, "{id}: nothing to repair"),
            Some("MultiLineString") => {
                assert!(repaired.as_ref().unwrap_err().reason.contains("collapses"), "{id}");
            }
            Some(_) => {
                let outcome = repaired.as_ref().unwrap();
                let Change::ContextPut(feature) = &outcome.change else { panic!() };
                let (made, meant) =
                    (feature.geometry.unsigned_area(), said["make_valid_planar_area_deg2"].as_f64().unwrap());
                assert!((made - meant).abs() <= 1e-9 * meant, "{id}: {made} for {meant}");
                assert_eq!(
                    outcome.repaired.as_ref().map(|r| r.contains(expected.as_ref().unwrap())),
                    Some(true),
                    "{id}"
                );
            }
        }
        let polygonal = repaired.is_ok() && {
            let kind = feature["geometry"]["type"].as_str().unwrap();
            !NO_AREAS.iter().any(|part| kind.contains(part))
        };
        assert_eq!(area.is_ok(), polygonal, "{id}: {area:?}");
    }
}

#[test]
fn a_ring_that_is_not_closed_is_refused_and_closed_by_a_repair() {
    let text = r#"{"type":"Feature","properties":{"code":"1"},
        "geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}}"#;
    let problem = AREAS.read(text).remove(0).unwrap_err();
    assert_eq!(problem.reason, Fault::NotClosed.to_string());
    let outcome = Given { repair: true, ..AREAS }.read(text).remove(0).unwrap();
    let Change::AreaPut(area) = outcome.change else { panic!() };
    assert!((area.geometry.unsigned_area() - 1.0).abs() < 1e-12);
    assert_eq!(outcome.repaired.as_deref(), Some("ring not closed"));
}
