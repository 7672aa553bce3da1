//! Who of a team calls on whom: planned, taken, taken back, given by hand; and what that does to a member's list.

use crate::house::{Browser, Client, County, GRIDS, Reply, Scratch, Server, home, link};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use std::collections::HashMap;

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::system()).date()
}

fn with(body: &Client, verb: &str, path: &str, value: &Value) -> Reply {
    body.send(verb, path, &[("content-type", "application/json")], Some(value.to_string().as_bytes()))
}

/// A county with a coordinator in the west, and Team T1 of these members in the first grid: nine households on a line, some 620 m
/// from one another.
struct Field {
    scratch: Scratch,
    tokens: HashMap<&'static str, String>,
    server: Server,
    /// By which each member may sign in.
    links: HashMap<String, Value>,
}

const PATH: &str = "/api/teams/T1/assignment";

impl Field {
    fn with(members: &[&str]) -> Field {
        let scratch = Scratch::new();
        let tokens = County::found(&scratch);
        for name in members {
            scratch.run(&["user", "add", name, "--role", "member"]).done();
        }
        let links = members.iter().map(|name| ((*name).to_owned(), link(&scratch, name))).collect();
        let server = Server::start(&scratch);
        let field = Field { scratch, tokens, server, links };
        assert_eq!(field.team("T1", members, GRIDS[0]).status, 201);
        field
    }

    fn as_role(&self, role: &str) -> Client {
        self.server.client(Some(&self.tokens[role]))
    }

    /// Founds a Team, or says who is in it from today on.
    fn team(&self, code: &str, members: &[&str], area: &str) -> Reply {
        let members: Vec<Value> = members.iter().map(|name| json!({ "user": name, "from": today() })).collect();
        let body = json!({ "name": code, "members": members, "areas": [{ "area": area, "from": "2026-01-01" }] });
        with(&self.as_role("admin"), "PUT", &format!("/api/teams/{code}"), &body)
    }

    fn plan(&self, terms: &Value) -> Value {
        let reply = self.as_role("coordinator").post(&format!("{PATH}/plan"), terms);
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    fn give(&self, member: Option<&str>, places: impl IntoIterator<Item = usize>) -> u64 {
        let codes: Vec<String> = places.into_iter().map(|i| home(0, i).code).collect();
        let reply = self.as_role("coordinator").post(PATH, &json!({ "member": member, "households": codes }));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["households"].as_u64().unwrap()
    }

    fn take(&self, plan: &Value) -> Reply {
        self.as_role("coordinator").post(PATH, &json!({ "plan": plan["plan"] }))
    }

    fn undo(&self, plan: &Value) -> Reply {
        self.as_role("coordinator").send(
            "DELETE",
            &format!("{PATH}?plan={}", plan["plan"].as_str().unwrap()),
            &[],
            None,
        )
    }

    /// Who calls on each of the nine.
    fn callers(&self) -> Vec<Option<String>> {
        let report = self.as_role("coordinator").json(PATH);
        let mut all: Vec<(String, Option<String>)> = report["households"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["code"].as_str().unwrap().to_owned(), one["member"].as_str().map(str::to_owned)))
            .collect();
        all.sort();
        assert_eq!(all.len(), 9);
        all.into_iter().map(|(_, member)| member).collect()
    }
}

fn log(n: u32, household: usize, outcome: &str, client: &Client) {
    let body = visit(n, household, outcome);
    let reply = client.post("/api/visits", &body);
    assert_eq!(reply.json()["results"][0]["result"], "stored", "{}", reply.text());
}

/// A visit an hour ago.
fn visit(n: u32, household: usize, outcome: &str) -> Value {
    let (id, at) = (format!("018f3b6e-0000-7000-8000-{n:012}"), Timestamp::now() - 1.hour());
    json!({ "id": id, "household": home(0, household).code, "at": at, "outcome": outcome })
}

/// Of the nine in order: from whom, to whom, why.
fn moves(plan: &Value) -> Vec<(Option<&str>, &str, &str)> {
    let mut all: Vec<&Value> = plan["households"].as_array().unwrap().iter().collect();
    all.sort_by_key(|one| one["code"].as_str());
    all.iter().map(|one| (one["from"].as_str(), one["to"].as_str().unwrap(), one["why"].as_str().unwrap())).collect()
}

fn load<'a>(plan: &'a Value, user: &str, when: &str) -> &'a Value {
    let member = plan["members"].as_array().unwrap().iter().find(|one| one["user"] == *user);
    &member.unwrap_or_else(|| panic!("{user}: {plan}"))[when]
}

