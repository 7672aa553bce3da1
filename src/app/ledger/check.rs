//! A ledger back in, its first step: what it would change.

use super::super::past::Moment;
use super::super::read::living;
use super::super::{App, AppError, Caller};
use super::columns::Head;
use super::compare::ReadRow;
use super::matching::propose;
use super::origin::Origin;
use super::report::{CellProblem, ChangedRow, Counts, Hidden, LISTED, LedgerCheck, UnmatchedRow};
use super::standing::Standing;
use crate::formats::{CellAt, Workbook};
use crate::model::ledger::{CellFault, Lang, LedgerField, LedgerTemplate};
use crate::model::{ModelError, Right};
use crate::state::{Scope, State};
use bytes::Bytes;
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// Rows for which the map is asked at a time: the lock is let go in between.
const BATCH: usize = 2_000;
/// Households among which the likest are looked for.
const AMONG: usize = 100_000;

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
        let mut desk = Desk {
            app: self,
            scope,
            before: before.map(|moment| &moment.state),
            known: origin.is_some(),
            campaign: origin.and_then(|origin| origin.campaign),
            lang,
            head: &head,
            seen: HashMap::new(),
            waiting: Vec::new(),
            unmatched: Vec::new(),
            looked_at: 0,
            report: empty(&head, origin.cloned(), seq, hidden(&book, &head)),
        };
        book.rows(&head.sheet, |row| {
            if row.row > head.row {
                desk.report.hidden.rows += u64::from(row.hidden);
                if let Some(row) = ReadRow::of(&head, &row) {
                    desk.put(row);
                }
            }
            true
        })?;
        desk.look();
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

/// The rows of a ledger as they are compared.
struct Desk<'a> {
    app: &'a App,
    scope: Scope,
    /// The map as it was when the file was written; `None` where it still is so, or nobody knows when that was.
    before: Option<&'a State>,
    /// Whether it is known when that was.
    known: bool,
    campaign: Option<crate::model::CampaignId>,
    lang: Lang,
    head: &'a Head,
    /// In which row a code stood first.
    seen: HashMap<String, u32>,
    waiting: Vec<(String, ReadRow)>,
    unmatched: Vec<ReadRow>,
    looked_at: usize,
    report: LedgerCheck,
}

