//! Workbooks that are hard to read, and those that are none.

use super::*;
use melonmap::model::ledger::CellFault;
use std::collections::BTreeSet;

/// The text of the page for a kind of fault, in the file of one language.
fn page_text(words: &'static str, kind: &str) -> &'static str {
    let key = format!("'ledger.fault.{kind}': ");
    words.lines().find_map(|line| line.trim().strip_prefix(&key)).unwrap_or_else(|| panic!("no text {key}"))
}

/// The values that a text of the page asks for: `{least}`.
fn gaps(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
}

/// The reason of a cell's problem, which is of that kind; the page has a text for it that asks for what was expected.
#[track_caller]
fn problem<'a>(report: &'a Value, cell: &str, kind: &str) -> &'a str {
    let all = report["problems"].as_array().unwrap();
    let one = all.iter().find(|one| one["cell"] == cell).unwrap_or_else(|| panic!("{cell}: {report}"));
    assert_eq!(one["kind"], kind, "{one}");
    assert_eq!(one["column"], cell.trim_end_matches(|c: char| c.is_ascii_digit()), "{one}");
    let expected = one["expected"].as_object().map(|values| values.keys().map(String::as_str).collect());
    for words in [include_str!("../../web/ledger.en.js"), include_str!("../../web/ledger.zh.js")] {
        assert_eq!(gaps(page_text(words, kind)), expected.clone().unwrap_or_default(), "{one}");
    }
    one["reason"].as_str().unwrap()
}

#[test]
fn the_description_lists_every_kind_of_fault_and_the_page_has_no_text_for_another() {
    let described: Value = serde_json::from_str(include_str!("../openapi.json")).unwrap();
    let listed = &described["components"]["schemas"]["ledger_fault"]["enum"];
    assert_eq!(*listed, json!(CellFault::KINDS));
    for words in [include_str!("../../web/ledger.en.js"), include_str!("../../web/ledger.zh.js")] {
        let texts = words.lines().filter_map(|line| line.trim().strip_prefix("'ledger.fault."));
        let kinds = texts.map(|rest| rest.split('\'').next().unwrap()).filter(|kind| *kind != "between");
        assert_eq!(kinds.collect::<BTreeSet<_>>(), BTreeSet::from(CellFault::KINDS));
    }
}

