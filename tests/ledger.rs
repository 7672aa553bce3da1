//! The ledger, from outside: out, changed by an office, and back in.

use crate::house::{Client, County, GRIDS, Reply, Scratch, Server, TOWNSHIPS, home};
use melonmap::formats::{CellValue, Workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook as Book, Worksheet};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{Cursor, Write};

mod bad;
mod large;

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook as somebody makes one by hand.
pub struct Sheet {
    book: Book,
    next: u32,
}

impl Sheet {
    /// With a head.
    pub fn new(head: &[&str]) -> Sheet {
        let mut book = Book::new();
        book.add_worksheet();
        Sheet { book, next: 0 }.row(head)
    }

    /// With a row of texts.
    pub fn row(mut self, texts: &[&str]) -> Sheet {
        let row = self.next;
        self.next += 1;
        self.with(|page| {
            for (column, text) in (0..).zip(texts).filter(|(_, text)| !text.is_empty()) {
                page.write_string(row, column, *text).unwrap();
            }
        })
    }

    /// With whatever else is written.
    pub fn with(mut self, write: impl FnOnce(&mut Worksheet)) -> Sheet {
        write(self.book.worksheet_from_index(0).unwrap());
        self
    }

    pub fn done(mut self) -> Vec<u8> {
        self.book.save_to_buffer().unwrap()
    }
}

/// A sheet's cells by their address.
fn cells(file: &[u8], sheet: &str) -> HashMap<String, CellValue> {
    let mut cells = HashMap::new();
    let mut book = Workbook::open(file.to_vec().into()).unwrap();
    book.rows(sheet, |row| {
        cells.extend(row.cells.iter().map(|cell| (row.at(cell.column).to_string(), cell.value.clone())));
        true
    })
    .unwrap();
    cells
}

/// Every text of every sheet, hidden ones included.
pub fn texts(file: &[u8]) -> Vec<String> {
    let mut book = Workbook::open(file.to_vec().into()).unwrap();
    let names: Vec<String> = book.sheets().iter().map(|sheet| sheet.name.clone()).collect();
    let mut texts = Vec::new();
    for name in names {
        book.rows(&name, |row| {
            texts.extend(row.cells.iter().map(|cell| cell.value.text()));
            true
        })
        .unwrap();
    }
    texts
}

/// A workbook with some cells of its first sheet written anew, as Excel leaves it: values and the hidden sheet stay.
fn edited(file: &[u8], edits: &[(&str, &str)]) -> Vec<u8> {
    let mut book = Workbook::open(file.to_vec().into()).unwrap();
    let sheets = book.sheets().to_vec();
    let mut out = Book::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (n, sheet) in sheets.iter().enumerate() {
        let page = out.add_worksheet();
        page.set_name(&sheet.name).unwrap();
        if sheet.hidden {
            page.set_very_hidden(true);
        }
        let mut left: Vec<(&str, &str)> = if n == 0 { edits.to_vec() } else { Vec::new() };
        book.rows(&sheet.name, |row| {
            for cell in &row.cells {
                let (column, at) = (u16::try_from(cell.column).unwrap(), row.at(cell.column).to_string());
                if let Some(place) = left.iter().position(|(edited, _)| *edited == at) {
                    page.write_string(row.row, column, left.remove(place).1).unwrap();
                    continue;
                }
                match &cell.value {
                    CellValue::Number(number) => drop(page.write_number(row.row, column, *number).unwrap()),
                    CellValue::Day(at) => {
                        let parsed = ExcelDateTime::parse_from_str(&at.date().to_string()).unwrap();
                        page.write_datetime_with_format(row.row, column, parsed, &day).unwrap();
                    }
                    value => drop(page.write_string(row.row, column, value.text()).unwrap()),
                }
            }
            true
        })
        .unwrap();
        // What was empty before.
        for (at, text) in left {
            let split = at.find(|c: char| c.is_ascii_digit()).unwrap();
            let column = u16::from(at.as_bytes()[0] - b'A');
            page.write_string(at[split..].parse::<u32>().unwrap() - 1, column, text).unwrap();
        }
    }
    out.save_to_buffer().unwrap()
}

fn check(client: &Client, file: &[u8]) -> Reply {
    client.send("POST", "/api/ledger/check", &[("content-type", XLSX)], Some(file))
}

/// A decision to take one value.
fn decision(code: &str, field: &str, from: impl Into<Value>, to: impl Into<Value>) -> Value {
    json!({ "code": code, "fields": [{ "field": field, "from": from.into(), "to": to.into() }] })
}

