//! A change is in every answer at the next request, and in no answer that it does not concern.

use crate::house::{Client, County, GRIDS, Home, Scratch, Server, TOWNSHIPS, home, homes, said, tile};
use crate::reader::Tile;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Eligible, visited and unvisited of every area.
fn figures(client: &Client) -> BTreeMap<String, [u64; 3]> {
    let answer = client.json("/api/coverage");
    let row = |area: &Value| {
        let figures = ["eligible", "visited", "unvisited"].map(|name| area[name].as_u64().unwrap());
        (area["code"].as_str().unwrap().to_owned(), figures)
    };
    answer["areas"].as_array().unwrap().iter().map(row).collect()
}

/// Every tile of a layer that the county touches, with its `ETag`.
fn etags(client: &Client, layer: &str, deepest: u8) -> BTreeMap<String, String> {
    let tiles: BTreeSet<String> = (0..=deepest).flat_map(|z| homes().map(move |h| tile(&h, z))).collect();
    let etag = |tile: String| {
        let etag = client.get(&format!("/tiles/{layer}/{tile}")).header("etag").to_owned();
        (tile, etag)
    };
    tiles.into_iter().map(etag).collect()
}

fn changed<'a>(before: &'a BTreeMap<String, String>, after: &BTreeMap<String, String>) -> BTreeSet<&'a str> {
    before.iter().filter(|(tile, etag)| after[*tile] != **etag).map(|(tile, _)| tile.as_str()).collect()
}

fn outcome(client: &Client, home: &Home) -> (String, String) {
    let reply = client.get(&format!("/tiles/households/{}", tile(home, 16)));
    let tile = Tile::read(&reply.body);
    let point = tile.layer("households").iter().find(|f| said(f, "code") == Some(&home.code)).unwrap();
    (said(point, "outcome").unwrap().to_owned(), said(point, "visited").unwrap().to_owned())
}

#[test]
fn a_visit_is_in_every_figure_list_and_tile_at_the_next_request_and_nowhere_else() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let called = home(0, 3);
    for (n, (came, counted)) in [("not_home", 0), ("visited", 1), ("partly", 1)].into_iter().enumerate() {
        let (before, areas, households) =
            (figures(&admin), etags(&admin, "areas", 14), etags(&admin, "households", 16));
        let was = u64::from(n > 1);
        let id = format!("018f3b6e-0000-7000-8000-{n:012}").replacen("00000000000", "10000000000", 1);
        let mut visit = json!({"id": id, "household": called.code, "outcome": came});
        visit["at"] = json!(format!("2026-01-0{}T08:00:00Z", n + 1));
        assert_eq!(admin.post("/api/visits", &visit).json()["results"][0]["result"], "stored");
        // Every level that holds the household, and no other area.
        let after = figures(&admin);
        for (code, [eligible, visited, unvisited]) in before {
            let held = [GRIDS[0], TOWNSHIPS[0], "331100"].contains(&code.as_str());
            let more = if held { counted - was } else { 0 };
            assert_eq!(after[&code], [eligible, visited + more, unvisited - more], "{code} after {came}");
        }
        // The lists.
        let left = admin.json("/api/unvisited?limit=1000");
        let listed = left["households"].as_array().unwrap().iter().find(|h| h["code"] == called.code.as_str());
        assert_eq!(left["total"], 36 - counted);
        assert_eq!(listed.map(|h| h["outcome"].clone()), (counted == 0).then(|| json!(came)));
        assert_eq!(admin.json(&format!("/api/households/{}", called.code))["visits"][0]["outcome"], came);
        // The tiles, by what they say and by their ETags.
        assert_eq!(outcome(&admin, &called), (came.to_owned(), (counted == 1).to_string()));
        let now = etags(&admin, "households", 16);
        let own: BTreeSet<String> = (0..=18).map(|z| tile(&called, z)).collect();
        for tile in changed(&households, &now) {
            assert!(own.contains(tile), "{tile} has changed and does not hold the household");
        }
        assert_ne!(households[&tile(&called, 16)], now[&tile(&called, 16)]);
        let now = etags(&admin, "areas", 14);
        let touched = changed(&areas, &now);
        if counted == was {
            assert!(touched.is_empty(), "the areas' figures are the same: {touched:?}");
        } else {
            assert!(
                own.iter()
                    .filter(|t| !["15/", "16/", "17/", "18/"].iter().any(|deeper| t.starts_with(deeper)))
                    .all(|t| touched.contains(t.as_str())),
                "{touched:?}"
            );
            let far: BTreeSet<String> = (12..=14).map(|z| tile(&home(3, 8), z)).collect();
            assert!(far.iter().all(|t| !touched.contains(t.as_str())), "a grid far off keeps its tiles: {touched:?}");
            let reply = admin.get(&format!("/tiles/areas/{}?level=grid", tile(&called, 14)));
            let shown = Tile::read(&reply.body);
            let grid = shown.layer("areas").iter().find(|f| said(f, "code") == Some(GRIDS[0])).unwrap();
            assert_eq!(said(grid, "visited"), Some("1"));
        }
    }
    // The digest of all that lives is the one that the store rebuilds.
    assert_eq!(admin.json("/api/check")["digest"], scratch.proved());
}

