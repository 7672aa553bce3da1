//! Tallies per tile cell, for every zoom down to [`Pyramid::DEEPEST`]: a low-zoom tile reads its cells instead of counting households.

use crate::geom::{Lattice, TileId};
use crate::model::{CampaignId, Outcome, OutcomeCounts, Tally};
use hashbrown::HashMap;

/// What a cell holds whatever the campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Base {
    households: u32,
    eligible: u32,
    /// Sums of the members' lattice coordinates, for their mean: 2^32 members of 2^32 just fit.
    sum_x: u64,
    sum_y: u64,
}

type Cells<T> = Vec<HashMap<u64, T>>;

/// One tally for each tile cell that holds a household.
#[derive(Default)]
pub struct Pyramid {
    base: Cells<Base>,
    outcomes: HashMap<Option<CampaignId>, Cells<OutcomeCounts>>,
}

fn deepest() -> std::ops::RangeInclusive<u8> {
    0..=Pyramid::DEEPEST
}

impl Pyramid {
    /// The deepest zoom whose cells are kept. A cell is some 1.5 km wide there; deeper ones are counted from the R-tree.
    pub const DEEPEST: u8 = 14;

    /// Adds a household's place. O(zooms).
    pub fn add(&mut self, at: Lattice, eligible: bool) {
        self.base.resize_with(usize::from(Pyramid::DEEPEST) + 1, HashMap::new);
        for z in deepest() {
            let cell = self.base[usize::from(z)].entry(at.tile(z).key()).or_default();
            cell.households += 1;
            cell.eligible += u32::from(eligible);
            cell.sum_x += u64::from(at.x);
            cell.sum_y += u64::from(at.y);
        }
    }

    /// Takes a household's place away; it must have been added with the same values.
    pub fn remove(&mut self, at: Lattice, eligible: bool) {
        for z in deepest() {
            let cells = &mut self.base[usize::from(z)];
            let key = at.tile(z).key();
            let cell = cells.get_mut(&key).expect("it was added before");
            cell.households -= 1;
            cell.eligible -= u32::from(eligible);
            cell.sum_x -= u64::from(at.x);
            cell.sum_y -= u64::from(at.y);
            if cell.households == 0 {
                cells.remove(&key);
            }
        }
    }

    /// Adds an eligible household's outcome in a campaign.
    pub fn add_outcome(&mut self, campaign: Option<CampaignId>, at: Lattice, outcome: Outcome) {
        let cells = self.outcomes.entry(campaign).or_default();
        cells.resize_with(usize::from(Pyramid::DEEPEST) + 1, HashMap::new);
        for z in deepest() {
            *cells[usize::from(z)].entry(at.tile(z).key()).or_default() += OutcomeCounts::one(outcome);
        }
    }

    /// Takes it away; it must have been added with the same values.
    pub fn remove_outcome(&mut self, campaign: Option<CampaignId>, at: Lattice, outcome: Outcome) {
        let cells = self.outcomes.get_mut(&campaign).expect("it was added before");
        for z in deepest() {
            let cells = &mut cells[usize::from(z)];
            let key = at.tile(z).key();
            let counts = cells.get_mut(&key).expect("it was added before");
            *counts -= OutcomeCounts::one(outcome);
            if *counts == OutcomeCounts::default() {
                cells.remove(&key);
            }
        }
    }

    /// Adds very many households at once: the deepest zoom by hashing, each wider one by adding four cells. For an empty pyramid.
    pub fn build(&mut self, places: impl Iterator<Item = (Lattice, bool)>) {
        let mut deepest: HashMap<u64, (TileId, Base)> = HashMap::new();
        for (at, eligible) in places {
            let tile = at.tile(Pyramid::DEEPEST);
            let (_, cell) = deepest.entry(tile.key()).or_insert((tile, Base::default()));
            cell.households += 1;
            cell.eligible += u32::from(eligible);
            cell.sum_x += u64::from(at.x);
            cell.sum_y += u64::from(at.y);
        }
        self.base = climb(deepest, |wide, cell| {
            wide.households += cell.households;
            wide.eligible += cell.eligible;
            wide.sum_x += cell.sum_x;
            wide.sum_y += cell.sum_y;
        });
    }

