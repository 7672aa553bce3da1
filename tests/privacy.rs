//! Who sees what: the table of `model::access`, written out once more and held against a running server.

use crate::house::{Client, County, GRIDS, Scratch, Server, home, homes, said, tile};
use crate::reader::Tile;
use serde_json::{Value, json};

/// What one role may. The three places are the member's own grid, the next grid of the same township, and the other township.
struct Row {
    role: &'static str,
    /// Sees households there.
    sees: [bool; 3],
    /// Sees addresses, persons and who called there.
    personal: [bool; 3],
    /// Logs visits there.
    visits: [bool; 3],
    /// Founds campaigns.
    campaign: bool,
    /// Looks into the running service.
    check: bool,
}

const NONE: [bool; 3] = [false; 3];
const ALL: [bool; 3] = [true; 3];
const GRID: [bool; 3] = [true, false, false];
const TOWNSHIP: [bool; 3] = [true, true, false];

const TABLE: [Row; 7] = [
    Row { role: "public", sees: NONE, personal: NONE, visits: NONE, campaign: false, check: false },
    Row { role: "member", sees: GRID, personal: GRID, visits: GRID, campaign: false, check: false },
    Row { role: "coordinator", sees: TOWNSHIP, personal: TOWNSHIP, visits: TOWNSHIP, campaign: true, check: false },
    Row { role: "planner", sees: NONE, personal: NONE, visits: NONE, campaign: false, check: false },
    Row { role: "inspector", sees: ALL, personal: ALL, visits: NONE, campaign: false, check: false },
    Row { role: "analyst", sees: ALL, personal: NONE, visits: NONE, campaign: false, check: false },
    Row { role: "admin", sees: ALL, personal: ALL, visits: ALL, campaign: true, check: true },
];

impl Row {
    /// The status of what this role may not do at all: without a token 401, with one 403.
    fn refusal(&self) -> u16 {
        if self.role == "public" { 401 } else { 403 }
    }
}

fn id(n: usize) -> String {
    format!("018f3b6e-0000-7000-8000-{n:012}")
}

#[test]
fn every_role_sees_and_does_what_its_row_of_the_table_says() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    for (n, g) in [0, 1, 2].into_iter().enumerate() {
        assert_eq!(admin.visit(&id(n + 1), &home(g, 1).code, "not_home")["result"], "stored");
    }
    for (n, row) in TABLE.iter().enumerate() {
        let client = server.client(tokens.get(row.role).map(String::as_str));
        areas_are_everybodys(&client, row);
        households(&client, row);
        lists_and_tiles(&client, row);
        writes(&client, row, 100 * (n + 1));
    }
}

fn areas_are_everybodys(client: &Client, row: &Row) {
    for path in [
        "/api/info",
        "/api/me",
        "/api/coverage",
        "/api/areas/331100",
        "/api/campaigns",
        "/api/editions",
        "/api/search?q=West",
        "/tiles/areas",
        "/tiles/context",
    ] {
        client.json(path);
    }
    for layers in ["areas", "context", "areas,context"] {
        let path = format!("/tiles/{layers}/{}", tile(&home(0, 4), 14));
        let reply = client.get(&path);
        // Figures of areas are exact for some and published for others.
        let caching = if layers == "context" { "public, no-cache" } else { "private, no-cache" };
        assert_eq!((reply.status, reply.header("cache-control")), (200, caching), "{}: {path}", row.role);
    }
}

fn households(client: &Client, row: &Row) {
    for (g, (sees, personal)) in row.sees.into_iter().zip(row.personal).enumerate() {
        let who = home(g, 1);
        let reply = client.get(&format!("/api/households/{}", who.code));
        let role = row.role;
        if row.sees == NONE {
            reply.problem(row.refusal());
        } else if !sees {
            let there = reply.problem(404);
            // It is told from one that does not exist by nothing.
            let nobody = client.get("/api/households/nobody").problem(404);
            assert_eq!(there["detail"].as_str().unwrap().replace(&who.code, "nobody"), nobody["detail"], "{role}");
        } else {
            assert_eq!(reply.header("cache-control"), "private, no-store", "{role}");
            let one = reply.json();
            let meant = if personal { (json!(who.address), json!(4)) } else { (Value::Null, Value::Null) };
            assert_eq!((&one["address"], &one["persons"]), (&meant.0, &meant.1), "{role} in place {g}");
            assert_eq!(one["visits"][0].get("by").is_some(), personal, "{role} in place {g}");
        }
        let found = client.json(&format!("/api/search?q={}", who.code));
        assert_eq!(!found["results"].as_array().unwrap().is_empty(), sees, "{role} searches in place {g}: {found}");
        if sees {
            let name = if personal { &who.address } else { &who.code };
            assert_eq!(found["results"][0]["name"], *name, "{role}");
        }
        let found = client.json(&format!("/api/search?q={}", who.address.replace(' ', "%20")));
        assert!(
            personal || found["results"].as_array().unwrap().is_empty(),
            "{role} finds an address in place {g}: {found}"
        );
    }
}

