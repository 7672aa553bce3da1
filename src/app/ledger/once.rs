//! The ledger for who stands at the store itself, without a server: the same steps as at the doors.

use super::super::{App, AppError, AppSettings, Caller, Keyring, load};
use super::apply::{Decided, DecidedField, LedgerApplied};
use super::out::{LedgerFile, LedgerQuery};
use super::report::{ChangedRow, LedgerCheck};
use crate::model::{Grant, ModelError, Role};
use crate::store::Store;
use bytes::Bytes;
use std::sync::Arc;

/// Households that are stored at a time: between two, it is told how far it is.
const AT_ONCE: usize = 2_000;

/// A store with its map, held for a ledger to go out or come back. End it with [`LedgerOnce::close`].
pub struct LedgerOnce {
    app: App,
    caller: Caller,
}

/// Which changes of a ledger are taken without asking a person about each.
#[derive(Debug, Clone, Copy, Default)]
pub struct LedgerTake {
    /// Values that the office took out too.
    pub emptied: bool,
    /// Differences of a file that does not say when it was written too: some may be news of the map that the file is too old to know.
    pub undated: bool,
}

impl LedgerCheck {
    /// What only the office changed, a household each; never what both changed, nor what is of no known household.
    #[must_use]
    pub fn decisions(&self, take: LedgerTake) -> Vec<Decided> {
        if self.origin.is_none() && !take.undated {
            return Vec::new();
        }
        let one = |row: &ChangedRow| {
            let taken = row.fields.iter().filter(|field| take.emptied || field.ledger.is_some());
            let fields = taken.map(|field| DecidedField {
                field: field.field,
                from: field.map.clone(),
                to: field.ledger.clone(),
            });
            Decided { code: row.code.clone(), fields: fields.collect() }
        };
        self.changes.iter().map(one).filter(|decided| !decided.fields.is_empty()).collect()
    }
}

impl LedgerOnce {
    /// Loads the map of a store; `author` answers in the audit trail for what is read and stored.
    pub fn open(store: Store, keys: Keyring, author: &str) -> Result<LedgerOnce, AppError> {
        let grant = Grant { name: author.to_owned(), role: Role::Admin, areas: Vec::new() }.check()?;
        let state = load(&store, |_| true)?;
        let settings = AppSettings { tile_cache_bytes: 0, outside: None, keys: Arc::new(keys) };
        Ok(LedgerOnce { app: App::start(store, state, &settings), caller: Caller::of_grant(grant) })
    }

    /// The code of the one Area that lies in no other: a ledger of it has every household that lies in an Area.
    ///
    /// # Errors
    /// A map with none of them, or several.
    pub fn whole(&self) -> Result<String, AppError> {
        let state = self.app.state.read();
        let tops: Vec<&str> = state
            .living_areas()
            .filter(|(id, _)| state.areas_above(*id).next().is_none())
            .map(|(_, entry)| entry.area.code.as_str())
            .collect();
        match tops[..] {
            [one] => Ok(one.to_owned()),
            [] => Err(ModelError::new("area", "", "the code of an area, and this map has none").into()),
            [first, ..] => {
                let expected = format!("the code of an area: {} lie in no other, such as {first}", tops.len());
                Err(ModelError::new("area", "", expected).into())
            }
        }
    }

    /// Households that no key at hand opens wholly: what they confide is missing in a ledger.
    #[must_use]
    pub fn closed_households(&self) -> usize {
        self.app.closed_households()
    }

    /// A ledger out: see [`App::read_ledger`].
    pub fn write(&self, query: &LedgerQuery) -> Result<LedgerFile, AppError> {
        self.app.read_ledger(&self.caller, query)
    }

    /// What a ledger would change: see [`App::check_ledger`].
    pub async fn check(&self, file: Bytes) -> Result<LedgerCheck, AppError> {
        self.app.check_ledger(&self.caller, file).await
    }

    /// Stores what was decided, each value only where the map still says what it said, and tells by household; `stored` hears after
    /// each batch how many households were gone through.
    pub async fn take(
        &self,
        decided: Vec<Decided>,
        mut stored: impl FnMut(usize),
    ) -> Result<Vec<(Decided, LedgerApplied)>, AppError> {
        let mut results = Vec::with_capacity(decided.len());
        for batch in decided.chunks(AT_ONCE) {
            let became = self.app.apply_ledger(&self.caller, batch.to_vec()).await?;
            results.extend(batch.iter().cloned().zip(became));
            stored(results.len());
        }
        Ok(results)
    }

    /// Writes what waits, the note of what was read with it, and closes the store.
    pub async fn close(self) {
        self.app.stop().await;
    }
}
