use super::ModelError;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The identity of an Area, Household or context feature, as its owner writes it. Two things with one code are one thing.
///
/// ```
/// use melonmap::model::Code;
/// assert_eq!(Code::new("331124001001001").unwrap().as_str(), "331124001001001");
/// assert!(Code::new("").is_err());
/// assert!(Code::new(" 7001").is_err());
/// assert!(Code::new("a\u{0}b").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Arc<str>);

impl Code {
    /// Longest code, bytes: the longest standard code has 20 digits, street addresses used as codes fit as well.
    pub const MAX_BYTES: usize = 128;

    /// Refuses an empty code, one over [`Code::MAX_BYTES`], one with control characters, one that begins or ends with white space.
    pub fn new(code: &str) -> Result<Code, ModelError> {
        let refuse = |expected: &str| Err(ModelError::new("code", code.escape_debug(), expected));
        if code.is_empty() {
            return refuse("a code: it is empty");
        }
        if code.len() > Code::MAX_BYTES {
            return refuse("a code of at most 128 bytes");
        }
        if code.chars().any(char::is_control) {
            return refuse("a code without control characters");
        }
        if code.trim() != code {
            return refuse("a code without white space at its ends");
        }
        Ok(Code(code.into()))
    }

    /// As its owner writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Code {
    type Error = ModelError;

    fn try_from(code: String) -> Result<Code, ModelError> {
        Code::new(&code)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> String {
        code.0.as_ref().to_owned()
    }
}

impl Borrow<str> for Code {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}
