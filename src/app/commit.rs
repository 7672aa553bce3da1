//! The way in while the service runs: one writer, group commit.

use super::judge::{Judge, Written};
use super::live::{Live, Told};
use super::shown::Shown;
use super::vitals::Counters;
use super::{App, AppError};
use crate::model::{Change, Code, Kind, ModelError};
use crate::state::{AreaEntry, AreaId, Delta, State, Touched, Version};
use crate::store::{Batch, Entry, Store, signed_by};
use crate::tiles::{BUFFER, Layer, TileCache};
use jiff::{Timestamp, Unit};
use parking_lot::RwLock;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tokio::sync::oneshot;

/// Most changes in one group: beyond it the reply to the first would wait too long for the last.
const GROUP: usize = 4_096;

/// What became of one change.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is durable, under this number.
    Stored(u64),
    /// The map knew it already; nothing was stored.
    Same,
    /// It cannot be.
    Refused(ModelError),
    /// Another came first: what it is about is not as its author expected.
    Conflict {
        /// The number of the change that came first.
        version: u64,
        /// Who made it.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// What its author expected to be there is not.
    Gone,
    /// What it is about no longer stands as its author read it, and keeps no version that could be told.
    Overtaken,
}

/// What the author of a change expects of what it is about. Plans, zones and spots keep a version; a household is told by how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    /// Nothing: the change stands whatever was there.
    Anything,
    /// That it is not there.
    Absent,
    /// That its last change has this number.
    Version(u64),
    /// That the household stands as in the change with this print.
    Standing(Print),
}

/// The first half of the SHA-256 of a change's body: two that differ do not share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print([u8; 16]);

impl Print {
    /// Of a change that would have a thing stand as it does.
    #[must_use]
    pub fn of(change: &Change) -> Print {
        Print::of_body(&change.body())
    }

    pub(super) fn of_body(body: &str) -> Print {
        let whole = Sha256::digest(body.as_bytes());
        Print(*whole.first_chunk().expect("a SHA-256 has 32 bytes"))
    }
}

/// What became of the changes of one call, in their order.
pub type Committed = Vec<Outcome>;

struct Job {
    author: Arc<str>,
    changes: Vec<Written>,
    reply: oneshot::Sender<Result<Committed, AppError>>,
}

enum Order {
    Write(Job),
    /// Write what came before, close the store, tell it.
    Stop(oneshot::Sender<()>),
}

/// The way to the writer's thread.
#[derive(Clone)]
pub(super) struct Writer {
    orders: Sender<Order>,
    failed: Arc<OnceLock<String>>,
}

impl Writer {
    /// Starts the thread. It ends when told to, or when the last `Writer` is dropped.
    pub fn start(mut bench: Bench) -> Writer {
        let (orders, queue) = channel();
        let failed = Arc::clone(&bench.failed);
        std::thread::Builder::new()
            .name("melonmap-writer".into())
            .spawn(move || {
                let told = bench.run(&queue);
                drop(bench);
                // Who asked may have stopped waiting.
                let _ = told.map(|told| told.send(()));
            })
            .expect("a process that cannot start one thread cannot serve");
        Writer { orders, failed }
    }

    /// Writes what waits and closes the store; nothing is taken afterwards.
    pub async fn stop(&self) {
        let (tell, told) = oneshot::channel();
        if self.orders.send(Order::Stop(tell)).is_ok() {
            // A writer that ended otherwise has closed its store as well.
            let _ = told.await;
        }
    }

    /// Why no more changes are taken, if so.
    pub fn ready(&self) -> Result<(), AppError> {
        self.failed.get().map_or(Ok(()), |why| Err(AppError::Stopped(why.clone())))
    }
}

impl App {
    /// Stores changes that were checked for access, and applies them: each by itself, so that one that is refused does not
    /// keep the others out. Returns when the stored ones are durable and in every answer.
    pub async fn commit(&self, author: &str, changes: Vec<Change>) -> Result<Committed, AppError> {
        let answer = self.submit(author, changes)?;
        answer.await.map_err(|_| ended())?
    }

