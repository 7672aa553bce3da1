//! What a household confides – how to reach it, what it needs – and how that is kept: sealed.

use super::ModelError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A field that a household confides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConfidedField {
    /// How to reach it: one line.
    Contact,
    /// What it needs: lines of text.
    Needs,
}

impl ConfidedField {
    /// Both.
    pub const ALL: [ConfidedField; 2] = [ConfidedField::Contact, ConfidedField::Needs];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ConfidedField::Contact => "contact",
            ConfidedField::Needs => "needs",
        }
    }

    /// Longest text, characters.
    #[must_use]
    pub fn longest(self) -> usize {
        match self {
            ConfidedField::Contact => 200,
            ConfidedField::Needs => 2_000,
        }
    }

    /// The text without white space around it and with lines that end in `\n`; `None` where nothing is left.
    ///
    /// Refuses a text that is too long, control characters, and a second line in a contact. The refusal does not repeat it.
    ///
    /// ```
    /// use melonmap::model::ConfidedField::{Contact, Needs};
    /// assert_eq!(Needs.check(" a ramp\r\na ride ").unwrap().as_deref(), Some("a ramp\na ride"));
    /// assert_eq!(Contact.check("  ").unwrap(), None);
    /// assert!(Contact.check("+423 000\n+423 001").is_err());
    /// assert!(Needs.check(&"x".repeat(2_001)).is_err());
    /// ```
    pub fn check(self, text: &str) -> Result<Option<String>, ModelError> {
        let text = text.trim().replace("\r\n", "\n");
        let characters = text.chars().count();
        let line_end = |c: char| c == '\n' && self == ConfidedField::Needs;
        let sound = !text.chars().any(|c| c.is_control() && !line_end(c));
        if characters > self.longest() || !sound {
            let lines = if self == ConfidedField::Needs { "lines" } else { "one line" };
            let expected = format!("{lines} of at most {} characters without control characters", self.longest());
            return Err(ModelError::new(self.as_str(), format!("{characters} characters"), expected));
        }
        Ok((characters > 0).then_some(text))
    }
}

/// What a household confides, as texts or [`Sealed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confided<T> {
    /// How to reach it.
    pub contact: Option<T>,
    /// What it needs.
    pub needs: Option<T>,
}

impl<T> Default for Confided<T> {
    fn default() -> Confided<T> {
        Confided { contact: None, needs: None }
    }
}

impl<T> Confided<T> {
    /// Whether nothing was confided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contact.is_none() && self.needs.is_none()
    }

    /// What stands in a field.
    #[must_use]
    pub fn get(&self, field: ConfidedField) -> Option<&T> {
        match field {
            ConfidedField::Contact => self.contact.as_ref(),
            ConfidedField::Needs => self.needs.as_ref(),
        }
    }

    /// The same fields with what `turn` makes of each.
    pub fn map<U>(&self, mut turn: impl FnMut(ConfidedField, &T) -> U) -> Confided<U> {
        let mut each = |field| self.get(field).map(|value| turn(field, value));
        Confided { contact: each(ConfidedField::Contact), needs: each(ConfidedField::Needs) }
    }
}

/// Which key sealed something: it tells keys apart and nothing of what they open.
pub type KeyId = [u8; 4];

/// A text that only its key opens. To whoever has none these are bytes like any others: they are stored, chained, replayed and
/// compared without it.
///
/// Written as `sealed:` and base64: the key's id, the nonce, then the ciphertext with its tag.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sealed(Box<[u8]>);

impl Sealed {
    /// What its written form begins with.
    pub const MARK: &str = "sealed:";
    /// Bytes of the nonce.
    pub const NONCE: usize = 24;
    /// Bytes of the tag.
    const TAG: usize = 16;
    /// Most bytes: the longest needs, four bytes a character, with room for what is around them.
    const MOST: usize = 8_192;

    /// Of its parts. Refuses a ciphertext that is shorter than its tag, and one longer than anything that is confided.
    pub fn new(key: KeyId, nonce: [u8; Sealed::NONCE], ciphertext: &[u8]) -> Result<Sealed, ModelError> {
        Sealed::of([&key[..], &nonce, ciphertext].concat())
    }

    fn of(bytes: Vec<u8>) -> Result<Sealed, ModelError> {
        let least = size_of::<KeyId>() + Sealed::NONCE + Sealed::TAG;
        if (least..=Sealed::MOST).contains(&bytes.len()) {
            return Ok(Sealed(bytes.into()));
        }
        let expected = format!("{least} to {} bytes", Sealed::MOST);
        Err(ModelError::new("sealed", format!("{} bytes", bytes.len()), expected))
    }

    /// Which key opens it, the nonce, and the ciphertext with its tag.
    #[must_use]
    pub fn parts(&self) -> (KeyId, [u8; Sealed::NONCE], &[u8]) {
        const LONG: &str = "no shorter value is made";
        let (key, rest) = self.0.split_first_chunk().expect(LONG);
        let (nonce, ciphertext) = rest.split_first_chunk().expect(LONG);
        (*key, *nonce, ciphertext)
    }
}

impl TryFrom<String> for Sealed {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Sealed, ModelError> {
        let bytes = text.strip_prefix(Sealed::MARK).and_then(|base64| STANDARD_NO_PAD.decode(base64).ok());
        Sealed::of(bytes.ok_or_else(|| ModelError::new("sealed", &text, "'sealed:' and base64"))?)
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> String {
        sealed.to_string()
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Sealed::MARK, STANDARD_NO_PAD.encode(&self.0))
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_within_its_length_and_on_its_lines() {
        use ConfidedField::{Contact, Needs};
        for (field, text, sound) in [
            (Contact, "x".repeat(200), true),
            (Contact, "西".repeat(200), true),
            (Contact, "x".repeat(201), false),
            (Contact, "a\u{0}b".into(), false),
            (Contact, "a\nb".into(), false),
            (Needs, "西".repeat(2_000), true),
            (Needs, "x".repeat(2_001), false),
            (Needs, "a\nb".into(), true),
            (Needs, "a\tb".into(), false),
        ] {
            let checked = field.check(&text);
            assert_eq!(checked.is_ok(), sound, "{field:?} {text}");
            if let Err(refusal) = checked {
                assert_eq!(refusal.field, field.as_str());
                assert!(!refusal.to_string().contains(&text), "{refusal}");
            }
        }
    }

    #[test]
    fn what_is_sealed_is_read_back_and_anything_else_is_refused() {
        let sealed = Sealed::new([1, 2, 3, 4], [5; 24], &[6; 48]).unwrap();
        assert_eq!(sealed.parts(), ([1, 2, 3, 4], [5; 24], &[6; 48][..]));
        assert_eq!(Sealed::try_from(sealed.to_string()).unwrap(), sealed);
        let text = sealed.to_string();
        for bad in ["", "sealed:", "sealed:AAAA", &text["sealed:".len()..], &format!("{text}="), &format!("{text}*")] {
            assert!(Sealed::try_from(bad.to_owned()).is_err(), "{bad}");
        }
        assert!(Sealed::new([0; 4], [0; 24], &[0; 15]).is_err() && Sealed::new([0; 4], [0; 24], &[0; 8_192]).is_err());
        let longest = ConfidedField::Needs.longest() * 4;
        assert!(Sealed::new([0; 4], [0; 24], &vec![0; longest + 64 + 16]).is_ok(), "the longest needs fit");
    }
}
