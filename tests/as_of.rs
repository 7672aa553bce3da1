//! Tiles of a time gone by: as they were answered then, for who may look back.

mod items;

use crate::house::{Client, County, GRIDS, Scratch, Server, TOWNSHIPS, home, homes, sequence, tile};
use jiff::{SignedDuration, Timestamp};
use melonmap::app::open_store;
use melonmap::geom::LonLat;
use melonmap::model::{Change, Code, Confided, Household, Outcome, Status, Visit};
use melonmap::store::{Batch, Entry};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const ROLES: [&str; 3] = ["admin", "analyst", "member"];

/// What a role was answered at a time: status and `ETag` by path.
type Answers = BTreeMap<String, (u16, String)>;

fn answers(client: &Client, layers: &[&str], query: &str) -> Answers {
    let tiles: BTreeSet<String> = [0, 7, 12, 14, 16].iter().flat_map(|z| homes().map(|h| tile(&h, *z))).collect();
    let paths = layers.iter().flat_map(|layer| tiles.iter().map(move |tile| format!("/tiles/{layer}/{tile}")));
    let answer = |path: String| {
        let reply = client.get(&format!("{path}?level=grid{query}"));
        (path, (reply.status, reply.header("etag").to_owned()))
    };
    paths.map(answer).collect()
}

struct Then {
    at: Timestamp,
    answers: Vec<(&'static str, Answers)>,
}

const LAYERS: [&str; 3] = ["areas", "households", "areas,households,context"];

fn now(server: &Server, tokens: &HashMap<&'static str, String>) -> Then {
    let seen = |role| (role, answers(&server.client(Some(&tokens[role])), &LAYERS, ""));
    Then { at: Timestamp::now(), answers: ROLES.map(seen).into() }
}

fn visit(server: &Server, token: &str, number: u32, household: &str, outcome: &str) {
    let id = format!("018f3b6e-0000-7000-8000-{number:012}");
    let at = format!("2026-01-0{number}T08:00:00Z");
    let visit = json!({ "id": id, "household": household, "at": at, "outcome": outcome });
    let stored = server.client(Some(token)).post("/api/visits", &visit).json();
    assert_eq!(stored["results"][0]["result"], "stored");
}

#[test]
fn a_tile_as_of_a_time_is_the_tile_that_was_answered_then() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let mut times = vec![now(&server, &tokens)];
    for (number, (household, outcome)) in
        [("HH00", "not_home"), ("HH00", "visited"), ("HH12", "refused")].iter().enumerate()
    {
        visit(&server, &tokens["admin"], u32::try_from(number).unwrap() + 1, household, outcome);
        times.push(now(&server, &tokens));
    }
    server.stop();
    // One moves to the other end of the county, one stands empty, and a grid loses its western half.
    let far = home(3, 9);
    let moved = format!(
        "code,lon,lat,status\nHH00,{},{},occupied\nHH01,{},{},vacant\n",
        far.lon,
        far.lat,
        home(0, 1).lon,
        home(0, 1).lat
    );
    scratch.import("households", &scratch.file("moved.csv", moved), &[]).done();
    let mut grid: Value = County::areas().into_iter().find(|area| area["properties"]["code"] == GRIDS[0]).unwrap();
    let ring = grid["geometry"]["coordinates"][0].as_array_mut().unwrap();
    let west = ring.iter().map(|at| at[0].as_f64().unwrap()).fold(f64::MAX, f64::min);
    ring.iter_mut().filter(|at| at[0] == west).for_each(|at| at[0] = json!(west + 0.02));
    scratch.import("areas", &scratch.file("redrawn.geojsonl", sequence(&[grid])), &[]).done();
    let server = Server::start(&scratch);
    times.push(now(&server, &tokens));
    visit(&server, &tokens["admin"], 4, "HH21", "visited");
    let last = now(&server, &tokens);
    for pair in times.windows(2) {
        assert_ne!(pair[0].answers, pair[1].answers, "every change is seen in some tile");
    }
    // There and back, so that moments are made, found again and let go.
    for then in times.iter().chain([&last]).chain(times.iter().rev()) {
        for (role, expected) in &then.answers {
            let seen = answers(&server.client(Some(&tokens[role])), &LAYERS, &format!("&as_of={}", then.at));
            assert_eq!(seen, *expected, "{role} as of {}", then.at);
        }
    }
    // Before the first change there was nothing.
    let before = answers(&server.client(Some(&tokens["admin"])), &LAYERS, "&as_of=2020-01-01T00:00:00Z");
    assert!(before.values().all(|(status, _)| *status == 204), "{before:?}");
}