    /// The same for changes each of which comes with what its author expects: another that came first is told, not overwritten.
    pub async fn commit_expecting(&self, author: &str, changes: Vec<(Change, Expects)>) -> Result<Committed, AppError> {
        let answer = self.send(author, changes)?;
        answer.await.map_err(|_| ended())?
    }

    /// Hands changes to the writer, who answers when they are durable and in every answer.
    pub(super) fn submit(
        &self,
        author: &str,
        changes: Vec<Change>,
    ) -> Result<oneshot::Receiver<Result<Committed, AppError>>, AppError> {
        self.send(author, changes.into_iter().map(|change| (change, Expects::Anything)).collect())
    }

    fn send(
        &self,
        author: &str,
        changes: Vec<(Change, Expects)>,
    ) -> Result<oneshot::Receiver<Result<Committed, AppError>>, AppError> {
        self.ready()?;
        let written = |(change, expects)| Written { entry: Entry::from(&change), change, expects };
        let changes = changes.into_iter().map(written).collect();
        let (reply, answer) = oneshot::channel();
        let job = Order::Write(Job { author: author.into(), changes, reply });
        self.counters.queued();
        self.writer.orders.send(job).map_err(|_| {
            self.counters.taken();
            ended()
        })?;
        Ok(answer)
    }
}

fn ended() -> AppError {
    AppError::Stopped("the writer has ended".into())
}

/// What the writer's thread works with.
pub(super) struct Bench {
    store: Store,
    state: Arc<RwLock<State>>,
    cache: Arc<TileCache>,
    live: Arc<Live>,
    shown: Arc<Shown>,
    counters: Arc<Counters>,
    failed: Arc<OnceLock<String>>,
}

impl Bench {
    /// Over what the service shares.
    pub fn new(
        store: Store,
        state: &Arc<RwLock<State>>,
        cache: &Arc<TileCache>,
        live: &Arc<Live>,
        shown: &Arc<Shown>,
        counters: &Arc<Counters>,
    ) -> Bench {
        Bench {
            store,
            state: Arc::clone(state),
            cache: Arc::clone(cache),
            live: Arc::clone(live),
            shown: Arc::clone(shown),
            counters: Arc::clone(counters),
            failed: Arc::default(),
        }
    }

    /// Until told to stop; gives who has to be told that it did.
    fn run(&mut self, queue: &Receiver<Order>) -> Option<oneshot::Sender<()>> {
        while let Ok(first) = queue.recv() {
            let mut group = Vec::new();
            let mut size = 0;
            let mut next = Some(first);
            while let Some(order) = next {
                match order {
                    Order::Write(job) => {
                        self.counters.taken();
                        size += job.changes.len();
                        group.push(job);
                    }
                    Order::Stop(told) => {
                        self.write(group);
                        return Some(told);
                    }
                }
                next = if size < GROUP { queue.try_recv().ok() } else { None };
            }
            self.write(group);
        }
        None
    }

    /// Judges, stores and applies a group; answers every job in it.
    fn write(&mut self, group: Vec<Job>) {
        // What the store keeps of a moment, so that memory says the same as what is rebuilt.
        let at = Timestamp::now().round(Unit::Microsecond).unwrap_or_else(|_| Timestamp::now());
        let mut replies = Vec::with_capacity(group.len());
        let mut batches: Vec<Batch> = Vec::with_capacity(group.len());
        let mut accepted: Vec<(Arc<str>, Change)> = Vec::new();
        {
            let state = self.state.read();
            let mut judge = Judge::over(&state);
            let mut next = self.store.head().seq + 1;
            for Job { author, changes, reply } in group {
                let mut outcomes = Vec::with_capacity(changes.len());
                let mut entries = Vec::with_capacity(changes.len());
                let name: Arc<str> = signed_by(&author).0.into();
                for written in changes {
                    let outcome = judge.outcome(&written, Version { seq: next, at, author: Arc::clone(&name) });
                    if let Outcome::Stored(_) = outcome {
                        accepted.push((Arc::clone(&author), written.change));
                        entries.push(written.entry);
                        next += 1;
                    }
                    outcomes.push(outcome);
                }
                if !entries.is_empty() {
                    batches.push(Batch { at, author, entries });
                }
                replies.push((reply, outcomes));
            }
        }
        let start = Instant::now();
        let appended = self.store.append(&batches).map_err(|e| e.to_string());
        if !accepted.is_empty() {
            self.counters.stored(accepted.len(), start.elapsed());
        }
        let result =
            appended.map(|range| if range.is_empty() { Ok(()) } else { self.apply(range.start, at, accepted) });
        let failure = match result {
            Ok(Ok(())) => None,
            Ok(Err(why)) => {
                // The store has it and memory has not: only a restart brings them together again.
                let _ = self.failed.set(why.clone());
                Some(why)
            }
            Err(why) => Some(why),
        };
        for (reply, outcomes) in replies {
            // Who hung up does not hear that it is stored; asking again is harmless.
            let _ = reply.send(match &failure {
                None => Ok(outcomes),
                Some(why) => Err(AppError::Stopped(why.clone())),
            });
        }
    }

