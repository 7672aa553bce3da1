//! CQL2 text to CQL2 JSON.

use crate::model::ModelError;
use cql2::{Error, parse_text};
use serde_json::Value;
use std::num::NonZeroUsize;
use std::sync::Once;

/// Most steps of the parser. It tries a parenthesis once as a group and once as a list, so that each one around a mistake doubles
/// the work; a text of the greatest length that makes sense takes a tenth of this.
const STEPS: NonZeroUsize = NonZeroUsize::new(4_000_000).expect("four million is not zero");

/// The process has one such limit, and no other parser of this kind.
static LIMITED: Once = Once::new();

/// The same filter in JSON. Of a text whose nesting was checked.
pub(super) fn to_json(text: &str) -> Result<Value, ModelError> {
    LIMITED.call_once(|| pest::set_call_limit(Some(STEPS)));
    let tree = parse_text(text).map_err(|error| refused(text, &error))?;
    serde_json::to_value(tree).map_err(|error| ModelError::new("filter", text, format!("CQL2 text: {error}")))
}

fn refused(text: &str, error: &Error) -> ModelError {
    let Error::Pest(error) = error else {
        return ModelError::new("filter", text, format!("CQL2 text: {error}"));
    };
    let (pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _))) = error.location;
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let character = before.chars().count() + 1;
    if rest.is_empty() {
        return ModelError::new("filter", text, "complete CQL2 text: it ends where more is expected");
    }
    ModelError::new("filter", rest, format!("CQL2 text, from here on: character {character} of the filter"))
}
