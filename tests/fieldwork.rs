//! What is done in the field: targets of campaigns, what a visit says and how it is mended, and who answers for what.

use crate::house::{Browser, Client, County, GRIDS, Reply, Scratch, Server, TOWNSHIPS, home, link};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

fn id(n: u32) -> String {
    format!("018f3b6e-0000-7000-8000-{n:012}")
}

fn visit(n: u32, (g, i): (usize, usize)) -> Value {
    let at = Timestamp::now() - 1.hour();
    json!({ "id": id(n), "household": home(g, i).code, "at": at, "outcome": "visited" })
}

/// The same visit with some members more.
fn with(mut visit: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("{more}") };
    for (name, value) in more {
        visit[name] = value;
    }
    visit
}

#[track_caller]
fn logged(client: &Client, visits: &Value) -> Vec<Value> {
    client.post("/api/visits", visits).json()["results"].as_array().unwrap().clone()
}

fn put(client: &Client, path: &str, body: &Value) -> Reply {
    client.send("PUT", path, &[("content-type", "application/json")], Some(body.to_string().as_bytes()))
}

/// Eligible and visited households of an area.
fn counted(client: &Client, area: &str, campaign: u32) -> (u64, u64) {
    let report = client.json(&format!("/api/coverage?within={area}&campaign={campaign}"));
    let one = report["areas"].as_array().unwrap().iter().find(|one| one["code"] == *area).unwrap();
    (one["eligible"].as_u64().unwrap(), one["visited"].as_u64().unwrap())
}

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::system()).date()
}

fn campaign(more: Value) -> Value {
    with(json!({ "name": "Winter", "from": "2020-01-01", "to": "2999-12-31" }), more)
}

#[test]
fn a_target_is_fixed_when_it_is_founded_and_changes_by_decisions_alone() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    assert_eq!(admin.post("/api/campaigns", &campaign(json!({}))).status, 201);
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 0), "ten households, one of them vacant");
    logged(
        &admin,
        &json!([with(visit(1, (0, 0)), json!({ "campaign": 1 })), with(visit(2, (0, 1)), json!({ "campaign": 1 }))]),
    );
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 2));
    server.stop();

    // Somebody records a household as gone, and another moves in: neither is a decision.
    let (gone, new) = (home(0, 2), home(0, 3));
    let row = |code: &str, lon: f64, status: &str| format!("code,lon,lat,status\n{code},{lon},{},{status}\n", gone.lat);
    for (code, lon, status) in [(gone.code.as_str(), gone.lon, "demolished"), ("NEW1", new.lon, "occupied")] {
        let file = scratch.file("more.csv", row(code, lon, status));
        scratch.import("households", &file, &["--map", "x=lon", "--map", "y=lat"]).done();
    }
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 2), "the target stays");
    let flags = |result: &Value| result["flags"].clone();
    let late = logged(
        &admin,
        &json!([
            with(visit(3, (0, 2)), json!({ "campaign": 1 })),
            with(visit(4, (0, 3)), json!({ "campaign": 1, "household": "NEW1" })),
        ]),
    );
    assert_eq!(flags(&late[0]), json!([{ "flag": "not_eligible" }]));
    assert_eq!(flags(&late[1]), json!([{ "flag": "not_in_target" }]));
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 3), "of the target only");

    let target = admin.json("/api/campaigns/1/target");
    assert_eq!((&target["households"], &target["gone"]["households"]), (&json!(36), &json!([gone.code])));
    assert_eq!(target["new"], json!({ "total": 1, "households": ["NEW1"] }));
    let decision = json!({ "add": ["NEW1"], "remove": [gone.code], "reason": "one came, one was pulled down" });
    let decided = admin.post("/api/campaigns/1/target", &decision).json();
    assert_eq!(
        (&decided["households"], &decided["gone"]["total"], &decided["new"]["total"]),
        (&json!(36), &json!(0), &json!(0))
    );
    let last = decided["decisions"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["added"], &last["removed"], &last["reason"]), (&json!(1), &json!(1), &decision["reason"]));
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 3), "one visited left, one visited came");

    scratch.unchanged(|| {
        let refused = |body: Value, field: &str| {
            assert_eq!(admin.post("/api/campaigns/1/target", &body).problem(400)["field"], field, "{body}");
        };
        refused(json!({ "add": ["nobody"], "reason": "x" }), "add");
        refused(json!({ "add": ["NEW1"], "reason": " " }), "reason");
        refused(json!({ "reason": "x" }), "households");
        refused(json!({ "all": true, "reason": "x" }), "all");
        admin.post("/api/campaigns/9/target", &decision).problem(404);
        // A coordinator decides on the own households only, and is not told whether others exist.
        let coordinator = server.client(Some(&tokens["coordinator"]));
        let other = json!({ "remove": [home(2, 0).code], "reason": "x" });
        coordinator.post("/api/campaigns/1/target", &other).wrong("remove", &home(2, 0).code);
        server.client(Some(&tokens["member"])).post("/api/campaigns/1/target", &decision).problem(403);
    });
    let cells = admin.json("/ogc/collections/households/items?limit=1000&filter=eligible%3Dtrue");
    assert_eq!(cells["numberMatched"], 36, "over all visits who is eligible is told by the status");
    scratch.proved();
}

