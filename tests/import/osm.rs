//! OpenStreetMap extracts through the whole program.

use crate::extract::{Message, Tags, dense, file, relations, ways};
use crate::house::{County, Scratch, gzipped, sequence};

const STREET: Tags<'static> = &[("highway", "residential"), ("name", "Melon Lane"), ("lanes", "2")];

/// A town of four corners around 119.4° E, 28.4° N: everything that a siting rule may measure from.
fn nodes() -> Message {
    dense(&[
        (1, 119.400, 28.400, &[]),
        (2, 119.404, 28.400, &[("highway", "crossing"), ("crossing", "zebra")]),
        (3, 119.404, 28.404, &[("highway", "traffic_signals")]),
        (4, 119.400, 28.404, &[("emergency", "fire_hydrant")]),
        (5, 119.401, 28.401, &[("entrance", "main")]),
        (6, 119.403, 28.401, &[("railway", "subway_entrance"), ("ref", "A")]),
        (7, 119.403, 28.403, &[("highway", "bus_stop"), ("name", "瓜市")]),
        (8, 119.401, 28.403, &[("barrier", "kerb"), ("kerb", "lowered")]),
        (9, 119.410, 28.410, &[("amenity", "marketplace")]),
    ])
}

fn lines() -> Message {
    ways(&[
        (1, &[1, 2, 3], STREET),
        (2, &[1, 4, 3], &[]),
        (3, &[5, 6, 7, 8, 5], &[("building", "yes"), ("class", "A")]),
        (4, &[1, 2, 3, 4, 1], &[("amenity", "school")]),
    ])
}

fn forest() -> Message {
    let members = &[('w', 1, "outer"), ('w', 2, "outer"), ('w', 3, "outer")];
    relations(&[(1, members, &[("type", "multipolygon"), ("landuse", "forest"), ("name", "Melon Wood")])])
}

fn town() -> Vec<u8> {
    file(&[nodes(), lines(), forest()])
}

const ALL: [&str; 12] = [
    "n2|crossing|crossing|Point",
    "n3|signal|traffic_signals|Point",
    "n4|hydrant|fire_hydrant|Point",
    "n5|entrance|main|Point",
    "n6|subway_entrance|subway_entrance|Point",
    "n7|bus_stop|bus_stop|Point",
    "n8|other|kerb|Point",
    "n9|market|marketplace|Point",
    "r1|forest|forest|Polygon",
    "w1|street|residential|LineString",
    "w3|building|yes|Polygon",
    "w4|school|school|Polygon",
];

const STORED: &str = "SELECT concat_ws('|', key, body ->> 'class', body ->> 'kind', body ->> '$.geometry.type')
    FROM latest WHERE kind = 'context' ORDER BY key";

#[test]
fn an_extract_goes_in_as_context_once_whatever_way_it_comes() {
    let scratch = Scratch::new();
    let path = scratch.file("town.osm.pbf", town());
    assert!(scratch.import("context", &path, &[]).done().starts_with("12 rows: 12 kept (12 new"));
    assert_eq!(scratch.ask(STORED), ALL);
    let street = "SELECT concat_ws('|', body ->> 'name', body ->> '$.tags.lanes') FROM latest WHERE key = 'w1'";
    assert_eq!(scratch.ask(street), ["Melon Lane|2"]);
    // A tag by the name of one of our fields is a tag.
    assert_eq!(scratch.ask("SELECT body ->> '$.tags.class' FROM latest WHERE key = 'w3'"), ["A"]);
    for bytes in [town(), gzipped(&town())] {
        let path = scratch.file("again", &bytes);
        for ran in [scratch.import("context", &path, &[]), scratch.run_with_input(&["import", "context", "-"], &bytes)]
        {
            assert!(ran.done().starts_with("12 rows: all known, nothing changed; 0 bad;"), "{ran:?}");
        }
    }
    scratch.proved();
}