fn results(client: &Client, rows: &[Value]) -> Vec<Value> {
    let reply = client.post("/api/ledger/apply", &json!({ "rows": rows })).json();
    reply["results"].as_array().unwrap().clone()
}

/// The county with its server, and clients by role.
struct Place {
    scratch: Scratch,
    tokens: HashMap<&'static str, String>,
    server: Server,
}

impl Place {
    fn new() -> Place {
        let scratch = Scratch::new();
        let tokens = County::found(&scratch);
        let server = Server::start(&scratch);
        Place { scratch, tokens, server }
    }

    fn client(&self, role: &str) -> Client {
        self.server.client(Some(&self.tokens[role]))
    }

    /// A ledger as a role takes it out.
    fn ledger(&self, role: &str, area: &str) -> Vec<u8> {
        let reply = self.client(role).get(&format!("/api/ledger?area={area}"));
        assert_eq!((reply.status, reply.header("content-type")), (200, XLSX), "{}", reply.text());
        assert!(reply.header("content-disposition").starts_with("attachment; filename=\"ledger-"));
        assert_eq!(reply.header("cache-control"), "private, no-store");
        reply.body
    }
}

#[test]
fn a_ledger_holds_the_callers_households_in_order_and_says_what_it_was_made_from() {
    let place = Place::new();
    place.client("admin").visit("018f3b6e-0000-7000-8000-000000000001", &home(0, 1).code, "partly");
    let file = place.ledger("member", GRIDS[0]);
    let sheet = cells(&file, "Ledger");
    let text = |at: &str| sheet.get(at).map(CellValue::text).unwrap_or_default();
    assert_eq!(text("A1"), format!("Small County · {}", GRIDS[0]));
    assert!(text("A2").ends_with("10 households · sample data"), "{}", text("A2"));
    let head: Vec<String> = ["A3", "B3", "E3", "F3", "G3", "J3", "K3", "L3"].map(text).into();
    assert_eq!(head, ["No.", "Household code", "Address", "Persons", "Status", "Last visit", "Outcome", "Visited by"]);
    let row: Vec<String> = ["A5", "B5", "C5", "E5", "F5", "G5", "K5", "L5"].map(text).into();
    let caller = "Caller admin Zhang";
    assert_eq!(row, ["2", "HH01", GRIDS[0], "Melon Lane 1701", "4", "Lived in", "Partly done", caller]);
    assert_eq!(sheet["J5"].day(), Some(jiff::civil::date(2026, 1, 5)), "a day is a day");
    assert_eq!(text("G13"), "Vacant");
    let origin: Vec<String> = cells(&file, "melonmap").into_values().map(|value| value.text()).collect();
    for said in ["Small County", GRIDS[0], "10"] {
        assert!(origin.iter().any(|text| text == said), "{said}: {origin:?}");
    }
    // Beyond the own areas there is nothing, and the township above holds the own grid alone.
    assert!(!texts(&place.ledger("member", TOWNSHIPS[1])).iter().any(|text| text.starts_with("HH")));
    let above = texts(&place.ledger("member", TOWNSHIPS[0]));
    assert_eq!(above.iter().filter(|text| text.starts_with("HH")).count(), 10);
    let member = place.client("member");
    member.get("/api/ledger").wrong("area", "");
    member.get("/api/ledger?area=nowhere").problem(404);
    member.get(&format!("/api/ledger?area={}&campaign=9", GRIDS[0])).problem(404);
    member.get(&format!("/api/ledger?area={}&lang=de", GRIDS[0])).wrong("lang", "de");
    let chinese = texts(&member.get(&format!("/api/ledger?area={}&lang=zh", GRIDS[0])).body);
    for word in ["户编码", "在住", "空户", "部分完成"] {
        assert!(chinese.iter().any(|text| text == word), "{word}: {chinese:?}");
    }
    place.server.stop();
    let trail = place.scratch.run(&["audit"]).out;
    assert!(
        trail.lines().any(|line| line.contains("Caller member Zhang") && line.contains(",read,ledger,10,")),
        "{trail}"
    );
}

#[test]
fn a_ledger_that_comes_back_as_it_went_changes_nothing() {
    let place = Place::new();
    let member = place.client("member");
    for file in [place.ledger("member", GRIDS[0]), edited(&place.ledger("member", GRIDS[0]), &[])] {
        let seq = member.seq();
        let report = check(&member, &file).json();
        let zero = ["changed", "conflicts", "unmatched", "problems", "newer", "missing", "ignored", "formulas"];
        for count in zero {
            assert_eq!(report["counts"][count], 0, "{count}: {report}");
        }
        assert_eq!((&report["counts"]["rows"], &report["counts"]["unchanged"]), (&json!(10), &json!(10)));
        assert_eq!(report["origin"]["area"], GRIDS[0]);
        assert!(member.seq() <= seq + 1, "a note of the reading at most");
    }
}

