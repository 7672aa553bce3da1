//! `/live`: what changed, told to those who may know.

use crate::house::{County, GRIDS, Scratch, Server, TOWNSHIPS, event, home, tile};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn id(n: usize) -> String {
    format!("018f3b6e-0000-7000-8000-{n:012}")
}

#[test]
fn a_visit_is_told_with_its_tiles_and_areas_to_each_role_that_may_know_and_to_others_by_no_sign() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let roles = ["member", "coordinator", "inspector", "analyst", "admin"];
    // The one by numbers of their own, the other by those of all changes, which they know as versions of what they draw.
    let outside =
        [None, Some(tokens["planner"].as_str())].map(|token| (server.client(token), server.client(token).live(None)));
    let feeds: Vec<_> =
        roles.iter().map(|role| server.client(tokens.get(role).map(String::as_str)).live(None)).collect();
    // The first is in the member's grid, the second in the coordinator's township, the third in neither.
    for (n, g) in [0, 1, 2].into_iter().enumerate() {
        let called = home(g, 3);
        // What nobody was given, nobody has to be told to load again.
        let given: Vec<String> = (0..=14).map(|z| tile(&called, z)).collect();
        for tile in &given {
            assert_eq!(admin.get(&format!("/tiles/areas/{tile}")).status, 200);
        }
        assert_eq!(admin.visit(&id(n + 1), &called.code, "visited")["result"], "stored");
        let seq = admin.seq();
        for (role, feed) in roles.iter().zip(&feeds) {
            let told = feed.nothing_but(seq);
            let members: Vec<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(members, ["seq", "tiles", "areas", "campaign", "plans", "edition", "reset"]);
            assert_eq!((&told["reset"], &told["campaign"]), (&json!(false), &Value::Null));
            let areas: BTreeSet<&str> = told["areas"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
            assert_eq!(areas, BTreeSet::from([GRIDS[g], TOWNSHIPS[g / 2], "331100"]), "{role}");
            let heard: BTreeSet<&str> = event(&told, "areas").into_iter().collect();
            for tile in &given {
                assert!(heard.contains(tile.as_str()), "{role}: {tile} shows the area, and is not in {heard:?}");
            }
            assert!(event(&told, "context").is_empty(), "{role}");
            let sees = match *role {
                "member" => g == 0,
                "coordinator" => g < 2,
                _ => true,
            };
            let heard: BTreeSet<&str> = event(&told, "households").into_iter().collect();
            let own: Vec<String> = (0..=18).map(|z| tile(&called, z)).collect();
            let expected = if sees { own.iter().map(String::as_str).collect() } else { BTreeSet::new() };
            assert_eq!(heard, expected, "{role}");
            let text = told.to_string();
            assert!(!text.contains(&called.code) && !text.contains("Zhang"), "{text}");
        }
    }
    let campaign = json!({"name": "c", "from": "2026-01-01", "to": "2026-01-31"});
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    assert_eq!(admin.post("/api/editions", &json!({"campaign": 1})).status, 201);
    for (client, feed) in outside {
        // Three visits came before; the number counts two more of what everybody may hear of: the campaign and the edition.
        let told = feed.nothing_but(client.seq());
        assert_eq!((&told["edition"], &told["areas"], &told["reset"]), (&json!(1), &json!([]), &json!(false)));
    }
    assert_eq!(server.client(None).seq(), 12);
    server.stop();
}

#[test]
fn a_page_that_was_away_catches_up_from_its_last_event() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    // The first is there to have an event of this server to begin from.
    admin.visit(&id(99), "HH08", "visited");
    let start = admin.seq();
    let mut numbers = Vec::new();
    for n in 0..5 {
        admin.visit(&id(n + 1), &home(0, n).code, "visited");
        numbers.push(admin.seq());
    }
    for missed in 0..=numbers.len() {
        let after = if missed == 0 { start } else { numbers[missed - 1] };
        let feed = admin.live(Some(after));
        for seq in &numbers[missed..] {
            assert_eq!(feed.nothing_but(*seq)["reset"], false);
        }
        // What comes next is new: nothing twice, nothing left out.
        admin.visit(&id(100 + missed), &home(1, missed).code, "visited");
        feed.nothing_but(admin.seq());
        numbers.push(admin.seq());
    }
    let wrong = server.client(None).get_with("/live", &[("last-event-id", "yesterday")]);
    wrong.wrong("Last-Event-ID", "yesterday");
    server.client(None).get("/live?x=1").problem(400);
}

#[test]
fn who_knows_a_number_from_before_this_server_is_told_to_read_everything_again() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let before = admin.seq();
    admin.visit(&id(1), "HH00", "visited");
    admin.visit(&id(2), "HH01", "visited");
    server.stop();
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    // The events of the former process are gone: what they said cannot be listed, so it is all read again.
    let told = admin.live(Some(before)).next();
    assert_eq!((&told["reset"], &told["seq"]), (&json!(true), &json!(admin.seq())));
    // Even who knows the last change: which tiles a former process gave out, this one cannot tell.
    assert_eq!(admin.live(Some(admin.seq())).next()["reset"], true);
    // The same once there has been a change since.
    admin.visit(&id(3), "HH02", "visited");
    assert_eq!(admin.live(Some(before)).next()["reset"], true);
    // Who is up to date is not disturbed.
    let feed = admin.live(Some(admin.seq()));
    admin.visit(&id(4), "HH03", "visited");
    assert_eq!(feed.nothing_but(admin.seq())["reset"], false);
}

#[test]
fn a_change_of_too_many_tiles_is_a_reset() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    // Households far apart: each has tiles of its own.
    let rows: String = (0..400).map(|i| format!("FAR{i},{},{}\n", -170 + (i % 20) * 17, -60 + (i / 20) * 6)).collect();
    let file = scratch.file("far.csv", format!("code,x,y\n{}", rows.replace(",0,0\n", ",0.5,0.5\n")));
    scratch.import("households", &file, &[]).done();
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let feed = admin.live(None);
    let visits: Vec<Value> = (0..400)
        .map(|i| json!({"id": id(i + 1), "household": format!("FAR{i}"), "at": "2026-01-05T08:00:00Z", "outcome": "visited"}))
        .collect();
    let stored = admin.post("/api/visits", &json!(visits)).json();
    assert!(stored["results"].as_array().unwrap().iter().all(|r| r["result"] == "stored"));
    let told = feed.next();
    assert_eq!((&told["reset"], &told["areas"]), (&json!(true), &json!([])));
    assert!(event(&told, "areas").is_empty() && event(&told, "households").is_empty());
}
