//! `melonmap check` proves a good store and finds a bad one.

use crate::house::{County, Scratch, Server, homes};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

const OUTCOMES: [&str; 10] = [
    "visited",
    "partly",
    "not_home",
    "refused",
    "moved_away",
    "vacant",
    "demolished",
    "not_found",
    "duplicate",
    "deferred",
];

/// Visits of a fixed seed: any household, any outcome, in any order of time, some twice, some for a campaign.
fn random_visits(seed: u64, count: usize) -> Vec<Value> {
    let mut rng = StdRng::seed_from_u64(seed);
    let codes: Vec<String> = homes().map(|home| home.code).collect();
    let mut visits: Vec<Value> = Vec::with_capacity(count);
    for _ in 0..count {
        if !visits.is_empty() && rng.random_bool(0.1) {
            visits.push(visits[rng.random_range(0..visits.len())].clone());
            continue;
        }
        let id = Uuid::from_u128(rng.random());
        let at = format!(
            "2026-02-{:02}T{:02}:00:00.{:03}Z",
            rng.random_range(1..=28),
            rng.random_range(0..24),
            rng.random_range(0..1000)
        );
        let (household, outcome) = (&codes[rng.random_range(0..codes.len())], OUTCOMES[rng.random_range(0..10)]);
        let mut visit = json!({"id": id, "household": household, "at": at, "outcome": outcome});
        if rng.random_bool(0.5) {
            visit["campaign"] = json!(rng.random_range(1..=2));
        }
        visits.push(visit);
    }
    visits
}

#[test]
fn after_a_stream_of_random_visits_the_living_state_is_the_one_that_the_store_rebuilds() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    for name in ["Spring", "Late spring"] {
        let campaign = json!({"name": name, "theme": "", "from": "2026-02-01", "to": "2026-02-28"});
        assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    }
    let visits = random_visits(7, 600);
    let mut results = Vec::new();
    for batch in visits.chunks(7) {
        let answer = admin.post("/api/visits", &json!(batch)).json();
        results.extend(answer["results"].as_array().unwrap().iter().map(|r| r["result"].as_str().unwrap().to_owned()));
    }
    let count = |what: &str| results.iter().filter(|r| *r == what).count();
    let distinct: std::collections::BTreeSet<String> = visits.iter().map(|v| v["id"].to_string()).collect();
    assert_eq!((count("stored"), count("repeated")), (distinct.len(), visits.len() - distinct.len()));
    let living = admin.json("/api/check");
    assert_eq!(living["seq"], scratch.head().0);
    assert_eq!(living["digest"], scratch.proved(), "beside the running server");
    server.stop();
    assert_eq!(living["digest"], scratch.proved(), "and after it");
    // And what is loaded anew says what lived before.
    let server = Server::start(&scratch);
    assert_eq!(server.client(Some(&tokens["admin"])).json("/api/check"), living);
    server.stop();
}

#[test]
fn a_store_that_was_tampered_with_is_found_at_the_change() {
    for (name, sql, told) in [
        (
            "a body",
            "UPDATE change SET body = replace(body, 'Lane 1703', 'Lane 1704') WHERE body LIKE '%Lane 1703%'",
            "its hash",
        ),
        ("an author", "UPDATE change SET author = 'somebody else' WHERE seq = 5", "change 5"),
        ("a time", "UPDATE change SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 9", "change 9"),
        ("a missing change", "DELETE FROM change WHERE seq = 4", "change 4"),
    ] {
        let scratch = Scratch::new();
        County::found(&scratch);
        scratch.proved();
        let store = Connection::open(scratch.store()).unwrap();
        let guards = "DROP TRIGGER change_is_never_updated; DROP TRIGGER change_is_never_deleted;";
        store.execute_batch(&format!("{guards}{sql}")).unwrap();
        assert!(store.changes() > 0, "{name}");
        drop(store);
        scratch.run(&["check"]).refused(1, &["is broken", told]);
    }
}
