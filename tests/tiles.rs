//! Tiles as map clients ask for them.

use crate::house::{County, GRIDS, Home, Scratch, Server, home, homes, said, tile};
use crate::reader::Tile;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::io::Read;

#[test]
fn tilejson_validates_against_its_schema_for_every_list_of_layers() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let client = server.client(Some(&tokens["analyst"]));
    let schema: Value = serde_json::from_str(
        &fs::read_to_string(crate::house::repository("data/schemas/tilejson-3.0.0.json")).unwrap(),
    )
    .unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(
        !validator.is_valid(&json!({"tilejson": "2.2.0", "tiles": [], "vector_layers": []})),
        "the schema refuses something"
    );
    for (layers, ids, deepest) in [
        ("areas", vec!["areas"], 14),
        ("households", vec!["households"], 18),
        ("context", vec!["context"], 14),
        ("areas,households,context", vec!["areas", "households", "context"], 18),
    ] {
        for query in ["", "?level=grid"] {
            let document = client.json(&format!("/tiles/{layers}{query}"));
            let faults: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
            assert!(faults.is_empty(), "{layers}: {faults:?}");
            assert_eq!(document["tiles"], json!([format!("{}/tiles/{layers}/{{z}}/{{x}}/{{y}}{query}", server.url)]));
            let named: Vec<&str> =
                document["vector_layers"].as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
            assert_eq!(named, ids);
            assert_eq!((&document["minzoom"], &document["maxzoom"]), (&json!(0), &json!(deepest)));
        }
    }
    let named = client.get_with("/tiles/areas", &[("host", "map.example.org:8443")]).json();
    assert_eq!(named["tiles"][0], "http://map.example.org:8443/tiles/areas/{z}/{x}/{y}");
}

#[test]
fn the_bounds_of_tiles_hold_all_that_their_reader_may_see_and_tell_nobody_of_more() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    // Beyond all areas.
    scratch.import("households", &scratch.file("far.csv", "code,lon,lat\nFAR1,130.5,40.25\n"), &[]).done();
    let server = Server::start(&scratch);
    let bounds = |who: &str, layers: &str| -> Vec<f64> {
        let token = tokens.get(who).map(String::as_str);
        let document = server.client(token).json(&format!("/tiles/{layers}"));
        document["bounds"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let county = bounds("public", "areas");
    assert!(county[2] < 120.0 && county[3] < 30.0, "{county:?}");
    assert_eq!(bounds("admin", "areas"), county);
    assert_eq!(bounds("member", "households"), county);
    let [west, south, east, north] = bounds("admin", "areas,households")[..] else { panic!("four numbers") };
    assert!((west - county[0]).abs() < 1e-9 && (south - county[1]).abs() < 1e-9, "{west} {south}");
    assert!((east - 130.5).abs() < 1e-6 && (north - 40.25).abs() < 1e-6, "{east} {north}");
}

fn decoded(coding: &str, body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "gzip" => drop(flate2::read::GzDecoder::new(body).read_to_end(&mut plain).unwrap()),
        "br" => drop(brotli::Decompressor::new(body, 4_096).read_to_end(&mut plain).unwrap()),
        "zstd" => plain = zstd::decode_all(body).unwrap(),
        _ => plain.extend_from_slice(body),
    }
    plain
}

#[test]
fn a_tile_comes_in_the_coding_that_is_asked_for_with_an_etag_of_its_own() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let server = Server::start(&scratch);
    let public = server.client(None);
    let path = format!("/tiles/areas,context/{}", tile(&home(0, 3), 12));
    let plain = public.get(&path);
    assert_eq!((plain.status, plain.header("content-encoding")), (200, ""));
    assert_eq!(plain.header("content-type"), "application/vnd.mapbox-vector-tile");
    let mut etags = BTreeSet::new();
    for (accepted, coding) in [
        ("identity", ""),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=0.9, br;q=0.1", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity;q=0, *;q=0.5", "zstd"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, zstd", "zstd"),
        ("compress", ""),
    ] {
        let asked = [("accept-encoding", accepted)];
        let reply = public.get_with(&path, &asked);
        assert_eq!((reply.status, reply.header("content-encoding")), (200, coding), "{accepted}");
        assert_eq!(decoded(coding, &reply.body), plain.body, "{accepted}");
        let vary = reply.header("vary").to_ascii_lowercase();
        assert!(vary.contains("accept-encoding"), "{vary}");
        assert_eq!(reply.header("cache-control"), "private, no-cache");
        let etag = reply.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
        etags.insert((coding, etag.clone()));
        // Known: nothing but the heads that a cache needs, whatever tags stand beside it.
        for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
            let again = public.get_with(&path, &[asked[0], ("if-none-match", &known)]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
            for name in ["etag", "cache-control", "vary"] {
                assert_eq!(again.header(name), reply.header(name), "{name}");
            }
        }
        let other = public.get_with(&path, &[asked[0], ("if-none-match", "\"0123456789abcdef\"")]);
        assert_eq!((other.status, &other.body), (200, &reply.body));
        // Only the head: all but the body.
        let head = public.send("HEAD", &path, &asked, None);
        assert_eq!((head.status, head.body.len()), (200, 0));
        for name in ["etag", "cache-control", "vary", "content-type", "content-encoding"] {
            assert_eq!(head.header(name), reply.header(name), "{name}");
        }
    }
    assert_eq!(etags.len(), 4, "one for each coding: {etags:?}");
    public.get_with(&path, &[("accept-encoding", "identity;q=0")]).problem(406);
}

