//! Siting rules, as planners meet them: listed, read, begun anew from one that is there, and checked, on the command line and over HTTP.

use crate::house::{County, Scratch, Server, repository};
use serde_json::{Value, json};

/// A planner's own set on top of one of the program.
pub const OWN_RULES: &str = r#"id = "my-town"
extends = "cn-hebi-2012"
name = { en = "My town", zh = "本镇" }
jurisdiction = { en = "My town", zh = "本镇" }
source = "council, 2026-05-01"
year = 2026
unit = "m"

[rule.junction]
kind = "min_distance"
measured_by = ["junction"]
distance = "15 m"
text = { en = "15 m from a junction", zh = "距路口 15 米以上" }
"#;

/// The ids of the files below `data/rules/`, but for the table of widths.
fn files() -> Vec<String> {
    let files = std::fs::read_dir(repository("data/rules")).unwrap().map(|file| file.unwrap().file_name());
    let names = files.filter_map(|name| name.to_str()?.strip_suffix(".toml").map(str::to_owned));
    let mut ids: Vec<String> = names.filter(|name| name != "widths").collect();
    ids.sort();
    ids
}

/// What planners get wrong: from, to, the line, the key, what is said.
const WRONG: [(&str, &str, usize, &str, &str); 6] = [
    ("\"15 m\"", "\"-15 m\"", 12, "rule.junction.distance", "'-15 m' is not a length from 0 to 10 km"),
    ("\"15 m\"", "\"15 meters\"", 12, "rule.junction.distance", "there is no unit 'meters'"),
    ("cn-hebi-2012", "cn-hebi", 2, "extends", "'cn-hebi' is not the id of another rule set"),
    ("[\"junction\"]", "[\"juncture\"]", 11, "rule.junction.measured_by", "'juncture' is not one of water"),
    ("year = 2026", "year = ", 6, "file", "cannot be read as TOML"),
    (
        "[rule.junction]",
        "[rule.by_day]\nkind = \"hours\"\nhours = [\"08:00-12:00\"]\ntext = { en = \"x\", zh = \"x\" }\n\
         [rule.by_night]\nkind = \"hours\"\nhours = [\"22:00-04:00\"]\ntext = { en = \"x\", zh = \"x\" }\n[rule.junction]",
        13,
        "rule.by_night",
        "by_day and by_night: their hours never meet",
    ),
];

#[test]
fn the_command_lists_shows_and_checks_rule_sets_and_what_it_shows_it_takes() {
    let scratch = Scratch::new();
    let listed = scratch.run(&["rules", "list"]);
    listed.done();
    let ids: Vec<&str> = listed.out.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(ids, files());
    assert!(listed.out.contains("weak source"), "{}", listed.out);
    for id in ids {
        let shown = scratch.run(&["rules", "show", id]);
        shown.done();
        let file = scratch.file(&format!("{id}.toml"), &shown.out);
        let checked = scratch.run(&["rules", "check", file.to_str().unwrap()]);
        assert_eq!(checked.done(), "ok", "{id}");
        assert!(checked.out.contains("Not legal advice"), "{}", checked.out);
    }
    let own = scratch.file("own.toml", OWN_RULES);
    let checked = scratch.run(&["rules", "check", own.to_str().unwrap()]);
    assert_eq!(checked.done(), "ok");
    assert!(
        checked.out.contains("15 m from a junction") && checked.out.contains("no map can check"),
        "{}",
        checked.out
    );
    let feet = scratch.run(&["rules", "check", repository("data/rules/in-delhi-2007.toml").to_str().unwrap()]);
    assert!(feet.done() == "ok" && feet.out.contains("9 ft = 2.74 m"), "{}", feet.out);
    scratch.run(&["rules", "show", "cn-nowhere"]).refused(1, &["cn-nowhere"]);
    scratch.run(&["rules", "check", "no such file"]).refused(1, &["no such file"]);
}

#[test]
fn a_file_that_is_wrong_is_refused_by_file_line_and_key_on_the_command_line() {
    let scratch = Scratch::new();
    for (from, to, line, key, says) in WRONG {
        let file = scratch.file("wrong.toml", OWN_RULES.replacen(from, to, 1));
        let place = format!("wrong.toml:{line}: {key}: ");
        scratch.run(&["rules", "check", file.to_str().unwrap()]).refused(1, &[&place, says, "1 fault"]);
    }
}

#[test]
fn rule_sets_are_read_by_anybody_and_an_own_one_is_checked_for_planners_by_line_and_key() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let public = server.client(None);
    let listed = public.json("/api/rules");
    let ids: Vec<&str> =
        listed["rule_sets"].as_array().unwrap().iter().map(|set| set["id"].as_str().unwrap()).collect();
    assert_eq!(ids, files());
    let toml = [("content-type", "application/toml")];
    let planner = server.client(Some(&tokens["planner"]));
    let check = |text: &str| planner.send("POST", "/api/rules/check", &toml, Some(text.as_bytes()));
    for id in ids {
        let set = public.json(&format!("/api/rules/{id}"));
        assert!(set["note"]["en"].as_str().unwrap().starts_with("Not legal advice"), "{id}");
        let text = public.get(&format!("/api/rules/{id}?f=toml"));
        assert_eq!(
            (text.header("content-type"), text.text().as_str()),
            ("application/toml", set["toml"].as_str().unwrap())
        );
        // What is shown is taken, and says the same.
        let again = check(&text.text()).json();
        assert_eq!((&again["rules"], &again["unmeasured"]), (&set["rules"], &set["unmeasured"]), "{id}");
    }
    let own = check(OWN_RULES).json();
    let distance = &own["rules"].as_array().unwrap().iter().find(|rule| rule["key"] == "junction").unwrap()["terms"];
    assert_eq!(distance["distance"], json!({ "value": 15.0, "unit": "m", "written": "15 m" }));
    assert_eq!(own["extends"], "cn-hebi-2012");
    for (from, to, line, key, says) in WRONG {
        let problem = check(&OWN_RULES.replacen(from, to, 1)).problem(400);
        let [fault] = &problem["problems"].as_array().unwrap()[..] else { panic!("{problem}") };
        assert_eq!((&fault["line"], &fault["key"], &problem["field"]), (&json!(line), &json!(key), &json!(key)));
        assert!(fault["reason"].as_str().unwrap().contains(says), "{problem}");
    }
    public.get("/api/rules/cn-nowhere").problem(404);
    public.get("/api/rules/cn-hebi-2012?f=xml").wrong("f", "xml");
    public.send("POST", "/api/rules/check", &toml, Some(OWN_RULES.as_bytes())).problem(401);
    for role in ["member", "coordinator", "inspector", "analyst"] {
        let client = server.client(Some(&tokens[role]));
        client.send("POST", "/api/rules/check", &toml, Some(OWN_RULES.as_bytes())).problem(403);
    }
    let long = check(&"#".repeat((256 << 10) + 1)).problem(400);
    assert_eq!(
        long["problems"],
        json!([{ "line": 1, "key": "file", "reason": "has 262145 bytes: at most 262144 are read" }])
    );
    let json_type = [("content-type", "application/json")];
    planner.send("POST", "/api/rules/check", &json_type, Some(OWN_RULES.as_bytes())).problem(415);
    let example: &Value =
        &public.json("/api/openapi.json")["paths"]["/api/rules/check"]["post"]["requestBody"]["content"];
    check(example["application/toml"]["example"].as_str().unwrap()).json();
}
