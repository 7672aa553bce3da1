//! Properties of the whole state over random runs of changes, against counting one by one.

mod cells;
mod fieldwork;
mod story;
mod then;

use self::story::{area, campaign, code, drawing, edition, household, story, visit};
use super::pyramid::Kinds;
use super::{HouseholdId, Loader, Mark, Scope, Sieve, State, StateError, Verdict};
use crate::geom::{LonLat, TileId};
use crate::model::{AnswerCounts, Area, CampaignId, Change, Code, Level, Outcome, PlanId, Tally, Visit, Zone};
use jiff::Timestamp;
use rand::{SeedableRng, rngs::SmallRng};
use std::collections::{BTreeMap, BTreeSet};

/// Everything, and all the time for it.
const WHOLE: Sieve<'_> = Sieve { campaign: None, filter: None, in_cells: false, going: &|| true };

fn at(seq: u64) -> Timestamp {
    Timestamp::from_second(1_763_000_000 + i64::try_from(seq).unwrap()).unwrap()
}

fn lived(changes: &[Change]) -> State {
    let mut state = State::new();
    for (seq, change) in (1..).zip(changes) {
        if state.verdict(change).is_ok() {
            state.apply(seq, at(seq), "a", change.clone()).unwrap();
        }
    }
    state
}

#[test]
fn a_map_that_lived_equals_the_map_loaded_from_the_same_changes() {
    let mut users = 0;
    for seed in 0..6 {
        let changes = story(seed, 900);
        let (mut state, mut loader) = (State::new(), Loader::new());
        for (seq, change) in (1..).zip(&changes) {
            // What the map refuses, no store holds.
            if state.verdict(change).is_ok() {
                state.apply(seq, at(seq), "a", change.clone()).unwrap();
                loader.push(seq, at(seq), "a", change.clone()).unwrap();
            }
        }
        let rebuilt = loader.finish();
        assert_eq!(state.digest(), rebuilt.digest(), "seed {seed}");
        assert!(state.counts().0 > 100 && state.counts().1 > 100, "seed {seed}");
        users += state.people().users().count();
        assert!(state.ledger_templates().count() > 0, "seed {seed}");
        assert!(state.editions().len() > 3 && state.heard() > 20 && state.areas_seq() > 0, "seed {seed}");
    }
    assert!(users > 5, "{users}");
}

#[test]
fn what_is_drawn_is_what_was_put_last_and_not_taken_away_and_a_plan_knows_when_its_zones_changed() {
    for seed in 20..26 {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut state = State::new();
        let mut zones: BTreeMap<Code, (Zone, u64)> = BTreeMap::new();
        let (mut seqs, mut plans): (BTreeMap<PlanId, u64>, BTreeSet<PlanId>) = Default::default();
        let mut refused = 0;
        for seq in 1..800 {
            let change = drawing(&mut rng);
            match state.verdict(&change) {
                Err(_) => {
                    refused += 1;
                    continue;
                }
                Ok(Verdict::Same) => continue,
                Ok(_) => {}
            }
            let delta = state.apply(seq, at(seq), "li", change.clone()).unwrap();
            let mut touched = BTreeSet::new();
            match change {
                Change::PlanPut(plan) => drop((plans.insert(plan.id), touched.insert(plan.id))),
                Change::ZonePut(zone) => {
                    touched.insert(zone.plan);
                    touched.extend(zones.insert(zone.code.clone(), (*zone, seq)).map(|(old, _)| old.plan));
                    seqs.extend(touched.iter().map(|plan| (*plan, seq)));
                }
                Change::ZoneEnded(end) => {
                    touched.insert(zones.remove(&end.code).unwrap().0.plan);
                    seqs.extend(touched.iter().map(|plan| (*plan, seq)));
                }
                _ => touched = delta.plans.clone(),
            }
            assert_eq!((delta.plans.len() < 3, &delta.plans), (true, &touched));
            assert_eq!(state.next_plan().0, plans.last().map_or(1, |last| last.0 + 1));
            for plan in (1..5).map(PlanId) {
                let found: BTreeMap<_, _> =
                    state.zones_of(plan).map(|(zone, v)| (zone.code.clone(), (zone.clone(), v.seq))).collect();
                let expected = zones.clone().into_iter().filter(|(_, (zone, _))| zone.plan == plan);
                assert_eq!(found, expected.collect());
                assert_eq!(state.zones_seq(plan), seqs.get(&plan).copied().unwrap_or(0));
            }
        }
        assert!(zones.len() > 2 && refused > 50, "{} zones, {refused} refused", zones.len());
        assert!(state.plans().all(|(plan, version)| plans.contains(&plan.id) && &*version.author == "li"));
        assert!((1..5).any(|plan| state.spots_of(PlanId(plan)).count() > 0));
    }
}

