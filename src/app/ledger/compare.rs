//! One row of a ledger, against what stood when it was written and what stands now.

use super::columns::Head;
use super::report::{CellProblem, ChangedField};
use super::standing::Standing;
use crate::formats::{CellValue, SheetCell, SheetRow};
use crate::model::ledger::{Lang, LedgerField, LedgerUse, day_of_text};

/// Excel keeps fifteen digits of a number: what has more is not what was typed.
const ROUNDED_FROM: f64 = 1e15;

/// A row as it was read: what stands in its cells, or why nobody can tell.
#[derive(Debug, Clone)]
pub(super) struct ReadRow {
    /// Counted from 1, as Excel does.
    pub row: u32,
    /// The code that stands in it.
    pub code: Result<Option<String>, CellProblem>,
    /// Its values by field, with their cells.
    pub values: Vec<(LedgerField, String, Result<Value, CellProblem>)>,
    /// How many of its cells are formulas.
    pub formulas: u64,
    /// How many values it has in columns that the map knows nothing of.
    pub ignored: u64,
}

/// A value of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Of a field that a ledger changes, as the map keeps it.
    Taken(Option<String>),
    /// Of one that it does not, as a person reads it; a day as year, month and day.
    Seen(Option<String>),
}

impl ReadRow {
    /// Reads a row; `None` where nothing stands in the columns of the map.
    pub fn of(head: &Head, row: &SheetRow) -> Option<ReadRow> {
        let blank = |column: u32| row.cell(column).is_none_or(|cell| cell.value.is_blank() && !cell.formula);
        let read = |(_, field): &&(u32, LedgerField)| field.used() != LedgerUse::Nothing;
        if head.columns.iter().filter(read).all(|(column, _)| blank(*column)) {
            return None;
        }
        let code = head.column(LedgerField::Code).and_then(|column| row.cell(column));
        let code = code.map_or(Ok(None), |cell| {
            let at = row.at(cell.column).to_string();
            if cell.merged {
                let reason = "the code is merged over several rows: give each row its own, or delete the row";
                return Err(CellProblem::new(at, LedgerField::Code, &cell.value.text(), reason));
            }
            let text = plain(cell, LedgerField::Code, &at)?;
            Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
        });
        let mut values = Vec::new();
        for (column, field) in head.columns.iter().filter(read).filter(|(_, field)| *field != LedgerField::Code) {
            let at = row.at(*column).to_string();
            let empty =
                SheetCell { column: *column, value: CellValue::Empty, formula: false, merged: false, covered: false };
            let value = value(row.cell(*column).unwrap_or(&empty), *field, &at);
            values.push((*field, at, value));
        }
        let formulas = row.cells.iter().filter(|cell| cell.formula).count() as u64;
        let ignored = head.others.iter().filter(|column| !blank(**column)).count() as u64;
        Some(ReadRow { row: row.row + 1, code, values, formulas, ignored })
    }

    /// The text of a field that a ledger changes, where it could be read.
    pub fn taken(&self, wanted: LedgerField) -> Option<&str> {
        self.values.iter().find_map(|(field, _, value)| match value {
            Ok(Value::Taken(text)) if *field == wanted => text.as_deref(),
            _ => None,
        })
    }

    /// What of it differs from a household as it stands, and was not told by `before` to be the map's own news.
    pub fn compare(&self, now: &Standing, before: Option<&Standing>, lang: Lang) -> Compared {
        let mut compared = Compared::default();
        for (field, cell, value) in &self.values {
            match value {
                Err(problem) => compared.problems.push(problem.clone()),
                Ok(Value::Taken(ledger)) => compared.take(*field, cell, ledger.as_ref(), now, before),
                Ok(Value::Seen(ledger)) => {
                    let same = |standing: &Standing| standing.seen(*field, lang) == *ledger;
                    let other = |lang: Lang| now.seen(*field, lang) == *ledger;
                    let known = same(now) || before.is_some_and(same) || Lang::ALL.into_iter().any(other);
                    if !known && before.is_some() {
                        let text = ledger.as_deref().unwrap_or_default();
                        let reason = "the map does not take this column back: what was changed here is not stored";
                        let problem = CellProblem::new(cell.clone(), *field, text, reason);
                        compared.problems.push(CellProblem { read_only: true, ..problem });
                    }
                }
            }
        }
        compared
    }
}

