//! Plans that were shown and may be taken, or taken back.

use super::field::{Field, Part};
use super::made::AssignmentPlan;
use crate::model::{Code, UserName};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::MutexGuard;

/// So many plans are kept; of a county each is some two megabytes at most.
const KEPT: usize = 32;

/// The latest plans, in memory only: after a restart there is none.
#[derive(Default)]
pub(in crate::app) struct Plans {
    kept: Mutex<VecDeque<(String, Arc<Kept>)>>,
    turn: tokio::sync::Mutex<()>,
}

/// What is needed to take a plan, and to take it back.
pub struct Kept {
    pub team: Code,
    pub part: Part,
    pub basis: String,
    /// Households that are to have another caller: which, who calls now, and who is to.
    pub moves: Vec<(Code, Option<String>, UserName)>,
}

impl Kept {
    /// Of a plan and the field that it was made of.
    pub fn new(field: Field, part: Part, plan: &AssignmentPlan) -> Kept {
        let (basis, team) = (field.basis(), field.team);
        let moves = field.doors.into_iter().zip(&plan.households);
        let moves = moves.filter(|(door, one)| door.caller.as_deref() != Some(one.to.as_str()));
        let moves = moves.map(|(door, one)| (door.code, door.caller, one.to.clone())).collect();
        Kept { team, part, basis, moves }
    }

    /// Whether everybody calls on whom it gave them.
    pub fn is_taken(&self, field: &Field) -> bool {
        let callers: HashMap<&Code, Option<&str>> =
            field.doors.iter().map(|door| (&door.code, door.caller.as_deref())).collect();
        self.moves.iter().all(|(code, _, to)| callers.get(code) == Some(&Some(to.as_str())))
    }
}

impl Plans {
    /// Waits until no other plan is being made.
    pub async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Keeps a plan, in the place of the oldest where there are too many.
    pub fn keep(&self, plan: String, kept: Kept) {
        let mut all = self.kept.lock();
        all.retain(|(known, _)| *known != plan);
        all.push_back((plan, Arc::new(kept)));
        if all.len() > KEPT {
            all.pop_front();
        }
    }

    /// A plan that is still kept.
    pub fn get(&self, plan: &str) -> Option<Arc<Kept>> {
        self.kept.lock().iter().find(|(known, _)| known == plan).map(|(_, kept)| Arc::clone(kept))
    }
}

/// Sets a flag when it is dropped: with the request of somebody who hung up.
pub struct StopWhenGone(Arc<AtomicBool>);

impl StopWhenGone {
    /// It and the flag.
    pub fn new() -> (StopWhenGone, Arc<AtomicBool>) {
        let stop = Arc::new(AtomicBool::new(false));
        (StopWhenGone(Arc::clone(&stop)), stop)
    }
}

impl Drop for StopWhenGone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_plans_the_latest_are_kept() {
        let plans = Plans::default();
        let kept = |n: usize| Kept {
            team: Code::new("T").unwrap(),
            part: Part::default(),
            basis: n.to_string(),
            moves: Vec::new(),
        };
        for n in 0..KEPT + 2 {
            plans.keep(format!("plan {n}"), kept(n));
            plans.keep("plan 1".into(), kept(1));
        }
        let there = |n: usize| plans.get(&format!("plan {n}")).is_some();
        assert_eq!((there(0), there(1), there(2), there(3), there(KEPT + 1)), (false, true, false, true, true));
    }

    #[test]
    fn whoever_hangs_up_stops_what_was_made_for_them() {
        let (gone, stop) = StopWhenGone::new();
        assert!(!stop.load(Ordering::Relaxed));
        drop(gone);
        assert!(stop.load(Ordering::Relaxed));
    }
}
