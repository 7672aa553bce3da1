//! Figures as of a past moment.

use super::figures::Shown;
use super::past::may_look_back;
use super::read::living;
use super::{App, AppError, AreaCoverage, Caller, CoverageQuery, CoverageReport, Figures};
use crate::model::{Area, CampaignId, Level, Right, Tally};
use crate::state::{AreaId, Covered, State, Then};
use jiff::Timestamp;
use parking_lot::Mutex;
use std::sync::Arc;

/// Times whose figures are kept: a row of small charts asks for some dozen again and again.
const KEPT: usize = 32;

/// Figures that were turned back to a time, the last asked for last. What was does not change.
#[derive(Default)]
pub(super) struct Turned(Mutex<Vec<(About, Arc<Then>)>>);

/// Which figures: of what time, in which campaign.
type About = (Timestamp, Option<CampaignId>);

impl Turned {
    fn known(&self, at: Timestamp, campaign: Option<CampaignId>) -> Option<Arc<Then>> {
        let mut kept = self.0.lock();
        let place = kept.iter().position(|(about, _)| *about == (at, campaign))?;
        let known = kept.remove(place);
        let then = Arc::clone(&known.1);
        kept.push(known);
        Some(then)
    }

    fn keep(&self, at: Timestamp, campaign: Option<CampaignId>, then: &Arc<Then>) {
        let mut kept = self.0.lock();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(((at, campaign), Arc::clone(then)));
    }
}

/// The areas of a level, or all, with their tallies.
pub(super) type Figured = Vec<(Arc<Area>, Tally)>;

/// Which areas' figures, and when.
#[derive(Debug, Clone)]
pub(super) struct FiguresThen {
    pub at: Timestamp,
    pub campaign: Option<CampaignId>,
    pub level: Option<Level>,
    pub within: Option<String>,
}

impl App {
    /// Tallies as they were at a time, in the areas of that time.
    ///
    /// Counted from the columns of the living map where no area was redrawn and no household moved since, in some 0.1 s for millions of
    /// visits, without keeping writers waiting; else read from the map of that time, which may have to be built first.
    pub(super) async fn figures_then(&self, caller: &Caller, query: FiguresThen) -> Result<Figured, AppError> {
        may_look_back(caller, query.at)?;
        let asked = query.clone();
        if let Some(figured) = self.work(move |app| app.turned_back(&asked)).await?? {
            return Ok(figured);
        }
        let past = self.past(caller, Some(query.at)).await?;
        self.work(move |app| match past {
            Some(moment) => {
                listed(&moment.state, &query, |state, within| state.coverage(query.campaign, query.level, within, None))
            }
            None => listed(&app.state.read(), &query, |state, within| {
                state.coverage(query.campaign, query.level, within, None)
            }),
        })
        .await?
    }

    fn turned_back(&self, query: &FiguresThen) -> Result<Option<Figured>, AppError> {
        let FiguresThen { at, campaign, level, .. } = *query;
        let Some(mut back) = self.state.read().turn_back(at, campaign) else { return Ok(None) };
        let then = if let Some(known) = self.turned.known(at, campaign) {
            known
        } else {
            // The lock is taken anew for each step: whoever logs a visit meanwhile waits some milliseconds.
            while back.step(&self.state.read()) {}
            let then = Arc::new(back.finish(&self.state.read()));
            self.turned.keep(at, campaign, &then);
            then
        };
        let state = self.state.read();
        listed(&state, query, |state, within| state.coverage_then(&then, level, within)).map(Some)
    }

    /// The coverage of some Areas as it was at a time. A rectangle narrows it down to those that touch it.
    pub async fn coverage_then(
        &self,
        caller: &Caller,
        query: CoverageQuery,
        at: Timestamp,
    ) -> Result<CoverageReport, AppError> {
        caller.require(Right::Coverage)?;
        let CoverageQuery { campaign, level, within, bbox } = query;
        if let Some(id) = campaign {
            self.known_campaign(id)?;
        }
        let figured = self.figures_then(caller, FiguresThen { at, campaign, level, within }).await?;
        let touches = |area: &Area| {
            let around = crate::geom::Bbox::around(&area.geometry);
            bbox.as_ref().is_none_or(|bbox| around.is_some_and(|around| bbox.intersects(&around)))
        };
        let figured = figured.into_iter().filter(|(area, _)| touches(area));
        let areas =
            figured.map(|(area, tally)| AreaCoverage { area, figures: Shown::Exact(Figures::from(tally)) }).collect();
        Ok(CoverageReport { campaign, as_of: Some(at), edition: None, areas })
    }
}

fn listed<'a>(
    state: &'a State,
    query: &FiguresThen,
    covered: impl FnOnce(&'a State, Option<AreaId>) -> Vec<Covered<'a>>,
) -> Result<Figured, AppError> {
    let within = query.within.as_deref().map(|code| living(state, code)).transpose()?;
    let one = |covered: Covered<'_>| (Arc::clone(&covered.entry.area), covered.tally);
    Ok(covered(state, within).into_iter().map(one).collect())
}
