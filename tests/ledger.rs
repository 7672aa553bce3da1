//! The ledger, from outside: out, changed by an office, and back in.

use crate::house::{Client, County, GRIDS, Reply, Scratch, Server, TOWNSHIPS, home};
use melonmap::formats::{CellValue, Workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{Cursor, Write};
use workbooks::{cells, edited};

mod bad;
mod commands;
mod large;
mod out;
mod workbooks;

pub use workbooks::{Sheet, texts};

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn check(client: &Client, file: &[u8]) -> Reply {
    client.send("POST", "/api/ledger/check", &[("content-type", XLSX)], Some(file))
}

/// A decision to take one value.
fn decision(code: &str, field: &str, from: impl Into<Value>, to: impl Into<Value>) -> Value {
    json!({ "code": code, "fields": [{ "field": field, "from": from.into(), "to": to.into() }] })
}

fn results(client: &Client, rows: &[Value]) -> Vec<Value> {
    let reply = client.post("/api/ledger/apply", &json!({ "rows": rows })).json();
    reply["results"].as_array().unwrap().clone()
}

/// The county with its server, and clients by role.
struct Place {
    scratch: Scratch,
    tokens: HashMap<&'static str, String>,
    server: Server,
}

impl Place {
    fn new() -> Place {
        let scratch = Scratch::new();
        let tokens = County::found(&scratch);
        let server = Server::start(&scratch);
        Place { scratch, tokens, server }
    }

    fn client(&self, role: &str) -> Client {
        self.server.client(Some(&self.tokens[role]))
    }

    /// A ledger as a role takes it out.
    fn ledger(&self, role: &str, area: &str) -> Vec<u8> {
        let reply = self.client(role).get(&format!("/api/ledger?area={area}"));
        assert_eq!((reply.status, reply.header("content-type")), (200, XLSX), "{}", reply.text());
        assert!(reply.header("content-disposition").starts_with("attachment; filename=\"ledger-"));
        assert_eq!(reply.header("cache-control"), "private, no-store");
        reply.body
    }
}

#[test]
fn a_ledger_that_comes_back_as_it_went_changes_nothing() {
    let place = Place::new();
    let member = place.client("member");
    let written = || {
        let trail = place.scratch.run(&["audit"]);
        trail.done();
        trail.out.lines().filter(|line| line.contains(",write,")).count()
    };
    let before = written();
    assert!(before > 0);
    for file in [place.ledger("member", GRIDS[0]), edited(&place.ledger("member", GRIDS[0]), &[])] {
        let report = check(&member, &file).json();
        let zero = ["changed", "conflicts", "unmatched", "problems", "newer", "missing", "ignored", "formulas"];
        for count in zero {
            assert_eq!(report["counts"][count], 0, "{count}: {report}");
        }
        assert_eq!((&report["counts"]["rows"], &report["counts"]["unchanged"]), (&json!(10), &json!(10)));
        assert_eq!(report["origin"]["area"], GRIDS[0]);
    }
    assert_eq!(written(), before, "readings were noted, nothing was written");
}

#[test]
fn what_an_office_changed_is_proposed_and_stored_when_somebody_says_so() {
    let place = Place::new();
    let member = place.client("member");
    let file = edited(
        &place.ledger("member", GRIDS[0]),
        &[("F4", "5人"), ("E5", "Melon Lane 1701 b"), ("G6", "已拆除"), ("F7", ""), ("F8", "4"), ("L9", "Nobody")],
    );
    let report = check(&member, &file).json();
    let counts = &report["counts"];
    assert_eq!((&counts["changed"], &counts["unchanged"], &counts["problems"]), (&json!(4), &json!(5), &json!(1)));
    let of = |n: usize| {
        let row = &report["changes"][n];
        let field = &row["fields"][0];
        (
            row["code"].clone(),
            field["field"].clone(),
            field["cell"].clone(),
            field["map"].clone(),
            field["ledger"].clone(),
        )
    };
    assert_eq!(of(0), (json!("HH00"), json!("persons"), json!("F4"), json!("4"), json!("5")));
    assert_eq!(of(1).4, "Melon Lane 1701 b");
    assert_eq!(of(2), (json!("HH02"), json!("status"), json!("G6"), json!("occupied"), json!("demolished")));
    assert_eq!((of(3).3, of(3).4), (json!("4"), Value::Null), "a value that was taken out");
    let problem = &report["problems"][0];
    assert_eq!(
        (&problem["cell"], &problem["field"], &problem["read_only"]),
        (&json!("L9"), &json!("caller"), &json!(true))
    );
    assert_eq!(member.json("/api/households/HH00")["persons"], 4, "nothing was written");

    let rows: Vec<Value> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let field = &row["fields"][0];
            decision(
                row["code"].as_str().unwrap(),
                field["field"].as_str().unwrap(),
                field["map"].clone(),
                field["ledger"].clone(),
            )
        })
        .collect();
    let done = results(&member, &rows[..3]);
    assert!(done.iter().all(|line| line["result"] == "stored"), "{done:?}");
    assert_eq!(member.json("/api/households/HH00")["persons"], 5);
    let second = member.json("/api/households/HH02");
    assert_eq!((&second["status"], &second["persons"]), (&json!("demolished"), &json!(4)), "the rest stays");
    assert_eq!(member.json("/api/households/HH03")["persons"], 4, "what nobody ticked");
    // The same file again: what was taken is known, the rest waits.
    let again = check(&member, &file).json();
    assert_eq!((&again["counts"]["changed"], &again["counts"]["conflicts"]), (&json!(1), &json!(0)), "{again}");
    assert_eq!(results(&member, &rows[..1])[0]["result"], "conflict", "sent twice, the map says something else");
    assert_eq!(results(&member, &[decision("HH00", "persons", json!("5"), json!("5"))])[0]["result"], "same");
    place.server.stop();
    place.scratch.proved();
}

