//! The ledger: households out in an office's own layout, and what the office wrote back in, where a person says so.
//!
//! Out, in one step. In, in two: [`App::check_ledger`] reads a file and tells what it would change, against what stood when the file was
//! written and what stands now; nothing is written. [`App::apply_ledger`] takes what a person decided, each value with the one that
//! the person saw before it: where another stands by then, nothing is overwritten.
//!
//! A file says in a sheet that nobody sees when it was written, and not what stood there then: that is in the store, so that a column
//! that an office takes out before it hands the file on is not in it any more.

mod apply;
mod check;
mod columns;
mod compare;
mod desk;
mod layouts;
mod matching;
mod once;
mod origin;
mod out;
mod report;
mod standing;

pub use apply::{Decided, DecidedField, LedgerApplied};
pub use layouts::{LedgerProposal, LedgerTemplates};
pub use once::{LedgerOnce, LedgerTake};
pub use out::{LedgerFile, LedgerQuery};
pub use report::{ChangedField, LedgerCheck};