#[test]
fn a_tile_with_nothing_in_it_is_204_and_an_impossible_one_400() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    for layers in ["areas", "households", "context", "areas,households,context"] {
        let empty = admin.get(&format!("/tiles/{layers}/14/0/0"));
        assert_eq!((empty.status, empty.body.len()), (204, 0), "{layers}");
        for tile in ["14/16384/0", "14/0/16384", "40/0/0"] {
            admin.get(&format!("/tiles/{layers}/{tile}")).wrong("tile", tile);
        }
        for ending in ["", ".pbf", ".mvt"] {
            let full = tile(&home(0, 4), 14);
            assert_eq!(admin.get(&format!("/tiles/{layers}/{full}{ending}")).status, 200, "{layers}{ending}");
        }
    }
    let refused = admin.get("/tiles/rivers/0/0/0").problem(404);
    assert!(refused["detail"].as_str().unwrap().contains("areas, households, context"), "{refused}");
    let private = admin.get("/tiles/households/0/0/0");
    assert_eq!(private.header("cache-control"), "private, no-cache");
    assert!(private.header("vary").contains("Authorization"));
}

#[test]
fn the_cells_of_every_low_zoom_add_up_to_the_whole_and_the_deepest_zoom_shows_each_household() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    admin.visit("018f3b6e-0000-7000-8000-000000000001", "HH00", "visited");
    for z in 0..=18 {
        let tiles: BTreeSet<String> = homes().map(|h| tile(&h, z)).collect();
        let (mut points, mut eligible, mut visited) = (0, 0, 0);
        for tile in &tiles {
            let reply = admin.get(&format!("/tiles/households/{tile}"));
            assert_eq!(reply.status, 200, "{tile}");
            for feature in Tile::read(&reply.body).layer("households") {
                let number = |name: &str| said(feature, name).unwrap().parse::<u32>().unwrap();
                if said(feature, "clustered") == Some("true") {
                    points += number("point_count");
                    eligible += number("eligible");
                    visited += number("visited");
                    assert_eq!(number("eligible"), number("visited") + number("unvisited"));
                } else {
                    points += 1;
                    eligible += u32::from(said(feature, "eligible") == Some("true"));
                    visited += u32::from(said(feature, "visited") == Some("true"));
                }
            }
        }
        assert_eq!((points, eligible, visited), (40, 36, 1), "zoom {z}");
    }
    let mut codes = BTreeSet::new();
    for deep in homes().map(|h| tile(&h, 18)).collect::<BTreeSet<_>>() {
        let reply = admin.get(&format!("/tiles/households/{deep}"));
        for feature in Tile::read(&reply.body).layer("households") {
            codes.insert(said(feature, "code").unwrap().to_owned());
            let names: BTreeSet<&str> = feature.tags.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, BTreeSet::from(["code", "status", "outcome", "eligible", "visited"]));
        }
    }
    assert_eq!(codes, homes().map(|h| h.code).collect());
}

