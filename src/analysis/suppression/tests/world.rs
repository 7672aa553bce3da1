//! Invented counties for the attack: what is true, what the attacker may know, and what it is after.

use crate::analysis::suppression::attack::{Known, Sum, UNKNOWN};
use crate::analysis::suppression::{Atoms, Figure, Parts, Series, Tree};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Areas and tile cells over the same pieces, and how the pieces' counts go on from edition to edition. All parts but the last
/// only grow.
pub struct World<const N: usize> {
    pub areas: View,
    pub cells: View,
    pub editions: Vec<Vec<Parts<N>>>,
}

/// A tree and where the pieces are in it.
pub struct View {
    pub tree: Tree,
    pub homes: Vec<u32>,
    /// The pieces of each unit.
    pub pieces: Vec<Vec<usize>>,
}

impl View {
    pub fn new(parents: Vec<Option<u32>>, homes: Vec<u32>) -> Self {
        let tree = Tree::new(parents).unwrap();
        let mut pieces = vec![Vec::new(); tree.len()];
        for (piece, home) in homes.iter().enumerate() {
            tree.upwards(*home).for_each(|unit| pieces[unit as usize].push(piece));
        }
        View { tree, homes, pieces }
    }

    /// Counts of what lies directly in each unit.
    pub fn own<const N: usize>(&self, counts: &[Parts<N>]) -> Vec<Parts<N>> {
        let mut own = vec![[0; N]; self.tree.len()];
        for (home, parts) in self.homes.iter().zip(counts) {
            own[*home as usize].iter_mut().zip(parts).for_each(|(sum, count)| *sum += count);
        }
        own
    }

    /// Counts of all that lies in each unit, added up the slow way.
    pub fn totals<const N: usize>(&self, counts: &[Parts<N>]) -> Vec<Parts<N>> {
        let sum = |pieces: &Vec<usize>| std::array::from_fn(|part| pieces.iter().map(|p| counts[*p][part]).sum());
        self.pieces.iter().map(sum).collect()
    }
}

