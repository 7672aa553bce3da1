//! Figures as of a past moment, and of a period.

use super::figures::Shown;
use super::named::living;
use super::past::{Map, may_look_back};
use super::{App, AppError, AreaCoverage, Caller, CoverageQuery, CoverageReport, Figures, When};
use crate::model::{Area, CampaignId, Level, Right, Tally};
use crate::state::{Covered, State, Then, Turnback};
use jiff::Timestamp;
use parking_lot::Mutex;
use std::sync::Arc;

/// Times whose figures are kept: a row of small charts asks for some dozen again and again.
const KEPT: usize = 32;

/// Figures that were turned back to a time, the last asked for last. What was does not change.
#[derive(Default)]
pub(super) struct Turned(Mutex<Vec<(About, Arc<Then>)>>);

/// Which figures: of what time, in which campaign.
type About = (When, Option<CampaignId>);

impl Turned {
    fn known(&self, about: About) -> Option<Arc<Then>> {
        let mut kept = self.0.lock();
        let place = kept.iter().position(|(of, _)| *of == about)?;
        let known = kept.remove(place);
        let then = Arc::clone(&known.1);
        kept.push(known);
        Some(then)
    }

    fn keep(&self, about: About, then: &Arc<Then>) {
        let mut kept = self.0.lock();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((about, Arc::clone(then)));
    }
}

/// The areas of a level, or all, with their tallies.
pub(super) type Figured = Vec<(Arc<Area>, Tally)>;

/// Which areas' figures, and when.
#[derive(Debug, Clone)]
pub(super) struct FiguresThen {
    pub when: When,
    pub campaign: Option<CampaignId>,
    pub level: Option<Level>,
    pub within: Option<String>,
}

impl App {
    /// Tallies of Areas: read where those of now are asked for, else counted.
    pub(super) async fn figures(&self, caller: &Caller, query: FiguresThen) -> Result<Figured, AppError> {
        if !query.when.is_kept() {
            return self.figures_then(caller, query).await;
        }
        let state = self.state.read();
        let within = query.within.as_deref().map(|code| living(&state, code)).transpose()?;
        Ok(figured(state.coverage(query.campaign, query.level, within, None)))
    }

    /// Tallies as they were at a time, in the areas of that time, or of what took place in a period.
    ///
    /// Counted from the columns of the living map, in some 0.1 s for millions of visits, without keeping writers waiting for more than a
    /// part of that. Where borders moved since around more households than can be looked for again soon ([`State::tells`]), from those of
    /// the map of that time, which may have to be built first.
    pub(super) async fn figures_then(&self, caller: &Caller, query: FiguresThen) -> Result<Figured, AppError> {
        loop {
            let (map, asked) = (self.map_of_figures(caller, query.when.as_of).await?, query.clone());
            // Where a border moved far in between, the next map is the one of that time.
            if let Some(figured) = self.work(move |app| app.turned_back(&map, &asked)).await?? {
                return Ok(figured);
            }
        }
    }

    /// The map whose columns tell the figures of a time: the living one where they do.
    pub(super) async fn map_of_figures(&self, caller: &Caller, at: Option<Timestamp>) -> Result<Map, AppError> {
        let Some(time) = at else { return Ok(Map::LIVING) };
        may_look_back(caller, time)?;
        if self.work(move |app| app.state.read().tells(time)).await? {
            return Ok(Map::LIVING);
        }
        self.map(caller, at).await
    }

    /// `None` where the map tells the figures of that time no more.
    fn turned_back(&self, map: &Map, query: &FiguresThen) -> Result<Option<Figured>, AppError> {
        let FiguresThen { when, campaign, level, .. } = *query;
        // What took place in a period until now changes with every visit; and numbers of Areas are those of one map.
        // What is kept stays true: a change that comes in later has a later time.
        let over = |at: Timestamp| self.look(map, |state| state.at().is_some_and(|last| last > at));
        let kept = (when.as_of.is_some_and(over) && map.is_living()).then_some((when, campaign));
        let then = if let Some(known) = kept.and_then(|about| self.turned.known(about)) {
            known
        } else {
            let back = self.turn_back(map, when, campaign);
            let tells = |state: &State| when.as_of.is_none_or(|at| state.tells(at));
            let Some(then) = self.look(map, |state| tells(state).then(|| back.finish(state))) else { return Ok(None) };
            let then = Arc::new(then);
            if let Some(about) = kept {
                self.turned.keep(about, &then);
            }
            then
        };
        self.look(map, |state| {
            let areas = state.areas_then(when.as_of);
            let found =
                |code: &str| areas.find(code).ok_or_else(|| AppError::NotFound { what: "area", name: code.to_owned() });
            let within = query.within.as_deref().map(found).transpose()?;
            Ok(Some(areas.listed(level, within).into_iter().map(|(id, area)| (area, then.tally(id))).collect()))
        })
    }

    /// What stood for each household of a map at a time, or in a period. The lock is taken anew for each step: whoever logs a visit
    /// meanwhile waits some milliseconds.
    pub(super) fn turn_back(&self, map: &Map, when: When, campaign: Option<CampaignId>) -> Turnback {
        let mut back = self.look(map, |state| {
            // A clock that was set back is no reason to leave out what has come in.
            let last = state.at().unwrap_or(Timestamp::MIN);
            state.turn_back(when.as_of.unwrap_or_else(|| Timestamp::now().max(last)), campaign, when.span())
        });
        while self.look(map, |state| back.step(state)) {}
        back
    }

    /// The coverage of some Areas as it was at a time, or in a period. A rectangle narrows it down to those that touch it.
    pub async fn coverage_then(
        &self,
        caller: &Caller,
        query: CoverageQuery,
        when: When,
    ) -> Result<CoverageReport, AppError> {
        caller.require(Right::Coverage)?;
        let CoverageQuery { campaign, level, within, bbox } = query;
        if let Some(id) = campaign {
            self.known_campaign(id)?;
        }
        let figured = self.figures_then(caller, FiguresThen { when, campaign, level, within }).await?;
        let touches = |area: &Area| {
            let around = crate::geom::Bbox::around(&area.geometry);
            bbox.as_ref().is_none_or(|bbox| around.is_some_and(|around| bbox.intersects(&around)))
        };
        let figured = figured.into_iter().filter(|(area, _)| touches(area));
        let areas =
            figured.map(|(area, tally)| AreaCoverage { area, figures: Shown::Exact(Figures::from(tally)) }).collect();
        Ok(CoverageReport { campaign, as_of: Some(when.moment()), period: when.period, edition: None, areas })
    }
}

fn figured(covered: Vec<Covered<'_>>) -> Figured {
    covered.into_iter().map(|one| (Arc::clone(&one.entry.area), one.tally)).collect()
}
