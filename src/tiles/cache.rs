//! Tiles that were made already: the only file that knows the cache crate.
//!
//! # Why no old tile is handed out
//!
//! A writer changes the state, then calls [`TileCache::forget`], then answers. A cached tile lives in a *slot*; the index says
//! which slot is that of a key, and a slot that was taken from its key never comes back to it. So whoever asks after `forget`
//! has returned finds either a slot that was claimed after it, or none and claims one. What is in such a slot, or being made
//! for it, was begun after the claim, hence after the change, hence from the new state. A tile begun before the change ends in
//! a slot that nobody finds any more; whoever made it sees that at the end and removes it. No clock, no counter of versions,
//! and writes elsewhere on the map disturb nothing.
//!
//! # What it costs
//!
//! A hit takes one short lock of 64, by tile: the index holds the tiles as well, and the cache, which decides what has to go, is told
//! of every eighth. Forgetting a tile takes the same lock once, whatever the size of the cache.

use super::index::{Index, Slot};
use super::{Layer, TileBody, TileKey};
use crate::geom::TileId;
use hashbrown::DefaultHashBuilder;
use moka::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that an entry takes beside its tile: its place in the cache's queues and in the index.
const OVERHEAD: usize = 256;

/// Hits between two that the cache is told of. What it makes room for is the tiles asked for least, which a share of all hits shows as
/// well; to note one costs as much as the rest of a hit.
const TOLD_EVERY: u64 = 8;

/// Tiles by [`TileKey`], as many as fit a number of bytes; the ones asked for least make room.
pub struct TileCache {
    /// `None` keeps nothing.
    tiles: Option<Cache<Slot, Arc<TileBody>, DefaultHashBuilder>>,
    index: Arc<Index>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How a cache has been doing since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheStats {
    /// Answered with a tile that was there, or that somebody else was making.
    pub hits: u64,
    /// Made.
    pub misses: u64,
    /// Tiles held; lags a little behind.
    pub entries: u64,
    /// Bytes they are counted with; lags a little behind.
    pub bytes: u64,
}

impl TileCache {
    /// A cache of so many bytes; 0 makes every tile anew.
    #[must_use]
    pub fn new(max_bytes: u64) -> TileCache {
        let index = Arc::new(Index::new());
        let listed = Arc::clone(&index);
        let tiles = (max_bytes > 0).then(|| {
            Cache::builder()
                .max_capacity(max_bytes)
                .weigher(|_, body: &Arc<TileBody>| u32::try_from(body.weight() + OVERHEAD).unwrap_or(u32::MAX))
                .eviction_listener(move |slot: Arc<Slot>, _, cause| {
                    // What was removed by hand had left the index before.
                    if cause.was_evicted() {
                        listed.release(*slot);
                    }
                })
                .build_with_hasher(DefaultHashBuilder::default())
        });
        TileCache { tiles, index, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// A tile that is there. Never waits for one that is being made: may be called from an async thread.
    #[must_use]
    pub fn get(&self, key: &TileKey) -> Option<Arc<TileBody>> {
        let tiles = self.tiles.as_ref()?;
        let (slot, body) = self.index.find(key)?;
        if self.hits.fetch_add(1, Ordering::Relaxed).is_multiple_of(TOLD_EVERY) {
            tiles.get(&slot);
        }
        Some(body)
    }

    /// A tile that is there, or is made now: once, however many ask at a time; the others wait. Call it on a blocking thread.
    ///
    /// `make` must read the state when it is called, not before, and must not use this cache. Where it fails nothing is kept.
    pub fn get_or_make<E: Clone + Send + Sync + 'static>(
        &self,
        key: &TileKey,
        make: impl FnOnce() -> Result<TileBody, E>,
    ) -> Result<Arc<TileBody>, E> {
        let make = || make().map(Arc::new);
        let place = self.tiles.as_ref().and_then(|tiles| Some((tiles, self.index.claim(key)?)));
        let Some((tiles, slot)) = place else {
            self.misses.fetch_add(1, Ordering::Relaxed);
            return make();
        };
        let claim = Claim { index: &self.index, slot };
        let entry = tiles.entry(slot).or_try_insert_with(make).map_err(|e| E::clone(&e))?;
        let slot = claim.keep();
        if entry.is_fresh() {
            self.misses.fetch_add(1, Ordering::Relaxed);
            // Forgotten, or squeezed out, while it was made: nobody would find it any more.
            if !self.index.fill(slot, entry.value()) {
                tiles.invalidate(&slot);
            }
        } else {
            self.hits.fetch_add(1, Ordering::Relaxed);
        }
        Ok(entry.into_value())
    }

    /// Forgets a layer's tiles, in every combination of layers, levels, campaigns and scopes, and nothing else.
    ///
    /// Call it after the state has changed and before the change is answered.
    pub fn forget(&self, layer: Layer, tiles: &[TileId]) {
        self.remove(&self.index.forget(layer, tiles));
    }

    /// Forgets what depends on where borders run, and nothing else: after one has moved, the level that a zoom shows can be another
    /// anywhere, and so can who may see which household. The base map, and households as those see them who see all, stay. Costs a
    /// look at all of the index.
    pub fn forget_borders(&self) {
        self.remove(&self.index.forget_borders());
    }

    /// Forgets everything: after a change that touches more tiles than are worth a list.
    pub fn clear(&self) {
        self.remove(&self.index.clear());
    }

    /// Removes slots that the index has let go. Never under one of its locks: the cache reports removals back to it.
    fn remove(&self, slots: &[Slot]) {
        let Some(tiles) = &self.tiles else { return };
        for slot in slots {
            tiles.invalidate(slot);
        }
    }

    /// How it has been doing.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        CacheStats {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: self.tiles.as_ref().map_or(0, Cache::entry_count),
            bytes: self.tiles.as_ref().map_or(0, Cache::weighted_size),
        }
    }
}

/// A slot while its tile is being made; released if that fails or panics, so that the index lists only what is or will be there.
struct Claim<'a> {
    index: &'a Index,
    slot: Slot,
}

impl Claim<'_> {
    fn keep(self) -> Slot {
        let slot = self.slot;
        std::mem::forget(self);
        slot
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.index.release(self.slot);
    }
}

#[cfg(test)]
mod tests;
