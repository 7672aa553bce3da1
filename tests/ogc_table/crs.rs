//! Part 2: coordinate reference systems.

use super::{COLLECTIONS, CRS84, ids, positions};
use crate::house::{Client, Wide};
use crate::ogc::{LAT_FIRST, escaped, items, pages};
use serde_json::{Value, json};

const MERCATOR: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";

fn all_crs(client: &Client) -> Vec<String> {
    let list = client.json("/ogc/collections");
    list["crs"].as_array().unwrap().iter().map(|crs| crs.as_str().unwrap().to_owned()).collect()
}

#[test]
fn rows_p2_1_to_3_a_collection_lists_its_crss_and_the_one_it_is_stored_in() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let shared = all_crs(&client);
    for uri in &shared {
        assert!(uri.starts_with("http://www.opengis.net/def/crs/"), "row P2 1: {uri}");
    }
    for collection in COLLECTIONS {
        let listed = client.json(&format!("/ogc/collections/{collection}"));
        assert_eq!(listed["crs"], json!(shared), "row P2 1: {collection}: '#/crs' is the list of this collection");
        assert!(shared.iter().any(|uri| uri == CRS84), "row P2 2");
        let stored = listed["storageCrs"].as_str().expect("row P2 3");
        assert!(shared.iter().any(|uri| uri == stored), "row P2 3: {stored}");
    }
}

#[test]
fn rows_p2_4_and_6_items_and_an_item_say_in_which_crs_they_are() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let crss = all_crs(&client);
    for collection in COLLECTIONS {
        let items = format!("/ogc/collections/{collection}/items");
        let first = client.json(&format!("{items}?limit=1"))["features"][0]["id"].clone();
        for path in [items.clone(), format!("{items}/{}", escaped(first.as_str().unwrap()))] {
            assert_eq!(client.get(&path).header("content-crs"), format!("<{CRS84}>"), "row P2 6: {path}");
            // Each costs a transformation that is set up anew: all of them once, some everywhere.
            for uri in crss.iter().take(if path.ends_with("areas/items") { crss.len() } else { 6 }) {
                let reply = client.get(&format!("{path}?crs={}", escaped(uri)));
                assert_eq!(reply.status, 200, "row P2 4: {path} {uri}");
                assert_eq!(reply.header("content-crs"), format!("<{uri}>"), "row P2 4: {path}");
            }
        }
    }
}

#[test]
fn rows_p2_5_and_9_a_crs_that_is_not_listed_is_refused() {
    let wide = Wide::served();
    let client = wide.client("public");
    for crs in ["unsupported", "http://www.opengis.net/def/crs/EPSG/0/27700", "", "EPSG:4326"] {
        for path in ["items?", "items/331100?"] {
            let reply = client.get(&format!("/ogc/collections/areas/{path}crs={}", escaped(crs)));
            reply.wrong("crs", crs);
        }
        let reply = client.get(&format!("/ogc/collections/areas/items?bbox=1,2,3,4&bbox-crs={}", escaped(crs)));
        reply.wrong("bbox-crs", crs);
    }
}

#[test]
fn row_p2_7_latitude_comes_first_where_the_crs_says_so_and_turned_round_nothing_has_changed() {
    let wide = Wide::served();
    let client = wide.client("admin");
    for collection in COLLECTIONS {
        let plain = items(&client, collection, "limit=1000");
        let turned = items(&client, collection, &format!("limit=1000&crs={}", escaped(LAT_FIRST)));
        let pairs = plain["features"].as_array().unwrap().iter().zip(turned["features"].as_array().unwrap());
        for (one, other) in pairs {
            assert_eq!((&one["id"], &one["properties"]), (&other["id"], &other["properties"]), "row P2 7");
            let back: Vec<[f64; 2]> = positions(&other["geometry"]).into_iter().map(|[lat, lon]| [lon, lat]).collect();
            assert_eq!(positions(&one["geometry"]), back, "row P2 7: {one}");
        }
    }
}

/// Web mercator of a position, metres.
fn mercator([lon, lat]: [f64; 2]) -> [f64; 2] {
    let radius = 6_378_137.0;
    [radius * lon.to_radians(), radius * (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln()]
}

#[test]
fn rows_p2_8_and_10_a_bbox_in_another_crs_finds_the_same() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let found = |collection: &str, query: String| ids(&pages(&client, collection, &format!("limit=50&{query}")).1);
    let text = |numbers: [f64; 4]| numbers.map(|n| n.to_string()).join(",");
    let mut some = 0;
    for collection in COLLECTIONS {
        // None of them ends where something lies: a CRS rounds.
        for [w, s, e, n] in [[119.451, 28.39, 119.551, 28.47], [-1.6, 50.1, 1.6, 53.3], [-0.5, -0.5, 9.7, 60.7]] {
            let plain = found(collection, format!("bbox={}", text([w, s, e, n])));
            some += plain.len();
            let ([west, south], [east, north]) = (mercator([w, s]), mercator([e, n]));
            for (crs, corners) in
                [(CRS84, [w, s, e, n]), (LAT_FIRST, [s, w, n, e]), (MERCATOR, [west, south, east, north])]
            {
                let query = format!("bbox={}&bbox-crs={}", text(corners), escaped(crs));
                assert_eq!(found(collection, query), plain, "row P2 8: {collection} {crs}");
            }
        }
    }
    assert!(some > 50, "row P2 8: only {some} were found");
}

#[test]
fn row_p2_7_metres_of_web_mercator_are_those_of_its_formula() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let features = |crs: &str| -> Vec<Value> {
        let page = items(&client, "households", &format!("limit=1000&bbox=119,28,120,29&crs={}", escaped(crs)));
        page["features"].as_array().unwrap().clone()
    };
    for (plain, metres) in features(CRS84).iter().zip(features(MERCATOR)) {
        let expected = mercator(positions(&plain["geometry"])[0]);
        let got = positions(&metres["geometry"])[0];
        assert!((0..2).all(|i| (expected[i] - got[i]).abs() < 1e-3), "row P2 7: {expected:?} {got:?}");
    }
}
