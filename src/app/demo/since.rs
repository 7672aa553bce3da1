//! What happened to the demo's households and visits since: houses pulled down and built, visits corrected and withdrawn.

use super::SAMPLE_MARK;
use crate::app::AppError;
use crate::model::{CampaignId, Change, Code, Confided, Household, Outcome, Status, TargetChange, Visit, VisitEnd};
use crate::state::{HouseholdView, State};
use rand::{RngExt, rngs::StdRng};
use std::sync::Arc;

/// Households that are gone since the targets were fixed, and as many new ones.
const GONE: usize = 5;
/// Of both, those on whom somebody decided.
const DECIDED: usize = 2;
/// The first households confide something, and are left alone.
const FIRST: usize = 400;
/// Visits that never took place; the others were corrected.
const WITHDRAWN: usize = 2;

/// Houses that were pulled down or built since; somebody has decided on some of them.
pub fn come_and_gone(state: &State) -> Result<Vec<Change>, AppError> {
    let all: Vec<HouseholdView<'_>> =
        state.households().filter(|one| one.status == Status::Occupied && one.address.is_some()).collect();
    let (mut changes, mut gone, mut new) = (Vec::new(), Vec::new(), Vec::new());
    let apart = (all.len().saturating_sub(FIRST) / GONE).max(1);
    for (n, one) in all.iter().skip(FIRST).step_by(apart).take(GONE).enumerate() {
        let (at, code, built) = (one.at, Code::new(one.code)?, Code::new(&format!("SAMPLE-{}", n + 1))?);
        gone.push(code.clone());
        new.push(built.clone());
        // The same people move back in; what they confided was of the old house.
        let household = |code: Code, address: Option<String>, status: Status| {
            let (persons, confided) = (one.persons, Confided::default());
            Change::HouseholdPut(Household { code, at, address, status, persons, confided })
        };
        changes.push(household(code, one.address.map(str::to_owned), Status::Demolished));
        changes.push(household(built, one.address.map(|text| format!("{text} · {SAMPLE_MARK}")), Status::Occupied));
    }
    gone.truncate(DECIDED);
    new.truncate(DECIDED);
    let reason = format!("{SAMPLE_MARK}: pulled down, and built anew 拆除重建");
    let decision = TargetChange { campaign: CampaignId(2), all: false, add: new, remove: gone, reason };
    changes.push(Change::TargetChanged(decision.check()?));
    Ok(changes)
}

/// Visits that never took place, and others that are corrected by who made them.
pub fn mended(visits: Vec<(Arc<str>, Visit)>, rng: &mut StdRng) -> Result<Vec<(Arc<str>, Change)>, AppError> {
    let mut mended = Vec::with_capacity(visits.len());
    for (n, (author, visit)) in visits.into_iter().enumerate() {
        let change = if n < WITHDRAWN {
            let reason = format!("{SAMPLE_MARK}: logged at the wrong door 记错了门牌");
            Change::VisitWithdrawn(VisitEnd { id: visit.id, reason }.check()?)
        } else {
            let id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
            let right = Visit { id, outcome: Outcome::Partly, corrects: Some(visit.id), ..visit };
            Change::VisitMade(right.check()?)
        };
        mended.push((author, change));
    }
    Ok(mended)
}