fn lists_and_tiles(client: &Client, row: &Row) {
    let role = row.role;
    let grids = [row.sees[0], row.sees[1], row.sees[2], row.sees[2]];
    let seen = 10 * grids.iter().filter(|sees| **sees).count();
    if seen == 0 {
        for path in ["/api/unvisited", "/tiles/households", "/tiles/households/0/0/0", "/tiles/areas,households/0/0/0"]
        {
            client.get(path).problem(row.refusal());
        }
        return;
    }
    let list = client.json("/api/unvisited?limit=1000");
    assert_eq!(list["total"], seen * 9 / 10, "{role}");
    for one in list["households"].as_array().unwrap() {
        let g = GRIDS.iter().position(|grid| one["area"] == *grid).unwrap();
        assert!(grids[g], "{role} is shown {one}");
        assert_eq!(one["address"].is_string(), row.personal[g.min(2)], "{role}: {one}");
    }
    for (g, sees) in grids.into_iter().enumerate() {
        let elsewhere = client.json(&format!("/api/unvisited?area={}", GRIDS[g]));
        assert_eq!(elsewhere["total"], if sees { 9 } else { 0 }, "{role} asks for grid {g}");
    }
    client.json("/tiles/households");
    let whole = client.get("/tiles/households/0/0/0");
    assert_eq!(whole.header("cache-control"), "private, no-cache");
    let counts = Tile::read(&whole.body);
    let count = |f: &crate::reader::Feature| said(f, "point_count").map_or(1, |n| n.parse::<usize>().unwrap());
    assert_eq!(counts.layer("households").iter().map(count).sum::<usize>(), seen, "{role}");
    for home in homes() {
        let g = home.code[2..3].parse::<usize>().unwrap();
        let reply = client.get(&format!("/tiles/areas,households/{}", tile(&home, 16)));
        let shown = Tile::read(&reply.body);
        let there = shown.layer("households").iter().any(|f| said(f, "code") == Some(&home.code));
        assert_eq!(there, grids[g], "{role} and {}", home.code);
    }
}

fn writes(client: &Client, row: &Row, n: usize) {
    let role = row.role;
    for (g, may) in row.visits.into_iter().enumerate() {
        let visit =
            json!({"id": id(n + g), "household": home(g, 9).code, "at": "2026-01-05T08:00:00Z", "outcome": "vacant"});
        let reply = client.post("/api/visits", &visit);
        if row.visits == NONE {
            reply.problem(row.refusal());
        } else {
            let expected = if may { "stored" } else { "refused" };
            assert_eq!(reply.json()["results"][0]["result"], expected, "{role} in place {g}");
        }
    }
    let campaign = json!({"name": role, "theme": "", "from": "2026-01-01", "to": "2026-01-31"});
    let reply = client.post("/api/campaigns", &campaign);
    if row.campaign {
        assert_eq!(reply.status, 201, "{role}");
    } else {
        drop(reply.problem(row.refusal()));
    }
    let reply = client.get("/api/check");
    if row.check { drop(reply.json()) } else { drop(reply.problem(row.refusal())) }
}

/// What no outsider may ever read: of households their codes, addresses and places, of people their names, of tokens the secret.
fn secrets(tokens: &std::collections::HashMap<&'static str, String>) -> Vec<String> {
    let of_homes = homes().flat_map(|h| [h.code, h.address, format!("{:.5}", h.lon), format!("{:.5}", h.lat)]);
    let rest = ["Melon Lane", "Zhang", "the dog bites"].map(str::to_owned);
    of_homes.chain(rest).chain(tokens.values().cloned()).collect()
}

