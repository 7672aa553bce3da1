use super::{CampaignId, Code, ModelError, Sealed};
use crate::geom::LonLat;
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

/// Where somebody stood, as a phone tells it. Personal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenFix", into = "WrittenFix")]
pub struct Fix {
    /// The place.
    pub at: LonLat,
    /// Radius around it in which they stood with 95 % confidence (W3C Geolocation), metres, 0 to 100,000.
    pub accuracy_m: f64,
}

#[derive(Serialize, Deserialize)]
struct WrittenFix {
    lon: f64,
    lat: f64,
    accuracy_m: f64,
}

impl Fix {
    /// Widest radius that says anything, metres.
    pub const MAX_ACCURACY: f64 = 100_000.0;

    /// Refuses a place that is not on earth, and a radius out of range.
    pub fn new(lon: f64, lat: f64, accuracy_m: f64) -> Result<Fix, ModelError> {
        let at = LonLat::new(lon, lat).map_err(|e| ModelError::geom("position", format!("{lon}, {lat}"), &e))?;
        if !(0.0..=Fix::MAX_ACCURACY).contains(&accuracy_m) {
            return Err(ModelError::new("accuracy_m", accuracy_m, format!("0 to {} metres", Fix::MAX_ACCURACY)));
        }
        Ok(Fix { at, accuracy_m })
    }
}

impl TryFrom<WrittenFix> for Fix {
    type Error = ModelError;

    fn try_from(w: WrittenFix) -> Result<Fix, ModelError> {
        Fix::new(w.lon, w.lat, w.accuracy_m)
    }
}

impl From<Fix> for WrittenFix {
    fn from(fix: Fix) -> WrittenFix {
        WrittenFix { lon: fix.at.lon(), lat: fix.at.lat(), accuracy_m: fix.accuracy_m }
    }
}

/// Who called on which household when, with which outcome. The change's author is the caller, of a correction who corrected.
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
    /// What the household was found to need, a line each, sealed as what it confides. Personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Sealed>,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u16>,
    /// Where the caller stood. Personal: kept in the store, never held in memory, tiles, logs or lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// From there to the household as it was known then, metres to the nearest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away_m: Option<u32>,
    /// The visit that it corrects, which stands no more. Of the same household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Uuid>,
}

/// Which visit never took place, and why it was logged: it stands no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitEnd {
    /// Which.
    pub id: Uuid,
    /// In the words of who withdraws it.
    pub reason: String,
}

impl VisitEnd {
    /// Longest reason, characters.
    pub const MAX_REASON: usize = 500;

    /// Refuses an empty reason and one over [`VisitEnd::MAX_REASON`].
    pub fn check(self) -> Result<VisitEnd, ModelError> {
        let length = self.reason.trim().chars().count();
        if (1..=VisitEnd::MAX_REASON).contains(&length) {
            return Ok(self);
        }
        Err(ModelError::new(
            "reason",
            format!("{length} characters"),
            format!("1 to {} characters", VisitEnd::MAX_REASON),
        ))
    }
}

impl Visit {
    /// Longest note, characters; of needs too.
    pub const MAX_NOTE: usize = 4_000;
    /// Longest visit, minutes: a day's work.
    pub const MAX_MINUTES: u16 = 720;
    /// Who stood farther from the household than this beyond what the phone is unsure of is flagged, metres: indoors a phone can be
    /// hundreds of metres off without knowing it.
    pub const FAR: f64 = 1_000.0;

    /// An ordinary visit, without what few of them have.
    #[must_use]
    pub fn plain(id: Uuid, household: Code, campaign: Option<CampaignId>, at: Timestamp, outcome: Outcome) -> Visit {
        let (note, needs, minutes, fix, away_m, corrects) = (None, None, None, None, None, None);
        Visit { id, household, campaign, at, outcome, note, needs, minutes, fix, away_m, corrects }
    }

    /// Whether its position is farther from the household than [`Visit::FAR`], whatever the phone is unsure of.
    #[must_use]
    pub fn is_far(&self) -> bool {
        let off = self.fix.map_or(0.0, |fix| fix.accuracy_m);
        self.away_m.is_some_and(|away| f64::from(away) - off > Visit::FAR)
    }

    /// Refuses a nil id, a note over [`Visit::MAX_NOTE`], more than [`Visit::MAX_MINUTES`], and a visit that corrects itself.
    pub fn check(self) -> Result<Visit, ModelError> {
        if self.id.is_nil() {
            return Err(ModelError::new("id", self.id, "a UUID made for this visit"));
        }
        if self.corrects == Some(self.id) {
            return Err(ModelError::new("corrects", self.id, "the id of an earlier visit"));
        }
        if let Some(minutes) = self.minutes.filter(|minutes| *minutes > Visit::MAX_MINUTES) {
            return Err(ModelError::new("minutes", minutes, format!("0 to {} minutes", Visit::MAX_MINUTES)));
        }
        let length = self.note.as_deref().map_or(0, |n| n.chars().count());
        if length > Visit::MAX_NOTE {
            let expected = format!("at most {} characters", Visit::MAX_NOTE);
            return Err(ModelError::new("note", format!("{length} characters"), expected));
        }
        Ok(self)
    }
}
