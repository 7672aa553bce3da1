//! Satisfaction: asked by those who do not answer for a household, and told with what it cannot tell.

use super::access::day;
use super::then::FiguresThen;
use super::{App, AppError, Caller, Outcome, Period, When};
use crate::analysis::rates::interval::Method;
use crate::analysis::rates::reliable::{Shown, top_coded};
use crate::analysis::rates::{Confidence, Rate, share};
use crate::model::{Answer, Area, CampaignId, Change, Code, Level, ModelError, Right, Tally};
use crate::state::{Asked, HouseholdView, State};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::HashMap;
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
    /// In the order of their codes; those where nobody was asked too.
    pub areas: Vec<AreaSatisfaction>,
}

/// Satisfaction in one area.
#[derive(Debug, Clone, Serialize)]
pub struct AreaSatisfaction {
    /// Identity.
    pub code: Code,
    /// For people.
    pub name: String,
    /// The Area that it belongs to.
    pub parent: Option<Code>,
    /// Households that were asked.
    pub asked: u32,
    /// Of them answered.
    pub answered: u32,
    /// The share that did not answer; `None` where nobody was asked.
    pub no_answer: Option<f64>,
    /// Satisfied of those who answered, 0 to 1; `None` where nobody did, and where so few did that "all" or "none" would tell what
    /// each of them said.
    pub rate: Option<f64>,
    /// In place of the rate: `none_or_nearly` for 0 to 5 %, `all_or_nearly` for 95 to 100 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<&'static str>,
    /// The least rate that chance leaves possible, 95 %; absent with the rate.
    pub lower: Option<f64>,
    /// The most.
    pub upper: Option<f64>,
    /// How the interval was found: `wilson`, `jeffreys` with fewer than ten answers, `finite` where a large part of the area answered.
    pub method: Option<&'static str>,
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

    /// Satisfaction in the areas of a level, each with its interval and the share that did not answer. Looks at each answer.
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
        let asked = self.work(move |app| {
            app.look(&map, |state| {
                let counts = state.answered(campaign, when.as_of, when.span().as_ref());
                let by_code =
                    counts.into_iter().map(|(id, asked)| (state.covered(id, None).entry.area.code.clone(), asked));
                by_code.collect::<HashMap<Code, Asked>>()
            })
        });
        let asked = asked.await?;
        let line = |(area, tally): (Arc<Area>, Tally)| {
            let asked = asked.get(&area.code).copied().unwrap_or_default();
            let told = Told::of(asked, tally.eligible).map_err(crate::analysis::AnalysisError::from)?;
            let Asked { asked, answered, .. } = asked;
            let no_answer = (asked > 0).then(|| f64::from(asked - answered) / f64::from(asked));
            let (code, name, parent) = (area.code.clone(), area.name.clone(), area.parent.clone());
            let Told { rate, range, lower, upper, method } = told;
            Ok(AreaSatisfaction { code, name, parent, asked, answered, no_answer, rate, range, lower, upper, method })
        };
        Ok(SatisfactionReport {
            campaign,
            as_of: when.moment(),
            period: when.period,
            level,
            definition: DEFINITION,
            areas: areas.into_iter().map(line).collect::<Result<_, AppError>>()?,
        })
    }
}

/// What is told of some answers.
#[derive(Debug, Default, PartialEq)]
struct Told {
    rate: Option<f64>,
    range: Option<&'static str>,
    lower: Option<f64>,
    upper: Option<f64>,
    method: Option<&'static str>,
}

impl Told {
    fn of(asked: Asked, eligible: u32) -> Result<Told, crate::analysis::rates::RatesError> {
        let answers = Rate::new(asked.satisfied, asked.answered)?;
        let range = match top_coded(answers) {
            None => return Ok(Told::default()),
            Some(Shown::NearNone) => Some("none_or_nearly"),
            Some(Shown::NearAll) => Some("all_or_nearly"),
            Some(Shown::Exact(_)) => None,
        };
        if range.is_some() {
            return Ok(Told { range, ..Told::default() });
        }
        // Households that were asked may have stopped counting since.
        let found = share(answers, Some(eligible.max(asked.answered)), Confidence::P95)?;
        let method = |method| match method {
            Method::Wilson => "wilson",
            Method::Jeffreys => "jeffreys",
            Method::Finite => "finite",
        };
        let (lower, upper) = found.map(|(interval, _)| (interval.lower, interval.upper)).unzip();
        Ok(Told { rate: answers.value(), range, lower, upper, method: found.map(|(_, of)| method(of)) })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(satisfied: u32, answered: u32, eligible: u32) -> Told {
        Told::of(Asked { asked: answered + 3, answered, satisfied }, eligible).unwrap()
    }

    #[test]
    fn a_rate_has_the_interval_that_fits_and_of_few_answers_not_what_each_said() {
        let check = |told: Told, rate: f64, lower: f64, upper: f64, method| {
            let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 5e-5);
            assert!(near(told.rate, rate) && near(told.lower, lower) && near(told.upper, upper), "{told:?}");
            assert_eq!(told.method, Some(method));
        };
        check(told(7, 20, 10_000), 0.35, 0.1812, 0.5671, "wilson");
        assert_eq!(told(0, 0, 50), Told::default());
        assert_eq!(told(9, 9, 10_000), Told { range: Some("all_or_nearly"), ..Told::default() });
        assert_eq!(told(0, 4, 10_000), Told { range: Some("none_or_nearly"), ..Told::default() });
        assert_eq!(told(5, 9, 10_000).method, Some("jeffreys"));
        let all = told(15, 20, 20);
        assert_eq!((all.lower, all.upper, all.method), (Some(0.75), Some(0.75), Some("finite")), "everybody answered");
        assert_eq!(told(15, 20, 12).method, Some("finite"), "fewer count than have answered");
    }
}
