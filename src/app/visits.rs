//! Visits come in.

use super::{App, AppError, Caller, Outcome};
use crate::model::{CampaignId, Change, Code, ModelError, Outcome as Came, Right, Visit};
use crate::state::State;
use jiff::{SignedDuration, Timestamp};
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
}

/// What became of one visit.
#[derive(Debug, Clone, PartialEq)]
pub enum VisitReply {
    /// It is durable and counted.
    Stored,
    /// It was there already.
    Repeated,
    /// It cannot be.
    Refused(ModelError),
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
        let mut replies: Vec<Option<VisitReply>> = Vec::with_capacity(visits.len());
        let mut changes = Vec::with_capacity(visits.len());
        {
            let state = self.state.read();
            let scope = caller.scope(&state, Right::Visit)?;
            for input in visits {
                let known = state.household(input.household.as_str());
                let outside = known.is_some_and(|h| !scope.holds(h.area));
                let checked = if outside || known.is_none() {
                    // A household of others and one that does not exist are told apart by nobody.
                    Err(ModelError::new("household", &input.household, "the code of a known household in your areas"))
                } else {
                    valid(&state, now, input)
                };
                match checked {
                    Ok(visit) => {
                        changes.push(Change::VisitMade(visit));
                        replies.push(None);
                    }
                    Err(refusal) => replies.push(Some(VisitReply::Refused(refusal))),
                }
            }
        }
        let mut outcomes = if changes.is_empty() {
            Vec::new().into_iter()
        } else {
            self.commit(&caller.author(), changes).await?.into_iter()
        };
        let reply = |judged: Option<VisitReply>| {
            judged.unwrap_or_else(|| match outcomes.next().expect("one outcome for each change that was sent") {
                Outcome::Stored(_) => VisitReply::Stored,
                Outcome::Same => VisitReply::Repeated,
                Outcome::Refused(refusal) => VisitReply::Refused(refusal),
                Outcome::Conflict { .. } | Outcome::Gone | Outcome::Overtaken => {
                    unreachable!("a visit expects nothing")
                }
            })
        };
        Ok(replies.into_iter().map(reply).collect())
    }
}

fn valid(state: &State, now: Timestamp, input: VisitInput) -> Result<Visit, ModelError> {
    let VisitInput { id, household, campaign, at, outcome, note } = input;
    if at > now + CLOCK_AHEAD {
        return Err(ModelError::new("at", at, format!("at or before now, {now:.0}")));
    }
    if let Some(campaign) = campaign.and_then(|id| state.campaign(id)) {
        let first = campaign.from.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp() - DAY);
        let last = campaign.to.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp() + DAY + DAY);
        if first.is_ok_and(|first| at < first) || last.is_ok_and(|last| at > last) {
            let expected = format!("in the campaign's days, {} to {}", campaign.from, campaign.to);
            return Err(ModelError::new("at", at, expected));
        }
    }
    // The store keeps microseconds; what is finer would come back as another visit.
    let at = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
    Visit { id, household, campaign, at, outcome, note }.check()
}