impl Desk<'_> {
    fn problem(&mut self, problem: CellProblem) {
        self.report.counts.problems += 1;
        if self.report.problems.len() < LISTED {
            self.report.problems.push(problem);
        }
    }

    /// Takes the next row.
    fn put(&mut self, row: ReadRow) {
        self.report.counts.rows += 1;
        self.report.counts.formulas += row.formulas;
        self.report.counts.ignored += row.ignored;
        match row.code.clone() {
            Err(problem) => self.problem(problem),
            Ok(None) => self.strange(row),
            Ok(Some(code)) => {
                if let Some(first) = self.seen.get(&code) {
                    let column = self.head.column(LedgerField::Code).unwrap_or_default();
                    let (at, fault) =
                        (CellAt { row: row.row - 1, column }, CellFault::CodeRepeated { first_row: *first });
                    self.problem(CellProblem::new(at, LedgerField::Code, &code, fault));
                    return;
                }
                self.seen.insert(code.clone(), row.row);
                self.waiting.push((code, row));
                if self.waiting.len() >= BATCH {
                    self.look();
                }
            }
        }
    }

    /// A row of no household of the caller's.
    fn strange(&mut self, row: ReadRow) {
        self.report.counts.unmatched += 1;
        if self.unmatched.len() < LISTED {
            self.unmatched.push(row);
        }
    }

    /// Asks the map about the rows that wait.
    fn look(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let now: Vec<Option<Standing>> = {
            let state = self.app.state.read();
            let one = |(code, _): &(String, ReadRow)| {
                let one = state.listed_one(self.campaign, code)?;
                // A household of others and one that does not exist are told apart by nobody.
                self.scope.holds(one.household.area).then(|| Standing::of(&state, &one)).flatten()
            };
            waiting.iter().map(one).collect()
        };
        for ((code, row), now) in waiting.into_iter().zip(now) {
            match now {
                Some(now) => self.compare(&code, &row, &now.open(&self.app.keys)),
                None => self.strange(row),
            }
        }
    }

    fn compare(&mut self, code: &str, row: &ReadRow, now: &Standing) {
        self.looked_at += 1;
        let then = self.before.and_then(|state| {
            let one = state.listed_one(self.campaign, code)?;
            Standing::of(state, &one).map(|standing| standing.open(&self.app.keys))
        });
        // Where the map is as it was, what stands now stood then. A household that was founded since did not stand in the file.
        let before = match (self.known, self.before) {
            (false, _) => None,
            (true, None) => Some(now),
            (true, Some(_)) => then.as_ref(),
        };
        let compared = row.compare(now, before, self.lang);
        let line = |fields| ChangedRow {
            row: row.row,
            code: now.household.code.clone(),
            address: now.household.address.clone(),
            fields,
        };
        let counts = &mut self.report.counts;
        counts.newer += u64::from(compared.newer);
        let same = compared.changes.is_empty() && compared.conflicts.is_empty() && compared.problems.is_empty();
        counts.unchanged += u64::from(same && !compared.newer);
        if !compared.changes.is_empty() {
            counts.changed += 1;
            if self.report.changes.len() < LISTED {
                self.report.changes.push(line(compared.changes));
            }
        }
        if !compared.conflicts.is_empty() {
            self.report.counts.conflicts += 1;
            if self.report.conflicts.len() < LISTED {
                self.report.conflicts.push(line(compared.conflicts));
            }
        }
        for problem in compared.problems {
            self.problem(problem);
        }
    }

    /// Looks for what the rows of no household are about, and for what is not in the file any more; of how many households personal
    /// fields were looked at.
    fn finish(mut self, caller: &Caller, origin: Option<&Origin>) -> (LedgerCheck, usize) {
        let area = origin.map(|origin| origin.area.as_str());
        let (among, mut missing) = {
            let state = self.app.state.read();
            let within = area.and_then(|area| living(&state, area).ok());
            // What was in the file and is still the caller's.
            let stood = self.before.filter(|_| self.known).unwrap_or(&state);
            let scope = caller.scope(stood, Right::Ledger).unwrap_or(Scope::Areas(std::collections::BTreeSet::new()));
            let then = area.and_then(|area| stood.area(area));
            let listed = then.and_then(|area| stood.listed(None, Some(area), &scope, usize::MAX));
            let gone = |code: &str| !self.seen.contains_key(code);
            let missing = listed.map_or(0, |all| all.iter().filter(|one| gone(one.household.code)).count());
            let among = if self.unmatched.is_empty() {
                Vec::new()
            } else {
                let all = state.listed(None, within, &self.scope, AMONG).unwrap_or_default();
                all.iter().filter_map(|one| Standing::of(&state, one)).collect()
            };
            (among, missing as u64)
        };
        if !self.known {
            missing = 0;
        }
        self.report.counts.missing = missing;
        let among: Vec<Standing> = among.into_iter().map(|one: Standing| one.open(&self.app.keys)).collect();
        let taken: HashSet<String> = self.seen.keys().cloned().collect();
        // Those with a code waited for the map; those without did not.
        self.unmatched.sort_by_key(|row| row.row);
        let unmatched: Vec<UnmatchedRow> = propose(&self.unmatched, &among, &taken);
        self.looked_at += unmatched.iter().map(|row| row.candidates.len()).sum::<usize>();
        for row in std::mem::take(&mut self.unmatched) {
            // What cannot be read in a row of nobody is told as well: whoever picks a household should know.
            for problem in row.values.into_iter().filter_map(|(.., value)| value.err()) {
                self.problem(problem);
            }
        }
        self.report.unmatched = unmatched;
        (self.report, self.looked_at)
    }
}
