//! What was published, edition by edition, and what everybody may hear of.

use super::{State, StateError};
use crate::model::{Change, Edition};
use std::sync::Arc;

/// All editions, the first first. They are kept as they were written; what follows from them is worked out above.
#[derive(Debug, Default)]
pub struct Editions(Vec<Arc<Edition>>);

impl Editions {
    pub(super) fn put(&mut self, edition: Edition) -> Result<(), StateError> {
        if edition.number != self.next() {
            return Err(StateError::Edition { last: self.next() - 1, found: edition.number });
        }
        self.0.push(Arc::new(edition));
        Ok(())
    }

    /// The number that the next one takes.
    pub(super) fn next(&self) -> u32 {
        self.0.last().map_or(1, |last| last.number + 1)
    }

    pub(super) fn all(&self) -> &[Arc<Edition>] {
        &self.0
    }
}

/// Whether everybody may hear that a change was made: it says nothing of a household, nor of anybody's work.
pub(super) fn is_open(change: &Change) -> bool {
    matches!(
        change,
        Change::AreaPut(_)
            | Change::AreaEnded(_)
            | Change::ContextPut(_)
            | Change::CampaignPut(_)
            | Change::MapDescribed(_)
            | Change::EditionPublished(_)
    )
}

impl State {
    /// All editions, the first first.
    #[must_use]
    pub fn editions(&self) -> &[Arc<Edition>] {
        self.editions.all()
    }

    /// The number that the next edition takes.
    #[must_use]
    pub fn next_edition(&self) -> u32 {
        self.editions.next()
    }

    /// How many changes everybody may hear of there were. The number of all changes would tell how many households were visited.
    #[must_use]
    pub fn heard(&self) -> u64 {
        self.heard
    }

    /// The number of the last change of any Area's border, parent or validity; 0 before the first.
    #[must_use]
    pub fn areas_seq(&self) -> u64 {
        self.areas_seq
    }
}
