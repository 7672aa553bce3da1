//! Plans from outside: founded, computed, explained, changed, exported; who may; what planners get wrong.

use crate::archive::Archive;
use crate::house::{Client, County, Scratch, Server, said};
use crate::reader::Tile;
use melonmap::geom::{Bbox, TileId};
use serde_json::{Value, json};
use std::time::Duration;

const BY_HEBI: &str = "cn-hebi-2012";

fn plan(within: &Value) -> Value {
    json!({ "name": "Melon summer", "rules": BY_HEBI, "within": within, "reason": "first draft" })
}

/// Around the middle 0.02° of the county's one street.
fn ground() -> Value {
    json!({ "type": "Polygon", "coordinates": [[[119.49, 28.41], [119.51, 28.41], [119.51, 28.43], [119.49, 28.43], [119.49, 28.41]]] })
}

/// The result of a plan, once it is there.
#[track_caller]
fn ready(client: &Client, path: &str) -> Value {
    for _ in 0..200 {
        let report = client.json(path);
        if report["state"] != "running" {
            assert_eq!(report["state"], "ready", "{report}");
            return report;
        }
        assert!((0.0..=1.0).contains(&report["progress"].as_f64().unwrap()), "{report}");
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{path} is not ready after ten seconds");
}

#[track_caller]
fn founded(client: &Client, plan: &Value) -> String {
    let reply = client.post("/api/plans", plan);
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert!(reply.header("etag").starts_with('"'));
    let path = format!("/api/plans/{}", reply.json()["id"]);
    assert!(reply.header("location").ends_with(&path), "{}", reply.header("location"));
    path
}

fn zone(class: &str, west: f64, east: f64) -> Value {
    let ring = [[west, 28.41], [east, 28.41], [east, 28.43], [west, 28.43], [west, 28.41]];
    json!({ "type": "Feature", "geometry": { "type": "Polygon", "coordinates": [ring] },
        "properties": { "plan": 1, "class": class, "reason": "test" } })
}

#[test]
fn a_plan_says_how_many_stalls_fit_where_why_not_and_what_each_rule_costs() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let planner = server.client(Some(&tokens["planner"]));
    let path = founded(&planner, &plan(&ground()));
    let report = ready(&planner, &path);
    // 0.02° are 1,960 m here: a stall every 2 m on one side of the street, which is its only rule that costs anything.
    let stalls = report["stalls"].as_u64().unwrap();
    assert!((975..=982).contains(&stalls), "{stalls}");
    assert_eq!(report["without_rules"]["stalls"], 2 * stalls);
    let cost = |rule: &str| {
        let found = report["by_rule"].as_array().unwrap().iter().find(|cost| cost["rule"] == rule);
        found.unwrap_or_else(|| panic!("{rule}: {report}"))["in_order"]["stalls"].as_i64().unwrap()
    };
    assert_eq!((cost("junction"), cost("one_side")), (0, i64::try_from(stalls).unwrap()));
    let unmeasured: Vec<&str> =
        report["unmeasured"].as_array().unwrap().iter().map(|line| line["rule"].as_str().unwrap()).collect();
    assert_eq!(unmeasured, ["no_amplifier", "broom"]);
    assert_eq!((&report["caps"][0]["of"], &report["caps"][0]["limit"]), (&json!("spots"), &json!(20.0)));
    assert_eq!((&report["assumed"]["streets"], &report["assumed"]["of"]), (&json!(1), &json!(1)));
    assert_eq!((&report["made_of"]["rules"], &report["made_of"]["zones_seq"]), (&json!(BY_HEBI), &json!(0)));
    let lawful = planner.json(&format!("{path}/legal"));
    let places = lawful["features"].as_array().unwrap();
    let sum: u64 = places.iter().map(|place| place["properties"]["stalls"].as_u64().unwrap()).sum();
    assert_eq!((sum, &lawful["made_of"], &lawful["attribution"]), (stalls, &report["made_of"], &json!(["© Nobody"])));
    let place = &places[0]["properties"];
    assert_eq!(
        (&place["street"], &place["name"], &place["assumed"]),
        (&json!("w1"), &json!("Long Street"), &json!(true))
    );
    // 3.5 m north of the street's middle is the strip beyond a kerb at 2.75 m; the left side of a street that runs east.
    let why = |lat: f64| planner.json(&format!("/api/why?plan=1&lon=119.5&lat={lat}"));
    let north = why(28.42 + 3.5 / 110_850.0);
    assert_eq!(
        (&north["legal"], &north["street"]["side"], &north["nearest"]["distance_m"]),
        (&json!(true), &json!("left"), &json!(0.0))
    );
    let south = why(28.42 - 3.5 / 110_850.0);
    let failed: Vec<&Value> = south["rules"].as_array().unwrap().iter().filter(|rule| rule["pass"] == false).collect();
    assert_eq!((&south["legal"], failed.len(), &failed[0]["rule"]), (&json!(false), 1, &json!("one_side")), "{south}");
    assert!((5.0..8.0).contains(&south["nearest"]["distance_m"].as_f64().unwrap()), "{south}");
    let on_it = why(28.42);
    assert_eq!(on_it["rules"][0]["rule"], "carriageway");
    assert_eq!((&on_it["street"]["code"], &on_it["street"]["side"]), (&json!("w1"), &Value::Null));
    assert_eq!((&on_it["rules"][0]["measured"], &on_it["rules"][0]["required"]), (&json!(0.0), &json!(2.75)));
}

