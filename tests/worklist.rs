//! The list for today, from outside.

use crate::house::{Client, County, GRIDS, Scratch, Server, TOWNSHIPS, home};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

/// A call on a household of a grid, so many days ago.
fn call(client: &Client, n: usize, (g, i): (usize, usize), outcome: &str, days: i64, campaign: Option<u64>) {
    let at = Timestamp::now() - (24 * days).hours();
    let id = format!("018f3b6e-0000-7000-8000-{n:012}");
    let visit = json!({ "id": id, "household": home(g, i).code, "at": at, "outcome": outcome, "campaign": campaign });
    let reply = client.post("/api/visits", &visit);
    assert!([200, 201].contains(&reply.status), "{}", reply.text());
}

fn listed(list: &Value) -> Vec<(&str, &Value)> {
    let all = list["households"].as_array().unwrap();
    all.iter().map(|one| (one["code"].as_str().unwrap(), &one["reason"])).collect()
}

fn codes(list: &Value) -> Vec<&str> {
    listed(list).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn a_member_walks_along_those_who_wait_and_is_told_why() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let member = server.client(Some(&tokens["member"]));
    let from = home(0, 0);
    let path = format!("/api/worklist?near={},{}", from.lon, from.lat);
    // The households of a grid lie on a line, some 620 m from one another; the last is vacant.
    let all = member.json(&path);
    assert_eq!(codes(&all), (0..9).map(|i| format!("HH0{i}")).collect::<Vec<_>>());
    assert_eq!((&all["waiting"], &all["households"][0]["leg_m"]), (&json!(9), &json!(0.0)));
    assert!((all["length_m"].as_f64().unwrap() - 8.0 * 620.0).abs() < 80.0, "{all}");
    for one in all["households"].as_array().unwrap() {
        assert_eq!((&one["reason"], &one["outcome"]), (&json!({ "kind": "not_reached" }), &Value::Null), "{one}");
        assert!(one["address"].as_str().unwrap().starts_with("Melon Lane 170"), "{one}");
    }
    let two = member.json(&format!("{path}&limit=2"));
    assert_eq!((codes(&two), &two["waiting"]), (vec!["HH00", "HH01"], &json!(9)));

    call(&member, 1, (0, 0), "visited", 3, None);
    call(&member, 2, (0, 1), "not_home", 2, None);
    call(&member, 3, (0, 2), "not_home", 0, None);
    call(&member, 4, (0, 3), "refused", 5, None);
    call(&member, 5, (0, 8), "partly", 4, None);
    let list = member.json(&path);
    let (first, rest) = listed(&list).split_first().map(|(first, rest)| (*first, rest.to_vec())).unwrap();
    assert_eq!(first, ("HH08", &json!({ "kind": "left_to_do", "days": 4 })), "what was left to do comes first");
    let mut rest: Vec<&str> = rest.into_iter().map(|(code, _)| code).collect();
    rest.sort_unstable();
    assert_eq!(
        rest,
        ["HH01", "HH04", "HH05", "HH06", "HH07"],
        "not those who were reached, called on today, or refused"
    );
    assert_eq!(list["waiting"], 6);

    let gpx = member.get(&format!("{path}&f=gpx"));
    assert_eq!((gpx.status, gpx.header("content-type")), (200, "application/gpx+xml"));
    let text = gpx.text();
    assert!(text.contains("<name>1 Melon Lane 1708</name>") && text.contains("© Nobody"), "{text}");
    assert_eq!(text.matches("<wpt ").count(), 6);
}

#[test]
fn a_campaign_has_whoever_was_reached_called_on_again_when_it_says() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let campaign = json!({ "name": "Winter", "from": "2020-01-01", "to": "2999-12-31", "revisit_days": 7 });
    let founded = admin.post("/api/campaigns", &campaign).json();
    assert_eq!((&founded["id"], &founded["revisit_days"]), (&json!(1), &json!(7)));
    let wrong = json!({ "name": "Winter", "from": "2020-01-01", "to": "2999-12-31", "revisit_days": 0 });
    admin.post("/api/campaigns", &wrong).wrong("revisit_days", "0");
    call(&admin, 1, (0, 0), "visited", 10, Some(1));
    call(&admin, 2, (0, 1), "visited", 5, Some(1));
    let path = format!("/api/worklist?campaign=1&area={}", GRIDS[0]);
    let list = server.client(Some(&tokens["member"])).json(&path);
    let reason = |code: &str| listed(&list).into_iter().find(|(c, _)| *c == code).unwrap().1.clone();
    assert_eq!(reason("HH00"), json!({ "kind": "overdue", "days": 3 }));
    assert_eq!(reason("HH01"), json!({ "kind": "due_soon", "days": 2 }));
    assert_eq!(reason("HH02"), json!({ "kind": "not_reached" }));
    // Over all visits nobody said that they are to be called on again.
    let over_all = admin.json(&format!("/api/worklist?area={}", GRIDS[0]));
    assert_eq!(over_all["waiting"], 7, "{over_all}");
}

#[test]
fn a_list_holds_what_the_caller_may_visit_and_another_members_as_far_as_both_may() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let as_role = |role: &str| server.client(Some(&tokens[role]));
    assert_eq!(as_role("admin").json("/api/worklist?limit=300")["waiting"], 36);
    assert_eq!(as_role("coordinator").json("/api/worklist?limit=300")["waiting"], 18);
    assert_eq!(as_role("member").json(&format!("/api/worklist?area={}", TOWNSHIPS[1]))["households"], json!([]));
    for (name, areas) in [("li", [GRIDS[1]]), ("wang", [GRIDS[2]])] {
        let user = json!({ "name": name, "role": "member", "areas": areas });
        assert_eq!(as_role("admin").post("/api/users", &user).status, 201);
    }
    let of_li = as_role("coordinator").json("/api/worklist?member=li");
    assert!(codes(&of_li).iter().all(|code| code.starts_with("HH1")) && of_li["waiting"] == 9, "{of_li}");
    assert_eq!(
        as_role("coordinator").json("/api/worklist?member=wang")["waiting"],
        0,
        "the east is not the coordinator's"
    );
    as_role("coordinator").get("/api/worklist?member=nobody").problem(404);

    server.client(None).get("/api/worklist").problem(401);
    for role in ["analyst", "planner", "inspector"] {
        as_role(role).get("/api/worklist").problem(403);
    }
    let member = as_role("member");
    member.get("/api/worklist?near=east").wrong("near", "east");
    member.get("/api/worklist?near=-175,0").wrong("near", "-175,0");
    member.get("/api/worklist?limit=301").wrong("limit", "301");
    member.get("/api/worklist?f=pdf").wrong("f", "pdf");
    member.get("/api/worklist?campaign=9").problem(404);
    member.get("/api/worklist?area=nowhere").problem(404);
}