#[test]
fn who_may_not_look_back_and_what_is_no_time_gone_by_is_refused() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let (public, analyst) = (server.client(None), server.client(Some(&tokens["analyst"])));
    for path in ["/tiles/areas", "/tiles/areas/0/0/0"] {
        public.get(&format!("{path}?as_of=2026-01-01T00:00:00Z")).problem(401);
        let to_come = (Timestamp::now() + SignedDuration::from_hours(1)).to_string();
        for wrong in [to_come.as_str(), "yesterday", "2026-01-01", "2026-13-01T00:00:00Z", ""] {
            analyst.get(&format!("{path}?as_of={wrong}")).wrong("as_of", wrong);
        }
    }
    let document = analyst.json("/tiles/areas?as_of=2026-01-01T00:00:00Z");
    let url = document["tiles"][0].as_str().unwrap();
    assert!(url.ends_with("?as_of=2026-01-01T00%3A00%3A00Z"), "{url}");
    let reply = analyst.get("/tiles/areas/0/0/0?as_of=2026-01-01T00:00:00Z");
    assert_eq!((reply.status, reply.header("cache-control")), (204, "private, no-cache"));
}

/// What figures are told, without when.
fn figures_then(client: &Client, path: &str, as_of: &str) -> Value {
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut report = client.json(&format!("{path}{separator}as_of={as_of}"));
    assert_eq!(report["as_of"], as_of);
    report.as_object_mut().unwrap().remove("as_of");
    report
}

#[test]
fn figures_as_of_a_time_are_those_that_were_answered_then_whatever_came_since() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let campaign = json!({"name": "a", "theme": "", "from": "2026-01-01", "to": "2999-01-31"});
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    let paths = [
        "/api/coverage".to_owned(),
        "/api/coverage?campaign=1&level=grid".into(),
        format!("/api/coverage?within={}", TOWNSHIPS[0]),
        "/api/rates?level=grid&campaign=1".into(),
        format!("/api/rates/difference?campaign=1&a={}&b={}", GRIDS[0], GRIDS[1]),
        "/api/coverage?campaign=1&from=2026-02-05&to=2026-02-05".into(),
        "/api/satisfaction?campaign=1&level=grid".into(),
        "/api/coverage/weeks?campaign=1&level=grid".into(),
        "/api/codes".into(),
        "/api/codes?from=2026-02-05&to=2026-02-05".into(),
        format!("/api/areas/{}", GRIDS[0]),
        "/api/households/HH00".into(),
        format!("/api/unvisited?campaign=1&area={}&limit=1000", GRIDS[0]),
        format!("/api/worklist?campaign=1&area={}", GRIDS[0]),
    ];
    let now = || {
        let answer = |path: &String| {
            let mut report = admin.json(path);
            report.as_object_mut().unwrap().remove("as_of");
            report
        };
        paths.iter().map(answer).collect::<Vec<_>>()
    };
    let mut stood: Vec<(String, Vec<Value>)> = Vec::new();
    let mut remember = || {
        std::thread::sleep(std::time::Duration::from_millis(20));
        stood.push((Timestamp::now().to_string(), now()));
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let visit = |n: u32, code: &str, more: Value| {
        let mut visit = json!({ "id": format!("018f3b6e-0000-7000-8000-{n:012}"), "household": code, "campaign": 1,
            "at": "2026-02-05T08:00:00Z", "outcome": "visited" });
        visit.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let result = admin.post("/api/visits", &visit).json()["results"][0]["result"].clone();
        assert_eq!(result, "stored", "{visit}");
    };
    remember();
    visit(1, "HH00", json!({}));
    visit(2, "HH10", json!({ "outcome": "not_home" }));
    remember();
    visit(3, "HH00", json!({ "outcome": "refused", "corrects": "018f3b6e-0000-7000-8000-000000000001" }));
    remember();
    let team = |members: Value| {
        let areas = json!([{ "area": GRIDS[0], "from": "2026-01-01" }]);
        assert!(
            admin.put("/api/teams/t1", &json!({ "name": "First", "members": members, "areas": areas })).status < 300
        );
    };
    team(json!([]));
    let answer = json!({ "id": "018f3b6e-0000-7000-8000-000000000099", "household": "HH02", "campaign": 1,
        "at": "2026-02-06T08:00:00Z", "answer": "no_answer" });
    assert_eq!(admin.post("/api/answers", &answer).json()["results"][0]["result"], "stored");
    remember();
    let gone = json!({ "remove": ["HH01"], "reason": "demolished" });
    assert_eq!(admin.post("/api/campaigns/1/target", &gone).status, 200);
    visit(4, "HH20", json!({}));
    visit(5, "HH02", json!({ "outcome": "vacant", "at": "2026-02-20T08:00:00Z" }));
    remember();
    for pair in stood.windows(2) {
        assert_ne!(pair[0].1, pair[1].1, "each of them is seen somewhere");
    }
    // Nothing of this is looked for in the store: the columns tell it.
    let check = |client: &Client| {
        for (then, expected) in &stood {
            for (path, expected) in paths.iter().zip(expected) {
                assert_eq!(figures_then(client, path, then), *expected, "{path} at {then}");
            }
        }
    };
    check(&admin);
    server.stop();

    // A border is drawn anew: what was before is read from the map of that time.
    let mut grid = County::areas().into_iter().find(|area| area["properties"]["code"] == *GRIDS[0]).unwrap();
    grid["properties"]["name"] = json!("Renamed");
    let file = scratch.file("redrawn.geojsonl", format!("{grid}\n"));
    scratch.import("areas", &file, &[]).done();
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    check(&admin);
    let renamed = admin.json("/api/coverage?level=grid");
    assert_eq!(renamed["areas"][0]["name"], "Renamed");

    for (path, field) in
        [("/api/coverage?as_of=2999-01-01T00:00:00Z", "as_of"), ("/api/rates?as_of=yesterday", "as_of")]
    {
        assert_eq!(admin.get(path).problem(400)["field"], field, "{path}");
    }
    server.client(None).get("/api/coverage?as_of=2026-01-01T00:00:00Z").problem(401);
    // Before anything was there.
    let empty = admin.json("/api/coverage?as_of=2000-01-01T00:00:00Z");
    assert_eq!(empty["areas"], json!([]));
}

