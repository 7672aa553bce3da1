//! Every operation of the router, asked by every role about their own area, the neighbour's and the township above: who may not is
//! refused, and whoever may reads nothing of a household beyond his reach. The table of operations is the router's own, so that a
//! new one is walked as well, or stops this test until it says how it is asked.

use crate::house::{Client, County, GRIDS, Home, Reply, Scratch, Server, TOWNSHIPS, home, homes, tile};
use crate::ledger;
use crate::rules::OWN_RULES;
use jiff::Timestamp;
use melonmap::http::{About, Operation, Rule, Verb, operations};
use melonmap::model::access::reach;
use melonmap::model::{Reach, Right, Role};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The member answers for the first grid, the coordinator for the first township (see `County::found`).
struct Place {
    name: &'static str,
    area: &'static str,
    /// A household in it.
    home: Home,
}

fn places() -> [Place; 4] {
    [
        Place { name: "own", area: GRIDS[0], home: home(0, 1) },
        Place { name: "neighbour", area: GRIDS[1], home: home(1, 1) },
        Place { name: "parent", area: TOWNSHIPS[0], home: home(1, 2) },
        Place { name: "beyond", area: TOWNSHIPS[1], home: home(2, 1) },
    ]
}

/// Whether a role sees what a right shows of a household, by the table of rights and the county's plan alone.
fn sees(role: Role, right: Right, household: &Home) -> bool {
    let grid: usize = household.code[2..3].parse().unwrap();
    match (reach(role, right), role) {
        (Reach::Nowhere, _) => false,
        (Reach::Everywhere, _) => true,
        (Reach::Own, Role::Member) => grid == 0,
        (Reach::Own, _) => grid < 2,
    }
}

/// A number that makes what is written new each time.
struct Fresh(u32);