#[test]
fn a_target_is_a_filter_or_a_list_and_several_campaigns_run_at_once() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let found = |target: Value| admin.post("/api/campaigns", &campaign(json!({ "target": target })));
    assert_eq!(found(json!({ "filter": format!("area = '{}'", GRIDS[1]) })).status, 201);
    assert_eq!(found(json!({ "households": [home(0, 0).code, home(1, 0).code] })).status, 201);
    assert_eq!((counted(&admin, GRIDS[0], 1), counted(&admin, GRIDS[1], 1)), ((0, 0), (9, 0)));
    assert_eq!((counted(&admin, TOWNSHIPS[0], 2), counted(&admin, GRIDS[1], 2)), ((2, 0), (1, 0)));
    logged(
        &admin,
        &json!([with(visit(1, (1, 0)), json!({ "campaign": 2 })), with(visit(2, (1, 1)), json!({ "campaign": 2 }))]),
    );
    assert_eq!((counted(&admin, GRIDS[1], 1), counted(&admin, GRIDS[1], 2)), ((9, 0), (1, 1)));
    scratch.unchanged(|| {
        found(json!({ "filter": "area = " })).problem(400);
        found(json!({ "filter": "area = 'nowhere'" })).wrong("target", "nobody");
        found(json!({ "filter": "address = 'x'", "households": [] })).wrong("target", "filter and households");
        found(json!({ "households": ["nobody"] })).wrong("target.households", "nobody");
        found(json!({ "who": 1 })).wrong("target", "who");
        let coordinator = server.client(Some(&tokens["coordinator"]));
        let others = campaign(json!({ "target": { "households": [home(2, 0).code] } }));
        coordinator.post("/api/campaigns", &others).wrong("target.households", &home(2, 0).code);
    });
    // Lists, too, are of the target.
    assert_eq!(admin.json("/api/unvisited?campaign=2")["total"], 1);
    assert_eq!(admin.json("/api/worklist?campaign=2&limit=300")["waiting"], 1);
    scratch.proved();
}

#[test]
fn each_visit_of_a_bad_batch_has_its_own_answer_and_the_rest_goes_in() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let (admin, member) = (server.client(Some(&tokens["admin"])), server.client(Some(&tokens["member"])));
    for _ in 0..2 {
        assert_eq!(admin.post("/api/campaigns", &campaign(json!({}))).status, 201);
    }
    let before = with(visit(90, (0, 5)), json!({ "campaign": 2 }));
    assert_eq!(logged(&member, &before)[0]["result"], "stored");
    assert_eq!(put(&admin, "/api/campaigns/2", &campaign(json!({ "closed": true }))).json()["phase"], "closed");

    let door = home(0, 0);
    let stood = |north_m: f64, accuracy_m: f64| json!({ "position": { "lon": door.lon, "lat": door.lat + north_m / 111_195.0, "accuracy_m": accuracy_m } });
    let results = logged(
        &member,
        &json!([
            with(visit(1, (0, 0)), json!({ "household": "nobody" })),
            with(visit(2, (0, 0)), json!({ "at": "2999-01-01T00:00:00Z" })),
            visit(3, (2, 0)),
            with(visit(4, (0, 1)), json!({ "campaign": 2 })),
            with(visit(5, (0, 0)), stood(5_000.0, 30.0)),
            with(visit(6, (0, 0)), stood(5_000.0, 6_000.0)),
            with(visit(7, (0, 0)), stood(400.0, 10.0)),
            with(visit(8, (0, 0)), json!({ "position": { "lon": 200.0, "lat": 0.0, "accuracy_m": 1.0 } })),
            with(visit(9, (0, 0)), json!({ "minutes": 721 })),
            with(visit(10, (0, 2)), json!({ "minutes": 12, "note": "门口有狗" })),
            before,
        ]),
    );
    let said: Vec<&str> = results.iter().map(|r| r["result"].as_str().unwrap()).collect();
    let expected = [
        "refused", "refused", "refused", "refused", "stored", "stored", "stored", "refused", "refused", "stored",
        "repeated",
    ];
    assert_eq!(said, expected, "{results:#?}");
    for (n, field) in [(0, "household"), (1, "at"), (2, "household"), (3, "campaign"), (7, "position"), (8, "minutes")]
    {
        assert!(results[n]["reason"].as_str().unwrap().starts_with(field), "{}", results[n]);
    }
    assert!(results[3]["reason"].as_str().unwrap().contains("not closed"));
    assert_eq!(results[4]["flags"], json!([{ "flag": "far", "away_m": 5_000 }]));
    assert_eq!((results[5].get("flags"), results[6].get("flags")), (None, None), "within what the phone is unsure of");
    // Whoever answers for the area reads of it; where somebody stood is told to nobody.
    let report = member.json(&format!("/api/households/{}", door.code));
    let far: Vec<bool> = report["visits"].as_array().unwrap().iter().map(|v| v["far"] == true).collect();
    assert_eq!(far.iter().filter(|far| **far).count(), 1);
    assert!(!report.to_string().contains("accuracy"), "{report}");
    assert_eq!(member.json(&format!("/api/households/{}", home(0, 2).code))["visits"][0]["minutes"], 12);
    scratch.proved();
}

