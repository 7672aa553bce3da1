//! Whom a campaign is to reach: fixed when it is founded, altered by decisions that are kept with their reasons.

use super::access::today;
use super::items::Visible;
use super::named::campaign_of;
use super::{App, AppError, Caller};
use crate::formats::cql2::{Lang, read};
use crate::geom::LonLat;
use crate::model::collection::Collection;
use crate::model::filter::Filter;
use crate::model::{CampaignId, Code, ModelError, Right, TargetChange};
use crate::state::{HouseholdView, Scope, State};
use jiff::Timestamp;
use serde::Serialize;

/// Why the first households of a target are in it.
const FOUNDED: &str = "fixed when the campaign was founded";
/// Most codes of each list that waits for a decision.
const LISTED: usize = 1_000;

/// Whom a campaign is to reach, as its founder says it.
#[derive(Debug, Clone)]
pub enum TargetInput {
    /// Every household that is eligible now.
    All,
    /// Those eligible now that pass a filter, CQL2 text over the fields of households, of those that the founder may see.
    Filter(String),
    /// These, of those that the founder may see.
    List(Vec<Code>),
}

/// A decision on a target, as its maker says it.
#[derive(Debug, Clone, Default)]
pub struct TargetDecision {
    /// Fix it anew to all who are eligible now; only before the campaign begins.
    pub all: bool,
    /// Households that become part of it.
    pub add: Vec<Code>,
    /// Households that are no longer.
    pub remove: Vec<Code>,
    /// Why.
    pub reason: String,
}

/// The target of a campaign.
#[derive(Debug, Clone, Serialize)]
pub struct TargetReport {
    /// Of which.
    pub campaign: CampaignId,
    /// How many households; `None` where it was never fixed and follows the households.
    pub households: Option<u32>,
    /// What was decided, in order.
    pub decisions: Vec<DecisionLine>,
    /// Households of it, of those that the caller may see, that are recorded as vacant, gone or double since: they count until
    /// somebody decides.
    pub gone: Waiting,
    /// Eligible households that the caller may see and that came after everybody was made the target: they do not count until
    /// somebody decides.
    pub new: Waiting,
}

/// Households that wait for a decision.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Waiting {
    /// How many.
    pub total: usize,
    /// The first thousand of them.
    pub households: Vec<String>,
}

/// A decision, as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub struct DecisionLine {
    /// The number of its change.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Households that became part of the target.
    pub added: u32,
    /// Households that are no longer.
    pub removed: u32,
    /// Why.
    pub reason: String,
}

impl Waiting {
    fn take(&mut self, code: &str) {
        self.total += 1;
        if self.households.len() < LISTED {
            self.households.push(code.to_owned());
        }
    }
}

impl App {
    /// The changes that fix a target for the first time.
    pub(super) fn fixed(
        &self,
        caller: &Caller,
        campaign: CampaignId,
        target: TargetInput,
    ) -> Result<Vec<TargetChange>, AppError> {
        let reason = || FOUNDED.to_owned();
        let codes = match target {
            TargetInput::All => {
                return Ok(vec![TargetChange { campaign, all: true, reason: reason(), ..TargetChange::default() }]);
            }
            TargetInput::List(codes) => {
                let state = self.state.read();
                known(&state, &caller.scope(&state, Right::Households)?, "target.households", &codes)?;
                codes
            }
            TargetInput::Filter(text) => self.chosen(caller, &text)?,
        };
        if codes.is_empty() {
            return Err(ModelError::new("target", "nobody", "at least one household").into());
        }
        let part = |codes: &[Code]| {
            TargetChange { campaign, add: codes.to_vec(), reason: reason(), ..TargetChange::default() }.check()
        };
        Ok(codes.chunks(TargetChange::MOST).map(part).collect::<Result<_, _>>()?)
    }

    /// The codes of eligible households that pass a filter. Looks at each that the caller may see.
    fn chosen(&self, caller: &Caller, text: &str) -> Result<Vec<Code>, AppError> {
        caller.require(Right::Households)?;
        let visible = Visible { collection: Collection::Households, caller };
        let filter = Filter::compile(&read(text, Lang::Text, &LonLat::new)?, &visible)?;
        let state = self.state.read();
        let scope = caller.scope(&state, Right::Households)?;
        let passing = state.passing_households(&scope, &filter);
        passing.into_iter().map(|code| Ok(Code::new(code)?)).collect()
    }

    /// Decides who becomes part of a target and who is no longer.
    pub async fn decide_target(
        &self,
        caller: &Caller,
        id: CampaignId,
        decision: TargetDecision,
    ) -> Result<TargetReport, AppError> {
        caller.require(Right::Campaign)?;
        let campaign = self.known_campaign(id)?;
        let TargetDecision { all, add, remove, reason } = decision;
        if all && (campaign.from <= today() || !add.is_empty() || !remove.is_empty()) {
            let expected = format!("false: the campaign began on {}; add and remove households instead", campaign.from);
            return Err(ModelError::new("all", true, expected).into());
        }
        {
            let state = self.state.read();
            let scope = caller.scope(&state, Right::Households)?;
            known(&state, &scope, "add", &add)?;
            known(&state, &scope, "remove", &remove)?;
        }
        let change = TargetChange { campaign: id, all, add, remove, reason }.check()?;
        self.store_target(caller, vec![change]).await?;
        self.target(caller, id, None).await
    }

    /// Whom a campaign is to reach, what was decided, and what waits for a decision; as it was at a time, for who may look back. Looks
    /// at every household.
    pub async fn target(
        &self,
        caller: &Caller,
        id: CampaignId,
        as_of: Option<Timestamp>,
    ) -> Result<TargetReport, AppError> {
        caller.require(Right::Campaign)?;
        let (map, caller) = (self.map(caller, as_of).await?, caller.clone());
        self.work(move |app| app.look(&map, |state| TargetReport::of(state, &caller, id))).await?
    }
}

impl TargetReport {
    fn of(state: &State, caller: &Caller, id: CampaignId) -> Result<TargetReport, AppError> {
        campaign_of(state, id)?;
        let scope = caller.scope(state, Right::Households)?;
        let Some(target) = state.target(id) else {
            let (gone, new) = (Waiting::default(), Waiting::default());
            return Ok(TargetReport { campaign: id, households: None, decisions: Vec::new(), gone, new });
        };
        let (mut gone, mut new) = (Waiting::default(), Waiting::default());
        let everybody = target.decisions().iter().any(|decision| decision.all);
        for one in state.households().filter(|one| scope.holds(one.area)) {
            match (target.holds(one.id), one.status.eligible()) {
                (true, false) => gone.take(one.code),
                (false, true) if everybody => new.take(one.code),
                _ => {}
            }
        }
        let line = |decision: &crate::state::Decision| DecisionLine {
            seq: decision.version.seq,
            at: decision.version.at,
            by: decision.version.author.to_string(),
            added: decision.added,
            removed: decision.removed,
            reason: decision.reason.clone(),
        };
        let decisions = target.decisions().iter().map(line).collect();
        Ok(TargetReport { campaign: id, households: Some(target.len()), decisions, gone, new })
    }
}

/// Refuses a household that is not known, or not to the caller: told apart by nobody.
fn known(state: &State, scope: &Scope, field: &'static str, codes: &[Code]) -> Result<(), ModelError> {
    let seen = |code: &Code| state.household(code.as_str()).is_some_and(|one: HouseholdView<'_>| scope.holds(one.area));
    match codes.iter().find(|code| !seen(code)) {
        None => Ok(()),
        Some(code) => Err(ModelError::new(field, code, "the codes of known households in your areas")),
    }
}
