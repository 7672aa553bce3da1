use super::StoreError;
use super::backend::Row;
use super::chain::{GENESIS, Hash};
use crate::model::{Change, Kind};
use jiff::Timestamp;
use std::fmt::Display;
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
    /// Who answers for them.
    pub author: Arc<str>,
    /// In the order in which they happened.
    pub entries: Vec<Entry>,
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
        Ok(Record { seq, at: self.time(row)?, author: texts.author, kind, key: texts.key, body: texts.body })
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
