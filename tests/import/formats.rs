//! Every format says the same; what is known is recognised; what has changed is a change.

use super::flatgeobuf;
use crate::house::{County, Home, Scratch, gzipped, homes, repository};
use serde_json::{Value, json};

/// The county's households as GeoJSON features with text for properties.
fn features() -> Vec<Value> {
    let feature = |h: Home| {
        let status = if h.vacant { "vacant" } else { "occupied" };
        let properties = json!({"code": h.code, "address": h.address, "status": status, "persons": "4"});
        json!({"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [h.lon, h.lat]}})
    };
    homes().map(feature).collect()
}

fn collection(features: &[Value]) -> Vec<u8> {
    json!({"type": "FeatureCollection", "features": features}).to_string().into_bytes()
}

fn lines(features: &[Value], before: &str) -> Vec<u8> {
    features.iter().map(|feature| format!("{before}{feature}\n")).collect::<String>().into_bytes()
}

/// The same features in every format that has polygons.
fn with_geometry(features: &[Value]) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a collection", collection(features)),
        ("a text sequence with record separators", lines(features, "\u{1e}")),
        ("a text sequence with newlines", lines(features, "")),
        ("FlatGeobuf", flatgeobuf::file(features)),
    ]
}

/// The first founds all; whatever way the others come, they say what is known, and the store stays byte for byte.
fn the_same_in_all(kind: &str, ways: &[(&str, Vec<u8>)], rows: usize) -> Scratch {
    let scratch = Scratch::new();
    let first = scratch.file("first", &ways[0].1);
    let ran = scratch.import(kind, &first, &[]);
    let expected = format!("{rows} rows: {rows} kept ({rows} new, 0 changed, 0 the same), 0 bad;");
    assert!(ran.done().starts_with(&expected), "{ran:?}");
    let head = scratch.head();
    let file = std::fs::read(scratch.store()).unwrap();
    for (name, plain) in ways {
        for bytes in [plain.clone(), gzipped(plain)] {
            let path = scratch.file("next", &bytes);
            for ran in [scratch.import(kind, &path, &[]), scratch.run_with_input(&["import", kind, "-"], &bytes)] {
                let known = format!("{rows} rows: all known, nothing changed; 0 bad;");
                assert!(ran.done().starts_with(&known), "{name}: {ran:?}");
                assert_eq!(scratch.head(), head, "{name}");
            }
        }
    }
    assert!(std::fs::read(scratch.store()).unwrap() == file, "the file is no longer the same, byte for byte");
    scratch
}

#[test]
fn households_are_the_same_in_every_format_plain_or_gzipped_from_a_file_or_standard_input() {
    let features = features();
    let mut ways = with_geometry(&features);
    ways.push(("CSV", County::households().into_bytes()));
    let scratch = the_same_in_all("households", &ways, 40);
    let stored =
        scratch.ask("SELECT concat_ws('|', code, lon, lat, address, status, persons) FROM household ORDER BY code");
    let meant = homes().map(|h| {
        let status = if h.vacant { "vacant" } else { "occupied" };
        format!("{}|{}|{}|{}|{status}|4", h.code, h.lon, h.lat, h.address)
    });
    assert_eq!(stored, meant.collect::<Vec<_>>());
}

#[test]
fn areas_are_the_same_in_every_format_that_has_polygons() {
    let scratch = the_same_in_all("areas", &with_geometry(&County::areas()), 7);
    let stored = scratch
        .ask("SELECT key || ' in ' || coalesce(body ->> 'parent', '') FROM latest WHERE kind = 'area' ORDER BY key");
    let meant: Vec<String> = {
        let mut all: Vec<String> = County::areas()
            .iter()
            .map(|a| &a["properties"])
            .map(|p| format!("{} in {}", p["code"].as_str().unwrap(), p["parent"].as_str().unwrap_or_default()))
            .collect();
        all.sort();
        all
    };
    assert_eq!(stored, meant);
    let csv = scratch.file("areas.csv", "code,name,level,parent\n1,One,grid,\n");
    scratch.unchanged(|| scratch.import("areas", &csv, &[])).refused(1, &["areas need geometry"]);
}

#[test]
fn context_of_all_kinds_of_geometry_is_taken_once() {
    let scratch = Scratch::new();
    let path = scratch.file("context.geojsonl", lines(&County::context(), ""));
    assert!(scratch.import("context", &path, &[]).done().starts_with("2 rows: 2 kept (2 new"));
    assert!(scratch.import("context", &path, &[]).done().starts_with("2 rows: all known, nothing changed"));
    let stored =
        scratch.ask("SELECT concat_ws('|', key, body ->> 'class', body ->> 'kind') FROM latest WHERE kind = 'context'");
    assert_eq!(stored, ["n1|school|school", "w1|street|residential"]);
}

#[test]
fn an_area_without_a_parent_gets_it_by_its_place() {
    let scratch = Scratch::new();
    let mut areas = County::areas();
    for area in &mut areas {
        area["properties"]["parent"] = Value::Null;
    }
    let path = scratch.file("areas.geojson", collection(&areas));
    assert!(scratch.import("areas", &path, &[]).done().starts_with("7 rows: 7 kept (7 new"));
    let parents =
        scratch.ask("SELECT coalesce(body ->> 'parent', 'none') FROM latest WHERE kind = 'area' ORDER BY key");
    let expected = ["none", "331100", "331100001", "331100001", "331100", "331100002", "331100002"];
    assert_eq!(parents, expected);
}