#[test]
fn a_plan_shares_households_out_by_effort_and_assigns_nothing() {
    let field = Field::with(&["li", "wu"]);
    let member = field.as_role("member");
    log(1, 0, "partly", &member);
    log(2, 1, "not_home", &member);
    let plan = field.plan(&json!({ "tolerance": 0.3 }));
    assert_eq!(
        (&plan["total"], &plan["moves"], &plan["new"], &plan["gain_m"]),
        (&json!(9), &json!(0), &json!(9), &json!(0.0))
    );
    assert!(moves(&plan).iter().all(|(from, _, why)| (*from, *why) == (None, "new")), "{plan}");
    // Neighbours have one member: along the line it changes once.
    let to: Vec<&str> = moves(&plan).into_iter().map(|(_, to, _)| to).collect();
    assert_eq!(to.windows(2).filter(|pair| pair[0] != pair[1]).count(), 1, "{to:?}");
    let sum =
        |what: &str| ["li", "wu"].iter().map(|user| load(&plan, user, "after")[what].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("households"), sum("needs"), sum("left")), (9, 1, 8));
    for user in ["li", "wu"] {
        let minutes = load(&plan, user, "after")["minutes"].as_f64().unwrap();
        let allowed = load(&plan, user, "allowed_minutes");
        assert!(allowed[0].as_f64().unwrap() <= minutes && minutes <= allowed[1].as_f64().unwrap(), "{plan}");
        assert!(load(&plan, user, "after")["walk_m"].as_f64().unwrap() > 1_000.0);
        assert_eq!(load(&plan, user, "before")["households"], 0);
    }
    assert_eq!(plan["spread"]["before"], Value::Null);
    assert!(plan["spread"]["after"].as_f64().unwrap() <= 1.3 / 0.7 + 0.01, "{}", plan["spread"]);
    assert_eq!(field.plan(&json!({ "tolerance": 0.3 }))["plan"], plan["plan"], "the same is planned again");
    assert_eq!(field.callers(), vec![None; 9], "nothing is assigned by planning");
    assert_eq!(field.as_role("coordinator").json(PATH)["without"], 9);
    field.scratch.proved();
}

#[test]
fn who_works_less_is_given_less() {
    let field = Field::with(&["li", "wu"]);
    let plan = field.plan(&json!({ "tolerance": 0.3, "shares": [{ "user": "wu", "share": 0.4 }] }));
    let minutes = |user: &str| load(&plan, user, "after")["minutes"].as_f64().unwrap();
    assert!(minutes("wu") < 0.8 * minutes("li"), "{plan}");
    assert_eq!((load(&plan, "wu", "share"), load(&plan, "li", "share")), (&json!(0.4), &json!(1.0)));
}

#[test]
fn a_household_keeps_the_member_it_knows_unless_another_is_nearer_by_more_than_the_threshold() {
    let field = Field::with(&["li", "wu"]);
    assert_eq!(field.give(Some("li"), [0, 1, 2, 3, 8]), 5);
    assert_eq!(field.give(Some("wu"), 4..8), 4);
    assert_eq!(field.give(Some("wu"), 4..8), 0, "told again it changes nothing");
    let kept = field.plan(&json!({ "tolerance": 1, "threshold_m": 5_000 }));
    assert_eq!((&kept["moves"], &kept["new"]), (&json!(0), &json!(0)));
    assert!(moves(&kept).iter().all(|(from, to, why)| *from == Some(*to) && *why == "stays"), "{kept}");
    let moved = field.plan(&json!({ "tolerance": 1, "threshold_m": 400 }));
    assert_eq!((&moved["moves"], moves(&moved)[8]), (&json!(1), (Some("li"), "wu", "nearer")), "{moved}");
    let gain = moved["gain_m"].as_f64().unwrap();
    assert!((1_000.0..3_000.0).contains(&gain), "{gain}");
    let walk = |when: &str| load(&moved, "li", when)["walk_m"].as_f64().unwrap();
    assert!(walk("after") < walk("before") - 4_000.0, "{moved}");
    assert_ne!(kept["plan"], moved["plan"]);
}

#[test]
fn balance_moves_households_below_the_threshold_too() {
    let field = Field::with(&["li", "wu"]);
    field.give(Some("li"), 0..9);
    let plan = field.plan(&json!({ "tolerance": 0.3, "threshold_m": 100_000 }));
    let given = moves(&plan).into_iter().filter(|(_, to, _)| *to == "wu").collect::<Vec<_>>();
    assert!((3..=6).contains(&given.len()) && plan["moves"] == given.len(), "{plan}");
    assert!(given.iter().all(|(from, _, why)| (*from, *why) == (Some("li"), "balance")), "{plan}");
}

