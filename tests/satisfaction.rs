//! Whether households are satisfied, asked by others than those who answer for them; and whose codes stand out.

use crate::house::{Browser, Client, County, GRIDS, Scratch, Server, TOWNSHIPS, home, link};
use serde_json::{Value, json};

fn id(n: usize) -> String {
    format!("018f3b6e-0000-7000-8000-{n:012}")
}

fn answer(n: usize, (g, i): (usize, usize), said: &str) -> Value {
    json!({ "id": id(n), "household": home(g, i).code, "at": "2026-01-05T08:00:00Z", "answer": said })
}

#[track_caller]
fn results(client: &Client, answers: &Value) -> Vec<Value> {
    client.post("/api/answers", answers).json()["results"].as_array().unwrap().clone()
}

fn area(report: &Value, code: &str) -> Value {
    report["areas"].as_array().unwrap().iter().find(|one| one["code"] == *code).unwrap().clone()
}

#[test]
fn satisfaction_is_told_with_its_interval_and_the_share_that_did_not_answer() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let as_role = |role: &str| server.client(Some(&tokens[role]));
    let (inspector, analyst) = (as_role("inspector"), as_role("analyst"));
    // Of twelve in one township seven are satisfied, three are not, two do not answer; nobody is asked in the other.
    let said = |n: usize| ["satisfied", "not_satisfied", "no_answer"][usize::from(n >= 7) + usize::from(n >= 10)];
    let answers: Vec<Value> = (0..12).map(|n| answer(n + 1, (n / 9, n % 9), said(n))).collect();
    let before = jiff::Timestamp::now().to_string();
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert!(results(&inspector, &json!(answers)).iter().all(|one| one["result"] == "stored"));
    assert!(results(&inspector, &json!(answers)).iter().all(|one| one["result"] == "repeated"));
    let report = analyst.json("/api/satisfaction");
    let asked = area(&report, TOWNSHIPS[0]);
    assert_eq!((&asked["asked"], &asked["answered"], &asked["rate"]), (&json!(12), &json!(10), &json!(0.7)));
    assert!((asked["no_answer"].as_f64().unwrap() - 1.0 / 6.0).abs() < 1e-9, "{asked}");
    assert_eq!(asked["method"], "finite", "ten of eighteen households: {asked}");
    assert!(asked["lower"].as_f64().unwrap() < 0.7 && asked["upper"].as_f64().unwrap() > 0.7, "{asked}");
    let nobody = area(&report, TOWNSHIPS[1]);
    assert_eq!((&nobody["asked"], &nobody["rate"], &nobody["no_answer"]), (&json!(0), &Value::Null, &Value::Null));
    // Seven in one grid, all satisfied: what each said is not told.
    let grid = area(&analyst.json(&format!("/api/satisfaction?level=grid&within={}", GRIDS[0])), GRIDS[0]);
    assert_eq!((&grid["answered"], &grid["rate"]), (&json!(9), &json!(7.0 / 9.0)));
    let then = area(&analyst.json(&format!("/api/satisfaction?as_of={before}")), TOWNSHIPS[0]);
    assert_eq!(then["asked"], 0);
    // A household that says something else later has one answer: the last.
    let mut again = answer(20, (0, 0), "not_satisfied");
    again["at"] = json!("2026-01-06T08:00:00Z");
    assert_eq!(results(&inspector, &again)[0]["result"], "stored");
    assert_eq!(area(&analyst.json("/api/satisfaction"), TOWNSHIPS[0])["rate"], 0.6);

    scratch.unchanged(|| {
        let refused = |answer: Value, words: &str| {
            let result = results(&inspector, &answer).remove(0);
            assert_eq!(result["result"], "refused", "{result}");
            assert!(result["reason"].as_str().unwrap().contains(words), "{words}: {result}");
        };
        refused(answer(1, (0, 0), "not_satisfied"), "id");
        refused(answer(30, (0, 0), "delighted"), "delighted");
        refused(json!({ "id": id(31), "household": "nobody", "at": "2026-01-05T08:00:00Z", "answer": "satisfied" }), "household");
        refused(json!({ "id": id(31), "household": "HH00", "at": "2999-01-05T08:00:00Z", "answer": "satisfied" }), "at");
        refused(json!({ "id": id(31), "household": "HH00", "campaign": 9, "at": "2026-01-05T08:00:00Z", "answer": "satisfied" }), "campaign");
        for role in ["member", "coordinator", "analyst", "planner"] {
            as_role(role).post("/api/answers", &answer(32, (0, 0), "satisfied")).problem(403);
        }
        as_role("member").get("/api/satisfaction").problem(403);
        analyst.get("/api/satisfaction?level=house").wrong("level", "house");
    });
    scratch.proved();
}

