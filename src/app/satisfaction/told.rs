//! What is told of answers: a rate with its interval, where it lies beside others, and of few not what each said.

use super::super::rates::position;
use crate::analysis::rates::funnel::{Chance, Funnel};
use crate::analysis::rates::interval::Method;
use crate::analysis::rates::reliable::{FEW_ANSWERS, Shown, top_coded};
use crate::analysis::rates::{Confidence, Rate, RatesError, share};
use crate::model::{AnswerCounts, Area, Code};
use serde::Serialize;
use std::sync::Arc;

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

/// All areas as one, and each beside it: answers that might have been dealt to the areas by lot are no difference between them.
///
/// The whole leaves out areas whose rate is not told, where they are too few together: taken from the whole, the others would tell it.
pub fn told(areas: &[(Arc<Area>, u32, AnswerCounts)]) -> Result<(Satisfied, Vec<AreaSatisfaction>), RatesError> {
    let (mut whole, mut untold) = ((AnswerCounts::default(), 0), (AnswerCounts::default(), 0));
    for (_, eligible, counts) in areas {
        let part = if is_told(*counts)? { &mut whole } else { &mut untold };
        part.0 += *counts;
        part.1 += eligible;
    }
    if is_told(untold.0)? {
        whole.0 += untold.0;
        whole.1 += untold.1;
    }
    let positions = positions(&areas.iter().map(|(.., counts)| *counts).collect::<Vec<_>>())?;
    let line = |((area, eligible, counts), position): (&(Arc<Area>, u32, AnswerCounts), Option<&'static str>)| {
        let (code, name, parent) = (area.code.clone(), area.name.clone(), area.parent.clone());
        Ok(AreaSatisfaction { code, name, parent, told: Satisfied::of(*counts, *eligible)?, position })
    };
    let lines = areas.iter().zip(positions).map(line).collect::<Result<_, RatesError>>()?;
    Ok((Satisfied::of(whole.0, whole.1)?, lines))
}

/// Where each lies beside all that were answered enough to be compared: of fewer than ten answers nothing is said.
fn positions(areas: &[AnswerCounts]) -> Result<Vec<Option<&'static str>>, RatesError> {
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

/// Whether a rate says nothing of what each one answered.
fn is_told(AnswerCounts { answered, satisfied, .. }: AnswerCounts) -> Result<bool, RatesError> {
    Ok(matches!(top_coded(Rate::new(satisfied, answered)?), None | Some(Shown::Exact(_))))
}

impl Satisfied {
    fn of(AnswerCounts { asked, answered, satisfied }: AnswerCounts, eligible: u32) -> Result<Satisfied, RatesError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(satisfied: u32, answered: u32, eligible: u32) -> Satisfied {
        Satisfied::of(AnswerCounts { asked: answered + 3, answered, satisfied }, eligible).unwrap()
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
    fn the_whole_less_the_others_tells_nothing_of_few() {
        let area = |n: usize| {
            let (code, name) = (Code::new(&format!("A{n}")).unwrap(), format!("A{n}"));
            let geometry = geo::MultiPolygon(Vec::new());
            let (level, parent, valid_from, valid_to) = (crate::model::Level::Village, None, None, None);
            Arc::new(Area { code, name, level, parent, valid_from, valid_to, geometry })
        };
        let whole = |asked: &[(u32, u32)]| {
            let of = |(n, (satisfied, answered)): (usize, &(u32, u32))| {
                (area(n), 100, AnswerCounts { asked: *answered, answered: *answered, satisfied: *satisfied })
            };
            told(&asked.iter().enumerate().map(of).collect::<Vec<_>>()).unwrap().0
        };
        let check = |asked: &[(u32, u32)], answered: u32, rate: Option<f64>| {
            let whole = whole(asked);
            assert_eq!((whole.answered, whole.rate), (answered, rate), "{asked:?}");
        };
        check(&[(30, 40), (9, 9)], 40, Some(0.75));
        check(&[(30, 40), (0, 3), (0, 2)], 40, Some(0.75));
        // Ten together, or of both sorts: nobody is told apart.
        check(&[(30, 40), (9, 9), (1, 1)], 50, Some(0.8));
        check(&[(30, 40), (2, 2), (0, 2)], 44, Some(32.0 / 44.0));
        check(&[(4, 4)], 0, None);
    }

    #[test]
    fn only_what_chance_does_not_explain_is_set_apart_and_of_few_answers_nothing_is_said() {
        let asked = |satisfied, answered| AnswerCounts { asked: answered + 5, answered, satisfied };
        let alike = [asked(80, 100), asked(75, 100), asked(84, 100), asked(0, 9), asked(0, 0)];
        let within = Some("within");
        assert_eq!(positions(&alike).unwrap(), [within, within, within, None, None]);
        let [one, two, three, ..] = alike;
        let apart = positions(&[one, two, three, asked(78, 100), asked(81, 100), asked(79, 100), asked(20, 100)]);
        assert_eq!(apart.unwrap()[6], Some("below_998"));
        assert_eq!(positions(&[asked(0, 0)]).unwrap(), [None]);
    }
}
