use super::*;
use crate::model::{CampaignId, Level};
use crate::tiles::{Coding, LayerSet};
use std::convert::Infallible;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const PLENTY: u64 = 64 << 20;

fn tile(x: u32) -> TileId {
    TileId::new(8, x, 7).unwrap()
}

fn key(layers: &str, x: u32) -> TileKey {
    TileKey {
        tile: tile(x),
        layers: layers.parse().unwrap(),
        level: None,
        campaign: None,
        filter: 0,
        past: None,
        scope: 0,
        edition: None,
    }
}

/// A tile whose making does not fail.
fn tile_of(cache: &TileCache, key: &TileKey, make: impl FnOnce() -> Vec<u8>) -> Arc<TileBody> {
    cache
        .get_or_make(key, || Ok::<_, Infallible>(TileBody::new(make(), Vec::new())))
        .unwrap_or_else(|impossible| match impossible {})
}

fn number(body: &TileBody) -> u64 {
    u64::from_le_bytes(body.bytes(Coding::Identity)[..].try_into().unwrap())
}

fn bytes(number: u64) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

#[test]
fn a_tile_is_made_once_however_many_ask() {
    let cache = TileCache::new(PLENTY);
    let made = AtomicU64::new(0);
    let (began, starts) = mpsc::channel();
    thread::scope(|s| {
        for _ in 0..8 {
            let began = began.clone();
            let (cache, made) = (&cache, &made);
            s.spawn(move || {
                began.send(()).unwrap();
                let body = tile_of(cache, &key("areas", 1), || {
                    thread::yield_now();
                    bytes(made.fetch_add(1, Ordering::SeqCst))
                });
                assert_eq!(number(&body), 0);
            });
        }
        (0..8).for_each(|_| starts.recv().unwrap());
    });
    assert_eq!(made.into_inner(), 1);
    let CacheStats { hits, misses, .. } = cache.stats();
    assert_eq!((hits, misses), (7, 1));
}

#[test]
fn exactly_the_tiles_of_the_layer_are_forgotten() {
    let cache = TileCache::new(PLENTY);
    let mut keys = Vec::new();
    for layers in ["areas", "households", "context", "areas,households", "areas,context", "areas,households,context"] {
        for x in 0..4 {
            for level in [None, Some(Level::Grid)] {
                for campaign in [None, Some(CampaignId(1))] {
                    for scope in [0, 5] {
                        keys.push(TileKey { level, campaign, scope, ..key(layers, x) });
                    }
                }
            }
        }
    }
    for key in &keys {
        let _ = tile_of(&cache, key, || bytes(1));
    }
    cache.forget(Layer::Households, &[tile(1), tile(3), tile(200)]);
    for key in &keys {
        let gone = key.layers.contains(Layer::Households) && [1, 3].contains(&key.tile.x());
        assert_eq!(cache.get(key).is_none(), gone, "{key:?}");
    }
    assert_eq!(cache.index.len(), 192 - 48);
    cache.clear();
    assert!(keys.iter().all(|key| cache.get(key).is_none()));
    assert_eq!(cache.index.len(), 0);
}

#[test]
fn a_border_that_moves_leaves_what_no_border_decides() {
    let cache = TileCache::new(PLENTY);
    let mut keys = Vec::new();
    for layers in ["areas", "households", "context", "areas,context", "households,context"] {
        for (filter, past, scope) in [(0, None, 0), (9, None, 0), (0, Some(7), 0), (0, None, 5), (9, Some(7), 5)] {
            keys.push(TileKey { filter, past, scope, ..key(layers, 1) });
        }
    }
    for key in &keys {
        let _ = tile_of(&cache, key, || bytes(1));
    }
    cache.forget_borders();
    for key in &keys {
        let by_borders = key.layers.contains(Layer::Areas) || key.filter != 0 || key.scope != 0;
        assert_eq!(cache.get(key).is_none(), key.past.is_none() && by_borders, "{key:?}");
    }
    assert_eq!(cache.index.len(), keys.iter().filter(|key| cache.get(key).is_some()).count());
}

#[test]
fn a_tile_begun_before_a_change_is_not_given_to_those_who_ask_after_it() {
    let cache = TileCache::new(PLENTY);
    let (begin, start) = mpsc::channel();
    let (end, ended) = mpsc::channel();
    let ask = |make: u64| tile_of(&cache, &key("areas", 1), || bytes(make));
    thread::scope(|s| {
        let cache = &cache;
        let early = s.spawn(move || {
            tile_of(cache, &key("areas", 1), || {
                begin.send(()).unwrap();
                // A cache at fault lets the others wait for this tile: they should not wait for good.
                let _ = ended.recv_timeout(Duration::from_secs(5));
                bytes(1)
            })
        });
        start.recv().unwrap();
        cache.forget(Layer::Areas, &[tile(1)]);
        assert!(cache.get(&key("areas", 1)).is_none());
        assert_eq!(number(&ask(2)), 2, "asked after the change while the old tile was being made");
        let _ = end.send(());
        assert_eq!(number(&early.join().unwrap()), 1);
    });
    assert_eq!(number(&ask(3)), 2, "the old tile did not take the new one's place");
    settle(&cache);
    assert_eq!((cache.index.len(), cache.stats().entries), (1, 1));
}

