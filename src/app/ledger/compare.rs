//! One row of a ledger, against what stood when it was written and what stands now.

use super::columns::Head;
use super::report::{CellProblem, ChangedField};
use super::standing::Standing;
use crate::formats::{CellAt, CellValue, SheetCell, SheetRow};
use crate::model::ledger::{CellFault, Lang, LedgerField, LedgerUse, day_of_text};

/// Digits of a number that Excel keeps: what has more is not what was typed.
const DIGITS: u8 = 15;
/// The first number of more.
const ROUNDED_FROM: f64 = 1e15;

/// A row as it was read: what stands in its cells, or why nobody can tell.
#[derive(Debug, Clone)]
pub(super) struct ReadRow {
    /// Counted from 1, as Excel does.
    pub row: u32,
    /// The code that stands in it.
    pub code: Result<Option<String>, CellProblem>,
    /// Its values by field, with their cells.
    pub values: Vec<(LedgerField, CellAt, Result<Value, CellProblem>)>,
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
            let at = row.at(cell.column);
            if cell.merged {
                return Err(CellProblem::new(at, LedgerField::Code, &cell.value.text(), CellFault::CodeMerged));
            }
            let text = plain(cell, LedgerField::Code, at)?;
            Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
        });
        let mut values = Vec::new();
        for (column, field) in head.columns.iter().filter(read).filter(|(_, field)| *field != LedgerField::Code) {
            let at = row.at(*column);
            let empty =
                SheetCell { column: *column, value: CellValue::Empty, formula: false, merged: false, covered: false };
            let value = value(row.cell(*column).unwrap_or(&empty), *field, at);
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
        for (field, at, value) in &self.values {
            match value {
                Err(problem) => compared.problems.push(problem.clone()),
                Ok(Value::Taken(ledger)) => compared.take(*field, *at, ledger.as_ref(), now, before),
                Ok(Value::Seen(ledger)) => {
                    let same = |standing: &Standing| standing.seen(*field, lang) == *ledger;
                    let other = |lang: Lang| now.seen(*field, lang) == *ledger;
                    let known = same(now) || before.is_some_and(same) || Lang::ALL.into_iter().any(other);
                    if !known && before.is_some() {
                        let text = ledger.as_deref().unwrap_or_default();
                        compared.problems.push(CellProblem::new(*at, *field, text, CellFault::NotTaken));
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
        at: CellAt,
        ledger: Option<&String>,
        now: &Standing,
        before: Option<&Standing>,
    ) {
        if now.is_closed(field) {
            if ledger.is_some() {
                self.problems.push(CellProblem::new(at, field, "", CellFault::Sealed));
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
            cell: at.to_string(),
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
fn plain(cell: &SheetCell, field: LedgerField, at: CellAt) -> Result<String, CellProblem> {
    let fault = match &cell.value {
        _ if cell.covered => CellFault::Covered,
        CellValue::Empty if cell.formula => CellFault::NotWorkedOut,
        CellValue::Error(_) => CellFault::FormulaError,
        CellValue::Boolean(_) => CellFault::YesOrNo,
        CellValue::Day(_) => CellFault::BecameDay,
        CellValue::Number(number) if number.abs() >= ROUNDED_FROM => CellFault::Rounded { digits: DIGITS },
        value => return Ok(value.text()),
    };
    Err(CellProblem::new(at, field, &cell.value.text(), fault))
}

fn value(cell: &SheetCell, field: LedgerField, at: CellAt) -> Result<Value, CellProblem> {
    if field.used() == LedgerUse::Taken {
        let text = plain(cell, field, at)?;
        let taken = field.read(&text).map_err(|fault| CellProblem::new(at, field, &text, fault))?;
        return Ok(Value::Taken(taken));
    }
    if field == LedgerField::CalledOn {
        let text = cell.value.text();
        if cell.value.is_blank() && !cell.formula {
            return Ok(Value::Seen(None));
        }
        let day = cell.value.day().or_else(|| day_of_text(&text));
        let refuse = || CellProblem::new(at, field, &text, CellFault::NotDay);
        return day.map(|day| Value::Seen(Some(day.to_string()))).ok_or_else(refuse);
    }
    let text = plain(cell, field, at)?;
    Ok(Value::Seen(Some(text.trim().to_owned()).filter(|text| !text.is_empty())))
}