#[test]
fn two_devices_in_the_same_minute_are_both_kept_and_counted_once() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let (admin, member) = (server.client(Some(&tokens["admin"])), server.client(Some(&tokens["member"])));
    assert_eq!(admin.post("/api/campaigns", &campaign(json!({}))).status, 201);
    let same = json!({ "campaign": 1, "at": Timestamp::now() });
    assert_eq!(logged(&member, &with(visit(1, (0, 0)), same.clone()))[0]["result"], "stored");
    assert_eq!(logged(&admin, &with(visit(2, (0, 0)), same))[0]["result"], "stored");
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 1));
    assert_eq!(admin.json(&format!("/api/households/{}", home(0, 0).code))["visits"].as_array().unwrap().len(), 2);
}

#[test]
fn a_correction_is_a_new_change_and_what_it_corrects_stands_no_more() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let as_role = |role: &str| server.client(Some(&tokens[role]));
    let (admin, member, coordinator) = (as_role("admin"), as_role("member"), as_role("coordinator"));
    assert_eq!(admin.post("/api/campaigns", &campaign(json!({}))).status, 201);
    let one = with(visit(1, (0, 0)), json!({ "campaign": 1 }));
    // Both in one batch, as a phone without network sends them.
    let mended = with(visit(2, (0, 0)), json!({ "campaign": 1, "outcome": "not_home", "corrects": id(1) }));
    let results = logged(&member, &json!([one, mended, mended]));
    assert_eq!(
        results.iter().map(|r| r["result"].as_str().unwrap()).collect::<Vec<_>>(),
        ["stored", "stored", "repeated"]
    );
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 0));
    let visits = member.json(&format!("/api/households/{}", home(0, 0).code))["visits"].clone();
    assert_eq!((&visits[1]["id"], &visits[1]["void"]), (&json!(id(1)), &json!("corrected")));
    assert_eq!((&visits[0]["id"], visits[0].get("void")), (&json!(id(2)), None));

    let refused = |client: &Client, visit: Value, words: &str| {
        let result = logged(client, &visit).remove(0);
        assert_eq!(result["result"], "refused", "{result}");
        assert!(result["reason"].as_str().unwrap().contains(words), "{words}: {result}");
    };
    refused(&member, with(visit(3, (0, 0)), json!({ "corrects": id(1) })), "corrected it");
    refused(&member, with(visit(3, (0, 1)), json!({ "corrects": id(2) })), "the same household");
    refused(&member, with(visit(3, (0, 0)), json!({ "corrects": id(77) })), "corrects");
    refused(&member, with(visit(3, (0, 0)), json!({ "corrects": id(3) })), "corrects");
    assert_eq!(logged(&admin, &visit(4, (0, 1)))[0]["result"], "stored");
    refused(&member, with(visit(5, (0, 1)), json!({ "corrects": id(4) })), "of your own");
    assert_eq!(
        logged(&coordinator, &with(visit(5, (0, 1)), json!({ "corrects": id(4), "outcome": "refused" })))[0]["result"],
        "stored"
    );

    // A visit that never took place.
    let withdraw = |client: &Client, n: u32, reason: &str| {
        client.post(&format!("/api/visits/{}/withdrawal", id(n)), &json!({ "reason": reason }))
    };
    assert_eq!(logged(&member, &with(visit(6, (0, 2)), json!({ "campaign": 1 })))[0]["result"], "stored");
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 1));
    withdraw(&member, 6, " ").wrong("reason", "0 characters");
    withdraw(&member, 5, "not mine").wrong("visit", &id(5));
    withdraw(&member, 78, "unknown").problem(404);
    withdraw(&as_role("analyst"), 6, "not my work").problem(403);
    assert_eq!(withdraw(&member, 6, "wrong door").status, 204);
    assert_eq!(withdraw(&member, 6, "wrong door").status, 204, "told again it changes nothing");
    assert_eq!(counted(&admin, GRIDS[0], 1), (9, 0));
    assert_eq!(member.json(&format!("/api/households/{}", home(0, 2).code))["visits"][0]["void"], "withdrawn");
    scratch.proved();
}

