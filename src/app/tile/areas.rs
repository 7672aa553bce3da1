//! The Areas of a tile: those of a level, and those above that draw what is below a pixel.

use super::super::published::Sight;
use crate::geom::TileId;
use crate::geom::borders::Outline;
use crate::model::collection::Collection;
use crate::model::{Area, Level, Tally};
use crate::state::{AreaEntry, AreaId, Sieve, State, StateError};
use crate::tiles::{AreaFeature, BUFFER, is_below_a_pixel};
use hashbrown::HashMap;
use std::sync::Arc;

/// What a tile needs of an Area, shared with the state.
struct Kept {
    id: AreaId,
    area: Arc<Area>,
    outline: Arc<Outline>,
    /// `None` where it is held back.
    tally: Option<Tally>,
}

impl Kept {
    fn of(state: &State, id: AreaId, entry: &AreaEntry, sight: &Sight) -> Kept {
        let (area, outline) = (Arc::clone(&entry.area), Arc::clone(&entry.outline));
        Kept { id, area, outline, tally: sight.tally(state, id) }
    }

    fn feature(&self) -> AreaFeature<'_> {
        AreaFeature::of(u64::from(self.id.0), &self.area, &self.outline, self.tally)
    }
}

/// The Areas of a tile, owned.
#[derive(Default)]
pub struct Areas {
    /// Of the level shown, each with the place of the one above that draws it, if one does.
    shown: Vec<(Kept, Option<usize>)>,
    above: Vec<Kept>,
    /// Of the level, those that do not pass.
    hidden: Vec<AreaId>,
}

impl Areas {
    /// Gathers the Areas of a level that touch a tile and pass. One below a pixel of the zoom `drawn_at` is drawn by the nearest Area
    /// above that is not, or else by the widest; with a filter each is drawn by itself: it is told what passes, one by one.
    pub fn of(
        state: &State,
        tile: TileId,
        level: Level,
        drawn_at: u8,
        sieve: &Sieve<'_>,
        sight: &Sight,
    ) -> Result<Areas, StateError> {
        let mut areas = Areas::default();
        let mut places: HashMap<AreaId, usize> = HashMap::new();
        for (id, entry) in state.area_tile(tile, level, BUFFER) {
            if !state.passes(Collection::Areas, id.0, sieve)? {
                areas.hidden.push(id);
                continue;
            }
            let small = sieve.filter.is_none() && is_below_a_pixel(&entry.outline, drawn_at);
            let mut above = None;
            for candidate in state.areas_above(id).take_while(|_| small) {
                above = Some(candidate);
                if !is_below_a_pixel(&candidate.1.outline, drawn_at) {
                    break;
                }
            }
            let place = above.map(|(id, entry)| {
                *places.entry(id).or_insert_with(|| {
                    areas.above.push(Kept::of(state, id, entry, sight));
                    areas.above.len() - 1
                })
            });
            areas.shown.push((Kept::of(state, id, entry, sight), place));
        }
        Ok(areas)
    }

    /// All whose figures or borders the tile shows, and those that do not pass: the next change may let them.
    pub fn lying(&self) -> impl Iterator<Item = AreaId> + '_ {
        let shown = self.shown.iter().map(|(kept, _)| kept.id).chain(self.above.iter().map(|kept| kept.id));
        shown.chain(self.hidden.iter().copied())
    }

    /// Those above that draw some of the level.
    pub fn above(&self) -> Vec<AreaFeature<'_>> {
        self.above.iter().map(Kept::feature).collect()
    }

    /// Those of the level; `above` is what [`Areas::above`] gave.
    pub fn features<'a>(&'a self, above: &'a [AreaFeature<'a>]) -> Vec<AreaFeature<'a>> {
        let feature = |(kept, place): &'a (Kept, Option<usize>)| AreaFeature {
            merges_into: place.and_then(|place| above.get(place)),
            ..kept.feature()
        };
        self.shown.iter().map(feature).collect()
    }
}
