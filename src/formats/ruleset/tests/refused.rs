//! What is wrong, by file, line and key.

use super::{ALL, HEAD, none, of_rules, read, rule};
use crate::formats::ruleset::read_rule_set;

/// Checks that a file is refused, with one fault at a line and key that says something.
#[track_caller]
fn check(text: &str, line: usize, key: &str, says: &str) {
    let faults = read(text).unwrap_err().0;
    let [fault] = &faults[..] else { panic!("{text}\n{faults:#?}") };
    assert_eq!((fault.file.as_str(), fault.line, fault.key.as_str()), ("test.toml", line, key), "{text}\n{fault}");
    assert!(fault.reason.contains(says), "{text}\n{fault}");
}

#[test]
fn what_is_wrong_with_a_rule_is_told_by_file_line_and_key() {
    // The rule's table is on line 9, its text on 10, what stands here from 11 on.
    let table = [
        ("kind = \"spacing\"\ndistance = -1", 12, ".distance", "'-1 m' is not a length from 0"),
        ("kind = \"spacing\"\ndistance = \"-10 m\"", 12, ".distance", "'-10 m' is not a length from 0"),
        ("kind = \"spacing\"\ndistance = 0", 12, ".distance", "more than 0"),
        ("kind = \"spacing\"\ndistance = nan", 12, ".distance", "nan is not a length"),
        ("kind = \"spacing\"\ndistance = \"12 feet\"", 12, ".distance", "there is no unit 'feet'"),
        ("kind = \"spacing\"\ndistance = \"12\"", 12, ".distance", "it has no unit"),
        ("kind = \"spacing\"\ndistance = true", 12, ".distance", "true is not a length"),
        ("kind = \"spacing\"\ndistance = 0x10", 12, ".distance", "is not a length"),
        ("kind = \"spacing\"", 9, ".distance", "is not there: expected a length"),
        ("kind = \"spacing\"\ndistance = 1\ndistanse = 2", 13, ".distanse", "is not known here: expected one of text"),
        ("kind = \"distance\"", 11, ".kind", "one of min_distance, outside"),
        ("kind = 3", 11, ".kind", "3 is not a text"),
        ("", 9, ".kind", "is not there: expected one of min_distance"),
        ("kind = \"min_distance\"\ndistance = 1", 9, ".measured_by", "is not there"),
        ("kind = \"min_distance\"\ndistance = 1\nmeasured_by = []", 13, ".measured_by", "1 to 50 classes or tags"),
        (
            "kind = \"min_distance\"\ndistance = 1\nmeasured_by = [\n\"school\",\n\"scool\"]",
            15,
            ".measured_by",
            "'scool' is not one of water",
        ),
        (
            "kind = \"min_distance\"\ndistance = 1\nmeasured_by = [\"school\"]\nfrom = \"middle\"",
            14,
            ".from",
            "edge or point",
        ),
        (
            "kind = \"min_distance\"\ndistance = 1\nmeasured_by = [\"school\"]\nwhen = { in_use = false }",
            14,
            ".when.in_use",
            "in_use = true",
        ),
        (
            "kind = \"min_distance\"\ndistance = 1\nmeasured_by = [\"school\"]\nwhen = { in_use = true, margin_min = 1441 }",
            14,
            ".when.margin_min",
            "from 0 to 1440",
        ),
        (
            "kind = \"min_distance\"\ndistance = 1\nmeasured_by = [\"school\"]\nwhen = { hours = [\"09:00-09:00\"] }",
            14,
            ".when.hours",
            "of more than no time",
        ),
        ("kind = \"outside\"", 9, ".zone", "one of zone and measured_by"),
        ("kind = \"outside\"\nzone = \"forbidden\"\nmeasured_by = [\"green\"]", 9, ".zone", "not both"),
        ("kind = \"outside\"\nzone = \"prohibited\"", 12, ".zone", "allowed, restricted, forbidden"),
        ("kind = \"inside\"\nzone = \"forbidden\"", 12, ".zone", "nothing may stand in a forbidden zone"),
        ("kind = \"clear_width\"", 9, ".width", "one of width and by_lanes"),
        ("kind = \"clear_width\"\nby_lanes = [{ lanes_from = 2, width = 1 }]", 9, "", "1 in the first step"),
        (
            "kind = \"clear_width\"\nby_lanes = [\n{ lanes_from = 1, width = 1 },\n{ lanes_from = 300, width = 1 }]",
            14,
            ".by_lanes.lanes_from",
            "300 is not a whole number of lanes",
        ),
        ("kind = \"footprint\"", 9, "", "at least one of width, depth, height, max_area"),
        ("kind = \"footprint\"\nmax_area = \"3 m\"", 12, ".max_area", "m2, ft2"),
        ("kind = \"kerb_offset\"\nmin = \"2 ft\"\nmax = 0.5", 13, ".max", "at least min, 2 ft"),
        ("kind = \"gap_every\"\nstalls = 0\nlength = 3", 12, ".stalls", "0 is not a whole number of at least 1"),
        ("kind = \"gap_every\"\nstalls = -1\nlength = 3", 12, ".stalls", "-1 is not"),
        ("kind = \"street_class\"\nallow = []", 12, ".allow", "at least one class of street"),
        (
            "kind = \"street_class\"\nallow = [\"residential\"]\ndeny = [\"residential\"]",
            13,
            ".deny",
            "'residential' is not a class that is named once",
        ),
        ("kind = \"street_class\"", 9, "", "at least one class in allow, limit or deny"),
        ("kind = \"street_class\"\ndeny = [\"avenue\"]", 12, ".deny", "'avenue' is not one of motorway"),
        ("kind = \"hours\"\nhours = []", 12, ".hours", "1 to 20 spans"),
        ("kind = \"hours\"\nhours = [\"8-22\"]", 12, ".hours", "'8-22' is not hours such as"),
        ("kind = \"season\"\nseason = [\"02-30..03-01\"]", 12, ".season", "days of the year"),
        ("kind = \"cap\"\nper_spot = 0", 12, ".per_spot", "0 is not a whole number of at least 1"),
        ("kind = \"cap\"\nper_spot = 1\nspots = 2", 9, ".spots", "one of share_of_population"),
        ("kind = \"cap\"\nspots = 7\nparts = [1, 2, 3]", 13, ".parts", "'6' is not numbers that add up to 7"),
        ("kind = \"cap\"\nshare_of_population = \"120 %\"", 12, ".share_of_population", "at most 100 %"),
        ("kind = \"consent\"\nby = []", 12, ".by", "at least one who is asked"),
        ("kind = \"consent\"\nby = [\"everybody\"]", 12, ".by", "neighbourhood_committee"),
        ("kind = \"review\"\nevery = \"2 weeks\"", 12, ".every", "years or months"),
        ("kind = \"duty\"\nstatus = \"maybe\"", 12, ".status", "in_force or proposed"),
        ("kind = \"duty\"\nsource = \" \"", 12, ".source", "a text of one line"),
        ("kind = \"duty\"\nonly = { lanes_from = 4, lanes_to = 3 }", 12, ".only.lanes_to", "at least lanes_from, 4"),
        ("kind = \"duty\"\nonly = { streets = [\"path\", \"path\"] }", 12, ".only.streets", "named once"),
        ("kind = \"duty\"\nonly = { trade = \"fish\" }", 12, ".only.trade", "fixed, mobile"),
        ("kind = \"duty\"\nonly = \"residential\"", 12, ".only", "'residential' is not a table"),
    ];
    for (terms, line, key, says) in table {
        check(&of_rules(&[("x", terms)]), line, &format!("rule.x{key}"), says);
    }
}

