use super::{Code, ModelError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of a Campaign, counted from 1 in the order of their founding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CampaignId(pub u32);

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A period with a theme (阶段主题).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Identity.
    pub id: CampaignId,
    /// For people.
    pub name: String,
    /// What it is about.
    pub theme: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Days after which a household that was reached is to be called on again; `None` once is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revisit_days: Option<u16>,
    /// Days after which a household in need is to be called on again; `None` at the next occasion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need_days: Option<u16>,
    /// Whether it takes no more visits, late ones neither.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// A decision on which households are the target of a Campaign: the first fixes it, later ones are about households that came or went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetChange {
    /// Of which.
    pub campaign: CampaignId,
    /// All households that are eligible at this moment become the target, and no others stay.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// Those that become part of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<Code>,
    /// Those that are no longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<Code>,
    /// Why, for people.
    pub reason: String,
}

impl TargetChange {
    /// Most households that one change names; more are several changes.
    pub const MOST: usize = 10_000;

    /// Refuses a decision without a reason, on nobody, or on too many for one change.
    pub fn check(self) -> Result<TargetChange, ModelError> {
        let length = self.reason.trim().chars().count();
        if !(1..=Campaign::MAX_TEXT).contains(&length) {
            let expected = format!("1 to {} characters that say why", Campaign::MAX_TEXT);
            return Err(ModelError::new("reason", format!("{length} characters"), expected));
        }
        let named = self.add.len() + self.remove.len();
        if named > TargetChange::MOST || (named == 0 && !self.all) {
            let expected = format!("1 to {} households", TargetChange::MOST);
            return Err(ModelError::new("households", named, expected));
        }
        Ok(self)
    }
}

impl Campaign {
    /// Longest name or theme, characters.
    pub const MAX_TEXT: usize = 200;
    /// Longest time between two calls, days.
    pub const MAX_REVISIT: u16 = 3_650;

    /// Refuses an empty or overlong name, an overlong theme, an end before the start, and a call again on the same day or after more
    /// than [`Campaign::MAX_REVISIT`].
    pub fn check(self) -> Result<Campaign, ModelError> {
        let expected = format!("1 to {} characters", Campaign::MAX_TEXT);
        if self.name.trim().is_empty() || self.name.chars().count() > Campaign::MAX_TEXT {
            return Err(ModelError::new("name", &self.name, expected));
        }
        if self.theme.chars().count() > Campaign::MAX_TEXT {
            return Err(ModelError::new("theme", &self.theme, format!("at most {} characters", Campaign::MAX_TEXT)));
        }
        if self.to < self.from {
            return Err(ModelError::new("to", self.to, format!("on or after from, {}", self.from)));
        }
        for (field, days) in [("revisit_days", self.revisit_days), ("need_days", self.need_days)] {
            if let Some(days) = days.filter(|days| !(1..=Campaign::MAX_REVISIT).contains(days)) {
                return Err(ModelError::new(field, days, format!("1 to {} days", Campaign::MAX_REVISIT)));
            }
        }
        Ok(self)
    }
}
