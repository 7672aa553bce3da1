mod broken;
mod contradictions;
mod refused;

use super::*;
use crate::model::rule::{Requirement, StreetClass, Value};
use std::fs;
use std::path::PathBuf;

/// Eight lines; the rules of a test begin on the ninth.
const HEAD: &str = r#"id = "test-2026"
name = { en = "Test", zh = "测试" }
jurisdiction = { en = "Nowhere", zh = "无" }
source = "this test"
year = 2026
unit = "m"

"#;

fn none(_: &RuleSetId) -> Option<Arc<RuleSet>> {
    None
}

fn read(text: &str) -> Result<RuleSet, RuleFaults> {
    read_rule_set("test.toml", text.as_bytes(), &none)
}

/// A rule of a kind with some terms, a line each.
fn rule(key: &str, terms: &str) -> String {
    format!("[rule.{key}]\ntext = {{ en = \"x\", zh = \"x\" }}\n{terms}\n")
}

fn of_rules(rules: &[(&str, &str)]) -> String {
    let rules: Vec<String> = rules.iter().map(|(key, terms)| rule(key, terms)).collect();
    format!("{HEAD}\n{}", rules.concat())
}

/// The files of the presets, by name.
fn presets() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/rules");
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    assert_eq!(all.len(), 18, "seventeen rule sets and the table of widths");
    all
}

/// A preset by its id, from its file.
fn preset(id: &RuleSetId) -> Option<Arc<RuleSet>> {
    let (name, bytes) = presets().into_iter().find(|(name, _)| name.strip_suffix(".toml") == Some(id.as_str()))?;
    read_rule_set(&name, &bytes, &preset).ok().map(Arc::new)
}

fn preset_sets() -> Vec<RuleSet> {
    let files = presets().into_iter().filter(|(name, _)| name != "widths.toml");
    files.map(|(name, bytes)| read_rule_set(&name, &bytes, &preset).unwrap_or_else(|e| panic!("{e}"))).collect()
}

/// Every kind of the grammar, each with all that it can say, in the order in which they are written.
const ALL: &[(&str, &str)] = &[
    (
        "a",
        "kind = \"min_distance\"\nmeasured_by = [\"school\", \"green/park\", \"osm:entrance=*\"]\ndistance = \"18 in\"\nfrom = \"point\"\nwhen = { hours = [\"Mo-Fr 07:00-19:00\"], season = [\"05-15..08-31\"] }",
    ),
    (
        "b",
        "kind = \"min_distance\"\nmeasured_by = \"nothing\"\ndistance = 12.5\nwhen = { in_use = true, margin_min = 60 }",
    ),
    ("c", "kind = \"outside\"\nmeasured_by = [\"bus_stop\"]"),
    ("d", "kind = \"outside\"\nzone = \"forbidden\""),
    ("e", "kind = \"inside\"\nzone = \"allowed\""),
    ("f", "kind = \"clear_width\"\nwidth = 2"),
    ("g", "kind = \"clear_width\"\nby_lanes = [{ lanes_from = 1, width = 1.5 }, { lanes_from = 3, width = \"6 ft\" }]"),
    ("h", "kind = \"footway_width\"\nwidth = \"9 ft\""),
    ("i", "kind = \"footprint\"\nwidth = \"8 ft\"\ndepth = \"3 ft\"\nheight = \"5 ft\"\nmax_area = \"24 ft2\""),
    ("j", "kind = \"kerb_offset\"\nmin = 0\nmax = \"2 ft\""),
    ("k", "kind = \"one_side_only\"\nsource = \"elsewhere \\\"quoted\\\" \\\\ and so on\""),
    ("l", "kind = \"gap_every\"\nstalls = 10\nlength = 3"),
    ("m", "kind = \"spacing\"\ndistance = \"200 ft\""),
    ("n", "kind = \"street_class\"\nallow = [\"residential\"]\nlimit = [\"tertiary\"]\ndeny = [\"primary\"]"),
    (
        "o",
        "kind = \"hours\"\nhours = [\"08:00-22:00\"]\nonly = { streets = [\"residential\"], lanes_from = 1, lanes_to = 4, trade = \"mobile\" }",
    ),
    ("p", "kind = \"season\"\nseason = [\"..08-31\"]"),
    ("q", "kind = \"cap\"\nshare_of_population = \"2.5 %\""),
    ("r", "kind = \"cap\"\nper_spot = 5"),
    ("s", "kind = \"cap\"\nspots = 6\nparts = [1, 2, 3]"),
    ("t", "kind = \"cap\"\nstalls = 191"),
    ("u", "kind = \"consent\"\nby = [\"residents\", \"vending_committee\"]\nevery = \"1 year\""),
    ("v", "kind = \"review\"\nevery = \"6 months\""),
    ("w", "kind = \"duty\"\nstatus = \"proposed\""),
];

