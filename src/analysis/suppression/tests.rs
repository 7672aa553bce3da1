//! The attack on the rule, and on simpler ones that it has to break.

mod knowing;
mod world;

use super::attack::{Known, Sum};
use super::{Atoms, LEAST, Series, SuppressionError, Tree, is_safe};
use world::{View, World};

/// How many secrets follow from what is known by adding and subtracting alone.
fn followed(known: &Known, secrets: &[Sum]) -> usize {
    let span = known.span();
    secrets.iter().filter(|secret| span.value(secret).is_some()).count()
}

fn nothing_follows<const N: usize>(seeds: std::ops::Range<u64>, editions: usize, churn: bool) {
    let (mut shown, mut units, mut secrets) = (0, 0, 0);
    for seed in seeds {
        let world = World::<N>::new(seed, editions, churn);
        let mut known = world.attacker(!churn);
        let (s, u) = world.publish(&mut known, LEAST);
        (shown, units) = (shown + s, units + u);
        let hidden = world.secrets(LEAST);
        secrets += hidden.len();
        assert_eq!(followed(&known, &hidden), 0, "seed {seed}");
        for ((low, high), at) in known.narrow().into_iter().zip(0..editions * world.areas.homes.len() * N) {
            let value = world.value(&Sum::from([(at, 1)]));
            assert!(low <= value && value <= high, "seed {seed}");
            assert!(!(1..10).contains(&value) || high - low >= 10, "seed {seed}: {value} is from {low} to {high}");
        }
    }
    assert!(shown * 4 > units && secrets > 1_000, "{shown} of {units} figures, {secrets} secrets");
}

#[test]
fn no_small_count_or_change_follows_from_all_that_is_published() {
    nothing_follows::<1>(0..60, 3, true);
    nothing_follows::<2>(100..160, 4, true);
    nothing_follows::<3>(200..240, 3, true);
    // Who knows that nobody came or went knows what remains of a total at any edition.
    nothing_follows::<2>(500..540, 5, false);
    nothing_follows::<3>(600..630, 4, false);
}

