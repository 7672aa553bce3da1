//! Rows of no known household, and the households that they are most like. It proposes; a person decides.

use super::compare::ReadRow;
use super::report::{Candidate, UnmatchedRow};
use super::standing::Standing;
use crate::analysis::likeness::Likeness;
use crate::model::filter::loose;
use crate::model::ledger::{Lang, LedgerField};
use hashbrown::{HashMap, HashSet};

/// Rows that are looked for: more than a person decides about in an hour.
const LOOKED_FOR: usize = 500;
/// Candidates of a row.
const CANDIDATES: usize = 3;
/// How like a candidate is at least.
const LEAST: f64 = 0.55;

/// The candidates of each row among the households of the caller that no other row of the file is about.
pub(super) fn propose(rows: &[ReadRow], households: &[Standing], taken: &HashSet<String>) -> Vec<UnmatchedRow> {
    let free: Vec<&Standing> = households.iter().filter(|one| !taken.contains(one.household.code.as_str())).collect();
    let addresses = Likeness::of(free.iter().map(|one| one.household.address.as_deref().unwrap_or_default()));
    let mut forms: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, one) in free.iter().enumerate() {
        forms.entry(form(one.household.code.as_str())).or_default().push(place);
    }
    let one = |(n, row): (usize, &ReadRow)| {
        let code = row.code.as_ref().ok().cloned().flatten();
        let address = row.taken(LedgerField::Address).map(str::to_owned);
        let mut found: Vec<(usize, f64)> = Vec::new();
        if n < LOOKED_FOR {
            let same = code.as_deref().and_then(|code| forms.get(&form(code)));
            found.extend(same.into_iter().flatten().map(|place| (*place, 1.0)));
            let like = address.as_deref().map(|address| addresses.best(address, CANDIDATES, LEAST));
            for like in like.into_iter().flatten() {
                if !found.iter().any(|(place, _)| *place == like.place) {
                    found.push((like.place, like.score));
                }
            }
            found.truncate(CANDIDATES);
        }
        UnmatchedRow {
            row: row.row,
            code,
            address,
            candidates: found.into_iter().map(|(place, score)| candidate(row, free[place], score)).collect(),
            not_looked_for: n >= LOOKED_FOR,
        }
    };
    rows.iter().enumerate().map(one).collect()
}

/// A code without what Excel and hands lose of it: leading zeros, case, width, marks between.
fn form(code: &str) -> String {
    loose(code).replace(' ', "").trim_start_matches('0').to_owned()
}

fn candidate(row: &ReadRow, standing: &Standing, score: f64) -> Candidate {
    Candidate {
        code: standing.household.code.clone(),
        address: standing.household.address.clone(),
        area: standing.named.as_ref().map(|(_, name)| name.to_string()),
        score: (score * 100.0).round() / 100.0,
        fields: row.compare(standing, None, Lang::En).changes,
    }
}
