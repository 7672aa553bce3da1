//! Results of plans: made when somebody asks or the service starts, one at a time, and kept until what they were made of has changed.

use super::compute::{Basis, Computed, Ground, Inputs, compute, site};
use super::{Stage, area_of, gone, unknown};
use crate::analysis::legal::Watch;
use crate::app::rules::check_rule_set;
use crate::app::{App, AppError};
use crate::model::{PlanId, Within};
use crate::state::State;
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

/// Results that are kept: each some 100 MB for a city. The one that nobody asked for longest goes first.
const KEPT: usize = 8;

/// Results by plan.
#[derive(Default)]
pub(in crate::app) struct Plans {
    slots: Mutex<HashMap<PlanId, Slot>>,
    /// One is made at a time: each costs all cores.
    turn: Arc<tokio::sync::Mutex<()>>,
    asked: AtomicU32,
}

#[derive(Default)]
struct Slot {
    /// The last result, whether it still holds or not.
    done: Option<Arc<Computed>>,
    /// What cannot be made, and why.
    failed: Option<(Basis, String)>,
    /// What somebody stopped: it is not begun until somebody says so, or it has changed.
    stopped: Option<Basis>,
    running: Option<Arc<Run>>,
    /// When somebody asked last, counted in questions.
    asked: u32,
}

/// A result that is being made.
pub(super) struct Run {
    basis: Basis,
    stop: AtomicBool,
    /// Thousandths.
    progress: AtomicU32,
}

impl Run {
    /// From 0 to 1.
    pub(super) fn progress(&self) -> f64 {
        f64::from(self.progress.load(Ordering::Relaxed)) / 1000.0
    }
}

impl Plans {
    /// How far the result of a plan is, and that result where it still holds; none is begun for it.
    pub(super) fn stage(&self, state: &State, id: PlanId) -> Result<(Stage, Option<Arc<Computed>>), AppError> {
        let basis = basis(state, id)?;
        let slots = self.slots.lock();
        let Some(slot) = slots.get(&id) else { return Ok((Stage::Waiting, None)) };
        let done = slot.done.clone().filter(|done| done.inputs.basis == basis);
        let far = match &slot.failed {
            _ if done.is_some() => Stage::Ready,
            Some((failed, _)) if *failed == basis => Stage::Failed,
            _ if slot.stopped.as_ref() == Some(&basis) => Stage::Stopped,
            _ if slot.running.is_some() => Stage::Running,
            _ => Stage::Waiting,
        };
        Ok((far, done))
    }
}

/// What a plan's result is right now.
pub(super) enum Found {
    Ready(Arc<Computed>),
    Failed(String),
    Stopped,
    Running(Arc<Run>),
}

impl App {
    /// The result as it stands, or whoever is making it; begins it where nobody is.
    pub(super) fn result(&self, id: PlanId) -> Result<Found, AppError> {
        let basis = basis(&self.state.read(), id)?;
        let mut slots = self.plans.slots.lock();
        let asked = self.plans.asked.fetch_add(1, Ordering::Relaxed);
        let slot = slots.entry(id).or_default();
        slot.asked = asked;
        if let Some(done) = slot.done.as_ref().filter(|done| done.inputs.basis == basis) {
            return Ok(Found::Ready(Arc::clone(done)));
        }
        if let Some((_, why)) = slot.failed.as_ref().filter(|(failed, _)| *failed == basis) {
            return Ok(Found::Failed(why.clone()));
        }
        if slot.stopped.as_ref() == Some(&basis) {
            return Ok(Found::Stopped);
        }
        if let Some(run) = &slot.running {
            if run.basis == basis {
                return Ok(Found::Running(Arc::clone(run)));
            }
            // What it makes is out of date before it is there.
            run.stop.store(true, Ordering::Relaxed);
        }
        let run = Arc::new(Run { basis, stop: AtomicBool::new(false), progress: AtomicU32::new(0) });
        slot.running = Some(Arc::clone(&run));
        let before = slot.done.clone();
        let oldest = slots.iter().filter(|(_, slot)| slot.done.is_some()).min_by_key(|(_, slot)| slot.asked);
        let oldest = oldest.map(|(id, _)| *id).filter(|_| slots.values().filter(|s| s.done.is_some()).count() > KEPT);
        if let Some(slot) = oldest.and_then(|id| slots.get_mut(&id)) {
            slot.done = None;
        }
        drop(slots);
        self.begin(id, Arc::clone(&run), before);
        Ok(Found::Running(run))
    }

