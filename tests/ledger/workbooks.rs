//! Workbooks as the tests make, read and change them.

use melonmap::formats::{CellValue, Workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook as Book, Worksheet};
use std::collections::HashMap;

/// A workbook as somebody makes one by hand.
pub struct Sheet {
    pub book: Book,
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
pub fn cells(file: &[u8], sheet: &str) -> HashMap<String, CellValue> {
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
pub fn edited(file: &[u8], edits: &[(&str, &str)]) -> Vec<u8> {
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
