//! Tiles with a filter: what passes, at once, and nothing that the caller may not ask for.

use crate::house::{Client, County, GRIDS, Scratch, Server, home, homes, said, tile};
use crate::reader::Tile;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A text as a query carries it.
fn query(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => escaped + &char::from(byte).to_string(),
        _ => escaped + &format!("%{byte:02X}"),
    })
}

/// The codes that a layer's tile shows; none where it is empty.
fn codes(client: &Client, layer: &str, place: &str, asked: &str) -> BTreeSet<String> {
    let reply = client.get(&format!("/tiles/{layer}/{place}?{asked}"));
    if reply.status == 204 {
        return BTreeSet::new();
    }
    assert_eq!(reply.status, 200, "{place}?{asked}: {}", reply.text());
    Tile::read(&reply.body).layer(layer).iter().map(|f| said(f, "code").unwrap().to_owned()).collect()
}

/// Those that the items of the collection show for the same filter.
fn listed(client: &Client, collection: &str, filter: &str) -> BTreeSet<String> {
    let page = client.json(&format!("/ogc/collections/{collection}/items?limit=1000&filter={}", query(filter)));
    page["features"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap().to_owned()).collect()
}

fn visit(client: &Client, id: u32, household: &str, at: &str, outcome: &str, campaign: Option<u32>) {
    let id = format!("018f3b6e-0000-7000-8000-{id:012}");
    let mut visit = json!({ "id": id, "household": household, "at": at, "outcome": outcome });
    if let Some(campaign) = campaign {
        visit["campaign"] = json!(campaign);
    }
    assert_eq!(client.post("/api/visits", &visit).json()["results"][0]["result"], "stored");
}

struct Visited {
    server: Server,
    tokens: std::collections::HashMap<&'static str, String>,
    _scratch: Scratch,
}

/// The county after a few visits.
fn visited() -> Visited {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    visit(&admin, 1, "HH00", "2026-01-02T08:00:00Z", "visited", None);
    visit(&admin, 2, "HH01", "2026-01-02T09:00:00Z", "not_home", None);
    visit(&admin, 3, "HH21", "2026-01-03T08:00:00Z", "partly", None);
    Visited { server, tokens, _scratch: scratch }
}

#[test]
fn at_every_zoom_a_filtered_layer_shows_what_the_items_of_its_collection_do() {
    let Visited { server, tokens, .. } = visited();
    let admin = server.client(Some(&tokens["admin"]));
    let west = home(0, 9);
    let near = format!("S_INTERSECTS(geometry, BBOX(119.4,28.4,{},{}))", west.lon + 0.000_1, west.lat + 0.000_1);
    let area = format!("area = '{}' AND NOT (outcome = 'visited')", GRIDS[0]);
    let filters = [
        ("status = 'vacant'", 4),
        ("visited = true", 2),
        ("outcome IN ('not_home', 'partly')", 2),
        ("outcome IS NULL AND eligible = true", 33),
        ("code LIKE 'HH1%' AND persons > 3", 10),
        ("persons > 4", 0),
        ("CASEI(address) = CASEI('melon lane 1723')", 1),
        (near.as_str(), 10),
        (area.as_str(), 1), // of the others nothing is known
    ];
    for (filter, count) in filters {
        let expected = listed(&admin, "households", filter);
        assert_eq!(expected.len(), count, "{filter}");
        for z in [0, 5, 10, 13, 16] {
            let tiles: BTreeSet<String> = homes().map(|h| tile(&h, z)).collect();
            let shown = tiles.iter().map(|t| codes(&admin, "households", t, &format!("filter={}", query(filter))));
            assert_eq!(shown.flatten().collect::<BTreeSet<_>>(), expected, "{filter} at zoom {z}");
        }
    }
    let tiles: BTreeSet<String> = homes().map(|h| tile(&h, 14)).collect();
    let filter = "unvisited >= 9 AND level = 'grid'";
    let asked = format!("level=grid&filter={}", query(filter));
    let shown = tiles.iter().flat_map(|t| codes(&admin, "areas", t, &asked)).collect::<BTreeSet<_>>();
    assert_eq!(shown, listed(&admin, "areas", filter));
    assert_eq!(shown.len(), 2);
    // The street crosses them all, whatever its filter lets through.
    let named = |filter: &str| {
        let reply = admin.get(&format!("/tiles/context/{}?filter={}", tile(&home(1, 4), 14), query(filter)));
        let names = |body: &[u8]| {
            let tile = Tile::read(body);
            tile.layer("context").iter().filter_map(|f| said(f, "name").map(str::to_owned)).collect::<Vec<_>>()
        };
        if reply.status == 204 { Vec::new() } else { names(&reply.body) }
    };
    assert_eq!((named("class = 'street'"), named("class = 'water'")), (vec!["Long Street".to_owned()], vec![]));
}

