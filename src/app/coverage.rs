//! The coverage of Areas, and one Area with its figures.

use super::access::day;
use super::figures::{AreaCoverage, Figures, Shown};
use super::named::living;
use super::past::Moment;
use super::published::Sight;
use super::teams::Answering;
use super::{App, AppError, Caller, Period};
use crate::geom::Bbox;
use crate::model::{Area, CampaignId, Code, Level, Outcome, Right, Tally};
use crate::state::{Covered, State};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::sync::Arc;

/// Which Areas' coverage.
#[derive(Debug, Clone, Default)]
pub struct CoverageQuery {
    /// Visits of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// Of one level; `None` is all.
    pub level: Option<Level>,
    /// Within this Area, itself included.
    pub within: Option<String>,
    /// Touching this rectangle.
    pub bbox: Option<Bbox>,
}

/// The coverage of some Areas.
#[derive(Debug, Clone, Serialize)]
pub struct CoverageReport {
    /// Visits of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// When this was true: now, or at the last edition about the campaign; `None` where nothing was published.
    pub as_of: Option<Timestamp>,
    /// Of visits that took place then; absent where it is all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Of published figures, the number of that edition; absent where figures are as they are now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<Option<u32>>,
    /// In the order of level and code.
    pub areas: Vec<AreaCoverage>,
}

/// One Area.
#[derive(Debug, Clone, Serialize)]
pub struct AreaReport {
    /// Identity.
    pub code: Code,
    /// For people.
    pub name: String,
    /// How far down it stands.
    pub level: Level,
    /// The Area that it belongs to.
    pub parent: Option<Code>,
    /// First day of its validity.
    pub valid_from: Option<Date>,
    /// Last day of its validity.
    pub valid_to: Option<Date>,
    /// West, south, east, north.
    pub bbox: [f64; 4],
    /// Square metres, to the nearest.
    pub area_m2: f64,
    /// Codes of the living Areas directly below.
    pub children: Vec<Code>,
    /// When this was true.
    pub as_of: Timestamp,
    /// The Teams that answer for it, for who sees the coverage as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teams: Option<Vec<Answering>>,
    /// Its figures over all visits; those of the campaign published last for who sees published figures only.
    pub coverage: Shown,
}

impl App {
    /// The coverage of some Areas, read from tallies.
    pub fn coverage(&self, caller: &Caller, query: &CoverageQuery) -> Result<CoverageReport, AppError> {
        caller.require(Right::Published)?;
        if let Some(id) = query.campaign {
            self.known_campaign(id)?;
        }
        let sight = self.sight(caller, query.campaign);
        let state = self.state.read();
        let within = query.within.as_deref().map(|code| living(&state, code)).transpose()?;
        let covered = state.coverage(query.campaign, query.level, within, query.bbox.as_ref());
        let area = |c: Covered<'_>| AreaCoverage { area: Arc::clone(&c.entry.area), figures: shown(&sight, &c) };
        let areas = covered.into_iter().map(area).collect();
        Ok(match &sight {
            Sight::Exact(campaign) => CoverageReport {
                campaign: *campaign,
                as_of: Some(Timestamp::now()),
                period: None,
                edition: None,
                areas,
            },
            Sight::Published(Some(of)) => {
                let (campaign, edition) = (Some(of.edition.campaign), Some(Some(of.edition.number)));
                CoverageReport { campaign, as_of: Some(of.edition.at), period: None, edition, areas }
            }
            Sight::Published(None) => {
                CoverageReport { campaign: query.campaign, as_of: None, period: None, edition: Some(None), areas }
            }
        })
    }

    /// A coverage report as a table: a header, then a row for each Area.
    #[must_use]
    pub fn coverage_csv(&self, report: &CoverageReport) -> String {
        let mut header: Vec<String> =
            ["code", "name", "level", "parent", "eligible", "visited", "unvisited", "rate"].map(str::to_owned).into();
        if report.edition.is_some() {
            header.extend(["oldest", "newest", "held_back"].map(str::to_owned));
        } else {
            header.extend(Outcome::ALL.map(|o| o.as_str().to_owned()));
        }
        let rows = report.areas.iter().map(|AreaCoverage { area, figures }| {
            let tally = figures.tally();
            let count = |of: fn(&Tally) -> u32| tally.as_ref().map(|tally| of(tally).to_string()).unwrap_or_default();
            let mut row = vec![
                area.code.to_string(),
                area.name.clone(),
                area.level.to_string(),
                area.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
                count(|tally| tally.eligible),
                count(Tally::visited),
                count(Tally::unvisited),
                tally.as_ref().and_then(Tally::rate).map(|rate| rate.to_string()).unwrap_or_default(),
            ];
            match figures {
                Shown::Exact(figures) => {
                    row.extend(Outcome::ALL.iter().map(|o| figures.tally().outcomes[*o].to_string()));
                }
                Shown::Published(figures) => {
                    row.extend([figures.oldest.to_string(), figures.newest.to_string(), "false".to_owned()]);
                }
                Shown::HeldBack => row.extend([String::new(), String::new(), "true".to_owned()]),
            }
            row
        });
        crate::formats::csv_text(&header, rows)
    }

    /// One Area, ended ones included; as it was at a time.
    pub async fn area(&self, caller: &Caller, code: &str, as_of: Option<Timestamp>) -> Result<AreaReport, AppError> {
        caller.require(Right::Areas)?;
        let map = self.map(caller, as_of).await?;
        let sight = if map.is_living() { self.sight(caller, None) } else { Moment::sight(caller, None) };
        let at = as_of.unwrap_or_else(Timestamp::now);
        self.look(&map, |state| area_of(state, caller, &sight, code, at))
    }
}

/// One Area of a map.
fn area_of(
    state: &State,
    caller: &Caller,
    sight: &Sight,
    code: &str,
    as_of: Timestamp,
) -> Result<AreaReport, AppError> {
    let id = living(state, code)?;
    let covered = state.covered(id, None);
    let Area { code, name, level, parent, valid_from, valid_to, .. } = Area::clone(&covered.entry.area);
    let children = state.area_children(id).map(|area| area.code.clone()).collect();
    let bbox = covered.entry.bbox.to_array();
    let (area_m2, coverage) = (covered.entry.area_m2.round(), shown(sight, &covered));
    let teams = caller.may(Right::Coverage).then(|| Answering::of(state, Some(id), day(as_of), false));
    Ok(AreaReport { code, name, level, parent, valid_from, valid_to, bbox, area_m2, children, as_of, teams, coverage })
}

/// The figures of an Area as they are seen; those of one that has ended were published of others if at all.
fn shown(sight: &Sight, covered: &Covered<'_>) -> Shown {
    match sight {
        Sight::Exact(_) => Shown::Exact(Figures::from(covered.tally)),
        Sight::Published(_) => {
            let published = sight.published(&covered.entry.area.code).filter(|_| covered.entry.in_force);
            published.map_or(Shown::HeldBack, |figures| Shown::Published(*figures))
        }
    }
}
