//! Every door through which figures of areas leave.

use super::ground::{CAMPAIGNS, Ground};
use crate::archive::Archive;
use crate::house::{Client, Scratch, said};
use crate::reader::Tile;
use melonmap::geom::{Bbox, TileId};
use serde_json::Value;
use std::collections::BTreeMap;

/// The figures of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    pub eligible: u64,
    pub visited: u64,
}

/// All that was found, by campaign and code: whatever door tells it, it is the same.
#[derive(Default)]
struct Found(BTreeMap<(usize, String), Option<Figures>>);

impl Found {
    fn note(&mut self, door: &str, campaign: usize, code: &str, figures: Option<Figures>) {
        let known = self.0.entry((campaign, code.to_owned())).or_insert(figures);
        assert_eq!(*known, figures, "{door}: {code} in campaign {}", campaign + 1);
    }
}

/// Three counts that have to fit; nothing where none is there.
fn figures(count: impl Fn(&str) -> Option<u64>, what: &dyn std::fmt::Debug) -> Option<Figures> {
    let counts = ["eligible", "visited", "unvisited"].map(count);
    let [Some(eligible), Some(visited), Some(unvisited)] = counts else {
        assert_eq!(counts, [None; 3], "{what:?}");
        return None;
    };
    assert_eq!(visited + unvisited, eligible, "{what:?}");
    Some(Figures { eligible, visited })
}

fn of_json(value: &Value) -> Option<Figures> {
    let found = figures(|name| value[name].as_u64(), value);
    assert_eq!(found.is_none(), value["held_back"] == true, "{value}");
    found
}

/// Asks every door about every area, level and campaign, and gives the figures that were told.
pub fn everything(
    client: &Client,
    scratch: &Scratch,
    ground: &Ground,
    public: bool,
) -> BTreeMap<(usize, String), Figures> {
    let mut found = Found::default();
    let areas = ground.areas();
    for campaign in 0..CAMPAIGNS {
        let query = format!("campaign={}", campaign + 1);
        let mut queries = vec![query.clone()];
        queries.extend(["county", "township", "village", "grid"].map(|level| format!("{query}&level={level}")));
        queries.extend(areas.keys().map(|code| format!("{query}&within={code}")));
        queries.push(format!("{query}&bbox=119.41,28.40,119.43,28.41"));
        for query in &queries {
            coverage(&mut found, client, campaign, query);
        }
        let covered: Vec<&String> =
            areas.keys().filter(|code| !found.0.contains_key(&(campaign, (*code).clone()))).collect();
        assert!(covered.is_empty(), "no word of {covered:?}");
        tiles(&mut found, client, campaign, &query);
        if public {
            archive(&mut found, scratch, campaign);
        }
    }
    if public {
        // Who names no campaign is told of one campaign, and by its number.
        let report = client.json("/api/coverage");
        if let Some(campaign) = report["campaign"].as_u64() {
            for area in report["areas"].as_array().unwrap() {
                found.note("default", campaign as usize - 1, area["code"].as_str().unwrap(), of_json(area));
                let one = client.json(&format!("/api/areas/{}", area["code"].as_str().unwrap()));
                found.note("area", campaign as usize - 1, one["code"].as_str().unwrap(), of_json(&one["coverage"]));
            }
            tiles(&mut found, client, campaign as usize - 1, "");
        }
        no_figure_elsewhere(client);
    }
    found.0.into_iter().filter_map(|(key, figures)| Some((key, figures?))).collect()
}

fn coverage(found: &mut Found, client: &Client, campaign: usize, query: &str) {
    let report = client.json(&format!("/api/coverage?{query}"));
    for area in report["areas"].as_array().unwrap() {
        found.note(query, campaign, area["code"].as_str().unwrap(), of_json(area));
    }
    let drawn = client.json(&format!("/api/coverage?{query}&f=geojson"));
    for feature in drawn["features"].as_array().unwrap() {
        found.note("geojson", campaign, feature["id"].as_str().unwrap(), of_json(&feature["properties"]));
    }
    let table = client.get(&format!("/api/coverage?{query}&f=csv"));
    let mut rows = csv::Reader::from_reader(table.body.as_slice());
    for row in rows.deserialize::<BTreeMap<String, String>>().map(Result::unwrap) {
        found.note("csv", campaign, &row["code"], figures(|name| row[name].parse().ok(), &row));
    }
}

fn look(found: &mut Found, campaign: usize, bytes: &[u8]) -> usize {
    let tile = Tile::read(bytes);
    for feature in tile.layer("areas") {
        let figures = figures(|name| said(feature, name).map(|count| count.parse().unwrap()), &feature.tags);
        match said(feature, "code") {
            Some(code) => found.note("tile", campaign, code, figures),
            None => assert_eq!(figures, None, "what stands for several areas"),
        }
    }
    tile.layer("areas").len()
}

fn tiles(found: &mut Found, client: &Client, campaign: usize, query: &str) {
    let bbox = Bbox::new(119.4, 28.4, 119.64, 28.42).unwrap();
    let mut features = 0;
    for z in 0..=14 {
        for level in ["", "county", "township", "village", "grid"] {
            // Where there are many tiles, those of one level at the deepest zoom say no more.
            if z > 11 && !level.is_empty() && z < 14 {
                continue;
            }
            let level = if level.is_empty() { String::new() } else { format!("&level={level}") };
            for tile in TileId::covering(&bbox, z) {
                let reply = client
                    .get(&format!("/tiles/areas,context/{tile}?{}", format!("{query}{level}").trim_start_matches('&')));
                assert!([200, 204].contains(&reply.status), "{tile}: {}", reply.text());
                features += look(found, campaign, &reply.body);
            }
        }
    }
    assert!(features > 50, "{features}");
}

fn archive(found: &mut Found, scratch: &Scratch, campaign: usize) {
    let out = scratch.path("out.pmtiles");
    let number = (campaign + 1).to_string();
    let args = [
        "export",
        "tiles",
        out.to_str().unwrap(),
        "--force",
        "--layers",
        "areas",
        "--zooms",
        "0-12",
        "--campaign",
        &number,
    ];
    scratch.run(&args).done();
    for bytes in Archive::read(&std::fs::read(&out).unwrap()).tiles().values() {
        look(found, campaign, bytes);
    }
}

/// Items of areas, in every form, and what tells how much is being entered.
fn no_figure_elsewhere(client: &Client) {
    for form in ["json", "jsonfg", "geojsonseq", "csv", "html"] {
        let text = client.get(&format!("/ogc/collections/areas/items?limit=100&f={form}")).text();
        for name in ["eligible", "visited", "rate"] {
            assert!(text.contains("G01") && !text.contains(name), "{form} names {name}");
        }
    }
    let tile = client.get("/ogc/collections/areas/tiles/WebMercatorQuad/0/0/0");
    assert_eq!(tile.status, 200);
    client.get("/metrics").problem(401);
    client.get("/api/rates").problem(401);
    client.get("/api/unvisited").problem(401);
    let seq = client.seq();
    assert!(seq < 60, "{seq} changes that everybody may hear of");
}
