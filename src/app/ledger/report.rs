//! What the check of a ledger tells.

use super::columns::FoundColumn;
use super::origin::Origin;
use crate::formats::CellAt;
use crate::model::Code;
use crate::model::ledger::{CellFault, LedgerField, LedgerUse};
use serde::Serialize;

/// Most rows of each list, and most problems: more than a person looks through; the counts are of all.
pub(super) const LISTED: usize = 20_000;
/// Longest value that a problem repeats, characters.
const QUOTED: usize = 60;

/// What a ledger would change. Nothing was written.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerCheck {
    /// The sheet that was read.
    pub sheet: String,
    /// What the file says of itself; `None` where it does not: then nobody knows what stood in it before.
    pub origin: Option<Origin>,
    /// The number of the last change that the file was compared with.
    pub seq: u64,
    /// The columns of the table, in their order.
    pub columns: Vec<FoundColumn>,
    /// What was counted.
    pub counts: Counts,
    /// What nobody sees in Excel, and was read like everything else.
    pub hidden: Hidden,
    /// Rows in which something is another than on the map, and would be taken.
    pub changes: Vec<ChangedRow>,
    /// Rows in which something is another than on the map, where the map changed as well since the ledger was written.
    pub conflicts: Vec<ChangedRow>,
    /// Rows that are of no household of the caller's, with those that they are most like.
    pub unmatched: Vec<UnmatchedRow>,
    /// What cannot be taken, by cell.
    pub problems: Vec<CellProblem>,
}

/// What was counted in a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows below the head with anything in them.
    pub rows: u64,
    /// Rows that say what the map says.
    pub unchanged: u64,
    /// Rows in which something would be taken.
    pub changed: u64,
    /// Rows with something that both changed.
    pub conflicts: u64,
    /// Rows of no known household.
    pub unmatched: u64,
    /// Problems.
    pub problems: u64,
    /// Rows in which the map is newer, and the ledger still says what stood when it was written.
    pub newer: u64,
    /// Households that stood in the ledger when it was written and do not any more; nothing becomes of them.
    pub missing: u64,
    /// Values in columns that the map knows nothing of; they are not read.
    pub ignored: u64,
    /// Cells that are worked out by a formula: what they last came to was read.
    pub formulas: u64,
}

/// What nobody sees in Excel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Hidden {
    /// Rows.
    pub rows: u64,
    /// Letters of columns.
    pub columns: Vec<String>,
    /// Names of sheets, the one of ours left out; they were not read unless one is the sheet of the ledger.
    pub sheets: Vec<String>,
}

/// A row that differs from the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedRow {
    /// Counted from 1, as Excel does.
    pub row: u32,
    /// The household.
    pub code: Code,
    /// Its address on the map.
    pub address: Option<String>,
    /// Each value that differs.
    pub fields: Vec<ChangedField>,
}

/// A value that differs from the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedField {
    /// Which.
    pub field: LedgerField,
    /// Where it stands.
    pub cell: String,
    /// What stands on the map now.
    pub map: Option<String>,
    /// What stands in the ledger; `None` is nothing.
    pub ledger: Option<String>,
    /// What stood in both when the ledger was written; absent where nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[allow(clippy::option_option)] // nobody knows; nothing; something
    pub before: Option<Option<String>>,
}

/// A row of no household of the caller's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnmatchedRow {
    /// Counted from 1, as Excel does.
    pub row: u32,
    /// The code that stands in it.
    pub code: Option<String>,
    /// The address that stands in it.
    pub address: Option<String>,
    /// The households that it is most like, the likest first.
    pub candidates: Vec<Candidate>,
    /// Whether nobody looked for any: there are too many such rows.
    pub not_looked_for: bool,
}

/// A household that a row may be about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Which.
    pub code: Code,
    /// Its address.
    pub address: Option<String>,
    /// The name of its Area.
    pub area: Option<String>,
    /// How like, 0 to 1.
    pub score: f64,
    /// What the row would change of it.
    pub fields: Vec<ChangedField>,
}

/// What cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellProblem {
    /// Where, as Excel names it.
    pub cell: String,
    /// The letters of its column, as [`LedgerCheck::columns`] names it.
    pub column: String,
    /// In which field.
    pub field: LedgerField,
    /// What stands there, cut to a readable length; nothing of what is confided.
    pub value: String,
    /// Why it cannot be taken: its kind, and what was expected where that can be said.
    #[serde(flatten)]
    pub fault: Box<CellFault>,
    /// The same in English, and what would help.
    pub reason: String,
    /// It is in a column that is written out and not taken back.
    pub read_only: bool,
}

impl CellProblem {
    pub(super) fn new(at: CellAt, field: LedgerField, value: &str, fault: CellFault) -> CellProblem {
        let value = if field.confided().is_some() { "…" } else { value };
        let cut = value.char_indices().nth(QUOTED).map_or(value.len(), |(at, _)| at);
        let value = if cut < value.len() { format!("{}…", &value[..cut]) } else { value.to_owned() };
        let value = if value.contains(char::is_control) { value.escape_debug().to_string() } else { value };
        let (reason, read_only) = (fault.to_string(), field.used() == LedgerUse::Shown);
        let (cell, column, fault) = (at.to_string(), CellAt::letters(at.column), Box::new(fault));
        CellProblem { cell, column, field, value, fault, reason, read_only }
    }
}
