//! Plain counters of how the service does; whoever watches it gives them names.

use super::App;
use crate::tiles::LayerSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Upper bounds of the times of an append, seconds: from a fast disk to one that hangs.
const SECONDS: [f64; 10] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];
/// Upper bounds of the sizes of groups, changes.
const CHANGES: [f64; 8] = [1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0, 65_536.0];
/// Waiting calls from which the writer cannot keep up: as many as a full house has requests, several times over.
pub(super) const LONG_QUEUE: usize = 4_096;

/// How values are spread: how many up to each bound, and their sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Upper bound and how many are above the bound before it; the last bound is [`f64::MAX`].
    pub buckets: Vec<(f64, u64)>,
    /// Of all values.
    pub sum: f64,
}

/// How the service does now.
#[derive(Debug, Clone, PartialEq)]
pub struct Vitals {
    /// Calls that wait to be stored.
    pub queue: usize,
    /// Changes in a group that was stored together.
    pub groups: Spread,
    /// Seconds until a group was durable.
    pub append: Spread,
    /// Names of layers, tiles answered from the cache, tiles made.
    pub tiles: Vec<(String, u64, u64)>,
    /// Live feeds that are open.
    pub listeners: usize,
    /// Memory of the process, bytes; `None` where the system does not tell.
    pub memory: Option<u64>,
}

/// A histogram that many threads write and one reads now and then: a reading may be between two of its counts.
struct Histogram<const N: usize> {
    bounds: [f64; N],
    counts: [AtomicU64; N],
    above: AtomicU64,
    /// In thousandths of a millionth, so that it can be whole.
    sum: AtomicU64,
}

/// Parts of one that a sum is kept in.
const PARTS: f64 = 1e9;

impl<const N: usize> Histogram<N> {
    fn new(bounds: [f64; N]) -> Histogram<N> {
        let counts = std::array::from_fn(|_| AtomicU64::new(0));
        Histogram { bounds, counts, above: AtomicU64::new(0), sum: AtomicU64::new(0) }
    }

    fn add(&self, value: f64) {
        let place = self.bounds.iter().position(|bound| value <= *bound);
        place.map_or(&self.above, |i| &self.counts[i]).fetch_add(1, Ordering::Relaxed);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // no time or size is below 0
        self.sum.fetch_add((value * PARTS) as u64, Ordering::Relaxed);
    }

    fn spread(&self) -> Spread {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counts = self.bounds.iter().copied().zip(self.counts.iter().map(of));
        #[allow(clippy::cast_precision_loss)] // for people
        let sum = of(&self.sum) as f64 / PARTS;
        Spread { buckets: counts.chain([(f64::MAX, of(&self.above))]).collect(), sum }
    }
}

/// The counters.
pub(super) struct Counters {
    queue: AtomicUsize,
    groups: Histogram<8>,
    append: Histogram<10>,
    /// Hits and misses by the place of the set of layers.
    tiles: [[AtomicU64; 2]; LayerSet::COUNT],
}

impl Default for Counters {
    fn default() -> Counters {
        Counters {
            queue: AtomicUsize::new(0),
            groups: Histogram::new(CHANGES),
            append: Histogram::new(SECONDS),
            tiles: Default::default(),
        }
    }
}

impl Counters {
    /// A call waits to be stored.
    pub fn queued(&self) {
        self.queue.fetch_add(1, Ordering::Relaxed);
    }

    /// The writer took a call.
    pub fn taken(&self) {
        self.queue.fetch_sub(1, Ordering::Relaxed);
    }

    /// Calls that wait.
    pub fn waiting(&self) -> usize {
        self.queue.load(Ordering::Relaxed)
    }

    /// A group of so many changes became durable.
    pub fn stored(&self, changes: usize, took: Duration) {
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        self.groups.add(changes as f64);
        self.append.add(took.as_secs_f64());
    }

    /// A tile was answered, from the cache or made.
    pub fn tile(&self, layers: LayerSet, hit: bool) {
        self.tiles[layers.place()][usize::from(!hit)].fetch_add(1, Ordering::Relaxed);
    }
}

impl App {
    /// How the service does. Costs a few microseconds and one read of a file of the system.
    #[must_use]
    pub fn vitals(&self) -> Vitals {
        let counters = &self.counters;
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counted = |layers: LayerSet| {
            let [hits, misses] = counters.tiles[layers.place()].each_ref().map(of);
            (hits + misses > 0).then(|| (layers.to_string(), hits, misses))
        };
        let mut tiles: Vec<_> = LayerSet::all().filter_map(counted).collect();
        tiles.sort_unstable();
        Vitals {
            queue: counters.waiting(),
            groups: counters.groups.spread(),
            append: counters.append.spread(),
            tiles,
            listeners: self.live.listeners(),
            memory: memory_resident(),
        }
    }
}

/// Memory of this process, bytes; `None` where the system does not tell.
#[must_use]
pub fn memory_resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_in_the_first_bucket_that_holds_it() {
        let histogram = Histogram::new([1.0, 2.0]);
        for value in [0.0, 1.0, 1.5, 2.0, 2.25, 100.0] {
            histogram.add(value);
        }
        assert_eq!(histogram.spread(), Spread { buckets: vec![(1.0, 2), (2.0, 2), (f64::MAX, 2)], sum: 106.75 });
    }

    #[test]
    fn hits_and_misses_are_counted_by_layers() {
        let counters = Counters::default();
        let layers: LayerSet = "households,areas".parse().unwrap();
        for hit in [false, true, true] {
            counters.tile(layers, hit);
        }
        let counted = counters.tiles[layers.place()].each_ref().map(|n| n.load(Ordering::Relaxed));
        assert_eq!(counted, [2, 1]);
        assert!(LayerSet::all().all(|one| one.place() < LayerSet::COUNT && one.to_string().parse() == Ok(one)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_tells_the_memory() {
        assert!(memory_resident().is_some_and(|bytes| bytes > 1 << 20));
    }
}