#[test]
fn what_is_wrong_with_the_head_is_told_by_file_line_and_key() {
    let whole = of_rules(&[("x", "kind = \"duty\"")]);
    let table = [
        ("id = \"test-2026\"", "id = \"Test 2026\"", 1, "id", "a letter a to z"),
        ("id = \"test-2026\"\n", "", 1, "id", "is not there"),
        ("name = { en = \"Test\", zh = \"测试\" }", "name = \"Test\"", 2, "name", "is not a table"),
        ("name = { en = \"Test\", zh = \"测试\" }", "name = { en = \"Test\" }", 2, "name.zh", "is not there"),
        (
            "name = { en = \"Test\", zh = \"测试\" }",
            "name = { en = \"\", zh = \"测试\" }",
            2,
            "name.en",
            "1 to 600 characters",
        ),
        (
            "name = { en = \"Test\", zh = \"测试\" }",
            "name = { en = \"T\", zh = \"测\", de = \"T\" }",
            2,
            "name.de",
            "en, zh",
        ),
        ("source = \"this test\"", "source = \"\"", 4, "source", "a text of one line"),
        ("year = 2026", "year = \"unknown\"", 5, "year", "a year such as 2026, or \"not stated\""),
        ("year = 2026", "year = 26", 5, "year", "a year of four digits"),
        ("year = 2026\n", "", 1, "year", "is not there"),
        ("unit = \"m\"", "unit = \"furlong\"", 6, "unit", "one of m, cm, mm, km, ft, in, yd"),
        (
            "unit = \"m\"",
            "unit = \"m\"\nextends = \"nothing\"",
            7,
            "extends",
            "'nothing' is not the id of another rule set",
        ),
        ("unit = \"m\"", "unit = \"m\"\nweak = \"yes\"", 7, "weak", "true or false"),
        ("unit = \"m\"", "unit = \"m\"\nyears = 3", 7, "years", "is not known here: expected one of rule, id"),
        ("[rule.x]", "[rule.X]", 9, "rule.X", "a letter a to z"),
        ("[rule.x]", "[rules.x]", 1, "rule", "there is no rule"),
        ("text = { en = \"x\", zh = \"x\" }", "text = { en = \"x\" }", 10, "rule.x.text.zh", "is not there"),
        (
            "text = { en = \"x\", zh = \"x\" }",
            "text = { en = \"x\\ny\", zh = \"x\" }",
            10,
            "rule.x.text.en",
            "of one line",
        ),
    ];
    for (from, to, line, key, says) in table {
        assert!(whole.contains(from), "{from}");
        let text = whole.replacen(from, to, 1);
        let faults = read(&text).unwrap_err().0;
        let found = faults.iter().find(|fault| fault.key == key);
        let fault = found.unwrap_or_else(|| panic!("{to}\n{faults:#?}"));
        assert_eq!(fault.line, line, "{to}\n{fault}");
        assert!(fault.reason.contains(says), "{to}\n{fault}");
    }
    let feet = whole.replace("unit = \"m\"", "unit = \"ft\"") + &rule("y", "kind = \"spacing\"\ndistance = 12");
    let refused = read(&feet).unwrap_err();
    assert!(refused.to_string().contains("12 could be metres or ft"), "{refused}");
}

