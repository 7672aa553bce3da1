use super::{Code, ModelError, shape};
use geo::MultiPolygon;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How far down an Area stands; ordered from the widest to the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 县
    County,
    /// 乡镇, 街道
    Township,
    /// 村, 社区
    Village,
    /// 网格: the Area that a team answers for.
    Grid,
}

impl Level {
    /// From the widest to the narrowest.
    pub const ALL: [Level; 4] = [Level::County, Level::Township, Level::Village, Level::Grid];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::County => "county",
            Level::Township => "township",
            Level::Village => "village",
            Level::Grid => "grid",
        }
    }
}

impl FromStr for Level {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Level, ModelError> {
        let known = Level::ALL.into_iter().find(|l| l.as_str() == name);
        known.ok_or_else(|| ModelError::new("level", name, "one of county, township, village, grid"))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A polygon with a code and a level. The lowest, a Grid, is what a team answers for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Identity.
    pub code: Code,
    /// For people.
    pub name: String,
    /// How far down it stands.
    pub level: Level,
    /// The Area of a wider level that it belongs to; `None` for a county, or where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Code>,
    /// First day on which it is valid; `None` is always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day on which it is valid; `None` is for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// WGS 84, degrees.
    #[serde(with = "shape::multi_polygon")]
    pub geometry: MultiPolygon<f64>,
}

impl Area {
    /// Refuses an empty geometry, an end before the start, and an Area that is its own parent.
    pub fn check(self) -> Result<Area, ModelError> {
        if self.geometry.0.iter().all(|p| p.exterior().0.is_empty()) {
            return Err(ModelError::new("geometry", "empty", "a polygon"));
        }
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to)
            && to < from
        {
            return Err(ModelError::new("valid_to", to, format!("on or after valid_from {from}")));
        }
        if self.parent.as_ref() == Some(&self.code) {
            return Err(ModelError::new("parent", &self.code, "another area than itself"));
        }
        Ok(self)
    }

    /// Whether it is valid on a day.
    #[must_use]
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}