#[test]
fn whoever_last_reached_a_household_is_known_to_it() {
    let field = Field::with(&["li", "wu"]);
    let mut wu = Browser::new(&field.server);
    assert_eq!(wu.sign_in(&field.links["wu"]).status, 201);
    for (n, (household, outcome)) in (1..).zip([(0, "visited"), (1, "not_home")]) {
        let body = visit(n, household, outcome);
        assert_eq!(wu.send("POST", "/api/visits", "same-origin", Some(&body)).json()["results"][0]["result"], "stored");
    }
    let plan = field.plan(&json!({ "tolerance": 0.5, "threshold_m": 100_000 }));
    assert_eq!((moves(&plan)[0], moves(&plan)[1].0), ((Some("wu"), "wu", "stays"), None), "{plan}");
    assert_eq!(load(&plan, "wu", "before")["households"], 1);
}

#[test]
fn a_plan_that_is_taken_says_who_calls_and_can_be_taken_back() {
    let field = Field::with(&["li", "wu", "he"]);
    field.give(Some("he"), [0]);
    let plan = field.plan(&json!({ "tolerance": 0.5 }));
    let moved = moves(&plan).iter().enumerate().filter(|(i, (_, to, _))| *i > 0 || *to != "he").count();
    assert_eq!(field.take(&plan).json(), json!({ "households": moved }));
    let expected: Vec<Option<String>> = moves(&plan).iter().map(|(_, to, _)| Some((*to).to_owned())).collect();
    assert_eq!(field.callers(), expected);
    let report = field.as_role("coordinator").json(PATH);
    assert_eq!((&report["without"], report["members"].as_array().unwrap().len()), (&json!(0), 3));
    assert_eq!(field.take(&plan).json(), json!({ "households": 0 }), "the answer may have been lost");

    // Who calls is told to whoever may read addresses there, and to nobody else.
    let path = format!("/api/households/{}", home(0, 3).code);
    for role in ["member", "coordinator", "inspector", "admin"] {
        assert_eq!(field.as_role(role).json(&path)["caller"].as_str(), expected[3].as_deref(), "{role}");
    }
    assert_eq!(field.as_role("analyst").json(&path).get("caller"), None);

    field.scratch.proved();
    assert_eq!(field.undo(&plan).json(), json!({ "households": moved }));
    let mut before = vec![None; 9];
    before[0] = Some("he".to_owned());
    assert_eq!(field.callers(), before);
    field.undo(&plan).problem(409);
    assert_eq!(field.take(&plan).json(), json!({ "households": moved }), "all is again as it was when it was made");
    let (other, which) = if expected[8].as_deref() == Some("li") { ("wu", 8) } else { ("li", 8) };
    assert_eq!(field.give(Some(other), [which]), 1);
    field.scratch.unchanged(|| field.undo(&plan).problem(409));
    field.scratch.proved();
}

#[test]
fn a_plan_of_what_is_not_so_any_more_is_refused_and_visits_do_not_matter() {
    let field = Field::with(&["li", "wu", "he"]);
    assert_eq!(field.team("T1", &["li", "wu"], GRIDS[0]).status, 200);
    let plan = field.plan(&json!({ "tolerance": 0.3 }));
    let refused = || {
        let problem = field.scratch.unchanged(|| field.take(&plan).problem(409));
        assert!(problem["detail"].as_str().unwrap().contains("make another"), "{problem}");
    };
    field.give(Some("li"), [4]);
    refused();
    field.give(None, [4]);
    assert_eq!(field.team("T1", &["li", "wu", "he"], GRIDS[0]).status, 200);
    refused();
    assert_eq!(field.team("T1", &["li", "wu"], GRIDS[0]).status, 200);
    log(1, 4, "visited", &field.as_role("member"));
    assert_eq!(field.take(&plan).json()["households"], 9);

    let unknown = json!({ "plan": "0".repeat(64) });
    field.scratch.unchanged(|| {
        field.as_role("coordinator").post(PATH, &unknown).problem(409);
        field.as_role("coordinator").post(PATH, &json!({ "plan": "soon" })).wrong("plan", "soon");
        field.as_role("coordinator").send("DELETE", PATH, &[], None).wrong("plan", "");
    });
    // Nor is it another team's to take.
    assert_eq!(field.team("T2", &["li"], GRIDS[1]).status, 201);
    field.as_role("admin").post("/api/teams/T2/assignment", &json!({ "plan": plan["plan"] })).problem(409);
}

