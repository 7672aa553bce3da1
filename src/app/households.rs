//! Households as lists and cards show them.

use super::access::day;
use super::confided::Opened;
use super::named::{campaign_of, living};
use super::teams::Answering;
use super::{App, AppError, Caller};
use crate::geom::LonLat;
use crate::model::{CampaignId, Code, Confided, ConfidedField, Outcome, Right, Sealed};
use crate::state::{HouseholdView, Scope, State, VisitView, Void};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// Which households nobody reached.
#[derive(Debug, Clone)]
pub struct UnvisitedQuery {
    /// In which campaign; `None` is over all visits.
    pub campaign: Option<CampaignId>,
    /// Within this Area.
    pub area: Option<String>,
    /// Nearest to this place first.
    pub near: Option<LonLat>,
    /// Most of them in the list.
    pub limit: usize,
    /// As it was then; `None` is now.
    pub as_of: Option<Timestamp>,
}

/// Households that nobody reached.
#[derive(Debug, Clone, Serialize)]
pub struct UnvisitedReport {
    /// In which campaign.
    pub campaign: Option<CampaignId>,
    /// When this was true.
    pub as_of: Timestamp,
    /// How many there are, listed or not.
    pub total: u64,
    /// The list.
    pub households: Vec<UnvisitedHousehold>,
}

/// One household that nobody reached.
#[derive(Debug, Clone, Serialize)]
pub struct UnvisitedHousehold {
    /// What is known of it.
    #[serde(flatten)]
    pub household: HouseholdLine,
    /// What came of the last visit.
    pub outcome: Option<Outcome>,
    /// When that was.
    pub called_at: Option<Timestamp>,
    /// From the place asked about, metres to the tenth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
}

/// A household as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub struct HouseholdLine {
    /// Identity.
    pub code: String,
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// For a role that may see addresses.
    pub address: Option<String>,
    /// Whether it counts.
    pub status: &'static str,
    /// Code of the lowest Area it lies in.
    pub area: Option<Code>,
}

/// One household with its visits.
#[derive(Debug, Clone, Serialize)]
pub struct HouseholdReport {
    /// What is known of it.
    #[serde(flatten)]
    pub household: HouseholdLine,
    /// For a role that may see addresses.
    pub persons: Option<u16>,
    /// How to reach it; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// What it needs, a line each; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// Contact or needs are known and no key at hand opens them; absent where that is not so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// The member of a Team to whom it was given; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// Codes of the Areas that hold it, from the lowest up.
    pub areas: Vec<Code>,
    /// When this was true.
    pub as_of: Timestamp,
    /// The Teams that answer for it.
    pub teams: Vec<Answering>,
    /// The last to come in first.
    pub visits: Vec<VisitLine>,
}

/// A visit as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub struct VisitLine {
    /// Made by the client.
    pub id: Uuid,
    /// When it took place.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// For which campaign.
    pub campaign: Option<CampaignId>,
    /// Who called; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How long it took; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u16>,
    /// What the household was found to need; for a role that may see addresses, where a key at hand opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// The caller stood far from the household; for a role that may see addresses.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub far: bool,
    /// It stands no more: `corrected` by a later one, or `withdrawn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub void: Option<&'static str>,
}

impl HouseholdReport {
    /// Whether it tells anything personal.
    pub(super) fn is_personal(&self) -> bool {
        let confided = self.contact.is_some() || self.needs.is_some() || self.sealed;
        let known = self.household.address.is_some() || self.persons.is_some();
        let named = self.caller.is_some() || self.teams.iter().any(|team| !team.members.is_empty());
        confided || known || named || self.visits.iter().any(|visit| visit.by.is_some())
    }
}

impl UnvisitedReport {
    /// Of how many households it tells the address.
    pub(super) fn personal(&self) -> usize {
        self.households.iter().filter(|one| one.household.address.is_some()).count()
    }
}

impl App {
    /// The households that nobody reached, of those that the caller may see.
    pub(super) async fn unvisited(&self, caller: &Caller, query: UnvisitedQuery) -> Result<UnvisitedReport, AppError> {
        caller.require(Right::Households)?;
        let map = self.map(caller, query.as_of).await?;
        let caller = caller.clone();
        self.work(move |app| app.look(&map, |state| unvisited(state, &caller, &query))).await?
    }

