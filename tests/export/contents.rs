//! What is in an archive: the tiles of the service, all that are not empty, for who will see it.

use super::{beside, export, exported};
use crate::archive::Archive;
use crate::house::{Client, County, GRIDS, Scratch, Server, TOWNSHIPS, Wide, said};
use crate::reader::Tile;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::PI;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// West, south, east, north of the county.
const COUNTY: [f64; 4] = [119.40, 28.40, 119.60, 28.45];

/// Columns and rows of the tiles of a zoom that touch a rectangle, by the formula of the OpenStreetMap wiki's "Slippy map tilenames".
#[allow(clippy::cast_sign_loss)] // clamped to 0 and above
fn columns_and_rows([west, south, east, north]: [f64; 4], z: u8) -> ([u32; 2], [u32; 2]) {
    let n = f64::from(1u32 << z);
    let column = |lon: f64| ((lon + 180.0) / 360.0 * n).floor().clamp(0.0, n - 1.0) as u32;
    let row = |lat: f64| ((1.0 - lat.to_radians().tan().asinh() / PI) / 2.0 * n).floor().clamp(0.0, n - 1.0) as u32;
    ([column(west), column(east)], [row(north), row(south)])
}

/// The tiles of a zoom that touch a rectangle.
fn tiles_of(bbox: [f64; 4], z: u8) -> Vec<String> {
    let ([west, east], [north, south]) = columns_and_rows(bbox, z);
    (north..=south).flat_map(|y| (west..=east).map(move |x| format!("{z}/{x}/{y}"))).collect()
}

/// The tiles of a zoom around the county, and one more on each side.
fn around(z: u8) -> Vec<String> {
    let ([west, east], [north, south]) = columns_and_rows(COUNTY, z);
    let last = (1u32 << z) - 1;
    let rows = north.saturating_sub(1)..=(south + 1).min(last);
    let name = |y: u32| (west.saturating_sub(1)..=(east + 1).min(last)).map(move |x| format!("{z}/{x}/{y}"));
    rows.flat_map(name).collect()
}

/// Those of some tiles that the service answers with something.
fn answered(
    client: &Client,
    layers: &str,
    query: &str,
    tiles: impl Iterator<Item = String>,
) -> BTreeMap<String, Vec<u8>> {
    let ask = |tile: String| {
        let reply = client.get(&format!("/tiles/{layers}/{tile}?{query}"));
        assert!([200, 204].contains(&reply.status), "{tile}: {}", reply.text());
        (tile, reply.body)
    };
    tiles.map(ask).filter(|(_, body)| !body.is_empty()).collect()
}

#[track_caller]
fn same(archive: &Archive, expected: &BTreeMap<String, Vec<u8>>, what: &str) {
    let tiles = archive.tiles();
    let names = |tiles: &BTreeMap<String, Vec<u8>>| tiles.keys().cloned().collect::<BTreeSet<_>>();
    let (mine, theirs) = (names(&tiles), names(expected));
    let (more, fewer): (Vec<_>, Vec<_>) = (mine.difference(&theirs).collect(), theirs.difference(&mine).collect());
    assert!(more.is_empty() && fewer.is_empty(), "{what}: too many {more:?}, missing {fewer:?}");
    assert!(tiles == *expected, "{what}: a tile says something else");
}

/// The county after a few visits, one of them in a campaign.
fn visited() -> (Scratch, Server, impl Fn(&str) -> Client) {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    for (n, household, outcome) in [(1, "HH00", "visited"), (2, "HH01", "not_home"), (3, "HH21", "partly")] {
        admin.visit(&format!("018f3b6e-0000-7000-8000-00000000000{n}"), household, outcome);
    }
    let campaign = json!({ "name": "Spring", "from": "2026-03-01", "to": "2026-03-31" });
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    let visit = json!({"id": "018f3b6e-0000-7000-8000-000000000009", "household": "HH05", "campaign": 1,
                       "at": "2026-03-02T08:00:00Z", "outcome": "visited"});
    assert_eq!(admin.post("/api/visits", &visit).json()["results"][0]["result"], "stored");
    let url = server.url.clone();
    let client = move |role: &str| Client::new(&url, tokens.get(role).map(String::as_str));
    (scratch, server, client)
}

/// Role, layers, and what is asked of the service and of the export; the deepest zoom.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], u8);