#[test]
fn households_of_whoever_has_left_wait_for_another() {
    let field = Field::with(&["li", "wu"]);
    field.give(Some("li"), 0..4);
    field.give(Some("wu"), 4..9);
    let team = |last: Option<Date>| {
        let members =
            json!([{ "user": "li", "from": "2026-01-01", "to": last }, { "user": "wu", "from": "2026-01-01" }]);
        let body = json!({ "name": "T1", "members": members, "areas": [{ "area": GRIDS[0], "from": "2026-01-01" }] });
        assert_eq!(with(&field.as_role("admin"), "PUT", "/api/teams/T1", &body).status, 200);
    };
    team(None);
    team(today().yesterday().ok());
    let report = field.as_role("coordinator").json(PATH);
    assert_eq!(report["without"], 4);
    let li = json!({ "user": "li", "active": false, "households": 4 });
    assert_eq!(report["members"], json!([li, { "user": "wu", "active": true, "households": 5 }]));
    let plan = field.plan(&json!({}));
    assert_eq!(moves(&plan)[0], (Some("li"), "wu", "left"));
    assert_eq!(moves(&plan)[8], (Some("wu"), "wu", "stays"));
    assert_eq!(field.take(&plan).json()["households"], 4);
    assert_eq!(field.undo(&plan).json()["households"], 4);
    field.scratch.proved();
    assert_eq!(field.callers()[0].as_deref(), Some("li"), "as it was");
}

#[test]
fn a_member_to_whom_households_are_assigned_has_those_of_others_off_the_list() {
    let field = Field::with(&["li", "wu", "he"]);
    let waiting = |query: &str| field.as_role("coordinator").json(&format!("/api/worklist{query}"))["waiting"].clone();
    assert_eq!((waiting("?member=wu"), waiting("")), (json!(9), json!(18)));
    field.give(Some("li"), 0..3);
    field.give(Some("wu"), 3..7);
    assert_eq!((waiting("?member=li"), waiting("?member=wu")), (json!(5), json!(6)), "those of nobody are everybody's");
    assert_eq!(waiting("?member=he"), 9, "to whom nothing is assigned, all is as before");
    assert_eq!(waiting(""), 18, "a coordinator's own list is nobody's");
    let mut wu = Browser::new(&field.server);
    assert_eq!(wu.sign_in(&field.links["wu"]).status, 201);
    assert_eq!(wu.get("/api/worklist").json()["waiting"], 6, "the own list");
    assert_eq!(field.team("T1", &["wu", "he"], GRIDS[0]).status, 200);
    assert_eq!(waiting("?member=wu"), 9, "those of whoever has left wait for whoever comes");
    assert_eq!(field.give(None, 3..7), 4);
    field.scratch.proved();
    assert_eq!(waiting("?member=wu"), 9);
}

