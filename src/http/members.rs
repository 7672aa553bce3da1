//! A JSON object read member by member, so that what is wrong is told by field, value and what was expected.

use crate::model::ModelError;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Longest value that a refusal quotes, characters.
const QUOTED: usize = 60;

/// The members that were not yet read.
pub struct Members(Map<String, Value>);

impl Members {
    /// Refuses what is no object.
    pub fn of(field: &'static str, value: Value) -> Result<Members, ModelError> {
        match value {
            Value::Object(members) => Ok(Members(members)),
            other => Err(ModelError::new(field, shown(&other), "a JSON object")),
        }
    }

    /// A member that must be there.
    pub fn needed<T: DeserializeOwned>(&mut self, field: &'static str, expected: &str) -> Result<T, ModelError> {
        self.optional(field, expected)?.ok_or_else(|| ModelError::new(field, "", expected))
    }

    /// A member that may be absent or null.
    pub fn optional<T: DeserializeOwned>(
        &mut self,
        field: &'static str,
        expected: &str,
    ) -> Result<Option<T>, ModelError> {
        match self.0.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                T::deserialize(&value).map(Some).map_err(|_| ModelError::new(field, shown(&value), expected))
            }
        }
    }

    /// A text that may be absent or null, and that a refusal does not quote.
    pub fn secret(&mut self, field: &'static str, expected: &str) -> Result<Option<String>, ModelError> {
        match self.0.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(secret)) => Ok(Some(secret)),
            Some(_) => Err(ModelError::new(field, "…", expected)),
        }
    }

    /// Refuses a member that nobody has read.
    pub fn end(self, field: &'static str, known: &str) -> Result<(), ModelError> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(ModelError::new(field, shown(&Value::from(name.as_str())), format!("one of {known}"))),
        }
    }
}

fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(QUOTED) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}
