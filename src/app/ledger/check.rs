//! A ledger back in, its first step: what it would change.

use super::super::past::Moment;
use super::super::{App, AppError, Caller};
use super::columns::Head;
use super::compare::ReadRow;
use super::desk::{Against, Desk};
use super::origin::Origin;
use super::report::{Counts, Hidden, LedgerCheck};
use crate::formats::{CellAt, Workbook};
use crate::model::ledger::{Lang, LedgerTemplate};
use crate::model::{ModelError, Right};
use bytes::Bytes;
use std::sync::Arc;

impl App {
    /// What a ledger would change, of the households that the caller may change; noted as a reading of their personal fields. Nothing is
    /// written. Memory does not grow with the file, but with what differs in it.
    ///
    /// # Errors
    /// What is no workbook, has no table of households, or says of itself that it is of another map.
    pub async fn check_ledger(&self, caller: &Caller, file: Bytes) -> Result<LedgerCheck, AppError> {
        caller.require(Right::Ledger)?;
        let (book, origin) = self
            .work(move |_| -> Result<_, AppError> {
                let mut book = Workbook::open(file)?;
                let origin = Origin::read(&mut book)?;
                Ok((book, origin))
            })
            .await??;
        let before = match &origin {
            Some(origin) => self.as_written(caller, origin).await?,
            None => None,
        };
        let caller = caller.clone();
        self.work(move |app| app.compare_ledger(&caller, book, origin.as_ref(), before.as_deref())).await?
    }

    /// The map as it was when a ledger was written; `None` where it still is so.
    async fn as_written(&self, caller: &Caller, origin: &Origin) -> Result<Option<Arc<Moment>>, AppError> {
        let (seq, name) = {
            let state = self.state.read();
            (state.seq(), state.info().name.clone())
        };
        let refuse = |value: String| {
            let expected = format!("a ledger that was written out of this map, '{name}', up to change {seq}");
            AppError::from(ModelError::new("origin", value, expected))
        };
        if origin.map != name || origin.seq > seq {
            return Err(refuse(format!("'{}', change {}", origin.map, origin.seq)));
        }
        let moment = self.past(caller, Some(origin.at)).await?;
        let stood = moment.as_ref().map_or(seq, |moment| moment.state.seq());
        // The same time, and another number: what the file says of itself is not what was written.
        if moment.is_some() && stood != origin.seq {
            return Err(refuse(format!("change {} at {}", origin.seq, origin.at)));
        }
        Ok(moment)
    }

    fn compare_ledger(
        &self,
        caller: &Caller,
        mut book: Workbook,
        origin: Option<&Origin>,
        before: Option<&Moment>,
    ) -> Result<LedgerCheck, AppError> {
        let (seq, templates, scope) = {
            let state = self.state.read();
            let area = origin.and_then(|origin| state.area(&origin.area));
            let templates: Vec<LedgerTemplate> = match area {
                Some(area) => state.ledger_template(area).into_iter().cloned().collect(),
                None => state.ledger_templates().cloned().collect(),
            };
            (state.seq(), templates, caller.scope(&state, Right::Ledger)?)
        };
        let lang = templates.first().map_or(Lang::En, |template| template.lang);
        let head = Head::find(&mut book, &templates)?;
        let against = Against {
            app: self,
            scope,
            before: before.map(|moment| &moment.state),
            known: origin.is_some(),
            campaign: origin.and_then(|origin| origin.campaign),
            lang,
            head: &head,
        };
        let mut desk = Desk::new(against, empty(&head, origin.cloned(), seq, hidden(&book, &head)));
        book.rows(&head.sheet, |row| {
            if row.row > head.row {
                if row.hidden {
                    desk.hidden();
                }
                if let Some(row) = ReadRow::of(&head, &row) {
                    desk.put(row);
                }
            }
            true
        })?;
        let (report, looked_at) = desk.finish(caller, origin);
        self.note_list(caller, "ledger", looked_at)?;
        Ok(report)
    }
}

fn empty(head: &Head, origin: Option<Origin>, seq: u64, hidden: Hidden) -> LedgerCheck {
    LedgerCheck {
        sheet: head.sheet.clone(),
        origin,
        seq,
        columns: head.found.clone(),
        counts: Counts::default(),
        hidden,
        changes: Vec::new(),
        conflicts: Vec::new(),
        unmatched: Vec::new(),
        problems: Vec::new(),
    }
}

fn hidden(book: &Workbook, head: &Head) -> Hidden {
    let unseen = |column: u32| book.hidden_columns(&head.sheet).iter().any(|(a, b)| (*a..=*b).contains(&column));
    let all = head.columns.iter().map(|(column, _)| *column).chain(head.others.iter().copied());
    let mut columns: Vec<u32> = all.filter(|column| unseen(*column)).collect();
    columns.sort_unstable();
    let sheets = book.sheets().iter().filter(|sheet| sheet.hidden && sheet.name != LedgerTemplate::ORIGIN);
    Hidden {
        rows: 0,
        columns: columns.into_iter().map(CellAt::letters).collect(),
        sheets: sheets.map(|sheet| sheet.name.clone()).collect(),
    }
}
