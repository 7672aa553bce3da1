use super::*;
use crate::model::rule::{Known, Requirement, Status, StreetClass, Trade, Value};

/// What gathered facts say of rules in force somewhere, copied by hand: set, rule, key, metres, as the source writes it. A number that
/// is no length has its own unit. The facts round to centimetres.
const FACTS: &[(&str, &str, &str, f64, &str)] = &[
    ("us-nyc-general", "clear_path", "width", 3.66, "12 ft"),
    ("us-nyc-general", "kerb", "max", 0.0, "0 ft"),
    ("us-nyc-general", "stand_size", "width", 2.44, "8 ft"),
    ("us-nyc-general", "stand_size", "depth", 0.91, "3 ft"),
    ("us-nyc-general", "building_entrance", "distance", 6.10, "20 ft"),
    ("us-nyc-general", "driveway", "distance", 3.05, "10 ft"),
    ("us-nyc-general", "subway_entrance", "distance", 3.05, "10 ft"),
    ("us-nyc-general", "corner", "distance", 3.05, "10 ft"),
    ("us-nyc-2025-extra", "bus_shelter", "distance", 1.52, "5 ft"),
    ("us-nyc-2025-extra", "newsstand", "distance", 1.52, "5 ft"),
    ("us-nyc-2025-extra", "disabled_ramp", "distance", 1.52, "5 ft"),
    ("us-nyc-2025-extra", "stand_height", "height", 1.52, "5 ft"),
    ("us-nyc-2025-extra", "kerb", "max", 0.46, "18 in"),
    ("us-nyc-2025-extra", "kerb_bill", "max", 0.61, "2 ft"),
    ("us-nyc-2025-extra", "clear_path", "width", 3.66, "12 ft"), // taken over
    ("us-nyc-food", "exits", "distance", 6.10, "20 ft"),
    ("us-nyc-food", "bus_stop_sign", "distance", 7.62, "25 ft"),
    ("us-nyc-food", "building_entrance", "distance", 6.10, "20 ft"), // taken over
    ("us-nyc-cafe-clearances", "footway", "width", 3.66, "12 ft"),
    ("us-nyc-cafe-clearances", "subway_entrance", "distance", 4.57, "15 ft"),
    ("us-nyc-cafe-clearances", "bus_shelter", "distance", 4.57, "15 ft"),
    ("us-nyc-cafe-clearances", "hydrant", "distance", 3.05, "10 ft"),
    ("us-nyc-cafe-clearances", "traffic_light", "distance", 2.74, "9 ft"),
    ("us-nyc-cafe-clearances", "lamp_tree_mailbox_rack", "distance", 2.44, "8 ft"),
    ("us-nyc-cafe-clearances", "bench", "distance", 1.52, "5 ft"),
    ("us-nyc-cafe-clearances", "grates", "distance", 0.91, "3 ft"),
    ("us-ca-lamirada", "intersection", "distance", 4.57, "15 ft"),
    ("us-ca-lamirada", "hydrant", "distance", 3.05, "10 ft"),
    ("us-ca-lamirada", "driveway", "distance", 3.05, "10 ft"),
    ("us-ca-lamirada", "farmers_market", "distance", 152.4, "500 ft"),
    ("us-ca-lamirada", "clear_path", "width", 1.22, "4 ft"),
    ("us-ca-monrovia", "clear_path", "width", 0.91, "3 ft"),
    ("us-ca-monrovia", "school", "distance", 152.4, "500 ft"),
    ("us-ca-monrovia", "intersection", "distance", 4.57, "15 ft"), // taken over
    ("us-ca-monrovia", "farmers_market", "distance", 152.4, "500 ft"), // taken over
    ("us-ca-beverlyhills", "other_vendors", "distance", 60.96, "200 ft"),
    ("us-ca-beverlyhills", "school_worship_daycare", "distance", 152.4, "500 ft"),
    ("us-ca-beverlyhills", "playground_court", "distance", 30.48, "100 ft"),
    ("us-ca-beverlyhills", "intersection_signal", "distance", 30.48, "100 ft"),
    ("us-ca-beverlyhills", "park_entrance", "distance", 30.48, "100 ft"),
    ("us-ca-beverlyhills", "footway", "width", 2.44, "8 ft"),
    ("us-ca-santafesprings", "playground_field", "distance", 7.62, "25 ft"),
    ("in-delhi-2007", "clear_path", "width", 1.52, "5 ft"),
    ("in-delhi-2007", "stall_size", "depth", 1.22, "4 ft"),
    ("in-delhi-2007", "stall_size", "width", 1.83, "6 ft"),
    ("in-delhi-2007", "footway", "width", 2.74, "9 ft"),
    ("in-act-2014", "population", "share_of_population", 2.5, "2.5 %"),
    ("in-act-2014", "survey", "every", 60.0, "5 years"),
    ("in-act-2014", "delhi_survey", "every", 36.0, "3 years"),
    ("th-bangkok-2024", "clear_path", "width", 1.5, "1.5 m"),
    ("th-bangkok-2024", "clear_path", "width", 2.0, "2 m"),
    ("th-bangkok-2024", "stall_size", "depth", 1.5, "1.5 m"),
    ("th-bangkok-2024", "stall_size", "max_area", 3.0, "3 m2"),
    ("th-bangkok-2024", "kerb", "min", 0.5, "0.5 m"),
    ("th-bangkok-2024", "gap", "length", 3.0, "3 m"),
    ("th-bangkok-2024", "review_wide", "every", 24.0, "2 years"),
    ("th-bangkok-2024", "review_narrow", "every", 12.0, "1 year"),
    ("th-bangkok-2020", "stall_size", "width", 2.0, "2 m"),
    ("th-bangkok-2020", "stall_size", "depth", 1.0, "1 m"),
    ("th-bangkok-2020", "kerb", "min", 0.5, "0.5 m"),
    ("th-bangkok-2020", "clear_path", "width", 2.0, "2 m"),
    ("th-bangkok-2020", "consent", "every", 12.0, "1 year"),
    ("cn-hebi-2012", "junction", "distance", 10.0, "10 m"),
    ("cn-kaifeng-2019", "side_street", "distance", 10.0, "10 m"),
    ("cn-kaifeng-2019", "pavement", "min", 0.0, "0 m"),
    ("cn-generic", "school", "distance", 200.0, "200 m"),
];