#[test]
fn what_both_changed_is_a_conflict_and_nothing_is_overwritten_unseen() {
    let place = Place::new();
    let (member, admin) = (place.client("member"), place.client("admin"));
    let file = edited(&place.ledger("member", GRIDS[0]), &[("F4", "5"), ("F5", "6")]);
    let put = |code: &str, from: &str, to: &str| results(&admin, &[decision(code, "persons", json!(from), json!(to))]);
    for (code, to) in [("HH00", "7"), ("HH01", "6"), ("HH02", "9")] {
        assert_eq!(put(code, "4", to)[0]["result"], "stored");
    }
    let report = check(&member, &file).json();
    let counts = &report["counts"];
    let told = ["changed", "conflicts", "newer", "unchanged"].map(|count| counts[count].as_u64().unwrap());
    assert_eq!(told, [0, 1, 1, 8], "both say 6 of the second; the third is news of the map alone: {report}");
    let field = &report["conflicts"][0]["fields"][0];
    assert_eq!(
        (&field["cell"], &field["before"], &field["ledger"], &field["map"]),
        (&json!("F4"), &json!("4"), &json!("5"), &json!("7"))
    );
    // Decided, and meanwhile changed once more.
    put("HH00", "7", "8");
    let line = &results(&member, &[decision("HH00", "persons", json!("7"), json!("5"))])[0];
    assert_eq!((&line["result"], &line["fields"][0]["map"]), (&json!("conflict"), &json!("8")), "{line}");
    assert_eq!(member.json("/api/households/HH00")["persons"], 8);
    // Two decisions about one household in one request: the second did not see the first.
    let two =
        [decision("HH04", "persons", json!("4"), json!("1")), decision("HH04", "persons", json!("4"), json!("2"))];
    let done: Vec<Value> = results(&member, &two).into_iter().map(|line| line["result"].clone()).collect();
    assert_eq!(done, [json!("stored"), json!("conflict")]);
    // A file that does not say when it was written: every difference is shown as one.
    let bare = Sheet::new(&["Code", "Persons"]).row(&["HH00", "5"]).done();
    let report = check(&member, &bare).json();
    assert_eq!((&report["origin"], &report["counts"]["changed"]), (&Value::Null, &json!(1)));
    assert_eq!(report["changes"][0]["fields"][0].get("before"), None);
}

