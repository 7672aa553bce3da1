//! Cells and points of tiles add up, filtered or not.

use super::super::{Loader, Mark, Scope, Sieve, State, StateError};
use super::story::{campaign, household, visit};
use super::{WHOLE, at};
use crate::geom::TileId;
use crate::model::collection::Collection;
use crate::model::filter::{Comparison, Expr, Filter, Op};
use crate::model::{CampaignId, Change, Tally};
use rand::{SeedableRng, rngs::SmallRng};

/// 9,000 households.
fn many(seed: u64) -> State {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut loader = Loader::new();
    for n in 0..9_000 {
        loader.push(u64::from(n) + 1, at(1), "a", household(&mut rng, n)).unwrap();
    }
    loader.finish()
}

#[test]
fn cells_and_points_of_a_zoom_add_up_to_the_whole_with_nobody_twice() {
    let state = many(5);
    for z in [0, 5, 8, 9, 10, 12] {
        let mut total = Tally::default();
        let (mut cells, mut points) = (0, 0);
        for tile in TileId::covering(&state.extent().unwrap(), z) {
            match state.household_tile(tile, &Scope::Everywhere, &WHOLE).unwrap() {
                Mark::Cells(list) => list.iter().for_each(|cell| {
                    total += cell.tally;
                    cells += 1;
                }),
                Mark::Points(list) => list.iter().for_each(|h| {
                    total += Tally::one(h.eligible, h.outcome);
                    points += 1;
                }),
            }
        }
        assert_eq!(total.households, 9_000, "zoom {z}");
        assert_eq!(cells == 0, z > 9, "zoom {z}: {cells} cells, {points} points");
    }
}

#[test]
fn the_cells_of_a_filtered_tile_add_up_to_those_who_pass_and_one_that_is_given_up_says_so() {
    let state = many(6);
    let compare = |name: &str, op, value| {
        let expr = Expr::Call(Op::Compare(op), vec![Expr::Property(name.to_owned()), value]);
        Filter::compile(&expr, &Collection::Households).unwrap()
    };
    let filters = [
        compare("status", Comparison::Equal, Expr::Text("occupied".to_owned())),
        compare("persons", Comparison::GreaterOrEqual, Expr::Number(3.0)),
        compare("status", Comparison::Equal, Expr::Text("nothing".to_owned())),
    ];
    for (filter, least) in filters.iter().zip([7_000, 4_000, 0]) {
        let passing = state.households().filter(|h| {
            state.passes(Collection::Households, h.id.0, &Sieve { filter: Some(filter), ..WHOLE }).unwrap()
        });
        let passing: Vec<_> = passing.map(|h| h.status).collect();
        assert!(passing.len() >= least, "{}", passing.len());
        let eligible = passing.iter().filter(|status| status.eligible()).count();
        for z in [0, 6, 9, 11] {
            let mut total = Tally::default();
            for tile in TileId::covering(&state.extent().unwrap(), z) {
                let sieve = Sieve { filter: Some(filter), ..WHOLE };
                match state.household_tile(tile, &Scope::Everywhere, &sieve).unwrap() {
                    Mark::Cells(list) => list.iter().for_each(|cell| total += cell.tally),
                    Mark::Points(list) => {
                        for h in list.iter() {
                            total += Tally::one(h.eligible, h.outcome);
                        }
                    }
                }
            }
            let counted = (total.households as usize, total.eligible as usize);
            assert_eq!(counted, (passing.len(), eligible), "zoom {z}");
        }
    }
    let sieve = Sieve { filter: Some(&filters[1]), going: &|| false, ..WHOLE };
    assert_eq!(state.passes(Collection::Households, 0, &sieve), Err(StateError::Cut));
    let given_up = state.household_tile(TileId::WORLD, &Scope::Everywhere, &sieve).err();
    assert_eq!(given_up, Some(StateError::Cut));
}

#[test]
fn what_is_read_from_the_cells_of_a_filter_is_what_its_rows_say_one_by_one() {
    let mut rng = SmallRng::seed_from_u64(8);
    let mut loader = Loader::new();
    let homes: Vec<Change> = (0..9_000).map(|n| household(&mut rng, n)).collect();
    let visits: Vec<Change> = (0..12_000).map(|_| visit(&mut rng, 9_000)).collect();
    for (seq, change) in (1..).zip([campaign(1), campaign(2)].into_iter().chain(homes).chain(visits)) {
        loader.push(seq, at(1), "a", change).unwrap();
    }
    let state = loader.finish();
    let property = |name: &str| Expr::Property(name.to_owned());
    let is = |name: &str, value| Expr::Call(Op::Compare(Comparison::Equal), vec![property(name), value]);
    let not = |expr| Expr::Call(Op::Not, vec![expr]);
    let exprs = [
        is("visited", Expr::Boolean(false)),
        is("eligible", Expr::Boolean(true)),
        not(is("outcome", Expr::Text("refused".to_owned()))),
        Expr::Call(Op::IsNull, vec![property("outcome")]),
        Expr::Call(Op::Or, vec![is("visited", Expr::Boolean(true)), is("status", Expr::Text("vacant".to_owned()))]),
    ];
    for (expr, campaign) in exprs.iter().flat_map(|expr| [None, Some(CampaignId(2))].map(|c| (expr, c))) {
        let filter = Filter::compile(expr, &Collection::Households).unwrap();
        let sieve = Sieve { campaign, filter: Some(&filter), ..WHOLE };
        let mut expected = Tally::default();
        for h in state.households() {
            if state.passes(Collection::Households, h.id.0, &sieve).unwrap() {
                expected += Tally::one(h.status.eligible(), state.visits.outcome(campaign, h.id));
            }
        }
        // Whoever looked at a household would be told to stop.
        let read_only = Sieve { going: &|| false, ..sieve };
        let Ok(Mark::Cells(cells)) = state.household_tile(TileId::WORLD, &Scope::Everywhere, &read_only) else {
            panic!("{expr:?}: households were looked at")
        };
        let mut read = Tally::default();
        for cell in cells {
            read += cell.tally;
        }
        assert_eq!(read, expected, "{expr:?} in {campaign:?}");
    }
}
