//! Which tiles show which Areas: what a change of an Area's figures makes stale, exactly.

use crate::geom::TileId;
use crate::state::AreaId;
use hashbrown::{HashMap, HashSet};
use parking_lot::Mutex;
use std::collections::BTreeSet;

/// Most pairs of Area and tile that are remembered, some 40 MB; beyond it all are forgotten at once.
const MOST: usize = 1_000_000;

/// Tiles that somebody was given, by the Areas in them.
///
/// Whoever gathers a tile adds it while the state is locked for reading; the writer takes after it has changed the state. So
/// a tile that was gathered before a change is always found by it. A tile that was taken is added again when it is made
/// again: whoever shows the old one has been told to load it anew.
#[derive(Default)]
pub(super) struct Shown(Mutex<Pairs>);

#[derive(Default)]
struct Pairs {
    tiles: HashMap<AreaId, HashSet<TileId>>,
    count: usize,
    /// Pairs were dropped: what is taken next is not all.
    dropped: bool,
}

impl Shown {
    /// Remembers the Areas of a tile. The state must be locked for reading since they were gathered.
    pub fn add(&self, tile: TileId, areas: impl Iterator<Item = AreaId>) {
        let mut pairs = self.0.lock();
        if pairs.count > MOST {
            *pairs = Pairs { dropped: true, ..Pairs::default() };
        }
        for area in areas {
            if pairs.tiles.entry(area).or_default().insert(tile) {
                pairs.count += 1;
            }
        }
    }

    /// The tiles that show any of some Areas; they are forgotten here. `None` where not all are known any more.
    pub fn take(&self, areas: &BTreeSet<AreaId>) -> Option<BTreeSet<TileId>> {
        let mut pairs = self.0.lock();
        if std::mem::take(&mut pairs.dropped) {
            *pairs = Pairs::default();
            return None;
        }
        let mut taken = BTreeSet::new();
        for area in areas {
            if let Some(tiles) = pairs.tiles.remove(area) {
                pairs.count -= tiles.len();
                taken.extend(tiles);
            }
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_takes_the_tiles_of_its_areas_and_no_other() {
        let shown = Shown::default();
        let tile = |x| TileId::new(3, x, 0).unwrap();
        let (a, b, c) = (AreaId(1), AreaId(2), AreaId(3));
        shown.add(tile(0), [a, b].into_iter());
        shown.add(tile(1), [b].into_iter());
        shown.add(tile(2), [c].into_iter());
        assert_eq!(shown.take(&BTreeSet::from([a])), Some(BTreeSet::from([tile(0)])));
        assert_eq!(shown.take(&BTreeSet::from([a])), Some(BTreeSet::new()));
        assert_eq!(shown.take(&BTreeSet::from([b, c])), Some(BTreeSet::from([tile(0), tile(1), tile(2)])));
    }

    #[test]
    fn where_too_many_were_remembered_a_change_says_that_it_does_not_know() {
        let shown = Shown::default();
        let side = 1 << 11;
        for x in 0..side {
            let row = (0..side / 2).map(|y| TileId::new(11, x, y).unwrap());
            row.for_each(|tile| shown.add(tile, std::iter::once(AreaId(7))));
        }
        assert_eq!(shown.take(&BTreeSet::from([AreaId(7)])), None);
        assert_eq!(shown.take(&BTreeSet::from([AreaId(7)])), Some(BTreeSet::new()));
    }
}
