//! What is asked of the map: coverage, lists, single things. Reports are plain values, ready to be written out.

use super::confided::Opened;
use super::figures::{AreaCoverage, Figures, Shown};
use super::published::Sight;
use super::{App, AppError, Caller};
use crate::geom::{Bbox, LonLat};
use crate::model::{Area, CampaignId, Code, ConfidedField, Level, Outcome, Right, Sealed, Tally};
use crate::state::{AreaId, Covered, Found, HouseholdView, Scope, State, VisitView, Void};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// What the service holds.
#[derive(Debug, Clone, Serialize)]
pub struct Info {
    /// The name of the place.
    pub name: String,
    /// Of the program.
    pub version: &'static str,
    /// The number of the last change; for the public, how many changes everybody may hear of there were.
    pub seq: u64,
    /// When this was true.
    pub as_of: Timestamp,
    /// West, south, east, north of all Areas.
    pub bbox: Option<[f64; 4]>,
    /// Whether the data is labelled sample data.
    pub sample: bool,
    /// Where the data is from, plain text.
    pub attribution: Vec<String>,
    /// How many living Areas each level has.
    pub levels: BTreeMap<&'static str, u32>,
}

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
    /// Its figures over all visits; those of the campaign published last for who sees published figures only.
    pub coverage: Shown,
}

/// Which households nobody reached.
#[derive(Debug, Clone)]
pub struct UnvisitedQuery {
    /// In which campaign; `None` is over all visits.
    pub campaign: Option<CampaignId>,
    /// Within this Area.
    pub area: Option<String>,
    /// Nearest to this place first.
    pub near: Option<LonLat>,
    /// Most of them in the list.
    pub limit: usize,
}

/// Households that nobody reached.
#[derive(Debug, Clone, Serialize)]
pub struct UnvisitedReport {
    /// In which campaign.
    pub campaign: Option<CampaignId>,
    /// When this was true.
    pub as_of: Timestamp,
    /// How many there are, listed or not.
    pub total: u64,
    /// The list.
    pub households: Vec<UnvisitedHousehold>,
}

/// One household that nobody reached.
#[derive(Debug, Clone, Serialize)]
pub struct UnvisitedHousehold {
    /// What is known of it.
    #[serde(flatten)]
    pub household: HouseholdLine,
    /// What came of the last visit.
    pub outcome: Option<Outcome>,
    /// When that was.
    pub called_at: Option<Timestamp>,
    /// From the place asked about, metres to the tenth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
}

/// A household as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub struct HouseholdLine {
    /// Identity.
    pub code: String,
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// For a role that may see addresses.
    pub address: Option<String>,
    /// Whether it counts.
    pub status: &'static str,
    /// Code of the lowest Area it lies in.
    pub area: Option<Code>,
}

/// One household with its visits.
#[derive(Debug, Clone, Serialize)]
pub struct HouseholdReport {
    /// What is known of it.
    #[serde(flatten)]
    pub household: HouseholdLine,
    /// For a role that may see addresses.
    pub persons: Option<u16>,
    /// How to reach it; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// What it needs, a line each; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// Contact or needs are known and no key at hand opens them; absent where that is not so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// The member of a Team to whom it was given; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// Codes of the Areas that hold it, from the lowest up.
    pub areas: Vec<Code>,
    /// The last to come in first.
    pub visits: Vec<VisitLine>,
}

/// A visit as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub struct VisitLine {
    /// Made by the client.
    pub id: Uuid,
    /// When it took place.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// For which campaign.
    pub campaign: Option<CampaignId>,
    /// Who called; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How long it took; for a role that may see addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u16>,
    /// What the household was found to need; for a role that may see addresses, where a key at hand opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// The caller stood far from the household; for a role that may see addresses.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub far: bool,
    /// It stands no more: `corrected` by a later one, or `withdrawn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub void: Option<&'static str>,
}

/// Something that a word found.
#[derive(Debug, Clone, Serialize)]
pub struct SearchHit {
    /// `area` or `household`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Identity.
    pub code: String,
    /// For people; a household's is its code, or its address for a role that may see it.
    pub name: String,
    /// Of an Area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Degrees east of its middle.
    pub lon: f64,
    /// Degrees north of its middle.
    pub lat: f64,
    /// Of an Area: west, south, east, north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[f64; 4]>,
}