/// How a row differs.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub changes: Vec<ChangedField>,
    pub conflicts: Vec<ChangedField>,
    pub problems: Vec<CellProblem>,
    /// The map is newer in some field, and the ledger says what stood before.
    pub newer: bool,
}

impl Compared {
    fn take(
        &mut self,
        field: LedgerField,
        cell: &str,
        ledger: Option<&String>,
        now: &Standing,
        before: Option<&Standing>,
    ) {
        if now.is_closed(field) {
            if ledger.is_some() {
                let reason = "something stands here on the map that no key at hand opens: it is not overwritten unseen";
                self.problems.push(CellProblem::new(cell.to_owned(), field, "", reason));
            }
            return;
        }
        let map = now.text(field);
        if map.as_ref() == ledger {
            return;
        }
        let was = before.filter(|before| !before.is_closed(field)).map(|before| before.text(field));
        let differs = ChangedField {
            field,
            cell: cell.to_owned(),
            map: map.clone(),
            ledger: ledger.cloned(),
            before: was.clone(),
        };
        match was {
            Some(was) if was.as_ref() == ledger => self.newer = true,
            Some(was) if was != map => self.conflicts.push(differs),
            _ => self.changes.push(differs),
        }
    }
}

/// The text of a cell; why nobody can tell it, where that is so.
fn plain(cell: &SheetCell, field: LedgerField, at: &str) -> Result<String, CellProblem> {
    let refuse = |reason: &str| Err(CellProblem::new(at.to_owned(), field, &cell.value.text(), reason));
    if cell.covered {
        return refuse("it lies under a cell that is merged over several columns: split that");
    }
    match &cell.value {
        CellValue::Empty if cell.formula => {
            refuse("a formula that was never worked out: open the file in Excel and save it")
        }
        CellValue::Error(_) => refuse("Excel could not work it out"),
        CellValue::Boolean(_) => refuse("a yes or no: expected a text"),
        CellValue::Day(_) => refuse("Excel has made a day of it: format the column as text and type it again"),
        CellValue::Number(number) if number.abs() >= ROUNDED_FROM => refuse(
            "a number of more than 15 digits, which Excel has rounded: format the column as text and type it again",
        ),
        value => Ok(value.text()),
    }
}

fn value(cell: &SheetCell, field: LedgerField, at: &str) -> Result<Value, CellProblem> {
    if field.used() == LedgerUse::Taken {
        let text = plain(cell, field, at)?;
        let taken = field.read(&text).map_err(|e| CellProblem::of_model(at.to_owned(), field, &e))?;
        return Ok(Value::Taken(taken));
    }
    if field == LedgerField::CalledOn {
        let text = cell.value.text();
        if cell.value.is_blank() && !cell.formula {
            return Ok(Value::Seen(None));
        }
        let day = cell.value.day().or_else(|| day_of_text(&text));
        let refuse = || {
            let reason = "expected a day, such as 2026-10-05, 2026年10月5日 or 5.10.2026";
            CellProblem { read_only: true, ..CellProblem::new(at.to_owned(), field, &text, reason) }
        };
        return day.map(|day| Value::Seen(Some(day.to_string()))).ok_or_else(refuse);
    }
    let text = plain(cell, field, at).map_err(|problem| CellProblem { read_only: true, ..problem })?;
    Ok(Value::Seen(Some(text.trim().to_owned()).filter(|text| !text.is_empty())))
}
