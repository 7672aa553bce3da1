//! Areas beside one another: which rates stand out from the whole, and which two can be told apart.

use super::then::{Figured, FiguresThen};
use super::{App, AppError, Caller, Period, When};
use crate::analysis::rates::differ::{Verdict, differ};
use crate::analysis::rates::funnel::{Chance, Funnel, Position};
use crate::analysis::rates::rank::{MOST_UNITS, rank_intervals};
use crate::analysis::rates::{Confidence, Rate, RatesError};
use crate::model::{Area, CampaignId, Code, Level, ModelError, Right, Tally};
use crate::state::State;
use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;
use std::sync::Arc;

/// Places of the curve that a funnel is drawn by.
const CURVE: u32 = 60;

/// Which areas' rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatesQuery {
    /// Visits of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// Of which level.
    pub level: Level,
    /// Within this Area.
    pub within: Option<String>,
    /// As of when, and of which period.
    pub when: When,
}

/// Rates of areas of one level, and what chance can do to them.
#[derive(Debug, Clone, Serialize)]
pub struct RatesReport {
    /// Visits of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// When this was true.
    pub as_of: Timestamp,
    /// Of visits that took place then; absent where it is all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Of the areas.
    pub level: Level,
    /// All areas as one.
    pub overall: Counted,
    /// How much the areas scatter beyond chance; `None` where there is none to compare.
    pub dispersion: Option<Scatter>,
    /// The limits by size, from the smallest area to the largest.
    pub limits: Vec<LimitsAt>,
    /// In the order of their codes.
    pub areas: Vec<AreaRate>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Counted {
    /// Eligible households.
    pub eligible: u32,
    /// Of them with a counted visit.
    pub visited: u32,
    /// 0 to 1; `None` where nobody is eligible.
    pub rate: Option<f64>,
}

/// Scatter beyond chance (Spiegelhalter 2005).
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Scatter {
    /// The mean of what is left of squared z-scores: about 0.7 where chance explains it all.
    pub phi: f64,
    /// The variance between areas, on the transformed scale; 0 where chance explains it all.
    pub tau_squared: f64,
}

/// Where rates of areas of one size lie if nothing sets them apart.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LimitsAt {
    /// Households of such an area.
    pub eligible: u32,
    /// 1 of 1,000 is below.
    pub lower_998: f64,
    /// 25 of 1,000 are below.
    pub lower_95: f64,
    /// 25 of 1,000 are above.
    pub upper_95: f64,
    /// 1 of 1,000 is above.
    pub upper_998: f64,
}

/// One area beside the others.
#[derive(Debug, Clone, Serialize)]
pub struct AreaRate {
    /// Which, and its count.
    #[serde(flatten)]
    pub line: AreaLine,
    /// Where it lies, with the scatter that all areas show; `None` where nobody is eligible.
    pub position: Option<&'static str>,
    /// The same by chance alone.
    pub by_chance: Option<&'static str>,
    /// The ranks that it may have, 1 the highest rate; `None` where nobody is eligible or too many areas are compared.
    pub rank: Option<Ranks>,
}

/// An area and its count.
#[derive(Debug, Clone, Serialize)]
pub struct AreaLine {
    /// Identity.
    pub code: Code,
    /// For people.
    pub name: String,
    /// How far down it stands.
    pub level: Level,
    /// The Area that it belongs to.
    pub parent: Option<Code>,
    /// Its count.
    #[serde(flatten)]
    pub counted: Counted,
}

/// The ranks that an area may have, all of them right together for 95 of 100 such lists.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Ranks {
    /// The highest.
    pub best: u32,
    /// The lowest.
    pub worst: u32,
}

/// Two areas beside one another.
#[derive(Debug, Clone, Serialize)]
pub struct DifferenceReport {
    /// Visits of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// When this was true.
    pub as_of: Timestamp,
    /// Of visits that took place then; absent where it is all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// The first.
    pub a: AreaLine,
    /// The second.
    pub b: AreaLine,
    /// The rate of the first less that of the second.
    pub difference: f64,
    /// The least that chance leaves possible, 95 %.
    pub lower: f64,
    /// The most.
    pub upper: f64,
    /// `a_higher`, `b_higher`, or `cannot_tell`.
    pub verdict: &'static str,
}

