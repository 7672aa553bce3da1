//! Which tiles are cached, by the place that a change would name: what makes forgetting exact and cheap.

use super::{Layer, LayerSet, TileBody};
use crate::geom::TileId;
use crate::model::{CampaignId, Level};
use hashbrown::HashMap;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What tells one cached tile from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// Where.
    pub tile: TileId,
    /// Of which layers.
    pub layers: LayerSet,
    /// Areas of which level; `None` is the zoom's own.
    pub level: Option<Level>,
    /// Tallies of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// Digest of a filter; 0 is none.
    pub filter: u128,
    /// The last change of a map as it was; `None` is the living one, whose tiles are forgotten as it changes.
    pub past: Option<u64>,
    /// Number of what is visible: whoever sees the same has the same number, whoever sees other things another.
    pub scope: u64,
    /// Published figures as of this edition; `None` is figures as they are now.
    pub edition: Option<u32>,
}

/// A place in the cache, given out once and never again: a tile that is forgotten and made anew has a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    tile: TileId,
    number: u64,
}

/// Most slots of one tile after which filtered ones, and those of the past, get none: both can be made up for every request, and
/// slots are searched one by one.
const MOST_SLOTS: usize = 64;

/// Locks, so that readers of different tiles seldom wait for each other. A power of two.
const SHARDS: usize = 64;

/// A slot, and the tile in it once it is made.
struct Entry {
    key: TileKey,
    number: u64,
    body: Option<Arc<TileBody>>,
}

impl Entry {
    fn slot(&self) -> Slot {
        Slot { tile: self.key.tile, number: self.number }
    }
}

type Shard = HashMap<TileId, Vec<Entry>>;

/// The slots by tile. A tile has as many as there are combinations of layers, campaigns and scopes that somebody asked for:
/// a handful, so they are searched one by one.
pub(super) struct Index {
    shards: [Mutex<Shard>; SHARDS],
    next: AtomicU64,
}

impl Index {
    pub(super) fn new() -> Index {
        Index { shards: std::array::from_fn(|_| Mutex::default()), next: AtomicU64::new(0) }
    }

    fn shard(&self, tile: TileId) -> &Mutex<Shard> {
        // Fibonacci hashing (Knuth, TAOCP 3 § 6.4): the top bits of the product depend on all bits of the key.
        let hash = tile.key().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let at = usize::try_from(hash).expect("32 bits fit") % SHARDS;
        &self.shards[at]
    }

    /// The tile in the slot of a key, if it has one and the tile is made.
    pub(super) fn find(&self, key: &TileKey) -> Option<(Slot, Arc<TileBody>)> {
        let shard = self.shard(key.tile).lock();
        let entry = shard.get(&key.tile)?.iter().find(|entry| entry.key == *key)?;
        Some((entry.slot(), Arc::clone(entry.body.as_ref()?)))
    }

    /// The slot of a key, a new one if it has none; `None` for a filter or the past where the tile has many.
    pub(super) fn claim(&self, key: &TileKey) -> Option<Slot> {
        let mut shard = self.shard(key.tile).lock();
        let slots = shard.entry(key.tile).or_default();
        if let Some(entry) = slots.iter().find(|entry| entry.key == *key) {
            return Some(entry.slot());
        }
        if (key.filter != 0 || key.past.is_some()) && slots.len() >= MOST_SLOTS {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        slots.push(Entry { key: *key, number, body: None });
        Some(Slot { tile: key.tile, number })
    }

    /// Puts a tile that is made into its slot; false where that is its key's no more.
    pub(super) fn fill(&self, slot: Slot, body: &Arc<TileBody>) -> bool {
        let mut shard = self.shard(slot.tile).lock();
        let entry = shard.get_mut(&slot.tile).and_then(|slots| slots.iter_mut().find(|entry| entry.slot() == slot));
        entry.map(|entry| entry.body = Some(Arc::clone(body))).is_some()
    }

    /// Takes a slot from its key; nothing happens where that was done before.
    pub(super) fn release(&self, slot: Slot) {
        self.take(slot.tile, |entry| entry.slot() == slot, |_| {});
    }

    /// Takes the slots of all keys of these tiles that show a layer of the living map, and gives them back.
    pub(super) fn forget(&self, layer: Layer, tiles: &[TileId]) -> Vec<Slot> {
        let mut taken = Vec::new();
        for &tile in tiles {
            let of_layer = |entry: &Entry| entry.key.past.is_none() && entry.key.layers.contains(layer);
            self.take(tile, of_layer, |slot| taken.push(slot));
        }
        taken
    }

    /// Takes the slots of all keys of the living map that depend on where borders run: that show areas, or households as far as areas
    /// let them be seen, or pass a filter that may ask for them.
    pub(super) fn forget_borders(&self) -> Vec<Slot> {
        let mut taken = Vec::new();
        for shard in &self.shards {
            shard.lock().retain(|_, slots| {
                let depends = |key: &TileKey| {
                    key.past.is_none() && (key.layers.contains(Layer::Areas) || key.scope != 0 || key.filter != 0)
                };
                taken.extend(slots.extract_if(.., |entry| depends(&entry.key)).map(|entry| entry.slot()));
                !slots.is_empty()
            });
        }
        taken
    }

    /// Takes every slot.
    pub(super) fn clear(&self) -> Vec<Slot> {
        let slots = |shard: &Mutex<Shard>| std::mem::take(&mut *shard.lock()).into_values().flatten();
        self.shards.iter().flat_map(slots).map(|entry| entry.slot()).collect()
    }

    fn take(&self, tile: TileId, which: impl Fn(&Entry) -> bool, mut taken: impl FnMut(Slot)) {
        let mut shard = self.shard(tile).lock();
        let Some(slots) = shard.get_mut(&tile) else { return };
        slots.retain(|entry| {
            let take = which(entry);
            if take {
                taken(entry.slot());
            }
            !take
        });
        if slots.is_empty() {
            shard.remove(&tile);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().values().map(Vec::len).sum::<usize>()).sum()
    }
}