#[test]
fn a_measured_width_takes_the_place_of_the_assumed_one_and_is_told_beside_the_place() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let planner = server.client(Some(&tokens["planner"]));
    let path = founded(&planner, &plan(&ground()));
    let assumed = ready(&planner, &path)["assumed"]["footway"].as_u64().unwrap();
    let street =
        || planner.json(&format!("/api/why?plan=1&lon=119.5&lat={}", 28.42 + 3.5 / 110_850.0))["street"].clone();
    let before = street();
    assert_eq!(before["widths"]["left"]["known"], "assumed", "{before}");
    let code = before["code"].as_str().unwrap();
    let mut measured = plan(&ground());
    measured["widths"] = json!({ code: { "left": 4.25, "right": "9 ft" } });
    let etag = planner.get(&path).header("etag").to_owned();
    let json = [("content-type", "application/json"), ("if-match", etag.as_str())];
    assert_eq!(planner.send("PUT", &path, &json, Some(measured.to_string().as_bytes())).status, 200);
    assert_eq!(ready(&planner, &path)["assumed"]["footway"].as_u64().unwrap(), assumed - 1);
    let widths = &street()["widths"];
    assert_eq!(widths["left"], json!({ "value": 4.25, "known": "measured" }));
    assert_eq!(widths["right"], json!({ "value": 2.74, "known": "measured" }));
    assert_eq!(widths["carriageway"], before["widths"]["carriageway"]);
}

