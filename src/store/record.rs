use super::StoreError;
use super::backend::Row;
use super::chain::{GENESIS, Hash};
use crate::model::{Change, Kind};
use jiff::Timestamp;
use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;

/// One change to be written, without the number and hash that the store gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which sort.
    pub kind: Kind,
    /// Identity, within its kind, of what it concerns.
    pub key: String,
    /// Its content, JSON.
    pub body: String,
}

impl From<&Change> for Entry {
    fn from(change: &Change) -> Entry {
        Entry { kind: change.kind(), key: change.key(), body: change.body() }
    }
}

/// Changes of one author at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// When they were taken in; kept to the microsecond. Batches need not be in order of time: clocks are set back.
    pub at: Timestamp,
    /// Who answers for them, as [`signature`] writes it.
    pub author: Arc<str>,
    /// In the order in which they happened.
    pub entries: Vec<Entry>,
}

/// Stands between who answers for a change and the address that they asked from. No name holds it.
const SIGN: char = '\u{1f}';

/// Who answers for a change and from where they asked, as one text: an author without an address is written as ever.
#[must_use]
pub fn signature(who: &str, from: Option<IpAddr>) -> String {
    from.map_or_else(|| who.to_owned(), |from| format!("{who}{SIGN}{from}"))
}

/// Reads what [`signature`] wrote.
#[must_use]
pub fn signed_by(author: &str) -> (&str, Option<IpAddr>) {
    let parts = author.rsplit_once(SIGN).and_then(|(who, from)| Some((who, Some(from.parse().ok()?))));
    parts.unwrap_or((author, None))
}

/// One change as the store holds it. Its texts live in the database's own memory until the next one is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// When it was taken in.
    pub at: Timestamp,
    /// Who answers for it.
    pub author: &'a str,
    /// The address that they asked from, where it was known.
    pub from: Option<IpAddr>,
    /// Which sort.
    pub kind: Kind,
    /// Identity, within its kind, of what it concerns.
    pub key: &'a str,
    /// Its content, JSON.
    pub body: &'a str,
}

/// The last change of a store: noted elsewhere, it later proves that nothing up to it was altered or cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many changes the store holds; 0 for none.
    pub seq: u64,
    /// Hash of the last one; 32 zero bytes for none.
    pub hash: Hash,
    /// When the last one was taken in.
    pub at: Option<Timestamp>,
}

impl Head {
    /// Of a store that holds nothing.
    pub const EMPTY: Head = Head { seq: 0, hash: GENESIS, at: None };
}

/// Turns rows into records. Imported changes share their time by the million, so the last one is remembered.
#[derive(Debug, Default)]
pub(super) struct Reading {
    text: String,
    at: Timestamp,
}

impl Reading {
    /// Refuses a time or kind that cannot be read.
    pub fn record<'a>(&mut self, row: Row<'a>) -> Result<Record<'a>, StoreError> {
        let Row { seq, texts, .. } = row;
        let kind = texts.kind.parse::<Kind>().map_err(|e| broken(seq, e))?;
        let (author, from) = signed_by(texts.author);
        Ok(Record { seq, at: self.time(row)?, author, from, kind, key: texts.key, body: texts.body })
    }

    /// The row as a store's last change. Refuses a time that cannot be read and a hash of another length.
    pub fn head(&mut self, row: Row<'_>) -> Result<Head, StoreError> {
        let hash = row.hash.try_into().map_err(|_| broken(row.seq, "its hash is not 32 bytes long"))?;
        Ok(Head { seq: row.seq, hash, at: Some(self.time(row)?) })
    }

    fn time(&mut self, row: Row<'_>) -> Result<Timestamp, StoreError> {
        if self.text != row.texts.at {
            self.at = row.texts.at.parse().map_err(|e| broken(row.seq, e))?;
            row.texts.at.clone_into(&mut self.text);
        }
        Ok(self.at)
    }
}

fn broken(seq: u64, why: impl Display) -> StoreError {
    StoreError::Broken { seq, why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_tells_who_and_from_where_and_old_ones_tell_who() {
        for (who, from) in
            [("陈", None), ("li", Some("192.0.2.1")), ("a\u{1f}b", Some("2001:db8::1")), ("", Some("::1"))]
        {
            let from: Option<IpAddr> = from.map(|from| from.parse().unwrap());
            assert_eq!(signed_by(&signature(who, from)), (who, from));
        }
        assert_eq!(signed_by("li\u{1f}no address"), ("li\u{1f}no address", None));
    }
}
