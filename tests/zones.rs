//! Zones and spots over HTTP: OGC API Features Part 4 (20-002), who may, who hears of it, and that nobody's edit is lost.

use crate::house::{Client, County, Reply, Scratch, Server};
use melonmap::model::PlanPhase;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

const ROLES: [&str; 7] = ["public", "member", "coordinator", "planner", "inspector", "analyst", "admin"];
const ZONES: &str = "/ogc/collections/zones/items";
const SPOTS: &str = "/ogc/collections/spots/items";

/// The county with plan 1, a draft, and plan 2, which has ended.
fn county(scratch: &Scratch) -> HashMap<&'static str, String> {
    let tokens = County::found(scratch);
    County::plan(scratch, 1, PlanPhase::Draft);
    County::plan(scratch, 2, PlanPhase::Draft);
    County::plan(scratch, 2, PlanPhase::Ended);
    tokens
}

fn client(server: &Server, tokens: &HashMap<&'static str, String>, role: &str) -> Client {
    server.client(tokens.get(role).map(String::as_str))
}

fn square(west: f64, south: f64, side: f64) -> Value {
    let (east, north) = (west + side, south + side);
    json!({ "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] })
}

fn zone(properties: &Value) -> Value {
    let mut all = json!({ "plan": 1, "class": "allowed" });
    all.as_object_mut().unwrap().extend(properties.as_object().unwrap().clone());
    json!({ "type": "Feature", "geometry": square(119.41, 28.41, 0.01), "properties": all })
}

fn spot(geometry: &Value) -> Value {
    json!({ "type": "Feature", "geometry": geometry, "properties": { "plan": 1, "stalls": 4, "name": "By the well" } })
}

fn point() -> Value {
    json!({ "type": "Point", "coordinates": [119.415, 28.415] })
}

/// Sends a feature, with the version that it is a change of.
fn put(client: &Client, path: &str, tag: Option<&str>, feature: &Value) -> Reply {
    let mut headers = vec![("content-type", "application/geo+json")];
    headers.extend(tag.map(|tag| ("if-match", tag)));
    client.send("PUT", path, &headers, Some(feature.to_string().as_bytes()))
}

fn delete(client: &Client, path: &str, tag: Option<&str>) -> Reply {
    let headers: Vec<_> = tag.map(|tag| ("if-match", tag)).into_iter().collect();
    client.send("DELETE", path, &headers, None)
}

/// What was made: its path, its version, itself.
#[track_caller]
fn made(reply: &Reply) -> (String, String, Value) {
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.header("content-type"), "application/geo+json");
    let (_, path) = reply.header("location").split_once("/ogc/").unwrap();
    (format!("/ogc/{path}"), reply.header("etag").to_owned(), serde_json::from_slice(&reply.body).unwrap())
}

#[test]
fn a_zone_is_made_replaced_and_taken_away_and_each_change_is_a_version() {
    let scratch = Scratch::new();
    let tokens = county(&scratch);
    let server = Server::start(&scratch);
    let planner = client(&server, &tokens, "planner");
    let drawn = zone(&json!({ "class": "restricted", "name": "Market", "hours": ["Mo-Fr 07:00-19:00"],
                              "season": ["05-15..08-31"], "reason": "asked for" }));
    let (path, tag, feature) = made(&planner.post(ZONES, &drawn));
    assert_eq!(tag, format!("\"{}\"", planner.seq()));
    assert_eq!(path, format!("{ZONES}/{}", feature["id"].as_str().unwrap()));
    let properties = &feature["properties"];
    for name in ["plan", "class", "name", "hours", "season", "reason"] {
        assert_eq!(properties[name], drawn["properties"][name], "{name}");
    }
    assert_eq!(properties["by"], "Caller planner Zhang");
    assert!(properties["changed_at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    let reply = planner.get(&path);
    assert_eq!(reply.header("etag"), tag);
    let mut read = reply.json();
    read.as_object_mut().unwrap().remove("links");
    assert_eq!(read, feature);
    for (asked, status) in [(tag.as_str(), 304), ("\"1\"", 200), (&format!("W/{tag}"), 304)] {
        let reply = planner.get_with(&path, &[("if-none-match", asked)]);
        assert_eq!(
            (reply.status, reply.body.is_empty(), reply.header("etag")),
            (status, status == 304, &*tag),
            "{asked}"
        );
    }
    // A page and a list are other forms of the same version.
    assert_ne!(planner.get(&format!("{path}?f=html")).header("etag"), tag);

    // What was read can be sent back, changed.
    feature_moves(&planner, &path, &tag, &read);

    let second = planner.get(&path).header("etag").to_owned();
    delete(&planner, &path, None).problem(428);
    let late = delete(&planner, &path, Some(&tag)).problem(412);
    assert_eq!(format!("\"{}\"", late["version"]), second);
    let gone = delete(&planner, &format!("{path}?reason=built%20over"), Some(&second));
    assert_eq!((gone.status, gone.body.len()), (204, 0), "{}", gone.text());
    planner.get(&path).problem(404);
    delete(&planner, &path, Some(&second)).problem(404);
    put(&planner, &path, Some(&second), &read).problem(412);
    assert_eq!(planner.json(ZONES)["numberMatched"], 0);
    let why = scratch.ask("SELECT json_extract(body, '$.reason') FROM change WHERE kind = 'zone_end'");
    assert_eq!(why, ["built over"]);
    server.stop();
    scratch.proved();
}

fn feature_moves(planner: &Client, path: &str, tag: &str, read: &Value) {
    let mut moved = read.clone();
    moved["geometry"] = square(119.43, 28.42, 0.01);
    moved["properties"]["reason"] = json!("further east");
    put(planner, path, None, &moved).problem(428);
    for wrong in ["*", "17", "\"1\", \"2\""] {
        put(planner, path, Some(wrong), &moved).wrong("If-Match", wrong);
    }
    let reply = put(planner, path, Some(tag), &moved);
    assert_eq!((reply.status, reply.json()["properties"]["reason"].clone()), (200, json!("further east")));
    let second = reply.header("etag").to_owned();
    assert_eq!(second, format!("\"{}\"", planner.seq()));
    // The same again is no change.
    let again = put(planner, path, Some(&second), &moved);
    assert_eq!((again.status, again.header("etag")), (200, &*second));
    let late = put(planner, path, Some(tag), read).problem(412);
    assert_eq!((&late["by"], format!("\"{}\"", late["version"])), (&json!("Caller planner Zhang"), second));
    assert_eq!(planner.json(&format!("{ZONES}?bbox=119.405,28.405,119.42,28.42"))["numberMatched"], 0);
    assert_eq!(planner.json(&format!("{ZONES}?bbox=119.435,28.425,119.44,28.43"))["numberMatched"], 1);
}

#[test]
fn zones_and_spots_are_listed_filtered_and_exported_like_any_collection() {
    let scratch = Scratch::new();
    let tokens = county(&scratch);
    let server = Server::start(&scratch);
    let planner = client(&server, &tokens, "planner");
    for (n, class) in ["allowed", "forbidden", "forbidden"].into_iter().enumerate() {
        let mut drawn = zone(&json!({ "class": class, "name": format!("Zone {n}") }));
        drawn["id"] = json!(format!("Z{n}"));
        assert_eq!(made(&planner.post(ZONES, &drawn)).0, format!("{ZONES}/Z{n}"));
    }
    let line = json!({ "type": "LineString", "coordinates": [[119.41, 28.42], [119.42, 28.42]] });
    for geometry in [point(), line.clone()] {
        let (_, _, stored) = made(&planner.post(SPOTS, &spot(&geometry)));
        assert_eq!((&stored["geometry"], &stored["properties"]["stalls"]), (&geometry, &json!(4)));
    }
    let zones = |query: &str| -> Vec<String> {
        let page = planner.json(&format!("{ZONES}?{query}"));
        page["features"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(zones(""), ["Z0", "Z1", "Z2"]);
    assert_eq!(zones("class=forbidden&sortby=-name"), ["Z2", "Z1"]);
    assert_eq!(zones("filter=plan%3D1%20AND%20name%20LIKE%20%27%251%27"), ["Z1"]);
    assert_eq!(zones("plan=2").len(), 0);
    let spots = planner.json(&format!("{SPOTS}?filter=stalls%3E3"));
    assert_eq!(spots["numberMatched"], 2);
    let text = |query: &str| planner.get(query).text();
    assert_eq!(text(&format!("{ZONES}?f=csv")).lines().count(), 4);
    assert!(text(&format!("{SPOTS}?f=csv")).contains("LINESTRING"));
    assert_eq!(text(&format!("{ZONES}?f=geojsonseq")).matches("\"Feature\"").count(), 3);
    assert!(planner.get(&format!("{SPOTS}?f=fgb")).body.starts_with(b"fgb"));
    for collection in ["zones", "spots"] {
        let schema = planner.json(&format!("/ogc/collections/{collection}/schema"));
        assert_eq!(schema["properties"]["changed_at"]["readOnly"], true);
        assert_eq!(schema["properties"]["plan"]["type"], "integer");
    }
    // One in between taken away: numbers, counts and pages know.
    let tag = planner.get(&format!("{ZONES}/Z1")).header("etag").to_owned();
    assert_eq!(delete(&planner, &format!("{ZONES}/Z1"), Some(&tag)).status, 204);
    assert_eq!(zones(""), ["Z0", "Z2"]);
    assert_eq!(planner.json(&format!("{ZONES}?limit=1"))["numberMatched"], 2);
    let again = planner.post(
        ZONES,
        &json!({ "type": "Feature", "id": "Z0", "geometry": square(119.41, 28.41, 0.01),
                                             "properties": { "plan": 1, "class": "allowed" } }),
    );
    assert_eq!(again.problem(409)["by"], "Caller planner Zhang");
    let conforms = planner.json("/ogc/conformance");
    for class in ["create-replace-delete", "features", "optimistic-locking-etags"] {
        let uri = json!(format!("http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/{class}"));
        assert!(conforms["conformsTo"].as_array().unwrap().contains(&uri), "{class}");
    }
}

#[test]
fn of_two_who_change_the_same_zone_at_once_one_wins_and_the_others_are_told_who() {
    const WRITERS: usize = 8;
    let scratch = Scratch::new();
    let tokens = county(&scratch);
    let server = Server::start(&scratch);
    let planner = client(&server, &tokens, "planner");
    let (path, mut tag, _) = made(&planner.post(ZONES, &zone(&json!({}))));
    for round in 0..20 {
        let edit = |n: usize| zone(&json!({ "name": format!("round {round} writer {n}") }));
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|n| {
                    let role = if n % 2 == 0 { "planner" } else { "admin" };
                    let (client, path, tag) = (client(&server, &tokens, role), path.as_str(), tag.as_str());
                    scope.spawn(move || put(&client, path, Some(tag), &edit(n)))
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let won: Vec<usize> = (0..WRITERS).filter(|n| replies[*n].status == 200).collect();
        let [winner] = won[..] else { panic!("round {round}: {won:?} won") };
        let by = if winner % 2 == 0 { "Caller planner Zhang" } else { "Caller admin Zhang" };
        for (n, reply) in replies.iter().enumerate().filter(|(n, _)| *n != winner) {
            let problem = reply.problem(412);
            assert_eq!((&problem["by"], problem["at"].is_string()), (&json!(by), true), "writer {n}");
            assert_eq!(format!("\"{}\"", problem["version"]), replies[winner].header("etag"));
        }
        let now = planner.get(&path);
        assert_eq!(now.json()["properties"]["name"], format!("round {round} writer {winner}"));
        tag = now.header("etag").to_owned();
        assert_eq!(tag, replies[winner].header("etag"));
    }
    assert_eq!(scratch.ask("SELECT count(*) FROM change WHERE kind = 'zone'"), ["21"], "no lost edit was stored");
    // One edit against one end: one of them.
    let (edited, ended) = std::thread::scope(|scope| {
        let (edits, ends) = (client(&server, &tokens, "planner"), client(&server, &tokens, "admin"));
        let (path, tag) = (path.as_str(), tag.as_str());
        let edit = scope.spawn(move || put(&edits, path, Some(tag), &zone(&json!({ "name": "last" }))));
        let end = scope.spawn(move || delete(&ends, path, Some(tag)));
        (edit.join().unwrap(), end.join().unwrap())
    });
    assert!([(200, 412), (412, 204)].contains(&(edited.status, ended.status)), "{} {}", edited.status, ended.status);
}

#[test]
fn a_restart_keeps_every_drawing_with_its_version_author_and_time() {
    let scratch = Scratch::new();
    let tokens = county(&scratch);
    let server = Server::start(&scratch);
    let planner = client(&server, &tokens, "planner");
    let drawn = zone(&json!({ "class": "restricted", "hours": ["22:00-04:00"], "season": ["11-01..02-28"] }));
    let kept = [made(&planner.post(ZONES, &drawn)), made(&planner.post(SPOTS, &spot(&point())))];
    let (gone, tag, _) = made(&planner.post(ZONES, &drawn));
    assert_eq!(delete(&planner, &gone, Some(&tag)).status, 204);
    server.stop();
    scratch.proved();
    let server = Server::start(&scratch);
    let planner = client(&server, &tokens, "planner");
    for (path, tag, feature) in kept {
        let reply = planner.get(&path);
        assert_eq!(reply.header("etag"), tag);
        let mut now = reply.json();
        now.as_object_mut().unwrap().remove("links");
        assert_eq!(now, feature);
        let changed = put(&planner, &path, Some(&tag), &now);
        assert_eq!((changed.status, changed.header("etag")), (200, &*tag), "{}", changed.text());
    }
    planner.get(&gone).problem(404);
}

#[test]
fn planners_draw_the_office_looks_on_and_nobody_else_knows_of_it() {
    let scratch = Scratch::new();
    let tokens = county(&scratch);
    let server = Server::start(&scratch);
    let admin = client(&server, &tokens, "admin");
    // What the others are shown before anything is drawn.
    let outside = ["/ogc/collections", "/ogc/collections/areas", "/ogc/collections/context", "/api/search?q=Drawn"];
    let shown = |role: &str| -> Vec<String> {
        let client = client(&server, &tokens, role);
        let info = client.json("/api/info")["bbox"].to_string();
        outside.iter().map(|path| client.get(path).text()).chain([info]).collect()
    };
    let before = ["public", "member"].map(shown);
    let feeds: Vec<_> = ROLES.map(|role| client(&server, &tokens, role).live(None)).into();
    // Far from the county, where any extent would tell.
    let mut far = zone(&json!({ "name": "Drawn" }));
    far["geometry"] = square(-60.0, -30.0, 1.0);
    let (path, tag, _) = made(&admin.post(ZONES, &far));
    let (spot_path, ..) = made(&admin.post(SPOTS, &spot(&json!({ "type": "Point", "coordinates": [-60.0, -30.0] }))));
    let drawn_at = admin.seq();
    // A campaign and an edition of it is what all hear next; the campaign alone only who sees figures as they are.
    let campaign = json!({ "name": "c", "from": "2026-01-01", "to": "2026-01-31" });
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    assert_eq!(admin.post("/api/editions", &json!({ "campaign": 1 })).status, 201);
    for (role, feed) in ROLES.iter().zip(&feeds) {
        let hears = !["public", "member"].contains(role);
        if hears {
            for _ in 0..2 {
                let event = feed.next();
                assert_eq!((&event["plans"], &event["reset"]), (&json!([1]), &json!(false)), "{role}");
            }
        }
        if !["public", "planner"].contains(role) {
            feed.nothing_but(drawn_at + 2);
        }
        let public = client(&server, &tokens, "public").seq();
        let event = feed.nothing_but(if *role == "public" { public } else { drawn_at + 3 });
        assert_eq!((&event["plans"], &event["edition"]), (&json!([]), &json!(1)), "{role}");
    }
    for role in ROLES {
        let client = client(&server, &tokens, role);
        let (sees, draws) = (!["public", "member"].contains(&role), ["planner", "admin"].contains(&role));
        let refusal = if role == "public" { 401 } else { 403 };
        for asked in [ZONES, SPOTS, &path, &spot_path, "/ogc/collections/zones", "/ogc/collections/spots/schema"] {
            let reply = client.get(asked);
            if sees { drop(reply.json()) } else { drop(reply.problem(refusal)) }
        }
        let paths = client.json("/ogc/api");
        let described = |path: &str, verb: &str| paths["paths"][path][verb].is_object();
        assert_eq!(described("/collections/zones/items", "get"), sees, "{role}");
        for (path, verb) in [("/items", "post"), ("/items/{featureId}", "put"), ("/items/{featureId}", "delete")] {
            assert_eq!(described(&format!("/collections/spots{path}"), verb), draws, "{role} {verb}");
        }
        if !draws {
            client.post(ZONES, &zone(&json!({}))).problem(refusal);
            put(&client, &path, Some(&tag), &far).problem(refusal);
            delete(&client, &path, Some(&tag)).problem(refusal);
        }
        let collections = client.json("/ogc/collections");
        let names: BTreeSet<&str> =
            collections["collections"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
        assert_eq!((names.contains("zones"), names.contains("spots")), (sees, sees), "{role}");
    }
    assert_eq!(["public", "member"].map(shown), before, "somebody is shown that there is a drawing");
    let extent = admin.json("/ogc/collections/zones")["extent"]["spatial"]["bbox"][0].clone();
    assert_eq!(extent[0], -60.0, "who may see it finds it: {extent}");
}

#[test]
fn what_may_be_asked_of_items_is_told_and_what_may_not_is_refused() {
    let scratch = Scratch::new();
    let tokens = county(&scratch);
    let server = Server::start(&scratch);
    let planner = client(&server, &tokens, "planner");
    for (path, allow) in [
        (ZONES, "GET, HEAD, OPTIONS, POST"),
        ("/ogc/collections/spots/items/x", "GET, HEAD, OPTIONS, PUT, DELETE"),
        ("/ogc/collections/areas/items", "GET, HEAD, OPTIONS"),
        ("/ogc/collections/areas/items/331100", "GET, HEAD, OPTIONS"),
    ] {
        let reply = planner.send("OPTIONS", path, &[], None);
        assert_eq!((reply.status, reply.header("allow")), (200, allow), "{path}");
    }
    client(&server, &tokens, "public").send("OPTIONS", ZONES, &[], None).problem(401);
    let refused = planner.post("/ogc/collections/areas/items", &zone(&json!({})));
    assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
    refused.problem(405);
    delete(&planner, "/ogc/collections/context/items/w1", Some("\"1\"")).problem(405);
    planner.post("/ogc/collections/nothing/items", &zone(&json!({}))).problem(404);
}

/// A feature with a member replaced: `/properties/plan` and the like.
fn with(mut feature: Value, at: &str, value: Value) -> Value {
    let (parent, name) = at.rsplit_once('/').unwrap();
    feature.pointer_mut(parent).unwrap()[name] = value;
    feature
}

#[test]
fn what_cannot_be_is_refused_by_name_and_nothing_is_written() {
    let scratch = Scratch::new();
    let tokens = county(&scratch);
    let server = Server::start(&scratch);
    let planner = client(&server, &tokens, "planner");
    let z = |at: &str, value: Value| (ZONES, with(zone(&json!({})), at, value));
    let s = |at: &str, value: Value| (SPOTS, with(spot(&point()), at, value));
    let polygon = |ring: Value| json!({ "type": "Polygon", "coordinates": [ring] });
    let many: Vec<[f64; 2]> = (0..20_001).map(|n| [119.0 + f64::from(n) * 1e-5, 28.0 + f64::from(n % 2)]).collect();
    let closed = |mut ring: Vec<[f64; 2]>| {
        ring.push(ring[0]);
        polygon(json!(ring))
    };
    // A star of 1,001 rays, each across all the others.
    let star = (0..1_001).map(|n| {
        let turn = f64::from(n * 500) / 1_001.0 * std::f64::consts::TAU;
        [119.4 + turn.cos() * 0.01, 28.4 + turn.sin() * 0.01]
    });
    let table = [
        (z("/properties/plan", json!(9)), "plan"),
        (z("/properties/plan", json!(2)), "plan"),
        (z("/properties/plan", Value::Null), "plan"),
        (z("/properties/plan", json!("one")), "plan"),
        (z("/properties/plan", json!(-1)), "plan"),
        (z("/properties/class", json!("maybe")), "class"),
        (z("/properties/class", Value::Null), "class"),
        (z("/properties/name", json!("x".repeat(201))), "name"),
        (z("/properties/name", json!("a\nb")), "name"),
        (z("/properties/reason", json!("x".repeat(501))), "reason"),
        (z("/properties/hours", json!(["07:00-19:00"])), "hours"),
        (z("/properties/hours", json!("always")), "hours"),
        (z("/properties/season", json!(["05-15..08-31"])), "season"),
        (z("/properties/colour", json!("red")), "properties"),
        (z("/properties/code", json!("")), "code"),
        (z("/properties", json!([])), "properties"),
        (z("/type", json!("FeatureCollection")), "type"),
        (z("/id", json!("a\tb")), "id"),
        (z("/crs", json!("http://www.opengis.net/def/crs/EPSG/0/3857")), "crs"),
        (z("/coordRefSys", json!("http://www.opengis.net/def/crs/EPSG/0/4326")), "coordRefSys"),
        (z("/geometry", Value::Null), "geometry"),
        (z("/geometry", json!({})), "geometry"),
        (z("/geometry", json!("here")), "geometry"),
        (z("/geometry", json!({ "type": "Polygon", "coordinates": [] })), "geometry"),
        (z("/geometry", json!({ "type": "MultiPolygon", "coordinates": [] })), "geometry"),
        (z("/geometry", point()), "geometry"),
        (z("/geometry", json!({ "type": "GeometryCollection", "geometries": [] })), "geometry"),
        (z("/geometry", polygon(json!([[1, 1], [2, 1], [2, 2], [1, 2]]))), "geometry"),
        (z("/geometry", polygon(json!([[1, 1], [2, 2], [1, 1]]))), "geometry"),
        (z("/geometry", polygon(json!([[1, 1], [2, 2], [3, 3], [1, 1]]))), "geometry"),
        (z("/geometry", polygon(json!([[1, 91], [2, 91], [2, 92], [1, 91]]))), "geometry"),
        (z("/geometry", polygon(json!([[179, 1], [181, 1], [181, 2], [179, 1]]))), "geometry"),
        (z("/geometry", polygon(json!([[179, 1], [-179, 1], [-179, 2], [179, 2], [179, 1]]))), "geometry"),
        (z("/geometry", polygon(json!([[1, 1], [null, 1], [2, 2], [1, 1]]))), "geometry"),
        (z("/geometry", closed(many)), "geometry"),
        (z("/geometry", closed(star.collect())), "geometry"),
        (s("/properties/stalls", json!(0)), "stalls"),
        (s("/properties/stalls", json!(1_001)), "stalls"),
        (s("/properties/stalls", json!(2.5)), "stalls"),
        (s("/properties/stalls", Value::Null), "stalls"),
        (s("/properties/class", json!("allowed")), "properties"),
        (s("/properties/plan", json!(2)), "plan"),
        (s("/properties/hours", json!(["25:00-26:00"])), "hours"),
        (s("/geometry", square(119.41, 28.41, 0.01)), "geometry"),
        (s("/geometry", json!({ "type": "LineString", "coordinates": [[1, 1]] })), "geometry"),
        (s("/geometry", json!({ "type": "LineString", "coordinates": [[1, 1], [1, 1]] })), "geometry"),
        (s("/geometry", json!({ "type": "LineString", "coordinates": [[179, 1], [-179, 1]] })), "geometry"),
    ];
    let (path, tag, _) = made(&planner.post(ZONES, &zone(&json!({}))));
    scratch.unchanged(|| {
        for ((place, feature), field) in &table {
            let problem = planner.post(place, feature).problem(400);
            let sent: String = feature.to_string().chars().take(300).collect();
            assert_eq!(problem["field"], *field, "{sent}: {problem}");
            assert!(problem["expected"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
            if *place == ZONES && !["id", "code"].contains(field) {
                let problem = put(&planner, &path, Some(&tag), feature).problem(400);
                assert_eq!(problem["field"], *field, "PUT {sent}: {problem}");
            }
        }
        put(&planner, &path, Some(&tag), &with(zone(&json!({})), "/id", json!("another"))).wrong("id", "another");
        let send = |kind: &str, body: &[u8]| planner.send("POST", ZONES, &[("content-type", kind)], Some(body));
        let whole = zone(&json!({})).to_string();
        send("application/geo+json", b"{\"type\": \"Feature\"").problem(400);
        send("application/geo+json", b"").problem(400);
        send("application/geo+json", b"[]").wrong("feature", "[]");
        send("text/plain", whole.as_bytes()).problem(415);
        send("application/geo+json", " ".repeat(9_000_000).as_bytes()).problem(413);
        let crs = "<http://www.opengis.net/def/crs/EPSG/0/4326>";
        let headers = [("content-type", "application/geo+json"), ("content-crs", crs)];
        let foreign = planner.send("POST", ZONES, &headers, Some(whole.as_bytes())).problem(400);
        assert_eq!(foreign["field"], "Content-Crs");
        planner.post(&format!("{ZONES}?f=json"), &zone(&json!({}))).problem(400);
        delete(&planner, &format!("{path}?reason={}", "x".repeat(501)), Some(&tag)).problem(400);
        delete(&planner, &format!("{path}?why=so"), Some(&tag)).problem(400);
    });
}

#[test]
fn a_bow_tie_is_stored_as_its_two_wings() {
    let scratch = Scratch::new();
    let tokens = county(&scratch);
    let server = Server::start(&scratch);
    let planner = client(&server, &tokens, "planner");
    let ring = json!([[119.40, 28.40], [119.42, 28.42], [119.42, 28.40], [119.40, 28.42], [119.40, 28.40]]);
    let bow_tie = with(zone(&json!({})), "/geometry", json!({ "type": "Polygon", "coordinates": [ring] }));
    let (path, tag, stored) = made(&planner.post(ZONES, &bow_tie));
    let parts = stored["geometry"]["coordinates"].as_array().unwrap();
    assert_eq!((&stored["geometry"]["type"], parts.len()), (&json!("MultiPolygon"), 2), "{stored}");
    for part in parts {
        let corners = part[0].as_array().unwrap();
        assert_eq!(corners.len(), 4, "{part}");
        let near =
            |c: &Value| (c[0].as_f64().unwrap() - 119.41).abs() < 1e-9 && (c[1].as_f64().unwrap() - 28.41).abs() < 1e-9;
        assert!(corners.iter().any(near), "{part}");
    }
    // Sent back, it is what is there.
    let again = put(&planner, &path, Some(&tag), &stored);
    assert_eq!((again.status, again.header("etag")), (200, &*tag), "{}", again.text());
    // Cut at the antimeridian, a zone lies on both sides of it.
    let east = square(179.0, 1.0, 1.0)["coordinates"].clone();
    let west = square(-180.0, 1.0, 1.0)["coordinates"].clone();
    let cut = json!({ "type": "MultiPolygon", "coordinates": [east, west] });
    let (_, _, stored) = made(&planner.post(ZONES, &with(zone(&json!({})), "/geometry", cut.clone())));
    assert_eq!(stored["geometry"], cut);
    assert_eq!(planner.json(&format!("{ZONES}?bbox=179.5,1.2,-179.5,1.8"))["numberMatched"], 1);
}
