//! The attacker who knows the rule itself: for all small worlds, those that look alike when they are published.

use super::world::View;
use crate::analysis::suppression::{Atoms, Figure, Parts, Series};
use std::collections::{BTreeMap, BTreeSet};

const FEW: u64 = 4;
/// How many small counts there are.
const LESS: usize = 3;

/// All lists of so many counts up to `most`.
fn all(len: usize, most: u64) -> Vec<Vec<u64>> {
    (0..len).fold(vec![vec![]], |lists, _| {
        let longer = |list: &Vec<u64>| {
            (0..=most).map(|count| list.iter().copied().chain([count]).collect()).collect::<Vec<Vec<u64>>>()
        };
        lists.iter().flat_map(longer).collect()
    })
}

/// Of worlds that look like one another when they are published, what each secret can be: for how many it is small in some world,
/// and the least number of values that one of those has. Worlds at the edge of what was tried stand for others that were not.
fn fewest<P: Ord>(worlds: impl Iterator<Item = (P, Vec<u64>, bool)>) -> (usize, usize) {
    let mut alike: BTreeMap<P, (bool, Vec<BTreeSet<u64>>)> = BTreeMap::new();
    for (published, secrets, at_edge) in worlds {
        let (edge, values) = alike.entry(published).or_insert_with(|| (false, vec![BTreeSet::new(); secrets.len()]));
        *edge |= at_edge;
        for (values, secret) in values.iter_mut().zip(secrets) {
            values.insert(secret);
        }
    }
    let small: Vec<usize> = alike
        .values()
        .filter(|(edge, _)| !edge)
        .flat_map(|(_, values)| values)
        .filter(|values| values.iter().any(|value| (1..FEW).contains(value)))
        .map(BTreeSet::len)
        .collect();
    (small.len(), small.into_iter().min().unwrap_or(0))
}

fn hides((secrets, values): (usize, usize)) {
    assert!(secrets > 500, "{secrets}");
    assert_eq!(values, LESS, "as many as there are small counts, and no more: this is what the rule itself gives away");
}

fn check_groups<const N: usize>(view: &View, cells: &View, pieces: &[usize], most: u64) -> (usize, usize) {
    let world = |counts: Vec<u64>| {
        let at_edge = counts.contains(&most);
        let mut own: Vec<Parts<N>> = vec![[0; N]; view.tree.len()];
        for (piece, counts) in pieces.iter().zip(counts.chunks(N)) {
            own[*piece].copy_from_slice(counts);
        }
        let atoms = Atoms::group(&view.tree, &own, FEW).unwrap();
        let mut series = Series::new(atoms.len(), FEW);
        series.publish(&atoms.sums(&own).unwrap(), 0).unwrap();
        let published = [view, cells].map(|view| {
            let figures: Vec<Option<Figure<N>>> = series.figures(&atoms, &view.tree, &view.homes).unwrap();
            figures.into_iter().map(|figure| figure.map(|f| f.parts)).collect::<Vec<_>>()
        });
        let secrets = [view, cells].iter().flat_map(|view| view.totals(&own)).flatten().collect();
        (published, secrets, at_edge)
    };
    fewest(all(pieces.len() * N, most).into_iter().map(world))
}

#[test]
fn who_knows_how_groups_are_made_cannot_tell_what_is_small_in_them() {
    let units = |n| (0..n).collect();
    let flat = View::new(vec![None, Some(0), Some(0), Some(0), Some(0)], units(5));
    let halves = View::new(vec![None, Some(0), Some(0)], vec![0, 1, 1, 2, 2]);
    hides(check_groups::<1>(&flat, &halves, &[1, 2, 3, 4], 12));
    let deep = View::new(vec![None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)], units(7));
    let across = View::new(vec![None, Some(0), Some(0)], vec![0, 1, 2, 1, 2, 1, 2]);
    hides(check_groups::<1>(&deep, &across, &[3, 4, 5, 6], 12));
    let parents = [None, Some(0), Some(0), Some(1), Some(2), Some(2), Some(3), Some(3), Some(4), Some(5), Some(5)];
    let deeper = View::new(parents.to_vec(), units(11));
    let odd = View::new(vec![None, Some(0), Some(0)], vec![0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 1]);
    hides(check_groups::<1>(&deeper, &odd, &[6, 7, 8, 9, 10], 9));
    let three = View::new(vec![None, Some(0), Some(0), Some(1)], units(4));
    hides(check_groups::<2>(&three, &three, &[1, 2, 3], 7));
}

/// All lists of so many that never fall.
fn growing(len: usize, most: u64) -> impl Iterator<Item = Vec<u64>> {
    all(len, most).into_iter().filter(|list| list.is_sorted())
}

fn check_series<const N: usize>(histories: impl Iterator<Item = (Vec<Parts<N>>, bool)>) -> (usize, usize) {
    let world = |(history, at_edge): (Vec<Parts<N>>, bool)| {
        let mut series = Series::<N>::new(1, FEW);
        let mut published = Vec::new();
        for (edition, parts) in (0..).zip(&history) {
            series.publish(&[*parts], edition).unwrap();
            published.push(series.groups()[0].as_ref().map(|c| c.each_ref().map(|c| (c.value, c.since))));
        }
        let counts = history.iter().flatten().copied();
        let pairs = (0..history.len()).flat_map(|to| (0..to).map(move |from| (from, to)));
        let changes = pairs.flat_map(|(from, to)| (0..N).map(move |part| (from, to, part)));
        let changes = changes.map(|(from, to, part)| history[to][part].abs_diff(history[from][part]));
        (published, counts.chain(changes).collect(), at_edge)
    };
    fewest(histories.map(world))
}

#[test]
fn who_knows_when_figures_move_cannot_tell_small_counts_between() {
    let totals = |list: Vec<u64>, most| (list.iter().map(|c| [*c]).collect(), list.contains(&most));
    hides(check_series(growing(5, 16).map(|list| totals(list, 16))));
    hides(check_series(all(4, 16).into_iter().map(|list| totals(list, 16))));
    let visited = |total: u64| growing(4, total).map(move |v| (v.iter().map(|v| [*v, total - v]).collect(), false));
    hides(check_series::<2>((0..20).flat_map(visited)));
}

#[test]
fn the_smallest_as_partner_gives_small_counts_away_to_who_knows_it() {
    let world = |counts: Vec<u64>| {
        let mut sorted: Vec<usize> = (0..counts.len()).collect();
        sorted.sort_by_key(|at| counts[*at]);
        let mut held: Vec<usize> = sorted.iter().copied().filter(|at| (1..FEW).contains(&counts[*at])).collect();
        let others = sorted.iter().filter(|at| counts[**at] >= FEW).take(usize::from(!held.is_empty()));
        held.extend(others);
        let shown = |at: usize| (!held.contains(&at)).then_some(counts[at]);
        let published = (counts.iter().sum::<u64>(), (0..counts.len()).map(shown).collect::<Vec<_>>());
        (published, counts.clone(), counts.contains(&12))
    };
    let (secrets, values) = fewest(all(4, 12).into_iter().map(world));
    assert!(secrets > 1_000 && values == 1, "{secrets} {values}");
}