#[test]
fn all_that_is_wrong_is_told_at_once_in_the_order_of_the_file() {
    let text = of_rules(&[
        ("b", "kind = \"spacing\"\ndistance = -1"),
        ("fine", "kind = \"duty\""),
        ("a", "kind = \"spacing\"\ndistance = \"1 league\""),
    ]);
    let text = text.replace("year = 2026", "year = 1");
    let found: Vec<(usize, String)> = read(&text).unwrap_err().0.into_iter().map(|f| (f.line, f.key)).collect();
    let expected = [(5, "year"), (12, "rule.b.distance"), (19, "rule.a.distance")];
    assert_eq!(found, expected.map(|(line, key)| (line, key.to_owned())));
}

#[test]
fn what_is_no_toml_no_text_or_too_long_is_refused_with_its_line() {
    let says = |bytes: &[u8]| read_rule_set("test.toml", bytes, &none).unwrap_err().to_string();
    let cut = says(&of_rules(ALL).as_bytes()[..400]);
    assert!(cut.starts_with("test.toml:") && cut.contains("cannot be read as TOML"), "{cut}");
    let twice = says(of_rules(&[("x", "kind = \"duty\""), ("x", "kind = \"duty\"")]).as_bytes());
    assert!(twice.contains("test.toml:12: file: cannot be read as TOML: duplicate key"), "{twice}");
    assert!(says(b"id = 1\nname = \"\xff\"").contains("test.toml:2: file: is not text in UTF-8"));
    assert!(says(&vec![b'#'; (256 << 10) + 1]).contains("at most 262144 are read"));
    assert!(says(b"").contains("there is no rule"));
    for deep in ["[", "{a=", "a.", "[["] {
        let said = says(format!("x = {}", deep.repeat(80_000)).as_bytes());
        assert!(said.contains("cannot be read as TOML"), "{deep}");
        assert!(said.lines().count() <= 50, "{deep}");
    }
    let many: Vec<String> = (0..301).map(|n| rule(&format!("r{n}"), "kind = \"duty\"")).collect();
    assert!(says((HEAD.to_owned() + &many.concat()).as_bytes()).contains("a set has 1 to 300 rules, not 301"));
}

#[test]
fn a_contradiction_stands_at_the_last_of_its_rules_in_this_file() {
    let text = of_rules(&[("a", "kind = \"kerb_offset\"\nmin = 1"), ("b", "kind = \"kerb_offset\"\nmax = 0")]);
    check(&text, 13, "rule.b", "a and b: at least 1 m and at most 0 m from the kerb");
}