impl HouseholdReport {
    /// Whether it tells anything personal.
    pub(super) fn is_personal(&self) -> bool {
        let confided = self.contact.is_some() || self.needs.is_some() || self.sealed;
        let known = self.household.address.is_some() || self.persons.is_some();
        confided || known || self.caller.is_some() || self.visits.iter().any(|visit| visit.by.is_some())
    }
}

impl UnvisitedReport {
    /// Of how many households it tells the address.
    pub(super) fn personal(&self) -> usize {
        self.households.iter().filter(|one| one.household.address.is_some()).count()
    }
}

impl App {
    /// What the service holds.
    #[must_use]
    pub fn info(&self, caller: &Caller) -> Info {
        let state = self.state.read();
        let levels = Level::ALL.into_iter().map(|level| (level.as_str(), state.level_count(level))).collect();
        Info {
            name: state.info().name.clone(),
            version: env!("CARGO_PKG_VERSION"),
            seq: if caller.counts_all() { state.seq() } else { state.heard() },
            as_of: Timestamp::now(),
            bbox: state.extent().map(|bbox| bbox.to_array()),
            sample: state.info().sample,
            attribution: state.info().attribution.clone(),
            levels,
        }
    }

    /// The number of the last change. It tells how much is being entered: for who runs the service.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.state.read().seq()
    }

    /// Where the data is from, plain text, one line a source.
    #[must_use]
    pub fn attribution(&self) -> Vec<String> {
        self.state.read().info().attribution.clone()
    }

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
            Sight::Exact(campaign) => {
                CoverageReport { campaign: *campaign, as_of: Some(Timestamp::now()), edition: None, areas }
            }
            Sight::Published(Some(of)) => {
                let (campaign, edition) = (Some(of.edition.campaign), Some(Some(of.edition.number)));
                CoverageReport { campaign, as_of: Some(of.edition.at), edition, areas }
            }
            Sight::Published(None) => {
                CoverageReport { campaign: query.campaign, as_of: None, edition: Some(None), areas }
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

    /// One Area, ended ones included.
    pub fn area(&self, caller: &Caller, code: &str) -> Result<AreaReport, AppError> {
        caller.require(Right::Areas)?;
        let sight = self.sight(caller, None);
        let state = self.state.read();
        let id = state.area(code).ok_or_else(|| AppError::NotFound { what: "area", name: code.to_owned() })?;
        let covered = state.covered(id, None);
        let Area { code, name, level, parent, valid_from, valid_to, .. } = Area::clone(&covered.entry.area);
        let children = state.area_children(id).map(|area| area.code.clone()).collect();
        let bbox = covered.entry.bbox.to_array();
        let (area_m2, coverage) = (covered.entry.area_m2.round(), shown(&sight, &covered));
        Ok(AreaReport { code, name, level, parent, valid_from, valid_to, bbox, area_m2, children, coverage })
    }

    /// The households that nobody reached, of those that the caller may see.
    pub(super) fn unvisited(&self, caller: &Caller, query: &UnvisitedQuery) -> Result<UnvisitedReport, AppError> {
        caller.require(Right::Households)?;
        if let Some(id) = query.campaign {
            self.known_campaign(id)?;
        }
        let state = self.state.read();
        let scope = caller.scope(&state, Right::Households)?;
        let addresses = caller.scope(&state, Right::Addresses).ok();
        let within = query.area.as_deref().map(|code| living(&state, code)).transpose()?;
        let list = state.unvisited(query.campaign, within, query.near, &scope, query.limit);
        let households = list.into_iter().map(|unvisited| UnvisitedHousehold {
            household: line(&state, addresses.as_ref(), &unvisited.household),
            outcome: unvisited.standing.map(|v| v.outcome),
            called_at: unvisited.standing.map(|v| v.at),
            distance_m: unvisited.distance.map(|d| (d.0 * 10.0).round() / 10.0),
        });
        Ok(UnvisitedReport {
            campaign: query.campaign,
            as_of: Timestamp::now(),
            total: state.unvisited_count(query.campaign, within, &scope),
            households: households.collect(),
        })
    }

    /// One household with its visits. One that the caller may not see is not told from one that is not there.
    pub(super) fn household(&self, caller: &Caller, code: &str) -> Result<HouseholdReport, AppError> {
        caller.require(Right::Households)?;
        let state = self.state.read();
        let scope = caller.scope(&state, Right::Households)?;
        let not_found = || AppError::NotFound { what: "household", name: code.to_owned() };
        let view = state.household(code).filter(|h| scope.holds(h.area)).ok_or_else(not_found)?;
        let addresses = caller.scope(&state, Right::Addresses).ok();
        let personal = addresses.as_ref().is_some_and(|scope| scope.holds(view.area));
        let mut sealed: Vec<Option<Sealed>> = Vec::new();
        let visits: Vec<VisitLine> = state
            .visits_to(view.id)
            .map(|v| {
                sealed.push(v.needs.filter(|_| personal).cloned());
                visit_line(&v, personal)
            })
            .collect();
        let mut report = HouseholdReport {
            household: line(&state, addresses.as_ref(), &view),
            persons: view.persons.filter(|_| personal),
            contact: None,
            needs: None,
            sealed: false,
            caller: state.caller_of(view.id).filter(|_| personal).map(str::to_owned),
            areas: state.area_chain(view.area).map(|entry| entry.area.code.clone()).collect(),
            visits,
        };
        let confided = view.confided.filter(|_| personal).cloned();
        drop(state);
        for (visit, needs) in report.visits.iter_mut().zip(sealed) {
            visit.needs = needs.as_ref().and_then(|needs| self.keys.open(code, ConfidedField::Needs, needs));
            report.sealed |= needs.is_some() && visit.needs.is_none();
        }
        if let Some(confided) = confided {
            let Opened { texts, closed } = Opened::of(&self.keys, code, &confided);
            (report.contact, report.needs) = (texts.contact, texts.needs);
            report.sealed |= closed;
        }
        Ok(report)
    }

    /// Areas by code or name, and households by code for who may see them.
    pub(super) fn search(&self, caller: &Caller, text: &str, limit: usize) -> Result<Vec<SearchHit>, AppError> {
        caller.require(Right::Areas)?;
        let state = self.state.read();
        let scope = if caller.may(Right::Households) { Some(caller.scope(&state, Right::Households)?) } else { None };
        let addresses = caller.scope(&state, Right::Addresses).ok();
        let hits = state.search(text, scope.as_ref(), limit).into_iter().map(|found| match found {
            Found::Area(id) => {
                let entry = state.covered(id, None).entry;
                let center = entry.bbox.center();
                SearchHit {
                    kind: "area",
                    code: entry.area.code.to_string(),
                    name: entry.area.name.clone(),
                    level: Some(entry.area.level),
                    lon: center.lon(),
                    lat: center.lat(),
                    bbox: Some(entry.bbox.to_array()),
                }
            }
            Found::Household(view) => {
                let HouseholdLine { code, lon, lat, address, .. } = line(&state, addresses.as_ref(), &view);
                let name = address.unwrap_or_else(|| code.clone());
                SearchHit { kind: "household", code, name, level: None, lon, lat, bbox: None }
            }
        });
        Ok(hits.collect())
    }

    /// One number for all that the map holds: compare it with what `melonmap check` prints.
    #[must_use]
    pub fn digest(&self) -> (u64, String) {
        let state = self.state.read();
        (state.seq(), state.digest())
    }
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

pub(super) fn living(state: &State, code: &str) -> Result<AreaId, AppError> {
    state.area(code).ok_or_else(|| AppError::NotFound { what: "area", name: code.to_owned() })
}

/// A household as a list shows it; its address where `addresses` reaches.
pub(super) fn line(state: &State, addresses: Option<&Scope>, view: &HouseholdView<'_>) -> HouseholdLine {
    let personal = addresses.is_some_and(|scope| scope.holds(view.area));
    HouseholdLine {
        code: view.code.to_owned(),
        lon: view.at.lon(),
        lat: view.at.lat(),
        address: view.address.filter(|_| personal).map(str::to_owned),
        status: view.status.as_str(),
        area: state.area_chain(view.area).next().map(|entry| entry.area.code.clone()),
    }
}

/// A visit as a list shows it, its needs still sealed.
fn visit_line(visit: &VisitView<'_>, personal: bool) -> VisitLine {
    let void = visit.void.map(|void| match void {
        Void::Corrected(_) => "corrected",
        Void::Withdrawn => "withdrawn",
    });
    let VisitView { id, at, outcome, campaign, .. } = *visit;
    let by = personal.then(|| visit.by.to_owned());
    let (minutes, far) = (visit.minutes.filter(|_| personal), visit.far && personal);
    VisitLine { id, at, outcome, campaign, by, minutes, needs: None, far, void }
}
