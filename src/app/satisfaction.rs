//! Satisfaction: asked by those who do not answer for a household, and told with what it cannot tell.

use super::access::day;
use super::rates::position;
use super::read::living;
use super::{App, AppError, Caller, Outcome};
use crate::analysis::rates::funnel::{Chance, Funnel};
use crate::analysis::rates::interval::Method;
use crate::analysis::rates::reliable::{FEW_ANSWERS, Shown, top_coded};
use crate::analysis::rates::{Confidence, Rate, RatesError, share};
use crate::model::{Answer, Area, CampaignId, Change, Code, Level, ModelError, Right};
use crate::state::{Asked, HouseholdView, State};
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
    /// As far as it was known then; `None` is now.
    pub as_of: Option<Timestamp>,
}

/// Satisfaction by area.
#[derive(Debug, Clone, Serialize)]
pub struct SatisfactionReport {
    /// With which campaign.
    pub campaign: Option<CampaignId>,
    /// When this was true.
    pub as_of: Timestamp,
    /// Of the areas.
    pub level: Level,
    /// What the figures mean, for people.
    pub definition: &'static str,
    /// All areas as one.
    pub overall: Satisfied,
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
    /// What was answered there.
    #[serde(flatten)]
    pub told: Satisfied,
    /// Where it lies beside the limits of chance around all areas, as a compared rate does; `None` with fewer than ten answers.
    pub position: Option<&'static str>,
}

/// What is told of some answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Satisfied {
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

    /// Satisfaction in the areas of a level, each with its interval and the share that did not answer. Looks at each answer; areas are
    /// those of today.
    pub fn satisfaction(&self, caller: &Caller, query: &SatisfactionQuery) -> Result<SatisfactionReport, AppError> {
        caller.require(Right::Rates)?;
        if let Some(at) = query.as_of {
            super::past::may_look_back(caller, at)?;
        }
        if let Some(id) = query.campaign {
            self.known_campaign(id)?;
        }
        let areas: Vec<(Arc<Area>, u32, Asked)> = {
            let state = self.state.read();
            let within = query.within.as_deref().map(|code| living(&state, code)).transpose()?;
            let counts = state.answered(query.campaign, query.as_of);
            let covered = state.coverage(None, Some(query.level), within, None);
            let one = |c: crate::state::Covered<'_>| {
                (c.entry.area.clone(), c.tally.eligible, counts.get(&c.id).copied().unwrap_or_default())
            };
            covered.into_iter().map(one).collect()
        };
        let (overall, areas) = told(&areas).map_err(crate::analysis::AnalysisError::from)?;
        Ok(SatisfactionReport {
            campaign: query.campaign,
            as_of: query.as_of.unwrap_or_else(Timestamp::now),
            level: query.level,
            definition: DEFINITION,
            overall,
            areas,
        })
    }
}

/// All areas as one, and each beside it: answers that might have been dealt to the areas by lot are no difference between them.
fn told(areas: &[(Arc<Area>, u32, Asked)]) -> Result<(Satisfied, Vec<AreaSatisfaction>), RatesError> {
    let whole = areas.iter().fold((Asked::default(), 0_u32), |(sum, all), (_, eligible, asked)| {
        let Asked { asked, answered, satisfied } = *asked;
        let sum =
            Asked { asked: sum.asked + asked, answered: sum.answered + answered, satisfied: sum.satisfied + satisfied };
        (sum, all.saturating_add(*eligible))
    });
    let positions = positions(&areas.iter().map(|(.., asked)| *asked).collect::<Vec<_>>())?;
    let line = |((area, eligible, asked), position): (&(Arc<Area>, u32, Asked), Option<&'static str>)| {
        let (code, name, parent) = (area.code.clone(), area.name.clone(), area.parent.clone());
        Ok(AreaSatisfaction { code, name, parent, told: Satisfied::of(*asked, *eligible)?, position })
    };
    let lines = areas.iter().zip(positions).map(line).collect::<Result<_, RatesError>>()?;
    Ok((Satisfied::of(whole.0, whole.1)?, lines))
}

