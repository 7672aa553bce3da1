//! The tile itself: that of `/tiles`, found by row and column, for whoever may see it.

use super::{Running, filled, followed, place};
use crate::house::{GRIDS, home, homes, said, tile};
use crate::ogc::escaped;
use crate::reader::Tile;
use serde_json::json;
use std::collections::BTreeSet;

/// An OGC path and the same tiles at `/tiles`.
const SAME: [(&str, &str); 5] = [
    ("/ogc/collections/areas/tiles", "areas"),
    ("/ogc/collections/households/tiles", "households"),
    ("/ogc/collections/context/tiles", "context"),
    ("/ogc/tiles", "areas,households,context"),
    ("/ogc/tiles?collections=households,areas", "areas,households"),
];

/// The path with matrix, row and column put in before its query, and more behind it.
fn at(path: &str, place: &str, more: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query = [query, more].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
    format!("{path}/WebMercatorQuad/{place}?{query}")
}

#[test]
fn tc_success_a_tile_is_byte_by_byte_that_of_the_same_layers_in_every_coding() {
    let house = Running::county();
    let admin = house.client("admin");
    for (path, layers) in SAME {
        for z in [0, 7, 12, 14] {
            let (ours, theirs) =
                (at(path, &place(&home(1, 3), z), ""), format!("/tiles/{layers}/{}", tile(&home(1, 3), z)));
            for coding in ["identity", "gzip", "br", "br;q=0, gzip;q=0.5"] {
                let accept = ("accept-encoding", coding);
                let (ours, theirs) = (admin.get_with(&ours, &[accept]), admin.get_with(&theirs, &[accept]));
                assert_eq!((ours.status, &ours.body), (theirs.status, &theirs.body), "{path} {z} {coding}");
                assert!(z < 12 || ours.header("content-type") == "application/vnd.mapbox-vector-tile", "{path} {z}");
                for name in ["content-type", "etag", "content-encoding"] {
                    assert_eq!(ours.header(name), theirs.header(name), "{path} {z} {coding}: {name}");
                }
            }
        }
        let path = at(path, &place(&home(1, 3), 12), "");
        let whole = admin.get(&path);
        let known = admin.get_with(&path, &[("if-none-match", whole.header("etag"))]);
        assert_eq!((known.status, known.body.len()), (304, 0), "{path}");
        let head = admin.send("HEAD", &path, &[], None);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        for name in ["etag", "cache-control", "vary"] {
            assert_eq!(known.header(name), whole.header(name), "{path}: {name}");
            assert_eq!(head.header(name), whole.header(name), "{path}: {name}");
        }
        admin.get_with(&path, &[("accept-encoding", "*;q=0")]).problem(406);
    }
}

#[test]
fn whose_layers_follow_from_who_asks_is_no_tile_for_everybody() {
    let house = Running::county();
    let public = house.client("public");
    let place = place(&home(1, 3), 12);
    for (path, cache, by_role) in [
        ("/ogc/tiles", "private, no-cache", true),
        ("/ogc/tiles?collections=areas", "private, no-cache", true),
        ("/ogc/collections/areas/tiles", "private, no-cache", true),
        ("/ogc/collections/context/tiles", "public, no-cache", false),
    ] {
        let reply = public.get(&at(path, &place, ""));
        assert_eq!((reply.status, reply.header("cache-control")), (200, cache), "{path}");
        let vary = reply.header("vary");
        assert_eq!(
            (vary.contains("Accept-Encoding"), vary.contains("Authorization")),
            (true, by_role),
            "{path}: {vary}"
        );
    }
}

#[test]
fn rows_and_columns_are_not_mistaken_for_each_other() {
    let house = Running::county();
    let admin = house.client("admin");
    for z in [3, 10, 16] {
        let right = place(&home(2, 5), z);
        let [z, row, column] = right.split('/').collect::<Vec<_>>()[..] else { panic!("{right}") };
        let path =
            |row: &str, column: &str| at("/ogc/collections/households/tiles", &format!("{z}/{row}/{column}"), "");
        assert_eq!(admin.get(&path(row, column)).status, 200);
        let problem = admin.get(&path(column, row)).problem(404);
        assert!(problem["detail"].as_str().unwrap().contains(&format!("row {column}, column {row}")), "{problem}");
    }
}

