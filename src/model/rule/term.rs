//! A rule's demand as a list of terms, each under its key: what files, answers and people are told is written from it.

use super::{Cap, LaneStep, Length, Measure, Period, Place, Requirement, Scope, Share, Surface, When};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::num::NonZeroU32;

/// A number in one unit for all, beside the text that it was written as.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Number {
    /// In `unit`.
    pub value: f64,
    /// `m`, `m2`, `%` or `months`.
    pub unit: &'static str,
    /// As the rule writes it: `12 ft`.
    pub written: String,
}

impl From<Length> for Number {
    fn from(length: Length) -> Number {
        Number { value: length.meters().0, unit: "m", written: length.to_string() }
    }
}

impl From<Surface> for Number {
    fn from(surface: Surface) -> Number {
        Number { value: surface.square_meters(), unit: "m2", written: surface.to_string() }
    }
}

impl From<Share> for Number {
    fn from(share: Share) -> Number {
        Number { value: share.percent(), unit: "%", written: share.to_string() }
    }
}

impl From<Period> for Number {
    fn from(period: Period) -> Number {
        Number { value: f64::from(period.months()), unit: "months", written: period.to_string() }
    }
}

/// What stands under a key.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes.
    Flag(bool),
    /// How many.
    Count(u32),
    /// Numbers of things.
    Counts(Vec<u32>),
    /// A word.
    Word(String),
    /// Words.
    Words(Vec<String>),
    /// A number with a unit.
    Number(Number),
    /// Terms within.
    Table(Terms),
    /// Several of them.
    Tables(Vec<Terms>),
}

/// Terms under their keys, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Terms(Vec<(&'static str, Value)>);

impl Terms {
    /// Each key with what stands under it.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each number with its key; of tables within, theirs.
    #[must_use]
    pub fn numbers(&self) -> Vec<(&'static str, &Number)> {
        let mut all = Vec::new();
        for (key, value) in self.iter() {
            match value {
                Value::Number(number) => all.push((key, number)),
                Value::Table(terms) => all.extend(terms.numbers()),
                Value::Tables(tables) => all.extend(tables.iter().flat_map(Terms::numbers)),
                _ => {}
            }
        }
        all
    }

    fn with(mut self, key: &'static str, value: Value) -> Terms {
        self.0.push((key, value));
        self
    }

    fn number(self, key: &'static str, number: Option<impl Into<Number>>) -> Terms {
        match number {
            Some(number) => self.with(key, Value::Number(number.into())),
            None => self,
        }
    }

    fn words(self, key: &'static str, words: impl IntoIterator<Item = impl ToString>) -> Terms {
        self.with(key, Value::Words(words.into_iter().map(|word| word.to_string()).collect()))
    }

    fn table(self, key: &'static str, terms: Terms) -> Terms {
        if terms.is_empty() { self } else { self.with(key, Value::Table(terms)) }
    }

    fn measure(self, measure: &Measure) -> Terms {
        match measure {
            Measure::Nothing => self.with("measured_by", Value::Word("nothing".into())),
            Measure::Things(selectors) => self.words("measured_by", selectors),
        }
    }

    fn place(self, place: &Place) -> Terms {
        match place {
            Place::Zone(zone) => self.with("zone", Value::Word(zone.as_str().into())),
            Place::Measured(measure) => self.measure(measure),
        }
    }

    fn parts(self, parts: &[NonZeroU32]) -> Terms {
        let counts = parts.iter().map(|part| part.get()).collect();
        if parts.is_empty() { self } else { self.with("parts", Value::Counts(counts)) }
    }
}

/// An object in their order.
impl Serialize for Terms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Requirement {
    /// Its terms; none where the kind says it all.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let none = Terms::default();
        match self {
            Requirement::MinDistance { of, distance, from, when } => none
                .measure(of)
                .number("distance", Some(*distance))
                .with("from", Value::Word(from.as_str().into()))
                .table("when", when.terms()),
            Requirement::Outside { of, when } => none.place(of).table("when", when.terms()),
            Requirement::Inside { of } => none.place(of),
            Requirement::ClearWidth { steps } => match steps[..] {
                [LaneStep { width, .. }] => none.number("width", Some(width)),
                _ => none.with("by_lanes", Value::Tables(steps.iter().map(step).collect())),
            },
            Requirement::FootwayWidth { width } => none.number("width", Some(*width)),
            Requirement::Footprint { width, depth, height, max_area } => none
                .number("width", *width)
                .number("depth", *depth)
                .number("height", *height)
                .number("max_area", *max_area),
            Requirement::KerbOffset { min, max } => none.number("min", *min).number("max", *max),
            Requirement::OneSideOnly | Requirement::Duty => none,
            Requirement::GapEvery { stalls, length } => {
                none.with("stalls", Value::Count(stalls.get().into())).number("length", Some(*length))
            }
            Requirement::Spacing { distance } => none.number("distance", Some(*distance)),
            Requirement::StreetClass(classes) => {
                classes.lists().fold(none, |terms, (name, list)| terms.words(name, list))
            }
            Requirement::Hours(hours) => none.words("hours", hours.written()),
            Requirement::Season(season) => none.words("season", season.written()),
            Requirement::Cap(Cap::ShareOfPopulation(share)) => none.number("share_of_population", Some(*share)),
            Requirement::Cap(Cap::PerSpot(most)) => none.with("per_spot", Value::Count(most.get())),
            Requirement::Cap(Cap::Spots(most, parts)) => none.with("spots", Value::Count(most.get())).parts(parts),
            Requirement::Cap(Cap::Stalls(most, parts)) => none.with("stalls", Value::Count(most.get())).parts(parts),
            Requirement::Consent { by, every } => none.words("by", by).number("every", *every),
            Requirement::Review { every } => none.number("every", Some(*every)),
        }
    }
}

fn step(step: &LaneStep) -> Terms {
    let lanes = Value::Count(step.lanes_from.into());
    Terms::default().with("lanes_from", lanes).number("width", Some(step.width))
}

impl When {
    /// Its terms; none for always.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let none = Terms::default();
        match self {
            When::Always => none,
            When::During { hours, season } => {
                let terms = hours.iter().fold(none, |terms, hours| terms.words("hours", hours.written()));
                season.iter().fold(terms, |terms, season| terms.words("season", season.written()))
            }
            When::InUse { margin_min } => {
                let terms = none.with("in_use", Value::Flag(true));
                let margin = Value::Count((*margin_min).into());
                if *margin_min == 0 { terms } else { terms.with("margin_min", margin) }
            }
        }
    }
}

impl Scope {
    /// Its terms; none for everywhere and everybody.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let mut terms = Terms::default();
        if !self.streets.is_empty() {
            terms = terms.words("streets", &self.streets);
        }
        for (key, lanes) in [("lanes_from", self.lanes_from), ("lanes_to", self.lanes_to)] {
            terms = lanes.iter().fold(terms, |terms, lanes| terms.with(key, Value::Count((*lanes).into())));
        }
        self.trade.iter().fold(terms, |terms, trade| terms.with("trade", Value::Word(trade.to_string())))
    }
}