#[test]
fn every_tile_that_the_service_answers_is_in_the_archive_and_no_other() {
    let (scratch, _server, client) = visited();
    let grid = ["--role", "member", "--area", GRIDS[0]];
    let west = ["--role", "coordinator", "--area", TOWNSHIPS[0]];
    let cases: [Case<'_>; 11] = [
        ("public", "areas,context", "", &[], 14),
        ("public", "areas", "level=grid", &["--level", "grid"], 13),
        ("public", "areas", "campaign=1", &["--campaign", "1"], 12),
        ("public", "areas", "filter=name%20%3C%3E%20%27East%27", &["--filter", "name <> 'East'"], 14),
        ("admin", "areas", "filter=visited%20%3E%200", &["--role", "admin", "--filter", "visited > 0"], 14),
        ("public", "context", "filter=class%3D'school'", &["--filter", "class='school'"], 15),
        ("admin", "households,areas,context", "", &["--role", "admin"], 16),
        ("analyst", "households", "filter=visited%3Dtrue", &["--role", "analyst", "--filter", "visited=true"], 14),
        ("inspector", "households", "campaign=1", &["--role", "inspector", "--campaign", "1"], 14),
        ("member", "households", "", &grid, 15),
        ("coordinator", "households,context", "", &west, 14),
    ];
    for (role, layers, query, flags, deepest) in cases {
        let zooms = format!("0-{deepest}");
        let mut all = vec!["--layers", layers, "--zooms", &zooms];
        all.extend(flags);
        let archive = exported(&scratch, &all);
        let expected = answered(&client(role), layers, query, (0..=deepest).flat_map(around));
        assert!(expected.len() > 3 && archive.zooms == (0, deepest));
        same(&archive, &expected, &format!("{role} {layers} {query}"));
    }
}

#[test]
fn from_pole_to_pole_and_over_the_antimeridian_the_archive_is_what_the_service_answers() {
    let wide = Wide::served();
    for (role, layers) in [("public", "areas"), ("analyst", "households")] {
        let archive = exported(wide.scratch(), &["--layers", layers, "--role", role, "--zooms", "0-5"]);
        let all = (0..=5u8).flat_map(|z| tiles_of([-180.0, -90.0, 180.0, 90.0], z));
        let expected = answered(&wide.client(role), layers, "", all);
        assert!(expected.len() > 20 && expected.len() < 1_000, "{}", expected.len());
        same(&archive, &expected, layers);
    }
    let layers = "areas,context";
    let flags = ["--layers", layers, "--zooms", "7-9", "--within", "175,62,-175,70"];
    let archive = exported(wide.scratch(), &flags);
    let both = |z| tiles_of([175.0, 62.0, 180.0, 70.0], z).into_iter().chain(tiles_of([-180.0, 62.0, -175.0, 70.0], z));
    let expected = answered(&wide.client("public"), layers, "", (7..=9).flat_map(both));
    assert!(
        expected.keys().any(|name| name.starts_with("8/0/")) && expected.keys().any(|name| name.starts_with("8/255/"))
    );
    same(&archive, &expected, "over the antimeridian");
    assert_eq!(archive.bounds, [-1_800_000_000, 620_000_000, 1_800_000_000, 700_000_000]);
}

#[test]
fn within_an_area_or_a_rectangle_are_the_tiles_that_touch_it_and_they_are_whole() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let whole = exported(&scratch, &["--layers", "areas,context", "--zooms", "0-15"]).tiles();
    // Both are rectangles: east of the first township, and a corner of the first grid.
    let east = [119.50, 28.40, 119.60, 28.45];
    let corner = [119.401, 28.401, 119.402, 28.402];
    for (within, bbox) in [(TOWNSHIPS[1], east), ("119.401,28.401,119.402,28.402", corner)] {
        let archive = exported(&scratch, &["--layers", "areas,context", "--zooms", "0-15", "--within", within]);
        let mut expected = whole.clone();
        expected.retain(|name, _| {
            let parts: Vec<u32> = name.split('/').map(|part| part.parse().unwrap()).collect();
            let ([west, east], [north, south]) = columns_and_rows(bbox, parts[0] as u8);
            (west..=east).contains(&parts[1]) && (north..=south).contains(&parts[2])
        });
        assert!(expected.len() >= 16 && expected.len() < whole.len());
        same(&archive, &expected, within);
        let bounds = bbox.map(|degrees| (degrees * 1e7).round() as i32);
        assert_eq!(archive.bounds, bounds, "a map asks for no tile outside them");
    }
}

#[test]
fn the_same_store_gives_the_same_bytes_whatever_the_threads() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let mut all = BTreeSet::new();
    for threads in ["1", "1", "2", "7"] {
        let out = scratch.path("out.pmtiles");
        let mut command = crate::house::command();
        command.env("RAYON_NUM_THREADS", threads).args(["export", "tiles", "--force", "--role", "admin"]);
        command.args(["--layers", "areas,households,context", "--store"]).arg(scratch.store()).arg(&out);
        crate::house::Ran::of(&command.output().unwrap()).done();
        all.insert(fs::read(out).unwrap());
    }
    assert_eq!(all.len(), 1);
    let archive = Archive::read(all.first().unwrap());
    assert!(archive.stored.values().all(|tile| tile[4..8] == [0; 4]), "no time in them (RFC 1952 § 2.3)");
}

