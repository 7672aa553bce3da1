//! Satisfaction: asked by those who do not answer for a household, and told with what it cannot tell.

mod told;

use self::told::{AreaSatisfaction, Satisfied, told};
use super::access::day;
use super::then::FiguresThen;
use super::{App, AppError, Caller, Outcome, Period, When};
use crate::model::{Answer, Area, CampaignId, Change, Code, Level, ModelError, Right, Tally};
use crate::state::{AreaId, HouseholdView, State};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::sync::Arc;

/// How far a phone's clock may run ahead.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// What became of one answer.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerReply {
    /// It is durable and counted.
    Stored,
    /// It was there already.
    Repeated,
    /// It cannot be.
    Refused(ModelError),
}

/// Whose satisfaction.
#[derive(Debug, Clone)]
pub struct SatisfactionQuery {
    /// With which campaign; `None` is the work as a whole.
    pub campaign: Option<CampaignId>,
    /// Areas of which level.
    pub level: Level,
    /// Within this Area.
    pub within: Option<String>,
    /// As of when, and asked in which period.
    pub when: When,
}

/// Satisfaction by area.
#[derive(Debug, Clone, Serialize)]
pub struct SatisfactionReport {
    /// With which campaign.
    pub campaign: Option<CampaignId>,
    /// When this was true.
    pub as_of: Timestamp,
    /// Of answers given then; absent where it is all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Of the areas.
    pub level: Level,
    /// What the figures mean, for people.
    pub definition: &'static str,
    /// All areas as one, but those of too few answers together.
    pub overall: Satisfied,
    /// In the order of their codes; those where nobody was asked too.
    pub areas: Vec<AreaSatisfaction>,
}

const DEFINITION: &str =
    "satisfied / answered, by the last answer of each household; asked by nobody who answers for the area";

impl App {
    /// Keeps what households answered, each by itself. Whoever called on a household, or is in a Team that answers for it, may not ask
    /// it.
    pub async fn log_answers(&self, caller: &Caller, answers: Vec<Answer>) -> Result<Vec<AnswerReply>, AppError> {
        caller.require(Right::Ask)?;
        let now = Timestamp::now();
        let (mut judged, mut changes) = (Vec::with_capacity(answers.len()), Vec::new());
        {
            let state = self.state.read();
            let scope = caller.scope(&state, Right::Ask)?;
            for answer in answers {
                let known = state.household(answer.household.as_str()).filter(|one| scope.holds(one.area));
                let unknown =
                    || ModelError::new("household", &answer.household, "the code of a known household in your areas");
                let valid = known.ok_or_else(unknown).and_then(|household| {
                    is_independent(&state, caller, &household, answer.at)?;
                    if answer.at > now + CLOCK_AHEAD {
                        return Err(ModelError::new("at", answer.at, format!("at or before now, {now:.0}")));
                    }
                    // The store keeps microseconds; what is finer would come back as another answer.
                    let at = Timestamp::from_microsecond(answer.at.as_microsecond()).unwrap_or(answer.at);
                    Answer { at, ..answer.clone() }.check()
                });
                judged.push(valid.map(|answer| changes.push(Change::Answered(answer))));
            }
        }
        let mut outcomes = if changes.is_empty() {
            Vec::new().into_iter()
        } else {
            self.commit(&caller.author(), changes).await?.into_iter()
        };
        let reply = |judged: Result<(), ModelError>| match judged {
            Err(refusal) => AnswerReply::Refused(refusal),
            Ok(()) => match outcomes.next().expect("one outcome for each change that was sent") {
                Outcome::Stored(_) => AnswerReply::Stored,
                Outcome::Same => AnswerReply::Repeated,
                Outcome::Refused(refusal) => AnswerReply::Refused(refusal),
                Outcome::Conflict { .. } | Outcome::Gone | Outcome::Overtaken => {
                    unreachable!("an answer expects nothing")
                }
            },
        };
        Ok(judged.into_iter().map(reply).collect())
    }

    /// Satisfaction in the areas of a level, each with its interval and the share that did not answer. Looks at
    /// each answer where those of then or of a period are asked for.
    pub async fn satisfaction(
        &self,
        caller: &Caller,
        query: SatisfactionQuery,
    ) -> Result<SatisfactionReport, AppError> {
        caller.require(Right::Rates)?;
        if let Some(id) = query.campaign {
            self.known_campaign(id)?;
        }
        let SatisfactionQuery { campaign, level, within, when } = query;
        // Who was eligible, whenever they were asked.
        let known = When { period: None, ..when };
        let areas =
            self.figures(caller, FiguresThen { when: known, campaign: None, level: Some(level), within }).await?;
        let map = self.map_of_figures(caller, when.as_of).await?;
        let with_answers = move |app: &App| {
            app.look(&map, |state| {
                // Those of now are kept; of then, or of a period, they are counted.
                let counted = (!when.is_kept()).then(|| state.answered(campaign, when.as_of, when.span().as_ref()));
                let of = |id: AreaId| match &counted {
                    None => state.answers_in(id, campaign),
                    Some(counted) => counted.of(id),
                };
                let with_answers = |(area, tally): (Arc<Area>, Tally)| {
                    let counts = state.area(area.code.as_str()).map(of).unwrap_or_default();
                    (area, tally.eligible, counts)
                };
                areas.into_iter().map(with_answers).collect::<Vec<_>>()
            })
        };
        let areas = if when.is_kept() { with_answers(self) } else { self.work(with_answers).await? };
        let (overall, areas) = told(&areas).map_err(crate::analysis::AnalysisError::from)?;
        Ok(SatisfactionReport {
            campaign,
            as_of: when.moment(),
            period: when.period,
            level,
            definition: DEFINITION,
            overall,
            areas,
        })
    }
}

/// Refuses whoever called on the household, and whoever was in a Team that answered for it when it was asked.
fn is_independent(
    state: &State,
    caller: &Caller,
    household: &HouseholdView<'_>,
    at: Timestamp,
) -> Result<(), ModelError> {
    let name = caller.grant().name.as_str();
    let refused = |why: &str| Err(ModelError::new("household", household.code, format!("one that {why}")));
    if state.called_by(household.id, name) {
        return refused("you did not call on yourself");
    }
    let above: Vec<&Code> = state.area_chain(household.area).map(|entry| &entry.area.code).collect();
    let on = day(at);
    let answers = |team: &crate::model::Team| {
        team.members_on(on).any(|one| one.as_str() == name) && team.areas_on(on).any(|area| above.contains(&area))
    };
    if state.teams().any(answers) {
        return refused("no team of yours answers for");
    }
    Ok(())
}