#[test]
fn a_team_gives_its_members_its_areas_on_their_days_in_every_door() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    scratch.run(&["user", "add", "wu", "--role", "member"]).done();
    let link = link(&scratch, "wu");
    let server = Server::start(&scratch);
    let as_role = |role: &str| server.client(Some(&tokens[role]));
    let (admin, coordinator) = (as_role("admin"), as_role("coordinator"));
    let mut wu = Browser::new(&server);
    assert_eq!(wu.sign_in(&link).status, 201);
    let seen = |wu: &mut Browser| {
        let listed = wu.get("/api/unvisited?limit=1000").json()["total"].as_u64().unwrap();
        let items = wu.get("/ogc/collections/households/items?limit=1000").json()["numberMatched"].as_u64().unwrap();
        assert_eq!(items, listed + u64::from(listed > 0), "the vacant one is an item and waits for nobody");
        listed
    };
    assert_eq!(seen(&mut wu), 0, "without an area nothing is seen");
    let today = today();
    let team = |from: Date, to: Option<Date>| json!({ "name": "Team 1", "members": [{ "user": "wu", "from": from, "to": to }], "areas": [{ "area": GRIDS[0], "from": "2026-01-01" }] });
    assert_eq!(put(&coordinator, "/api/teams/T1", &team(today.tomorrow().unwrap(), None)).status, 201);
    assert_eq!(seen(&mut wu), 0, "not before the first day");
    let live = wu.live();
    assert_eq!(put(&coordinator, "/api/teams/T1", &team(today, None)).status, 200);
    live.ended();
    assert_eq!(seen(&mut wu), 9);
    assert_eq!(wu.get("/api/me").json()["areas"], json!([GRIDS[0]]));
    let body = visit(1, (0, 0));
    assert_eq!(wu.send("POST", "/api/visits", "same-origin", Some(&body)).json()["results"][0]["result"], "stored");
    let beyond = visit(2, (1, 0));
    assert_eq!(wu.send("POST", "/api/visits", "same-origin", Some(&beyond)).json()["results"][0]["result"], "refused");

    let answers = |on: &str| {
        let report = admin.json(&format!("/api/teams?area={}&on={on}", GRIDS[0]));
        report["teams"].as_array().unwrap().iter().map(|team| team["members"][0]["active"] == true).collect::<Vec<_>>()
    };
    assert_eq!(
        (answers("2025-12-31"), answers("2026-01-05"), answers(&today.to_string())),
        (vec![], vec![false], vec![true])
    );
    assert_eq!(admin.json(&format!("/api/teams?area={}", GRIDS[2]))["teams"], json!([]));

    scratch.unchanged(|| {
        let refused = |body: Value, field: &str, value: &str| {
            let problem = put(&coordinator, "/api/teams/T1", &body).problem(400);
            assert_eq!(problem["field"], field, "{problem}");
            assert!(problem["value"].as_str().unwrap().contains(value), "{problem}");
        };
        refused(with(team(today, None), json!({ "areas": [] })), "areas", GRIDS[0]);
        refused(
            with(team(today, None), json!({ "areas": [{ "area": GRIDS[2], "from": "2026-01-01" }] })),
            "areas",
            GRIDS[2],
        );
        refused(
            with(team(today, None), json!({ "members": [{ "user": "nobody", "from": "2026-01-01" }] })),
            "members",
            "nobody",
        );
        refused(team(today, today.yesterday().ok()), "members", "");
        refused(with(team(today, None), json!({ "name": "" })), "name", "");
        refused(json!({ "name": "x", "members": [{ "user": "wu" }] }), "from", "");
        put(&as_role("member"), "/api/teams/T1", &team(today, None)).problem(403);
        as_role("member").get("/api/teams").problem(403);
        coordinator.get("/api/teams?on=soon").wrong("on", "soon");
    });
    // A team of others' areas is neither seen nor taken over.
    let theirs = json!({ "name": "Team 2", "areas": [{ "area": GRIDS[2], "from": "2026-01-01" }] });
    assert_eq!(put(&admin, "/api/teams/T2", &theirs).status, 201);
    put(&coordinator, "/api/teams/T2", &team(today, None)).wrong("code", "T2");
    assert_eq!(coordinator.json("/api/teams")["teams"].as_array().unwrap().len(), 1);
    scratch.proved();
}