#[test]
fn the_head_says_what_is_in_it() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let archive = exported(&scratch, &["--layers", "context,areas", "--zooms", "3-12"]);
    assert_eq!((archive.zooms, archive.bounds), ((3, 12), [1_194_000_000, 284_000_000, 1_196_000_000, 284_500_000]));
    let (zoom, lon, lat) = archive.center;
    assert_eq!((lon, lat), (1_195_000_000, 284_250_000));
    assert!((10..=12).contains(&zoom), "{zoom}");
    let about = &archive.metadata;
    assert_eq!((&about["name"], &about["attribution"]), (&json!("Small County"), &json!("© Nobody")));
    let server = Server::start(&scratch);
    let mut layers = server.client(Some(&tokens["admin"])).json("/tiles/areas,context")["vector_layers"].clone();
    for layer in layers.as_array_mut().unwrap() {
        (layer["minzoom"], layer["maxzoom"]) = (json!(3), json!(12));
    }
    assert_eq!(about["vector_layers"], layers);
    let [tiles, entries, different] = exported(&scratch, &["--layers", "areas", "--zooms", "0-16"]).counts;
    assert!(different < entries && entries < tiles, "inside an area one tile is like the next");
}

/// Codes of the households in an archive, and whether one stands there as part of a cell.
fn households(archive: &Archive) -> BTreeSet<String> {
    let read = |bytes: &Vec<u8>| {
        let tile = Tile::read(bytes);
        tile.layer("households").iter().map(|f| said(f, "code").unwrap_or("cell").to_owned()).collect::<Vec<_>>()
    };
    archive.tiles().values().flat_map(read).collect()
}

#[test]
fn what_only_a_role_may_see_is_in_it_only_when_asked_for_by_that_role() {
    let (scratch, _server, _client) = visited();
    for flags in [&["--layers", "households"][..], &["--layers", "areas,households,context"]] {
        for role in [&[][..], &["--role", "public"], &["--role", "planner"]] {
            let ran = export(&scratch, &[flags, role].concat());
            let who = role.last().unwrap_or(&"public");
            let told =
                format!("layers: 'households' is not for the role {who}: say with --role who will see it: member, ");
            ran.refused(1, &[&told, "coordinator, inspector, analyst, admin"]);
        }
    }
    assert!(beside(&scratch).is_empty(), "{:?}", beside(&scratch));
    let member = ["--layers", "areas,households,context", "--role", "member", "--area", GRIDS[0], "--zooms", "0-16"];
    let archive = exported(&scratch, &member);
    let own: BTreeSet<String> = (0..10).map(|i| format!("HH0{i}")).collect();
    assert_eq!(households(&archive), own);
    let mode = |scratch: &Scratch| fs::metadata(scratch.path("out.pmtiles")).unwrap().permissions().mode() & 0o077;
    assert_eq!(mode(&scratch), 0, "for its owner alone");
    // The bounds tell of no other household either.
    let archive =
        exported(&scratch, &["--layers", "households", "--role", "member", "--area", GRIDS[0], "--zooms", "0-16"]);
    assert_eq!(archive.bounds, [1_194_000_000, 284_000_000, 1_194_500_000, 284_500_000]);
    let fields = ["code", "status", "outcome", "eligible", "visited"].map(str::to_owned);
    for tile in archive.tiles().values() {
        for feature in Tile::read(tile).features() {
            assert!(feature.tags.iter().all(|(name, _)| fields.contains(name)), "{:?}", feature.tags);
        }
    }
    let archive = exported(&scratch, &["--layers", "areas,context", "--role", "admin"]);
    assert!(households(&archive).is_empty(), "a role is shown the layers that were named");
    assert_eq!(mode(&scratch), 0, "exact figures are for its owner alone");
    exported(&scratch, &["--layers", "areas,context"]);
    assert_ne!(mode(&scratch), 0, "everybody may see it");
}

#[test]
fn the_last_line_says_what_was_written() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let ran = export(&scratch, &["--layers", "areas", "--zooms", "0-9"]);
    let archive = Archive::read(&fs::read(scratch.path("out.pmtiles")).unwrap());
    let size = fs::metadata(scratch.path("out.pmtiles")).unwrap().len();
    let [tiles, _, different] = archive.counts;
    let digits = size.to_string();
    let (thousands, rest) = digits.split_at(digits.len() - 3);
    let told = format!("out.pmtiles: {tiles} tiles of zoom 0 to 9, {different} different; {thousands},{rest} bytes; ");
    assert!(ran.done().contains(&told), "{told}: {ran:?}");
    assert_eq!(beside(&scratch), ["out.pmtiles"]);
}
