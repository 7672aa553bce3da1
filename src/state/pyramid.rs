//! Tallies per tile cell, for every zoom down to [`Pyramid::DEEPEST`]: a low-zoom tile reads its cells instead of counting households.

mod kind;

pub use kind::Kinds;

use crate::geom::{Lattice, TileId};
use crate::model::{CampaignId, Outcome, Status, Tally};
use hashbrown::HashMap;
use kind::{Kind, Mass, Parts, select};

type Cells<T> = Vec<HashMap<u64, T>>;

/// One tally for each tile cell that holds a household, and for each kind of household that is not the usual one: those left
/// over when all others are taken away from the whole.
#[derive(Default)]
pub struct Pyramid {
    whole: Cells<Mass>,
    /// Those of another status than occupied, whoever called.
    unusual: Cells<Parts>,
    /// Those on whom somebody called, in a campaign or over all visits.
    called: HashMap<Option<CampaignId>, Cells<Parts>>,
    /// Those of the target of a campaign that has one.
    targets: HashMap<CampaignId, Cells<Parts>>,
}

fn zooms() -> std::ops::RangeInclusive<u8> {
    0..=Pyramid::DEEPEST
}

fn usual(status: Status) -> bool {
    status == Status::Occupied
}

/// Changes what a cell of every zoom holds for a place; cells that hold nothing are dropped.
fn change(cells: &mut Cells<Parts>, at: Lattice, mut change: impl FnMut(&mut Parts)) {
    cells.resize_with(usize::from(Pyramid::DEEPEST) + 1, HashMap::new);
    for z in zooms() {
        let (cells, key) = (&mut cells[usize::from(z)], at.tile(z).key());
        let parts = cells.entry(key).or_default();
        change(parts);
        if parts.is_empty() {
            cells.remove(&key);
        }
    }
}

impl Pyramid {
    /// The deepest zoom whose cells are kept. A cell is some 1.5 km wide there; deeper ones are counted from the R-tree.
    pub const DEEPEST: u8 = 14;

    /// Adds a household's place. O(zooms).
    pub fn add(&mut self, at: Lattice, status: Status) {
        self.whole.resize_with(usize::from(Pyramid::DEEPEST) + 1, HashMap::new);
        let one = Mass::one(at);
        for z in zooms() {
            *self.whole[usize::from(z)].entry(at.tile(z).key()).or_default() += one;
        }
        if !usual(status) {
            change(&mut self.unusual, at, |parts| parts.add(Kind { status, outcome: None }, one));
        }
    }

    /// Takes a household's place away; it must have been added with the same values.
    pub fn remove(&mut self, at: Lattice, status: Status) {
        let one = Mass::one(at);
        for z in zooms() {
            let (cells, key) = (&mut self.whole[usize::from(z)], at.tile(z).key());
            let cell = cells.get_mut(&key).expect("it was added before");
            *cell -= one;
            if cell.n == 0 {
                cells.remove(&key);
            }
        }
        if !usual(status) {
            change(&mut self.unusual, at, |parts| parts.remove(Kind { status, outcome: None }, one));
        }
    }

    /// Turns a household's outcome in a campaign; `None` before its first and after its last. What was before must be what was
    /// given last. O(zooms).
    pub fn turn(
        &mut self,
        campaign: Option<CampaignId>,
        at: Lattice,
        status: Status,
        [before, after]: [Option<Outcome>; 2],
    ) {
        let one = Mass::one(at);
        change(self.called.entry(campaign).or_default(), at, |parts| {
            if before.is_some() {
                parts.remove(Kind { status, outcome: before }, one);
            }
            if after.is_some() {
                parts.add(Kind { status, outcome: after }, one);
            }
        });
    }

    /// From now on a campaign has a target of its own, of nobody yet.
    pub fn aim(&mut self, campaign: CampaignId) {
        self.targets.insert(campaign, Cells::new());
    }

    /// Adds (or takes away) a household of a campaign's target, as status and outcome are. O(zooms).
    pub fn target(&mut self, campaign: CampaignId, at: Lattice, status: Status, outcome: Option<Outcome>, add: bool) {
        let (kind, one) = (Kind { status, outcome }, Mass::one(at));
        let targets = self.targets.get_mut(&campaign).expect("it was aimed first");
        change(targets, at, |parts| if add { parts.add(kind, one) } else { parts.remove(kind, one) });
    }

    /// Adds very many households at once: the deepest zoom by hashing, each wider one by adding four cells. For an empty pyramid.
    pub fn build(&mut self, places: impl Iterator<Item = (Lattice, Status)>) {
        let mut whole: HashMap<u64, (TileId, Mass)> = HashMap::new();
        let mut unusual = HashMap::new();
        for (at, status) in places {
            let tile = at.tile(Pyramid::DEEPEST);
            whole.entry(tile.key()).or_insert((tile, Mass::default())).1 += Mass::one(at);
            if !usual(status) {
                found(&mut unusual, at, Kind { status, outcome: None });
            }
        }
        self.whole = climb(whole, |wide, cell| *wide += *cell);
        self.unusual = climb(unusual, Parts::merge);
    }