impl Fresh {
    fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

/// The path of an operation about a place, once for each way to ask. Panics at a parameter that nobody told it of.
fn paths(operation: &Operation, place: &Place, fresh: &mut Fresh) -> Vec<String> {
    let read = ["areas", "households", "visits", "context", "zones", "spots"];
    // Of the others it is `zones` that asks.
    let collections = if operation.verb.only_reads() { &read[..] } else { &["zones", "spots"] };
    let mut paths = vec![operation.path.to_owned()];
    for name in operation.path_parameters() {
        let values: Vec<String> = match (operation.path, name) {
            ("/api/areas/{code}", "code") => vec![place.area.into()],
            ("/api/households/{code}", "code") => vec![place.home.code.clone()],
            ("/tiles/{layers}" | "/tiles/{layers}/{z}/{x}/{y}", "layers") => {
                ["areas", "context", "households", "areas,context,households"].map(str::to_owned).into()
            }
            ("/tiles/{layers}/{z}/{x}/{y}", "z") => vec![tile(&place.home, 16)], // all three at once
            (_, "tileMatrix") => vec![by_row(&place.home)],                      // the same
            ("/tiles/{layers}/{z}/{x}/{y}" | "/api/plans/{id}/tiles/{z}/{x}/{y}", "x" | "y")
            | (_, "tileRow" | "tileCol") => vec![String::new()],
            (_, "collection") => collections.iter().map(|name| (*name).to_owned()).collect(),
            (_, "item") => vec![place.home.code.clone(), place.area.into(), visit_id(&place.home)],
            ("/api/campaigns/{id}" | "/api/campaigns/{id}/target", "id") => vec!["1".into()],
            ("/api/visits/{id}/withdrawal", "id") => vec![visit_id(&place.home)],
            (path, "code") if path.starts_with("/api/teams/") => vec![format!("team-{}", place.area)],
            ("/api/rules/{id}", "id") => vec!["us-nyc-2025-extra".into(), "cn-hebi-2012".into()],
            (path, "id") if path.starts_with("/api/plans/") => vec!["1".into()],
            ("/api/plans/{id}/tiles/{z}/{x}/{y}", "z") => vec![tile(&place.home, 14)],
            ("/api/ledger/layouts/{area}", _) => vec![place.area.into()],
            ("/api/tokens/{id}", "id") => vec![format!("nothing{}", fresh.next())],
            ("/api/users/{name}" | "/api/users/{name}/link", "name") => vec![format!("nobody{}", fresh.next())],
            ("/web/{*path}", _) => vec!["app.js".into()],
            ("/styles/{name}", _) => vec!["light.json".into()],
            ("/glyphs/{fontstack}/{range}", "fontstack") => vec!["Noto Sans Regular".replace(' ', "%20")],
            ("/glyphs/{fontstack}/{range}", _) => vec!["0-255.pbf".into()],
            (path, name) => panic!("say how {{{name}}} of {path} is asked about a place"),
        };
        let braces = if operation.path.contains(&format!("{{*{name}}}")) {
            format!("{{*{name}}}")
        } else {
            format!("{{{name}}}")
        };
        paths = paths.iter().flat_map(|path| values.iter().map(|value| path.replace(&braces, value))).collect();
    }
    let paths = paths.into_iter().map(|path| path.trim_end_matches('/').to_owned());
    let paths = paths.map(|path| if path.is_empty() { "/".to_owned() } else { path });
    paths.flat_map(|path| queries(operation, place).into_iter().map(move |query| format!("{path}{query}"))).collect()
}

/// Matrix, row and column of the tile around a household, as deep as there are tiles of all layers.
fn by_row(home: &Home) -> String {
    let tile = tile(home, 14);
    let [z, x, y] = tile.split('/').collect::<Vec<_>>()[..] else { panic!("{tile}") };
    format!("{z}/{y}/{x}")
}

/// Ways to ask that could show more than one should see.
fn queries(operation: &Operation, place: &Place) -> Vec<String> {
    let Home { code, lon, lat, address, .. } = &place.home;
    let (area, address) = (place.area, address.replace(' ', "%20"));
    let near = format!("{},{},{},{}", lon - 0.0001, lat - 0.0001, lon + 0.0001, lat + 0.0001);
    let then = Timestamp::now();
    match operation.path {
        "/api/coverage" => {
            vec![format!("?within={area}"), format!("?within={area}&f=geojson"), format!("?within={area}&f=csv")]
        }
        "/api/worklist" => {
            let forms = ["gpx", "xlsx"].map(|form| format!("?limit=300&f={form}"));
            let narrow = [format!("?area={area}"), format!("?near={lon},{lat}"), format!("?as_of={then}")];
            let narrow = narrow.map(|query| format!("{query}&limit=300"));
            narrow.into_iter().chain(forms).collect()
        }
        "/api/ledger" => vec![format!("?area={area}"), "?area=331100&lang=zh".into()],
        "/api/teams/{code}/assignment" if operation.verb == Verb::Get => vec![String::new(), format!("?area={area}")],
        "/api/teams/{code}/assignment" if operation.verb == Verb::Delete => vec![format!("?plan={}", "0".repeat(64))],
        "/api/teams" => vec![format!("?area={area}"), "?on=2026-01-05".into()],
        "/api/codes" => vec![String::new(), format!("?within={area}"), format!("?as_of={then}")],
        "/api/households/{code}" => vec![String::new(), format!("?as_of={then}")],
        "/api/editions/preview" => vec!["?campaign=1&level=grid".into(), "?campaign=1".into()],
        "/api/rates" | "/api/satisfaction" => vec![String::new(), format!("?level=grid&within={area}")],
        "/api/coverage/weeks" => {
            vec![format!("?campaign=1&as_of={then}"), format!("?campaign=1&level=grid&within={area}")]
        }
        "/api/rates/difference" => vec![format!("?a={area}&b=331100")],
        "/api/unvisited" => {
            vec![format!("?area={area}&limit=1000"), format!("?near={lon},{lat}&limit=1000"), format!("?as_of={then}")]
        }
        "/api/search" => vec![format!("?q={code}"), format!("?q={address}"), format!("?q={area}")],
        "/ogc/collections/{collection}/items" => {
            let forms = ["json", "html", "jsonfg", "geojsonseq", "fgb", "csv"].map(|f| format!("?limit=1000&f={f}"));
            let narrow = [format!("?bbox={near}"), format!("?filter=code%3D%27{code}%27"), format!("?code={code}")];
            forms.into_iter().chain(narrow).collect()
        }
        "/api/rules/{id}" => vec![String::new(), "?f=toml".into()],
        "/ogc/collections/{collection}/items/{item}" => ["json", "html", "jsonfg"].map(|f| format!("?f={f}")).into(),
        _ => vec![String::new()],
    }
}

/// A body that the operation would take, about a place.
fn body(operation: &Operation, place: &Place, fresh: &mut Fresh) -> Option<Value> {
    let n = fresh.next();
    match (operation.verb, operation.path) {
        (Verb::Get | Verb::Delete | Verb::Options, _) | (_, "/api/users/{name}/link" | "/api/plans/{id}/run") => None,
        (_, path) if path.starts_with("/ogc/collections/{collection}/items") => {
            let point = json!({ "type": "Point", "coordinates": [place.home.lon, place.home.lat] });
            Some(json!({ "type": "Feature", "geometry": point, "properties": { "plan": 1, "stalls": 1 } }))
        }
        (_, "/api/visits/{id}/withdrawal") => Some(json!({ "reason": "never took place" })),
        (_, "/api/campaigns/{id}/target") => Some(json!({ "add": [place.home.code], "reason": format!("r{n}") })),
        (_, "/api/teams/{code}/assignment/plan") => Some(json!({ "threshold_m": 100 + n, "area": place.area })),
        (_, "/api/teams/{code}/assignment") => Some(json!({ "households": [place.home.code] })),
        (_, "/api/teams/{code}") => {
            Some(json!({ "name": format!("t{n}"), "areas": [{ "area": place.area, "from": "2026-01-01" }] }))
        }
        (_, "/api/answers") => Some(json!({
            "id": format!("018f3b6e-0000-7000-8000-{n:012}"), "household": place.home.code,
            "at": "2026-01-06T08:00:00Z", "answer": "satisfied",
        })),
        (_, "/api/visits") => Some(json!({
            "id": format!("018f3b6e-0000-7000-8000-{n:012}"), "household": place.home.code,
            "at": "2026-01-06T08:00:00Z", "outcome": "not_home",
        })),
        (_, "/api/campaigns" | "/api/campaigns/{id}") => {
            Some(json!({ "name": format!("c{n}"), "from": "2026-01-01", "to": "2026-01-31" }))
        }
        (_, "/api/editions") => Some(json!({ "campaign": 1 })),
        (_, "/api/tokens") => Some(json!({ "name": format!("t{n}"), "role": "analyst" })),
        (_, "/api/users") => Some(json!({ "name": format!("u{n}"), "role": "analyst" })),
        (_, "/api/session/password") => Some(json!({ "old": "wrong", "new": format!("long enough {n}") })),
        (_, "/api/session") => Some(json!({ "link": format!("wrong{n}") })),
        (_, "/api/rules/check") => Some(OWN_RULES.into()),
        (_, "/api/ledger/check" | "/api/ledger/layouts/read") => Some(json!([place.home.code, place.home.address])),
        (_, "/api/ledger/apply") => Some(json!({ "rows": [
            { "code": place.home.code, "fields": [{ "field": "persons", "from": "4", "to": "5" }] },
        ] })),
        (_, "/api/ledger/layouts/{area}") => {
            let code = json!({ "field": "code", "header": format!("Code {n}"), "width": 20 });
            Some(json!({ "name": "n", "sheet": "s", "lang": "en", "title": [], "columns": [code] }))
        }
        (_, "/api/plans" | "/api/plans/{id}") => {
            Some(json!({ "name": format!("p{n}"), "rules": "cn-hebi-2012", "within": place.area }))
        }
        (_, path) => panic!("say what is sent to {path}"),
    }
}

/// The visit that this test begins with.
fn visit_id(home: &Home) -> String {
    format!("018f3b6e-0000-7000-8000-90000000{:0>4}", &home.code[2..])
}

/// Looks through an answer for households beyond the role's reach.
fn told(reply: &Reply, asked: &str, role: Role) {
    let text = unpacked(reply);
    for household in homes() {
        // What was asked is no news to who asked it.
        if !sees(role, Right::Households, &household) && !asked.contains(&household.code) {
            assert!(!names(&text, &household.code), "{role}: {asked} tells of {}", household.code);
        }
        let told_us = [household.address.clone(), household.address.replace(' ', "%20")];
        if !sees(role, Right::Addresses, &household) && !told_us.iter().any(|address| asked.contains(address)) {
            assert!(!names(&text, &household.address), "{role}: {asked} tells the address {}", household.address);
        }
    }
    assert!(reply.status < 500, "{role}: {asked}: {text}");
}

/// Whether a text holds a word that is not a part of a longer one.
fn names(text: &str, word: &str) -> bool {
    let whole = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(word)
        .any(|(at, _)| whole(text[..at].chars().next_back()) && whole(text[at + word.len()..].chars().next()))
}

fn ask(client: &Client, operation: &Operation, path: &str, body: Option<&Value>) -> Reply {
    // Of the bodies that are no JSON one is a text, the other a workbook.
    let (sent, media) = match body {
        Some(Value::String(text)) => (Some(text.clone().into_bytes()), "application/toml"),
        Some(Value::Array(row)) => (Some(workbook(row)), ledger::XLSX),
        body => (body.map(|body| body.to_string().into_bytes()), "application/json"),
    };
    let declared = [("content-type", media)];
    let headers = if body.is_some() { &declared[..] } else { &[] };
    client.send(operation.verb.as_str(), path, headers, sent.as_deref())
}

/// A ledger with one household, its persons another than on the map.
fn workbook(row: &[Value]) -> Vec<u8> {
    let texts: Vec<&str> = row.iter().map(|text| text.as_str().unwrap()).collect();
    ledger::Sheet::new(&["Code", "Address", "Persons"]).row(&[texts[0], texts[1], "7"]).done()
}

/// What a workbook says, as one text.
fn unpacked(reply: &Reply) -> String {
    if reply.header("content-type") == ledger::XLSX {
        return ledger::texts(&reply.body).join("\n");
    }
    String::from_utf8_lossy(&reply.body).into_owned()
}

/// What the description says that an operation answers, ready to be held against what it does answer.
struct Promised {
    document: Value,
    validators: HashMap<String, jsonschema::Validator>,
    held: usize,
}

impl Promised {
    fn of(client: &Client) -> Promised {
        Promised { document: client.json("/api/openapi.json"), validators: HashMap::new(), held: 0 }
    }