/// The same of what is counted or listed: set, rule, key, in JSON.
const LISTED: &[(&str, &str, &str, &str)] = &[
    ("us-ca-lamirada", "hours", "hours", r#"["08:00-22:00"]"#),
    ("us-ca-lamirada", "residential_hours", "hours", r#"["08:00-20:00"]"#),
    ("us-ca-lamirada", "farmers_market", "when", r#"{"in_use":true}"#),
    ("us-ca-monrovia", "school", "when", r#"{"in_use":true,"margin_min":60}"#),
    ("us-ca-monrovia", "residential_hours", "hours", r#"["Mo-Fr 07:00-19:00","Sa-Su 09:00-18:00"]"#),
    ("us-ca-beverlyhills", "school_worship_daycare", "when", r#"{"in_use":true}"#),
    ("in-delhi-2007", "hours_fixed", "hours", r#"["08:00-21:00"]"#),
    ("in-delhi-2007", "hours_mobile", "hours", r#"["07:00-20:00"]"#),
    ("th-bangkok-2024", "gap", "stalls", "10"),
    ("th-bangkok-2020", "stalls", "stalls", "191"),
    ("cn-hebi-2012", "spots", "spots", "20"),
    ("cn-kaifeng-2019", "spots", "spots", "112"),
    ("cn-kaifeng-2019", "spots", "parts", "[32,21,16,15,19,9]"),
    ("cn-kaifeng-2019", "season", "season", r#"["01-01..08-31"]"#),
    ("cn-jinan-2013", "spots", "spots", "427"),
    ("cn-yinchuan", "spots", "spots", "76"),
    ("cn-yinchuan", "breakfast", "hours", r#"["06:00-08:30"]"#),
    ("cn-yinchuan", "night", "hours", r#"["22:00-04:00"]"#),
];

/// And of what no kind of rule measures, and the text alone says.
const SAID: &[(&str, &str, &str)] = &[
    ("th-bangkok-2024", "income", "300,000 THB"),
    ("th-bangkok-2020", "stalls", "5 areas"),
    ("cn-jinan-2013", "offences", "7 offences"),
];

fn set(id: &str) -> Arc<RuleSet> {
    rule_set(id).unwrap()
}

/// The ids of the table of facts, in its order.
const ROWS: [&str; 17] = [
    "us-nyc-general",
    "us-nyc-2025-extra",
    "us-nyc-food",
    "us-nyc-cafe-clearances",
    "us-ca-lamirada",
    "us-ca-monrovia",
    "us-ca-beverlyhills",
    "us-ca-santafesprings",
    "in-delhi-2007",
    "in-act-2014",
    "th-bangkok-2024",
    "th-bangkok-2020",
    "cn-hebi-2012",
    "cn-kaifeng-2019",
    "cn-jinan-2013",
    "cn-yinchuan",
    "cn-generic",
];

#[test]
fn there_is_a_rule_set_for_each_row_of_the_facts_and_its_id_or_name_has_the_year_of_its_text() {
    let mut rows = ROWS;
    rows.sort_unstable();
    let ids: Vec<&str> = rule_sets().iter().map(|set| set.id().as_str()).collect();
    assert_eq!(ids, rows);
    for set in rule_sets() {
        let head = set.head();
        let written = format!("{} {}", head.id, head.name.en);
        let mut years = written.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<i16>().ok());
        assert_eq!(years.rfind(|year| *year > 1000), head.year, "{written}");
        assert!(head.note.en.starts_with("Not legal advice") && head.note.zh.contains("不构成法律意见"), "{}", head.id);
        assert!(!head.source.is_empty() && !set.rules().is_empty(), "{}", head.id);
        assert_eq!(head.weak, head.id.as_str() == "cn-generic", "{}", head.id);
    }
    assert_eq!(set("us-nyc-2025-extra").extends().unwrap().as_str(), "us-nyc-general");
    assert!(rule_set("cn-nowhere").unwrap_err().to_string().contains("rule set 'cn-nowhere' is not known"));
}

#[test]
fn every_number_of_the_facts_stands_in_a_rule_set_as_its_source_writes_it() {
    for (id, key, term, value, written) in FACTS {
        let set = set(id);
        let rule = set.rule(key).unwrap_or_else(|| panic!("{id}: {key}"));
        let terms = rule.requirement().terms();
        let numbers = terms.numbers();
        let found = numbers.iter().find(|(name, number)| name == term && number.written == *written);
        let (_, number) = found.unwrap_or_else(|| panic!("{id}: {key}: {term} {written}: {numbers:?}"));
        assert!((number.value - value).abs() <= 0.005, "{id}: {key}: {term}: {number:?}");
        let foreign = number.unit != "m" || written.ends_with(" in");
        assert!(foreign || written.ends_with(set.head().unit.as_str()), "{id}: {key}: {written}");
    }
    for (id, key, term, json) in LISTED {
        let terms = serde_json::to_value(set(id).rule(key).unwrap().requirement().terms()).unwrap();
        assert_eq!(terms[term].to_string(), *json, "{id}: {key}: {term}");
    }
    for (id, key, said) in SAID {
        assert!(set(id).rule(key).unwrap().text().en.contains(said), "{id}: {key}");
    }
}

/// The other way round: no number in a preset that the facts do not have.
#[test]
fn no_rule_set_has_a_number_that_the_facts_do_not_have() {
    for set in rule_sets() {
        let id = set.id().as_str();
        let of_base = |key: &str| set.extends().and_then(|base| rule_set(base.as_str()).ok()?.rule(key).cloned());
        for rule in set
            .rules()
            .iter()
            .filter(|rule| of_base(rule.key().as_str()).is_none_or(|base| base.requirement() != rule.requirement()))
        {
            let key = rule.key().as_str();
            for (term, number) in rule.requirement().terms().numbers() {
                let found =
                    FACTS.iter().any(|fact| (fact.0, fact.1, fact.2, fact.4) == (id, key, term, &number.written));
                assert!(found, "{id}: {key}: {term} {}", number.written);
            }
            for (term, value) in rule.requirement().terms().iter() {
                let counted =
                    matches!(value, Value::Count(_) | Value::Counts(_)) || ["hours", "season", "when"].contains(&term);
                let found = LISTED.iter().any(|fact| (fact.0, fact.1, fact.2) == (id, key, term));
                assert!(found || !counted, "{id}: {key}: {term}");
            }
        }
    }
}

#[test]
fn what_no_map_can_check_is_named_and_nothing_is_dropped() {
    let unmeasured = |id: &str| set(id).unmeasured().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(unmeasured("cn-generic"), ["tactile_paving", "fire_lane", "hospital_front"]);
    assert_eq!(unmeasured("cn-hebi-2012"), ["no_amplifier", "broom"]);
    assert_eq!(unmeasured("us-ca-beverlyhills"), ["park_entrance"]);
    for set in rule_sets() {
        let proposed = set.rules().iter().filter(|rule| rule.status() == Status::Proposed).count();
        let measured = set.rules().iter().filter(|rule| rule.is_measured()).count();
        assert_eq!(measured + set.unmeasured().count() + proposed, set.rules().len(), "{}", set.id());
    }
}

#[test]
fn what_is_taken_over_keeps_its_source_and_what_is_replaced_does_not() {
    let extra = set("us-nyc-2025-extra");
    let source = |key: &str| extra.source_of(extra.rule(key).unwrap());
    assert!(source("clear_path").contains("§ 20-465"), "{}", source("clear_path"));
    assert!(source("kerb").contains("2025"), "{}", source("kerb"));
    assert!(matches!(extra.rule("kerb").unwrap().requirement(), Requirement::KerbOffset { min: None, .. }));
    assert_eq!(extra.rules().iter().filter(|rule| rule.key().as_str() == "kerb").count(), 1);
    // A bill binds nobody: 18 in hold, not 2 ft.
    assert!(!extra.rule("kerb_bill").unwrap().is_measured());
}

#[test]
fn a_planner_may_extend_a_set_of_the_program() {
    let own = r#"
        id = "my-town"
        extends = "cn-hebi-2012"
        name = { en = "My town", zh = "本镇" }
        jurisdiction = { en = "My town", zh = "本镇" }
        source = "council, 2026-05-01"
        year = 2026
        unit = "m"
        [rule.junction]
        kind = "min_distance"
        measured_by = ["junction"]
        distance = 15
        text = { en = "15 m from a junction", zh = "距路口 15 米" }
    "#;
    let set = check_rule_set("own.toml", own.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((set.rules().len(), set.rules()[1].requirement().terms().numbers()[0].1.value), (5, 15.0));
    assert_eq!(set.head().note.en, "Not legal advice.");
    let refused = check_rule_set("own.toml", own.replace("cn-hebi-2012", "cn-hebi").as_bytes()).unwrap_err();
    assert!(refused.to_string().starts_with("own.toml:3: extends: 'cn-hebi' is not the id"), "{refused}");
}

#[test]
fn assumed_widths_are_there_for_every_class_of_street() {
    for class in StreetClass::ALL {
        let widths = assumed_widths().of(class, |_| None);
        assert!(
            widths.known().iter().all(|known| *known == Known::Assumed) && widths.carriageway.value.0 > 0.0,
            "{class}"
        );
    }
}

#[test]
fn a_street_is_asked_for_the_rules_that_hold_there_for_who_trades_so() {
    let here = |id: &str, class, lanes, trade| {
        let set = set(id);
        let found: Vec<String> = set.on_street(class, lanes, trade).map(|(_, rule)| rule.key().to_string()).collect();
        assert!(set.on_street(class, lanes, trade).all(|(at, rule)| set.rules()[at] == *rule));
        found
    };
    let (residential, primary) = (StreetClass::Residential, StreetClass::Primary);
    let of_homes = |class| here("us-ca-lamirada", class, 2, None).contains(&"residential_hours".to_owned());
    assert!(of_homes(residential) && !of_homes(primary));
    let delhi = |trade| here("in-delhi-2007", residential, 2, trade);
    assert_eq!(delhi(None), ["clear_path", "stall_size", "footway"]);
    assert_eq!(delhi(Some(Trade::Mobile)), ["clear_path", "stall_size", "footway", "hours_mobile"]);
    // A bill binds nobody, and a duty is not measured.
    assert!(!here("us-nyc-2025-extra", primary, 4, None).contains(&"kerb_bill".to_owned()));
    assert_eq!(here("cn-hebi-2012", StreetClass::Footway, 0, None), ["spots", "junction", "one_side"]);
    let bangkok = set("th-bangkok-2024");
    let clear = |lanes| bangkok.rule("clear_path").unwrap().requirement().clear_width(lanes).unwrap().0;
    assert_eq!((clear(2), clear(3)), (1.5, 2.0));
}
