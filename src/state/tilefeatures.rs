//! What a tile shows, gathered as plain values.

use super::areas::{AreaEntry, AreaId};
use super::context::ContextId;
use super::households::{HouseholdId, HouseholdView};
use super::index::WorldRect;
use super::pyramid::{Kinds, Pyramid};
use super::row::Row;
use super::{Scope, State, StateError};
use crate::geom::{Lattice, LatticeRect, TileId};
use crate::model::collection::{Collection, GEOMETRY};
use crate::model::filter::Filter;
use crate::model::{CampaignId, ContextFeature, Level, Outcome, Tally};
use hashbrown::HashMap;
use rayon::prelude::{ParallelIterator, ParallelSlice};
use std::sync::Arc;

/// A cell of a low zoom: the mean position of its households and what is known of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Mean of the members.
    pub at: Lattice,
    /// Of the members.
    pub tally: Tally,
}

/// What the layer `households` shows in one tile: either every household, or cells whose counts add up to all of them.
pub enum Mark<'a> {
    /// Every household with the outcome that stands for it.
    Points(Vec<(Lattice, HouseholdView<'a>, Option<Outcome>)>),
    /// Cells, in the order of their tiles.
    Cells(Vec<Cell>),
}

/// What a tile shows of what lies in it.
#[derive(Clone, Copy)]
pub struct Sieve<'a> {
    /// Outcomes and figures of this campaign; of all visits without one.
    pub campaign: Option<CampaignId>,
    /// What passes this only, compiled for its collection.
    pub filter: Option<&'a Filter>,
    /// Count them in cells, however few or near.
    pub in_cells: bool,
    /// Asked now and then while things are filtered; once it says no, they are given up.
    pub going: &'a (dyn Fn() -> bool + Sync),
}

/// Households that are filtered between two questions whether to go on.
const CHUNK: usize = 64;

/// A tile with more households than this shows cells: as points they would weigh over 100 kB and cover each other.
const MOST_POINTS: u32 = 2_000;
/// From this zoom on a tile shows points however many, unless told otherwise: it is 600 m wide, and a person looks for a door.
const ALWAYS_POINTS: u8 = 15;
/// Cells of a tile are the tiles this many zooms deeper: 16 a side, 32 pixels each, so that a circle with a number fits in one.
const CELLS_DEEPER: u8 = 4;
/// An Area narrower than this share of a tile's side (6 pixels of 512) is drawn through the Area above it.
const LEAST_SIDE: f64 = 6.0 / 512.0;

impl State {
    /// The households of a tile. Costs what the tile shows, up to `MOST_POINTS`-odd households; whole-map cells down to
    /// zoom 10 are read from the pyramid, with a filter by status and outcome too. With any other filter it costs a look at each
    /// household of the tile, on all cores, and ends with [`StateError::Cut`] where that is given up.
    pub fn household_tile(&self, tile: TileId, scope: &Scope, sieve: &Sieve<'_>) -> Result<Mark<'_>, StateError> {
        let Sieve { campaign, filter, .. } = *sieve;
        let deeper = (tile.z() + CELLS_DEEPER).min(TileId::MAX_ZOOM);
        let kinds = filter.map_or(Some(Kinds::ALL), Kinds::of);
        if *scope == Scope::Everywhere
            && let Some(kinds) = kinds
            && deeper <= Pyramid::DEEPEST
            && self.pyramid.cell(tile, campaign, kinds).is_some_and(|(_, tally)| tally.households > MOST_POINTS)
        {
            let (first, side) = tile.descendants(deeper);
            let cells = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).filter_map(|(x, y)| {
                let (z, x, y) = (u32::from(deeper), first.x() + x, first.y() + y);
                let cell = TileId::new(z, x, y).expect("inside a tile that exists");
                self.pyramid.cell(cell, campaign, kinds).map(|(at, tally)| Cell { at, tally })
            });
            return Ok(Mark::Cells(cells.collect()));
        }
        let mut ids: Vec<HouseholdId> = Vec::new();
        for part in self.parts(tile, sieve, kinds) {
            self.visible(scope, &part, |id| ids.push(id));
        }
        if let Some(filter) = filter {
            ids.sort_unstable();
            ids.dedup();
            ids = self.passing(&ids, filter, sieve)?;
        }
        if sieve.in_cells || (tile.z() < ALWAYS_POINTS && ids.len() > MOST_POINTS as usize) {
            return Ok(Mark::Cells(self.count_cells(&ids, deeper, campaign)));
        }
        ids.sort_unstable();
        let point = |id| (self.households.lattice(id), self.households.view(id), self.visits.outcome(campaign, id));
        Ok(Mark::Points(ids.into_iter().map(point).collect()))
    }