#[test]
fn every_kind_of_rule_is_read_and_what_is_written_of_it_is_read_as_the_same() {
    let set = read(&of_rules(ALL)).unwrap_or_else(|e| panic!("{e}"));
    let mut kinds: Vec<&str> = set.rules().iter().map(|rule| rule.requirement().kind()).collect();
    kinds.dedup();
    assert_eq!(kinds, Requirement::KINDS);
    let again = read(&write_rule_set(&set)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(again, set);
    let numbers = |key: &str| -> Vec<(&str, f64, &str, String)> {
        let terms = set.rule(key).unwrap().requirement().terms();
        terms.numbers().into_iter().map(|(key, n)| (key, n.value, n.unit, n.written.clone())).collect()
    };
    assert_eq!(numbers("a"), [("distance", 0.4572, "m", "18 in".into())]);
    assert_eq!(numbers("b"), [("distance", 12.5, "m", "12.5 m".into())]);
    assert_eq!(numbers("g"), [("width", 1.5, "m", "1.5 m".into()), ("width", 1.8288, "m", "6 ft".into())]);
    assert_eq!(numbers("j"), [("min", 0.0, "m", "0 m".into()), ("max", 0.6096, "m", "2 ft".into())]);
    assert_eq!(numbers("v"), [("every", 6.0, "months", "6 months".into())]);
    let unmeasured: Vec<&str> = set.unmeasured().map(RuleKey::as_str).collect();
    assert_eq!(unmeasured, ["b", "u", "v"], "a proposed rule binds nobody");
}

#[test]
fn the_presets_are_written_and_read_as_the_same() {
    for set in preset_sets() {
        let text = write_rule_set(&set);
        let again = read_rule_set("again.toml", text.as_bytes(), &none).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((again.head(), again.rules()), (set.head(), set.rules()), "{}", set.id());
    }
}

#[test]
fn a_set_that_extends_another_adds_rules_and_replaces_those_of_the_same_key() {
    let base = Arc::new(
        read(&of_rules(&[("a", "kind = \"spacing\"\ndistance = 1"), ("b", "kind = \"one_side_only\"")])).unwrap(),
    );
    let find = |id: &RuleSetId| (id.as_str() == "test-2026").then(|| Arc::clone(&base));
    let text = format!(
        "extends = \"test-2026\"\n{HEAD}{}",
        rule("c", "kind = \"duty\"") + &rule("a", "kind = \"spacing\"\ndistance = 2")
    );
    let text = text.replace("id = \"test-2026\"\nname", "id = \"more\"\nname").replace("this test", "that test");
    let set = read_rule_set("more.toml", text.as_bytes(), &find).unwrap_or_else(|e| panic!("{e}"));
    let rules: Vec<(&str, &str)> = set.rules().iter().map(|rule| (rule.key().as_str(), set.source_of(rule))).collect();
    assert_eq!(rules, [("a", "that test"), ("b", "this test"), ("c", "that test")]);
    assert_eq!(set.rule("a").unwrap().requirement().terms().numbers()[0].1.written, "2 m");
    assert_eq!(set.extends().unwrap().as_str(), "test-2026");
    let refused = read_rule_set("more.toml", text.as_bytes(), &none).unwrap_err();
    assert_eq!((refused.0[0].line, refused.0[0].key.as_str()), (1, "extends"));
    let itself = text.replace("extends = \"test-2026\"", "extends = \"more\"");
    let refused = read_rule_set("more.toml", itself.as_bytes(), &find).unwrap_err();
    assert!(refused.0[0].reason.contains("another rule set"), "{refused}");
}

#[test]
fn the_table_of_widths_is_read_and_what_is_wrong_with_it_is_told() {
    let (name, bytes) = presets().into_iter().find(|(name, _)| name == "widths.toml").unwrap();
    let table = read_widths(&name, &bytes).unwrap_or_else(|e| panic!("{e}"));
    let residential = table.row(StreetClass::Residential);
    assert_eq!((residential.carriageway.meters().0, residential.footway.meters().0, residential.lanes), (5.5, 2.2, 2));
    for class in StreetClass::ALL {
        let row = table.row(class);
        assert!(row.source.contains("assumed") || row.source.contains("RASt 06"), "{class}: {}", row.source);
        assert_eq!(row.lanes == 0, class.is_for_walking(), "{class}");
    }
    let text = String::from_utf8(bytes).unwrap();
    let table = [
        ("[street.motorway]", "[street.autobahn]", "street.autobahn: 'autobahn' is not one of motorway"),
        (
            "[street.residential]\ncarriageway = 5.5",
            "[street.residential]\ncarriageway = -5.5",
            "street.residential.carriageway: '-5.5 m' is not",
        ),
        ("footway = 2.2\n", "", "street.residential.footway: is not there"),
        (
            "[street.corridor]\ncarriageway = 3\nfootway = 0\nlanes = 0\nsource = \"assumed\"\n",
            "",
            "street: '0 of corridor' is not one row",
        ),
    ];
    for (from, to, says) in table {
        assert!(text.contains(from), "{from}");
        let refused = read_widths("w.toml", text.replacen(from, to, 1).as_bytes()).unwrap_err().to_string();
        assert!(refused.starts_with("w.toml:") && refused.contains(says), "{refused}");
    }
}

#[test]
fn terms_are_told_in_json_under_the_keys_of_the_file() {
    let set = read(&of_rules(ALL)).unwrap();
    let json = |key: &str| serde_json::to_value(set.rule(key).unwrap().requirement().terms()).unwrap();
    assert_eq!(
        json("a"),
        serde_json::json!({
            "measured_by": ["school", "green/park", "osm:entrance=*"],
            "distance": { "value": 0.4572, "unit": "m", "written": "18 in" },
            "from": "point",
            "when": { "hours": ["Mo-Fr 07:00-19:00"], "season": ["05-15..08-31"] },
        })
    );
    assert_eq!(json("b")["when"], serde_json::json!({ "in_use": true, "margin_min": 60 }));
    assert_eq!(json("s"), serde_json::json!({ "spots": 6, "parts": [1, 2, 3] }));
    let only = set.rule("o").unwrap().only().terms();
    assert!(only.iter().any(|(key, value)| key == "trade" && *value == Value::Word("mobile".into())));
}

#[test]
fn the_description_beside_the_files_shows_a_set_that_is_read_and_names_every_kind_and_every_file() {
    let text = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/rules/README.md")).unwrap();
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let set = read(example).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(set.head().note, RuleSetHead::not_legal_advice());
    for kind in Requirement::KINDS {
        assert!(text.contains(&format!("\n| `{kind}` |")), "{kind}");
    }
    for (name, _) in presets() {
        let name = if name == "widths.toml" { &name } else { name.trim_end_matches(".toml") };
        assert!(text.contains(&format!("`{name}`")), "{name}");
    }
}