#[test]
fn a_period_counts_what_took_place_in_it_whenever_it_came_in() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let visited = |query: &str| {
        let report = admin.json(&format!("/api/coverage?level=county{query}"));
        (report["areas"][0]["visited"].as_u64().unwrap(), report["period"].clone())
    };
    let log = |n: u32, household: &str, at: &str, outcome: &str| {
        let id = format!("018f3b6e-0000-7000-8000-{n:012}");
        let visit = json!({ "id": id, "household": household, "at": at, "outcome": outcome });
        assert_eq!(admin.post("/api/visits", &visit).json()["results"][0]["result"], "stored");
    };
    log(1, "HH00", "2026-02-10T08:00:00Z", "visited");
    log(2, "HH01", "2026-03-10T08:00:00Z", "visited");
    // Tried again later: in its own period the first call counts all the same.
    log(3, "HH00", "2026-03-11T08:00:00Z", "not_home");
    // A phone that was without network: the last to come in, the first to take place.
    log(4, "HH02", "2026-02-01T08:00:00Z", "visited");
    assert_eq!(visited(""), (3, Value::Null));
    let period = |from: &str, to: &str| {
        let query = [("from", from), ("to", to)].map(|(name, day)| format!("&{name}={day}"));
        let (n, told) = visited(&query.into_iter().filter(|one| !one.ends_with('=')).collect::<String>());
        let day = |day: &str| if day.is_empty() { Value::Null } else { json!(day) };
        assert_eq!(told, json!({ "from": day(from), "to": day(to) }));
        n
    };
    assert_eq!(period("2026-02-01", "2026-02-28"), 2);
    assert_eq!(period("2026-02-02", "2026-02-28"), 1);
    assert_eq!(period("2026-03-01", ""), 1);
    assert_eq!(period("", "2026-01-31"), 0);
    assert_eq!(period("2026-03-11", "2026-03-11"), 0, "nobody was reached that day");
    let rates = admin.json("/api/rates?level=county&from=2026-02-01&to=2026-02-28");
    assert_eq!((&rates["overall"]["visited"], &rates["period"]["to"]), (&json!(2), &json!("2026-02-28")));
    let apart = admin.json(&format!("/api/rates/difference?a={}&b={}&from=2026-03-01", GRIDS[0], GRIDS[1]));
    assert_eq!((&apart["a"]["visited"], &apart["b"]["visited"]), (&json!(1), &json!(0)));
    let csv = admin.get("/api/coverage?level=county&f=csv&to=2026-02-09").text();
    assert_eq!(csv.lines().nth(1).unwrap().split(',').nth(5), Some("1"), "{csv}");

    admin.get("/api/coverage?from=2026-02-02&to=2026-02-01").wrong("to", "2026-02-01");
    admin.get("/api/coverage?from=February").wrong("from", "February");
    admin.get("/api/satisfaction?to=2026-02-30").wrong("to", "2026-02-30");
    // What is published is published as a whole.
    server.client(None).get("/api/coverage?from=2026-02-01").problem(401);
}