    /// The same for the outcomes of one campaign.
    pub fn build_outcomes(&mut self, campaign: Option<CampaignId>, outcomes: impl Iterator<Item = (Lattice, Outcome)>) {
        let mut deepest: HashMap<u64, (TileId, OutcomeCounts)> = HashMap::new();
        for (at, outcome) in outcomes {
            let tile = at.tile(Pyramid::DEEPEST);
            deepest.entry(tile.key()).or_insert((tile, OutcomeCounts::default())).1 += OutcomeCounts::one(outcome);
        }
        if !deepest.is_empty() {
            self.outcomes.insert(campaign, climb(deepest, |wide, cell| *wide += *cell));
        }
    }

    /// Households in a tile; `None` where the zoom is deeper than what is kept.
    pub fn count(&self, tile: TileId) -> Option<u32> {
        (tile.z() <= Pyramid::DEEPEST).then(|| self.base(tile).map_or(0, |cell| cell.households))
    }

    fn base(&self, tile: TileId) -> Option<&Base> {
        self.base.get(usize::from(tile.z()))?.get(&tile.key())
    }

    /// The tally of a cell and the mean position of its members; `None` where nobody is. Zoom at most [`Pyramid::DEEPEST`].
    pub fn cell(&self, cell: TileId, campaign: Option<CampaignId>) -> Option<(Lattice, Tally)> {
        let base = self.base(cell)?;
        let mean = |sum: u64| u32::try_from(sum / u64::from(base.households)).expect("a mean of u32 is one");
        let outcomes = self
            .outcomes
            .get(&campaign)
            .and_then(|cells| cells.get(usize::from(cell.z()))?.get(&cell.key()).copied())
            .unwrap_or_default();
        let tally = Tally { households: base.households, eligible: base.eligible, outcomes };
        Some((Lattice { x: mean(base.sum_x), y: mean(base.sum_y) }, tally))
    }

    /// Everything, in a fixed order: for comparing two states.
    pub fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for (z, cells) in self.base.iter().enumerate() {
            rows.extend(cells.iter().map(|(key, cell)| format!("cell {z} {key} {cell:?}")));
        }
        for (campaign, zooms) in &self.outcomes {
            for (z, cells) in zooms.iter().enumerate() {
                rows.extend(cells.iter().map(|(key, counts)| format!("outcomes {campaign:?} {z} {key} {counts:?}")));
            }
        }
        rows.sort_unstable();
        rows
    }
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
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    fn random(n: usize) -> Vec<(Lattice, bool, Option<Outcome>)> {
        let mut rng = SmallRng::seed_from_u64(11);
        let mut one = || {
            let at = Lattice { x: rng.random_range(0..1 << 22), y: rng.random() };
            let outcome = rng.random_bool(0.5).then(|| Outcome::ALL[rng.random_range(0..Outcome::COUNT)]);
            (at, rng.random_bool(0.9), outcome)
        };
        (0..n).map(|_| one()).collect()
    }

    #[test]
    fn built_at_once_or_one_by_one_it_is_the_same() {
        let (mut grown, mut built) = (Pyramid::default(), Pyramid::default());
        let all = random(2_000);
        for (at, eligible, outcome) in &all {
            grown.add(*at, *eligible);
            if let Some(outcome) = outcome {
                grown.add_outcome(None, *at, *outcome);
            }
        }
        built.build(all.iter().map(|(at, eligible, _)| (*at, *eligible)));
        built.build_outcomes(None, all.iter().filter_map(|(at, _, o)| o.map(|o| (*at, o))));
        assert_eq!(grown.rows(), built.rows());
        assert!(grown.rows().len() > 10_000);
    }

    #[test]
    fn over_one_zoom_the_counts_add_up_to_the_whole() {
        let mut pyramid = Pyramid::default();
        pyramid.build(random(2_000).iter().map(|(at, e, _)| (*at, *e)));
        for cells in &pyramid.base {
            assert_eq!(cells.values().map(|c| c.households).sum::<u32>(), 2_000);
        }
        assert_eq!(pyramid.count(TileId::WORLD), Some(2_000));
    }

    #[test]
    fn what_was_added_can_be_taken_away_and_leaves_nothing() {
        let mut pyramid = Pyramid::default();
        let all = random(300);
        for (at, eligible, outcome) in &all {
            pyramid.add(*at, *eligible);
            if let Some(outcome) = outcome {
                pyramid.add_outcome(Some(CampaignId(2)), *at, *outcome);
            }
        }
        for (at, eligible, outcome) in &all {
            pyramid.remove(*at, *eligible);
            if let Some(outcome) = outcome {
                pyramid.remove_outcome(Some(CampaignId(2)), *at, *outcome);
            }
        }
        assert_eq!(pyramid.rows(), Vec::<String>::new());
    }
}