#[test]
fn a_drawn_zone_changes_the_stalls_and_one_that_is_deleted_brings_them_back() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let planner = server.client(Some(&tokens["planner"]));
    let path = founded(&planner, &plan(&ground()));
    let all = ready(&planner, &path)["stalls"].as_u64().unwrap();
    let made = planner.post("/ogc/collections/zones/items", &zone("forbidden", 119.48, 119.50));
    assert_eq!(made.status, 201, "{}", made.text());
    let half = ready(&planner, &path);
    assert!(half["stalls"].as_u64().unwrap().abs_diff(all / 2) <= 1, "{half}");
    assert_eq!(half["by_rule"].as_array().unwrap().last().unwrap()["rule"], "drawn_zones");
    assert!(half["made_of"]["zones_seq"].as_u64().unwrap() > 0);
    let code = made.json()["id"].as_str().unwrap().to_owned();
    let gone = planner.send(
        "DELETE",
        &format!("/ogc/collections/zones/items/{code}"),
        &[("if-match", made.header("etag"))],
        None,
    );
    assert_eq!(gone.status, 204, "{}", gone.text());
    assert_eq!(ready(&planner, &path)["stalls"], all);
    // Only where a zone allows it.
    planner.post("/ogc/collections/zones/items", &zone("allowed", 119.50, 119.505));
    let etag = planner.get(&path).header("etag").to_owned();
    // The ground as it is told can be sent again.
    let mut only = plan(&planner.json(&path)["within"]);
    only["zones_only"] = true.into();
    let json = [("content-type", "application/json"), ("if-match", etag.as_str())];
    let changed = planner.send("PUT", &path, &json, Some(only.to_string().as_bytes()));
    assert_eq!(changed.status, 200, "{}", changed.text());
    let report = ready(&planner, &path);
    let quarter = report["stalls"].as_u64().unwrap();
    assert!(quarter.abs_diff(all / 4) <= 2, "{quarter} of {all}");
    // Who saw the version before is told so, and nothing is lost.
    let late = planner.send("PUT", &path, &json, Some(plan(&ground()).to_string().as_bytes())).problem(412);
    assert_eq!(late["by"], "Caller planner Zhang");
    let unsaid = planner.send(
        "PUT",
        &path,
        &[("content-type", "application/json")],
        Some(plan(&ground()).to_string().as_bytes()),
    );
    unsaid.problem(428);
    assert_eq!(planner.json(&path)["zones_only"], true);
    drop(server);
    let again = Server::start(&scratch);
    let analyst = again.client(Some(&tokens["analyst"]));
    // A service that starts works its plans out before anybody asks for one; the list begins none.
    let listed = || analyst.json("/api/plans")["plans"][0].clone();
    let done = (0..200).map(|_| listed()).find(|plan| {
        std::thread::sleep(Duration::from_millis(50));
        plan["state"] == "ready"
    });
    assert_eq!(done.unwrap_or_else(listed)["stalls"], quarter);
    let report = ready(&analyst, &path);
    assert_eq!((&report["stalls"], &report["zones_only"]), (&json!(quarter), &json!(true)), "after a restart");
    // What is computed stays, whoever stops and begins it; an analyst may do neither.
    let (run, planner) = (format!("{path}/run"), again.client(Some(&tokens["planner"])));
    for verb in ["DELETE", "PUT"] {
        let reply = planner.send(verb, &run, &[], None);
        assert_eq!((reply.status, &reply.json()["state"]), (200, &json!("ready")), "{verb} {}", reply.text());
        analyst.send(verb, &run, &[], None).problem(403);
        planner.send(verb, "/api/plans/99/run", &[], None).problem(404);
    }
}

#[test]
fn the_command_gives_what_the_service_gives_and_the_same_bytes_each_time() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let within = scratch.file("ground.geojson", ground().to_string());
    let named = |out: &str, more: &[&str]| {
        let (out, within) = (scratch.path(out), within.clone());
        let mut args: Vec<String> = vec!["plan".into(), "--rules".into(), BY_HEBI.into()];
        args.extend(["--within".into(), within.display().to_string()]);
        args.extend(["--out".into(), out.display().to_string()]);
        args.extend(more.iter().map(|&more| more.to_owned()));
        (scratch.run(&args), out)
    };
    let (ran, first) = named("a.geojson", &[]);
    ran.done();
    assert!(ran.out.contains("one_side") && ran.out.contains("widths assumed on 1 of 1 streets"), "{}", ran.out);
    let (ran, _) = named("a.geojson", &[]);
    ran.refused(1, &["a.geojson", "--force"]);
    let (ran, second) = named("b.geojson", &[]);
    ran.done();
    let text = std::fs::read(&first).unwrap();
    assert_eq!(text, std::fs::read(second).unwrap());
    let of_command: Value = serde_json::from_slice(&text).unwrap();
    for (end, begins) in [("fgb", &b"fgb"[..]), ("kml", b"<?xml"), ("gpx", b"<?xml"), ("pmtiles", b"PMTiles")] {
        let (ran, out) = named(&format!("c.{end}"), &[]);
        ran.done();
        assert!(std::fs::read(out).unwrap().starts_with(begins), "{end}");
    }
    let (ran, out) = named("d.xlsx", &[]);
    ran.refused(1, &["out", "d.xlsx", "geojson, fgb, kml, gpx, pmtiles"]);
    assert!(!out.exists());
    let server = Server::start(&scratch);
    let planner = server.client(Some(&tokens["planner"]));
    let path = founded(&planner, &plan(&ground()));
    let report = ready(&planner, &path);
    assert_eq!(planner.json(&format!("{path}/legal"))["features"], of_command["features"]);
    let digest = report["made_of"]["rules_sha256"].as_str().unwrap();
    for (form, media, begins) in [
        ("fgb", "application/flatgeobuf", &b"fgb"[..]),
        ("kml", "application/vnd.google-earth.kml+xml", b"<?xml"),
        ("gpx", "application/gpx+xml", b"<?xml"),
        ("pmtiles", "application/vnd.pmtiles", b"PMTiles"),
    ] {
        let reply = planner.get(&format!("{path}/legal?f={form}"));
        assert_eq!((reply.status, reply.header("content-type")), (200, media), "{form}");
        assert!(
            reply.body.starts_with(begins) && reply.header("content-disposition").contains(&format!("plan-1.{form}"))
        );
        let said = match form {
            "pmtiles" => Archive::read(&reply.body).metadata.to_string(),
            _ => String::from_utf8_lossy(&reply.body).into_owned(),
        };
        assert!(
            said.contains(digest) && said.contains("© Nobody"),
            "{form} says what it was made of, and of whose map"
        );
    }
    planner.get(&format!("{path}/legal?f=shp")).wrong("f", "shp");
}