#[test]
fn no_small_count_or_change_is_narrowed_down_to_fewer_than_ten_values() {
    let mut tried = 0;
    for seed in 300..340 {
        let churn = seed < 320;
        let world = World::<2>::new(seed, 3, churn);
        let mut known = world.attacker(!churn);
        world.publish(&mut known, LEAST);
        let secrets = world.secrets(LEAST);
        for secret in secrets.iter().step_by(1 + secrets.len() / 10) {
            let (low, high) = known.range(secret);
            let value = world.value(secret);
            assert!(low <= value && value <= high, "seed {seed}: {value} is not from {low} to {high}");
            assert!(high - low >= LEAST.cast_signed(), "seed {seed}: {value} is from {low} to {high}");
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

/// How many secrets the simplest of rules would give away, in many worlds of so many editions.
fn given_away(editions: usize, publish: impl Fn(&World<2>, &mut Known)) -> usize {
    let away = |seed| {
        let world = World::<2>::new(seed, editions, true);
        let mut known = world.attacker(false);
        publish(&world, &mut known);
        followed(&known, &world.secrets(LEAST))
    };
    (400..520).map(away).sum()
}

/// Tells exact counts of units in an edition.
fn tell(world: &World<2>, known: &mut Known, view: &View, shown: &[bool], edition: usize) {
    for (pieces, _) in view.pieces.iter().zip(shown).filter(|(_, shown)| **shown) {
        for column in 0..=2 {
            let sum = world.sum(pieces, column, edition);
            let value = world.value(&sum);
            known.equal(sum, value);
        }
    }
}

#[test]
fn hiding_small_counts_alone_gives_them_away() {
    let away = given_away(1, |world, known| {
        for view in world.views() {
            let shown: Vec<bool> = view.totals(&world.editions[0]).iter().map(|p| is_safe(p, LEAST)).collect();
            tell(world, known, view, &shown, 0);
        }
    });
    assert!(away > 10, "{away}");
}

/// Groups made for one view and one edition, and which units are then shown.
fn grouped(world: &World<2>, view: &View, edition: usize) -> Vec<bool> {
    let own = view.own(&world.editions[edition]);
    let atoms = Atoms::group(&view.tree, &own, LEAST).unwrap();
    let open: Vec<bool> = atoms.sums(&own).unwrap().iter().map(|p| is_safe(p, LEAST)).collect();
    let units: Vec<u32> = (0..).take(own.len()).collect();
    atoms.shown(&view.tree, &units, &open).unwrap()
}

#[test]
fn areas_and_cells_that_are_protected_each_alone_give_small_counts_away() {
    let one = given_away(1, |world, known| tell(world, known, &world.areas, &grouped(world, &world.areas, 0), 0));
    assert_eq!(one, 0, "one tree at one date is what groups protect");
    let away = given_away(1, |world, known| {
        for view in world.views() {
            tell(world, known, view, &grouped(world, view, 0), 0);
        }
    });
    assert!(away > 10, "{away}");
}

#[test]
fn exact_counts_of_each_edition_give_small_changes_away() {
    let away = given_away(3, |world, known| {
        for edition in 0..3 {
            tell(world, known, &world.areas, &grouped(world, &world.areas, edition), edition);
        }
    });
    assert!(away > 10, "{away}");
}

#[test]
fn units_that_move_each_for_itself_give_small_changes_away() {
    let away = given_away(4, |world, known| {
        let atoms = Atoms::group(&world.areas.tree, &world.editions[0], LEAST).unwrap();
        let open = vec![true; atoms.len()];
        let shown = atoms.shown(&world.areas.tree, &world.areas.homes, &open).unwrap();
        let mut series = Series::<2>::new(world.areas.tree.len(), LEAST);
        for (edition, counts) in (0..).zip(&world.editions) {
            series.publish(&world.areas.totals(counts), edition).unwrap();
            for ((columns, pieces), _) in series.groups().iter().zip(&world.areas.pieces).zip(&shown).filter(|s| *s.1) {
                for (column, c) in columns.iter().flatten().enumerate() {
                    known.equal(world.sum(pieces, column, c.since as usize), c.value.cast_signed());
                }
            }
        }
    });
    assert!(away > 10, "{away}");
}

/// One parent with children, one part, one edition.
fn family(counts: &[u64]) -> World<1> {
    let parents = std::iter::once(None).chain(counts.iter().map(|_| Some(0))).collect();
    let homes = (0..).take(counts.len() + 1).collect();
    let whole = View::new(vec![None], vec![0; counts.len() + 1]);
    let counts = std::iter::once([0]).chain(counts.iter().map(|c| [*c])).collect();
    World { areas: View::new(parents, homes), cells: whole, editions: vec![counts] }
}

#[test]
fn tens_instead_of_units_give_small_counts_away() {
    let world = family(&[9; 10]);
    let mut known = world.attacker(false);
    known.equal(world.sum(&[0], 0, 0), 0);
    for pieces in &world.areas.pieces {
        let sum = world.sum(pieces, 0, 0);
        let value = world.value(&sum);
        known.within(sum, value / 10 * 10, 9);
    }
    assert_eq!(known.range(&world.sum(&[1], 0, 0)), (9, 9), "ten times 0 to 9 are 90 or more only if each is 9");
}

#[test]
fn two_held_back_in_each_family_give_away_that_both_are_small() {
    let world = family(&[1, 2, 50, 70]);
    let mut known = world.attacker(false);
    for pieces in [&[0, 1, 2, 3, 4][..], &[0], &[3], &[4]] {
        let sum = world.sum(pieces, 0, 0);
        let value = world.value(&sum);
        known.equal(sum, value);
    }
    assert_eq!(followed(&known, &world.secrets(LEAST)), 0, "adding and subtracting are not enough");
    assert_eq!(known.range(&world.sum(&[1], 0, 0)), (0, 3));
    let mut known = world.attacker(false);
    assert_eq!(world.publish(&mut known, LEAST).0, 3);
    assert_eq!(known.range(&world.sum(&[1], 0, 0)), (0, 53));
}

#[test]
fn groups_are_safe_and_units_are_shown_if_no_group_lies_partly_in_them() {
    let mut held = 0;
    for seed in 700..800 {
        let world = World::<2>::new(seed, 1, false);
        let counts = &world.editions[0];
        let atoms = Atoms::group(&world.areas.tree, counts, LEAST).unwrap();
        let sums = atoms.sums(counts).unwrap();
        let all_safe = is_safe(&world.areas.totals(counts)[0], LEAST);
        assert!(if all_safe { sums.iter().all(|sum| is_safe(sum, LEAST)) } else { atoms.len() == 1 }, "seed {seed}");
        let open: Vec<bool> = (0..atoms.len()).map(|atom| !(seed + atom as u64).is_multiple_of(7)).collect();
        for view in world.views() {
            let shown = atoms.shown(&view.tree, &view.homes, &open).unwrap();
            for (unit, pieces) in view.pieces.iter().enumerate() {
                let whole = |atom: u32| {
                    let of = (0..counts.len()).filter(|piece| atoms.of()[*piece] == atom);
                    open[atom as usize] && of.into_iter().all(|piece| pieces.contains(&piece))
                };
                assert_eq!(shown[unit], pieces.iter().all(|piece| whole(atoms.of()[*piece])), "seed {seed} {unit}");
                held += u32::from(!shown[unit]);
            }
        }
    }
    assert!(held > 500, "{held}");
}

#[test]
fn a_small_unit_is_held_back_together_with_the_next_alone() {
    // A village of 3 households, and one of three grids; what is known of the first two is in one group with the first grid.
    let tree = Tree::new(vec![None, Some(0), Some(0), Some(2), Some(2), Some(2)]).unwrap();
    let own = [[0], [3], [0], [20], [30], [40]];
    let atoms = Atoms::group(&tree, &own, LEAST).unwrap();
    let shown = atoms.shown(&tree, &[0, 1, 2, 3, 4, 5], &vec![true; atoms.len()]).unwrap();
    assert_eq!(shown, [true, false, false, false, true, true]);
    assert_eq!(
        atoms.shown(&tree, &[0, 1], &[]),
        Err(SuppressionError::Length { of: "homes of pieces", found: 2, expected: 6 })
    );
    assert_eq!(Atoms::group(&tree, &[[u64::MAX]; 6], LEAST), Err(SuppressionError::TooMany));
}

#[test]
fn figures_move_one_column_in_an_edition_and_never_by_a_little() {
    let mut series = Series::<2>::new(1, LEAST);
    let mut edition = 0;
    let mut check = |now: [u64; 2], total: (u64, u32), visited: (u64, u32)| {
        series.publish(&[now], edition).unwrap();
        edition += 1;
        let found = series.groups()[0].as_ref().map(|c| c.each_ref().map(|c| (c.value, c.since)));
        assert_eq!(found, (total.1 < u32::MAX).then_some([total, visited]), "{now:?}");
    };
    check([3, 40], (0, u32::MAX), (0, 0)); // small: nothing yet
    check([10, 40], (50, 1), (10, 1));
    check([19, 31], (50, 1), (10, 1)); // nine more
    check([20, 30], (50, 1), (20, 3));
    check([31, 31], (50, 1), (31, 4)); // a total of 62 would leave two more than remained once
    check([31, 31], (50, 1), (31, 4)); // and now one more
    check([31, 51], (82, 6), (31, 4));
    check([46, 8], (82, 6), (31, 4)); // would leave six more than once
    check([55, 8], (82, 6), (31, 4)); // either would leave a few fewer than once
    check([73, 9], (82, 6), (31, 4)); // would leave nine
    check([82, 0], (82, 6), (82, 10));
    check([81, 0], (82, 6), (82, 10));
    check([67, 0], (82, 6), (82, 10)); // fewer by fifteen, and four fewer left than once
    check([31, 0], (82, 6), (31, 13)); // as once before
    assert_eq!(series.publish(&[[0, 0]], 13), Err(SuppressionError::NotAfter { found: 13, last: 13 }));
}
