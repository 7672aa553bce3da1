//! The living map in memory: entities by number, the R-trees over them, and tallies per Area and per tile cell.
//!
//! Invariants:
//! - [`State::apply`] is the only way in, one change after another in the order of the store; [`Loader`] does the same for a
//!   long run of changes with the indexes built once at the end. Both end in the same state (a test compares digests).
//! - Every tally equals what counting would give: a household's contribution is taken away before it changes and added after.
//! - Reading a tally counts nothing.
//!
//! This room knows nothing of locks, clocks, files, SQL or URLs.

mod answers;
mod apply;
mod areas;
mod around;
mod arrivals;
mod best;
mod campaigns;
mod context;
mod coverage;
mod delta;
mod digest;
mod drawings;
mod drawn;
mod editions;
mod error;
mod find;
mod households;
mod index;
mod ledgers;
mod load;
mod lowest;
mod people;
mod pyramid;
mod row;
mod scope;
mod select;
mod shelf;
mod teams;
#[cfg(test)]
mod tests;
mod text;
mod then;
mod tilefeatures;
mod verdict;
mod visits;
mod weeks;

pub use answers::Answered;
pub use areas::{AreaEntry, AreaId, AreasThen};
pub use campaigns::{Decision, Target};
pub use coverage::Covered;
pub use delta::{Delta, Touched};
pub use drawings::{Standing, Version};
pub use drawn::Drawn;
pub use error::StateError;
pub use find::{Eligible, Found, Unvisited};
pub use households::{HouseholdId, HouseholdView};
pub use load::Loader;
pub use people::People;
pub use scope::Scope;
pub use select::{Mark as PageMark, Selected, Selection, SortBy};
pub use shelf::ShelfId;
pub use then::{Then, Turnback};
pub use tilefeatures::{Cell, Mark, Point, Points, Sieve};
pub use verdict::Verdict;
pub use visits::{VisitView, Void};
pub use weeks::{MOST_WEEKS, ReachedByWeek};

use crate::model::{ContextFeature, MapInfo};

/// The whole map. Not shared by itself: the caller locks.
#[derive(Default)]
pub struct State {
    areas: areas::Areas,
    households: households::Households,
    points: index::PointIndex,
    visits: visits::Visits,
    campaigns: campaigns::Campaigns,
    context: shelf::Shelf<ContextFeature>,
    context_seq: u64,
    ledgers: ledgers::Ledgers,
    drawings: drawings::Drawings,
    pyramid: pyramid::Pyramid,
    people: people::People,
    teams: teams::Teams,
    answers: answers::Answers,
    editions: editions::Editions,
    heard: u64,
    areas_seq: u64,
    info: MapInfo,
    seq: u64,
    /// The latest time of a change: clocks are set back, and what had come in by a time is asked later.
    at: Option<jiff::Timestamp>,
}

impl State {
    /// An empty map.
    #[must_use]
    pub fn new() -> State {
        State::default()
    }

    /// The number of the last change applied; 0 before the first.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// When the last change was made, or one before it where the clock was set back in between.
    #[must_use]
    pub fn at(&self) -> Option<jiff::Timestamp> {
        self.at
    }

    /// The time of a change, or that of one before it where the clock was set back in between.
    fn came(&mut self, at: jiff::Timestamp) -> jiff::Timestamp {
        *self.at.insert(self.at.map_or(at, |latest| latest.max(at)))
    }

    /// What the map is called and where its data is from.
    #[must_use]
    pub fn info(&self) -> &MapInfo {
        &self.info
    }

    /// Who may ask: tokens, users, their links and sessions.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.people
    }
}
