//! How coverage grew over the weeks of a campaign, from outside.

use crate::house::{County, GRIDS, Scratch, Server, TOWNSHIPS, home};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::system()).date()
}

/// A visit at noon of a day of a campaign.
fn visit(n: u32, household: &str, campaign: u32, day: Date, outcome: &str) -> Value {
    let at = day.at(12, 0, 0, 0).to_zoned(TimeZone::system()).unwrap().timestamp();
    let id = format!("018f3b6e-0000-7000-8000-{n:012}");
    json!({ "id": id, "household": household, "campaign": campaign, "at": at, "outcome": outcome })
}

fn of<'a>(report: &'a Value, code: &str) -> &'a Value {
    let areas = report["areas"].as_array().unwrap();
    areas.iter().find(|area| area["code"] == code).unwrap_or_else(|| panic!("{code}: {report}"))
}

#[test]
fn a_household_counts_from_the_week_of_its_first_counted_visit_on_whenever_that_was_logged() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    // Fifteen days ago, ended yesterday: two whole weeks and a day.
    let day = |n: i64| today() - 15.days() + n.days();
    let found = json!({ "name": "Winter", "from": day(0), "to": day(14) });
    assert_eq!(admin.post("/api/campaigns", &found).status, 201);
    let codes: Vec<String> = (0..4).map(|i| home(0, i).code).chain([home(2, 0).code]).collect();
    let visits = json!([
        visit(1, &codes[0], 1, day(8), "visited"),
        visit(2, &codes[1], 1, day(3), "not_home"),
        visit(3, &codes[1], 1, day(14), "partly"),
        visit(4, &codes[4], 1, day(6), "visited"),
        // Logged last, and the first of all.
        visit(5, &codes[0], 1, day(0), "visited"),
        visit(6, &codes[2], 1, day(7), "visited"),
        visit(7, &codes[3], 1, day(7), "visited"),
    ]);
    let logged = admin.post("/api/visits", &visits).json();
    assert!(logged["results"].as_array().unwrap().iter().all(|one| one["result"] == "stored"), "{logged}");
    // One never took place, of another nobody was at home.
    let withdrawn = format!("/api/visits/{}/withdrawal", visits[5]["id"].as_str().unwrap());
    assert_eq!(admin.post(&withdrawn, &json!({ "reason": "the wrong door" })).status, 204);
    let mut right = visit(8, &codes[3], 1, day(7), "not_home");
    right["corrects"] = visits[6]["id"].clone();
    assert_eq!(admin.post("/api/visits", &right).json()["results"][0]["result"], "stored");

    let analyst = server.client(Some(&tokens["analyst"]));
    let report = analyst.json("/api/coverage/weeks?campaign=1");
    let week = |number: u32, from: Date, to: Date| json!({ "number": number, "from": from, "to": to });
    assert_eq!(report["weeks"], json!([week(1, day(0), day(6)), week(2, day(7), day(13)), week(3, day(14), day(14))]));
    assert_eq!(report["overall"], json!({ "eligible": 36, "reached": [2, 2, 3] }));
    let [west, east] = TOWNSHIPS.map(|code| of(&report, code));
    assert_eq!((&west["eligible"], &west["reached"]), (&json!(18), &json!([1, 1, 2])));
    assert_eq!((&east["name"], &east["reached"]), (&report["areas"][1]["name"], &json!([1, 1, 1])));
    let grids = analyst.json(&format!("/api/coverage/weeks?campaign=1&level=grid&within={}", TOWNSHIPS[0]));
    assert_eq!(of(&grids, GRIDS[0])["reached"], json!([1, 1, 2]));
    assert_eq!(
        (of(&grids, GRIDS[1])["reached"].clone(), grids["overall"]["eligible"].clone()),
        (json!([0, 0, 0]), json!(18))
    );

    // By a decision a household is no longer part of the target: in none of the weeks.
    let decision = json!({ "remove": [codes[4]], "reason": "counted twice" });
    assert_eq!(admin.post("/api/campaigns/1/target", &decision).status, 200);
    let report = analyst.json("/api/coverage/weeks?campaign=1");
    assert_eq!(report["overall"], json!({ "eligible": 35, "reached": [1, 1, 2] }));
}

#[test]
fn a_campaign_that_has_not_begun_has_no_weeks_and_one_that_runs_has_those_that_have_begun() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let found = |from: Date, to: &str| {
        let reply = admin.post("/api/campaigns", &json!({ "name": "Winter", "from": from, "to": to }));
        assert_eq!(reply.status, 201);
    };
    found(today() + 1.day(), "2999-12-31");
    found(today() - 7.days(), "2999-12-31");
    found("2000-01-01".parse().unwrap(), "9999-12-31");
    let planned = admin.json("/api/coverage/weeks?campaign=1");
    assert_eq!((&planned["weeks"], &planned["overall"]["reached"]), (&json!([]), &json!([])));
    assert_eq!(admin.json("/api/coverage/weeks?campaign=2")["weeks"].as_array().unwrap().len(), 2);
    // Of 25 years the last 120 weeks; what was reached before them is in the first.
    let visits = [visit(1, &home(0, 0).code, 3, "2001-01-01".parse().unwrap(), "visited")];
    assert_eq!(admin.post("/api/visits", &json!(visits)).json()["results"][0]["result"], "stored");
    let long = admin.json("/api/coverage/weeks?campaign=3");
    assert_eq!(long["weeks"].as_array().unwrap().len(), 120);
    assert_eq!(long["overall"]["reached"], json!(vec![1; 120]));
}

#[test]
fn who_may_not_compare_areas_is_refused_and_so_is_what_is_not_known() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let found = json!({ "name": "Winter", "from": "2020-01-01", "to": "2999-12-31" });
    assert_eq!(admin.post("/api/campaigns", &found).status, 201);
    let path = "/api/coverage/weeks?campaign=1";
    server.client(None).get(path).problem(401);
    for role in ["member", "planner"] {
        server.client(Some(&tokens[role])).get(path).problem(403);
    }
    admin.get("/api/coverage/weeks").wrong("campaign", "nothing");
    admin.get("/api/coverage/weeks?campaign=0").wrong("campaign", "0");
    admin.get("/api/coverage/weeks?campaign=9").problem(404);
    admin.get(&format!("{path}&level=street")).wrong("level", "street");
    admin.get(&format!("{path}&within=nowhere")).problem(404);
    admin.get(&format!("{path}&week=1")).problem(400);
    assert_eq!(admin.json(&format!("{path}&level=village"))["areas"], json!([]));
}
