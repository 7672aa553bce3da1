//! Visits come in, are corrected and taken back.

use super::{App, AppError, Caller, Outcome};
use crate::geom::haversine;
use crate::model::{
    Campaign, CampaignId, Change, Code, ConfidedField, Fix, ModelError, Outcome as Came, Right, Role, Visit, VisitEnd,
};
use crate::state::{HouseholdView, Scope, State};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

/// A visit as a client reports it.
#[derive(Debug, Clone)]
pub struct VisitInput {
    /// Made by the client.
    pub id: Uuid,
    /// Which household.
    pub household: Code,
    /// For which campaign.
    pub campaign: Option<CampaignId>,
    /// When it took place.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Came,
    /// In the caller's words.
    pub note: Option<String>,
    /// What the household was found to need, a line each.
    pub needs: Option<String>,
    /// How long it took.
    pub minutes: Option<u16>,
    /// Where the caller stood.
    pub fix: Option<Fix>,
    /// The visit that it corrects.
    pub corrects: Option<Uuid>,
}

/// What became of one visit.
#[derive(Debug, Clone, PartialEq)]
pub enum VisitReply {
    /// It is durable; what there is to say of it.
    Stored(Vec<VisitFlag>),
    /// It was there already.
    Repeated,
    /// It cannot be.
    Refused(ModelError),
}

/// What a visit is stored with, so that somebody looks at it. Nobody is judged by a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "flag")]
pub enum VisitFlag {
    /// The caller stood so far from the household, metres.
    Far {
        /// To the nearest metre.
        away_m: u32,
    },
    /// The household is not part of the campaign's target: the visit counts over all visits only.
    NotInTarget,
    /// The household does not count: it is recorded as vacant, gone or a double.
    NotEligible,
}

/// How far a phone's clock may run ahead.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// A campaign's days are local ones, a visit's time is not: a day more on each side covers every time zone.
const DAY: SignedDuration = SignedDuration::from_hours(24);

impl App {
    /// Logs visits, each by itself: one that is refused does not keep the others out.
    pub async fn log_visits(&self, caller: &Caller, visits: Vec<VisitInput>) -> Result<Vec<VisitReply>, AppError> {
        caller.require(Right::Visit)?;
        let now = Timestamp::now();
        let mut judged: Vec<Result<Vec<VisitFlag>, ModelError>> = Vec::with_capacity(visits.len());
        let mut changes = Vec::with_capacity(visits.len());
        // Sealing costs some microseconds a text: not under the lock.
        let sealed: Vec<_> = visits.iter().map(|input| self.sealed_needs(input)).collect();
        {
            let state = self.state.read();
            let scope = caller.scope(&state, Right::Visit)?;
            for (input, needs) in visits.into_iter().zip(sealed) {
                let visit = needs.and_then(|needs| {
                    let household = in_scope(&state, &scope, &input.household)?;
                    may_correct(&state, caller, &input)?;
                    let visit = Visit { needs, ..valid(&state, now, input, &household)? };
                    let flags = flags(&state, &household, &visit);
                    changes.push(Change::VisitMade(visit));
                    Ok(flags)
                });
                judged.push(visit);
            }
        }
        let mut outcomes = if changes.is_empty() {
            Vec::new().into_iter()
        } else {
            self.commit(&caller.author(), changes).await?.into_iter()
        };
        let reply = |judged: Result<Vec<VisitFlag>, ModelError>| match judged {
            Err(refusal) => VisitReply::Refused(refusal),
            Ok(flags) => match outcomes.next().expect("one outcome for each change that was sent") {
                Outcome::Stored(_) => VisitReply::Stored(flags),
                Outcome::Same => VisitReply::Repeated,
                Outcome::Refused(refusal) => VisitReply::Refused(refusal),
                Outcome::Conflict { .. } | Outcome::Gone | Outcome::Overtaken => {
                    unreachable!("a visit expects nothing")
                }
            },
        };
        Ok(judged.into_iter().map(reply).collect())
    }

    /// Takes back a visit that never took place: it stays in the store and stands no more.
    pub async fn withdraw_visit(&self, caller: &Caller, id: Uuid, reason: String) -> Result<(), AppError> {
        caller.require(Right::Visit)?;
        let end = VisitEnd { id, reason }.check()?;
        {
            let state = self.state.read();
            let scope = caller.scope(&state, Right::Visit)?;
            let unknown = || AppError::NotFound { what: "visit", name: id.to_string() };
            let (_, visit) = state.visit(id).filter(|(of, _)| scope.holds(of.area)).ok_or_else(unknown)?;
            let campaign = visit.campaign.and_then(|campaign| state.campaign(campaign));
            is_open(campaign)?;
            if !own_or_above(caller, visit.by) {
                return Err(not_own("visit", id).into());
            }
        }
        self.store_one(&caller.author(), Change::VisitWithdrawn(end)).await
    }