#[test]
fn who_may_not_and_what_cannot_be_is_refused_by_name() {
    let names: Vec<String> = (0..12).map(|n| format!("member{n:02}")).collect();
    let field = Field::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let coordinator = field.as_role("coordinator");
    let plan_path = format!("{PATH}/plan");
    assert_eq!(field.team("T2", &["member00"], GRIDS[2]).status, 201);
    assert_eq!(field.team("T0", &[], GRIDS[0]).status, 201);
    field.scratch.unchanged(|| {
        for (role, status) in [("member", 403), ("analyst", 403), ("planner", 403), ("inspector", 403)] {
            field.as_role(role).get(PATH).problem(status);
            field.as_role(role).post(&plan_path, &json!({})).problem(status);
            field.as_role(role).post(PATH, &json!({ "households": ["HH00"] })).problem(status);
        }
        field.server.client(None).get(PATH).problem(401);
        for team in ["T9", "T2"] {
            coordinator.get(&format!("/api/teams/{team}/assignment")).problem(404);
            coordinator.post(&format!("/api/teams/{team}/assignment/plan"), &json!({})).problem(404);
            coordinator
                .post(&format!("/api/teams/{team}/assignment"), &json!({ "households": [home(2, 0).code] }))
                .problem(404);
        }
        coordinator.get(&format!("{PATH}?area=nowhere")).problem(404);
        coordinator.get(&format!("{PATH}?area={}&on=now", GRIDS[0])).problem(400);
        coordinator.post("/api/teams/T0/assignment/plan", &json!({})).wrong("team", "T0");
        let terms = |body: Value, field: &str, value: &str| coordinator.post(&plan_path, &body).wrong(field, value);
        terms(json!({ "threshold_m": -1 }), "threshold_m", "-1");
        terms(json!({ "threshold_m": "far" }), "threshold_m", "far");
        terms(json!({ "tolerance": 0 }), "tolerance", "0");
        terms(json!({ "tolerance": 1.5 }), "tolerance", "1.5");
        terms(json!({ "shares": [{ "user": "member01", "share": 0 }] }), "share", "0");
        terms(json!({ "shares": [{ "user": "nobody", "share": 1 }] }), "shares", "nobody");
        terms(
            json!({ "shares": [{ "user": "member01", "share": 1 }, { "user": "member01", "share": 2 }] }),
            "shares",
            "member01",
        );
        terms(json!({ "shares": [{ "user": "member01" }] }), "share", "");
        terms(json!({ "treshold": 1 }), "plan", "treshold");
        terms(json!([]), "plan", "[]");
        coordinator.post(&plan_path, &json!({ "campaign": 9 })).problem(404);
        coordinator.post(&plan_path, &json!({ "area": "nowhere" })).problem(404);
        // Nine households, one of which alone is more than a twelfth of the work.
        terms(json!({}), "tolerance", "0.1");
        let give = |body: Value, field: &str, value: &str| coordinator.post(PATH, &body).wrong(field, value);
        give(json!({}), "plan", "neither");
        give(json!({ "plan": "0".repeat(64), "households": [] }), "plan", "plan and more");
        give(json!({ "member": "nobody", "households": ["HH00"] }), "member", "nobody");
        give(json!({ "member": "member01", "households": [] }), "households", "0");
        give(json!({ "member": "member01", "households": ["HH99"] }), "households", "HH99");
        give(json!({ "member": "member01", "households": ["HH00", "HH10"] }), "households", "HH10");
    });
    assert_eq!(field.callers(), vec![None; 9]);
}

#[test]
fn a_team_without_households_today_has_an_empty_plan() {
    let field = Field::with(&["li"]);
    let body = json!({ "name": "T3", "members": [{ "user": "li", "from": today() }], "areas": [] });
    assert_eq!(with(&field.as_role("admin"), "PUT", "/api/teams/T3", &body).status, 201);
    let path = "/api/teams/T3/assignment";
    let plan = field.as_role("admin").post(&format!("{path}/plan"), &json!({})).json();
    assert_eq!((&plan["total"], &plan["households"], &plan["over_least"]), (&json!(0), &json!([]), &Value::Null));
    assert_eq!(plan["members"][0]["after"]["households"], 0);
    assert_eq!(field.as_role("admin").json(path)["total"], 0);
    let taken = field.as_role("admin").post(path, &json!({ "plan": plan["plan"] })).json();
    assert_eq!(taken, json!({ "households": 0 }));
}

#[test]
fn who_calls_on_whom_is_told_at_once_to_who_calls_there_or_says_who_does_and_to_nobody_else() {
    let field = Field::with(&["lan", "mei"]);
    let mut lan = Browser::new(&field.server);
    assert_eq!(lan.sign_in(&field.links["lan"]).status, 201);
    let hears = [lan.live(), field.as_role("coordinator").live(None), field.as_role("admin").live(None)];
    let others = ["inspector", "analyst", "planner"].map(|role| field.as_role(role).live(None));
    let admin = field.as_role("admin");
    assert_eq!(field.give(Some("lan"), 0..3), 3);
    let given = admin.seq();
    for feed in &hears {
        let told = feed.nothing_but(given);
        assert_eq!((&told["teams"], &told["areas"], &told["reset"]), (&json!(["T1"]), &json!([]), &json!(false)));
        assert!(!told.to_string().contains("\"lan\"") && !told.to_string().contains("HH"), "{told}");
    }
    // Given again to who has them nothing is another.
    assert_eq!(field.give(Some("lan"), 0..3), 0);
    assert_eq!(admin.visit("018f3b6e-0000-7000-8000-000000000777", &home(0, 5).code, "visited")["result"], "stored");
    for feed in hears.iter().chain(&others[..2]) {
        let told = feed.nothing_but(admin.seq());
        assert!(
            told.get("teams").is_none() && told["areas"].as_array().is_some_and(|areas| !areas.is_empty()),
            "{told}"
        );
    }
}
