use super::ModelError;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of a Campaign, counted from 1 in the order of their founding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
        if let Some(days) = self.revisit_days.filter(|days| !(1..=Campaign::MAX_REVISIT).contains(days)) {
            return Err(ModelError::new("revisit_days", days, format!("1 to {} days", Campaign::MAX_REVISIT)));
        }
        Ok(self)
    }
}