#[test]
fn what_an_office_changed_is_proposed_and_stored_when_somebody_says_so() {
    let place = Place::new();
    let member = place.client("member");
    let file = edited(
        &place.ledger("member", GRIDS[0]),
        &[("F4", "5人"), ("E5", "Melon Lane 1701 b"), ("G6", "已拆除"), ("F7", ""), ("F8", "4"), ("L9", "Nobody")],
    );
    let report = check(&member, &file).json();
    let counts = &report["counts"];
    assert_eq!((&counts["changed"], &counts["unchanged"], &counts["problems"]), (&json!(4), &json!(5), &json!(1)));
    let of = |n: usize| {
        let row = &report["changes"][n];
        let field = &row["fields"][0];
        (
            row["code"].clone(),
            field["field"].clone(),
            field["cell"].clone(),
            field["map"].clone(),
            field["ledger"].clone(),
        )
    };
    assert_eq!(of(0), (json!("HH00"), json!("persons"), json!("F4"), json!("4"), json!("5")));
    assert_eq!(of(1).4, "Melon Lane 1701 b");
    assert_eq!(of(2), (json!("HH02"), json!("status"), json!("G6"), json!("occupied"), json!("demolished")));
    assert_eq!((of(3).3, of(3).4), (json!("4"), Value::Null), "a value that was taken out");
    let problem = &report["problems"][0];
    assert_eq!(
        (&problem["cell"], &problem["field"], &problem["read_only"]),
        (&json!("L9"), &json!("caller"), &json!(true))
    );
    assert_eq!(member.json("/api/households/HH00")["persons"], 4, "nothing was written");

    let rows: Vec<Value> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let field = &row["fields"][0];
            decision(
                row["code"].as_str().unwrap(),
                field["field"].as_str().unwrap(),
                field["map"].clone(),
                field["ledger"].clone(),
            )
        })
        .collect();
    let done = results(&member, &rows[..3]);
    assert!(done.iter().all(|line| line["result"] == "stored"), "{done:?}");
    assert_eq!(member.json("/api/households/HH00")["persons"], 5);
    let second = member.json("/api/households/HH02");
    assert_eq!((&second["status"], &second["persons"]), (&json!("demolished"), &json!(4)), "the rest stays");
    assert_eq!(member.json("/api/households/HH03")["persons"], 4, "what nobody ticked");
    // The same file again: what was taken is known, the rest waits.
    let again = check(&member, &file).json();
    assert_eq!((&again["counts"]["changed"], &again["counts"]["conflicts"]), (&json!(1), &json!(0)), "{again}");
    assert_eq!(results(&member, &rows[..1])[0]["result"], "conflict", "sent twice, the map says something else");
    assert_eq!(results(&member, &[decision("HH00", "persons", json!("5"), json!("5"))])[0]["result"], "same");
    place.server.stop();
    place.scratch.proved();
}

#[test]
fn what_both_changed_is_a_conflict_and_nothing_is_overwritten_unseen() {
    let place = Place::new();
    let (member, admin) = (place.client("member"), place.client("admin"));
    let file = edited(&place.ledger("member", GRIDS[0]), &[("F4", "5"), ("F5", "6")]);
    let put = |code: &str, from: &str, to: &str| results(&admin, &[decision(code, "persons", json!(from), json!(to))]);
    for (code, to) in [("HH00", "7"), ("HH01", "6"), ("HH02", "9")] {
        assert_eq!(put(code, "4", to)[0]["result"], "stored");
    }
    let report = check(&member, &file).json();
    let counts = &report["counts"];
    let told = ["changed", "conflicts", "newer", "unchanged"].map(|count| counts[count].as_u64().unwrap());
    assert_eq!(told, [0, 1, 1, 8], "both say 6 of the second; the third is news of the map alone: {report}");
    let field = &report["conflicts"][0]["fields"][0];
    assert_eq!(
        (&field["cell"], &field["before"], &field["ledger"], &field["map"]),
        (&json!("F4"), &json!("4"), &json!("5"), &json!("7"))
    );
    // Decided, and meanwhile changed once more.
    put("HH00", "7", "8");
    let line = &results(&member, &[decision("HH00", "persons", json!("7"), json!("5"))])[0];
    assert_eq!((&line["result"], &line["fields"][0]["map"]), (&json!("conflict"), &json!("8")), "{line}");
    assert_eq!(member.json("/api/households/HH00")["persons"], 8);
    // Two decisions about one household in one request: the second did not see the first.
    let two =
        [decision("HH04", "persons", json!("4"), json!("1")), decision("HH04", "persons", json!("4"), json!("2"))];
    let done: Vec<Value> = results(&member, &two).into_iter().map(|line| line["result"].clone()).collect();
    assert_eq!(done, [json!("stored"), json!("conflict")]);
    // A file that does not say when it was written: every difference is shown as one.
    let bare = Sheet::new(&["Code", "Persons"]).row(&["HH00", "5"]).done();
    let report = check(&member, &bare).json();
    assert_eq!((&report["origin"], &report["counts"]["changed"]), (&Value::Null, &json!(1)));
    assert_eq!(report["changes"][0]["fields"][0].get("before"), None);
}