/// Comparisons that were made, the last asked for last, each with the tallies that it was made of.
#[derive(Default)]
pub(super) struct Compared(Mutex<Vec<(RatesQuery, Figured, Arc<RatesReport>)>>);

/// Comparisons that are kept: levels and campaigns that people look at in turn.
const COMPARED: usize = 16;

impl Compared {
    /// One that was made of just these tallies.
    fn known(&self, query: &RatesQuery, areas: &Figured) -> Option<Arc<RatesReport>> {
        let mut kept = self.0.lock();
        let same = |(of, made_of, _): &(RatesQuery, Figured, Arc<RatesReport>)| {
            let pairs = || made_of.iter().zip(areas);
            of == query && made_of.len() == areas.len() && pairs().all(|(a, b)| a.1 == b.1 && Arc::ptr_eq(&a.0, &b.0))
        };
        let place = kept.iter().position(same)?;
        let mut known = kept.remove(place);
        let now = RatesReport { as_of: query.when.moment(), ..RatesReport::clone(&known.2) };
        known.2 = Arc::new(now);
        let report = Arc::clone(&known.2);
        kept.push(known);
        Some(report)
    }

    fn keep(&self, query: RatesQuery, areas: Figured, made: RatesReport) -> Arc<RatesReport> {
        let made = Arc::new(made);
        let mut kept = self.0.lock();
        kept.retain(|(of, ..)| *of != query);
        if kept.len() >= COMPARED {
            kept.remove(0);
        }
        kept.push((query, areas, Arc::clone(&made)));
        made
    }
}

impl App {
    /// The rates of all areas of a level beside one another. Counts are read from tallies; the comparison is made without the lock and
    /// costs some 6 ms for 300 townships, and with the square of their number up to the 2,000 areas that are given ranks at most; nothing
    /// where it was made before and no tally has changed since.
    pub async fn rates(&self, caller: &Caller, query: RatesQuery) -> Result<Arc<RatesReport>, AppError> {
        caller.require(Right::Rates)?;
        if let Some(id) = query.campaign {
            self.known_campaign(id)?;
        }
        let RatesQuery { campaign, level, within, when } = query.clone();
        let areas = self.figures(caller, FiguresThen { when, campaign, level: Some(level), within }).await?;
        if let Some(known) = self.compared.known(&query, &areas) {
            return Ok(known);
        }
        self.work(move |app| {
            let made = report(&query, &areas).map_err(crate::analysis::AnalysisError::from)?;
            Ok(app.compared.keep(query, areas, made))
        })
        .await?
    }

    /// Two areas beside one another, of any level.
    pub async fn difference(
        &self,
        caller: &Caller,
        [a, b]: [String; 2],
        campaign: Option<CampaignId>,
        when: When,
    ) -> Result<DifferenceReport, AppError> {
        caller.require(Right::Rates)?;
        if let Some(id) = campaign {
            self.known_campaign(id)?;
        }
        let (a, b) = if when.is_kept() {
            let state = self.state.read();
            let one = |field: &'static str, code: &str| counted(&state, field, code, campaign);
            (one("a", &a)?, one("b", &b)?)
        } else {
            let all = self.figures_then(caller, FiguresThen { when, campaign, level: None, within: None }).await?;
            let one = |field: &'static str, code: &str| {
                let known = all.iter().find(|(area, _)| area.code.as_str() == code).cloned();
                known.ok_or_else(|| ModelError::new(field, code, "the code of an area that was living then"))
            };
            (one("a", &a)?, one("b", &b)?)
        };
        if a.0.code == b.0.code {
            return Err(ModelError::new("b", &b.0.code, "the code of another area than a").into());
        }
        let none = |field, area: &Area| ModelError::new(field, &area.code, "an area with eligible households");
        let found = differ(rate(&a.1), rate(&b.1), Confidence::P95)
            .ok_or_else(|| if a.1.eligible == 0 { none("a", &a.0) } else { none("b", &b.0) })?;
        let verdict = match found.verdict {
            Verdict::FirstHigher => "a_higher",
            Verdict::SecondHigher => "b_higher",
            Verdict::CannotTell => "cannot_tell",
        };
        Ok(DifferenceReport {
            campaign,
            as_of: when.moment(),
            period: when.period,
            a: line(&a.0, &a.1),
            b: line(&b.0, &b.1),
            difference: found.value,
            lower: found.interval.lower,
            upper: found.interval.upper,
            verdict,
        })
    }
}

