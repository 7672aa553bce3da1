//! The state from the store, read and parsed on all cores.

use super::AppError;
use crate::model::{Change, Kind};
use crate::state::{Loader, State};
use crate::store::{Record, Store, StoreError};
use jiff::Timestamp;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// Changes that are parsed together.
const TOGETHER: usize = 8_192;
/// Groups between the thread that reads and the one that loads: bounded memory.
const AHEAD: usize = 4;

/// A change as the store wrote it, in one piece of text for a whole group.
struct Raw {
    seq: u64,
    at: Timestamp,
    author: Arc<str>,
    kind: Kind,
    end: usize,
}

#[derive(Default)]
struct Group {
    bodies: String,
    rows: Vec<Raw>,
}

/// Loads the changes of some kinds: all of them for a living map, only Areas for placing others in them.
///
/// Costs some 2 µs a change on two cores. The chain is not recomputed; `check` does that.
pub fn load(store: &Store, wanted: impl Fn(Kind) -> bool + Sync) -> Result<State, AppError> {
    load_until(store, wanted, None).map(|(state, _)| state)
}

/// Why no more is read.
enum End {
    /// A change of this time is later than what is wanted.
    Later(Timestamp),
    Failed(StoreError),
}

impl From<StoreError> for End {
    fn from(e: StoreError) -> End {
        End::Failed(e)
    }
}

/// Loads the changes before the first that came after a time, all without one; and the time of that first.
pub(super) fn load_until(
    store: &Store,
    wanted: impl Fn(Kind) -> bool + Sync,
    last: Option<Timestamp>,
) -> Result<(State, Option<Timestamp>), AppError> {
    load_while(store, wanted, |_, at| last.is_none_or(|last| at <= last))
}

/// Loads the changes of some kinds up to a number.
pub(super) fn load_first(store: &Store, wanted: impl Fn(Kind) -> bool + Sync, last: u64) -> Result<State, AppError> {
    load_while(store, wanted, |seq, _| seq <= last).map(|(state, _)| state)
}

/// Loads the changes before the first that `more` says no to, and tells the time of that first.
fn load_while(
    store: &Store,
    wanted: impl Fn(Kind) -> bool + Sync,
    more: impl Fn(u64, Timestamp) -> bool,
) -> Result<(State, Option<Timestamp>), AppError> {
    let mut loader = Loader::new();
    let (send, groups) = sync_channel::<Group>(AHEAD);
    std::thread::scope(|scope| {
        let loading = scope.spawn(move || -> Result<Loader, AppError> {
            for group in groups {
                feed(&mut loader, &group)?;
            }
            Ok(loader)
        });
        let mut group = Group::default();
        let mut author: Arc<str> = "".into();
        let read: Result<(), End> = store.read(1, |record: Record<'_>| {
            if !more(record.seq, record.at) {
                return Err(End::Later(record.at));
            }
            if !wanted(record.kind) {
                return Ok(());
            }
            if *author != *record.author {
                author = record.author.into();
            }
            group.bodies.push_str(record.body);
            let Record { seq, at, kind, .. } = record;
            group.rows.push(Raw { seq, at, author: Arc::clone(&author), kind, end: group.bodies.len() });
            if group.rows.len() == TOGETHER {
                // A loader that ended says why itself, when it is joined.
                let _ = send.send(std::mem::take(&mut group));
            }
            Ok(())
        });
        let _ = send.send(group);
        drop(send);
        let loader = loading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let next = match read {
            Ok(()) => None,
            Err(End::Later(at)) => Some(at),
            Err(End::Failed(e)) => return Err(e.into()),
        };
        Ok((loader.finish(), next))
    })
}

fn feed(loader: &mut Loader, group: &Group) -> Result<(), AppError> {
    let starts = std::iter::once(0).chain(group.rows.iter().map(|row| row.end));
    let rows: Vec<(&Raw, usize)> = group.rows.iter().zip(starts).collect();
    let parsed: Vec<Result<Change, AppError>> = rows
        .par_iter()
        .map(|(row, start)| {
            Change::read(row.kind, &group.bodies[*start..row.end])
                .map_err(|e| AppError::Damaged(format!("change {} ({}): {e}", row.seq, row.kind)))
        })
        .collect();
    for ((row, _), change) in rows.into_iter().zip(parsed) {
        loader
            .push(row.seq, row.at, &row.author, change?)
            .map_err(|e| AppError::Damaged(State::fault(row.seq, row.kind, &e)))?;
    }
    Ok(())
}
