//! What is durable: every change, in order, chained.
//!
//! Invariants:
//! - A change is numbered, timed, signed and hashed with the one before it ([`chain`] tells how to recompute it); it is
//!   never updated and never deleted: the database refuses a hand-written `UPDATE` or `DELETE`, the chain shows the rest.
//! - What [`Store::append`] or [`Import::commit`] has answered outlives a `kill -9` and a power cut. What has failed
//!   has written nothing.
//! - One writer: a second one is refused and told who holds the store. Readers may look on.
//!
//! A store is one SQLite file whose rows a person can read with `sqlite3` (`SELECT * FROM change`, or the views
//! `latest`, `household`, `visit`). The database stands behind one narrow trait, `Backend`; a second one is one more
//! file, run through the same contract.
//!
//! This room asks no question of geometry, parses no body and knows nothing of the state that is rebuilt from it.

mod backend;
pub mod chain;
mod error;
mod import;
mod location;
mod lock;
mod record;
mod sqlite;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod crash;

pub use chain::Hash;
pub use error::StoreError;
pub use import::Import;
pub use location::Location;
pub use record::{Batch, Entry, Head, Record, signature, signed_by};

use backend::{Backend, Load};
use chain::{Chain, GENESIS};
use record::Reading;
use sqlite::Sqlite;
use std::ops::{ControlFlow, Range};

/// What to do where there is no store yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Found an empty one.
    Create,
    /// Refuse with [`StoreError::Missing`].
    Existing,
}

/// A store that is open.
pub struct Store {
    backend: Box<dyn Backend>,
    head: Head,
}

impl Store {
    /// Opens a store for its one writer. `purpose` is told to whoever comes second, such as `melonmap serve`.
    pub fn open(location: &Location, mode: OpenMode, purpose: &str) -> Result<Store, StoreError> {
        match location {
            Location::Sqlite(path) => Store::over(Sqlite::open(path, mode, purpose)?),
        }
    }

    /// Opens a store to look at it, beside its writer if there is one. What a crash left half done is undone first.
    pub fn open_read_only(location: &Location) -> Result<Store, StoreError> {
        match location {
            Location::Sqlite(path) => Store::over(Sqlite::open_read_only(path)?),
        }
    }

    fn over(backend: impl Backend + 'static) -> Result<Store, StoreError> {
        let head = backend.head()?;
        Ok(Store { backend: Box::new(backend), head })
    }

    /// Where it is, whatever the working directory.
    pub fn location(&self) -> Location {
        self.backend.location()
    }

    /// The last change: at opening, or as this store has written since.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Writes batches in one transaction and tells the numbers of their changes. They are durable when it returns.
    ///
    /// Costs one fsync however many batches there are, so whoever has several at hand gives them together.
    ///
    /// # Errors
    /// After any error the store is as it was, in the file and here; it may be tried again.
    pub fn append(&mut self, batches: &[Batch]) -> Result<Range<u64>, StoreError> {
        let first = self.head.seq + 1;
        if batches.iter().all(|batch| batch.entries.is_empty()) {
            return Ok(first..first);
        }
        let hashes = Chain::after(self.head.seq, self.head.hash).link_all(batches);
        let mut write = || {
            self.backend.begin(Load::Few)?;
            let last = write_all(&mut *self.backend, self.head, batches, &hashes)?;
            self.backend.commit()?;
            Ok(last)
        };
        match write() {
            Ok(last) => {
                self.head = last;
                Ok(first..last.seq + 1)
            }
            Err(e) => {
                self.backend.rollback();
                Err(e)
            }
        }
    }

    /// Calls `each` with every change from number `from` on, in order. Nothing is copied; memory does not grow with the
    /// store.
    ///
    /// # Errors
    /// What `each` returns, at once; [`StoreError::Broken`] at a row that is no change. The chain is not recomputed
    /// here: that is [`Store::verify`].
    pub fn read<E: From<StoreError>>(
        &self,
        from: u64,
        mut each: impl FnMut(Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut refused = None;
        let mut reading = Reading::default();
        self.backend.rows(from, &mut |row| match reading.record(row).map_err(E::from).and_then(&mut each) {
            Ok(()) => ControlFlow::Continue(()),
            Err(e) => {
                refused = Some(e);
                ControlFlow::Break(())
            }
        })?;
        refused.map_or(Ok(()), Err)
    }

    /// Recomputes the chain from the first change to the last and tells its end. Calls `progress` with the number
    /// reached, every 10,000 changes.
    ///
    /// Costs 1 to 2 microseconds a change.
    ///
    /// # Errors
    /// [`StoreError::Broken`] with the first number at which a change is missing, altered or out of its place. A
    /// cut-off tail is a shorter store and no error: compare with a [`Head`] noted before.
    pub fn verify(&self, mut progress: impl FnMut(u64)) -> Result<Head, StoreError> {
        let mut chain = Chain::after(0, GENESIS);
        let mut reading = Reading::default();
        let mut proved = Ok(Head::EMPTY);
        self.backend.rows(1, &mut |row| {
            let seq = chain.seq() + 1;
            let broken = |why: &str| Err(StoreError::Broken { seq, why: why.to_owned() });
            proved = if row.seq != seq {
                broken("it is missing")
            } else if chain.link(row.texts) != row.hash {
                broken("its hash does not match what it says or what came before it")
            } else {
                reading.head(row)
            };
            if seq.is_multiple_of(10_000) {
                progress(seq);
            }
            if proved.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        proved
    }
}

/// Writes batches behind `last`, with a hash for each of their entries in one list, and tells the new last change.
fn write_all(backend: &mut dyn Backend, last: Head, batches: &[Batch], hashes: &[Hash]) -> Result<Head, StoreError> {
    let mut last = last;
    let mut rest = hashes;
    for batch in batches {
        let (mine, others) = rest.split_at(batch.entries.len());
        backend.write(last.seq + 1, batch, mine)?;
        if let Some(&hash) = mine.last() {
            last = Head { seq: last.seq + mine.len() as u64, hash, at: Some(chain::kept(batch.at)) };
        }
        rest = others;
    }
    Ok(last)
}