#[test]
fn an_extract_that_is_cut_off_or_broken_is_refused_and_the_store_stays_as_it_was() {
    let scratch = Scratch::new();
    let path = scratch.file("town.osm.pbf", file(&[nodes()]));
    scratch.import("context", &path, &[]).done();
    let before = std::fs::read(scratch.store()).unwrap();
    let refused = |bytes: &[u8], names: &[&str]| {
        let path = scratch.file("broken.osm.pbf", bytes);
        scratch.import("context", &path, &["--skip-bad"]).refused(1, names);
        scratch.run_with_input(&["import", "context", "-", "--skip-bad"], bytes).refused(1, names);
        assert!(std::fs::read(scratch.store()).unwrap() == before, "the file has changed");
    };
    let whole = town();
    // In the last block, in its length, in the block of ways, in the header.
    let blocks = [file(&[]).len(), file(&[nodes()]).len(), file(&[nodes(), lines()]).len()];
    for length in [whole.len() - 1, blocks[2] + 40, blocks[2] + 3, blocks[1] + 50, blocks[0] + 1, blocks[0] - 1] {
        refused(&whole[..length], &["OpenStreetMap extract", "cut off", &format!("at byte {length}")]);
    }
    // Between two blocks, where all that is left of the format is whole.
    let town: Vec<_> = (1..3_000).map(|id| (id, 119.4, 28.4, &[][..])).collect();
    refused(&file(&[dense(&town)]), &["OpenStreetMap extract", "cut off between two blocks", "2999 of its nodes"]);
    refused(&gzipped(&whole)[..whole.len() / 2], &["gzip", "cut off"]);
    let mut flipped = whole.clone();
    flipped[blocks[2] - 3] ^= 4;
    refused(&flipped, &["OpenStreetMap extract: zlib", &format!("at byte {}", blocks[1])]);
    refused(&file(&[nodes(), forest(), lines()]), &["w1 comes after r1", "osmium sort"]);
    refused(b"<?xml version='1.0'?>\n<osm version='0.6'></osm>", &["osmium cat city.osm -o city.osm.pbf"]);
    scratch.proved();
}

#[test]
fn what_the_edge_cuts_off_is_left_out_and_told_and_what_crosses_itself_can_be_repaired() {
    let scratch = Scratch::new();
    let cut = ways(&[
        (1, &[1, 2, 99], STREET),
        (3, &[5, 7, 6, 8, 5], &[("building", "yes")]),
        (4, &[1, 2, 3, 4, 1], &[("amenity", "school")]),
    ]);
    let path = scratch.file("edge.osm.pbf", file(&[nodes(), cut, forest()]));
    let ran = scratch.import("context", &path, &[]);
    assert!(ran.done().starts_with("12 rows: 9 kept (9 new, 0 changed, 0 the same), 3 bad;"), "{ran:?}");
    for told in ["'n99': is a node of it", "'w1': is a border of it and lacks nodes", "self-intersection"] {
        assert!(ran.err.contains(told), "{ran:?}");
    }
    let report = scratch.path("bad.csv");
    let ran = scratch.import("context", &path, &["--repair", "--report", report.to_str().unwrap()]);
    assert!(ran.done().starts_with("12 rows: 10 kept (1 new, 0 changed, 9 the same, 1 repaired), 2 bad;"), "{ran:?}");
    let bad = std::fs::read_to_string(report).unwrap();
    assert!(bad.contains("w1,geometry,n99,") && bad.contains("r1,geometry,w1,"), "{bad}");
    assert_eq!(scratch.ask("SELECT body ->> '$.geometry.type' FROM latest WHERE key = 'w3'"), ["MultiPolygon"]);
    scratch.proved();
}

#[test]
fn an_extract_is_no_list_of_areas_or_households() {
    let scratch = Scratch::new();
    let path = scratch.file("town.osm.pbf", town());
    for kind in ["areas", "households"] {
        scratch.unchanged(|| scratch.import(kind, &path, &[])).refused(1, &["an OpenStreetMap extract is context"]);
    }
}

