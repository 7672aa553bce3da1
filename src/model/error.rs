use crate::geom::GeomError;
use thiserror::Error;

/// Why a value was refused: names the field, what came, what was expected.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{field}: '{value}' is not {expected}")]
pub struct ModelError {
    /// The field as documents name it.
    pub field: &'static str,
    /// What came, cut to a readable length.
    pub value: String,
    /// What would have been right.
    pub expected: String,
}

impl ModelError {
    /// Longest value that is echoed, characters: enough to recognise it, too short to flood a report.
    const ECHO: usize = 60;

    /// A refusal of `value` in `field`.
    pub fn new(field: &'static str, value: impl std::fmt::Display, expected: impl Into<String>) -> ModelError {
        let value = value.to_string();
        let value = match value.char_indices().nth(ModelError::ECHO) {
            Some((cut, _)) => format!("{}…", &value[..cut]),
            None => value,
        };
        ModelError { field, value, expected: expected.into() }
    }

    /// A refusal by the floor below, with the field that it concerns.
    #[must_use]
    pub fn geom(field: &'static str, value: impl std::fmt::Display, error: &GeomError) -> ModelError {
        ModelError::new(field, value, error.expected())
    }
}