#[test]
fn tiles_of_a_plan_hold_places_or_counts_zones_and_spots() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let planner = server.client(Some(&tokens["planner"]));
    let path = founded(&planner, &plan(&ground()));
    let stalls = ready(&planner, &path)["stalls"].as_u64().unwrap();
    planner.post("/ogc/collections/zones/items", &zone("restricted", 119.500, 119.501));
    let spot = json!({ "type": "Feature", "geometry": { "type": "Point", "coordinates": [119.4951, 28.4201] },
        "properties": { "plan": 1, "stalls": 4 } });
    assert_eq!(planner.post("/ogc/collections/spots/items", &spot).status, 201);
    ready(&planner, &path);
    let document = planner.json(&format!("{path}/tiles"));
    let [west, south, east, north] = [0, 1, 2, 3].map(|n| document["bounds"][n].as_f64().unwrap());
    assert!((west - 119.49).abs() + (east - 119.51).abs() + (south - 28.41).abs() + (north - 28.43).abs() < 1e-9);
    let ids: Vec<&str> =
        document["vector_layers"].as_array().unwrap().iter().map(|layer| layer["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["legal", "stalls", "zones", "spots"]);
    // All tiles of a zoom together hold each stall once, as counts or by the places that they draw.
    let counted = |z: u8| -> u64 {
        let mut sum = 0;
        for tile in TileId::covering(&Bbox::new(west, south, east, north).unwrap(), z) {
            let reply = planner.get(&format!("{path}/tiles/{tile}"));
            let tile = Tile::read(&reply.body);
            for feature in tile.layer("stalls") {
                sum += said(feature, "stalls").unwrap().parse::<u64>().unwrap();
                assert_eq!(said(feature, "assumed"), Some("true"), "no street there has a width");
            }
            if z >= 14 {
                assert!(tile.layer("stalls").is_empty());
            }
        }
        sum
    };
    for z in [0, 5, 9, 11, 13] {
        assert_eq!(counted(z), stalls, "zoom {z}");
    }
    assert_eq!(counted(14), 0);
    let tile = Tile::read(&planner.get(&format!("{path}/tiles/12/3407/1710")).body);
    let deep = Tile::read(&planner.get(&format!("{path}/tiles/14/13630/6842")).body);
    let (zones, places) = (tile.layer("zones").len() + deep.layer("zones").len(), deep.layer("legal").len());
    assert!(zones > 0 && places > 0, "{zones} zones, {places} places");
    let reply = planner.get(&format!("{path}/tiles/14/13630/6842"));
    let known = planner.get_with(&format!("{path}/tiles/14/13630/6842"), &[("if-none-match", reply.header("etag"))]);
    assert_eq!(known.status, 304);
}

#[test]
fn plans_are_seen_by_the_office_and_changed_by_planners() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let planner = server.client(Some(&tokens["planner"]));
    let path = founded(&planner, &plan(&ground()));
    ready(&planner, &path);
    let reads = [
        "/api/plans".to_owned(),
        path.clone(),
        format!("{path}/rules"),
        format!("{path}/legal"),
        format!("{path}/tiles"),
        format!("{path}/tiles/12/3407/1710"),
        "/api/why?plan=1&lon=119.5&lat=28.42".into(),
    ];
    for role in ["public", "member", "coordinator", "planner", "inspector", "analyst", "admin"] {
        let client = server.client(tokens.get(role).map(String::as_str));
        for read in &reads {
            let status = client.get(read).status;
            match role {
                "public" => assert_eq!(status, 401, "{read}"),
                "member" => assert_eq!(status, 403, "{read}"),
                _ => assert!([200, 204].contains(&status), "{role} {read}: {status}"),
            }
        }
        let status = client.post("/api/plans", &plan(&ground())).status;
        let expected = match role {
            "public" => 401,
            "planner" | "admin" => 201,
            _ => 403,
        };
        assert_eq!(status, expected, "{role}");
    }
}

