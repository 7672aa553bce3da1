use crate::geom::World;
use crate::geom::borders::Outline;
use crate::geom::borders::sample::Country;
use crate::model::{Area, AreaEnd, Change, Code, Level};
use crate::state::{AreaId, Delta, Loader, State};
use jiff::{Timestamp, civil::date};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use std::sync::Arc;

const MIDDLE: World = World { x: 0.53, y: 0.35 };

/// An area of one of two countries that lie on each other, so that borders cross and replace each other.
fn put(rng: &mut StdRng, countries: &[Country]) -> Change {
    let tier = rng.random_range(1..4);
    let tiers = countries.choose(rng).unwrap().tiers();
    let n = rng.random_range(0..tiers[tier].len());
    let (geometry, around) = tiers[tier][n].clone();
    let code = |tier: usize, n: usize| Code::new(&format!("{tier}-{n}")).unwrap();
    // Now and then an area moves to another level.
    let level = if rng.random_bool(0.9) { Level::ALL[tier] } else { Level::Grid };
    let parent = (tier > 1).then(|| code(tier - 1, around));
    let (code, name) = (code(tier, n), format!("{tier}-{n}"));
    Change::AreaPut(Area { code, name, level, parent, valid_from: None, valid_to: None, geometry })
}

fn at(seq: u64) -> Timestamp {
    Timestamp::from_second(1_763_000_000 + i64::try_from(seq).unwrap()).unwrap()
}

fn outlines(state: &State) -> Vec<(AreaId, Arc<Outline>)> {
    state.living_areas().map(|(id, entry)| (id, Arc::clone(&entry.outline))).collect()
}

fn changed(before: &[(AreaId, Arc<Outline>)], after: &[(AreaId, Arc<Outline>)]) -> BTreeSet<AreaId> {
    after.iter().filter(|(id, outline)| !before.contains(&(*id, Arc::clone(outline)))).map(|(id, _)| *id).collect()
}

#[test]
fn borders_that_lived_equal_borders_loaded_and_a_change_names_all_that_it_redrew() {
    let countries = [1, 2].map(|seed| Country::new(seed, MIDDLE, 1e-4));
    let (mut simplified, mut neighbours) = (0, 0);
    for seed in 0..3 {
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut state, mut changes) = (State::new(), Vec::new());
        for seq in 1..=250 {
            let known: Vec<Code> = state.living_areas().map(|(_, entry)| entry.area.code.clone()).collect();
            let change = match known.choose(&mut rng) {
                Some(code) if rng.random_bool(0.1) => {
                    Change::AreaEnded(AreaEnd { code: code.clone(), valid_to: date(2020, 1, 1) })
                }
                _ => put(&mut rng, &countries),
            };
            changes.push(change.clone());
            let before = outlines(&state);
            let Delta { areas, .. } = state.apply(seq, at(seq), "a", change).unwrap();
            let redrawn = changed(&before, &outlines(&state));
            assert!(redrawn.is_subset(&areas), "{seed} {seq}: {redrawn:?} of {areas:?}");
            neighbours += usize::from(redrawn.len() > 1);
            if seq % 50 == 0 {
                let mut loader = Loader::new();
                for (seq, change) in (1..).zip(&changes) {
                    loader.push(seq, at(seq), "a", change.clone()).unwrap();
                }
                let rebuilt = loader.finish();
                assert_eq!(outlines(&state), outlines(&rebuilt), "{seed} {seq}");
                assert_eq!(state.digest(), rebuilt.digest(), "{seed} {seq}");
            }
        }
        simplified += outlines(&state).iter().flat_map(|(_, o)| o.zooms()).filter(|z| **z > 0).count();
    }
    assert!(simplified > 1_000 && neighbours > 100, "{simplified} {neighbours}");
}

#[test]
fn an_area_that_has_ended_keeps_no_border() {
    let mut state = State::new();
    let country = [Country::new(3, MIDDLE, 1e-4)];
    let change = put(&mut StdRng::seed_from_u64(1), &country);
    let Change::AreaPut(Area { code, .. }) = change.clone() else { panic!("an area was put") };
    state.apply(1, at(1), "a", change).unwrap();
    let vertices = |state: &State| state.area(code.as_str()).map(|id| state.covered(id, None).entry.outline.vertices());
    assert!(vertices(&state).is_some_and(|n| n > 100));
    state.apply(2, at(2), "a", Change::AreaEnded(AreaEnd { code: code.clone(), valid_to: date(2020, 1, 1) })).unwrap();
    assert_eq!(vertices(&state), Some(0));
}