    /// Stops the making of a result, and keeps it from being begun by those who ask, until [`App::begin_again`] or until what it is
    /// made of changes. A result that is there stays.
    pub(super) fn halt(&self, id: PlanId) -> Result<(), AppError> {
        let basis = basis(&self.state.read(), id)?;
        let mut slots = self.plans.slots.lock();
        let slot = slots.entry(id).or_default();
        if slot.done.as_ref().is_some_and(|done| done.inputs.basis == basis) {
            return Ok(());
        }
        if let Some(run) = slot.running.take() {
            run.stop.store(true, Ordering::Relaxed);
        }
        slot.stopped = Some(basis);
        Ok(())
    }

    /// Takes back [`App::halt`], and lets what failed be tried again.
    pub(super) fn begin_again(&self, id: PlanId) {
        if let Some(slot) = self.plans.slots.lock().get_mut(&id) {
            (slot.stopped, slot.failed) = (None, None);
        }
    }

    /// Makes a result when its turn comes. It has a thread of its own: those of the runtime answer requests, and are few.
    fn begin(&self, id: PlanId, run: Arc<Run>, before: Option<Arc<Computed>>) {
        let app = self.clone();
        tokio::spawn(async move {
            let turn = Arc::clone(&app.plans.turn).lock_owned().await;
            let of_thread = app.clone();
            let work = move || {
                of_thread.make(id, &run, before.as_deref());
                drop(turn);
            };
            if let Err(error) = thread::Builder::new().name("plan".into()).spawn(work) {
                tracing::error!(plan = %id, %error, "no thread to compute a plan on");
                // Whoever asks next tries again.
                app.plans.slots.lock().entry(id).or_default().running = None;
            }
        });
    }

    /// Begins the results of the latest plans, as many as are kept, so that they are there when somebody asks.
    pub fn begin_plans(&self) {
        let plans: Vec<PlanId> = self.state.read().plans().map(|(plan, _)| plan.id).collect();
        for id in plans.iter().rev().take(KEPT).rev() {
            // A plan without a ground says so to whoever asks for it.
            let _ = self.result(*id);
        }
    }

    /// Makes a result and keeps it.
    fn make(&self, id: PlanId, run: &Arc<Run>, before: Option<&Computed>) {
        let made = if run.stop.load(Ordering::Relaxed) {
            Err(AppError::Interrupted)
        } else {
            caught(|| self.computed(id, run, before))
        };
        let mut slots = self.plans.slots.lock();
        let Some(slot) = slots.get_mut(&id) else { return };
        if slot.running.as_ref().is_some_and(|own| Arc::ptr_eq(own, run)) {
            slot.running = None;
        }
        match made {
            Ok(computed) => (slot.done, slot.failed) = (Some(Arc::new(computed)), None),
            Err(_) if run.stop.load(Ordering::Relaxed) => {}
            Err(error) => slot.failed = Some((run.basis.clone(), error.to_string())),
        }
    }

    fn computed(&self, id: PlanId, run: &Run, before: Option<&Computed>) -> Result<Computed, AppError> {
        let progress = |done: f64| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 0 to 1
            run.progress.store((done.clamp(0.0, 1.0) * 1000.0) as u32, Ordering::Relaxed);
        };
        compute_plan(&self.state, id, before, &Watch { stop: &run.stop, progress: &progress })
    }
}

/// A ground that nobody foresaw fails its plan; without this it would run for ever.
fn caught(work: impl FnOnce() -> Result<Computed, AppError>) -> Result<Computed, AppError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(AppError::Fault))
}

/// Computes a plan of a state. The lock is held only while things are gathered.
fn compute_plan(
    state: &RwLock<State>,
    id: PlanId,
    before: Option<&Computed>,
    watch: &Watch<'_>,
) -> Result<Computed, AppError> {
    let inputs = {
        let state = state.read();
        let (plan, _) = state.plan(id).ok_or_else(|| unknown(id))?;
        let set = check_rule_set("rules", plan.rules.as_bytes()).map_err(AppError::Rules)?;
        let zones = state.zones_of(id).map(|(zone, _)| Arc::new(zone.clone())).collect();
        Inputs { basis: basis(&state, id)?, plan: Arc::new(plan.clone()), set, zones }
    };
    compute_inputs(state, inputs, before, watch)
}

pub(super) fn compute_inputs(
    state: &RwLock<State>,
    inputs: Inputs,
    before: Option<&Computed>,
    watch: &Watch<'_>,
) -> Result<Computed, AppError> {
    let surface = match (&inputs.plan.within, &inputs.basis.area) {
        (Within::Surface(surface), _) => surface.clone(),
        (Within::Area(_), Some(area)) => area.geometry.clone(),
        (Within::Area(area), None) => return Err(gone(area)),
    };
    let ground = Ground::of(&surface, &inputs.set)?;
    let same = |before: &&Computed| {
        before.inputs.basis.context == inputs.basis.context
            && before.site.region == ground.region
            && before.reach >= ground.reach
    };
    let site = if let Some(before) = before.filter(same) {
        Arc::clone(&before.site)
    } else {
        let features = state.read().context_in(&ground.around);
        site(&ground, features)
    };
    compute(inputs, site, ground.reach, before, watch)
}

