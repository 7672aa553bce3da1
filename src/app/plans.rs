//! Plans: where stalls may stand within some ground by some rules. A result is kept beside what it was made of, and made again when
//! somebody asks and that has changed.

mod compute;
mod demands;
mod features;
mod file;
mod report;
mod site;

pub use compute::Computed;
pub use file::{Drawings, PlanForm};
pub use report::{AmountReport, PlanLine, Result as PlanResult, RuleCost, RuleLine, WhyReport};

use super::rules::{check_rule_set, rule_set, rule_set_text};
use super::{App, AppError, Caller, Expects, load};
use crate::analysis::legal::Watch;
use crate::geom::LonLat;
use crate::model::rule::{MeasuredWidths, RuleSet};
use crate::model::{Area, Change, Code, Kind, ModelError, Plan, PlanId, PlanPhase, Right, Within};
use crate::state::{State, Version};
use crate::store::Store;
use compute::{Basis, Ground, Inputs, compute, site};
use geo::MultiPolygon;
use parking_lot::{Mutex, RwLock};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

/// Results that are kept: each some 100 MB for a city. The one that nobody asked for longest goes first.
const KEPT: usize = 8;

/// What planners say of a plan.
#[derive(Debug, Clone)]
pub struct PlanInput {
    /// For people.
    pub name: String,
    /// By which rules.
    pub rules: RulesInput,
    /// Within which ground.
    pub within: WithinInput,
    /// Whether stalls may stand only in zones that allow them.
    pub zones_only: bool,
    /// Widths that were measured, by the code of the street.
    pub widths: BTreeMap<Code, MeasuredWidths>,
    /// How far it has come; `None` leaves it.
    pub phase: Option<PlanPhase>,
    /// Why.
    pub reason: String,
}

/// Rules of a plan.
#[derive(Debug, Clone)]
pub enum RulesInput {
    /// A copy of one of the program's, by its id.
    Preset(String),
    /// A text of their own.
    Text(String),
}

/// Ground of a plan.
#[derive(Debug, Clone)]
pub enum WithinInput {
    /// An Area, by its code.
    Area(String),
    /// A surface, degrees.
    Surface(MultiPolygon<f64>),
}

/// How far a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody has asked for it since it changed: asking begins it.
    Waiting,
    /// It is being made.
    Running,
    /// It is there.
    Ready,
    /// It cannot be made.
    Failed,
}

/// A plan in a list.
#[derive(Debug, Clone, Serialize)]
pub struct PlanListed {
    /// What is known of it in any case.
    #[serde(flatten)]
    pub line: PlanLine,
    /// How far its result is.
    pub state: Stage,
    /// How many stalls fit, where the result is there.
    pub stalls: Option<u64>,
}

/// A plan with its result.
#[derive(Debug, Clone, Serialize)]
pub struct PlanReport {
    /// What is known of it in any case.
    #[serde(flatten)]
    pub line: PlanLine,
    /// The ground that it is for.
    pub within: Within,
    /// Whether stalls may stand only in zones that allow them.
    pub zones_only: bool,
    /// Widths that were measured, by the code of the street.
    pub widths: BTreeMap<Code, MeasuredWidths>,
    /// Why it was founded, or changed last.
    pub reason: String,
    /// How far its result is.
    pub state: Stage,
    /// From 0 to 1.
    pub progress: f64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The result, where it is there.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub result: Option<PlanResult>,
}

/// Results by plan.
#[derive(Default)]
pub(super) struct Plans {
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
    running: Option<Arc<Run>>,
    /// When somebody asked last, counted in questions.
    asked: u32,
}

struct Run {
    basis: Basis,
    stop: AtomicBool,
    /// Thousandths.
    progress: AtomicU32,
}

/// What a plan's result is right now.
enum Found {
    Ready(Arc<Computed>),
    Failed(String),
    Running(Arc<Run>),
}

impl App {
    /// All plans, by number, with what is known of their results; none is begun for it.
    pub fn plans(&self, caller: &Caller) -> Result<Vec<PlanListed>, AppError> {
        caller.require(Right::Plans)?;
        let state = self.state.read();
        let slots = self.plans.slots.lock();
        let listed = state.plans().map(|(plan, version)| {
            let (slot, basis) = (slots.get(&plan.id), basis(&state, plan.id)?);
            let done = slot.and_then(|slot| slot.done.as_ref()).filter(|done| done.inputs.basis == basis);
            let failed = slot.and_then(|slot| slot.failed.as_ref()).is_some_and(|(failed, _)| *failed == basis);
            let state = match done {
                Some(_) => Stage::Ready,
                None if failed => Stage::Failed,
                None if slot.is_some_and(|slot| slot.running.is_some()) => Stage::Running,
                None => Stage::Waiting,
            };
            Ok(PlanListed { line: line(plan, version), state, stalls: done.map(|done| done.result.all.stalls) })
        });
        listed.collect()
    }