    fn apply(&self, first: u64, at: Timestamp, accepted: Vec<(Arc<str>, Change)>) -> Result<(), String> {
        let mut delta = Delta::default();
        let ends = |kind| matches!(kind, Kind::TokenEnd | Kind::User | Kind::UserEnd | Kind::SessionEnd | Kind::Team);
        let somebody_ends = accepted.iter().any(|(_, change)| ends(change.kind()));
        let mut state = self.state.write();
        for (seq, (author, change)) in (first..).zip(accepted) {
            delta.join(state.apply(seq, at, signed_by(&author).0, change).map_err(|e| e.to_string())?);
        }
        let seq = state.seq();
        if somebody_ends {
            self.live.people_changed();
        }
        if delta == Delta::default() {
            // A sign-in or a note of a reading: nothing on the map is another, and no page has to hear of it.
            return Ok(());
        }
        let touched = touched(&delta, &self.shown);
        let code = |entry: &AreaEntry| entry.area.code.clone();
        let told = Told {
            areas: delta.areas.iter().map(|id| code(state.covered(*id, None).entry)).collect(),
            places: delta.places.iter().map(|(at, area)| (*at, state.area_chain(*area).map(code).collect())).collect(),
            campaigns: delta.campaigns.clone(),
            plans: delta.plans.clone(),
            assigned: (delta.assigned.iter()).map(|(team, areas)| (team.clone(), grounds(&state, areas))).collect(),
            borders: !delta.borders.is_empty(),
            context: !delta.context.is_empty(),
            edition: delta.edition,
            heard: state.heard(),
        };
        drop(state);
        match &touched {
            Some(touched) => {
                self.cache.forget(Layer::Areas, &touched.areas);
                self.cache.forget(Layer::Households, &touched.households);
                self.cache.forget(Layer::Context, &touched.context);
            }
            None => self.forget_more(&delta),
        }
        self.live.publish(seq, touched, told);
        Ok(())
    }

    /// Forgets what a change touched that is more than a list of tiles.
    fn forget_more(&self, delta: &Delta) {
        match delta.context_tiles(Layer::Context.max_zoom(), BUFFER) {
            Some(context) if !delta.everything => {
                self.cache.forget_borders();
                self.cache.forget(Layer::Households, &delta.household_tiles(Layer::Households.max_zoom()));
                self.cache.forget(Layer::Context, &context);
            }
            _ => self.cache.clear(),
        }
    }
}

/// The codes of Areas and of all above them.
fn grounds(state: &State, areas: &BTreeSet<AreaId>) -> BTreeSet<Code> {
    areas.iter().flat_map(|id| state.area_chain(Some(*id))).map(|entry| entry.area.code.clone()).collect()
}

/// The tiles that a change touched; `None` where they are too many to list, or where a border moved: then who may see which
/// household, and which level a zoom shows, can have changed anywhere.
fn touched(delta: &Delta, shown: &Shown) -> Option<Touched> {
    let areas = shown.take(&delta.areas);
    if delta.everything || !delta.borders.is_empty() {
        return None;
    }
    Some(Touched {
        areas: areas?.into_iter().collect(),
        households: delta.household_tiles(Layer::Households.max_zoom()),
        context: delta.context_tiles(Layer::Context.max_zoom(), BUFFER)?,
    })
}