#[test]
fn areas_follow_the_zoom_unless_a_level_is_asked_for_and_carry_their_figures() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    admin.visit("018f3b6e-0000-7000-8000-000000000001", "HH00", "visited");
    let public = server.client(None);
    let analyst = server.client(Some(&tokens["analyst"]));
    for (level, count) in [("county", 1), ("township", 2), ("grid", 4)] {
        let reply = public.get(&format!("/tiles/areas/{}?level={level}", tile(&home(1, 0), 7)));
        let tile = Tile::read(&reply.body);
        assert_eq!(tile.layer("areas").len(), count, "{level}");
        for area in tile.layer("areas") {
            assert_eq!(said(area, "level"), Some(level));
            assert!(area.id.is_some());
        }
    }
    let path = format!("/tiles/areas/{}?level=grid", tile(&home(0, 0), 14));
    let held_back = Tile::read(&public.get(&path).body);
    let names: Vec<&str> = held_back.layer("areas")[0].tags.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "name", "level", "parent"], "nothing was published");
    let shown = Tile::read(&analyst.get(&path).body);
    let area = &shown.layer("areas")[0];
    let expected = [
        ("code", GRIDS[0]),
        ("name", GRIDS[0]),
        ("level", "grid"),
        ("parent", "331100001"),
        ("eligible", "9"),
        ("visited", "1"),
        ("unvisited", "8"),
    ];
    for (name, value) in expected {
        assert_eq!(said(area, name), Some(value), "{name}");
    }
    assert!((said(area, "rate").unwrap().parse::<f64>().unwrap() - 1.0 / 9.0).abs() < 1e-6);
    let context = public.get(&format!("/tiles/context/{}", tile(&home(0, 4), 14)));
    let kinds: BTreeSet<String> =
        Tile::read(&context.body).layer("context").iter().map(|f| said(f, "class").unwrap().to_owned()).collect();
    assert!(kinds.contains("street"), "{kinds:?}");
}

/// What the header says of a layer: features, and of how many things.
fn told(header: &str, layer: &str) -> (u32, u32) {
    let of_layer = header.split(", ").find_map(|one| one.strip_prefix(layer)?.strip_prefix('=')).unwrap();
    let (features, of) = of_layer.split_once(";of=").unwrap();
    (features.parse().unwrap(), of.parse().unwrap())
}

#[test]
fn a_tile_is_never_too_heavy_and_nobody_is_left_out_for_it() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let place = home(0, 0);
    // Far more around one door than a tile can show, and as many again as it can.
    let mut csv = "code,lon,lat,status\n".to_owned();
    let mut add = |name: &str, n: u32, lon: f64| {
        for i in 0..n {
            // Codes without a pattern, which compress badly.
            let code = u64::from(i).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let (x, y) = (f64::from(i % 200) * 1e-6, f64::from(i / 200) * 1e-6);
            writeln!(csv, "{name}{code:016x},{},{},occupied", lon + x, place.lat + y).unwrap();
        }
    };
    add("A", 40_000, place.lon + 0.000_5);
    add("B", 3_000, place.lon + 0.02);
    scratch.import("households", &scratch.file("many.csv", csv), &[]).done();
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let crowd = Home { lon: place.lon + 0.000_6, lat: place.lat + 0.000_05, ..home(0, 0) };
    let few = Home { lon: place.lon + 0.020_1, ..home(0, 0) };
    // The deepest zoom shows points wherever their bytes fit; above it they are cells where a person could not tell them apart.
    for (at, z, all, points) in
        [(&crowd, 16, 40_000, false), (&crowd, 18, 40_000, false), (&few, 17, 3_000, false), (&few, 18, 3_000, true)]
    {
        for coding in ["gzip", "br", "zstd"] {
            let reply = admin.get_with(&format!("/tiles/households/{}", tile(at, z)), &[("accept-encoding", coding)]);
            assert!(reply.body.len() <= 500_000, "{} bytes as {coding}", reply.body.len());
            let shown = Tile::read(&decoded(coding, &reply.body));
            let features = shown.layer("households");
            let count = |f| said(f, "point_count").map_or(1, |n| n.parse::<u32>().unwrap());
            let (drawn, of) = told(reply.header("tile-features"), "households");
            assert_eq!((drawn as usize, of), (features.len(), features.iter().map(count).sum()));
            assert!(of >= all, "{of}");
            assert_eq!(drawn == of, points, "points where they fit, cells where they do not: {z}");
        }
    }
    let areas = admin.get(&format!("/tiles/areas,context/{}", tile(&few, 14)));
    let shown = Tile::read(&areas.body);
    for layer in ["areas", "context"] {
        let count = u32::try_from(shown.layer(layer).len()).unwrap();
        assert_eq!(told(areas.header("tile-features"), layer), (count, count), "{layer}");
    }
}