    /// Holds an answer against it; those of the OGC part are held against theirs by `ogc_table`.
    fn hold(&mut self, operation: &Operation, reply: &Reply, what: &str) {
        if !matches!(operation.about, About::Api(_)) {
            return;
        }
        let (verb, status) = (operation.verb.as_str().to_ascii_lowercase(), reply.status.to_string());
        let answer = &self.document["paths"][operation.path][&verb]["responses"][&status];
        assert!(answer.is_object(), "{what}: the status is not described");
        let media = reply.header("content-type").split(';').next().unwrap_or_default();
        if media.is_empty() {
            assert!(answer["content"].is_null(), "{what}: a body is described");
            return;
        }
        let content = answer["content"].as_object().into_iter().flatten();
        let found = content.into_iter().find(|(described, _)| described.split(';').next() == Some(media));
        let (described, content) = found.unwrap_or_else(|| panic!("{what}: {media} is not described"));
        if !media.ends_with("json") {
            return;
        }
        let components = &self.document["components"];
        let key = format!("{verb} {} {status} {described}", operation.path);
        let validator = self.validators.entry(key).or_insert_with(|| {
            let schema = json!({ "allOf": [content["schema"]], "components": components });
            jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
        });
        let body = serde_json::from_slice(&reply.body).unwrap();
        let faults: Vec<String> = validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{what}: {faults:?}");
        self.held += 1;
    }
}

#[test]
fn no_operation_shows_a_role_more_than_the_table_of_rights_says() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    for place in places() {
        assert_eq!(admin.visit(&visit_id(&place.home), &place.home.code, "visited")["result"], "stored");
    }
    let (mut fresh, mut asked, mut promised) = (Fresh(0), 0, Promised::of(&admin));
    for role in Role::ALL {
        let token = tokens.get(role.as_str()).map(String::as_str);
        assert_eq!(token.is_none(), role == Role::Public, "{role} has a token");
        for operation in operations().filter(|o| o.path != "/live") {
            for place in places() {
                for path in paths(operation, &place, &mut fresh) {
                    let sent = body(operation, &place, &mut fresh);
                    // A connection of its own: one on which an answer came before the whole request was read may be closing.
                    let reply = ask(&server.client(token), operation, &path, sent.as_ref());
                    let what = format!("{role}, {}: {} {path}: {}", place.name, operation.verb.as_str(), reply.text());
                    match operation.rule {
                        Rule::Needs(right) if reach(role, right) == Reach::Nowhere => {
                            reply.problem(if role == Role::Public { 401 } else { 403 });
                        }
                        Rule::Needs(_) => assert!(![401, 403].contains(&reply.status), "{what}"),
                        Rule::Open if !operation.path.starts_with("/api/session") => {
                            assert!(reply.status == 200, "{what}");
                        }
                        Rule::Open | Rule::ByRights => {}
                    }
                    assert_ne!(reply.status, 405, "{what}");
                    promised.hold(operation, &reply, &what);
                    told(&reply, &format!("{path} {}", sent.unwrap_or_default()), role);
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 1_500, "{asked} requests: was the table walked?");
    assert!(promised.held > 500, "{} answers held against the description", promised.held);
}

#[test]
fn what_reaches_a_household_by_its_code_does_so_for_those_who_see_it_and_for_nobody_else() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    for role in Role::ALL {
        let client = server.client(tokens.get(role.as_str()).map(String::as_str));
        for place in places() {
            let code = &place.home.code;
            for path in [format!("/api/households/{code}"), format!("/ogc/collections/households/items/{code}")] {
                let reply = client.get(&path);
                let seen = sees(role, Right::Households, &place.home);
                assert_eq!(reply.status == 200, seen, "{role}, {}: {path}: {}", place.name, reply.status);
                let personal = names(&reply.text(), &place.home.address);
                assert_eq!(personal, sees(role, Right::Addresses, &place.home), "{role}, {}: {path}", place.name);
            }
        }
    }
}

#[test]
fn an_operation_is_described_or_a_file_of_the_page_and_every_description_is_served() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let document = server.client(Some(&tokens["admin"])).json("/api/openapi.json");
    let described = document["paths"].as_object().unwrap();
    for operation in operations() {
        let shape: Vec<&str> = operation.path.split('/').collect();
        let found = described.iter().any(|(path, verbs)| {
            let parts: Vec<&str> = path.split('/').collect();
            let same = |(a, b): (&&str, &&str)| a == b || a.starts_with('{');
            parts.len() == shape.len()
                && shape.iter().zip(&parts).all(same)
                && verbs.get(operation.verb.as_str().to_ascii_lowercase()).is_some()
        });
        assert_eq!(found, !matches!(operation.about, About::Page), "{} {}", operation.verb.as_str(), operation.path);
    }
    for (path, verbs) in described {
        for (verb, operation) in verbs.as_object().unwrap() {
            for status in ["401", "405", "414", "429", "431", "500", "503"] {
                assert!(operation["responses"][status].is_object(), "{verb} {path}: {status}");
            }
            assert!(operation["operationId"].is_string() && operation["summary"].is_string(), "{verb} {path}");
        }
    }
    // Nobody is told of collections that he may not see.
    let public = server.client(None).json("/api/openapi.json");
    assert!(public["paths"]["/ogc/collections/areas/items"].is_object());
    assert!(public["paths"]["/ogc/collections/households/items"].is_null());
    let page = server.client(None).get("/api/docs");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("POST /api/visits") && !page.text().contains("<script"));
}

/// The description as it was agreed: a change of it is a change for every client, and belongs into the changelog.
#[test]
fn the_description_is_the_one_agreed() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let mut now = server.client(Some(&tokens["admin"])).json("/api/openapi.json");
    now["servers"] = json!([]);
    now["info"]["version"] = json!("");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&now).unwrap());
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let agreed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (path, verbs) in now["paths"].as_object().unwrap() {
        assert_eq!(&agreed["paths"][path], verbs, "{path}; UPDATE_SNAPSHOTS=1 writes the new description down");
    }
    assert_eq!(agreed, now, "UPDATE_SNAPSHOTS=1 writes the new description down");
}
