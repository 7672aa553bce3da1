//! Areas compared, from outside: a county small enough to work it out by hand.

use crate::house::{Client, County, GRIDS, Scratch, Server, TOWNSHIPS, home};
use serde_json::{Value, json};

/// Calls on the first households of each grid, so many each, with an outcome that counts.
fn visit(client: &Client, reached: [usize; 4]) {
    for (g, some) in reached.into_iter().enumerate() {
        for i in 0..some {
            client.visit(&format!("018f3b6e-0000-7000-8000-{:012}", g * 100 + i), &home(g, i).code, "visited");
        }
    }
}

fn of<'a>(report: &'a Value, code: &str) -> &'a Value {
    let areas = report["areas"].as_array().unwrap();
    areas.iter().find(|area| area["code"] == code).unwrap_or_else(|| panic!("{code}: {report}"))
}

#[test]
fn areas_stand_beside_one_another_with_limits_and_ranks_as_intervals() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    visit(&server.client(Some(&tokens["admin"])), [9, 9, 0, 0]);
    let analyst = server.client(Some(&tokens["analyst"]));
    // 18 of 18 in the west and 0 of 18 in the east: by lot that has a chance of 1 in C(36, 18), some nine thousand million.
    let report = analyst.json("/api/rates");
    assert_eq!((&report["level"], &report["campaign"]), (&json!("township"), &Value::Null));
    assert_eq!(report["overall"], json!({ "eligible": 36, "visited": 18, "rate": 0.5 }));
    let [west, east] = TOWNSHIPS.map(|code| of(&report, code));
    assert_eq!((&west["eligible"], &west["visited"], &west["rate"]), (&json!(18), &json!(18), &json!(1.0)));
    assert_eq!((&west["by_chance"], &east["by_chance"]), (&json!("above_998"), &json!("below_998")));
    // Two areas that lie apart are all the scatter there is.
    assert_eq!((&west["position"], &east["position"]), (&json!("within"), &json!("within")));
    assert_eq!((&west["rank"], &east["rank"]), (&json!({"best": 1, "worst": 1}), &json!({"best": 2, "worst": 2})));
    assert!(report["dispersion"]["tau_squared"].as_f64().unwrap() > 0.1, "{report}");
    for limits in report["limits"].as_array().unwrap() {
        let at = ["lower_998", "lower_95", "upper_95", "upper_998"].map(|name| limits[name].as_f64().unwrap());
        assert!(at.is_sorted() && limits["eligible"] == 18, "{limits}");
    }
    let grids = analyst.json(&format!("/api/rates?level=grid&within={}", TOWNSHIPS[0]));
    let codes: Vec<&Value> = grids["areas"].as_array().unwrap().iter().map(|area| &area["code"]).collect();
    assert_eq!(codes, [GRIDS[0], GRIDS[1]]);
    assert_eq!(grids["overall"]["rate"], 1.0);
    assert_eq!(of(&grids, GRIDS[0])["rank"], json!({"best": 1, "worst": 2}), "two equals");

    let found = analyst.json(&format!("/api/rates/difference?a={}&b={}", TOWNSHIPS[0], TOWNSHIPS[1]));
    assert_eq!(
        (&found["difference"], &found["verdict"], &found["upper"]),
        (&json!(1.0), &json!("a_higher"), &json!(1.0))
    );
    // Wilson's 18 of 18 is from 0.8241 on; Newcombe's lower limit is 1 - sqrt(2) * 0.1759.
    assert!((found["lower"].as_f64().unwrap() - 0.7512).abs() < 1e-3, "{found}");
}

#[test]
fn areas_that_differ_by_little_cannot_be_told_apart() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    visit(&server.client(Some(&tokens["admin"])), [4, 5, 6, 5]);
    let coordinator = server.client(Some(&tokens["coordinator"]));
    let report = coordinator.json("/api/rates?level=grid");
    for area in report["areas"].as_array().unwrap() {
        assert_eq!((&area["position"], &area["by_chance"]), (&json!("within"), &json!("within")), "{area}");
        assert_eq!(area["rank"], json!({"best": 1, "worst": 4}), "{area}");
    }
    let found = coordinator.json(&format!("/api/rates/difference?a={}&b={}", GRIDS[2], GRIDS[0]));
    assert_eq!(
        (&found["verdict"], &found["a"]["visited"], &found["b"]["visited"]),
        (&json!("cannot_tell"), &json!(6), &json!(4))
    );
    let [lower, value, upper] = ["lower", "difference", "upper"].map(|name| found[name].as_f64().unwrap());
    assert!(lower < 0.0 && (value - 2.0 / 9.0).abs() < 1e-12 && upper > value, "{found}");
}

#[test]
fn who_may_not_compare_is_refused_and_so_is_what_cannot_be_compared() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let difference = format!("/api/rates/difference?a={}&b={}", GRIDS[0], GRIDS[1]);
    for path in ["/api/rates", &difference] {
        server.client(None).get(path).problem(401);
        for role in ["member", "planner"] {
            server.client(Some(&tokens[role])).get(path).problem(403);
        }
    }
    let analyst = server.client(Some(&tokens["analyst"]));
    analyst.get("/api/rates?level=street").wrong("level", "street");
    analyst.get("/api/rates?campaign=7").problem(404);
    analyst.get("/api/rates?within=nowhere").problem(404);
    analyst.get("/api/rates?sort=rate").problem(400);
    analyst.get(&format!("/api/rates/difference?a={}", GRIDS[0])).wrong("b", "nothing");
    analyst.get(&format!("/api/rates/difference?a=nowhere&b={}", GRIDS[0])).wrong("a", "nowhere");
    analyst.get(&format!("/api/rates/difference?a={0}&b={0}", GRIDS[0])).wrong("b", GRIDS[0]);
    let nobody = analyst.json("/api/rates?level=village");
    assert_eq!((&nobody["areas"], &nobody["limits"], &nobody["dispersion"]), (&json!([]), &json!([]), &Value::Null));
    assert_eq!(nobody["overall"], json!({ "eligible": 0, "visited": 0, "rate": null }));
}
