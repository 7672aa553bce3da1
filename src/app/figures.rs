//! The figures of Areas, as answers carry them. Written out field by field: twenty thousand of them leave in one answer.

use super::PublishedFigures;
use crate::model::{Area, Outcome, OutcomeCounts, Tally};
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// An Area's coverage: its code, name, level and parent beside its figures.
#[derive(Debug, Clone)]
pub struct AreaCoverage {
    /// The Area, shared with the map.
    pub area: Arc<Area>,
    /// Its figures.
    pub figures: Shown,
}

/// The figures of an Area as a caller sees them.
#[derive(Debug, Clone, Copy)]
pub enum Shown {
    /// As they are now.
    Exact(Figures),
    /// As they were published.
    Published(PublishedFigures),
    /// They are about few people, or would reveal what is; or nothing was published of them.
    HeldBack,
}

impl Shown {
    /// The tally behind them, where there is one.
    #[must_use]
    pub fn tally(&self) -> Option<Tally> {
        match self {
            Shown::Exact(figures) => Some(*figures.tally()),
            Shown::Published(figures) => Some(figures.tally()),
            Shown::HeldBack => None,
        }
    }

    fn write<S: SerializeStruct>(&self, to: &mut S) -> Result<(), S::Error> {
        match self {
            Shown::Exact(figures) => figures.write(to),
            Shown::Published(figures) => {
                write_counts(&figures.tally(), to)?;
                to.serialize_field("oldest", &figures.oldest)?;
                to.serialize_field("newest", &figures.newest)
            }
            Shown::HeldBack => to.serialize_field("held_back", &true),
        }
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("Shown", 6)?;
        self.write(&mut fields)?;
        fields.end()
    }
}

/// The figures of a set of households.
#[derive(Debug, Clone, Copy)]
pub struct Figures(Tally);

impl Figures {
    /// The tally behind them.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.0
    }

    fn write<S: SerializeStruct>(&self, to: &mut S) -> Result<(), S::Error> {
        write_counts(&self.0, to)?;
        to.serialize_field("by_outcome", &ByOutcome(&self.0.outcomes))
    }
}

fn write_counts<S: SerializeStruct>(tally: &Tally, to: &mut S) -> Result<(), S::Error> {
    to.serialize_field("eligible", &tally.eligible)?;
    to.serialize_field("visited", &tally.visited())?;
    to.serialize_field("unvisited", &tally.unvisited())?;
    to.serialize_field("rate", &tally.rate())
}

impl From<Tally> for Figures {
    fn from(tally: Tally) -> Figures {
        Figures(tally)
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("Figures", 5)?;
        self.write(&mut fields)?;
        fields.end()
    }
}

impl Serialize for AreaCoverage {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("AreaCoverage", 10)?;
        fields.serialize_field("code", &self.area.code)?;
        fields.serialize_field("name", &self.area.name)?;
        fields.serialize_field("level", &self.area.level)?;
        fields.serialize_field("parent", &self.area.parent)?;
        self.figures.write(&mut fields)?;
        fields.end()
    }
}

struct ByOutcome<'a>(&'a OutcomeCounts);

impl Serialize for ByOutcome<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(Outcome::COUNT))?;
        for outcome in Outcome::ALL {
            map.serialize_entry(outcome.as_str(), &self.0[outcome])?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_figures_name_their_dates_and_no_outcome_and_held_back_ones_nothing() {
        let moment = |second| jiff::Timestamp::from_second(second).unwrap();
        let figures = PublishedFigures { eligible: 40, visited: 10, oldest: moment(0), newest: moment(86_400) };
        let expected = serde_json::json!({
            "eligible": 40, "visited": 10, "unvisited": 30, "rate": 0.25,
            "oldest": "1970-01-01T00:00:00Z", "newest": "1970-01-02T00:00:00Z",
        });
        assert_eq!(serde_json::to_value(Shown::Published(figures)).unwrap(), expected);
        assert_eq!(serde_json::to_value(Shown::HeldBack).unwrap(), serde_json::json!({"held_back": true}));
    }

    #[test]
    fn figures_leave_with_every_outcome_by_name() {
        let mut tally = Tally::one(true, Some(Outcome::Partly));
        tally += Tally::one(true, None);
        let written = serde_json::to_value(Figures::from(tally)).unwrap();
        assert_eq!(written["visited"], 1);
        assert_eq!(written["rate"], 0.5);
        assert_eq!(written["by_outcome"]["partly"], 1);
        assert_eq!(written["by_outcome"].as_object().unwrap().len(), Outcome::COUNT);
        assert_eq!(serde_json::to_value(Figures::from(Tally::default())).unwrap()["rate"], serde_json::Value::Null);
    }
}
