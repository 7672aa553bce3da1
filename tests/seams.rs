//! Areas below a pixel are drawn by the area above them: each counted, as fresh as any other, and one by one where a filter asks.

use crate::house::{County, GRIDS, Scratch, Server, TOWNSHIPS, home, said, tile};
use crate::reader::Tile;
use serde_json::json;
use std::collections::BTreeMap;

/// What the tile of a zoom says of the areas in it: code, `merged`, `eligible`, `visited`.
fn shown(body: &[u8]) -> BTreeMap<String, (Option<String>, String, String)> {
    let figure = |feature, name| said(feature, name).map(str::to_owned);
    let features = Tile::read(body);
    let row = |feature| {
        let code = figure(feature, "code").unwrap();
        let (eligible, visited) = (figure(feature, "eligible").unwrap(), figure(feature, "visited").unwrap());
        (code, (figure(feature, "merged"), eligible, visited))
    };
    features.layer("areas").iter().map(row).collect()
}

/// A grid of the county is 0.05° wide: over a pixel at zoom 4, half of one at zoom 3, less than half of its township.
fn asked(z: u8, more: &str) -> String {
    format!("/tiles/areas/{}?level=grid{more}", tile(&home(1, 4), z))
}

fn row(merged: Option<&str>, eligible: &str, visited: &str) -> (Option<String>, String, String) {
    (merged.map(str::to_owned), eligible.to_owned(), visited.to_owned())
}

#[test]
fn a_grid_below_a_pixel_is_drawn_by_the_nearest_area_above_that_is_not() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let analyst = server.client(Some(&tokens["analyst"]));
    let at = |z: u8, more: &str| shown(&analyst.get(&asked(z, more)).body);
    assert_eq!(at(4, ""), GRIDS.map(|code| (code.to_owned(), row(None, "9", "0"))).into());
    assert_eq!(at(3, ""), TOWNSHIPS.map(|code| (code.to_owned(), row(Some("2"), "18", "0"))).into());
    // Here not even the county has a pixel: it draws one for all.
    assert_eq!(at(0, ""), [("331100".to_owned(), row(Some("4"), "36", "0"))].into());
    // What a filter lets pass is shown as itself.
    let filter = format!("&filter=code%3D%27{}%27", GRIDS[2]);
    assert_eq!(at(0, &filter), [(GRIDS[2].to_owned(), row(None, "9", "0"))].into());
    let fields = analyst.json("/tiles/areas")["vector_layers"][0]["fields"].clone();
    assert!(fields["merged"].as_str().unwrap().contains("smaller than a pixel"), "{fields}");
}

#[test]
fn what_draws_grids_below_a_pixel_is_as_fresh_as_they_are_and_others_stay_cached() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let etags = || [0, 3, 4].map(|z| admin.get(&asked(z, "")).header("etag").to_owned());
    let before = etags();
    assert_eq!(before, etags());
    for (n, (grid, household)) in [(0, 1), (3, 2)].into_iter().enumerate() {
        let old = etags();
        let visit = json!({"id": format!("018f3b6e-0000-7000-8000-00000000000{n}"), "household": home(grid, household).code,
                           "at": "2026-01-05T08:00:00Z", "outcome": "visited"});
        assert_eq!(admin.post("/api/visits", &visit).json()["results"][0]["result"], "stored");
        for (z, (old, new)) in [0, 3, 4].into_iter().zip(old.iter().zip(etags())) {
            assert_ne!(*old, new, "zoom {z} after a visit in grid {grid}");
        }
        let visited = shown(&admin.get(&asked(3, "")).body);
        assert_eq!(visited[TOWNSHIPS[0]].2, "1");
        assert_eq!(visited[TOWNSHIPS[1]].2, n.to_string());
    }
    assert_eq!(shown(&admin.get(&asked(0, "")).body)["331100"], row(Some("4"), "36", "2"));
}