#[test]
fn the_weeks_of_a_campaign_equal_counting_visit_by_visit() {
    // Visits are made in some 35 days from there on; the weeks begin later and end earlier.
    let ends: Vec<Timestamp> =
        (1..=4).map(|week| Timestamp::from_second(1_760_200_000 + week * 604_800).unwrap()).collect();
    for seed in 52..55 {
        let changes = story(seed, 1_500);
        let (state, counted) = (lived(&changes), fieldwork::Counted::of(&changes));
        for (campaign, level) in
            [1, 2].into_iter().flat_map(|id| [Level::Grid, Level::Township].map(|level| (CampaignId(id), level)))
        {
            let found = state.reached_by_week(campaign, level, None, &ends);
            assert!(found.len() >= 2, "{}", found.len());
            for one in &found {
                let inside = |id| state.areas.chain(state.households.area(id)).any(|area| area == one.covered.id);
                let reached = |before: Timestamp| {
                    let counts = |h: &super::HouseholdView<'_>| {
                        counted.eligible(Some(campaign), h) && counted.reached(campaign, h.code, before)
                    };
                    state.households().filter(|h| inside(h.id)).filter(counts).count()
                };
                // What took place after the last week counts in it.
                let mut expected: Vec<usize> = ends.iter().map(|end| reached(*end)).collect();
                expected[3] = reached(Timestamp::MAX);
                let by_week: Vec<usize> = one.by_week.iter().map(|n| *n as usize).collect();
                assert_eq!(by_week, expected, "seed {seed}, {}", one.covered.entry.area.code);
                assert_eq!(one.by_week.last(), Some(&one.covered.tally.visited()));
            }
        }
        assert!(state.reached_by_week(CampaignId(1), Level::Grid, None, &[]).iter().all(|one| one.by_week.is_empty()));
    }
}

#[test]
fn every_tally_equals_counting() {
    for seed in 42..45 {
        let changes = story(seed, 1_500);
        let (state, counted) = (lived(&changes), fieldwork::Counted::of(&changes));
        let count = |campaign, inside: &dyn Fn(HouseholdId) -> bool| {
            let mut tally = Tally::default();
            for h in state.households().filter(|h| inside(h.id)) {
                tally += Tally::one(counted.eligible(campaign, &h), counted.standing(campaign, h.code));
            }
            tally
        };
        assert!(counted.targets.len() == 2 && state.visits.len() > 100);
        for name in ["u1", "u2", "nobody"] {
            let callers = state.households().filter(|h| state.caller_of(h.id) == Some(name)).count();
            assert_eq!(state.calls_of(name), callers, "{name}");
            assert!(callers > 0 || name == "nobody", "{name} calls on nobody");
        }
        let mut asked = 0;
        for campaign in [None, Some(CampaignId(1)), Some(CampaignId(2))] {
            let areas = state.coverage(campaign, None, None, None);
            assert!(areas.len() >= 9, "{}", areas.len());
            for covered in &areas {
                let inside = |id| state.areas.chain(state.households.area(id)).any(|a| a == covered.id);
                assert_eq!(covered.tally, count(campaign, &inside), "{}", covered.entry.area.code);
                let mut answers = AnswerCounts::default();
                for h in state.households().filter(|h| inside(h.id)) {
                    answers += counted.answer(campaign, h.code);
                }
                assert_eq!(state.answers_in(covered.id, campaign), answers, "{}", covered.entry.area.code);
                asked += answers.asked;
            }
            let (_, whole) = state.pyramid.cell(TileId::WORLD, campaign, Kinds::ALL).unwrap();
            assert_eq!(whole, count(campaign, &|_| true));
            assert_eq!(state.unvisited_count(campaign, None, &Scope::Everywhere), u64::from(whole.unvisited()));
            let listed = state.unvisited(campaign, None, None, &Scope::Everywhere, 10_000);
            assert_eq!(listed.len(), whole.unvisited() as usize);
        }
        assert!(asked > 20, "{asked}");
    }
}

#[test]
fn a_scope_of_own_areas_sees_its_households_and_no_other() {
    let state = lived(&story(3, 1_500));
    let scope = state.scope(&[code("T1"), code("G00")]);
    let own =
        |h: &super::HouseholdView<'_>| state.area_chain(h.area).any(|a| ["T1", "G00"].contains(&a.area.code.as_str()));
    let expected: Vec<&str> = state.households().filter(own).map(|h| h.code).collect();
    let Ok(Mark::Points(points)) = state.household_tile(TileId::WORLD, &scope, &WHOLE) else {
        panic!("few households")
    };
    let seen: Vec<&str> = points.iter().map(|h| h.code).collect();
    assert_eq!(seen, expected);
    assert!(!seen.is_empty() && seen.len() < state.counts().0);
    let listed = state.unvisited(None, None, None, &scope, 10_000);
    assert!(listed.iter().all(|u| own(&u.household)));
    assert_eq!(listed.len() as u64, state.unvisited_count(None, None, &scope));
    let within = state.area("T1");
    let near = LonLat::new(9.2, 47.3).ok();
    let nearest = state.unvisited(None, within, near, &Scope::Everywhere, 10_000);
    assert_eq!(nearest.len() as u64, state.unvisited_count(None, within, &Scope::Everywhere));
    assert!(nearest.is_sorted_by(|a, b| a.distance.unwrap() <= b.distance.unwrap()));
}

