//! Context features by code and place.

use super::index::{BoxIndex, WorldRect};
use crate::geom::Bbox;
use crate::model::{Code, ContextFeature};
use hashbrown::HashMap;
use std::sync::Arc;

/// The number of a context feature, in the order in which they were founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContextId(pub u32);

struct Entry {
    feature: Arc<ContextFeature>,
    bbox: Option<Bbox>,
}

/// All context features.
#[derive(Default)]
pub struct Context {
    entries: Vec<Entry>,
    by_code: HashMap<Code, ContextId>,
    tree: BoxIndex,
}

impl Context {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn find(&self, code: &str) -> Option<ContextId> {
        self.by_code.get(code).copied()
    }

    pub(super) fn get(&self, id: ContextId) -> &Arc<ContextFeature> {
        &self.entries[id.0 as usize].feature
    }

    pub(super) fn bbox(&self, id: ContextId) -> Option<Bbox> {
        self.entries[id.0 as usize].bbox
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = ContextId> + use<> {
        (0..u32::try_from(self.entries.len()).expect("numbers are u32")).map(ContextId)
    }

    /// Founds a feature or replaces it, out of the tree; [`Context::link`] or [`Context::build`] follow. `None` where there are no numbers left.
    pub(super) fn put(&mut self, feature: ContextFeature) -> Option<ContextId> {
        let bbox = Bbox::around(&feature.geometry);
        let known = self.find(feature.code.as_str());
        let feature = Arc::new(feature);
        if let Some(id) = known {
            if let Some(old) = self.bbox(id) {
                self.tree.remove(&WorldRect::of(&old), id.0);
            }
            self.entries[id.0 as usize] = Entry { feature, bbox };
            return Some(id);
        }
        let id = ContextId(u32::try_from(self.entries.len()).ok().filter(|n| *n < u32::MAX)?);
        self.by_code.insert(feature.code.clone(), id);
        self.entries.push(Entry { feature, bbox });
        Some(id)
    }

    pub(super) fn link(&mut self, id: ContextId) {
        if let Some(bbox) = self.bbox(id) {
            self.tree.insert(&WorldRect::of(&bbox), id.0);
        }
    }

    pub(super) fn build(&mut self) {
        let boxes = self.ids().filter_map(|id| Some((WorldRect::of(&self.bbox(id)?), id.0)));
        self.tree = BoxIndex::build(boxes);
    }

    /// Whether a rectangle touches that of any feature. O(log n).
    pub(super) fn touches(&self, rect: &WorldRect) -> bool {
        self.tree.touching(rect).next().is_some()
    }

    /// The smallest rectangle around all features. O(1).
    pub(super) fn around(&self) -> Option<WorldRect> {
        self.tree.around()
    }

    /// Features whose rectangle touches another, in the order of their numbers.
    pub(super) fn touching(&self, rect: &WorldRect) -> Vec<ContextId> {
        let mut ids: Vec<ContextId> = self.tree.touching(rect).map(ContextId).collect();
        ids.sort_unstable();
        ids
    }
}