    /// Founds a plan; it takes the next number, and its result is begun.
    pub async fn found_plan(&self, caller: &Caller, input: PlanInput) -> Result<(PlanReport, u64), AppError> {
        caller.require(Right::Draw)?;
        // Held until the number is taken, so that two who found at once do not take the same.
        let founding = self.founding.lock().await;
        let id = self.state.read().next_plan();
        let phase = input.phase.unwrap_or(PlanPhase::Draft);
        if phase != PlanPhase::Draft {
            return Err(ModelError::new("phase", phase, "draft: a new plan is nothing else").into());
        }
        let plan = plan_of(&self.state.read(), id, input, phase)?;
        let change = Change::PlanPut(Box::new(plan));
        self.change_drawing(caller, "plan", &id.to_string(), change, Expects::Absent).await?;
        drop(founding);
        self.plan(caller, id).await
    }

    /// Changes a plan, if it is still in the version that its author saw.
    pub async fn change_plan(
        &self,
        caller: &Caller,
        id: PlanId,
        expects: Expects,
        input: PlanInput,
    ) -> Result<(PlanReport, u64), AppError> {
        caller.require(Right::Draw)?;
        let before = self.state.read().plan(id).map(|(plan, _)| plan.phase).ok_or_else(|| unknown(id))?;
        let phase = input.phase.unwrap_or(before);
        if !before.may_become(phase) {
            let next: Vec<&str> =
                PlanPhase::ALL.into_iter().filter(|p| before.may_become(*p)).map(PlanPhase::as_str).collect();
            return Err(
                ModelError::new("phase", phase, format!("one of {}: it is {before} now", next.join(", "))).into()
            );
        }
        let plan = plan_of(&self.state.read(), id, input, phase)?;
        let change = Change::PlanPut(Box::new(plan));
        self.change_drawing(caller, "plan", &id.to_string(), change, expects).await?;
        self.plan(caller, id).await
    }

    /// A plan with its result, as far as that is made, and the version of the plan itself. Asking begins it.
    pub async fn plan(&self, caller: &Caller, id: PlanId) -> Result<(PlanReport, u64), AppError> {
        caller.require(Right::Plans)?;
        let found = self.result(id)?;
        let build = move |app: &App| {
            let (plan, version) = {
                let state = app.state.read();
                let (plan, version) = state.plan(id).ok_or_else(|| unknown(id))?;
                (plan.clone(), version.clone())
            };
            let (state, progress, error, result) = match found {
                Found::Ready(computed) => (Stage::Ready, 1.0, None, Some(computed.report())),
                Found::Failed(why) => (Stage::Failed, 0.0, Some(why), None),
                Found::Running(run) => {
                    (Stage::Running, f64::from(run.progress.load(Ordering::Relaxed)) / 1000.0, None, None)
                }
            };
            let line = line(&plan, &version);
            let Plan { within, zones_only, widths, reason, .. } = plan;
            Ok((PlanReport { line, within, zones_only, widths, reason, state, progress, error, result }, version.seq))
        };
        self.work(build).await?
    }

    /// The text of a plan's rules.
    pub fn plan_rules(&self, caller: &Caller, id: PlanId) -> Result<String, AppError> {
        caller.require(Right::Plans)?;
        self.state.read().plan(id).map(|(plan, _)| plan.rules.clone()).ok_or_else(|| unknown(id))
    }

    /// The result of a plan, for what can only be said when it is there.
    pub fn computed_plan(&self, caller: &Caller, id: PlanId) -> Result<Arc<Computed>, AppError> {
        caller.require(Right::Plans)?;
        match self.result(id)? {
            Found::Ready(computed) => Ok(computed),
            Found::Failed(why) => Err(ModelError::new("plan", id, format!("one that can be computed: {why}")).into()),
            Found::Running(_) => Err(AppError::NotReady { what: "the plan's lawful places" }),
        }
    }