#[test]
fn a_changed_row_is_one_change_and_no_second_household() {
    let scratch = Scratch::new();
    let text = County::households();
    scratch.import("households", &scratch.file("a.csv", &text), &[]).done();
    let (before, _) = scratch.head();
    let changed = text.replace("Melon Lane 1703", "Plum Lane 3");
    let ran = scratch.import("households", &scratch.file("b.csv", changed), &[]);
    assert!(ran.done().starts_with("40 rows: 40 kept (0 new, 1 changed, 39 the same), 0 bad;"), "{ran:?}");
    assert_eq!(scratch.head().0, before + 1);
    assert_eq!(scratch.ask("SELECT count(*) FROM household"), ["40"]);
    assert_eq!(scratch.ask("SELECT address FROM household WHERE code = 'HH03'"), ["Plum Lane 3"]);
    scratch.proved();
}

#[test]
fn columns_are_mapped_constants_set_and_a_national_grid_becomes_longitude_and_latitude() {
    let scratch = Scratch::new();
    // Aberdeen's first postcode; its place by the Ordnance Survey's own transformation, to some metres.
    let csv = scratch.file("gb.csv", "postcode,pq,easting,northing\nAB10 1AA,10,394251,806376\nZE9 9ZZ,90,0,0\n");
    let flags = ["--map", "code=postcode", "--map", "x=easting", "--map", "y=northing", "--set", "status=vacant"];
    let ran = scratch.unchanged(|| scratch.import("households", &csv, &flags));
    ran.refused(1, &["row 1", "easting,northing", "394251, 806376", "--crs"]);
    let with_crs: Vec<&str> = flags.iter().copied().chain(["--crs", "EPSG:27700", "--skip-bad"]).collect();
    let ran = scratch.import("households", &csv, &with_crs);
    assert!(ran.done().starts_with("2 rows: 1 kept (1 new, 0 changed, 0 the same), 1 bad;"), "{ran:?}");
    assert!(ran.err.contains("EPSG:27700 to WGS 84"), "the operation is told: {ran:?}");
    let stored = scratch.ask("SELECT concat_ws('|', code, round(lon, 4), round(lat, 4), status) FROM household");
    assert_eq!(stored, ["AB10 1AA|-2.0966|57.1482|vacant"]);
}

#[test]
fn the_chinese_datums_and_gauss_kruger_come_out_where_the_reference_says() {
    let reference = repository("data/fixtures/crs_reference_cn.csv");
    // The reference has no code: the line's number becomes one.
    let text = std::fs::read_to_string(reference).unwrap();
    let numbered: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(i, line)| if i == 0 { format!("n,{line}") } else { format!("{i},{line}") })
        .collect();
    let rows: Vec<Vec<&str>> = numbered.iter().skip(1).map(|line| line.split(',').collect()).collect();
    for (crs, x, y, column) in [
        ("gcj02", "lon_gcj02", "lat_gcj02", 4),
        ("bd09", "lon_bd09", "lat_bd09", 6),
        ("EPSG:3857", "e_3857", "n_3857", 8),
        ("EPSG:4549", "e_4549", "n_4549", 16),
    ] {
        let scratch = Scratch::new();
        let file = scratch.file("points.csv", numbered.join("\n"));
        let (x, y) = (format!("x={x}"), format!("y={y}"));
        let flags = ["--crs", crs, "--map", "code=n", "--map", x.as_str(), "--map", y.as_str(), "--skip-bad"];
        scratch.import("households", &file, &flags).done();
        // Further than its method is good for from a central meridian the reference has no place.
        let placed: Vec<&Vec<&str>> = rows.iter().filter(|row| !row[column].is_empty()).collect();
        assert!(placed.len() >= 100, "{crs}: only {} rows of the reference have a place", placed.len());
        let stored = scratch.ask("SELECT concat_ws(',', code, lon, lat) FROM household ORDER BY CAST(code AS INTEGER)");
        assert_eq!(stored.len(), placed.len(), "{crs}");
        for (row, stored) in placed.iter().zip(&stored) {
            let stored: Vec<&str> = stored.split(',').collect();
            assert_eq!(stored[0], row[0]);
            for (meant, got) in row[2..4].iter().zip(&stored[1..]) {
                let (meant, got): (f64, f64) = (meant.parse().unwrap(), got.parse().unwrap());
                // The reference's longitudes are rounded to 1e-7 degrees, a centimetre.
                assert!((meant - got).abs() < 1.1e-7, "{crs}, row {}: {got} for {meant}", row[0]);
            }
        }
    }
}

#[test]
fn two_names_for_one_thing_are_one_import() {
    let scratch = Scratch::new();
    let liechtenstein = repository("data/liechtenstein/households.csv.gz");
    let named =
        scratch.import("households", &liechtenstein, &["--map", "code=hh_id", "--map", "x=lon", "--map", "y=lat"]);
    assert!(
        named.done().starts_with("17,039 rows: 17,039 kept (17,039 new, 0 changed, 0 the same), 0 bad;"),
        "{named:?}"
    );
    let found = scratch.unchanged(|| scratch.import("households", &liechtenstein, &[]));
    assert!(found.done().starts_with("17,039 rows: all known, nothing changed; 0 bad;"), "{found:?}");
}
