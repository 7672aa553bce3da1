//! The borders that tiles draw: which zoom needs which vertex, kept right while Areas come, move and end.

use super::{AreaEntry, AreaId, Areas};
use crate::geom::borders::{Junctions, Outline};
use crate::geom::{Bbox, Lattice, World};
use crate::model::Level;
use crate::state::index::WorldRect;
use rayon::prelude::{IntoParallelRefMutIterator, ParallelIterator};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Areas {
    /// Draws and weighs the borders of all living Areas, level by level, on all cores. Costs some 0.5 µs a vertex and core.
    pub(super) fn draw_all(&mut self) {
        for level in Level::ALL {
            let mut drawn: Vec<&mut AreaEntry> =
                self.entries.iter_mut().filter(|entry| entry.in_force && entry.area.level == level).collect();
            drawn.par_iter_mut().for_each(|entry| entry.outline = Arc::new(Outline::of(&entry.area.geometry)));
            let junctions = Junctions::among(drawn.iter().map(|entry| entry.outline.as_ref()));
            drawn.par_iter_mut().for_each(|entry| {
                entry.outline = Arc::new(std::mem::take(Arc::make_mut(&mut entry.outline)).weighed(&junctions));
            });
        }
    }

    /// Weighs the borders around places where an Area was or is drawn; the Areas whose borders a tile may show otherwise than
    /// before. Costs what [`Areas::draw_all`] would for the Areas there and those that touch them.
    ///
    /// Which vertices an Area keeps depends on it and on those that touch it; so whatever touches the place is weighed, with
    /// all that touches that.
    pub(in crate::state) fn weigh_around(&mut self, places: &[(Level, Bbox)]) -> BTreeSet<AreaId> {
        let mut changed = BTreeSet::new();
        for (level, bbox) in places {
            let here = self.neighbours(*level, bbox);
            let around: BTreeSet<AreaId> =
                here.iter().flat_map(|id| self.neighbours(*level, &self.get(*id).bbox)).collect();
            let junctions = Junctions::among(around.iter().map(|id| self.get(*id).outline.as_ref()));
            for id in here {
                let outline = &mut self.get_mut(id).outline;
                let weighed = Outline::clone(outline).weighed(&junctions);
                if **outline != weighed {
                    *outline = Arc::new(weighed);
                    changed.insert(id);
                }
            }
        }
        changed
    }

    /// The living Areas of a level that touch a rectangle.
    fn neighbours(&self, level: Level, bbox: &Bbox) -> BTreeSet<AreaId> {
        // Two vertices may be one on the lattice and lie a step from each other in degrees.
        let step = 2.0 / Lattice::SIDE;
        let rect = WorldRect::of(bbox);
        let around = WorldRect {
            min: World { x: rect.min.x - step, y: rect.min.y - step },
            max: World { x: rect.max.x + step, y: rect.max.y + step },
        };
        self.touching(&around).filter(|id| self.get(*id).area.level == level).collect()
    }
}

#[cfg(test)]
mod tests;