    /// One household with its visits. One that the caller may not see is not told from one that is not there.
    pub(super) async fn household(
        &self,
        caller: &Caller,
        code: &str,
        as_of: Option<Timestamp>,
    ) -> Result<HouseholdReport, AppError> {
        caller.require(Right::Households)?;
        let map = self.map(caller, as_of).await?;
        let at = as_of.unwrap_or_else(Timestamp::now);
        let Shut { mut report, needs, confided } = self.look(&map, |state| Shut::of(state, caller, code, at))?;
        for (visit, needs) in report.visits.iter_mut().zip(needs) {
            visit.needs = needs.as_ref().and_then(|needs| self.keys.open(code, ConfidedField::Needs, needs));
            report.sealed |= needs.is_some() && visit.needs.is_none();
        }
        if let Some(confided) = confided {
            let Opened { texts, closed } = Opened::of(&self.keys, code, &confided);
            (report.contact, report.needs) = (texts.contact, texts.needs);
            report.sealed |= closed;
        }
        Ok(report)
    }
}

/// One household of a map, copied so that what is sealed is opened without the lock.
struct Shut {
    report: HouseholdReport,
    /// Of each visit.
    needs: Vec<Option<Sealed>>,
    confided: Option<Confided<Sealed>>,
}

impl Shut {
    fn of(state: &State, caller: &Caller, code: &str, at: Timestamp) -> Result<Shut, AppError> {
        let scope = caller.scope(state, Right::Households)?;
        let not_found = || AppError::NotFound { what: "household", name: code.to_owned() };
        let view = state.household(code).filter(|h| scope.holds(h.area)).ok_or_else(not_found)?;
        let addresses = caller.scope(state, Right::Addresses).ok();
        let personal = addresses.as_ref().is_some_and(|scope| scope.holds(view.area));
        let (needs, visits) = state
            .visits_to(view.id)
            .map(|visit| (visit.needs.filter(|_| personal).cloned(), visit_line(&visit, personal)))
            .unzip();
        let report = HouseholdReport {
            household: line(state, addresses.as_ref(), &view),
            persons: view.persons.filter(|_| personal),
            contact: None,
            needs: None,
            sealed: false,
            caller: state.caller_of(view.id).filter(|_| personal).map(str::to_owned),
            areas: state.area_chain(view.area).map(|entry| entry.area.code.clone()).collect(),
            as_of: at,
            teams: Answering::of(state, view.area, day(at), personal),
            visits,
        };
        Ok(Shut { report, needs, confided: view.confided.filter(|_| personal).cloned() })
    }
}

/// The households of a map that nobody reached, of those that the caller may see.
fn unvisited(state: &State, caller: &Caller, query: &UnvisitedQuery) -> Result<UnvisitedReport, AppError> {
    query.campaign.map(|id| campaign_of(state, id)).transpose()?;
    let scope = caller.scope(state, Right::Households)?;
    let addresses = caller.scope(state, Right::Addresses).ok();
    let within = query.area.as_deref().map(|code| living(state, code)).transpose()?;
    let list = state.unvisited(query.campaign, within, query.near, &scope, query.limit);
    let households = list.into_iter().map(|unvisited| UnvisitedHousehold {
        household: line(state, addresses.as_ref(), &unvisited.household),
        outcome: unvisited.standing.map(|v| v.outcome),
        called_at: unvisited.standing.map(|v| v.at),
        distance_m: unvisited.distance.map(|d| (d.0 * 10.0).round() / 10.0),
    });
    Ok(UnvisitedReport {
        campaign: query.campaign,
        as_of: query.as_of.unwrap_or_else(Timestamp::now),
        total: state.unvisited_count(query.campaign, within, &scope),
        households: households.collect(),
    })
}

/// A household as a list shows it; its address where `addresses` reaches.
pub(super) fn line(state: &State, addresses: Option<&Scope>, view: &HouseholdView<'_>) -> HouseholdLine {
    let personal = addresses.is_some_and(|scope| scope.holds(view.area));
    HouseholdLine {
        code: view.code.to_owned(),
        lon: view.at.lon(),
        lat: view.at.lat(),
        address: view.address.filter(|_| personal).map(str::to_owned),
        status: view.status.as_str(),
        area: state.area_chain(view.area).next().map(|entry| entry.area.code.clone()),
    }
}

/// A visit as a list shows it, its needs still sealed.
fn visit_line(visit: &VisitView<'_>, personal: bool) -> VisitLine {
    let void = visit.void.map(|void| match void {
        Void::Corrected(_) => "corrected",
        Void::Withdrawn => "withdrawn",
    });
    let VisitView { id, at, outcome, campaign, .. } = *visit;
    let by = personal.then(|| visit.by.to_owned());
    let (minutes, far) = (visit.minutes.filter(|_| personal), visit.far && personal);
    VisitLine { id, at, outcome, campaign, by, minutes, needs: None, far, void }
}