#[track_caller]
fn silent(what: &str, bytes: &[u8], secrets: &[String]) {
    for secret in secrets {
        let told = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!told, "{what} tells {secret}: {}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn nothing_of_a_household_or_a_token_leaks_into_public_answers_errors_metrics_or_the_log() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let secrets = secrets(&tokens);
    let server = Server::start(&scratch);
    let public = server.client(None);
    let feed = server.client(Some(&tokens["planner"])).live(None);
    let inspector = server.client(Some(&tokens["inspector"])).live(None);
    // A day's work, with everything personal in it, good and bad.
    let who = home(0, 3);
    for role in ["member", "coordinator", "inspector", "analyst", "admin"] {
        let client = server.client(Some(&tokens[role]));
        client.get(&format!("/api/households/{}", who.code));
        client.get(&format!("/api/unvisited?near={},{}", who.lon, who.lat));
        client.get(&format!("/api/search?q={}", who.address.replace(' ', "%20")));
        client.get(&format!("/tiles/households/{}", tile(&who, 18)));
        client.get(&format!("/api/households/{}?colour=red", who.code));
        client.get(&format!("/nowhere/{}", who.code));
    }
    let member = server.client(Some(&tokens["member"]));
    for (n, household) in [who.code.clone(), home(2, 2).code, "nobody".to_owned()].iter().enumerate() {
        let visit = json!({"id": id(n + 1), "household": household, "at": "2026-01-05T08:00:00Z", "outcome": "visited", "note": "the dog bites"});
        member.post("/api/visits", &visit);
        member.post("/api/visits", &json!({"household": household, "note": "the dog bites"}));
    }
    member.send("POST", "/api/visits", &[("content-type", "application/json")], Some(b"{\"household\":\"HH03\" oh"));
    server.client(Some(&format!("{}x", tokens["admin"]))).get("/api/me").problem(401);
    silent("an event", inspector.next().to_string().as_bytes(), &secrets);
    let campaign = json!({"name": "Winter", "from": "2026-01-01", "to": "2026-03-31"});
    let admin = server.client(Some(&tokens["admin"]));
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    assert_eq!(admin.post("/api/editions", &json!({"campaign": 1})).status, 201);
    // The first that who works with no household hears of: of no visit.
    let heard = feed.next();
    assert_eq!((&heard["edition"], &heard["areas"]), (&json!(1), &json!([])), "{heard}");
    silent("an event", heard.to_string().as_bytes(), &secrets);

    // Everything that the public can ask.
    let deep = tile(&who, 18);
    let mut paths: Vec<String> = [
        "/",
        "/api/info",
        "/api/me",
        "/api/coverage",
        "/api/coverage?f=csv",
        "/api/coverage?f=geojson",
        "/api/campaigns",
        "/api/search?q=HH",
        "/api/search?q=HH03",
        "/api/search?q=Melon",
        "/api/search?q=Zhang",
        "/api/unvisited",
        "/api/check",
        "/api/households/HH03",
        "/api/households/HH03?x=1",
        "/tiles/households",
        "/tiles/areas",
        "/tiles/context",
        "/tiles/areas,context,households",
        "/metrics",
        "/health/live",
        "/health/ready",
    ]
    .map(str::to_owned)
    .into();
    paths.extend(GRIDS.map(|grid| format!("/api/areas/{grid}")));
    for z in 0..=18u8 {
        let at = tile(&who, z);
        paths.push(format!("/tiles/areas,context/{at}"));
        paths.push(format!("/tiles/households/{at}"));
        paths.push(format!("/tiles/areas?level=grid&campaign=1&z={deep}"));
    }
    for path in &paths {
        let reply = public.get(path);
        // What was asked is no news to who asked it.
        let asked: Vec<String> = secrets.iter().filter(|s| !path.contains(s.as_str())).cloned().collect();
        silent(path, &reply.body, &asked);
        silent(path, format!("{:?}", reply.headers).as_bytes(), &asked);
        if path.contains("households") || path.contains("HH03") && !path.contains("search") {
            assert!(reply.status >= 400, "{path}: {}", reply.status);
            silent(path, &reply.body, &secrets);
        }
    }
    server.tell_to_stop();
    let log = server.log();
    assert!(log.contains("request"), "the log is written at the level 'trace': {log}");
    silent("the log", log.as_bytes(), &secrets);
}