    fn sealed_needs(&self, input: &VisitInput) -> Result<Option<crate::model::Sealed>, ModelError> {
        let Some(text) = input.needs.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        let length = text.chars().count();
        if length > Visit::MAX_NOTE {
            let expected = format!("at most {} characters", Visit::MAX_NOTE);
            return Err(ModelError::new("needs", format!("{length} characters"), expected));
        }
        let sealed = self.keys.seal(&input.household, ConfidedField::Needs, text);
        let keyless =
            || ModelError::new("needs", "…", "nothing: the service has no key to seal it with (`melonmap key new`)");
        sealed.map(Some).ok_or_else(keyless)
    }
}

/// A household that the caller may visit. One of others and one that does not exist are told apart by nobody.
fn in_scope<'a>(state: &'a State, scope: &Scope, code: &Code) -> Result<HouseholdView<'a>, ModelError> {
    let known = state.household(code.as_str()).filter(|household| scope.holds(household.area));
    known.ok_or_else(|| ModelError::new("household", code, "the code of a known household in your areas"))
}

/// Visits are corrected by who made them, and by those who answer for the area.
fn may_correct(state: &State, caller: &Caller, input: &VisitInput) -> Result<(), ModelError> {
    match input.corrects.and_then(|id| state.visit(id)) {
        Some((_, visit)) if !own_or_above(caller, visit.by) => Err(not_own("corrects", visit.id)),
        // One that is not known here may be on its way in the same batch: the writer judges that.
        _ => Ok(()),
    }
}

fn own_or_above(caller: &Caller, by: &str) -> bool {
    caller.grant().role != Role::Member || caller.grant().name == by
}

fn not_own(field: &'static str, id: Uuid) -> ModelError {
    ModelError::new(field, id, "the id of a visit of your own; others are corrected by a coordinator")
}

fn is_open(campaign: Option<&Campaign>) -> Result<(), ModelError> {
    match campaign {
        Some(campaign) if campaign.closed => {
            Err(ModelError::new("campaign", campaign.id, "the number of a campaign that is not closed"))
        }
        _ => Ok(()),
    }
}

fn valid(state: &State, now: Timestamp, input: VisitInput, household: &HouseholdView<'_>) -> Result<Visit, ModelError> {
    let VisitInput { id, household: code, campaign, at, outcome, note, needs: _, minutes, fix, corrects } = input;
    if at > now + CLOCK_AHEAD {
        return Err(ModelError::new("at", at, format!("at or before now, {now:.0}")));
    }
    if let Some(campaign) = campaign.and_then(|id| state.campaign(id)) {
        // What was sent before it was closed may be sent again.
        if state.visit(id).is_none() {
            is_open(Some(campaign))?;
        }
        let first = campaign.from.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp() - DAY);
        let last = campaign.to.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp() + DAY + DAY);
        if first.is_ok_and(|first| at < first) || last.is_ok_and(|last| at > last) {
            let expected = format!("in the campaign's days, {} to {}", campaign.from, campaign.to);
            return Err(ModelError::new("at", at, expected));
        }
    }
    // The store keeps microseconds; what is finer would come back as another visit.
    let at = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // no two places are farther apart than 20,004 km
    let away_m = fix.map(|fix| haversine(fix.at, household.at).0.round() as u32);
    let visit = Visit { note, minutes, fix, away_m, corrects, ..Visit::plain(id, code, campaign, at, outcome) };
    visit.check()
}

fn flags(state: &State, household: &HouseholdView<'_>, visit: &Visit) -> Vec<VisitFlag> {
    let far = visit.away_m.filter(|_| visit.is_far()).map(|away_m| VisitFlag::Far { away_m });
    let target = visit.campaign.and_then(|campaign| state.target(campaign));
    let outside = target.is_some_and(|target| !target.holds(household.id)).then_some(VisitFlag::NotInTarget);
    let gone = (!household.status.eligible()).then_some(VisitFlag::NotEligible);
    [far, outside, gone].into_iter().flatten().collect()
}