#[test]
fn a_row_of_no_known_household_gets_proposals_from_the_own_areas_and_none_is_taken() {
    let place = Place::new();
    let member = place.client("member");
    let file = Sheet::new(&["户编码", "家庭住址", "人口数"])
        .row(&["hh-03", "Melon Lane 1703", "4"])
        .row(&["", "MELON LN 1705", "3"])
        .row(&["HH20", "Melon Lane 1720", "3"])
        .row(&["HH99", "Somewhere Else 5", "3"])
        .row(&["HH07", "Melon Lane 1707", "4"])
        .done();
    let report = check(&member, &file).json();
    assert_eq!((&report["counts"]["unmatched"], &report["counts"]["unchanged"]), (&json!(4), &json!(1)), "{report}");
    let found = |n: usize| {
        let all = report["unmatched"][n]["candidates"].as_array().unwrap();
        all.iter().map(|one| one["code"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((found(0), &report["unmatched"][0]["candidates"][0]["score"]), (vec!["HH03"], &json!(1.0)));
    assert_eq!(found(1), ["HH05"]);
    assert_eq!(report["unmatched"][1]["candidates"][0]["fields"][1]["ledger"], "3");
    // Another's household is not told from one that is not there: neither its number nor its place.
    assert_eq!((found(2), found(3)), (vec![], vec![]));
    let one = &report["unmatched"][2];
    assert_eq!((&one["code"], &one["address"]), (&json!("HH20"), &json!("Melon Lane 1720")), "as it was sent");
    let refused = results(
        &member,
        &[decision("HH20", "persons", json!("4"), json!("3")), decision("HH99", "persons", json!("4"), json!("3"))],
    );
    let reasons: Vec<String> =
        refused.iter().map(|line| line["reason"].as_str().unwrap().replace("HH20", "HH99")).collect();
    assert_eq!(reasons[0], reasons[1]);
    assert!(refused.iter().all(|line| line["result"] == "refused"));
    assert_eq!(place.client("admin").json("/api/households/HH20")["persons"], 4);
}

#[test]
fn decisions_that_cannot_be_are_refused_one_by_one_and_by_name() {
    let place = Place::new();
    let member = place.client("member");
    let done = results(
        &member,
        &[
            decision("HH00", "persons", json!("4"), json!("many")),
            decision("HH01", "outcome", json!(null), json!("visited")),
            decision("HH02", "height", json!(null), json!("3")),
            json!({ "code": "HH03" }),
            json!({ "code": "HH03", "fields": [] }),
            json!(7),
            decision("HH04", "status", json!("occupied"), json!(null)),
            decision("HH05", "needs", json!(null), json!("a ramp")),
            decision("HH06", "persons", json!("4"), json!("3")),
        ],
    );
    let told: Vec<(&str, &str)> = done
        .iter()
        .map(|line| (line["result"].as_str().unwrap(), line["reason"].as_str().unwrap_or_default()))
        .collect();
    for (line, part) in
        told.iter().zip(["whole number", "ledger changes", "height", "fields", "fields", "object", "status", "no key"])
    {
        assert!(line.0 == "refused" && line.1.contains(part), "{part}: {line:?}");
    }
    assert_eq!(told[8].0, "stored", "one that can be goes in");
    member.post("/api/ledger/apply", &json!({ "rows": [] })).wrong("rows", "0");
    member.post("/api/ledger/apply", &json!({ "rows": 3 })).wrong("rows", "3");
    member.post("/api/ledger/apply", &json!([1])).problem(400);
}