impl<const N: usize> World<N> {
    /// A county of some ten to twenty pieces with some editions; with `churn`, a household comes or goes now and then.
    pub fn new(seed: u64, editions: usize, churn: bool) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut parents = vec![None];
        for _ in 0..rng.random_range(1..4) {
            let township = parents.len();
            parents.push(Some(0));
            for _ in 0..rng.random_range(1..4) {
                let village = parents.len();
                parents.push(u32::try_from(township).ok());
                let grids = rng.random_range(0..4);
                parents.extend((0..grids).map(|_| u32::try_from(village).ok()));
            }
        }
        let pieces = parents.len();
        let leaf: Vec<bool> =
            (0..pieces).map(|unit| parents.iter().all(|p| p.is_none_or(|p| p as usize != unit))).collect();
        let begun = if rng.random_bool(0.5) { 0.0 } else { 0.2 };
        let first = leaf.iter().map(|leaf| start(&mut rng, *leaf, begun)).collect();
        let mut all: Vec<Vec<Parts<N>>> = vec![first];
        while all.len() < editions {
            let step = |parts: &Parts<N>| later(&mut rng, *parts, churn);
            all.push(all[all.len() - 1].iter().map(step).collect());
        }
        // Four by four cells below four below one; neighbours by index are near one another, but not in the same cell always.
        let mut cell_parents: Vec<Option<u32>> = vec![None];
        cell_parents.extend([Some(0); 4]);
        cell_parents.extend((0..16_u32).map(|cell| Some(1 + cell / 4)));
        let cell = |piece: usize, rng: &mut StdRng| piece * 16 / pieces + rng.random_range(0..3);
        let homes = (0..pieces).map(|p| 5 + u32::try_from(cell(p, &mut rng).min(15)).unwrap()).collect();
        let own = (0..).take(pieces).collect();
        World { areas: View::new(parents, own), cells: View::new(cell_parents, homes), editions: all }
    }

    pub fn views(&self) -> [&View; 2] {
        [&self.areas, &self.cells]
    }

    fn pieces(&self) -> usize {
        self.areas.homes.len()
    }

    /// The unknowns of a column (0 is the total, the others are parts from 1) of some pieces in an edition.
    pub fn sum(&self, pieces: &[usize], column: usize, edition: usize) -> Sum {
        let parts = if column == 0 { 0..N } else { column - 1..column };
        let at = |piece: &usize| (edition * self.pieces() + piece) * N;
        pieces.iter().flat_map(|piece| parts.clone().map(move |part| (at(piece) + part, 1))).collect()
    }

    pub fn value(&self, sum: &Sum) -> i64 {
        let one = |at: usize| self.editions[at / N / self.pieces()][at / N % self.pieces()][at % N];
        sum.iter().map(|(at, by)| one(*at).cast_signed() * by).sum()
    }

    /// An attacker to whom nothing has been published. It knows that all parts but the last only grow, or also that each piece's
    /// total stays the same, if that is so.
    pub fn attacker(&self, same_total: bool) -> Known {
        let mut known = Known::default();
        let counts = self.editions.len() * self.pieces() * N;
        (0..counts).for_each(|at| assert_eq!(known.unknown(UNKNOWN), at));
        for (piece, edition) in (0..self.pieces()).flat_map(|p| (1..self.editions.len()).map(move |e| (p, e))) {
            for part in 1..N {
                let grown = known.unknown(UNKNOWN);
                let mut sum = self.change(&[piece], part, (edition - 1, edition));
                sum.insert(grown, -1);
                known.equal(sum, 0);
            }
            if same_total {
                let change = self.change(&[piece], 0, (edition - 1, edition));
                assert_eq!(self.value(&change), 0, "this attacker would be wrong");
                known.equal(change, 0);
            }
        }
        known
    }

    pub fn change(&self, pieces: &[usize], column: usize, (from, to): (usize, usize)) -> Sum {
        let mut sum = self.sum(pieces, column, to);
        sum.extend(self.sum(pieces, column, from).keys().map(|at| (*at, -1)));
        sum
    }

    /// All small counts of units, and all small changes of them between two editions.
    pub fn secrets(&self, least: u64) -> Vec<Sum> {
        let editions = self.editions.len();
        let mut all = Vec::new();
        for pieces in self.views().into_iter().flat_map(|view| &view.pieces).filter(|pieces| !pieces.is_empty()) {
            for column in 0..=N {
                all.extend((0..editions).map(|edition| self.sum(pieces, column, edition)));
                let pairs = (0..editions).flat_map(|to| (0..to).map(move |from| (from, to)));
                all.extend(pairs.map(|pair| self.change(pieces, column, pair)));
            }
        }
        all.retain(|sum| (1..least).contains(&self.value(sum).unsigned_abs()));
        all.sort();
        all.dedup();
        all
    }

    /// All editions as the rule publishes them. Figures are checked against the truth, group by group at its edition, and told to the
    /// attacker, even with the editions of all groups. Gives how many figures of units were shown, and how many there are.
    pub fn publish(&self, known: &mut Known, least: u64) -> (usize, usize) {
        let atoms = Atoms::group(&self.areas.tree, &self.areas.own(&self.editions[0]), least).unwrap();
        let mut series = Series::<N>::new(atoms.len(), least);
        let (mut shown, mut units) = (0, 0);
        for (edition, counts) in (0..).zip(&self.editions) {
            series.publish(&atoms.sums(counts).unwrap(), edition).unwrap();
            for view in self.views() {
                let figures = series.figures(&atoms, &view.tree, &view.homes).unwrap();
                for (figure, pieces) in figures.iter().zip(&view.pieces).filter(|(_, pieces)| !pieces.is_empty()) {
                    units += 1;
                    if let Some(figure) = figure {
                        shown += 1;
                        self.tell(known, (&atoms, &series), pieces, figure);
                    }
                }
            }
        }
        (shown, units)
    }

    fn tell(&self, known: &mut Known, by: (&Atoms, &Series<N>), pieces: &[usize], figure: &Figure<N>) {
        for column in 0..N {
            let at = |piece: &usize| {
                let group = &by.1.groups()[by.0.of()[*piece] as usize];
                let since = group.as_ref().expect("a unit is shown with no group that is not")[column].since;
                self.sum(&[*piece], column, since as usize)
            };
            let sum: Sum = pieces.iter().flat_map(at).collect();
            let value = if column == 0 { figure.parts.iter().sum() } else { figure.parts[column - 1] };
            assert_eq!(self.value(&sum), value.cast_signed(), "what is published is true of its editions");
            known.equal(sum, value.cast_signed());
        }
    }
}

/// Grids of some tens of households, often few; and of a village few that are in no grid. In some the work has begun.
fn start<const N: usize>(rng: &mut StdRng, leaf: bool, begun: f64) -> Parts<N> {
    let households = match rng.random_range(0..10) {
        _ if !leaf => rng.random_range(0..4_u64).saturating_sub(1),
        0 => 0,
        1..4 => rng.random_range(1..12),
        4..8 => rng.random_range(10..60),
        _ => rng.random_range(40..400),
    };
    let mut parts = [0; N];
    parts[N - 1] = households;
    if rng.random_bool(begun) { later(rng, parts, false) } else { parts }
}

/// Some of the last part go to others, mostly few; now and then a household comes or goes, or a house is built.
fn later<const N: usize>(rng: &mut StdRng, mut parts: Parts<N>, churn: bool) -> Parts<N> {
    for part in 0..N - 1 {
        let most = if rng.random_bool(0.5) { 4 } else { parts[N - 1] };
        let moved = rng.random_range(0..=most.min(parts[N - 1]));
        parts[part] += moved;
        parts[N - 1] -= moved;
    }
    if churn && rng.random_bool(0.2) {
        let few = rng.random_bool(0.5);
        parts[N - 1] += if few { rng.random_range(0..4) } else { rng.random_range(8..24) };
        parts[N - 1] -= rng.random_range(0..=parts[N - 1].min(2));
    }
    parts
}
