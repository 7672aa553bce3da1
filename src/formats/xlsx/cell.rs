//! Cells and where they are.

use jiff::civil::{Date, DateTime};
use std::fmt;

/// Where a cell is, counted from 0. Written as a person sees it: `C17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellAt {
    /// The row, from the top.
    pub row: u32,
    /// The column, from the left.
    pub column: u32,
}

impl CellAt {
    /// The name of a column: `A`, `Z`, `AA`.
    ///
    /// ```
    /// use melonmap::formats::CellAt;
    /// assert_eq!([0, 25, 26, 701, 702].map(CellAt::letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    /// assert_eq!(CellAt { row: 16, column: 2 }.to_string(), "C17");
    /// ```
    #[must_use]
    pub fn letters(column: u32) -> String {
        let (mut letters, mut left) = (Vec::new(), u64::from(column) + 1);
        while left > 0 {
            left -= 1;
            letters.push(char::from(b'A' + u8::try_from(left % 26).expect("below 26")));
            left /= 26;
        }
        letters.iter().rev().collect()
    }
}

impl fmt::Display for CellAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", CellAt::letters(self.column), u64::from(self.row) + 1)
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue {
    /// Nothing.
    Empty,
    /// A text, as it stands.
    Text(String),
    /// A number.
    Number(f64),
    /// A number that its format shows as a day or a time, by the workbook's own count of days (from 1900 or 1904).
    Day(DateTime),
    /// Yes or no.
    Boolean(bool),
    /// What Excel could not work out, such as `#REF!`.
    Error(String),
}

impl CellValue {
    /// As a person reads it; a whole number without a point, a day as year, month and day, with its time unless that is midnight.
    ///
    /// ```
    /// use melonmap::formats::CellValue;
    /// assert_eq!(CellValue::Number(12.0).text(), "12");
    /// assert_eq!(CellValue::Number(1.5).text(), "1.5");
    /// ```
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            CellValue::Empty => String::new(),
            CellValue::Text(text) | CellValue::Error(text) => text.clone(),
            CellValue::Number(number) => number.to_string(),
            CellValue::Day(day) if day.time() == jiff::civil::Time::midnight() => day.date().to_string(),
            CellValue::Day(day) => day.strftime("%Y-%m-%d %H:%M").to_string(),
            CellValue::Boolean(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        }
    }

    /// Whether nothing stands there, white space included.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            CellValue::Empty => true,
            CellValue::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The day, where it is one.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        if let CellValue::Day(day) = self { Some(day.date()) } else { None }
    }
}

/// A cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetCell {
    /// Its column, counted from 0.
    pub column: u32,
    /// What stands in it: of a formula what it last came to.
    pub value: CellValue,
    /// It is worked out by a formula. One that was never worked out is empty.
    pub formula: bool,
    /// Its value stands in a merged cell that begins in a row above.
    pub merged: bool,
    /// It lies under a merged cell that begins in a column before it, and has no value of its own.
    pub covered: bool,
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRow {
    /// Counted from 0.
    pub row: u32,
    /// Nobody sees it in Excel.
    pub hidden: bool,
    /// In the order of their columns; those that hold nothing may be absent.
    pub cells: Vec<SheetCell>,
}

impl SheetRow {
    /// The cell of a column, where it holds anything.
    #[must_use]
    pub fn cell(&self, column: u32) -> Option<&SheetCell> {
        self.cells.binary_search_by_key(&column, |cell| cell.column).ok().map(|at| &self.cells[at])
    }

    /// Where a column of it is.
    #[must_use]
    pub fn at(&self, column: u32) -> CellAt {
        CellAt { row: self.row, column }
    }
}
