//! Lists as of a past moment: items of collections, what a word finds, campaigns and their targets.

use crate::house::{Client, County, GRIDS, Scratch, Server};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

const CAMPAIGN: &str = r#"{"name": "Before", "theme": "", "from": "2026-01-01", "to": "2999-01-31"}"#;

/// What is answered, without the moment in which it was and links that name it.
fn answered(client: &Client, path: &str, as_of: Option<&str>) -> Value {
    let separator = if path.contains('?') { '&' } else { '?' };
    let then = as_of.map(|at| format!("{separator}as_of={at}")).unwrap_or_default();
    let reply = client.get(&format!("{path}{then}"));
    assert_eq!(reply.status, 200, "{path}{then}: {}", reply.text());
    let Ok(mut answer) = serde_json::from_str::<Value>(&reply.text()) else { return reply.text().into() };
    let about = answer.as_object_mut().unwrap();
    for name in ["timeStamp", "links"] {
        about.remove(name);
    }
    answer
}

#[test]
fn lists_as_of_a_time_are_those_that_were_answered_then_page_by_page_and_as_a_stream() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    scratch.run(&["user", "add", "li", "--role", "member"]).done();
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    assert_eq!(admin.post("/api/campaigns", &serde_json::from_str(CAMPAIGN).unwrap()).status, 201);
    let visit = |number: u32, code: &str, outcome: &str| {
        let visit = json!({ "id": format!("018f3b6e-0000-7000-8000-{number:012}"), "household": code, "campaign": 1,
            "at": "2026-02-05T08:00:00Z", "outcome": outcome });
        assert_eq!(admin.post("/api/visits", &visit).json()["results"][0]["result"], "stored");
    };
    visit(1, "HH00", "visited");
    let team = |name: &str| {
        let areas = json!([{ "area": GRIDS[0], "from": "2026-01-01" }]);
        let members = json!([{ "user": "li", "from": admin.json("/api/teams")["on"] }]);
        let reply = admin.put("/api/teams/t1", &json!({ "name": name, "members": members, "areas": areas }));
        assert!(reply.status < 300, "{}", reply.text());
    };
    let give = |household: &str| {
        let given = json!({ "member": "li", "households": [household] });
        assert_eq!(admin.post("/api/teams/t1/assignment", &given).status, 200);
    };
    team("Before");
    give("HH02");
    let items = |rest: &str| format!("/ogc/collections/{rest}");
    let paths = [
        items("areas/items?limit=1000"),
        items(&format!("areas/items/{}", GRIDS[0])),
        items("households/items?sortby=-code&limit=3"),
        items("households/items/HH00"),
        items("households/items?filter=visited%3Dtrue"),
        items("visits/items"),
        items("visits/items?f=csv"),
        "/api/search?q=renamed".into(),
        format!("/api/search?q={}", GRIDS[0]),
        "/api/campaigns".into(),
        "/api/campaigns/1/target".into(),
        "/api/teams".into(),
        "/api/teams/t1/assignment".into(),
    ];
    let all = |client: &Client, as_of| paths.iter().map(|path| answered(client, path, as_of)).collect::<Vec<_>>();
    let before = all(&admin, None);
    std::thread::sleep(Duration::from_millis(20));
    let then = Timestamp::now().to_string();
    std::thread::sleep(Duration::from_millis(20));

    team("After");
    give("HH03");
    visit(2, "HH10", "visited");
    visit(3, "HH00", "partly");
    let changed = json!({ "name": "After", "theme": "", "from": "2026-01-01", "to": "2999-01-31", "closed": true });
    assert_eq!(admin.put("/api/campaigns/1", &changed).status, 200);
    let gone = json!({ "remove": ["HH01"], "reason": "demolished" });
    assert_eq!(admin.post("/api/campaigns/1/target", &gone).status, 200);
    server.stop();
    let mut grid = County::areas().into_iter().find(|area| area["properties"]["code"] == *GRIDS[0]).unwrap();
    grid["properties"]["name"] = json!("Renamed");
    scratch.import("areas", &scratch.file("redrawn.geojsonl", format!("{grid}\n")), &[]).done();

    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    for (((path, before), then_), now) in paths.iter().zip(&before).zip(all(&admin, Some(&then))).zip(all(&admin, None))
    {
        assert_eq!(then_, *before, "{path} at {then}");
        let stays = path.contains("households/items?sortby");
        assert_eq!(now == *before, stays, "{path} is seen to change");
    }
    // Whoever turns the page stays at that time.
    let page = admin.json(&format!("/ogc/collections/households/items?limit=2&as_of={then}"));
    let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").unwrap()["href"].clone();
    assert!(next.as_str().unwrap().contains("as_of="), "{next}");
    let one = admin.json(&format!("/ogc/collections/areas/items/{}?as_of={then}", GRIDS[0]));
    assert!(one["links"].as_array().unwrap().iter().any(|link| link["href"].as_str().unwrap().ends_with(&then)));

    let public = server.client(None);
    for path in [&paths[0], &paths[1], &paths[8], &paths[9]] {
        let separator = if path.contains('?') { '&' } else { '?' };
        public.get(&format!("{path}{separator}as_of={then}")).problem(401);
        for wrong in ["yesterday", "2999-01-01T00:00:00Z"] {
            admin.get(&format!("{path}{separator}as_of={wrong}")).wrong("as_of", wrong);
        }
    }
    let analyst = server.client(Some(&tokens["member"]));
    let seen = answered(&analyst, "/ogc/collections/households/items?limit=1000", Some(&then));
    let now = answered(&analyst, "/ogc/collections/households/items?limit=1000", None);
    assert_eq!(seen["numberMatched"], now["numberMatched"], "of then, too, a member sees the own areas only");
    assert!(seen["numberMatched"].as_u64() < before[2]["numberMatched"].as_u64());
}
