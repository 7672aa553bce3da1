use super::{CampaignId, Code, ModelError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use uuid::Uuid;

/// What a household said when it was asked whether it is satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Satisfaction {
    /// It is.
    Satisfied,
    /// It is not.
    NotSatisfied,
    /// It was asked and did not answer.
    NoAnswer,
}

impl Satisfaction {
    /// All of them.
    pub const ALL: [Satisfaction; 3] = [Satisfaction::Satisfied, Satisfaction::NotSatisfied, Satisfaction::NoAnswer];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Satisfaction::Satisfied => "satisfied",
            Satisfaction::NotSatisfied => "not_satisfied",
            Satisfaction::NoAnswer => "no_answer",
        }
    }
}

impl FromStr for Satisfaction {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Satisfaction, ModelError> {
        let known = Satisfaction::ALL.into_iter().find(|one| one.as_str() == name);
        known.ok_or_else(|| ModelError::new("answer", name, "one of satisfied, not_satisfied, no_answer"))
    }
}

/// What a household answered to somebody who does not answer for it. The change's author is who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Made by the client, so that sending again is harmless.
    pub id: Uuid,
    /// Which household.
    pub household: Code,
    /// About which campaign; `None` is the work as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// When it was asked.
    pub at: Timestamp,
    /// What it said.
    pub answer: Satisfaction,
}

impl Answer {
    /// Refuses a nil id.
    pub fn check(self) -> Result<Answer, ModelError> {
        if self.id.is_nil() {
            return Err(ModelError::new("id", self.id, "a UUID made for this answer"));
        }
        Ok(self)
    }
}
