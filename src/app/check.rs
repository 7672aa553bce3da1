//! Proves a store: the chain holds, and the state loaded at once equals the state that lived change by change.

use super::access::hex;
use super::{AppError, load};
use crate::model::Change;
use crate::state::State;
use crate::store::Store;

/// What was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many changes the store holds.
    pub changes: u64,
    /// The chain's last hash, hexadecimal: note it elsewhere, and a cut-off tail shows as well.
    pub head: String,
    /// The digest of the state, the same both ways.
    pub digest: String,
}

/// Recomputes the chain, then rebuilds the state in both ways and compares their digests. Costs some 30 µs a change.
pub fn check_store(store: &Store, mut progress: impl FnMut(&'static str, u64)) -> Result<Checked, AppError> {
    let head = store.verify(|seq| progress("chain", seq))?;
    let loaded = load(store, |_| true)?;
    let mut lived = State::new();
    let all = loaded.seq();
    store.read(1, |record| -> Result<(), AppError> {
        // Beside a running server more may have come in since.
        if record.seq > all {
            return Ok(());
        }
        let change = Change::read(record.kind, record.body)
            .map_err(|e| AppError::Damaged(format!("change {} ({}): {e}", record.seq, record.kind)))?;
        lived
            .apply(record.seq, record.at, record.author, change)
            .map_err(|e| AppError::Damaged(State::fault(record.seq, record.kind, &e)))?;
        if record.seq.is_multiple_of(10_000) {
            progress("state", record.seq);
        }
        Ok(())
    })?;
    let (digest, other) = (loaded.digest(), lived.digest());
    if digest != other {
        return Err(AppError::Damaged(format!("the state loaded ({digest}) differs from the state lived ({other})")));
    }
    Ok(Checked { changes: head.seq, head: hex(&head.hash), digest })
}