#[test]
fn what_cannot_be_read_in_a_cell_is_named_by_the_cell_and_the_rest_of_the_row_goes_in() {
    let place = Place::new();
    let (bold, day) = (Format::new().set_bold(), Format::new().set_num_format("yyyy-mm-dd"));
    let file = Sheet::new(&["Code", "Address", "Persons", "Status", "Contact", "Last visit"])
        .row(&["HH00", "Melon Lane 1700", "drei", "Lived in"])
        .row(&["HH01", "Melon Lane 1701", "5", "ruined"])
        .row(&["HH02", "Melon Lane 1702", "4", ""])
        .row(&["HH03", "Melon Lane 1703", "4", "Lived in", &"7".repeat(201)])
        .row(&["HH04", "", "4", "Lived in", "", "10/5/2026"])
        .row(&["HH00", "Melon Lane 1700", "4", "Lived in"])
        .row(&["HH05", "Melon Lane 1705", "", "Lived in"])
        .row(&["HH06", "Melon Lane 1706", "", "Lived in"])
        .row(&["", "Melon Lane 1707", "4", "Lived in"])
        .with(|page| {
            page.write_datetime_with_format(5, 1, ExcelDateTime::from_ymd(2026, 3, 5).unwrap(), &day).unwrap();
            page.write_formula(7, 2, Formula::new("=2+3").set_result("5")).unwrap();
            page.write_formula(8, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
            page.write_number_with_format(9, 0, 331_100_001_001_000_123.0, &bold).unwrap();
        })
        .done();
    let report = check(&place.client("member"), &file).json();
    assert!(problem(&report, "C2", "not_persons").contains("whole number from 0 to 999"));
    assert!(problem(&report, "D3", "not_status").contains("occupied, vacant"));
    assert!(problem(&report, "D4", "not_status").contains("occupied, vacant"), "a status is never nothing");
    assert!(
        problem(&report, "E5", "not_line").contains("at most 200 characters") && !report.to_string().contains("777")
    );
    assert!(problem(&report, "B6", "became_day").contains("made a day of it"));
    assert!(problem(&report, "F6", "not_day").contains("2026-10-05"), "the day may come first or the month");
    assert!(problem(&report, "A7", "code_repeated").contains("stands in row 2 already"));
    assert!(problem(&report, "C9", "formula_error").contains("could not work it out"));
    assert!(problem(&report, "A10", "rounded").contains("more than 15 digits"));
    assert_eq!((&report["counts"]["problems"], &report["counts"]["formulas"]), (&json!(9), &json!(2)), "{report}");
    let changed: Vec<&str> =
        report["changes"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
    assert_eq!(changed, ["HH01", "HH05"], "the persons beside a bad status, and what a formula came to");
}

#[test]
fn a_yes_and_a_need_that_is_no_text_are_named_too() {
    let place = Place::new();
    let file = Sheet::new(&["Code", "Address", "Needs"])
        .row(&["HH00", "", "a ramp\u{7}"])
        .with(|page| {
            page.write_boolean(1, 1, true).unwrap();
        })
        .done();
    let report = check(&place.client("member"), &file).json();
    assert!(problem(&report, "B2", "yes_or_no").contains("expected a text"));
    assert!(problem(&report, "C2", "not_lines").contains("at most 2000 characters"));
    assert!(!report.to_string().contains("ramp"), "what is confided is not repeated");
}

#[test]
fn merged_cells_hidden_rows_and_columns_are_read_right_or_named() {
    let place = Place::new();
    let file = Sheet::new(&["Code", "Address", "Persons", "Remark"])
        .row(&["HH00", "", "4", "a"])
        .row(&["HH01", "", "4"])
        .row(&["HH02", "Melon Lane 1702", "5"])
        .row(&["", "Melon Lane 1703", "4"])
        .row(&["HH04", "", "", ""])
        .with(|page| {
            let plain = Format::new();
            page.merge_range(1, 1, 2, 1, "Melon Lane 1700", &plain).unwrap();
            page.merge_range(3, 0, 4, 0, "HH02", &plain).unwrap();
            page.merge_range(5, 1, 5, 2, "Melon Lane 1704", &plain).unwrap();
            page.set_row_hidden(3).unwrap();
            page.set_column_hidden(3).unwrap();
        })
        .done();
    let report = check(&place.client("member"), &file).json();
    let fields: Vec<(&str, &str, &Value)> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (row["code"].as_str().unwrap(), row["fields"][0]["cell"].as_str().unwrap(), &row["fields"][0]["ledger"])
        })
        .collect();
    // Two households of one address: the second row says so too. A hidden row is read like any other.
    assert_eq!(fields, [("HH01", "B3", &json!("Melon Lane 1700")), ("HH02", "C4", &json!("5"))]);
    assert!(problem(&report, "A5", "code_merged").contains("merged over several rows"));
    assert!(problem(&report, "C6", "covered").contains("merged over several columns"));
    assert_eq!(report["hidden"], json!({ "rows": 1, "columns": ["D"], "sheets": [] }));
    assert_eq!(report["counts"]["ignored"], 1);
}

#[test]
fn days_as_texts_are_read_as_days() {
    let place = Place::new();
    place.client("admin").visit("018f3b6e-0000-7000-8000-000000000001", "HH00", "visited");
    let out = place.ledger("member", GRIDS[0]);
    for text in ["2026-01-05", "2026/1/5", "2026年1月5日", "5.1.2026"] {
        let report = check(&place.client("member"), &edited(&out, &[("J4", text)])).json();
        assert_eq!(
            (&report["counts"]["problems"], &report["counts"]["unchanged"]),
            (&json!(0), &json!(10)),
            "{text}: {report}"
        );
    }
    let report = check(&place.client("member"), &edited(&out, &[("J4", "2026-01-06")])).json();
    assert!(problem(&report, "J4", "not_taken").contains("does not take this column back"));
}

