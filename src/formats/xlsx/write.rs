//! Workbooks out: a table for people, and a sheet that nobody sees with what it was made from.

use super::super::FormatError;
use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Workbook, Worksheet, XlsxError,
};

/// A column of a sheet.
#[derive(Debug, Clone)]
pub struct SheetColumn {
    /// At its head.
    pub header: String,
    /// How wide, characters.
    pub width: u16,
    /// The words that may be entered; empty for any.
    pub words: Vec<String>,
    /// Whole numbers from nothing to so much may be entered; `None` for any.
    pub most: Option<u16>,
    /// What is entered here is not taken back: it is written in grey.
    pub shown_only: bool,
}

/// A value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetValue {
    /// None.
    Empty,
    /// A text; it stays one, so that a code keeps its leading zeros.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Day(Date),
}

impl From<Option<String>> for SheetValue {
    fn from(text: Option<String>) -> SheetValue {
        text.map_or(SheetValue::Empty, SheetValue::Text)
    }
}

/// A sheet without its rows.
#[derive(Debug, Clone)]
pub struct SheetOut<'a> {
    /// At its tab.
    pub name: &'a str,
    /// Lines above the table.
    pub title: Vec<String>,
    /// In their order.
    pub columns: Vec<SheetColumn>,
    /// The name of the sheet that says what this one was made from, and what it says, by name.
    pub origin: Option<(&'a str, Vec<(String, String)>)>,
}

/// The grey of what is not taken back.
const GREY: Color = Color::RGB(0x66_66_66);
/// The ground of the head.
const GROUND: Color = Color::RGB(0xE8_EE_EC);
/// Paper of ISO 216 A4, by Excel's number for it.
const A4: u8 = 9;

/// A workbook with a sheet: its head stays in sight and has filters; texts are texts, days are days. It is built in memory, some
/// 100 bytes a cell: nothing of it touches a disk.
///
/// # Errors
/// [`FormatError::Xlsx`] for more rows or longer texts than Excel takes.
pub fn xlsx(sheet: &SheetOut<'_>, rows: impl Iterator<Item = Vec<SheetValue>>) -> Result<Vec<u8>, FormatError> {
    build(sheet, rows).map_err(|e| FormatError::Xlsx(format!("cannot be written: {e}")))
}

fn build(sheet: &SheetOut<'_>, rows: impl Iterator<Item = Vec<SheetValue>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name(sheet.name)?;
    let head = u32::try_from(sheet.title.len()).unwrap_or(u32::MAX);
    for (row, line) in (0..).zip(&sheet.title) {
        let format =
            if row == 0 { Format::new().set_bold().set_font_size(14) } else { Format::new().set_font_color(GREY) };
        page.write_string_with_format(row, 0, line, &format)?;
    }
    let formats: Vec<[Format; 2]> = sheet.columns.iter().map(formats).collect();
    let bold = Format::new()
        .set_bold()
        .set_background_color(GROUND)
        .set_border_bottom(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    for ((column, one), [format, _]) in (0..).zip(&sheet.columns).zip(&formats) {
        page.set_column_width(column, f64::from(one.width))?;
        page.set_column_format(column, format)?;
        page.write_string_with_format(head, column, &one.header, &bold)?;
    }
    let mut row = head;
    for values in rows {
        row += 1;
        for ((column, value), [plain, day]) in (0..).zip(values).zip(&formats) {
            match value {
                SheetValue::Empty => continue,
                SheetValue::Text(text) => page.write_string_with_format(row, column, text, plain)?,
                SheetValue::Number(number) => page.write_number_with_format(row, column, number, plain)?,
                SheetValue::Day(date) => {
                    let parts = (u16::try_from(date.year()), u8::try_from(date.month()), u8::try_from(date.day()));
                    // Excel counts days from 1900 on.
                    let (Ok(y @ 1900..), Ok(m), Ok(d)) = parts else {
                        page.write_string_with_format(row, column, date.to_string(), plain)?;
                        continue;
                    };
                    page.write_datetime_with_format(row, column, ExcelDateTime::from_ymd(y, m, d)?, day)?
                }
            };
        }
    }
    let last = u16::try_from(sheet.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    page.set_freeze_panes(head + 1, 0)?;
    page.autofilter(head, 0, row, last)?;
    page.set_repeat_rows(head, head)?;
    page.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    if row > head {
        for (column, one) in (0..).zip(&sheet.columns) {
            validate(page, one, head + 1, column, row)?;
        }
    }
    if let Some((name, lines)) = &sheet.origin {
        let page = book.add_worksheet();
        page.set_name(*name)?.set_very_hidden(true);
        for (row, (key, value)) in (0..).zip(lines) {
            page.write_string(row, 0, key)?.write_string(row, 1, value)?;
        }
    }
    book.save_to_buffer()
}

/// The format of a column's cells, and that of its days.
fn formats(column: &SheetColumn) -> [Format; 2] {
    let plain = Format::new().set_align(FormatAlign::Top);
    let plain = if column.shown_only { plain.set_font_color(GREY) } else { plain };
    let day = plain.clone().set_num_format("yyyy\\-mm\\-dd");
    let plain = if column.most.is_some() { plain.set_num_format("0") } else { plain.set_num_format("@") };
    [if column.width > WRAPS { plain.set_text_wrap() } else { plain }, day]
}

/// Columns that are wider than this hold sentences, characters.
const WRAPS: u16 = 28;

/// Offers the words of a column, and warns of others: an office may know better, and the check of what comes back names them.
fn validate(page: &mut Worksheet, column: &SheetColumn, first: u32, at: u16, last: u32) -> Result<(), XlsxError> {
    let rule = DataValidation::new().set_error_style(DataValidationErrorStyle::Warning);
    let rule = match column.most {
        _ if !column.words.is_empty() => rule.allow_list_strings(&column.words)?,
        Some(most) => rule.allow_whole_number(DataValidationRule::Between(0, i32::from(most))),
        None => return Ok(()),
    };
    page.add_data_validation(first, at, last, at, &rule)?;
    Ok(())
}