#[test]
fn a_row_of_no_known_household_gets_proposals_from_the_own_areas_and_none_is_taken() {
    let place = Place::new();
    let member = place.client("member");
    let file = Sheet::new(&["户编码", "家庭住址", "人口数"])
        .row(&["hh-03", "Melon Lane 1703", "4"])
        .row(&["", "MELON LN 1705", "3"])
        .row(&["HH20", "Melon Lane 1720", "3"])
        .row(&["HH99", "Somewhere Else 5", "3"])
        .row(&["HH07", "Melon Lane 1707", "4"])
        .done();
    let report = check(&member, &file).json();
    assert_eq!((&report["counts"]["unmatched"], &report["counts"]["unchanged"]), (&json!(4), &json!(1)), "{report}");
    let found = |n: usize| {
        let all = report["unmatched"][n]["candidates"].as_array().unwrap();
        all.iter().map(|one| one["code"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((found(0), &report["unmatched"][0]["candidates"][0]["score"]), (vec!["HH03"], &json!(1.0)));
    assert_eq!(found(1), ["HH05"]);
    assert_eq!(report["unmatched"][1]["candidates"][0]["fields"][1]["ledger"], "3");
    // Another's household is not told from one that is not there: neither its number nor its place.
    assert_eq!((found(2), found(3)), (vec![], vec![]));
    let one = &report["unmatched"][2];
    assert_eq!((&one["code"], &one["address"]), (&json!("HH20"), &json!("Melon Lane 1720")), "as it was sent");
    let refused = results(
        &member,
        &[decision("HH20", "persons", json!("4"), json!("3")), decision("HH99", "persons", json!("4"), json!("3"))],
    );
    let reasons: Vec<String> =
        refused.iter().map(|line| line["reason"].as_str().unwrap().replace("HH20", "HH99")).collect();
    assert_eq!(reasons[0], reasons[1]);
    assert!(refused.iter().all(|line| line["result"] == "refused"));
    assert_eq!(place.client("admin").json("/api/households/HH20")["persons"], 4);
}

#[test]
fn decisions_that_cannot_be_are_refused_one_by_one_and_by_name() {
    let place = Place::new();
    let member = place.client("member");
    let done = results(
        &member,
        &[
            decision("HH00", "persons", json!("4"), json!("many")),
            decision("HH01", "outcome", json!(null), json!("visited")),
            decision("HH02", "height", json!(null), json!("3")),
            json!({ "code": "HH03" }),
            json!({ "code": "HH03", "fields": [] }),
            json!(7),
            decision("HH04", "status", json!("occupied"), json!(null)),
            decision("HH05", "needs", json!(null), json!("a ramp")),
            decision("HH06", "persons", json!("4"), json!("3")),
        ],
    );
    let told: Vec<(&str, &str)> = done
        .iter()
        .map(|line| (line["result"].as_str().unwrap(), line["reason"].as_str().unwrap_or_default()))
        .collect();
    for (line, part) in
        told.iter().zip(["whole number", "ledger changes", "height", "fields", "fields", "object", "status", "no key"])
    {
        assert!(line.0 == "refused" && line.1.contains(part), "{part}: {line:?}");
    }
    assert_eq!(told[8].0, "stored", "one that can be goes in");
    member.post("/api/ledger/apply", &json!({ "rows": [] })).wrong("rows", "0");
    member.post("/api/ledger/apply", &json!({ "rows": 3 })).wrong("rows", "3");
    member.post("/api/ledger/apply", &json!([1])).problem(400);
}

#[test]
fn an_office_keeps_its_own_layout_for_an_area_and_all_below_it() {
    let place = Place::new();
    let (coordinator, admin) = (place.client("coordinator"), place.client("admin"));
    let own = Sheet::new(&["民情台账"])
        .row(&["填报单位：西镇", "", ""])
        .row(&["户 号", "家庭详细住址", "家庭人口数（人）", "备注", "包户干部签字"])
        .row(&["1", "x", "3"])
        .done();
    let proposal = coordinator.send("POST", "/api/ledger/layouts/read", &[("content-type", XLSX)], Some(&own)).json();
    let columns = proposal["template"]["columns"].as_array().unwrap();
    let fields: Vec<&str> = columns.iter().map(|column| column["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["code", "address", "persons", "blank", "blank"], "{proposal}");
    assert_eq!(proposal["template"]["title"], json!(["民情台账", "填报单位：西镇"]));
    assert_eq!((&proposal["head"], &proposal["template"]["lang"]), (&json!(3), &json!("zh")));
    let mut layout = proposal["template"].clone();
    layout["name"] = json!("West office");
    let put = |client: &Client, area: &str, layout: &Value| {
        let (text, json) = (layout.to_string(), [("content-type", "application/json")]);
        client.send("PUT", &format!("/api/ledger/layouts/{area}"), &json, Some(text.as_bytes()))
    };
    let kept = put(&coordinator, TOWNSHIPS[0], &layout).json();
    assert_eq!((&kept["area"], &kept["name"]), (&json!(TOWNSHIPS[0]), &json!("West office")));
    put(&coordinator, TOWNSHIPS[1], &layout).wrong("area", TOWNSHIPS[1]);
    put(&place.client("member"), GRIDS[0], &layout).problem(403);
    put(&admin, "nowhere", &layout).problem(404);
    for (member, value, field) in [
        ("columns", json!([]), "columns"),
        ("sheet", json!("a/b"), "sheet"),
        ("lang", json!("de"), "lang"),
        ("columns", json!([{ "field": "height", "header": "h", "width": 9 }]), "field"),
        ("columns", json!([{ "field": "code", "header": "h", "width": 1 }]), "width"),
        ("more", json!(1), "layout"),
    ] {
        let mut bad = layout.clone();
        bad[member] = value;
        let problem = put(&coordinator, TOWNSHIPS[0], &bad).problem(400);
        assert_eq!(problem["field"], field, "{problem}");
    }
    // The grid below takes it, the other township has what is built in.
    let below = texts(&place.ledger("member", GRIDS[0]));
    for word in ["民情台账", "户 号", "家庭详细住址", "包户干部签字", "HH00"] {
        assert!(below.iter().any(|text| text == word), "{word}: {below:?}");
    }
    assert!(texts(&place.ledger("admin", TOWNSHIPS[1])).iter().any(|text| text == "Household code"));
    let signed = edited(&place.ledger("member", GRIDS[0]), &[("E5", "张"), ("C6", "6")]);
    let report = check(&place.client("member"), &signed).json();
    assert_eq!((&report["counts"]["ignored"], &report["counts"]["changed"]), (&json!(1), &json!(1)), "{report}");
    let listed = admin.json("/api/ledger/layouts");
    assert_eq!((listed["templates"].as_array().unwrap().len(), listed["built_in"].as_array().unwrap().len()), (1, 2));
    drop(place.server);
    place.scratch.proved();
}

#[test]
fn the_list_for_today_is_a_workbook_with_the_same_rows() {
    let place = Place::new();
    let member = place.client("member");
    let list = member.json("/api/worklist");
    let reply = member.get("/api/worklist?f=xlsx");
    assert_eq!((reply.status, reply.header("content-type")), (200, XLSX));
    let sheet = cells(&reply.body, "Today");
    for (n, one) in list["households"].as_array().unwrap().iter().enumerate() {
        let text = |column: &str| sheet[&format!("{column}{}", n + 4)].text();
        assert_eq!(text("A"), (n + 1).to_string());
        assert_eq!(
            (text("B"), text("C")),
            (one["code"].as_str().unwrap().into(), one["address"].as_str().unwrap().into())
        );
        assert_eq!(text("F"), "Nobody was reached yet");
    }
    let chinese = texts(&member.get("/api/worklist?f=xlsx&lang=zh").body);
    assert!(chinese.iter().any(|text| text == "尚未走访到"), "{chinese:?}");
    member.get("/api/worklist?f=xlsx&lang=de").wrong("lang", "de");
}
