//! Workbooks as offices make them, and as nobody should.

use super::super::limits::{XLSX_CELL_BYTES, XLSX_ROWS};
use super::*;
use bytes::Bytes;
use jiff::civil::{date, datetime};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// A workbook with one sheet called `S`, of these parts beside or instead of the usual ones.
fn book(parts: &[(&str, &str)]) -> Vec<u8> {
    let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    let rels = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let workbook = r#"<workbook><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let targets = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    // Format 1 is a day, format 2 a text.
    let styles =
        r#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="49"/></cellXfs></styleSheet>"#;
    let usual = [
        ("[Content_Types].xml", types),
        ("_rels/.rels", rels),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", targets),
        ("xl/styles.xml", styles),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let others = usual.iter().filter(|(name, _)| parts.iter().all(|(given, _)| given != name));
    for (name, text) in others.chain(parts) {
        let how = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        archive.start_file(*name, how).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A sheet of these rows and what stands behind them.
fn sheet(rows: &str, behind: &str) -> Vec<u8> {
    book(&[(SHEET, &format!("<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>"))])
}

fn read(file: &[u8]) -> Vec<SheetRow> {
    let mut rows = Vec::new();
    Workbook::open(Bytes::copy_from_slice(file))
        .unwrap()
        .rows("S", |row| {
            rows.push(row);
            true
        })
        .unwrap();
    rows
}

/// What is said of a workbook that is refused, when it is opened or when its rows are read.
#[track_caller]
fn refused(file: &[u8]) -> String {
    match Workbook::open(Bytes::copy_from_slice(file)).and_then(|mut book| book.rows("S", |_| true)) {
        Err(error) => error.to_string(),
        Ok(()) => panic!("it was read"),
    }
}

fn texts(row: &SheetRow) -> Vec<(u32, String)> {
    row.cells.iter().map(|cell| (cell.column, cell.value.text())).collect()
}

#[test]
fn each_type_of_a_cell_is_read_as_it_is() {
    let rows = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>西瓜 1</t></is></c><c r="B2"><v>12</v></c>
        <c r="C2" s="1"><v>46300.5</v></c><c r="D2" t="b"><v>1</v></c><c r="E2" t="e"><v>#REF!</v></c>
        <c r="F2" t="d"><v>2026-10-05T00:00:00</v></c><c r="G2" t="str"><f>A1&amp;"x"</f><v>ax</v></c>
        <c r="H2"><f>SUM(A1)</f></c><c r="J2" s="2" t="n"><v>0.5</v></c></row>"#;
    let row = read(&sheet(rows, "")).remove(0);
    let values: Vec<CellValue> = row.cells.iter().map(|cell| cell.value.clone()).collect();
    assert_eq!(
        values,
        [
            CellValue::Text("西瓜 1".into()),
            CellValue::Number(12.0),
            CellValue::Day(datetime(2026, 10, 5, 12, 0, 0, 0)),
            CellValue::Boolean(true),
            CellValue::Error("#REF!".into()),
            CellValue::Day(datetime(2026, 10, 5, 0, 0, 0, 0)),
            CellValue::Text("ax".into()),
            CellValue::Empty,
            CellValue::Number(0.5),
        ]
    );
    let formulas: Vec<String> =
        row.cells.iter().filter(|cell| cell.formula).map(|cell| row.at(cell.column).to_string()).collect();
    assert_eq!(formulas, ["G2", "H2"], "one with what it came to, one that never came to anything");
    assert_eq!(row.cell(9).unwrap().value.text(), "0.5");
    assert!(row.cell(8).is_none());
}

#[test]
fn days_are_counted_from_1900_or_from_1904_as_the_workbook_says() {
    let cells = r#"<row r="1"><c r="A1" s="1"><v>44838</v></c><c r="B1" s="1"><v>-1</v></c><c r="C1" s="1"><v>1e300</v></c></row>"#;
    let old =
        r#"<workbook><workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let part = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    for (file, day) in
        [(sheet(cells, ""), date(2022, 10, 4)), (book(&[("xl/workbook.xml", old), (SHEET, &part)]), date(2026, 10, 5))]
    {
        let row = read(&file).remove(0);
        assert_eq!(row.cells[0].value.day(), Some(day));
        assert_eq!(row.cells[1].value, CellValue::Number(-1.0), "no day that there is");
        assert_eq!(row.cells[2].value, CellValue::Number(1e300));
    }
}

#[test]
fn a_merged_cell_belongs_to_each_of_its_rows_and_covers_the_columns_beside_it() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>9</v></c></row>
        <row r="2"><c r="A2"/><c r="B2"><v>8</v></c><c r="D2"><v>7</v></c><c r="E2"><v>6</v></c></row>
        <row r="4"><c r="B4"><v>5</v></c></row><row r="5"><c r="B5"><v>4</v></c></row>"#;
    let merged = r#"<mergeCells><mergeCell ref="D2:E4"/><mergeCell ref="A1:A4"/></mergeCells>"#;
    let rows = read(&sheet(rows, merged));
    let shown: Vec<Vec<(u32, String)>> = rows.iter().map(texts).collect();
    let of = |cells: &[(u32, &str)]| cells.iter().map(|(at, text)| (*at, (*text).to_owned())).collect::<Vec<_>>();
    assert_eq!(shown[0], of(&[(0, "1"), (1, "9")]));
    assert_eq!(shown[1], of(&[(0, "1"), (1, "8"), (3, "7"), (4, "")]));
    assert_eq!(shown[2], of(&[(0, "1"), (1, "5"), (3, "7"), (4, "")]), "a row in between that is not written down");
    assert_eq!(shown[3], of(&[(1, "4")]));
    assert!(!rows[0].cells[0].merged && rows[1].cells[0].merged && rows[2].cells[0].merged);
    assert!(!rows[1].cells[2].covered && rows[1].cells[3].covered && rows[2].cells[3].covered);
}

#[test]
fn hidden_rows_columns_and_sheets_are_read_like_others_and_said() {
    let cols = r#"<cols><col min="2" max="3" hidden="1"/><col min="5" max="5" hidden="0"/></cols>"#;
    let part = format!(
        r#"<worksheet>{cols}<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row></sheetData></worksheet>"#
    );
    let workbook =
        r#"<workbook><sheets><sheet name="S" sheetId="1" state="veryHidden" r:id="rId1"/></sheets></workbook>"#;
    let file = book(&[("xl/workbook.xml", workbook), (SHEET, &part)]);
    let rows = read(&file);
    assert_eq!(rows.iter().map(|row| row.hidden).collect::<Vec<_>>(), [false, true]);
    let book = Workbook::open(Bytes::copy_from_slice(&file)).unwrap();
    assert_eq!(book.hidden_columns("S"), [(1, 2)]);
    assert_eq!(book.sheets(), [SheetInfo { name: "S".into(), hidden: true }]);
}

#[test]
fn what_is_no_workbook_is_refused_by_what_it_is() {
    for (file, told) in [
        (&b""[..], "no zip archive"),
        (b"code,address\n1,2\n", "no zip archive"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 encrypted", "without a password"),
        (&book(&[("xl/workbook.xml", "<workbook/>")]), "names no sheet"),
        (&sheet("", "")[..200], "no zip archive"),
        (&book(&[(SHEET, "<chartsheet/>")]), "chartsheet"),
    ] {
        let said = refused(file);
        assert!(said.starts_with("XLSX: ") && said.contains(told), "{said}");
    }
}

#[test]
fn a_bomb_is_refused_before_it_is_kept() {
    let long = " ".repeat(40 << 20);
    let said = refused(&book(&[(SHEET, &format!("<worksheet><sheetData>{long}</sheetData></worksheet>"))]));
    assert!(said.contains("longer once it is inflated"), "{said}");
    // The shared texts, a text, a tag, and an attribute that holds the ends of tags.
    let piece = "x".repeat(XLSX_CELL_BYTES + 1);
    for part in [
        format!("<sst><si><t>{piece}</t></si></sst>"),
        format!("<sst><si><t>{}</t></si></sst>", "<t>xxxxxxxx</t>".repeat(XLSX_CELL_BYTES / 8 + 1)),
        format!("<sst><si {piece}></si></sst>"),
        format!(r#"<sst><si a="{}"></si></sst>"#, "<>".repeat(XLSX_CELL_BYTES)),
    ] {
        let said = refused(&book(&[("xl/sharedStrings.xml", &part), (SHEET, "<worksheet><sheetData/></worksheet>")]));
        assert!(said.contains(&XLSX_CELL_BYTES.to_string()), "{said}");
    }
    for announced in ["99999999999999", "6000001", "-1", "x"] {
        let part = format!(r#"<sst uniqueCount="{announced}"></sst>"#);
        let said = refused(&book(&[("xl/sharedStrings.xml", &part)]));
        assert!(said.contains("announces"), "{said}");
    }
    let entities = r#"<!DOCTYPE x [<!ENTITY a "aaaa">]><sst></sst>"#;
    assert!(refused(&book(&[("xl/sharedStrings.xml", entities)])).contains("document type"));
    let xfs = format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(200_001));
    assert!(refused(&book(&[("xl/styles.xml", &xfs)])).contains("formats"));
}

#[test]
fn rows_cells_and_ranges_that_cannot_be_are_refused_by_name() {
    for (rows, behind, told) in [
        (r#"<row r="0"/>"#, "", "'0' is no row"),
        (r#"<row r="3"/><row r="2"/>"#, "", "row 2 stands after row 3"),
        (r#"<row r="1"><c r="A2"/></row>"#, "", "'A2' is no cell of row 1"),
        (r#"<row r="1"><c r="B1"/><c r="A1"/></row>"#, "", "cell A1 stands after others"),
        (r#"<row r="1"><c r="ZZ1"/></row>"#, "", "256 columns"),
        (r#"<row r="1"><c r="A1" t="s"><v>7</v></c></row>"#, "", "string index"),
        ("", r#"<mergeCells><mergeCell ref="B2:A1"/></mergeCells>"#, "'B2:A1' is no range"),
    ] {
        let said = refused(&sheet(rows, behind));
        assert!(said.contains(told), "{said}");
    }
    let backwards = r#"<worksheet><dimension ref="B5:A1"/><sheetData/></worksheet>"#;
    assert!(refused(&book(&[(SHEET, backwards)])).contains("'B5:A1'"));
    let many = (0..=XLSX_ROWS).fold(String::new(), |mut rows, _| {
        write!(rows, "<row/>").unwrap();
        rows
    });
    let said = refused(&book(&[(SHEET, &format!("<worksheet><sheetData>{many}</sheetData></worksheet>"))]));
    assert!(said.contains("250000 rows"), "{said}");
    let crossed: String = (0..300).map(|_| r#"<mergeCell ref="A1:A9"/>"#).collect();
    let said = refused(&sheet(r#"<row r="1"><c r="A1"/></row>"#, &format!("<mergeCells>{crossed}</mergeCells>")));
    assert!(said.contains("lie over one another in row 1"), "{said}");
}

#[test]
fn what_is_written_is_read_back_with_its_types() {
    let column = |header: &str, words: &[&str], most| SheetColumn {
        header: header.into(),
        width: 12,
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        most,
        shown_only: false,
    };
    let columns = vec![
        column("户编码", &[], None),
        column("人口数", &[], Some(99)),
        column("状态", &["在住", "空户"], None),
        column("日期", &[], None),
    ];
    let origin = Some(("melonmap", vec![("seq".to_owned(), "12".to_owned())]));
    let out = SheetOut { name: "台账", title: vec!["Vaduz".into(), "2026".into()], columns, origin };
    let rows = [
        vec![
            SheetValue::Text("007".into()),
            SheetValue::Number(4.0),
            SheetValue::Empty,
            SheetValue::Day(date(2026, 10, 5)),
        ],
        vec![
            SheetValue::Text("=1+1".into()),
            SheetValue::Empty,
            SheetValue::Text("在住".into()),
            SheetValue::Day(date(1850, 1, 1)),
        ],
    ];
    let file = xlsx(&out, rows.into_iter()).unwrap();
    let mut book = Workbook::open(Bytes::copy_from_slice(&file)).unwrap();
    let names: Vec<(&str, bool)> = book.sheets().iter().map(|sheet| (sheet.name.as_str(), sheet.hidden)).collect();
    assert_eq!(names, [("台账", false), ("melonmap", true)]);
    let mut rows = Vec::new();
    book.rows("台账", |row| {
        rows.push((row.row, row.cells.into_iter().map(|cell| (cell.value, cell.formula)).collect::<Vec<_>>()));
        true
    })
    .unwrap();
    assert_eq!(rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    let text = |text: &str| (CellValue::Text(text.into()), false);
    let day = CellValue::Day(datetime(2026, 10, 5, 0, 0, 0, 0));
    assert_eq!(rows[3].1, [text("007"), (CellValue::Number(4.0), false), (day, false)], "a code keeps its zeros");
    assert_eq!(rows[4].1, [text("=1+1"), text("在住"), text("1850-01-01")], "a text is no formula");
    let mut enough = 0;
    book.rows("台账", |_| {
        enough += 1;
        enough < 2
    })
    .unwrap();
    assert_eq!(enough, 2);
}
