//! What a tile shows, gathered as plain values.

use super::areas::{AreaEntry, AreaId};
use super::households::HouseholdId;
use super::index::WorldRect;
use super::pyramid::{Kinds, Pyramid};
use super::row::Row;
use super::{Scope, ShelfId, State, StateError};
use crate::geom::{Lattice, LatticeRect, TileId};
use crate::model::collection::{Collection, GEOMETRY};
use crate::model::filter::Filter;
use crate::model::{CampaignId, ContextFeature, Level, Outcome, Status, Tally};
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

/// A household as a tile shows it, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// Its number.
    pub id: HouseholdId,
    /// Where it is.
    pub at: Lattice,
    /// Identity.
    pub code: &'a str,
    /// Whether somebody lives there.
    pub status: Status,
    /// Whether it counts.
    pub eligible: bool,
    /// The outcome that stands for it.
    pub outcome: Option<Outcome>,
}

/// Households of a tile, owned: the codes stand apart, so that they are one piece of memory.
#[derive(Debug, Default)]
pub struct Points {
    rows: Vec<PointRow>,
    codes: String,
}

#[derive(Debug, Clone, Copy)]
struct PointRow {
    id: HouseholdId,
    at: Lattice,
    code_ends: usize,
    status: Status,
    eligible: bool,
    outcome: Option<Outcome>,
}

impl Points {
    /// One by one, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = Point<'_>> {
        let mut start = 0;
        self.rows.iter().map(move |row| {
            let PointRow { id, at, code_ends, status, eligible, outcome } = *row;
            let code = &self.codes[std::mem::replace(&mut start, code_ends)..code_ends];
            Point { id, at, code, status, eligible, outcome }
        })
    }
}

/// What the layer `households` shows in one tile: either every household, or cells whose counts add up to all of them.
pub enum Mark {
    /// Every household.
    Points(Points),
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

/// A household of a tile, and where it is.
type Found = (HouseholdId, Lattice);

/// Households that are filtered between two questions whether to go on.
const CHUNK: usize = 64;

/// A tile with more households than this shows cells: on its 512 pixels they would be 16 apart on average, less than a finger can tell
/// apart, and cover each other where they are dense.
const MOST_POINTS: u32 = 1_000;
/// From this zoom on a tile shows points however many, unless told otherwise: it is the deepest that maps ask for, 80 to 150 m wide,
/// and a person looks for a door.
const ALWAYS_POINTS: u8 = 18;
/// So many households are gathered and counted in a third of a millisecond.
const QUICKLY_COUNTED: u32 = 8_000;
/// Cells of a tile are the tiles this many zooms deeper: 16 a side, 32 pixels each, so that a circle with a number fits in one.
const CELLS_DEEPER: u8 = 4;
/// An Area narrower than this share of a tile's side (6 pixels of 512) is drawn through the Area above it.
const LEAST_SIDE: f64 = 6.0 / 512.0;

impl State {
    /// The households of a tile. Costs what the tile shows, up to `MOST_POINTS`-odd households; whole-map cells down to
    /// zoom 10 are read from the pyramid, with a filter by status and outcome too. With any other filter it costs a look at each
    /// household of the tile, on all cores, and ends with [`StateError::Cut`] where that is given up.
    pub fn household_tile(&self, tile: TileId, scope: &Scope, sieve: &Sieve<'_>) -> Result<Mark, StateError> {
        let Sieve { campaign, filter, .. } = *sieve;
        let deeper = (tile.z() + CELLS_DEEPER).min(TileId::MAX_ZOOM);
        let aimed = self.pyramid.is_aimed(campaign);
        let kinds = filter.map_or(Some(Kinds::ALL), |filter| Kinds::of(filter, aimed));
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
        let mut found: Vec<Found> = Vec::new();
        for part in self.parts(tile, sieve, kinds) {
            self.visible(scope, &part, |id, at| found.push((id, at)));
        }
        if let Some(filter) = filter {
            found.sort_unstable();
            found.dedup();
            found = self.passing(&found, filter, sieve)?;
        }
        if sieve.in_cells || (tile.z() < ALWAYS_POINTS && found.len() > MOST_POINTS as usize) {
            return Ok(Mark::Cells(self.count_cells(&found, tile, deeper, campaign)));
        }
        found.sort_unstable_by_key(|(id, _)| *id);
        let mut points = Points { rows: Vec::with_capacity(found.len()), codes: String::new() };
        for (id, at) in found {
            points.codes.push_str(self.households.code(id));
            let (status, outcome) = (self.households.status(id), self.visits.outcome(campaign, id));
            let (eligible, code_ends) = (self.counts_in(campaign, id), points.codes.len());
            points.rows.push(PointRow { id, at, code_ends, status, eligible, outcome });
        }
        Ok(Mark::Points(points))
    }

    /// Whether the households of a tile, without a filter, are gathered and drawn in less than a millisecond: few lie there, or the
    /// pyramid has its cells. Costs a look-up.
    #[must_use]
    pub fn is_quick(&self, tile: TileId, scope: &Scope) -> bool {
        if *scope == Scope::Everywhere && tile.z() + CELLS_DEEPER <= Pyramid::DEEPEST {
            return true;
        }
        // Deeper than the pyramid all that it knows of a tile is how many lie around it, and they may all be drawn.
        let most = if tile.z() <= Pyramid::DEEPEST { QUICKLY_COUNTED } else { MOST_POINTS };
        let around = self.pyramid.cell(tile.ancestor(Pyramid::DEEPEST), None, Kinds::ALL);
        around.is_none_or(|(_, tally)| tally.households <= most)
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

    fn passing(&self, found: &[Found], filter: &Filter, sieve: &Sieve<'_>) -> Result<Vec<Found>, StateError> {
        let passes = |(id, _): &Found| self.matches(Collection::Households, id.0, sieve.campaign, filter);
        let chunk = |found: &[Found]| {
            if !(sieve.going)() {
                return Err(StateError::Cut);
            }
            Ok(found.iter().copied().filter(passes).collect::<Vec<_>>())
        };
        let chunks = found.par_chunks(CHUNK).map(chunk).collect::<Result<Vec<_>, _>>()?;
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

    /// Cells of a zoom for households of a tile.
    fn count_cells(&self, found: &[Found], tile: TileId, z: u8, campaign: Option<CampaignId>) -> Vec<Cell> {
        let (first, side) = tile.descendants(z);
        let mut cells = vec![(0u64, 0u64, Tally::default()); (side * side) as usize];
        for (id, at) in found {
            let cell = at.tile(z);
            let (x, y, tally) = &mut cells[((cell.y() - first.y()) * side + cell.x() - first.x()) as usize];
            *x += u64::from(at.x);
            *y += u64::from(at.y);
            *tally += Tally::one(self.counts_in(campaign, *id), self.visits.outcome(campaign, *id));
        }
        let mean = |sum: u64, n: u32| u32::try_from(sum / u64::from(n)).expect("a mean of u32 is one");
        let cell = |(x, y, tally): (u64, u64, Tally)| {
            let n = tally.households;
            Cell { at: Lattice { x: mean(x, n), y: mean(y, n) }, tally }
        };
        cells.into_iter().filter(|(_, _, tally)| tally.households > 0).map(cell).collect()
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
    pub fn context_tile(&self, tile: TileId, buffer: f64) -> Vec<(ShelfId, &Arc<ContextFeature>)> {
        let rect = WorldRect::of(&tile.bbox(buffer));
        self.context.touching(&rect).into_iter().filter_map(|id| Some((id, self.context.get(id)?))).collect()
    }
}