#[test]
fn where_the_clock_was_set_back_what_had_come_in_is_told_in_the_order_in_which_it_came() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let ask = |server: &Server, query: &str| {
        let admin = server.client(Some(&tokens["admin"]));
        admin.json(&format!("/api/coverage?level=grid{query}"))["areas"].clone()
    };
    let server = Server::start(&scratch);
    let before = ask(&server, "");
    server.stop();
    // A household moves by a clock that is ahead; then the clock is right again, and somebody calls.
    let (now, ahead) = (Timestamp::now(), Timestamp::now() + SignedDuration::from_hours(1));
    let code = |text: &str| Code::new(text).unwrap();
    let at = LonLat::new(home(3, 9).lon, home(3, 9).lat).unwrap();
    let (status, confided) = (Status::Occupied, Confided::default());
    let moved = Household { code: code("HH00"), at, address: None, status, persons: None, confided };
    let visit = Visit::plain(uuid::Uuid::from_u128(1), code("HH10"), None, now, Outcome::Visited);
    let batch = |at, change| Batch { at, author: "test".into(), entries: vec![Entry::from(&change)] };
    let mut store = open_store(scratch.store().to_str().unwrap(), false, "test").unwrap();
    store.append(&[batch(ahead, Change::HouseholdPut(moved)), batch(now, Change::VisitMade(visit))]).unwrap();
    drop(store);
    let server = Server::start(&scratch);
    let then = format!("&as_of={}", Timestamp::now());
    assert_eq!(ask(&server, &then), before, "neither had come in");
    let today = ask(&server, "&from=2026-01-01");
    assert_ne!(today, before);
    assert_eq!(today, ask(&server, ""), "all of it took place in the period");
}

#[test]
fn who_was_responsible_is_told_as_of_a_time() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let teams = |client: &Client, path: &str, as_of: &str| {
        let told = client.json(&format!("{path}{as_of}"))["teams"].clone();
        let one = |team: &Value| (team["code"].as_str().unwrap().to_owned(), team["members"].clone());
        told.as_array().map(|teams| teams.iter().map(one).collect::<Vec<_>>())
    };
    // Where the service runs: what began before today would stay.
    let today = admin.json("/api/teams")["on"].clone();
    let put = |code: &str, areas: Value| {
        let team = json!({ "name": code, "members": [], "areas": areas });
        assert!(admin.put(&format!("/api/teams/{code}"), &team).status < 300, "{code}");
    };
    put("north", json!([{ "area": TOWNSHIPS[0], "from": today }]));
    std::thread::sleep(std::time::Duration::from_millis(20));
    let then = format!("?as_of={}", Timestamp::now());
    std::thread::sleep(std::time::Duration::from_millis(20));
    put("north", json!([]));
    put("south", json!([{ "area": GRIDS[0], "from": today }]));
    let grid = format!("/api/areas/{}", GRIDS[0]);
    for path in [grid.as_str(), "/api/households/HH00"] {
        assert_eq!(teams(&admin, path, ""), Some(vec![("south".into(), Value::Null)]), "{path}");
        assert_eq!(teams(&admin, path, &then), Some(vec![("north".into(), Value::Null)]), "{path}");
    }
    let planner = server.client(Some(&tokens["planner"]));
    assert_eq!(teams(&planner, &grid, ""), None, "who does not see figures");
    assert_eq!(teams(&server.client(None), &grid, ""), None);
    server.client(None).get(&format!("{grid}{then}")).problem(401);
    let unknown = admin.get("/api/households/HH00?as_of=2000-01-01T00:00:00Z").problem(404);
    assert!(unknown["detail"].as_str().unwrap().contains("HH00"), "{unknown}");
}