    /// Rectangles of a tile outside of which nothing passes; they may overlap.
    fn parts(&self, tile: TileId, sieve: &Sieve<'_>, kinds: Option<Kinds>) -> Vec<LatticeRect> {
        let whole = LatticeRect::of_tile(tile);
        let Some(filter) = sieve.filter else { return vec![whole] };
        if let Some(kinds) = kinds {
            match self.pyramid.cell(tile.ancestor(Pyramid::DEEPEST), sieve.campaign, kinds) {
                None => return Vec::new(),
                Some((_, tally)) if tally.households <= MOST_POINTS => {
                    let places = self.pyramid.places(tile, sieve.campaign, kinds);
                    return places.into_iter().map(LatticeRect::of_tile).collect();
                }
                Some(_) => {}
            }
        }
        filter.bounds(GEOMETRY).map_or(vec![whole], |bounds| {
            bounds.iter().filter_map(|bounds| LatticeRect::of_bbox(bounds).intersection(&whole)).collect()
        })
    }

    fn passing(&self, ids: &[HouseholdId], filter: &Filter, sieve: &Sieve<'_>) -> Result<Vec<HouseholdId>, StateError> {
        let passes = |id: &HouseholdId| self.matches(Collection::Households, id.0, sieve.campaign, filter);
        let chunk = |ids: &[HouseholdId]| {
            if !(sieve.going)() {
                return Err(StateError::Cut);
            }
            Ok(ids.iter().copied().filter(passes).collect::<Vec<_>>())
        };
        let chunks = ids.par_chunks(CHUNK).map(chunk).collect::<Result<Vec<_>, _>>()?;
        Ok(chunks.concat())
    }

    /// Whether one thing of a collection passes; [`StateError::Cut`] where a filter is given up.
    pub fn passes(&self, collection: Collection, number: u32, sieve: &Sieve<'_>) -> Result<bool, StateError> {
        match sieve.filter {
            None => Ok(true),
            Some(_) if !(sieve.going)() => Err(StateError::Cut),
            Some(filter) => Ok(self.matches(collection, number, sieve.campaign, filter)),
        }
    }

    fn matches(&self, collection: Collection, number: u32, campaign: Option<CampaignId>, filter: &Filter) -> bool {
        filter.matches(&Row::new(self, collection, number).in_campaign(campaign))
    }

    fn count_cells(&self, ids: &[HouseholdId], z: u8, campaign: Option<CampaignId>) -> Vec<Cell> {
        let mut cells: HashMap<TileId, (u64, u64, Tally)> = HashMap::new();
        for id in ids {
            let at = self.households.lattice(*id);
            let (x, y, tally) = cells.entry(at.tile(z)).or_default();
            *x += u64::from(at.x);
            *y += u64::from(at.y);
            *tally += Tally::one(self.households.status(*id), self.visits.outcome(campaign, *id));
        }
        let mut cells: Vec<_> = cells.into_iter().collect();
        cells.sort_unstable_by_key(|(tile, _)| (tile.y(), tile.x()));
        let mean = |sum: u64, n: u32| u32::try_from(sum / u64::from(n)).expect("a mean of u32 is one");
        let cell = |(_, (x, y, tally)): (TileId, (u64, u64, Tally))| {
            let n = tally.households;
            Cell { at: Lattice { x: mean(x, n), y: mean(y, n) }, tally }
        };
        cells.into_iter().map(cell).collect()
    }

    /// The level that a zoom shows: the lowest whose Areas are on average wide enough to be told apart; else the widest there is.
    #[must_use]
    pub fn level_at(&self, z: u8) -> Option<Level> {
        let side = 1.0 / f64::from(1u32 << z);
        let known = || Level::ALL.into_iter().filter(|level| self.areas.level(*level).0 > 0);
        let wide = |level: &Level| self.areas.level(*level).1 >= side * LEAST_SIDE;
        known().rev().find(wide).or_else(|| known().next())
    }

    /// The living Areas of a level whose rectangle touches a tile widened by a share of its side, in the order of their
    /// numbers.
    #[must_use]
    pub fn area_tile(&self, tile: TileId, level: Level, buffer: f64) -> Vec<(AreaId, &AreaEntry)> {
        let rect = WorldRect::of(&tile.bbox(buffer));
        let mut ids: Vec<AreaId> =
            self.areas.touching(&rect).filter(|id| self.areas.get(*id).area.level == level).collect();
        ids.sort_unstable();
        ids.into_iter().map(|id| (id, self.areas.get(id))).collect()
    }

    /// The context features whose rectangle touches a tile widened by a share of its side, in the order of their numbers.
    #[must_use]
    pub fn context_tile(&self, tile: TileId, buffer: f64) -> Vec<(ContextId, &Arc<ContextFeature>)> {
        let rect = WorldRect::of(&tile.bbox(buffer));
        self.context.touching(&rect).into_iter().map(|id| (id, self.context.get(id))).collect()
    }
}