#[test]
fn what_a_tile_takes_it_takes_here_as_well_and_the_tileset_hands_it_on() {
    let house = Running::county();
    let admin = house.client("admin");
    let campaign = json!({ "name": "Spring", "from": "2026-03-01", "to": "2026-03-31" });
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    admin.visit("018f3b6e-0000-7000-8000-000000000001", "HH13", "visited");
    let (place, same) = (place(&home(1, 3), 14), tile(&home(1, 3), 14));
    let filters = [
        ("/ogc/collections/areas/tiles", "areas", format!("level=grid&filter={}", escaped("visited < 1"))),
        ("/ogc/collections/households/tiles", "households", format!("filter={}", escaped("outcome = 'visited'"))),
        ("/ogc/tiles?collections=areas", "areas", "campaign=1&level=township".to_owned()),
    ];
    for (path, layer, query) in filters {
        let (ours, plain) = (admin.get(&at(path, &place, &query)), admin.get(&at(path, &place, "")));
        assert_eq!(ours.body, admin.get(&format!("/tiles/{layer}/{same}?{query}")).body, "{query}");
        assert_ne!(ours.body, plain.body, "{query} changes something");
        let tileset = admin.json(&at(path, "", &query).replace("/?", "?"));
        assert_eq!(admin.get(&filled(&tileset, &place)).body, ours.body, "{query} is in the template");
        assert_eq!(admin.get(&format!("{}&f=mvt", at(path, &place, &query))).body, ours.body, "f=mvt");
    }
    for (query, field) in [
        ("campaign=x", "campaign"),
        ("level=street", "level"),
        ("filter=colour%3D1", "filter"),
        ("f=png", "f"),
        ("collections=areas&collections=context", "parameter"),
        ("collections=rivers", "collections"),
        ("collections=areas,visits", "collections"),
        ("collections=", "collections"),
    ] {
        let problem = admin.get(&at("/ogc/tiles", &place, query)).problem(400);
        assert_eq!(problem["field"], field, "{query}: {problem}");
        if field != "f" {
            admin.get(&format!("/ogc/tiles/WebMercatorQuad?{query}")).problem(400);
        }
    }
    for query in ["colour=red", "level=grid&level=village", "as=of"] {
        admin.get(&at("/ogc/tiles", &place, query)).problem(400);
    }
    let problem = admin.get(&at("/ogc/collections/areas/tiles", &place, "collections=context")).problem(400);
    assert!(problem["detail"].as_str().unwrap().contains("collections"), "{problem}");
}

#[test]
fn a_role_finds_the_layers_that_it_may_see_and_in_them_what_is_its_own() {
    let house = Running::county();
    let everybody = place(&home(0, 5), 7);
    for (role, layers) in [
        ("public", &["areas", "context"][..]),
        ("member", &["areas", "households", "context"]),
        ("admin", &["areas", "households", "context"]),
    ] {
        let client = house.client(role);
        let tileset = followed(&client, "/ogc");
        let named: Vec<&str> =
            tileset["layers"].as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
        assert_eq!(named, layers, "{role}");
        let shown = Tile::read(&client.get(&filled(&tileset, &everybody)).body);
        assert_eq!(!shown.layer("households").is_empty(), role != "public", "{role}");
    }
    let public = house.client("public");
    for path in [
        "/ogc/collections/households/tiles",
        "/ogc/collections/households/tiles/WebMercatorQuad",
        "/ogc/collections/households/tiles/WebMercatorQuad/0/0/0",
        "/ogc/tiles/WebMercatorQuad?collections=households",
        "/ogc/tiles/WebMercatorQuad/0/0/0?collections=areas,households",
    ] {
        public.get(path).problem(401);
    }
    let codes = |role: &str| {
        let client = house.client(role);
        let tileset = followed(&client, "/ogc/collections/households");
        let tiles: BTreeSet<String> = homes().map(|home| filled(&tileset, &place(&home, 16))).collect();
        let read = tiles.iter().map(|path| client.get(path)).filter(|reply| reply.status == 200);
        read.flat_map(|reply| {
            let shown = Tile::read(&reply.body);
            shown.layer("households").iter().map(|f| said(f, "code").unwrap().to_owned()).collect::<Vec<_>>()
        })
        .collect::<BTreeSet<_>>()
    };
    assert_eq!(codes("admin"), homes().map(|h| h.code).collect());
    let own: BTreeSet<String> = (0..10).map(|i| home(0, i).code).collect();
    assert_eq!(codes("member"), own, "those of {}", GRIDS[0]);
}