#[test]
fn a_visit_for_a_campaign_is_in_the_tiles_of_that_campaign_and_in_those_of_all_but_in_no_other() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    for name in ["one", "two"] {
        let campaign = json!({"name": name, "theme": "", "from": "2026-01-01", "to": "2026-01-31"});
        assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    }
    let called = home(2, 5);
    let path = |campaign: &str| format!("/tiles/areas,households/{}?level=grid{campaign}", tile(&called, 13));
    let ask =
        || ["", "&campaign=1", "&campaign=2"].map(|campaign| admin.get(&path(campaign)).header("etag").to_owned());
    let before = ask();
    let visit = json!({"id": "018f3b6e-0000-7000-8000-000000000001", "household": called.code, "campaign": 1,
                       "at": "2026-01-05T08:00:00Z", "outcome": "visited"});
    assert_eq!(admin.post("/api/visits", &visit).json()["results"][0]["result"], "stored");
    let after = ask();
    assert_ne!(before[0], after[0]);
    assert_ne!(before[1], after[1]);
    assert_eq!(before[2], after[2]);
}

/// Every tile of the county, with its `ETag`, layer by layer.
fn all_etags(client: &Client) -> BTreeMap<String, String> {
    let layers = ["areas", "households", "areas,households,context"];
    layers
        .iter()
        .flat_map(|layer| etags(client, layer, 16).into_iter().map(move |(t, etag)| (format!("{layer}/{t}"), etag)))
        .collect()
}

#[test]
fn while_many_read_and_write_every_write_is_in_the_next_answer_and_the_cache_ends_as_if_made_anew() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let writing = AtomicUsize::new(GRIDS.len());
    thread::scope(|s| {
        for (g, grid) in GRIDS.iter().enumerate() {
            let (server, tokens, writing) = (&server, &tokens, &writing);
            // Each writes in a grid of its own, so that it knows what the grid's figures must be.
            s.spawn(move || {
                let admin = server.client(Some(&tokens["admin"]));
                let done = Counted(writing);
                for i in 0..9 {
                    let home = home(g, i);
                    for (n, came) in ["not_home", "visited"].into_iter().enumerate() {
                        admin.visit(&format!("018f3b6e-0000-7000-8{g}{n}{i}-000000000001"), &home.code, came);
                        assert_eq!(outcome(&admin, &home), (came.to_owned(), (came == "visited").to_string()));
                        let reply = admin.get(&format!("/tiles/areas/{}?level=grid", tile(&home, 14)));
                        let shown = Tile::read(&reply.body);
                        let area = shown.layer("areas").iter().find(|f| said(f, "code") == Some(*grid)).unwrap();
                        assert_eq!(said(area, "visited").unwrap(), (i + n).to_string(), "{grid}");
                    }
                }
                drop(done);
            });
            s.spawn(move || {
                let analyst = server.client(Some(&tokens["analyst"]));
                while writing.load(Ordering::SeqCst) > 0 {
                    all_etags(&analyst);
                }
            });
        }
    });
    let kept = all_etags(&server.client(Some(&tokens["admin"])));
    server.stop();
    let server = Server::with(&scratch, &["--tile-cache-mb", "0"]);
    assert_eq!(all_etags(&server.client(Some(&tokens["admin"]))), kept);
    assert!(kept.len() > 100 && kept.values().filter(|etag| !etag.is_empty()).count() > 100);
}

/// One less at its end, however it ends.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
