//! Things with a code and a place, by both: context features, zones, spots.

use super::index::{BoxIndex, WorldRect};
use crate::geom::Bbox;
use crate::model::Code;
use hashbrown::HashMap;
use std::sync::Arc;

/// The number of a thing on its shelf, in the order in which they were founded; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShelfId(pub u32);

/// What can stand on a shelf.
pub trait Shelved {
    /// Its identity.
    fn code(&self) -> &Code;
    /// The smallest rectangle around it; `None` for nothing, or nothing in range.
    fn bbox(&self) -> Option<Bbox>;
}

/// What was taken away has left its number behind.
struct Entry<T> {
    thing: Option<Arc<T>>,
    bbox: Option<Bbox>,
}

/// All things of one sort.
pub struct Shelf<T> {
    entries: Vec<Entry<T>>,
    by_code: HashMap<Code, ShelfId>,
    tree: BoxIndex,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { entries: Vec::new(), by_code: HashMap::new(), tree: BoxIndex::default() }
    }
}

impl<T: Shelved> Shelf<T> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.by_code.len()
    }

    /// How many there ever were: every number is below it.
    pub(super) fn numbers(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn find(&self, code: &str) -> Option<ShelfId> {
        self.by_code.get(code).copied()
    }

    /// `None` for what was taken away.
    pub(super) fn get(&self, id: ShelfId) -> Option<&Arc<T>> {
        self.entries[id.0 as usize].thing.as_ref()
    }

    pub(super) fn by_code(&self, code: &str) -> Option<&Arc<T>> {
        self.get(self.find(code)?)
    }

    pub(super) fn bbox(&self, id: ShelfId) -> Option<Bbox> {
        self.entries[id.0 as usize].bbox
    }

    /// Those that are there with their numbers, in the order in which they were founded.
    pub(super) fn all(&self) -> impl Iterator<Item = (ShelfId, &Arc<T>)> {
        (0..).zip(&self.entries).filter_map(|(id, entry)| Some((ShelfId(id), entry.thing.as_ref()?)))
    }

    /// Founds a thing or replaces it, out of the tree; [`Shelf::link`] or [`Shelf::build`] follow. `None` where there are no numbers
    /// left.
    pub(super) fn put(&mut self, thing: T) -> Option<ShelfId> {
        let (code, bbox) = (thing.code().clone(), thing.bbox());
        let entry = Entry { thing: Some(Arc::new(thing)), bbox };
        if let Some(id) = self.find(code.as_str()) {
            self.unlink(id);
            self.entries[id.0 as usize] = entry;
            return Some(id);
        }
        let id = ShelfId(u32::try_from(self.entries.len()).ok().filter(|n| *n < u32::MAX)?);
        self.by_code.insert(code, id);
        self.entries.push(entry);
        Some(id)
    }

    /// Takes a thing away; what it was, if it was there.
    pub(super) fn remove(&mut self, code: &str) -> Option<Arc<T>> {
        let id = self.by_code.remove(code)?;
        self.unlink(id);
        let entry = &mut self.entries[id.0 as usize];
        entry.bbox = None;
        entry.thing.take()
    }

    pub(super) fn link(&mut self, id: ShelfId) {
        if let Some(bbox) = self.bbox(id) {
            self.tree.insert(&WorldRect::of(&bbox), id.0);
        }
    }

    fn unlink(&mut self, id: ShelfId) {
        if let Some(bbox) = self.bbox(id) {
            self.tree.remove(&WorldRect::of(&bbox), id.0);
        }
    }

    pub(super) fn build(&mut self) {
        let boxes = (0..).zip(&self.entries).filter_map(|(id, entry)| Some((WorldRect::of(&entry.bbox?), id)));
        self.tree = BoxIndex::build(boxes);
    }

    /// Whether a rectangle touches that of any. O(log n).
    pub(super) fn touches(&self, rect: &WorldRect) -> bool {
        self.tree.touching(rect).next().is_some()
    }

    /// The smallest rectangle around all, on the unit square. O(1).
    pub(super) fn around(&self) -> Option<WorldRect> {
        self.tree.around()
    }

    /// The smallest rectangle around all, in degrees. Looks at every one.
    pub(super) fn extent(&self) -> Option<Bbox> {
        self.entries.iter().filter_map(|entry| entry.bbox).reduce(|a, b| a.union(&b))
    }

    /// Those whose rectangle touches another, in the order of their numbers.
    pub(super) fn touching(&self, rect: &WorldRect) -> Vec<ShelfId> {
        let mut ids: Vec<ShelfId> = self.tree.touching(rect).map(ShelfId).collect();
        ids.sort_unstable();
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};
    use std::collections::BTreeMap;

    struct Pin(Code, Bbox);

    impl Shelved for Pin {
        fn code(&self) -> &Code {
            &self.0
        }

        fn bbox(&self) -> Option<Bbox> {
            Some(self.1)
        }
    }

    #[test]
    fn what_comes_moves_and_goes_is_found_where_it_is_and_nowhere_else() {
        let mut rng = SmallRng::seed_from_u64(4);
        let (mut shelf, mut kept) = (Shelf::default(), BTreeMap::new());
        let rect = |rng: &mut SmallRng| {
            let (west, south) = (rng.random_range(9.0..10.0), rng.random_range(47.0..48.0));
            Bbox::new(west, south, west + rng.random_range(0.0..0.1), south + 0.01).unwrap()
        };
        for _ in 0..2_000 {
            let code = Code::new(&rng.random_range(0..60).to_string()).unwrap();
            if rng.random_bool(0.4) {
                let gone = shelf.remove(code.as_str());
                assert_eq!(gone.map(|pin: Arc<Pin>| pin.1), kept.remove(&code), "{code}");
            } else {
                let bbox = rect(&mut rng);
                let id = shelf.put(Pin(code.clone(), bbox)).unwrap();
                shelf.link(id);
                kept.insert(code, bbox);
            }
            let asked = rect(&mut rng);
            let mut expected: Vec<&Code> = kept.iter().filter(|(_, b)| b.intersects(&asked)).map(|(c, _)| c).collect();
            let found = shelf.touching(&WorldRect::of(&asked));
            let mut found: Vec<&Code> = found.into_iter().map(|id| shelf.get(id).unwrap().code()).collect();
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected);
            assert_eq!(shelf.len(), kept.len());
            assert_eq!(shelf.extent(), kept.values().copied().reduce(|a, b| a.union(&b)));
        }
        assert!(shelf.numbers() > 500, "a number is not used again");
        assert_eq!(shelf.all().filter(|(_, pin)| kept.contains_key(pin.code())).count(), kept.len());
    }
}
