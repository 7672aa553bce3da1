//! What phones log, many at a time: each is judged by itself, and answered in its place.

use crate::app::VisitFlag;
use crate::model::ModelError;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::fmt;

/// Most of them in one request: a phone's week; it is answered as a whole.
const MOST: usize = 5_000;

/// What a client sends: one by itself, or many.
pub enum OneOrMore {
    More(Vec<Value>),
    One(Value),
}

impl<'de> Deserialize<'de> for OneOrMore {
    /// By the first bracket: the two forms of an untagged enum would be tried on a copy of the whole.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<OneOrMore, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = OneOrMore;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object, or an array of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, visits: A) -> Result<OneOrMore, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(visits)).map(OneOrMore::More)
            }

            fn visit_map<A: MapAccess<'de>>(self, visit: A) -> Result<OneOrMore, A::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(visit)).map(OneOrMore::One)
            }
        }
        from.deserialize_any(First)
    }
}

/// What became of each of a list, in its order.
#[derive(Serialize)]
pub struct Logged {
    results: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    id: Value,
    #[serde(rename = "result")]
    became: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<VisitFlag>,
}

impl Logged {
    /// Reads each by itself: one that cannot be read is refused, the others are given with their places. Refuses an empty list and one
    /// of more than 5,000.
    pub fn read<T>(
        field: &'static str,
        body: OneOrMore,
        read: impl Fn(Value) -> Result<T, ModelError>,
    ) -> Result<(Logged, Vec<usize>, Vec<T>), ModelError> {
        let values = match body {
            OneOrMore::One(value) => vec![value],
            OneOrMore::More(values) => values,
        };
        if values.is_empty() || values.len() > MOST {
            return Err(ModelError::new(field, values.len(), format!("1 to {MOST} {field} in one request")));
        }
        let mut logged = Logged { results: Vec::with_capacity(values.len()) };
        let mut readable = Vec::with_capacity(values.len());
        for (place, value) in values.into_iter().enumerate() {
            let id = value.get("id").cloned().unwrap_or(Value::Null);
            logged.results.push(Line { id, became: "stored", reason: None, flags: Vec::new() });
            match read(value) {
                Ok(input) => readable.push((place, input)),
                Err(refusal) => logged.refused(place, &refusal),
            }
        }
        let (places, inputs) = readable.into_iter().unzip();
        Ok((logged, places, inputs))
    }

    pub fn refused(&mut self, place: usize, refusal: &ModelError) {
        (self.results[place].became, self.results[place].reason) = ("refused", Some(refusal.to_string()));
    }

    pub fn flagged(&mut self, place: usize, flags: Vec<VisitFlag>) {
        self.results[place].flags = flags;
    }

    pub fn repeated(&mut self, place: usize) {
        self.results[place].became = "repeated";
    }
}
