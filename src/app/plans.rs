//! Plans: where stalls may stand within some ground by some rules. A result is kept beside what it was made of, and made again when
//! somebody asks and that has changed.

mod compute;
mod demands;
mod features;
mod file;
mod report;
mod results;
mod site;

pub use compute::Computed;
pub use file::{Drawings, PlanForm};
pub use report::{AmountReport, PlanLine, Result as PlanResult, RuleCost, RuleLine, WhyReport};
pub(super) use results::Plans;

use super::rules::{check_rule_set, rule_set, rule_set_text};
use super::{App, AppError, Caller, Expects, load};
use crate::analysis::legal::Watch;
use crate::geom::LonLat;
use crate::model::rule::{MeasuredWidths, RuleSet};
use crate::model::{Area, Change, Code, Kind, ModelError, Plan, PlanId, PlanPhase, Right, Within};
use crate::state::{State, Version};
use crate::store::Store;
use compute::{Basis, Ground, Inputs};
use geo::MultiPolygon;
use parking_lot::RwLock;
use results::{Found, compute_inputs};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// Somebody stopped it.
    Stopped,
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

impl App {
    /// All plans, by number, with what is known of their results; none is begun for it.
    pub fn plans(&self, caller: &Caller) -> Result<Vec<PlanListed>, AppError> {
        caller.require(Right::Plans)?;
        let state = self.state.read();
        let listed = state.plans().map(|(plan, version)| {
            let (state, done) = self.plans.stage(&state, plan.id)?;
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
                Found::Stopped => (Stage::Stopped, 0.0, None, None),
                Found::Running(run) => (Stage::Running, run.progress(), None, None),
            };
            let line = line(&plan, &version);
            let Plan { within, zones_only, widths, reason, .. } = plan;
            Ok((PlanReport { line, within, zones_only, widths, reason, state, progress, error, result }, version.seq))
        };
        self.work(build).await?
    }

    /// Stops the computation of a plan: nobody who asks begins it, until [`App::run_plan`] or until the plan, its drawings or the
    /// ground change. What is computed already stays.
    pub async fn stop_plan(&self, caller: &Caller, id: PlanId) -> Result<(PlanReport, u64), AppError> {
        caller.require(Right::Draw)?;
        self.halt(id)?;
        self.plan(caller, id).await
    }

    /// Begins the computation of a plan that was stopped, or failed, once more.
    pub async fn run_plan(&self, caller: &Caller, id: PlanId) -> Result<(PlanReport, u64), AppError> {
        caller.require(Right::Draw)?;
        self.begin_again(id);
        self.plan(caller, id).await
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
            Found::Stopped => Err(ModelError::new("plan", id, "one whose computation nobody stopped").into()),
            Found::Running(_) => Err(AppError::NotReady { what: "the plan's lawful places" }),
        }
    }

    /// Why a stall may stand at a place, or may not, by a plan.
    pub fn why(&self, caller: &Caller, id: PlanId, at: LonLat) -> Result<WhyReport, AppError> {
        Ok(self.computed_plan(caller, id)?.why(at))
    }
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