/// Where each lies beside all that were answered enough to be compared: of fewer than ten answers nothing is said.
fn positions(areas: &[Asked]) -> Result<Vec<Option<&'static str>>, RatesError> {
    let compared: Vec<usize> = (0..areas.len()).filter(|n| areas[*n].answered >= FEW_ANSWERS).collect();
    let rates = compared.iter().map(|n| Rate::new(areas[*n].satisfied, areas[*n].answered));
    let rates: Vec<Rate> = rates.collect::<Result<_, _>>()?;
    let funnel = Chance::dealt(&rates).map(|chance| Funnel::of(&rates, chance)).transpose()?;
    let mut found = vec![None; areas.len()];
    for (n, placed) in compared.into_iter().zip(funnel.iter().flat_map(|funnel| &funnel.units)) {
        found[n] = placed.as_ref().map(|placed| position(placed.position));
    }
    Ok(found)
}

impl Satisfied {
    fn of(Asked { asked, answered, satisfied }: Asked, eligible: u32) -> Result<Satisfied, RatesError> {
        let no_answer = (asked > 0).then(|| f64::from(asked - answered) / f64::from(asked));
        let told = Satisfied { asked, answered, no_answer, ..Satisfied::default() };
        let answers = Rate::new(satisfied, answered)?;
        let range = match top_coded(answers) {
            None => return Ok(told),
            Some(Shown::NearNone) => Some("none_or_nearly"),
            Some(Shown::NearAll) => Some("all_or_nearly"),
            Some(Shown::Exact(_)) => None,
        };
        if range.is_some() {
            return Ok(Satisfied { range, ..told });
        }
        // Households that were asked may have stopped counting since.
        let found = share(answers, Some(eligible.max(answered)), Confidence::P95)?;
        let method = |method| match method {
            Method::Wilson => "wilson",
            Method::Jeffreys => "jeffreys",
            Method::Finite => "finite",
        };
        let (lower, upper) = found.map(|(interval, _)| (interval.lower, interval.upper)).unzip();
        Ok(Satisfied { rate: answers.value(), lower, upper, method: found.map(|(_, of)| method(of)), ..told })
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

    fn of(satisfied: u32, answered: u32, eligible: u32) -> Satisfied {
        Satisfied::of(Asked { asked: answered + 3, answered, satisfied }, eligible).unwrap()
    }

    #[test]
    fn a_rate_has_the_interval_that_fits_and_of_few_answers_not_what_each_said() {
        let check = |told: Satisfied, rate: f64, lower: f64, upper: f64, method| {
            let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 5e-5);
            assert!(near(told.rate, rate) && near(told.lower, lower) && near(told.upper, upper), "{told:?}");
            assert_eq!(told.method, Some(method));
        };
        check(of(7, 20, 10_000), 0.35, 0.1812, 0.5671, "wilson");
        assert_eq!(of(0, 0, 50), Satisfied { asked: 3, no_answer: Some(1.0), ..Satisfied::default() });
        let few = of(9, 9, 10_000);
        assert_eq!((few.range, few.rate, few.lower), (Some("all_or_nearly"), None, None));
        let few = of(0, 4, 10_000);
        assert_eq!((few.range, few.rate, few.upper), (Some("none_or_nearly"), None, None));
        assert_eq!(of(5, 9, 10_000).method, Some("jeffreys"));
        let all = of(15, 20, 20);
        assert_eq!((all.lower, all.upper, all.method), (Some(0.75), Some(0.75), Some("finite")), "everybody answered");
        assert_eq!(of(15, 20, 12).method, Some("finite"), "fewer count than have answered");
    }
    #[test]
    fn only_what_chance_does_not_explain_is_set_apart_and_of_few_answers_nothing_is_said() {
        let asked = |satisfied, answered| Asked { asked: answered + 5, answered, satisfied };
        let alike = [asked(80, 100), asked(75, 100), asked(84, 100), asked(0, 9), asked(0, 0)];
        let within = Some("within");
        assert_eq!(positions(&alike).unwrap(), [within, within, within, None, None]);
        let [one, two, three, ..] = alike;
        let apart = positions(&[one, two, three, asked(78, 100), asked(81, 100), asked(79, 100), asked(20, 100)]);
        assert_eq!(apart.unwrap()[6], Some("below_998"));
        assert_eq!(positions(&[asked(0, 0)]).unwrap(), [None]);
    }
}