#[test]
fn readers_never_see_less_than_what_was_answered_to_a_writer() {
    const TILES: usize = 3;
    let cache = TileCache::new(PLENTY);
    let state: [AtomicU64; TILES] = Default::default();
    let answered: [AtomicU64; TILES] = Default::default();
    thread::scope(|s| {
        for seed in 0..4u64 {
            let (cache, state, answered) = (&cache, &state, &answered);
            s.spawn(move || {
                for i in 0..20_000u64 {
                    let at = usize::try_from((i * 7 + seed) % 3).unwrap();
                    let layers = ["areas", "areas,households"][usize::try_from(i % 2).unwrap()];
                    let least = answered[at].load(Ordering::SeqCst);
                    let body = tile_of(cache, &key(layers, u32::try_from(at).unwrap()), || {
                        let seen = state[at].load(Ordering::SeqCst);
                        thread::yield_now();
                        bytes(seen)
                    });
                    assert!(number(&body) >= least, "{} < {least}", number(&body));
                }
            });
        }
        let (cache, state, answered) = (&cache, &state, &answered);
        s.spawn(move || {
            for i in 1..10_000u64 {
                let at = usize::try_from(i % 3).unwrap();
                state[at].store(i, Ordering::SeqCst);
                cache.forget(Layer::Areas, &[tile(u32::try_from(at).unwrap())]);
                answered[at].store(i, Ordering::SeqCst);
            }
        });
    });
    settle(&cache);
    assert_eq!(cache.stats().entries, u64::try_from(cache.index.len()).unwrap());
}

#[test]
fn a_full_cache_stays_within_its_bytes_and_its_index_within_the_cache() {
    let cache = TileCache::new(100_000);
    for round in 0..3 {
        for x in 0..200 {
            let _ = tile_of(&cache, &key("areas", x), || vec![round; 1_000]);
        }
    }
    settle(&cache);
    let CacheStats { entries, bytes, .. } = cache.stats();
    assert!(bytes <= 100_000 && entries > 10, "{entries} {bytes}");
    assert_eq!(u64::try_from(cache.index.len()).unwrap(), entries);
}

#[test]
fn a_cache_of_no_bytes_makes_every_tile_anew() {
    let cache = TileCache::new(0);
    for i in 0..3 {
        assert_eq!(number(&tile_of(&cache, &key("areas", 1), || bytes(i))), i);
        assert!(cache.get(&key("areas", 1)).is_none());
    }
    cache.forget(Layer::Areas, &[tile(1)]);
    assert_eq!(cache.stats(), CacheStats { hits: 0, misses: 3, entries: 0, bytes: 0 });
}

#[test]
fn a_tile_that_could_not_be_made_leaves_no_trace() {
    let cache = TileCache::new(PLENTY);
    let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        tile_of(&cache, &key("areas", 1), || panic!("a fault in a tile"))
    }));
    assert!(made.is_err());
    assert_eq!(cache.index.len(), 0);
    assert_eq!(number(&tile_of(&cache, &key("areas", 1), || bytes(4))), 4);
}

#[test]
fn different_layers_levels_campaigns_and_scopes_are_different_tiles() {
    let cache = TileCache::new(PLENTY);
    let base = key("areas", 1);
    let keys = [
        base,
        TileKey { layers: LayerSet::from(Layer::Context), ..base },
        TileKey { level: Some(Level::County), ..base },
        TileKey { campaign: Some(CampaignId(2)), ..base },
        TileKey { filter: 1, ..base },
        TileKey { past: Some(1), ..base },
        TileKey { scope: 1, ..base },
        TileKey { edition: Some(1), ..base },
        TileKey { tile: tile(2), ..base },
    ];
    for round in 0..2 {
        for (key, i) in keys.iter().zip(0..) {
            assert_eq!(number(&tile_of(&cache, key, || bytes(i + round * 100))), i);
        }
    }
}

/// Lets the cache do what it puts off.
fn settle(cache: &TileCache) {
    cache.tiles.as_ref().unwrap().run_pending_tasks();
}

#[test]
fn a_tile_that_could_not_be_made_is_not_kept_and_is_made_by_who_asks_next() {
    let cache = TileCache::new(PLENTY);
    assert_eq!(cache.get_or_make(&key("areas", 1), || Err("given up")).unwrap_err(), "given up");
    assert_eq!(cache.index.len(), 0);
    assert_eq!(number(&tile_of(&cache, &key("areas", 1), || bytes(5))), 5);
}

#[test]
fn filters_without_number_take_places_with_a_bound_and_are_made_anew_beyond_it() {
    let cache = TileCache::new(PLENTY);
    let ask =
        |filter: u128, answer: u64| number(&tile_of(&cache, &TileKey { filter, ..key("areas", 1) }, || bytes(answer)));
    (1..=1_000).for_each(|filter| assert_eq!(ask(filter, 0), 0));
    assert_eq!(cache.index.len(), 64);
    assert_eq!((ask(1, 7), ask(1_000, 7)), (0, 7), "the first are kept, the last are made anew");
    assert_eq!(ask(0, 9), 9);
    assert_eq!(ask(0, 8), 9, "without a filter a tile is always kept");
}