#[test]
fn what_planners_get_wrong_is_told_by_field_and_nothing_is_stored() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let planner = server.client(Some(&tokens["planner"]));
    let with = |field: &str, value: Value| {
        let mut all = plan(&ground());
        all[field] = value;
        all
    };
    let polygon = |ring: Value| json!({ "type": "Polygon", "coordinates": [ring] });
    let seq = planner.seq();
    let table = [
        (with("name", " ".into()), "name"),
        (with("name", json!(3)), "name"),
        (with("within", "9999".into()), "within"),
        (with("within", json!({ "type": "Point", "coordinates": [119.5, 28.4] })), "within"),
        (with("within", polygon(json!([[119.5, 28.4], [219.5, 28.4], [119.5, 29.0], [119.5, 28.4]]))), "within"),
        (with("within", polygon(json!([[100.0, 28.4], [119.5, 28.4], [119.5, 29.0], [100.0, 28.4]]))), "within"),
        (with("within", polygon(json!([[119.5, 28.4], [119.6, 28.4], [119.5, 28.4], [119.5, 28.4]]))), "within"),
        (with("rules_text", "id = 3".into()), "rules"),
        (with("phase", "published".into()), "phase"),
        (with("phase", "soon".into()), "phase"),
        (with("colour", "red".into()), "plan"),
        (with("widths", json!({ "w1": { "left": -2 } })), "widths"),
        (with("widths", json!({ "w1": { "carriageway": 200 } })), "carriageway"),
        (with("reason", "a\u{7}b".into()), "reason"),
    ];
    for (body, field) in table {
        let problem = planner.post("/api/plans", &body).problem(400);
        assert_eq!(problem["field"], field, "{body}: {problem}");
    }
    planner.post("/api/plans", &with("rules", "cn-nowhere".into())).problem(404);
    // A text of rules is told by line and key, and a set that leaves nothing names its rules.
    let own = |text: &str| {
        let mut all = plan(&ground());
        all.as_object_mut().unwrap().remove("rules");
        all["rules_text"] = text.into();
        planner.post("/api/plans", &all).problem(400)
    };
    let text = crate::rules::OWN_RULES.replace("\"15 m\"", "\"-15 m\"");
    let problem = own(&text);
    assert_eq!(
        (&problem["problems"][0]["line"], &problem["problems"][0]["key"]),
        (&json!(12), &json!("rule.junction.distance"))
    );
    let never = format!(
        "{}[rule.never]\nkind = \"inside\"\nzone = \"forbidden\"\ntext = {{ en = \"x\", zh = \"x\" }}\n",
        crate::rules::OWN_RULES
    );
    assert!(own(&never)["detail"].as_str().unwrap().contains("never"), "{}", own(&never));
    for path in [
        "/api/plans/7",
        "/api/plans/7/legal",
        "/api/plans/7/rules",
        "/api/plans/7/tiles",
        "/api/why?plan=7&lon=1&lat=1",
    ] {
        planner.get(path).problem(404);
    }
    for path in [
        "/api/plans/x",
        "/api/why?plan=1&lon=east&lat=1",
        "/api/why?plan=1&lon=200&lat=1",
        "/api/why?lon=1&lat=1",
        "/api/plans?colour=red",
    ] {
        planner.get(path).problem(400);
    }
    assert_eq!(planner.seq(), seq, "nothing was stored");
    assert_eq!(planner.json("/api/plans"), json!({ "plans": [] }));
    // Over the sea there is an answer, and a bow-tie is its two wings.
    let sea = founded(&planner, &with("within", polygon(json!([[0.0, 0.0], [0.1, 0.0], [0.1, 0.1], [0.0, 0.0]]))));
    let report = ready(&planner, &sea);
    assert_eq!((&report["stalls"], &report["assumed_within"]["of"]), (&json!(0), &json!(0)));
    let wings = polygon(json!([[119.49, 28.41], [119.51, 28.43], [119.51, 28.41], [119.49, 28.43], [119.49, 28.41]]));
    let wings = founded(&planner, &with("within", wings));
    assert_eq!(ready(&planner, &wings)["within"]["coordinates"].as_array().unwrap().len(), 2);
}