#[test]
fn a_file_that_is_no_ledger_is_refused_by_what_it_is() {
    let place = Place::new();
    let member = place.client("member");
    let no_head = Sheet::new(&["a", "b"]).row(&["1", "2"]).done();
    assert_eq!(check(&member, &no_head).problem(400)["field"], "sheet");
    let twice = Sheet::new(&["Code", "户编码", "Persons"]).row(&["HH00", "HH00", "4"]).done();
    assert!(check(&member, &twice).problem(400)["expected"].as_str().unwrap().contains("columns A and B"));
    let headless = Sheet::new(&["Persons", "Status"]).row(&["4", "Vacant"]).done();
    assert_eq!(check(&member, &headless).problem(400)["field"], "header");
    for (file, told) in [
        (&b""[..], "no zip archive"),
        (b"code,persons\nHH00,4\n", "no zip archive"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0", "without a password"),
        (&no_head[..no_head.len() / 2], "no zip archive"),
    ] {
        let problem = check(&member, file).problem(400);
        assert!(problem["detail"].as_str().unwrap().contains(told), "{problem}");
    }
    let json = [("content-type", "application/json")];
    member.send("POST", "/api/ledger/check", &json, Some(b"{}")).problem(415);
    assert_eq!(member.json("/api/households/HH00")["persons"], 4);
}

#[test]
fn what_a_ledger_says_of_itself_is_held_against_the_map() {
    let place = Place::new();
    let member = place.client("member");
    let out = place.ledger("member", GRIDS[0]);
    let altered = |at: &str, text: &str| {
        let mut book = Workbook::open(out.clone().into()).unwrap();
        let mut sheet = Sheet::new(&["Code", "Persons"]).row(&["HH00", "5"]);
        let page = sheet.book.add_worksheet();
        page.set_name("melonmap").unwrap().set_very_hidden(true);
        book.rows("melonmap", |row| {
            let key = row.cells[0].value.text();
            let value = if key == at {
                text.to_owned()
            } else {
                row.cells.get(1).map(|cell| cell.value.text()).unwrap_or_default()
            };
            page.write_string(row.row, 0, &key).unwrap().write_string(row.row, 1, value).unwrap();
            true
        })
        .unwrap();
        sheet.done()
    };
    assert_eq!(check(&member, &altered("nothing", "")).json()["counts"]["changed"], 1);
    for (at, text) in [
        ("map", "Another"),
        ("seq", "999999"),
        ("seq", "x"),
        ("at", "yesterday"),
        ("ledger", "9"),
        ("campaign", "x"),
        ("seq", "1"),
    ] {
        let problem = check(&member, &altered(at, text)).problem(400);
        assert_eq!(problem["field"], "origin", "{at} {text}: {problem}");
    }
    check(&member, &altered("at", "2999-01-01T00:00:00Z")).problem(400);
}

#[test]
fn a_bomb_is_refused_with_bounded_memory() {
    let place = Place::new();
    let member = place.client("member");
    let plain = Sheet::new(&["Code", "Persons"]).row(&["HH00", "4"]).done();
    let before = place.server.most_memory();
    for (part, head) in
        [("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"), ("xl/sharedStrings.xml", "<sst><si><t>")]
    {
        let mut from = zip::ZipArchive::new(Cursor::new(plain.clone())).unwrap();
        let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..from.len() {
            let file = from.by_index_raw(index).unwrap();
            if file.name().unwrap() != part {
                to.raw_copy_file(file).unwrap();
            }
        }
        to.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(head.as_bytes()).unwrap();
        for _ in 0..700 {
            to.write_all(&vec![b' '; 1 << 20]).unwrap();
        }
        let bomb = to.finish().unwrap().into_inner();
        assert!(bomb.len() < 1 << 20, "{} bytes are sent", bomb.len());
        let problem = check(&member, &bomb).problem(400);
        assert!(problem["detail"].as_str().unwrap().contains("inflated"), "{problem}");
    }
    let grown = place.server.most_memory().saturating_sub(before);
    assert!(grown < 64 << 10, "{grown} kB more");
}
