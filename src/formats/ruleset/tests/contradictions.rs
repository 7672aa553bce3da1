//! Rules that leave no lawful place, and rules that look like it.

use super::{of_rules, read};
use crate::model::rule::StreetClass;

/// Rules `a`, `b` and `c`, and what is said of them; `None` where they are taken.
type Case = (Vec<String>, Option<&'static str>);

fn check(table: Vec<Case>) {
    for (rules, expected) in table {
        let named: Vec<(&str, &str)> = ["a", "b", "c"].into_iter().zip(rules.iter().map(String::as_str)).collect();
        match (read(&of_rules(&named)), expected) {
            (Ok(_), None) => {}
            (Err(faults), Some(says)) => {
                let [fault] = &faults.0[..] else { panic!("{rules:#?}\n{faults}") };
                assert!(fault.reason.starts_with(says), "{rules:#?}\n{fault}");
            }
            (found, _) => panic!("{rules:#?}\n{expected:?}: {}", found.err().map_or("taken".into(), |e| e.to_string())),
        }
    }
}

fn place(kind: &str, rest: &str) -> String {
    format!("kind = \"{kind}\"\n{rest}")
}

fn kerb(rest: &str) -> String {
    place("kerb_offset", rest)
}

#[test]
fn hours_and_days_that_never_meet_are_refused_by_the_keys_of_all_their_rules() {
    let hours = |text: &str, more: &str| format!("kind = \"hours\"\nhours = [\"{text}\"]\n{more}");
    let season = |text: &str| format!("kind = \"season\"\nseason = [\"{text}\"]");
    let only = |streets: &str| format!("only = {{ streets = [{streets}] }}");
    let trade = |trade: &str| format!("only = {{ trade = \"{trade}\" }}");
    check(vec![
        (vec![hours("08:00-12:00", ""), hours("12:00-20:00", "")], Some("a and b: their hours never meet")),
        (vec![hours("08:00-12:00", ""), hours("11:59-20:00", "")], None),
        (vec![hours("Mo-Fr 08:00-20:00", ""), hours("Sa-Su 08:00-20:00", "")], Some("a and b: their hours")),
        (vec![hours("22:00-04:00", ""), hours("03:00-05:00", "")], None),
        // Two by two they meet, all three do not.
        (
            vec![
                hours("08:00-12:00", ""),
                hours("Mo 10:00-14:00", ""),
                "kind = \"hours\"\nhours = [\"Mo 13:00-14:00\", \"Tu 08:00-09:00\"]".into(),
            ],
            Some("a and b and c: their hours never meet"),
        ),
        (vec![hours("08:00-12:00", ""), hours("13:00-20:00", &only("\"residential\""))], Some("a and b: their hours")),
        (vec![hours("08:00-12:00", &only("\"service\"")), hours("13:00-20:00", &only("\"residential\""))], None),
        (vec![hours("08:00-12:00", &trade("fixed")), hours("13:00-20:00", &trade("mobile"))], None),
        (vec![hours("08:00-12:00", ""), hours("13:00-20:00", &trade("mobile"))], Some("a and b: their hours")),
        (
            vec![hours("08:00-12:00", "only = { lanes_to = 2 }"), hours("13:00-20:00", "only = { lanes_from = 3 }")],
            None,
        ),
        (vec![hours("08:00-12:00", "status = \"proposed\""), hours("13:00-20:00", "")], None),
        (vec![season("05-01..06-30"), season("07-01..08-31")], Some("a and b: their days never meet")),
        (vec![season("11-01..02-29"), season("02-29..06-30")], None),
    ]);
}

#[test]
fn streets_and_kerbs_that_leave_no_place_are_refused_by_the_keys_of_all_their_rules() {
    let streets = |list: &str, classes: &[StreetClass]| {
        let names: Vec<String> = classes.iter().map(|class| format!("\"{class}\"")).collect();
        format!("kind = \"street_class\"\n{list} = [{}]", names.join(", "))
    };
    let (first, rest) = StreetClass::ALL.split_at(10);
    check(vec![
        (
            vec![streets("deny", first), streets("deny", rest)],
            Some("a and b: together they deny every class of street"),
        ),
        (vec![streets("allow", first), streets("allow", rest)], Some("a and b: together they deny every class")),
        (vec![streets("allow", first), streets("allow", &StreetClass::ALL[9..])], None),
        (vec![streets("deny", first), streets("limit", rest)], None),
        (
            vec![kerb("min = \"2 ft\""), kerb("max = 0.5")],
            Some("a and b: at least 2 ft and at most 0.5 m from the kerb"),
        ),
        (vec![kerb("max = 0.5"), kerb("min = \"2 ft\"")], Some("a and b: at least 2 ft and at most 0.5 m")),
        (vec![kerb("max = 0.6096"), kerb("min = \"2 ft\"")], None),
        (vec![kerb("max = 0"), kerb("min = 1\nonly = { lanes_from = 3 }")], Some("a and b: at least 1 m")),
        (vec![kerb("max = 0\nonly = { lanes_to = 2 }"), kerb("min = 1\nonly = { lanes_from = 3 }")], None),
    ]);
}

#[test]
fn places_required_inside_and_outside_of_the_same_are_refused_by_the_keys_of_both_rules() {
    let near =
        |by: &str, distance: &str| format!("kind = \"min_distance\"\nmeasured_by = [{by}]\ndistance = {distance}");
    check(vec![
        (
            vec![place("inside", "zone = \"allowed\""), place("outside", "zone = \"allowed\"")],
            Some("a and b: a place is required inside and outside"),
        ),
        (
            vec![place("outside", "zone = \"restricted\""), place("inside", "zone = \"restricted\"")],
            Some("b and a: a place is required inside and outside"),
        ),
        (vec![place("inside", "zone = \"allowed\""), place("outside", "zone = \"forbidden\"")], None),
        (
            vec![place("inside", "measured_by = [\"green/park\"]"), place("outside", "measured_by = [\"green\"]")],
            Some("a and b: a place is required"),
        ),
        (vec![place("inside", "measured_by = [\"green\"]"), place("outside", "measured_by = [\"green/park\"]")], None),
        (
            vec![place("inside", "measured_by = [\"green\", \"farm\"]"), place("outside", "measured_by = [\"green\"]")],
            None,
        ),
        (vec![place("inside", "measured_by = \"nothing\""), place("outside", "measured_by = \"nothing\"")], None),
        (
            vec![
                place("inside", "zone = \"allowed\""),
                place("outside", "zone = \"allowed\"\nonly = { lanes_from = 2 }"),
            ],
            None,
        ),
        (
            vec![
                place("inside", "zone = \"allowed\"\nonly = { lanes_from = 2 }"),
                place("outside", "zone = \"allowed\""),
            ],
            Some("a and b"),
        ),
        (
            vec![
                place("inside", "zone = \"allowed\""),
                place("outside", "zone = \"allowed\"\nwhen = { hours = [\"07:00-08:00\"] }"),
            ],
            None,
        ),
        (
            vec![place("inside", "measured_by = [\"school\"]"), near("\"school\"", "5")],
            Some("a and b: a place is required inside of what"),
        ),
        (vec![place("inside", "measured_by = [\"school\"]"), near("\"school\"", "5\nfrom = \"point\"")], None),
        (
            vec![near("\"street\"", "5"), kerb("max = 2")],
            Some("a and b: at least 5 m from streets and at most 2 m from the kerb"),
        ),
        (vec![near("\"street\"", "2"), kerb("max = 2")], None),
        (vec![near("\"street/primary\"", "5"), kerb("max = 2")], None),
        (vec![near("\"street\"", "5\nfrom = \"point\""), kerb("max = 2")], None),
    ]);
}
