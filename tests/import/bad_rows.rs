//! Bad rows keep all out, or only themselves.

use crate::house::Scratch;

/// Row 1 and 4 are good; the others each bad in their own way.
const CSV: &str = "code,x,y,status,persons\n\
                   A1,119.41,28.41,occupied,2\n\
                   A2,119.41,ninety,occupied,2\n\
                   A3,0,0,occupied,2\n\
                   A4,119.42,28.41,,\n\
                   A5,,,occupied,2\n\
                   A6,119.43,28.41,haunted,2\n\
                   A7,119.43,28.41,occupied,minus one\n\
                   ,119.43,28.41,occupied,1\n\
                   A9,450000,3148000,occupied,1\n\
                   A1,119.44,28.44,occupied,2\n\
                   A4,119.42,28.41,,\n\
                   A10,119.41\n";

/// Row, code, column, value, and words of the reason.
const BAD: [(&str, &str, &str, &str, &str); 9] = [
    ("2", "A2", "y", "ninety", "is not a number"),
    ("3", "A3", "x,y", "0, 0", "no position"),
    ("5", "A5", "x,y", "", "no position"),
    ("6", "A6", "status", "haunted", "one of occupied"),
    ("7", "A7", "persons", "minus one", "whole number"),
    ("8", "", "code", "", "no code"),
    ("9", "A9", "x,y", "450000, 3148000", "--crs"),
    ("10", "A1", "code", "A1", "stands in the file before, with other values"),
    ("12", "", "", "", "2 cells in a table of 5 columns"),
];

fn report(scratch: &Scratch) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(scratch.path("bad.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["row", "code", "column", "value", "reason"]);
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[track_caller]
fn lists_all(report: &[Vec<String>]) {
    assert_eq!(report.len(), BAD.len(), "{report:#?}");
    for (line, (row, code, column, value, reason)) in report.iter().zip(BAD) {
        assert_eq!(line[..4], [row, code, column, value], "{line:?}");
        assert!(line[4].contains(reason), "{line:?}");
    }
}

#[test]
fn one_bad_row_keeps_all_out_and_each_is_told() {
    let scratch = Scratch::new();
    let good = scratch.file("good.csv", "code,x,y\nB1,119.4,28.4\n");
    scratch.import("households", &good, &[]).done();
    let file = scratch.file("mixed.csv", CSV);
    let path = scratch.path("bad.csv");
    let ran = scratch.unchanged(|| scratch.import("households", &file, &["--report", path.to_str().unwrap()]));
    ran.refused(1, &["9 of 12 rows are bad; nothing was imported", "--skip-bad", "row 2, y: 'ninety'"]);
    lists_all(&report(&scratch));
    assert_eq!(scratch.ask("SELECT code FROM household"), ["B1"]);
    scratch.proved();
}

#[test]
fn with_skip_bad_the_good_rows_go_in_and_the_report_lists_row_code_column_value_and_reason() {
    let scratch = Scratch::new();
    let file = scratch.file("mixed.csv", CSV);
    let path = scratch.path("bad.csv");
    let ran = scratch.import("households", &file, &["--skip-bad", "--report", path.to_str().unwrap()]);
    // The second A4 says what the first said: no fault, no second household.
    assert!(ran.done().starts_with("12 rows: 3 kept (2 new, 0 changed, 1 the same), 9 bad;"), "{ran:?}");
    lists_all(&report(&scratch));
    assert_eq!(scratch.ask("SELECT code FROM household ORDER BY code"), ["A1", "A4"]);
    assert_eq!(scratch.ask("SELECT lon FROM household WHERE code = 'A1'"), ["119.41"], "the first of two stands");
    let again = scratch.unchanged(|| scratch.import("households", &file, &["--skip-bad"]));
    assert!(again.done().starts_with("12 rows: all known, nothing changed; 9 bad;"), "{again:?}");
}

#[test]
fn many_bad_rows_are_counted_and_the_first_ten_told() {
    let scratch = Scratch::new();
    let rows: String = (0..250).map(|i| format!("C{i},x,28.4\n")).collect();
    let file = scratch.file("bad.csv.txt", format!("code,x,y\n{rows}"));
    let path = scratch.path("bad.csv");
    let ran = scratch.import("households", &file, &["--report", path.to_str().unwrap()]);
    ran.refused(1, &["row 10, ", "… and 240 more bad rows", "250 of 250 rows are bad"]);
    assert!(!ran.err.contains("row 11,"), "{ran:?}");
    assert_eq!(report(&scratch).len(), 250);
}

#[test]
fn an_area_whose_parent_is_not_there_is_a_bad_row() {
    let scratch = Scratch::new();
    let area = |code: &str, parent: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}","level":"grid","parent":"{parent}"}},"geometry":{{"type":"Polygon","coordinates":[[[9,47],[9.1,47],[9.1,47.1],[9,47]]]}}}}"#
        )
    };
    let file = scratch.file("areas.geojsonl", format!("{}\n{}\n", area("1", "nowhere"), area("2", "1")));
    let ran = scratch.unchanged(|| scratch.import("areas", &file, &["--skip-bad"]));
    ran.done();
    for told in ["row 1, parent: 'nowhere'", "no area with this code", "row 2, parent: '1'", "not wider than a grid"] {
        assert!(ran.err.contains(told), "{told}: {ran:?}");
    }
}