#[test]
fn a_write_lets_in_and_out_at_the_next_request() {
    let Visited { server, tokens, .. } = visited();
    let admin = server.client(Some(&tokens["admin"]));
    let at = home(3, 3);
    let asked = |filter: &str| format!("level=grid&filter={}", query(filter));
    let shows = |layer: &str, filter: &str, code: &str| {
        (0..=14).map(|z| codes(&admin, layer, &tile(&at, z), &asked(filter)).contains(code)).collect::<BTreeSet<_>>()
    };
    for round in 0..3 {
        let visited = round > 0;
        assert_eq!(shows("households", "visited = true", "HH33"), [visited].into(), "round {round}");
        assert_eq!(shows("households", "outcome IS NULL", "HH33"), [!visited].into(), "round {round}");
        assert_eq!(shows("areas", "visited > 0", GRIDS[3]), [visited].into(), "round {round}");
        assert_eq!(shows("areas", "visited < 1", GRIDS[3]), [!visited].into(), "round {round}");
        // The same outcome a day later changes nothing that a tile shows, but when the visit was.
        let later = format!("called_at >= TIMESTAMP('2026-02-0{}T00:00:00Z')", round.max(1));
        assert_eq!(shows("households", &later, "HH33"), [visited].into(), "round {round}");
        visit(&admin, 10 + round, "HH33", &format!("2026-02-0{}T08:00:00Z", round + 1), "visited", None);
    }
}

#[test]
fn outcomes_and_figures_are_those_of_the_campaign_asked_for() {
    let Visited { server, tokens, .. } = visited();
    let admin = server.client(Some(&tokens["admin"]));
    let campaign = json!({ "name": "Spring", "from": "2026-03-01", "to": "2026-03-31" });
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    visit(&admin, 20, "HH05", "2026-03-02T08:00:00Z", "visited", Some(1));
    let place = tile(&home(0, 5), 0);
    let by = |campaign: &str| {
        let homes = codes(&admin, "households", &place, &format!("filter={}{campaign}", query("visited = true")));
        let asked = format!("level=grid&filter={}{campaign}", query("visited >= 1"));
        let areas = codes(&admin, "areas", &tile(&home(0, 5), 7), &asked);
        (homes.into_iter().collect::<Vec<_>>(), areas.into_iter().collect::<Vec<_>>())
    };
    let codes = |codes: &[&str]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(by(""), (codes(&["HH00", "HH05", "HH21"]), codes(&[GRIDS[0], GRIDS[2]])));
    assert_eq!(by("&campaign=1"), (codes(&["HH05"]), codes(&[GRIDS[0]])));
}

#[test]
fn a_filter_that_cannot_be_is_refused_by_name_and_reaches_no_further_than_its_caller() {
    let Visited { server, tokens, .. } = visited();
    let place = tile(&home(0, 5), 12);
    let deep = format!("{}persons > 1{}", "(".repeat(1_000), ")".repeat(1_000));
    let cases = [
        ("admin", "households", "colour = 'red'", "colour"),
        ("admin", "areas,households", "status = 'vacant'", "status"),
        ("admin", "households", "persons >", "filter"),
        ("admin", "households", "persons > 'many'", "persons"),
        ("admin", "households", &deep, "nest"),
        ("admin", "households", "contact = 'x'", "contact"),
        ("analyst", "households", "persons > 3", "persons"),
    ];
    for (role, layers, filter, named) in cases {
        let client = server.client(Some(&tokens[role]));
        for path in [format!("/tiles/{layers}/{place}"), format!("/tiles/{layers}")] {
            let reply = client.get(&format!("{path}?filter={}", query(filter)));
            if role == "analyst" && reply.status == 403 {
                continue; // not even the layer is theirs
            }
            let problem = reply.problem(400);
            assert!(problem["detail"].as_str().unwrap().contains(named), "{filter}: {problem}");
        }
    }
    // What a member filters lies in his own grid.
    let member = server.client(Some(&tokens["member"]));
    let all = codes(&member, "households", &tile(&home(0, 5), 0), &format!("filter={}", query("eligible = true")));
    assert_eq!(all, (0..9).map(|i| home(0, i).code).collect());
    server.client(None).get(&format!("/tiles/households/{place}?filter=1%3D1")).problem(401);
}

#[test]
fn the_tilejson_of_a_filter_names_tiles_with_it() {
    let Visited { server, tokens, .. } = visited();
    let admin = server.client(Some(&tokens["admin"]));
    let filter = "outcome = 'not_home' AND code LIKE 'HH%'";
    let document = admin.json(&format!("/tiles/households?filter={}", query(filter)));
    let url = document["tiles"][0].as_str().unwrap();
    assert!(url.starts_with(&server.url) && !url.contains(' '), "{url}");
    let place = tile(&home(0, 1), 14);
    let parts: Vec<&str> = place.split('/').collect();
    let numbers: BTreeMap<&str, &str> = ["{z}", "{x}", "{y}"].into_iter().zip(parts).collect();
    let path = numbers.iter().fold(url[server.url.len()..].to_owned(), |path, (name, n)| path.replace(name, n));
    let reply = admin.get(&path);
    let shown = Tile::read(&reply.body);
    let codes: Vec<Value> = shown.layer("households").iter().map(|f| json!(said(f, "code"))).collect();
    assert_eq!(codes, [json!("HH01")]);
}