#[test]
fn the_same_again_is_the_same_and_what_is_not_there_is_refused() {
    let mut rng = SmallRng::seed_from_u64(9);
    let mut state = State::new();
    let first = household(&mut rng, 1);
    assert_eq!(state.verdict(&first), Ok(Verdict::New));
    state.apply(1, at(1), "a", first.clone()).unwrap();
    assert_eq!(state.verdict(&first), Ok(Verdict::Same));
    assert_eq!(state.verdict(&household(&mut rng, 1)), Ok(Verdict::Changed));
    let Change::VisitMade(known) = visit(&mut rng, 1) else { unreachable!() };
    let known = Visit { household: code(1), campaign: None, ..known };
    state.apply(2, at(2), "a", Change::VisitMade(known.clone())).unwrap();
    assert_eq!(state.verdict(&Change::VisitMade(known.clone())), Ok(Verdict::Same));
    let other = Visit { household: code("nobody"), ..known.clone() };
    assert_eq!(state.verdict(&Change::VisitMade(other)).unwrap_err().field, "household");
    let other = Visit { campaign: Some(CampaignId(7)), ..known.clone() };
    assert_eq!(state.verdict(&Change::VisitMade(other)).unwrap_err().field, "campaign");
    let outcome = if known.outcome == Outcome::Refused { Outcome::Visited } else { Outcome::Refused };
    let reused = Visit { outcome, ..known };
    assert_eq!(state.verdict(&Change::VisitMade(reused)).unwrap_err().field, "id");
    assert!(state.apply(2, at(3), "a", campaign(1)).is_err(), "a number that does not follow");
}

#[test]
fn a_search_lists_the_larger_area_first_and_finds_a_code_by_its_end() {
    let changes = [
        area("438000001000001", Level::Grid, Some("7001"), 9.0, 47.0, 9.1, 47.1),
        area("438000001000002", Level::Grid, Some("7001"), 9.1, 47.0, 9.2, 47.1),
        area("7001", Level::Township, None, 9.0, 47.0, 9.2, 47.1),
    ];
    let call = |change: &Change, name: &str| match change {
        Change::AreaPut(area) => Change::AreaPut(Area { name: name.into(), ..area.clone() }),
        _ => unreachable!("they are all Areas"),
    };
    let names = ["Vaduz 001", "Vaduz 002", "Vaduz"];
    let state = lived(&changes.iter().zip(names).map(|(change, name)| call(change, name)).collect::<Vec<_>>());
    let found = |text: &str| -> Vec<String> {
        let name = |hit| match hit {
            super::Found::Area(id) => state.covered(id, None).entry.area.name.clone(),
            super::Found::Household(view) => view.code.to_owned(),
        };
        state.search(text, None, 10).into_iter().map(name).collect()
    };
    assert_eq!(found("va"), ["Vaduz", "Vaduz 001", "Vaduz 002"]);
    assert_eq!(found("000002"), ["Vaduz 002"]);
    assert!(found("nowhere").is_empty());
}

#[test]
fn an_edition_follows_the_last_and_what_everybody_may_hear_of_is_counted_apart() {
    let mut state = State::new();
    state.apply(1, at(1), "a", campaign(1)).unwrap();
    state.apply(2, at(2), "a", campaign(2)).unwrap();
    let error = state.apply(3, at(3), "a", edition(2)).unwrap_err();
    assert_eq!(error, StateError::Edition { last: 0, found: 2 });
    assert_eq!((state.seq(), state.heard(), state.next_edition()), (2, 2, 1), "nothing has changed");
    assert_eq!(state.verdict(&edition(2)).unwrap_err().field, "edition");
    assert_eq!(state.apply(3, at(3), "a", edition(1)).unwrap().edition, Some(1));
    let mut rng = SmallRng::seed_from_u64(3);
    state.apply(4, at(4), "a", household(&mut rng, 0)).unwrap();
    state.apply(5, at(5), "a", visit(&mut rng, 1)).unwrap();
    assert_eq!((state.seq(), state.heard(), state.next_edition(), state.areas_seq()), (5, 3, 2, 0));
    state.apply(6, at(6), "a", area("C", Level::County, None, 9.0, 47.0, 10.0, 48.0)).unwrap();
    assert_eq!((state.heard(), state.areas_seq()), (4, 6));
}
