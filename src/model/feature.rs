use super::collection::Collection;
use super::filter::Value;
use geo::Geometry;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What a feature holds in a field, owned. Written as JSON writes it: texts, numbers, days and moments in RFC 3339.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Datum {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A moment.
    Instant(Timestamp),
    /// A calendar day.
    Date(Date),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
}

impl Datum {
    /// Of what a record holds; `None` for a geometry.
    #[must_use]
    pub fn of(value: Value<'_>) -> Option<Datum> {
        Some(match value {
            Value::Text(text) => Datum::Text(text.to_owned()),
            Value::Texts(texts) => Datum::Texts(texts.to_vec()),
            Value::Integer(number) => Datum::Integer(number),
            Value::Number(number) => Datum::Number(number),
            Value::Boolean(yes) => Datum::Boolean(yes),
            Value::Date(day) => Datum::Date(day),
            Value::Instant(moment) => Datum::Instant(moment),
            Value::Point(_) | Value::Geometry(_) | Value::Polygons(_) => return None,
        })
    }

    /// The order of two values of one field; those of different kinds, which one field does not hold, are equal.
    #[must_use]
    pub fn order(&self, other: &Datum) -> Ordering {
        match (self, other) {
            (Datum::Text(a), Datum::Text(b)) => a.cmp(b),
            (Datum::Texts(a), Datum::Texts(b)) => a.cmp(b),
            (Datum::Integer(a), Datum::Integer(b)) => a.cmp(b),
            (Datum::Number(a), Datum::Number(b)) => a.total_cmp(b),
            (Datum::Boolean(a), Datum::Boolean(b)) => a.cmp(b),
            (Datum::Date(a), Datum::Date(b)) => a.cmp(b),
            (Datum::Instant(a), Datum::Instant(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

/// A feature of a collection, on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Of which collection: says what the values are.
    pub collection: Collection,
    /// Its identity.
    pub id: String,
    /// The number of its last change, where the collection keeps it: one that is drawn.
    pub version: Option<u64>,
    /// WGS 84, degrees.
    pub geometry: Geometry<f64>,
    /// One for each field of the collection; `None` is absent, or not for the one who asks. The geometry's is always `None`.
    pub values: Vec<Option<Datum>>,
}

impl Feature {
    /// Whether it holds a value that needs the right to addresses.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        let fields = self.collection.fields().iter().zip(&self.values);
        fields.into_iter().any(|(field, value)| value.is_some() && field.right == super::Right::Addresses)
    }
}
