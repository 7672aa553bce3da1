use super::{CampaignId, Code, ModelError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use uuid::Uuid;

/// What came of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Outcome {
    /// Somebody was spoken with, everything was done.
    Visited,
    /// Somebody was spoken with, something is left to do.
    Partly,
    /// Nobody opened.
    NotHome,
    /// Somebody opened and did not wish to speak.
    Refused,
    /// The household lives elsewhere now.
    MovedAway,
    /// Nobody lives there.
    Vacant,
    /// The building is gone.
    Demolished,
    /// The address could not be found.
    NotFound,
    /// The household is recorded twice.
    Duplicate,
    /// Put off to another day.
    Deferred,
}

impl Outcome {
    /// In the order of their numbers.
    pub const ALL: [Outcome; 10] = [
        Outcome::Visited,
        Outcome::Partly,
        Outcome::NotHome,
        Outcome::Refused,
        Outcome::MovedAway,
        Outcome::Vacant,
        Outcome::Demolished,
        Outcome::NotFound,
        Outcome::Duplicate,
        Outcome::Deferred,
    ];

    /// How many there are.
    pub const COUNT: usize = Outcome::ALL.len();

    /// Whether a visit with this outcome is a counted visit.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Outcome::Visited | Outcome::Partly)
    }

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Visited => "visited",
            Outcome::Partly => "partly",
            Outcome::NotHome => "not_home",
            Outcome::Refused => "refused",
            Outcome::MovedAway => "moved_away",
            Outcome::Vacant => "vacant",
            Outcome::Demolished => "demolished",
            Outcome::NotFound => "not_found",
            Outcome::Duplicate => "duplicate",
            Outcome::Deferred => "deferred",
        }
    }
}

impl FromStr for Outcome {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Outcome, ModelError> {
        let known = Outcome::ALL.into_iter().find(|o| o.as_str() == name);
        known.ok_or_else(|| {
            let all: Vec<&str> = Outcome::ALL.into_iter().map(Outcome::as_str).collect();
            ModelError::new("outcome", name, format!("one of {}", all.join(", ")))
        })
    }
}

/// Who called on which household when, with which outcome. The change's author is the caller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Made by the client, so that sending again is harmless.
    pub id: Uuid,
    /// Which household.
    pub household: Code,
    /// For which campaign; `None` counts in "all visits" only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// When it took place, by the caller's clock.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// In the caller's words. Personal: kept in the store, never held in memory, tiles, logs or lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Visit {
    /// Longest note, characters.
    pub const MAX_NOTE: usize = 4_000;

    /// Refuses a nil id and a note over [`Visit::MAX_NOTE`].
    pub fn check(self) -> Result<Visit, ModelError> {
        if self.id.is_nil() {
            return Err(ModelError::new("id", self.id, "a UUID made for this visit"));
        }
        let length = self.note.as_deref().map_or(0, |n| n.chars().count());
        if length > Visit::MAX_NOTE {
            let expected = format!("at most {} characters", Visit::MAX_NOTE);
            return Err(ModelError::new("note", format!("{length} characters"), expected));
        }
        Ok(self)
    }
}
