//! Workbooks in.

use super::super::FormatError;
use super::super::error::quoted;
use super::super::limits::{XLSX_COLUMNS, XLSX_SHEETS};
use super::cell::{CellValue, SheetCell, SheetRow};
use super::merged::Under;
use super::survey::{SheetFacts, Survey, survey};
use bytes::Bytes;
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use jiff::civil::DateTime;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Days from the end of 1899 up to which Excel knows dates: 9999-12-31.
const LAST_DAY: f64 = 2_958_466.0;

/// A sheet as a workbook lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetInfo {
    /// As its tab says.
    pub name: String,
    /// Nobody sees it in Excel.
    pub hidden: bool,
}

/// A workbook that was looked over and can be read.
pub struct Workbook {
    book: Xlsx<Cursor<Bytes>>,
    survey: Survey,
    sheets: Vec<SheetInfo>,
}

impl Workbook {
    /// Looks a file over and reads what its sheets share. Memory: the shared texts, within [`super::super::limits`].
    ///
    /// # Errors
    /// [`FormatError::Xlsx`] for what is no workbook, is encrypted, or asks for more than is read.
    pub fn open(file: Bytes) -> Result<Workbook, FormatError> {
        let survey = survey(&file)?;
        let book = guarded(|| Xlsx::new(Cursor::new(file)))?;
        let sheets: Vec<SheetInfo> = book
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| SheetInfo { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible })
            .collect();
        if sheets.len() > XLSX_SHEETS {
            return Err(FormatError::Xlsx(format!("it has {} sheets, at most {XLSX_SHEETS} are read", sheets.len())));
        }
        Ok(Workbook { book, survey, sheets })
    }

    /// Its sheets in their order.
    #[must_use]
    pub fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    /// First and last column, counted from 0, of those of a sheet that nobody sees.
    #[must_use]
    pub fn hidden_columns(&self, sheet: &str) -> &[(u32, u32)] {
        self.survey.get(sheet).map_or(&[], |facts| &facts.hidden_columns)
    }

    /// Calls `each` with the rows of a sheet that are written down, in their order, until it says that it has enough. Memory does not
    /// grow with the sheet.
    ///
    /// # Errors
    /// [`FormatError::Xlsx`] for a sheet that is not there or cannot be read on.
    pub fn rows(&mut self, sheet: &str, mut each: impl FnMut(SheetRow) -> bool) -> Result<(), FormatError> {
        let none = SheetFacts::default();
        let facts = self.survey.get(sheet).unwrap_or(&none);
        let book = &mut self.book;
        let mut cells = guarded(|| book.worksheet_cells_reader(sheet))?;
        let (mut under, mut formulas) = (Under::new(&facts.merged), facts.formulas.iter().copied().peekable());
        let mut give = |row: u32, mut cells: Vec<SheetCell>| -> Result<bool, FormatError> {
            let crossed =
                || FormatError::Xlsx(format!("merged cells lie over one another in row {}", u64::from(row) + 1));
            under.row(row, &mut cells, XLSX_COLUMNS).ok_or_else(crossed)?;
            Ok(each(SheetRow { row, hidden: facts.hidden_rows.binary_search(&row).is_ok(), cells }))
        };
        let mut open: Option<(u32, Vec<SheetCell>)> = None;
        while let Some(cell) = guarded(|| cells.next_cell())? {
            let (row, column) = cell.get_position();
            if open.as_ref().is_some_and(|(before, _)| *before != row)
                && let Some((before, cells)) = open.take()
                && !give(before, cells)?
            {
                return Ok(());
            }
            while formulas.next_if(|at| *at < (row, column)).is_some() {}
            let formula = formulas.next_if(|at| *at == (row, column)).is_some();
            let value = value(cell.get_value());
            let cell = SheetCell { column, value, formula, merged: false, covered: false };
            open.get_or_insert_with(|| (row, Vec::new())).1.push(cell);
        }
        if let Some((row, cells)) = open {
            give(row, cells)?;
        }
        Ok(())
    }
}

/// What `calamine` gives for a file of strangers: where it panics, the file is at fault, and nobody else is to notice.
fn guarded<T>(read: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, FormatError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(XlsxError::Password)) => {
            Err(FormatError::Xlsx("it is encrypted: save it as .xlsx without a password".into()))
        }
        Ok(Err(error)) => Err(FormatError::Xlsx(quoted(&error.to_string()))),
        Err(_) => Err(FormatError::Xlsx("it is built as no workbook is".into())),
    }
}

#[allow(clippy::cast_precision_loss)] // a number of Excel is a float, whatever was written down
fn value(data: &DataRef<'_>) -> CellValue {
    match data {
        DataRef::Empty => CellValue::Empty,
        DataRef::SharedString(text) => CellValue::Text((*text).to_owned()),
        DataRef::String(text) | DataRef::DurationIso(text) => CellValue::Text(text.clone()),
        DataRef::Int(number) => CellValue::Number(*number as f64),
        DataRef::Float(number) => CellValue::Number(*number),
        DataRef::Bool(yes) => CellValue::Boolean(*yes),
        DataRef::Error(error) => CellValue::Error(error.to_string()),
        DataRef::DateTimeIso(text) => {
            text.parse::<DateTime>().map_or_else(|_| CellValue::Text(text.clone()), CellValue::Day)
        }
        DataRef::DateTime(count) => {
            let serial = count.as_f64();
            let day = || {
                let (year, month, day, hour, minute, second, _) = count.to_ymd_hms_milli();
                let small = |n: u8| i8::try_from(n).ok();
                DateTime::new(
                    i16::try_from(year).ok()?,
                    small(month)?,
                    small(day)?,
                    small(hour)?,
                    small(minute)?,
                    small(second)?,
                    0,
                )
                .ok()
            };
            let known = count.is_datetime() && (0.0..LAST_DAY).contains(&serial);
            known.then(day).flatten().map_or(CellValue::Number(serial), CellValue::Day)
        }
    }
}
