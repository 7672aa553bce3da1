//! The shapes and statuses of the API, and what becomes of requests that are wrong.

use crate::house::{Client, County, GRIDS, Scratch, Server, TOWNSHIPS, home};
use serde_json::{Value, json};
use std::collections::HashMap;

struct Running {
    scratch: Scratch,
    server: Server,
    tokens: HashMap<&'static str, String>,
}

fn running(flags: &[&str]) -> Running {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::with(&scratch, flags);
    Running { scratch, server, tokens }
}

impl Running {
    fn client(&self, role: &str) -> Client {
        self.server.client(self.tokens.get(role).map(String::as_str))
    }
}

const V1: &str = "018f3b6e-0000-7000-8000-000000000001";

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn info_me_and_search_say_what_the_contract_says() {
    let house = running(&[]);
    let (public, member) = (house.client("public"), house.client("member"));
    let info = public.json("/api/info");
    assert_eq!(keys(&info), ["name", "version", "seq", "as_of", "bbox", "sample", "attribution", "levels"]);
    assert_eq!((&info["name"], &info["sample"]), (&json!("Small County"), &json!(true)));
    assert_eq!(info["bbox"], json!([119.4, 28.4, 119.6, 28.45]));
    assert_eq!(info["levels"], json!({"county": 1, "township": 2, "village": 0, "grid": 4}));
    assert_eq!(info["attribution"], json!(["© Nobody"]));
    assert_eq!(member.json("/api/info")["seq"], house.scratch.head().0);
    assert_eq!(info["seq"], 10, "seven areas, two context features and the map's name: nothing that somebody entered");
    assert!(info["as_of"].as_str().unwrap().ends_with('Z'));
    let me = public.json("/api/me");
    assert_eq!(me, json!({"name": "public", "role": "public", "areas": [], "may": ["areas", "published"]}));
    let me = member.json("/api/me");
    assert_eq!((&me["role"], &me["areas"]), (&json!("member"), &json!([GRIDS[0]])));
    assert_eq!(
        me["may"],
        json!(["areas", "published", "coverage", "households", "addresses", "past", "visit", "ledger"])
    );
    let found = public.json("/api/search?q=West");
    assert_eq!(found["results"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(keys(&found["results"][0]), ["type", "code", "name", "level", "lon", "lat", "bbox"]);
    assert_eq!(found["results"][0]["code"], TOWNSHIPS[0]);
    let found = member.json("/api/search?q=HH03&limit=1");
    assert_eq!(found["results"][0]["type"], "household", "{found}");
    assert_eq!(found["results"][0]["lon"], home(0, 3).lon);
}

#[test]
fn coverage_is_counted_by_area_level_place_and_rectangle_in_three_forms() {
    let house = running(&[]);
    let admin = house.client("admin");
    admin.visit(V1, "HH00", "visited");
    admin.visit(&V1.replace('1', "2"), "HH01", "not_home");
    let all = admin.json("/api/coverage");
    assert_eq!(keys(&all), ["campaign", "as_of", "areas"]);
    assert_eq!((&all["campaign"], all["areas"].as_array().unwrap().len()), (&Value::Null, 7));
    let row = &admin.json(&format!("/api/coverage?level=grid&within={}", GRIDS[0]))["areas"][0];
    let members = ["code", "name", "level", "parent", "eligible", "visited", "unvisited", "rate", "by_outcome"];
    assert_eq!(keys(row), members);
    assert_eq!((&row["eligible"], &row["visited"], &row["unvisited"]), (&json!(9), &json!(1), &json!(8)));
    assert!((row["rate"].as_f64().unwrap() - 1.0 / 9.0).abs() < 1e-12);
    assert_eq!((&row["by_outcome"]["visited"], &row["by_outcome"]["not_home"]), (&json!(1), &json!(1)));
    assert_eq!(row["by_outcome"].as_object().unwrap().len(), 10);
    let codes = |path: &str| -> Vec<String> {
        let answer = admin.json(path);
        answer["areas"].as_array().unwrap().iter().map(|a| a["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("/api/coverage?level=township"), TOWNSHIPS);
    assert_eq!(codes("/api/coverage?level=grid&within=331100002"), GRIDS[2..]);
    assert_eq!(codes("/api/coverage?level=grid&bbox=119.41,28.41,119.42,28.42"), GRIDS[..1]);
    assert!(codes("/api/coverage?level=grid&bbox=10,10,11,11").is_empty());
    let drawn = admin.get("/api/coverage?level=grid&f=geojson");
    assert_eq!(drawn.header("content-type"), "application/geo+json");
    let drawn = drawn.json();
    assert_eq!((&drawn["type"], drawn["features"].as_array().unwrap().len()), (&json!("FeatureCollection"), 4));
    assert_eq!(drawn["features"][0]["properties"]["visited"], 1);
    assert_eq!(drawn["features"][0]["geometry"]["type"], "MultiPolygon");
    let table = admin.get("/api/coverage?level=grid&f=csv");
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    let mut reader = csv::Reader::from_reader(table.body.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0].iter().take(7).collect::<Vec<_>>(), [GRIDS[0], GRIDS[0], "grid", TOWNSHIPS[0], "9", "1", "8"]);
}

#[test]
fn areas_households_and_unvisited_say_what_the_contract_says() {
    let house = running(&[]);
    let admin = house.client("admin");
    admin.visit(V1, "HH00", "not_home");
    let area = admin.json("/api/areas/331100001");
    let members = ["code", "name", "level", "parent", "valid_from", "valid_to", "bbox", "area_m2", "children"];
    assert_eq!(keys(&area), [&members[..], &["as_of", "teams", "coverage"]].concat());
    assert_eq!((&area["children"], &area["parent"]), (&json!(GRIDS[..2]), &json!("331100")));
    let m2 = area["area_m2"].as_f64().unwrap();
    assert!((m2 / (0.1 * 97_950.0 * 0.05 * 110_830.0) - 1.0).abs() < 0.01, "{m2}");
    assert_eq!(area["coverage"]["eligible"], 18);
    let one = admin.json("/api/households/HH00");
    let members = ["code", "lon", "lat", "address", "status", "area", "persons", "areas", "as_of", "teams", "visits"];
    assert_eq!(keys(&one), members);
    assert_eq!(
        (&one["address"], &one["persons"], &one["area"]),
        (&json!("Melon Lane 1700"), &json!(4), &json!(GRIDS[0]))
    );
    assert_eq!(one["areas"], json!([GRIDS[0], TOWNSHIPS[0], "331100"]));
    let visit = json!({"id": V1, "at": "2026-01-05T08:00:00Z", "outcome": "not_home", "campaign": null, "by": "Caller admin Zhang"});
    assert_eq!(one["visits"], json!([visit]));
    let (here, there) = (home(1, 4), home(1, 5));
    let list = admin.json(&format!("/api/unvisited?area={}&near={},{}&limit=3", TOWNSHIPS[0], here.lon, here.lat));
    assert_eq!(keys(&list), ["campaign", "as_of", "total", "households"]);
    assert_eq!((&list["total"], list["households"].as_array().unwrap().len()), (&json!(18), 3));
    let nearest = &list["households"][0];
    assert_eq!((&nearest["code"], &nearest["distance_m"]), (&json!(here.code), &json!(0.0)));
    let metres = ((there.lon - here.lon) * 97_950.0).hypot((there.lat - here.lat) * 110_830.0);
    assert!((list["households"][1]["distance_m"].as_f64().unwrap() / metres - 1.0).abs() < 0.01, "{list}");
    let far = admin.json("/api/unvisited?limit=1000");
    assert_eq!((&far["total"], far["households"].as_array().unwrap().len()), (&json!(36), 36));
    let called = far["households"].as_array().unwrap().iter().find(|h| h["code"] == "HH00").unwrap();
    assert_eq!((&called["outcome"], &called["called_at"]), (&json!("not_home"), &json!("2026-01-05T08:00:00Z")));
    assert!(called.get("distance_m").is_none());
}

#[test]
fn a_campaign_is_founded_listed_and_counted_by_itself() {
    let house = running(&[]);
    let coordinator = house.client("coordinator");
    let new = json!({"name": "户户走到", "theme": "Know every household", "from": "2026-01-01", "to": "2026-01-31"});
    let reply = coordinator.post("/api/campaigns", &new);
    assert_eq!(reply.status, 201);
    let founded: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(founded["id"], 1);
    let listed = house.client("public").json("/api/campaigns");
    assert_eq!(listed["campaigns"], json!([founded]));
    let visit =
        json!({"id": V1, "household": "HH00", "campaign": 1, "at": "2026-01-05T08:00:00Z", "outcome": "visited"});
    assert_eq!(coordinator.post("/api/visits", &visit).json()["results"][0]["result"], "stored");
    let other =
        json!({"id": V1.replace('1', "2"), "household": "HH01", "at": "2026-01-05T08:00:00Z", "outcome": "visited"});
    coordinator.post("/api/visits", &other).json();
    let visited =
        |query: &str| coordinator.json(&format!("/api/coverage?level=county{query}"))["areas"][0]["visited"].clone();
    assert_eq!((visited("&campaign=1"), visited("")), (json!(1), json!(2)));
    assert_eq!(coordinator.json("/api/unvisited?campaign=1")["total"], 17);
}

#[test]
fn health_answers_anybody_and_metrics_who_runs_the_service() {
    let house = running(&[]);
    let public = house.client("public");
    assert_eq!(public.json("/health/live"), json!({"status": "live"}));
    let ready = public.json("/health/ready");
    assert_eq!((&ready["status"], &ready["seq"]), (&json!("ready"), &json!(public.seq())));
    assert_eq!(keys(&ready["parts"]), ["loading", "store", "writer_queue", "stopping"]);
    assert!(ready["parts"].as_object().unwrap().values().all(|part| part["ok"] == true), "{ready}");
    public.get("/metrics").problem(401);
    house.client("analyst").get("/metrics").problem(403);
    let metrics = house.client("admin").get("/metrics");
    assert!(metrics.text().lines().any(|line| line == "melonmap_households 40"), "{}", metrics.text());
}

#[test]
fn the_page_its_styles_and_glyphs_are_served_with_etags_and_may_load_nothing_from_elsewhere() {
    let house = running(&[]);
    let public = house.client("public");
    for (path, media) in [
        ("/", "text/html"),
        ("/web/api.js", "text/javascript"),
        ("/styles/light.json", "application/json"),
        ("/styles/dark.json", "application/json"),
        ("/styles/print.json", "application/json"),
        ("/glyphs/Noto%20Sans%20Regular/0-255.pbf", "application/"),
        ("/glyphs/Noto%20Sans%20Medium,Arial/12288-12543.pbf", "application/"),
    ] {
        let reply = public.get(path);
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.header("content-type").starts_with(media), "{path}: {}", reply.header("content-type"));
        assert!(reply.header("content-security-policy").contains("default-src 'self'"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        let again = public.get_with(path, &[("if-none-match", reply.header("etag"))]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
    for path in [
        "/web/nothing.js",
        "/web/../Cargo.toml",
        "/web/%2e%2e/Cargo.toml",
        "/styles/none.json",
        "/glyphs/Noto%20Sans%20Regular/1-2.pbf",
        "/styles/..%2fCargo.json",
    ] {
        public.get(path).problem(404);
    }
}

/// The files below a folder with one of these endings, as the service names them.
fn files(folder: &str, endings: &[&str], named: impl Fn(&str) -> String) -> Vec<String> {
    let root = crate::house::repository(folder);
    let mut found = Vec::new();
    let mut left = vec![root.clone()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !["node_modules", "tests"].contains(&name) {
                left.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) && name != "sw.js" {
                found.push(named(path.strip_prefix(&root).unwrap().to_str().unwrap()));
            }
        }
    }
    found
}

#[test]
fn the_worker_of_the_page_lists_every_file_of_it_as_it_is_served() {
    let house = running(&[]);
    let public = house.client("public");
    let worker = public.get("/sw.js");
    assert_eq!((worker.status, worker.header("content-type")), (200, "text/javascript"));
    assert_eq!(worker.header("cache-control"), "no-cache");
    assert!(worker.header("content-security-policy").contains("worker-src 'self'"));
    let text = worker.text();
    let (list, code) = text.split_once('\n').unwrap();
    let list: Value = serde_json::from_str(list.strip_prefix("self.SHELL = ").unwrap().trim_end_matches(';')).unwrap();
    assert!(code.contains("addEventListener('fetch'"));
    let listed = |file: &Value| (file[0].as_str().unwrap().to_owned(), file[1].as_str().unwrap().to_owned());
    let listed: Vec<(String, String)> = list["files"].as_array().unwrap().iter().map(listed).collect();
    for (path, hash) in &listed {
        let reply = public.get(&format!("/{}", path.replace(' ', "%20")));
        assert_eq!((reply.status, reply.header("etag")), (200, format!("\"{hash}\"").as_str()), "{path}");
    }
    let page = |path: &str| if path == "index.html" { String::new() } else { format!("web/{path}") };
    let style = |path: &str| if path.starts_with("glyphs/") { path.to_owned() } else { format!("styles/{path}") };
    let mut expected = files("web", &[".html", ".js", ".css", ".svg", ".png", ".webmanifest"], page);
    expected.extend(files("styles", &[".json", ".pbf"], style));
    expected.sort();
    assert_eq!(listed.into_iter().map(|(path, _)| path).collect::<Vec<_>>(), expected);
    let again = public.get_with("/sw.js", &[("if-none-match", worker.header("etag"))]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(worker.header("etag"), format!("\"{}\"", list["version"].as_str().unwrap()));
}

#[test]
fn large_answers_are_compressed_for_who_takes_it() {
    let house = running(&[]);
    let analyst = house.client("analyst");
    for (accepted, coding) in [("gzip", "gzip"), ("br", "br"), ("identity", "")] {
        let reply = analyst.get_with("/api/coverage", &[("accept-encoding", accepted)]);
        assert_eq!((reply.status, reply.header("content-encoding")), (200, coding), "{accepted}");
    }
}

/// A request that is wrong, and what must come of it.
struct Wrong<'a>(&'a str, &'a str, u16, Option<(&'a str, &'a str)>);

#[test]
fn a_wrong_request_gets_problem_details_that_name_what_is_wrong_and_writes_nothing() {
    let house = running(&[]);
    let admin = house.client("admin");
    let long = format!("/api/search?q={}", "x".repeat(9_000));
    let long_search = format!("/api/search?q={}", "x".repeat(101));
    let table = [
        Wrong("GET", "/api/info?x=1", 400, None),
        Wrong("GET", "/api/me?token=1", 400, None),
        Wrong("GET", "/api/coverage?colour=red", 400, None),
        Wrong("GET", "/api/coverage?level=grid&level=grid", 400, None),
        Wrong("GET", "/api/coverage?level=street", 400, Some(("level", "street"))),
        Wrong("GET", "/api/coverage?campaign=one", 400, Some(("campaign", "one"))),
        Wrong("GET", "/api/coverage?campaign=0", 400, Some(("campaign", "0"))),
        Wrong("GET", "/api/coverage?campaign=99", 404, None),
        Wrong("GET", "/api/coverage?within=nowhere", 404, None),
        Wrong("GET", "/api/coverage?f=xml", 400, Some(("f", "xml"))),
        Wrong("GET", "/api/coverage?bbox=1,2,3", 400, Some(("bbox", "1,2,3"))),
        Wrong("GET", "/api/coverage?bbox=1,2,3,x", 400, Some(("bbox", "1,2,3,x"))),
        Wrong("GET", "/api/coverage?bbox=1,2,3,NaN", 400, Some(("bbox", "1,2,3,NaN"))),
        Wrong("GET", "/api/coverage?bbox=1,20,3,4", 400, Some(("bbox", "1,20,3,4"))),
        Wrong("GET", "/api/coverage?bbox=1,2,300,4", 400, Some(("bbox", "1,2,300,4"))),
        Wrong("GET", "/api/coverage?bbox=", 400, Some(("bbox", ""))),
        Wrong("GET", "/api/unvisited?limit=0", 400, Some(("limit", "0"))),
        Wrong("GET", "/api/unvisited?limit=1001", 400, Some(("limit", "1001"))),
        Wrong("GET", "/api/unvisited?limit=-1", 400, Some(("limit", "-1"))),
        Wrong("GET", "/api/unvisited?near=1", 400, Some(("near", "1"))),
        Wrong("GET", "/api/unvisited?near=1,91", 400, Some(("near", "1,91"))),
        Wrong("GET", "/api/unvisited?area=nowhere", 404, None),
        Wrong("GET", "/api/unvisited?campaign=99", 404, None),
        Wrong("GET", "/api/areas/nowhere", 404, None),
        Wrong("GET", "/api/areas/331100?x=1", 400, None),
        Wrong("GET", "/api/areas/%FF", 400, None),
        Wrong("GET", "/api/households/nobody", 404, None),
        Wrong("GET", "/api/search", 400, Some(("q", ""))),
        Wrong("GET", "/api/search?q=%20", 400, Some(("q", ""))),
        Wrong("GET", &long_search, 400, None),
        Wrong("GET", "/api/search?q=a&limit=51", 400, Some(("limit", "51"))),
        Wrong("GET", &long, 414, None),
        Wrong("GET", "/api/check?x=1", 400, None),
        Wrong("GET", "/tiles/rivers", 404, None),
        Wrong("GET", "/tiles/areas?x=1", 400, None),
        Wrong("GET", "/tiles/areas?campaign=x", 400, Some(("campaign", "x"))),
        Wrong("GET", "/tiles/areas?level=x", 400, Some(("level", "x"))),
        Wrong("GET", "/tiles/areas/1/2/0", 400, Some(("tile", "1/2/0"))),
        Wrong("GET", "/tiles/areas/1/0/2", 400, Some(("tile", "1/0/2"))),
        Wrong("GET", "/tiles/areas/31/0/0", 400, Some(("tile", "31/0/0"))),
        Wrong("GET", "/tiles/areas/-1/0/0", 400, Some(("z", "-1"))),
        Wrong("GET", "/tiles/areas/0/x/0", 400, Some(("x", "x"))),
        Wrong("GET", "/tiles/areas/0/0/0.png", 400, Some(("y", "0.png"))),
        Wrong("GET", "/tiles/areas/0/0/99999999999", 400, Some(("y", "99999999999"))),
        Wrong("GET", "/tiles/areas/0/0/0?z=1", 400, None),
        Wrong("GET", "/tiles/areas/0/0/0?campaign=99", 404, None),
        Wrong("GET", "/tiles/rivers/0/0/0", 404, None),
        Wrong("GET", "/api", 404, None),
        Wrong("GET", "/api/visits/1", 404, None),
        Wrong("GET", "/nowhere", 404, None),
        Wrong("GET", "/api/visits", 405, None),
        Wrong("DELETE", "/api/households/HH00", 405, None),
        Wrong("PUT", "/api/campaigns", 405, None),
        Wrong("POST", "/api/coverage", 405, None),
        Wrong("POST", "/tiles/areas/0/0/0", 405, None),
        Wrong("PATCH", "/", 405, None),
    ];
    let head = house.scratch.head();
    for Wrong(method, path, status, named) in table {
        let reply = admin.send(method, path, &[], None);
        let shown: String = path.chars().take(60).collect();
        assert_eq!(reply.status, status, "{method} {shown}: {}", reply.text());
        let problem = reply.problem(status);
        if let Some((field, value)) = named {
            assert_eq!(reply.wrong(field, value), problem);
        }
        if status == 405 {
            assert!(!reply.header("allow").is_empty(), "{method} {shown}");
        }
        assert_eq!(house.scratch.head(), head, "{method} {shown}");
    }
}

#[test]
fn a_body_that_is_wrong_gets_problem_details_and_writes_nothing() {
    let house = running(&["--body-mb", "1"]);
    let admin = house.client("admin");
    let head = house.scratch.head();
    let json_type = ("content-type", "application/json");
    let campaign = r#"{"name":"a","theme":"b","from":"2026-01-01","to":"2026-01-31"}"#;
    let huge = format!("[\"{}\"]", "x".repeat(1_000_000));
    let many = format!("[{}]", vec!["{}"; 5_001].join(","));
    for (path, header, body, status) in [
        ("/api/visits", json_type, "", 400),
        ("/api/visits", json_type, "{", 400),
        ("/api/visits", json_type, "[1,2", 400),
        ("/api/visits", json_type, "[]", 400),
        ("/api/visits", json_type, many.as_str(), 400),
        ("/api/visits", json_type, huge.as_str(), 413),
        ("/api/visits", ("content-type", "text/plain"), "{}", 415),
        ("/api/visits", ("content-type", "application/x-www-form-urlencoded"), "id=1", 415),
        ("/api/visits", ("x-no-type", "1"), "{}", 415),
        ("/api/visits?x=1", json_type, "{}", 400),
        ("/api/campaigns", json_type, "{}", 400),
        ("/api/campaigns", json_type, r#"{"name":"a","theme":"b","from":"2026-01-01","to":"2026-02-30"}"#, 400),
        ("/api/campaigns", json_type, r#"{"name":"a","theme":"b","from":"2026-01-31","to":"2026-01-01"}"#, 400),
        ("/api/campaigns", json_type, r#"{"name":" ","theme":"b","from":"2026-01-01","to":"2026-01-31"}"#, 400),
        ("/api/campaigns", json_type, r#"{"name":"a","theme":"b","from":"2026-01-01","to":"2026-01-31","id":7}"#, 400),
        ("/api/campaigns", json_type, "\u{0}", 400),
        ("/api/campaigns", ("content-type", "text/html"), campaign, 415),
        ("/api/campaigns", json_type, huge.as_str(), 413),
    ] {
        let reply = admin.send("POST", path, &[header], Some(body.as_bytes()));
        let shown: String = body.chars().take(70).collect();
        assert_eq!(reply.status, status, "{path} {shown}: {}", reply.text());
        reply.problem(status);
        assert_eq!(house.scratch.head(), head, "{path} {shown}");
    }
    let not_text = admin.send("POST", "/api/visits", &[json_type], Some(&[b'"', 0xff, 0xfe, b'"']));
    not_text.problem(400);
    // A body whose length nobody tells is stopped as well.
    let chunked = [json_type, ("transfer-encoding", "chunked")];
    admin.send("POST", "/api/visits", &chunked, Some(huge.as_bytes())).problem(413);
    assert_eq!(house.scratch.head(), head);
    assert_eq!(admin.send("POST", "/api/campaigns", &[json_type], Some(campaign.as_bytes())).status, 201);
}

#[test]
fn a_token_that_opens_nothing_is_401_everywhere_and_a_role_that_may_not_is_403() {
    let house = running(&[]);
    let head = house.scratch.head();
    for path in [
        "/api/me",
        "/api/coverage",
        "/api/unvisited",
        "/api/households/HH00",
        "/tiles/areas",
        "/tiles/areas/0/0/0",
        "/live",
        "/api/check",
    ] {
        let wrong = house.server.client(Some("mm_0000")).get(path);
        wrong.problem(401);
        assert!(wrong.header("www-authenticate").starts_with("Bearer"), "{path}");
        for header in ["Basic bWU6aHVzaA==", "Bearer", "mm_0000"] {
            house.client("public").get_with(path, &[("authorization", header)]).problem(401);
        }
    }
    for (method, path) in [
        ("GET", "/api/unvisited"),
        ("GET", "/api/households/HH00"),
        ("GET", "/api/check"),
        ("GET", "/tiles/households/0/0/0"),
    ] {
        let public = house.client("public").send(method, path, &[], None);
        public.problem(401);
        house.client("planner").send(method, path, &[], None).problem(403);
    }
    let campaign = json!({"name": "a", "theme": "b", "from": "2026-01-01", "to": "2026-01-31"});
    house.client("public").post("/api/campaigns", &campaign).problem(401);
    house.client("member").post("/api/campaigns", &campaign).problem(403);
    let visit = json!({"id": V1, "household": "HH00", "at": "2026-01-05T08:00:00Z", "outcome": "visited"});
    house.client("public").post("/api/visits", &visit).problem(401);
    house.client("analyst").post("/api/visits", &visit).problem(403);
    assert_eq!(house.scratch.head(), head);
}

#[test]
fn a_token_ends_when_it_is_revoked_or_its_time_has_come() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let past = scratch.run(&["token", "create", "--role", "admin", "--expires", "2026-01-01T00:00:00Z"]);
    let future = scratch.run(&["token", "create", "--role", "admin", "--expires", "2999-01-01T00:00:00Z"]);
    let (past, future) = (past.done().to_owned(), future.done().to_owned());
    let listed = scratch.run(&["token", "list"]);
    let admin = listed.out.lines().find(|line| line.contains("Caller admin")).unwrap();
    assert!(!listed.out.contains("mm_"), "a list shows no secret: {listed:?}");
    let id = admin.split('\t').next().unwrap();
    scratch.run(&["token", "revoke", id]).done();
    scratch.unchanged(|| scratch.run(&["token", "revoke", "nobody"])).refused(1, &["nobody"]);
    scratch.unchanged(|| scratch.run(&["token", "create", "--role", "king"])).refused(1, &["king", "admin"]);
    scratch.unchanged(|| scratch.run(&["token", "create", "--role", "member"])).refused(1, &["area", "member"]);
    let unknown = ["token", "create", "--role", "member", "--area", "nowhere"];
    scratch.unchanged(|| scratch.run(&unknown)).refused(1, &["nowhere"]);
    let server = Server::start(&scratch);
    server.client(Some(&tokens["admin"])).get("/api/check").problem(401);
    server.client(Some(&past)).get("/api/check").problem(401);
    assert_eq!(server.client(Some(&future)).json("/api/me")["role"], "admin");
    for secret in [&tokens["admin"], &past, &future] {
        let kept = scratch.ask(&format!("SELECT count(*) FROM change WHERE instr(body, '{secret}')"));
        assert_eq!(kept, ["0"], "a secret stands in the store");
    }
}
