//! The Areas of a tile: those of a level, and those above that draw what is below a pixel.

use crate::geom::TileId;
use crate::geom::borders::Outline;
use crate::model::{Area, CampaignId, Level, Tally};
use crate::state::{AreaEntry, AreaId, State};
use crate::tiles::{AreaFeature, BUFFER, is_below_a_pixel};
use hashbrown::HashMap;
use std::sync::Arc;

/// What a tile needs of an Area, shared with the state.
struct Kept {
    id: AreaId,
    area: Arc<Area>,
    outline: Arc<Outline>,
    tally: Tally,
}

impl Kept {
    fn of(state: &State, id: AreaId, entry: &AreaEntry, campaign: Option<CampaignId>) -> Kept {
        let (area, outline) = (Arc::clone(&entry.area), Arc::clone(&entry.outline));
        Kept { id, area, outline, tally: state.covered(id, campaign).tally }
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
}

impl Areas {
    /// Gathers the Areas of a level that touch a tile. Where they may `merge`, one below a pixel of the zoom is drawn by the
    /// nearest Area above that is not, or else by the widest.
    pub fn of(state: &State, tile: TileId, level: Level, campaign: Option<CampaignId>, merge: bool) -> Areas {
        let mut areas = Areas::default();
        let mut places: HashMap<AreaId, usize> = HashMap::new();
        for (id, entry) in state.area_tile(tile, level, BUFFER) {
            let small = merge && is_below_a_pixel(&entry.outline, tile.z());
            let mut above = None;
            for candidate in state.areas_above(id).take_while(|_| small) {
                above = Some(candidate);
                if !is_below_a_pixel(&candidate.1.outline, tile.z()) {
                    break;
                }
            }
            let place = above.map(|(id, entry)| {
                *places.entry(id).or_insert_with(|| {
                    areas.above.push(Kept::of(state, id, entry, campaign));
                    areas.above.len() - 1
                })
            });
            areas.shown.push((Kept::of(state, id, entry, campaign), place));
        }
        areas
    }

    /// All whose figures or borders the tile shows.
    pub fn shown(&self) -> impl Iterator<Item = AreaId> + '_ {
        self.shown.iter().map(|(kept, _)| kept.id).chain(self.above.iter().map(|kept| kept.id))
    }

    /// Drops those of the level that do not pass.
    pub fn retain(&mut self, mut passes: impl FnMut(AreaId) -> bool) {
        self.shown.retain(|(kept, _)| passes(kept.id));
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
