//! All that a database has to do. A second one is one more file with one more `impl`, run through the same contract.

use super::chain::Texts;
use super::{Batch, Hash, Head, Location, StoreError};
use std::ops::ControlFlow;

/// One row as it stands in the database.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub seq: u64,
    pub texts: Texts<'a>,
    pub hash: &'a [u8],
}

/// How much a transaction will write, so that a backend may choose its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Load {
    /// What people enter: up to thousands of rows, soon committed.
    Few,
    /// An import: up to millions of rows; readers may have to wait.
    Many,
}

/// A table of changes with transactions. It numbers nothing, hashes nothing and judges no row: that is done above it,
/// once.
///
/// A backend lets in one writer at a time, and refuses a second with [`StoreError::Locked`].
pub(super) trait Backend: Send {
    /// Where it is: opening that finds the same store.
    fn location(&self) -> Location;

    /// The last row, or [`Head::EMPTY`].
    fn head(&self) -> Result<Head, StoreError>;

    /// Calls `each` with every row from `from` on, in order of `seq`, until it breaks. Memory does not grow with the
    /// rows.
    fn rows(&self, from: u64, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> Result<(), StoreError>;

    /// Begins a transaction; there is none open.
    fn begin(&mut self, load: Load) -> Result<(), StoreError>;

    /// Writes a batch, whose first row is number `first`, with a hash for each of its entries. Memory does not grow
    /// with the transaction.
    fn write(&mut self, first: u64, batch: &Batch, hashes: &[Hash]) -> Result<(), StoreError>;

    /// Ends the transaction. When it returns, a power cut loses none of it; when it fails, a rollback is still due.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Leaves the store as it was before [`Backend::begin`].
    fn rollback(&mut self);
}
