use super::backend::Load;
use super::chain::Chain;
use super::{Batch, Hash, Head, Store, StoreError, write_all};
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Entries that are hashed together: enough that handing them over costs nothing, few enough to stay in the processor's
/// cache.
const TOGETHER: usize = 2_048;

/// Groups that may be with the hasher while one is written: it never waits for work, and memory stays bounded.
const AHEAD: usize = 2;

/// A load of any size in one transaction: all of it is kept, or nothing.
///
/// Hashing runs on a thread of its own beside the database, so an import takes about as long as the slower of the two.
/// Memory is bounded by a few groups of changes and the database's cache. Dropped without [`Import::commit`], or after
/// any error, the store is as it was.
pub struct Import<'a> {
    store: &'a mut Store,
    hasher: Hasher,
    waiting: Vec<Batch>,
    entries_waiting: usize,
    /// Number and hash of the last change written.
    last: Head,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Failed,
    Committed,
}

impl Store {
    /// Begins an import. While it runs, other processes that would read the store wait, and may be refused.
    pub fn import(&mut self) -> Result<Import<'_>, StoreError> {
        let last = self.head();
        if let Err(e) = self.backend.begin(Load::Many) {
            self.backend.rollback();
            return Err(e);
        }
        let hasher = Hasher::start(Chain::after(last.seq, last.hash));
        Ok(Import { store: self, hasher, waiting: Vec::new(), entries_waiting: 0, last, state: State::Open })
    }
}

impl Import<'_> {
    /// Takes a batch. Batches of a hundred entries or more cost least.
    ///
    /// # Errors
    /// What the database says of this batch or of one before it; from then on [`StoreError::Abandoned`].
    pub fn push(&mut self, batch: Batch) -> Result<(), StoreError> {
        if self.state == State::Failed {
            return Err(StoreError::Abandoned);
        }
        self.entries_waiting += batch.entries.len();
        self.waiting.push(batch);
        if self.entries_waiting < TOGETHER {
            return Ok(());
        }
        self.advance(AHEAD)
    }

    /// Makes the import durable and tells the numbers of its changes.
    pub fn commit(mut self) -> Result<Range<u64>, StoreError> {
        if self.state == State::Failed {
            return Err(StoreError::Abandoned);
        }
        self.advance(0)?;
        self.store.backend.commit()?;
        self.state = State::Committed;
        let first = self.store.head.seq + 1;
        self.store.head = self.last;
        Ok(first..self.last.seq + 1)
    }

    /// Hands what waits to the hasher and writes what comes back, until at most `ahead` groups are with the hasher.
    fn advance(&mut self, ahead: usize) -> Result<(), StoreError> {
        self.hasher.send(std::mem::take(&mut self.waiting));
        self.entries_waiting = 0;
        while self.hasher.busy > ahead {
            let Hashed { batches, hashes } = self.hasher.receive();
            // After some errors SQLite ends the transaction by itself: a further row would be one on its own.
            self.state = State::Failed;
            self.last = write_all(&mut *self.store.backend, self.last, &batches, &hashes)?;
            self.state = State::Open;
        }
        Ok(())
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        if self.state != State::Committed {
            self.store.backend.rollback();
        }
    }
}

/// Batches with the hashes of their entries, in one list.
struct Hashed {
    batches: Vec<Batch>,
    hashes: Vec<Hash>,
}

/// A thread that holds the end of the chain. It ends when this value is dropped.
struct Hasher {
    to: Sender<Vec<Batch>>,
    from: Receiver<Hashed>,
    /// Groups sent and not yet received.
    busy: usize,
}

impl Hasher {
    const LIVES: &str = "the hasher ends only after both channels, which are dropped together";

    fn start(mut chain: Chain) -> Hasher {
        let (to, work) = channel::<Vec<Batch>>();
        let (done, from) = channel();
        thread::spawn(move || {
            for batches in work {
                let hashes = chain.link_all(&batches);
                if done.send(Hashed { batches, hashes }).is_err() {
                    break;
                }
            }
        });
        Hasher { to, from, busy: 0 }
    }

    fn send(&mut self, batches: Vec<Batch>) {
        self.to.send(batches).expect(Hasher::LIVES);
        self.busy += 1;
    }

    fn receive(&mut self) -> Hashed {
        self.busy -= 1;
        self.from.recv().expect(Hasher::LIVES)
    }
}
