//! `POST /api/visits`: each visit by itself, and each once.

use crate::house::{Client, County, Scratch, Server};
use serde_json::{Value, json};

fn id(n: u32) -> String {
    format!("018f3b6e-0000-7000-8000-{n:012}")
}

fn visit(n: u32, household: &str) -> Value {
    json!({"id": id(n), "household": household, "at": "2026-01-05T08:00:00Z", "outcome": "visited"})
}

#[track_caller]
fn results(client: &Client, visits: &Value) -> Vec<Value> {
    client.post("/api/visits", visits).json()["results"].as_array().unwrap().clone()
}

#[test]
fn a_visit_that_is_sent_again_is_repeated_and_changes_nothing() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let member = server.client(Some(&tokens["member"]));
    assert_eq!(results(&member, &visit(1, "HH00")), [json!({"id": id(1), "result": "stored"})]);
    let (head, coverage) = (scratch.head(), member.json("/api/coverage")["areas"].clone());
    assert_eq!(results(&member, &visit(1, "HH00")), [json!({"id": id(1), "result": "repeated"})]);
    // The same moment in another zone, the same UUID in capitals: the same visit.
    let mut same = visit(1, "HH00");
    same["at"] = json!("2026-01-05T16:00:00+08:00");
    same["id"] = json!(id(1).to_uppercase());
    assert_eq!(results(&member, &same)[0]["result"], "repeated");
    assert_eq!(scratch.head(), head);
    assert_eq!(member.json("/api/coverage")["areas"], coverage);
    // The same UUID with something else in it is another visit under a name that is taken.
    for (member_of, value) in
        [("household", "HH01"), ("outcome", "refused"), ("at", "2026-01-05T08:00:01Z"), ("note", "new")]
    {
        let mut other = visit(1, "HH00");
        other[member_of] = json!(value);
        let result = &results(&member, &other)[0];
        assert_eq!(result["result"], "refused", "{member_of}");
        assert!(result["reason"].as_str().unwrap().contains("id"), "{result}");
        assert_eq!(scratch.head(), head, "{member_of}");
    }
    // By whom it is sent makes no difference to what it says.
    assert_eq!(results(&server.client(Some(&tokens["admin"])), &visit(1, "HH00"))[0]["result"], "repeated");
}

#[test]
fn each_visit_of_an_array_has_its_own_result_in_its_place() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    assert_eq!(
        admin
            .post("/api/campaigns", &json!({"name": "a", "theme": "", "from": "2026-01-01", "to": "2026-01-31"}))
            .status,
        201
    );
    let with = |n: u32, member: &str, value: Value| {
        let mut visit = visit(n, "HH02");
        visit[member] = value;
        visit
    };
    // Each with what is told of it; an empty reason is a visit that is stored.
    let rows: Vec<(Value, &str)> = vec![
        (visit(1, "HH00"), ""),
        (visit(2, "nobody"), "household"),
        (with(3, "at", json!("2999-01-01T00:00:00Z")), "at"),
        (with(4, "at", json!("yesterday")), "at: 'yesterday' is not"),
        (with(5, "at", json!("2026-01-05T08:00:00")), "a time with its zone"),
        (with(6, "outcome", json!("eaten")), "eaten"),
        (with(7, "campaign", json!(9)), "campaign"),
        (with(8, "campaign", json!(1)), ""),
        (with(9, "campaign", json!("one")), "campaign"),
        (with(10, "colour", json!("red")), "colour"),
        (with(11, "id", json!("not-a-uuid")), "UUID"),
        (with(12, "id", json!("00000000-0000-0000-0000-000000000000")), "UUID"),
        (with(13, "note", json!("x".repeat(4_001))), "4000"),
        (with(14, "note", json!("门口有狗 🐕")), ""),
        (with(15, "household", json!("")), "household"),
        (json!("a visit"), "a JSON object"),
        (json!({}), "id"),
        (visit(1, "HH00"), ""),
        (visit(18, "HH39"), ""),
    ];
    let before = scratch.head().0;
    let results = results(&admin, &json!(rows.iter().map(|(v, _)| v).collect::<Vec<_>>()));
    assert_eq!(results.len(), rows.len());
    let said: Vec<&str> = results.iter().map(|r| r["result"].as_str().unwrap()).collect();
    let expected = [
        "stored", "refused", "refused", "refused", "refused", "refused", "refused", "stored", "refused", "refused",
        "refused", "refused", "refused", "stored", "refused", "refused", "refused", "repeated", "stored",
    ];
    assert_eq!(said, expected, "{results:#?}");
    for ((row, words), result) in rows.iter().zip(&results) {
        assert_eq!(result["id"], row.get("id").cloned().unwrap_or(Value::Null));
        match result["result"].as_str().unwrap() {
            "refused" => {
                let reason = result["reason"].as_str().unwrap();
                assert!(
                    !reason.is_empty() && reason.to_lowercase().contains(&words.to_lowercase()),
                    "{words}: {result}"
                );
            }
            _ => assert!(result.get("reason").is_none(), "{result}"),
        }
    }
    assert_eq!(scratch.head().0, before + 4);
    let stored = scratch.ask("SELECT id FROM visit ORDER BY id");
    assert_eq!(stored, [1, 8, 14, 18].map(id));
    scratch.proved();
}

#[test]
fn a_visit_is_in_its_campaigns_days_in_any_time_zone() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let campaign = json!({"name": "a", "theme": "", "from": "2026-01-10", "to": "2026-01-11"});
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    for (n, at, expected) in [
        (1, "2026-01-08T08:00:00Z", "refused"),
        (2, "2026-01-10T00:30:00+08:00", "stored"),
        (3, "2026-01-11T23:30:00-10:00", "stored"),
        (4, "2026-01-14T08:00:00Z", "refused"),
    ] {
        let mut visit = visit(n, "HH00");
        visit["at"] = json!(at);
        visit["campaign"] = json!(1);
        assert_eq!(results(&admin, &visit)[0]["result"], expected, "{at}");
    }
}

#[test]
fn a_member_logs_in_the_own_area_only_and_is_not_told_what_lies_in_others() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let member = server.client(Some(&tokens["member"]));
    let both = results(&member, &json!([visit(1, "HH00"), visit(2, "HH10"), visit(3, "nobody")]));
    assert_eq!(
        both.iter().map(|r| r["result"].as_str().unwrap()).collect::<Vec<_>>(),
        ["stored", "refused", "refused"]
    );
    let reasons = [1, 2].map(|i| both[i]["reason"].as_str().unwrap());
    assert_eq!(reasons[0].replace("HH10", "_"), reasons[1].replace("nobody", "_"), "they cannot be told apart");
    assert_eq!(scratch.ask("SELECT household FROM visit"), ["HH00"]);
    assert_eq!(scratch.ask("SELECT author FROM visit"), ["Caller member Zhang"]);
}
