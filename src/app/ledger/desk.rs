//! Rows of a ledger as they come, each held against the map, and what is told of all of them.

use super::super::named::living;
use super::super::{App, Caller};
use super::columns::Head;
use super::compare::ReadRow;
use super::matching::propose;
use super::origin::Origin;
use super::report::{CellProblem, ChangedRow, LISTED, LedgerCheck, UnmatchedRow};
use super::standing::Standing;
use crate::formats::CellAt;
use crate::model::ledger::{CellFault, Lang, LedgerField};
use crate::model::{CampaignId, Right};
use crate::state::{Scope, State};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeSet;

/// Rows for which the map is asked at a time: the lock is let go in between.
const BATCH: usize = 2_000;
/// Households among which the likest are looked for.
const AMONG: usize = 100_000;

/// What rows are held against.
pub(super) struct Against<'a> {
    pub app: &'a App,
    pub scope: Scope,
    /// The map as it was when the file was written; `None` where it still is so, or nobody knows when that was.
    pub before: Option<&'a State>,
    /// Whether it is known when that was.
    pub known: bool,
    pub campaign: Option<CampaignId>,
    pub lang: Lang,
    pub head: &'a Head,
}

/// The rows of a ledger as they are compared.
pub(super) struct Desk<'a> {
    against: Against<'a>,
    /// In which row a code stood first.
    seen: HashMap<String, u32>,
    waiting: Vec<(String, ReadRow)>,
    unmatched: Vec<ReadRow>,
    looked_at: usize,
    report: LedgerCheck,
}

impl<'a> Desk<'a> {
    /// With a report of nothing yet.
    pub fn new(against: Against<'a>, report: LedgerCheck) -> Desk<'a> {
        Desk { against, seen: HashMap::new(), waiting: Vec::new(), unmatched: Vec::new(), looked_at: 0, report }
    }

    fn problem(&mut self, problem: CellProblem) {
        self.report.counts.problems += 1;
        if self.report.problems.len() < LISTED {
            self.report.problems.push(problem);
        }
    }

    /// Takes the next row.
    pub fn put(&mut self, row: ReadRow) {
        self.report.counts.rows += 1;
        self.report.counts.formulas += row.formulas;
        self.report.counts.ignored += row.ignored;
        match row.code.clone() {
            Err(problem) => self.problem(problem),
            Ok(None) => self.strange(row),
            Ok(Some(code)) => {
                if let Some(first) = self.seen.get(&code) {
                    let column = self.against.head.column(LedgerField::Code).unwrap_or_default();
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
            let state = self.against.app.state.read();
            let one = |(code, _): &(String, ReadRow)| {
                let one = state.listed_one(self.against.campaign, code)?;
                // A household of others and one that does not exist are told apart by nobody.
                self.against.scope.holds(one.household.area).then(|| Standing::of(&state, &one)).flatten()
            };
            waiting.iter().map(one).collect()
        };
        for ((code, row), now) in waiting.into_iter().zip(now) {
            match now {
                Some(now) => self.compare(&code, &row, &now.open(&self.against.app.keys)),
                None => self.strange(row),
            }
        }
    }

    fn compare(&mut self, code: &str, row: &ReadRow, now: &Standing) {
        self.looked_at += 1;
        let then = self.against.before.and_then(|state| {
            let one = state.listed_one(self.against.campaign, code)?;
            Standing::of(state, &one).map(|standing| standing.open(&self.against.app.keys))
        });
        // Where the map is as it was, what stands now stood then. A household that was founded since did not stand in the file.
        let before = match (self.against.known, self.against.before) {
            (false, _) => None,
            (true, None) => Some(now),
            (true, Some(_)) => then.as_ref(),
        };
        let compared = row.compare(now, before, self.against.lang);
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

    /// Counts a row that nobody sees in Excel.
    pub fn hidden(&mut self) {
        self.report.hidden.rows += 1;
    }

    /// Looks for what the rows of no household are about, and for what is not in the file any more; of how many households personal
    /// fields were looked at.
    pub fn finish(mut self, caller: &Caller, origin: Option<&Origin>) -> (LedgerCheck, usize) {
        self.look();
        let area = origin.map(|origin| origin.area.as_str());
        let (among, mut missing) = {
            let state = self.against.app.state.read();
            let within = area.and_then(|area| living(&state, area).ok());
            // What was in the file and is still the caller's.
            let stood = self.against.before.filter(|_| self.against.known).unwrap_or(&state);
            let scope = caller.scope(stood, Right::Ledger).unwrap_or(Scope::Areas(BTreeSet::new()));
            let then = area.and_then(|area| stood.area(area));
            let listed = then.and_then(|area| stood.listed(None, Some(area), &scope, usize::MAX));
            let gone = |code: &str| !self.seen.contains_key(code);
            let missing = listed.map_or(0, |all| all.iter().filter(|one| gone(one.household.code)).count());
            let among = if self.unmatched.is_empty() {
                Vec::new()
            } else {
                let all = state.listed(None, within, &self.against.scope, AMONG).unwrap_or_default();
                all.iter().filter_map(|one| Standing::of(&state, one)).collect()
            };
            (among, missing as u64)
        };
        if !self.against.known {
            missing = 0;
        }
        self.report.counts.missing = missing;
        let among: Vec<Standing> = among.into_iter().map(|one: Standing| one.open(&self.against.app.keys)).collect();
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