/// What the result of a plan would be made of now.
fn basis(state: &State, id: PlanId) -> Result<Basis, AppError> {
    let (plan, version) = state.plan(id).ok_or_else(|| unknown(id))?;
    Ok(Basis {
        plan: version.seq,
        zones: state.zones_seq(id),
        context: state.context_seq(),
        area: area_of(state, &plan.within),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::plans::{PlanInput, RulesInput, WithinInput};
    use crate::app::{AppSettings, Caller, load, open_store};
    use crate::model::{Grant, Role};
    use geo::{MultiPolygon, Rect};
    use jiff::Timestamp;
    use std::collections::BTreeMap;
    use std::time::Duration;

    fn input(width: f64) -> PlanInput {
        PlanInput {
            name: "Melon summer".into(),
            rules: RulesInput::Preset("cn-hebi-2012".into()),
            within: WithinInput::Surface(MultiPolygon(vec![Rect::new((9.5, 47.1), (9.5 + width, 47.11)).to_polygon()])),
            zones_only: false,
            widths: BTreeMap::new(),
            phase: None,
            reason: "test".into(),
        }
    }

    async fn settled(app: &App, caller: &Caller, id: PlanId) -> Stage {
        for _ in 0..400 {
            let (plan, _) = app.plan(caller, id).await.unwrap();
            if plan.state != Stage::Running {
                return plan.state;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the plan runs for ten seconds");
    }

    #[tokio::test]
    async fn who_stops_a_plan_keeps_it_from_being_computed_until_somebody_begins_it_or_it_changes() {
        let dir = tempfile::tempdir().unwrap();
        let store = open_store(dir.path().join("map.db").to_str().unwrap(), true, "test").unwrap();
        let state = load(&store, |_| true).unwrap();
        let app = App::start(store, state, &AppSettings { tile_cache_bytes: 0, outside: None, keys: Arc::default() });
        let as_role = |role| Caller::of_outside(Grant { name: "A".into(), role, areas: Vec::new() }, Timestamp::MAX);
        let (planner, analyst) = (as_role(Role::Planner), as_role(Role::Analyst));
        // Nothing is computed while somebody else has the turn.
        let turn = Arc::clone(&app.plans.turn).lock_owned().await;
        let (plan, _) = app.found_plan(&planner, input(0.01)).await.unwrap();
        let id = plan.line.id;
        assert_eq!(plan.state, Stage::Running);
        assert!(app.stop_plan(&analyst, id).await.is_err() && app.run_plan(&analyst, id).await.is_err());
        assert_eq!(app.stop_plan(&planner, id).await.unwrap().0.state, Stage::Stopped);
        drop(turn);
        assert_eq!(settled(&app, &analyst, id).await, Stage::Stopped, "asking does not begin it");
        assert_eq!(app.plans(&analyst).unwrap()[0].state, Stage::Stopped);
        let refused = app.computed_plan(&analyst, id).err().map(|error| error.to_string());
        assert!(refused.as_ref().is_some_and(|why| why.contains("nobody stopped")), "{refused:?}");
        assert_eq!(app.run_plan(&planner, id).await.unwrap().0.state, Stage::Running);
        assert_eq!(settled(&app, &analyst, id).await, Stage::Ready);
        assert_eq!(app.stop_plan(&planner, id).await.unwrap().0.state, Stage::Ready, "what is there stays");

        let turn = Arc::clone(&app.plans.turn).lock_owned().await;
        let change = async |width| {
            let (_, version) = app.plan(&planner, id).await.unwrap();
            app.change_plan(&planner, id, crate::app::Expects::Version(version), input(width)).await.unwrap().0.state
        };
        assert_eq!(change(0.02).await, Stage::Running);
        assert_eq!(app.stop_plan(&planner, id).await.unwrap().0.state, Stage::Stopped);
        assert_eq!(change(0.03).await, Stage::Running, "what changed is computed");
        drop(turn);
        assert_eq!(settled(&app, &analyst, id).await, Stage::Ready);
    }

    #[test]
    fn what_nobody_foresaw_fails_a_plan_and_nothing_else() {
        assert!(matches!(caught(|| panic!("a ground that nobody foresaw")), Err(AppError::Fault)));
    }
}
