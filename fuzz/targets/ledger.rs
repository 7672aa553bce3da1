//! Workbooks that are brought back: whatever they hold, opening one ends with a reason that fits a line or with rows in their order, in the
//! same way each time; and what stands in a cell is refused or read as something that is read again as itself.
#![no_main]

mod parts;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use melonmap::formats::limits::{XLSX_COLUMNS, XLSX_SHEETS};
use melonmap::formats::{FormatError, SheetRow, Workbook};
use melonmap::model::ledger::{CellFault, LedgerField, day_of_text, header_key};

/// Most rows that are looked at: a bomb is as bad in its first hundred.
const ROWS: usize = 100;
/// Longest reason, bytes, besides what the file itself names.
const REASON: usize = 1_000;

fuzz_target!(|data: &[u8]| {
    let Some(file) = parts::workbook(data) else { return };
    let read = sheets(&file);
    assert_eq!(format!("{read:?}"), format!("{:?}", sheets(&file)), "the same each time");
    match read {
        Ok(sheets) => sheets.iter().for_each(|(_, rows)| sound(rows)),
        Err(error) => told(&error, file.len()),
    }
});

type Sheet = (String, Result<Vec<SheetRow>, String>);

/// The first rows of each sheet.
fn sheets(file: &[u8]) -> Result<Vec<Sheet>, FormatError> {
    let mut book = Workbook::open(Bytes::copy_from_slice(file))?;
    let names: Vec<String> = book.sheets().iter().map(|sheet| sheet.name.clone()).collect();
    assert!(names.len() <= XLSX_SHEETS, "{} sheets", names.len());
    let mut sheets = Vec::new();
    for name in names {
        let mut rows = Vec::new();
        let ended = book.rows(&name, |row| {
            assert!(rows.len() < ROWS, "it said that it has enough");
            rows.push(row);
            rows.len() < ROWS
        });
        if let Err(error) = &ended {
            told(error, file.len());
        }
        sheets.push((name, ended.map(|()| rows).map_err(|error| error.to_string())));
    }
    Ok(sheets)
}

fn told(error: &FormatError, length: usize) {
    let reason = error.to_string();
    assert!(!reason.is_empty() && reason.len() < REASON + length, "{reason}");
}

fn sound(rows: &Result<Vec<SheetRow>, String>) {
    let Ok(rows) = rows else { return };
    assert!(rows.is_sorted_by(|a, b| a.row < b.row), "rows in their order");
    for row in rows {
        assert!(row.cells.is_sorted_by(|a, b| a.column < b.column), "cells in their order: {row:?}");
        for cell in &row.cells {
            assert!(cell.column <= XLSX_COLUMNS, "{cell:?}");
            assert_eq!(row.cell(cell.column), Some(cell));
            let at = row.at(cell.column).to_string();
            assert!(at.len() <= 10 && at.ends_with(|c: char| c.is_ascii_digit()), "{at}");
            assert!(!cell.covered || cell.value.is_blank(), "a covered cell has nothing of its own: {cell:?}");
            written(&cell.value.text());
        }
    }
}

/// What a person wrote in a cell, as each field would take it.
fn written(text: &str) {
    let _ = LedgerField::of_header(text);
    assert!(!header_key(text).contains(' '));
    if let Some(day) = day_of_text(text) {
        assert_eq!(day_of_text(&day.to_string()), Some(day), "{text:?}");
    }
    for field in LedgerField::TAKEN {
        match field.read(text) {
            Ok(Some(kept)) => assert_eq!(field.read(&kept).as_ref(), Ok(&Some(kept)), "{field:?} {text:?}"),
            Ok(None) => assert!(text.trim().is_empty(), "{field:?} takes {text:?} for nothing"),
            Err(fault) => {
                assert!(CellFault::KINDS.contains(&fault.kind()));
                let refusal = fault.refusal(field, text).to_string();
                assert!(refusal.starts_with(field.as_str()) && refusal.len() < REASON, "{refusal}");
            }
        }
    }
}
