//! What the service holds, and what a word finds.

use super::households::{HouseholdLine, line};
use super::past::Map;
use super::{App, AppError, Caller};
use crate::model::{Level, Right};
use crate::state::{Found, Scope, State};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

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

    /// Areas of a map by code or name, and households by code for who may see them.
    pub(super) fn search(
        &self,
        caller: &Caller,
        map: &Map,
        text: &str,
        limit: usize,
    ) -> Result<Vec<SearchHit>, AppError> {
        caller.require(Right::Areas)?;
        self.look(map, |state| {
            let scope =
                if caller.may(Right::Households) { Some(caller.scope(state, Right::Households)?) } else { None };
            let addresses = caller.scope(state, Right::Addresses).ok();
            let hits = state.search(text, scope.as_ref(), limit);
            Ok(hits.iter().map(|found| hit(state, addresses.as_ref(), found)).collect())
        })
    }

    /// One number for all that the map holds: compare it with what `melonmap check` prints.
    #[must_use]
    pub fn digest(&self) -> (u64, String) {
        let state = self.state.read();
        (state.seq(), state.digest())
    }
}

fn hit(state: &State, addresses: Option<&Scope>, found: &Found<'_>) -> SearchHit {
    match found {
        Found::Area(id) => {
            let entry = state.covered(*id, None).entry;
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
            let HouseholdLine { code, lon, lat, address, .. } = line(state, addresses, view);
            let name = address.unwrap_or_else(|| code.clone());
            SearchHit { kind: "household", code, name, level: None, lon, lat, bbox: None }
        }
    }
}