    /// The same for those on whom somebody called in one campaign.
    pub fn build_outcomes(
        &mut self,
        campaign: Option<CampaignId>,
        called: impl Iterator<Item = (Lattice, Status, Outcome)>,
    ) {
        let mut deepest = HashMap::new();
        called.for_each(|(at, status, outcome)| found(&mut deepest, at, Kind { status, outcome: Some(outcome) }));
        if !deepest.is_empty() {
            self.called.insert(campaign, climb(deepest, Parts::merge));
        }
    }

    /// The same for the whole target of a campaign.
    pub fn build_target(
        &mut self,
        campaign: CampaignId,
        members: impl Iterator<Item = (Lattice, Status, Option<Outcome>)>,
    ) {
        let mut deepest = HashMap::new();
        members.for_each(|(at, status, outcome)| found(&mut deepest, at, Kind { status, outcome }));
        self.targets.insert(campaign, climb(deepest, Parts::merge));
    }

    /// Whether a campaign has a target of its own: who is eligible in it is then no matter of status.
    pub fn is_aimed(&self, campaign: Option<CampaignId>) -> bool {
        campaign.is_some_and(|campaign| self.targets.contains_key(&campaign))
    }

    /// The tally of those of a cell that are among some kinds, and their mean position; `None` where there are none. Zoom at
    /// most [`Pyramid::DEEPEST`]. Costs some look-ups, however many households there are.
    pub fn cell(&self, tile: TileId, campaign: Option<CampaignId>, kinds: Kinds) -> Option<(Lattice, Tally)> {
        let none = Parts::default();
        let unusual = cell(&self.unusual, tile).unwrap_or(&none);
        let called = self.called.get(&campaign).and_then(|cells| cell(cells, tile)).unwrap_or(&none);
        let (mass, mut tally) = select(kinds, *cell(&self.whole, tile)?, unusual, called);
        if let Some(target) = campaign.and_then(|campaign| self.targets.get(&campaign)) {
            (tally.eligible, tally.outcomes) = cell(target, tile).unwrap_or(&none).counted(kinds);
        }
        Some((mass.mean()?, tally))
    }

    /// The deepest cells of a tile in which some of those kinds are; the tile itself where it is no wider than they. Costs some
    /// look-ups for each of them.
    pub fn places(&self, tile: TileId, campaign: Option<CampaignId>, kinds: Kinds) -> Vec<TileId> {
        if tile.z() >= Pyramid::DEEPEST {
            return vec![tile];
        }
        let mut tiles = vec![tile];
        for _ in tile.z()..Pyramid::DEEPEST {
            let below = tiles.into_iter().flat_map(TileId::children);
            tiles = below.filter(|tile| self.cell(*tile, campaign, kinds).is_some()).collect();
        }
        tiles
    }

    /// Everything, in a fixed order: for comparing two states.
    pub fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for (z, cells) in self.whole.iter().enumerate() {
            rows.extend(cells.iter().map(|(key, mass)| format!("cell {z} {key} {mass:?}")));
        }
        let unusual = std::iter::once((String::from("unusual"), &self.unusual));
        let called = self.called.iter().map(|(campaign, cells)| (format!("called {campaign:?}"), cells));
        let targets = self.targets.iter().map(|(campaign, cells)| (format!("target {campaign}"), cells));
        for (name, zooms) in unusual.chain(called).chain(targets) {
            for (z, cells) in zooms.iter().enumerate() {
                rows.extend(cells.iter().map(|(key, parts)| format!("{name} {z} {key} {:?}", parts.sorted())));
            }
        }
        rows.sort_unstable();
        rows
    }
}

fn cell<T>(cells: &Cells<T>, tile: TileId) -> Option<&T> {
    cells.get(usize::from(tile.z()))?.get(&tile.key())
}

/// Adds one household to its cell of the deepest zoom.
fn found(deepest: &mut HashMap<u64, (TileId, Parts)>, at: Lattice, kind: Kind) {
    let tile = at.tile(Pyramid::DEEPEST);
    deepest.entry(tile.key()).or_insert_with(|| (tile, Parts::default())).1.add(kind, Mass::one(at));
}

/// All zooms from the cells of the deepest.
fn climb<T: Default>(deepest: HashMap<u64, (TileId, T)>, add: impl Fn(&mut T, &T)) -> Cells<T> {
    let mut zooms = Vec::with_capacity(usize::from(Pyramid::DEEPEST) + 1);
    let mut below = deepest;
    for z in (0..Pyramid::DEEPEST).rev() {
        let mut above: HashMap<u64, (TileId, T)> = HashMap::new();
        for (tile, cell) in below.values() {
            let parent = tile.ancestor(z);
            add(&mut above.entry(parent.key()).or_insert_with(|| (parent, T::default())).1, cell);
        }
        zooms.push(below.into_iter().map(|(key, (_, cell))| (key, cell)).collect());
        below = above;
    }
    zooms.push(below.into_iter().map(|(key, (_, cell))| (key, cell)).collect());
    zooms.reverse();
    zooms
}

#[cfg(test)]
mod tests;
