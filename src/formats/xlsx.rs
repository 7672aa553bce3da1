//! Workbooks in and out (Office Open XML, ECMA-376): a sheet as a stream of rows, each cell with its address and its type.
//!
//! A workbook is looked over before it is read (`survey`): every part is inflated once as a stream and thrown away, within the limits of
//! [`super::limits`], whatever the file claims of itself. What passes is small enough for `calamine`, which keeps the shared texts in
//! memory and the sheet not; and what `calamine` does not tell – hidden rows and columns, where formulas and merged cells are – is known.
//!
//! A merged cell's value belongs to every row that it spans, in its first column; its other columns are [`SheetCell::covered`], because
//! nobody can tell which of them it is about.

mod cell;
mod look;
mod merged;
mod part;
mod read;
mod survey;
#[cfg(test)]
mod tests;
mod write;

pub use cell::{CellAt, CellValue, SheetCell, SheetRow};
pub use read::{SheetInfo, Workbook};
pub use write::{SheetColumn, SheetOut, SheetValue, xlsx};