#[test]
fn names_may_be_taken_from_another_tag() {
    let scratch = Scratch::new();
    let node = dense(&[(1, 119.4, 28.4, &[("highway", "bus_stop"), ("name", "Melon Market"), ("name:zh", "瓜市")])]);
    let path = scratch.file("town.osm.pbf", file(&[node]));
    scratch.import("context", &path, &["--map", "name=name:zh"]).done();
    assert_eq!(scratch.ask("SELECT body ->> 'name' FROM latest"), ["瓜市"]);
}

/// Codes in the store after an import of what touches a part of the world.
fn within(scratch: &Scratch, part: &str, outside: usize) -> Vec<String> {
    let path = scratch.file("town.osm.pbf", town());
    let ran = scratch.import("context", &path, &["--within", part]);
    assert!(ran.done().contains(&format!("), {outside} outside, 0 bad;")), "{ran:?}");
    scratch.ask("SELECT key FROM latest WHERE kind = 'context' ORDER BY key")
}

#[test]
fn only_what_touches_a_rectangle_a_file_of_polygons_or_an_area_goes_in() {
    // A corner of the building, which is not in the street's rectangle alone.
    let near = ["n6", "n7", "r1", "w1", "w3", "w4"];
    assert_eq!(within(&Scratch::new(), "119.4025,28.4005,119.4045,28.4035", 6), near);
    let scratch = Scratch::new();
    let ring = "[[119.4025,28.4005],[119.4045,28.4005],[119.4045,28.4035],[119.4025,28.4035],[119.4025,28.4005]]";
    let polygon = format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
    let part = scratch.file("part.geojson", &polygon);
    assert_eq!(within(&scratch, part.to_str().unwrap(), 6), near);
    let scratch = Scratch::new();
    let areas = scratch.file("area.geojson", &polygon);
    scratch.import("areas", &areas, &["--set", "code=7001", "--set", "level=grid"]).done();
    assert_eq!(within(&scratch, "7001", 6), near);
    scratch.proved();
    // The same for the other formats of context, where bad rows elsewhere do not matter.
    let scratch = Scratch::new();
    let bow_tie = r#"{"type":"Feature","properties":{"code":"far"},"geometry":
        {"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}"#
        .replace('\n', "");
    let file = scratch.file("context.geojsonl", format!("{}{bow_tie}\n", sequence(&County::context())));
    let ran = scratch.import("context", &file, &["--within", "100,20,130,40"]);
    assert!(ran.done().starts_with("3 rows: 2 kept (2 new, 0 changed, 0 the same), 1 outside, 0 bad;"), "{ran:?}");
}

#[test]
fn a_part_that_is_none_is_refused_before_anything_is_founded() {
    let scratch = Scratch::new();
    let path = scratch.file("town.osm.pbf", town());
    let line = scratch.file("line.geojson", r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#);
    let table = scratch.file("table.csv.geojson", "");
    let refused = |part: &str, names: &[&str]| {
        scratch.import("context", &path, &["--within", part]).refused(1, names);
        assert!(!scratch.store().exists(), "{part}");
    };
    refused("1,2,3", &["within", "1,2,3", "four numbers"]);
    refused("9,48,10,47", &["within", "9,48,10,47"]);
    refused("nowhere.geojson", &["within", "nowhere.geojson", "No such file"]);
    refused(line.to_str().unwrap(), &["within", "is not a Polygon or MultiPolygon"]);
    refused(table.to_str().unwrap(), &["within", "the document is empty"]);
    scratch.import("context", &path, &["--within", "7001"]).refused(1, &["within", "7001", "the code of an area"]);
    let csv = scratch.file("homes.csv", "code,x,y\n1,119.4,28.4\n");
    let ran = scratch.import("households", &csv, &["--within", "100,20,130,40"]);
    ran.refused(1, &["within", "for context"]);
}