    /// Why a stall may stand at a place, or may not, by a plan.
    pub fn why(&self, caller: &Caller, id: PlanId, at: LonLat) -> Result<WhyReport, AppError> {
        Ok(self.computed_plan(caller, id)?.why(at))
    }

    /// The result as it stands, or whoever is making it; begins it where nobody is.
    fn result(&self, id: PlanId) -> Result<Found, AppError> {
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
            // A ground that nobody foresaw fails its plan; without this it would run for ever.
            catch_unwind(AssertUnwindSafe(|| self.computed(id, run, before))).unwrap_or(Err(AppError::Fault))
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

fn compute_inputs(
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

/// A plan over a store that no server holds: computed and told, nothing is stored.
#[derive(Debug, Clone)]
pub struct PlanSpec {
    /// Its rules: the id of a set of the program, or a text.
    pub rules: RulesInput,
    /// Its ground.
    pub within: WithinInput,
}

/// Computes a plan that nobody stores, beside a store.
pub fn plan_once(store: &Store, spec: PlanSpec, watch: &Watch<'_>) -> Result<(Computed, Vec<String>), AppError> {
    let state = load(store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd | Kind::Context | Kind::Map))?;
    let input = PlanInput {
        name: "plan".into(),
        rules: spec.rules,
        within: spec.within,
        zones_only: false,
        widths: BTreeMap::new(),
        phase: None,
        reason: String::new(),
    };
    let plan = plan_of(&state, PlanId(0), input, PlanPhase::Draft)?;
    let set = check_rule_set("rules", plan.rules.as_bytes()).map_err(AppError::Rules)?;
    let basis = Basis { plan: 0, zones: 0, context: state.context_seq(), area: area_of(&state, &plan.within) };
    let attribution = state.info().attribution.clone();
    let inputs = Inputs { basis, plan: Arc::new(plan), set, zones: Vec::new() };
    Ok((compute_inputs(&RwLock::new(state), inputs, None, watch)?, attribution))
}

/// A plan as it may be stored: its rules can be read, and its ground is there.
fn plan_of(state: &State, id: PlanId, input: PlanInput, phase: PlanPhase) -> Result<Plan, AppError> {
    let rules = match input.rules {
        RulesInput::Preset(id) => rule_set_text(&*rule_set(&id)?),
        RulesInput::Text(text) => text,
    };
    let within = match input.within {
        WithinInput::Area(code) => Within::Area(Code::new(&code)?),
        WithinInput::Surface(surface) => Within::Surface(site::ground(&surface)?),
    };
    let PlanInput { name, zones_only, widths, reason, .. } = input;
    let plan = Plan { id, name, rules, within, zones_only, widths, phase, reason }.check()?;
    let set = check_rule_set("rules", plan.rules.as_bytes()).map_err(AppError::Rules)?;
    let surface = surface_of(state, &plan).ok_or_else(|| match &plan.within {
        Within::Area(area) => gone(area),
        Within::Surface(_) => ModelError::new("within", "nothing", "a surface").into(),
    })?;
    Ground::of(&surface, &set)?;
    Ok(plan)
}

/// The ground of a plan as it stands; `None` for an Area that is gone.
fn surface_of(state: &State, plan: &Plan) -> Option<MultiPolygon<f64>> {
    match &plan.within {
        Within::Surface(surface) => Some(surface.clone()),
        within @ Within::Area(_) => area_of(state, within).map(|area| area.geometry.clone()),
    }
}

/// The living Area that a plan is within, where it is one.
fn area_of(state: &State, within: &Within) -> Option<Arc<Area>> {
    let Within::Area(area) = within else { return None };
    let entry = state.covered(state.area(area.as_str())?, None).entry;
    entry.in_force.then(|| Arc::clone(&entry.area))
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

fn line(plan: &Plan, version: &Version) -> PlanLine {
    let set: Option<RuleSet> = check_rule_set("rules", plan.rules.as_bytes()).ok();
    PlanLine {
        id: plan.id,
        name: plan.name.clone(),
        phase: plan.phase,
        rules: set.map(|set| set.id().to_string()),
        by: version.author.to_string(),
        changed_at: version.at,
    }
}

fn unknown(id: PlanId) -> AppError {
    AppError::NotFound { what: "plan", name: id.to_string() }
}

fn gone(code: &Code) -> AppError {
    ModelError::new("within", code, "the code of a living area").into()
}

#[cfg(test)]
mod tests;