#[test]
fn nobody_asks_a_household_that_they_called_on_or_that_their_team_answers_for() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    scratch.run(&["user", "add", "wu", "--role", "inspector"]).done();
    let link = link(&scratch, "wu");
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let team = json!({ "name": "T", "members": [{ "user": "wu", "from": "2026-01-01" }],
        "areas": [{ "area": TOWNSHIPS[0], "from": "2026-01-01", "to": "2026-01-31" }] });
    let put =
        admin.send("PUT", "/api/teams/T", &[("content-type", "application/json")], Some(team.to_string().as_bytes()));
    assert_eq!(put.status, 201);
    let mut wu = Browser::new(&server);
    assert_eq!(wu.sign_in(&link).status, 201);
    let mut ask = |n: usize, place: (usize, usize), at: &str| {
        let mut answer = answer(n, place, "satisfied");
        answer["at"] = json!(at);
        let reply = wu.send("POST", "/api/answers", "same-origin", Some(&answer)).json();
        (reply["results"][0]["result"].as_str().unwrap().to_owned(), reply["results"][0]["reason"].to_string())
    };
    let (said, reason) = ask(1, (0, 0), "2026-01-05T08:00:00Z");
    assert!(said == "refused" && reason.contains("no team of yours"), "{reason}");
    assert_eq!(ask(2, (2, 0), "2026-01-05T08:00:00Z").0, "stored");
    assert_eq!(ask(3, (0, 0), "2026-03-05T08:00:00Z").0, "stored", "the team no longer answers for it");
    // The administrator called there.
    admin.visit(&id(4), "HH21", "visited");
    let own = results(&admin, &answer(5, (2, 1), "satisfied")).remove(0);
    assert!(own["result"] == "refused" && own["reason"].as_str().unwrap().contains("call on yourself"), "{own}");
}

#[test]
fn a_member_whose_codes_stand_out_is_a_reason_to_look() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let as_role = |role: &str| server.client(Some(&tokens[role]));
    let logs = |client: &Client, from: usize, grid: usize, outcome: &dyn Fn(usize) -> &'static str| {
        let visit = |i: usize| json!({ "id": id(from + i), "household": home(grid, i).code, "at": "2026-01-05T08:00:00Z", "outcome": outcome(i) });
        let visits: Vec<Value> = (0..9).map(visit).collect();
        let reply = client.post("/api/visits", &json!(visits)).json();
        assert!(reply["results"].as_array().unwrap().iter().all(|one| one["result"] == "stored"), "{reply}");
    };
    logs(&as_role("member"), 100, 0, &|i| if i < 7 { "vacant" } else { "visited" });
    logs(&as_role("coordinator"), 200, 1, &|_| "visited");
    logs(&as_role("admin"), 300, 2, &|_| "visited");
    logs(&as_role("admin"), 400, 3, &|_| "not_home");
    let report = as_role("inspector").json("/api/codes");
    let members = report["members"].as_array().unwrap();
    let signs: Vec<(u64, u64, Vec<&str>)> = members
        .iter()
        .map(|one| {
            let codes = one["signs"].as_array().unwrap().iter().map(|sign| sign["code"].as_str().unwrap()).collect();
            (one["households"].as_u64().unwrap(), one["vacant"].as_u64().unwrap(), codes)
        })
        .collect();
    assert_eq!(signs.iter().filter(|one| one.2.is_empty()).count(), 2, "{report}");
    assert!(signs.contains(&(9, 7, vec!["any", "vacant"])), "{report}");
    // A coordinator sees the own areas; who may not see who called does not see this.
    let own = as_role("coordinator").json("/api/codes");
    assert_eq!(own["members"].as_array().unwrap().len(), 2);
    as_role("analyst").get("/api/codes").problem(403);
    as_role("member").get("/api/codes").problem(403);
    as_role("inspector").get("/api/codes?within=nowhere").problem(404);
}
