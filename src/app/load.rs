//! The state from the store: one thread reads, all cores parse, one thread loads, each some groups ahead of the next.

use super::AppError;
use crate::model::{Change, Kind};
use crate::state::{HouseholdId, Loader, State};
use crate::store::{Record, Store, StoreError};
use jiff::Timestamp;
use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// Changes that are parsed together.
const TOGETHER: usize = 8_192;
/// Groups between two threads: bounded memory.
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
/// Costs 1 to 2 µs a change on two cores. The chain is not recomputed; `check` does that.
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
        let (hand_on, parsed) = sync_channel::<Parsed>(AHEAD);
        scope.spawn(move || {
            // A loader that ended says why itself, when it is joined.
            groups.into_iter().map(Parsed::of).try_for_each(|group| hand_on.send(group))
        });
        let loading = scope.spawn(move || -> Result<Loader, AppError> {
            for group in parsed {
                group.load(&mut loader)?;
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

/// A group whose bodies were read.
struct Parsed(Vec<(Raw, Result<Change, AppError>)>);

impl Parsed {
    fn of(group: Group) -> Parsed {
        let Group { bodies, rows } = group;
        let starts: Vec<usize> = std::iter::once(0).chain(rows.iter().map(|row| row.end)).collect();
        let read = |(row, start): (Raw, usize)| {
            let change = Change::read(row.kind, &bodies[start..row.end])
                .map_err(|e| AppError::Damaged(format!("change {} ({}): {e}", row.seq, row.kind)));
            (row, change)
        };
        Parsed(rows.into_par_iter().zip(starts).map(read).collect())
    }

    fn load(self, loader: &mut Loader) -> Result<(), AppError> {
        // By this thread itself: the others parse, and it would wait for them.
        let look_up = |(_, change): &(Raw, Result<Change, AppError>)| loader.look_up(change.as_ref().ok()?);
        let known: Vec<Option<HouseholdId>> = self.0.iter().map(look_up).collect();
        for ((row, change), known) in self.0.into_iter().zip(known) {
            loader
                .push_known(row.seq, row.at, &row.author, change?, known)
                .map_err(|e| AppError::Damaged(State::fault(row.seq, row.kind, &e)))?;
        }
        Ok(())
    }
}