/// A living area with its tally.
fn counted(
    state: &State,
    field: &'static str,
    code: &str,
    campaign: Option<CampaignId>,
) -> Result<(Arc<Area>, Tally), ModelError> {
    let known = state.area(code).map(|id| state.covered(id, campaign)).filter(|covered| covered.entry.in_force);
    let covered = known.ok_or_else(|| ModelError::new(field, code, "the code of a living area"))?;
    Ok((Arc::clone(&covered.entry.area), covered.tally))
}

/// A full count: no interval belongs to it.
fn rate(tally: &Tally) -> Rate {
    Rate::new(tally.visited(), tally.eligible).expect("a tally counts no household twice")
}

pub(super) fn line(area: &Area, tally: &Tally) -> AreaLine {
    let Area { code, name, level, parent, .. } = area;
    let counted = Counted::of(rate(tally));
    AreaLine { code: code.clone(), name: name.clone(), level: *level, parent: parent.clone(), counted }
}

impl Counted {
    fn of(rate: Rate) -> Counted {
        Counted { eligible: rate.of(), visited: rate.count(), rate: rate.value() }
    }
}

/// Each area is compared with all of them: what was counted might have been dealt to the households by lot.
fn report(query: &RatesQuery, areas: &[(Arc<Area>, Tally)]) -> Result<RatesReport, RatesError> {
    let rates: Vec<Rate> = areas.iter().map(|(_, tally)| rate(tally)).collect();
    // Of no area without households anything can be said.
    let counted: Vec<usize> = (0..rates.len()).filter(|n| rates[*n].of() > 0).collect();
    let compared: Vec<Rate> = counted.iter().map(|n| rates[*n]).collect();
    let funnel = Chance::dealt(&compared).map(|chance| Funnel::of(&compared, chance)).transpose()?;
    let ranks = if compared.len() <= MOST_UNITS { rank_intervals(&compared, Confidence::P95)? } else { Vec::new() };
    let mut lines: Vec<AreaRate> = areas
        .iter()
        .map(|(area, tally)| AreaRate { line: line(area, tally), position: None, by_chance: None, rank: None })
        .collect();
    for (place, n) in counted.iter().enumerate() {
        let placed = funnel.as_ref().and_then(|funnel| funnel.units[place].as_ref());
        lines[*n].position = placed.map(|placed| position(placed.position));
        lines[*n].by_chance = placed.map(|placed| position(placed.by_chance));
        lines[*n].rank = ranks.get(place).map(|rank| Ranks { best: rank.best, worst: rank.worst });
    }
    let sizes = || compared.iter().map(|rate| rate.of());
    let limits = match (&funnel, sizes().min(), sizes().max()) {
        (Some(funnel), Some(from), Some(to)) => funnel.curve(from, to, CURVE),
        _ => Vec::new(),
    };
    let at = |(eligible, limits): (u32, crate::analysis::rates::funnel::Limits)| LimitsAt {
        eligible,
        lower_998: limits.lower_998,
        lower_95: limits.lower_95,
        upper_95: limits.upper_95,
        upper_998: limits.upper_998,
    };
    Ok(RatesReport {
        campaign: query.campaign,
        as_of: query.when.moment(),
        period: query.when.period,
        level: query.level,
        overall: Counted::of(Rate::pooled(&rates)),
        dispersion: funnel.as_ref().map(|f| Scatter { phi: f.dispersion.phi, tau_squared: f.dispersion.tau_squared }),
        limits: limits.into_iter().map(at).collect(),
        areas: lines,
    })
}

/// As documents write it.
pub(super) fn position(position: Position) -> &'static str {
    match position {
        Position::Below998 => "below_998",
        Position::Below95 => "below_95",
        Position::Within => "within",
        Position::Above95 => "above_95",
        Position::Above998 => "above_998",
    }
}
