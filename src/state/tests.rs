//! Properties of the whole state over random runs of changes, against counting one by one.

mod fieldwork;
mod then;

use super::pyramid::Kinds;
use super::{HouseholdId, Loader, Mark, Scope, Sieve, State, StateError, Verdict};
use crate::geom::{LonLat, TileId};
use crate::model::collection::Collection;
use crate::model::filter::{Comparison, Expr, Filter, Op};
use crate::model::ledger::{Lang, LedgerTemplate};
use crate::model::rule::{Season, ZoneClass};
use crate::model::{
    Area, Campaign, CampaignId, Change, Code, Confided, ContextClass, ContextFeature, DrawingEnd, Edition, Household,
    Level, Outcome, Plan, PlanId, PlanPhase, ReadNote, Role, Sealed, Session, SignInLink, Spot, Status, Tally, TokenId,
    Unit, User, UserEnd, UserName, Visit, Within, Zone,
};
use geo::{MultiPolygon, Rect};
use jiff::{Timestamp, civil::date};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Everything, and all the time for it.
const WHOLE: Sieve<'_> = Sieve { campaign: None, filter: None, in_cells: false, going: &|| true };

fn code(text: impl std::fmt::Display) -> Code {
    Code::new(&text.to_string()).unwrap()
}

fn area(name: &str, level: Level, parent: Option<&str>, west: f64, south: f64, east: f64, north: f64) -> Change {
    let rect = Rect::new((west, south), (east, north));
    Change::AreaPut(Area {
        code: code(name),
        name: name.to_owned(),
        level,
        parent: parent.map(code),
        valid_from: None,
        valid_to: None,
        geometry: MultiPolygon(vec![rect.to_polygon()]),
    })
}

fn household(rng: &mut SmallRng, n: u32) -> Change {
    let at = LonLat::new(rng.random_range(9.0..10.2), rng.random_range(47.0..48.2)).unwrap();
    let status = if rng.random_bool(0.85) { Status::Occupied } else { Status::ALL[rng.random_range(1..5)] };
    let address = rng.random_bool(0.5).then(|| format!("Road {}", rng.random_range(0..9)));
    let persons = rng.random_bool(0.5).then_some(3);
    let needs = rng.random_bool(0.3).then(|| Sealed::new([1; 4], [rng.random(); 24], &[rng.random(); 48]).unwrap());
    let confided = Confided { contact: None, needs };
    Change::HouseholdPut(Household { code: code(n), at, address, status, persons, confided })
}

fn campaign(id: u32) -> Change {
    let (from, to) = (date(2026, 10, 1), date(2026, 12, 31));
    Change::CampaignPut(Campaign {
        id: CampaignId(id),
        name: format!("Stage {id}"),
        theme: String::new(),
        from,
        to,
        revisit_days: None,
        need_days: None,
        closed: false,
    })
}

fn visit(rng: &mut SmallRng, households: u32) -> Change {
    let at = Timestamp::from_second(1_760_000_000 + rng.random_range(0..3_000_000)).unwrap();
    let campaign = rng.random_bool(0.7).then(|| CampaignId(rng.random_range(1..=2)));
    let outcome = Outcome::ALL[rng.random_range(0..Outcome::COUNT)];
    let household = code(rng.random_range(0..households));
    Change::VisitMade(Visit::plain(Uuid::from_u128(rng.random()), household, campaign, at, outcome))
}

/// People come, are linked, sign in and out, change and go.
fn somebody(rng: &mut SmallRng) -> Change {
    let who = UserName::new(&format!("u{}", rng.random_range(0..4))).unwrap();
    let (id, used) = (TokenId(format!("{}", rng.random::<u32>())), TokenId(format!("l{}", rng.random_range(0..6))));
    let (sha256, expires) = (format!("hash of {}", id.0), at(rng.random_range(0..1_200)));
    match rng.random_range(0..6) {
        0 | 1 => {
            let password = rng.random_bool(0.3).then(|| id.0.clone());
            Change::UserPut(User { name: who, role: Role::Analyst, areas: Vec::new(), password })
        }
        2 => Change::UserDisabled(UserEnd { name: who }),
        3 => Change::LinkMade(SignInLink { sha256: format!("hash of {}", used.0), id: used, user: who, expires }),
        4 => {
            let link = rng.random_bool(0.5).then_some(used);
            Change::SessionBegun(Session { id, sha256, user: who, expires, link, from: None })
        }
        _ => Change::ReadNoted(ReadNote { what: "household".into(), code: None, count: 1, from: None }),
    }
}

/// An office lays its ledger out, for an Area that is there or not yet.
fn ledger(rng: &mut SmallRng) -> Change {
    let area = code(["C", "T1", "T2"][rng.random_range(0..3)]);
    let mut template = LedgerTemplate::built_in(area, Lang::ALL[rng.random_range(0..2)]);
    template.name = format!("n{}", rng.random_range(0..3));
    Change::LedgerPut(Box::new(template))
}

/// Planners found plans, draw, move and take away, for plans that are there and for others.
fn drawing(rng: &mut SmallRng) -> Change {
    let (plan, n) = (PlanId(rng.random_range(1..5)), rng.random_range(0..12));
    let (name, reason) = (format!("n{}", rng.random_range(0..3)), String::new());
    let (west, south) = (rng.random_range(9.0..10.0), rng.random_range(47.0..48.0));
    let season = rng.random_bool(0.3).then(|| Season::new(&["05-15..08-31"]).unwrap());
    match rng.random_range(0..10) {
        0 => {
            let phase = if rng.random_bool(0.9) { PlanPhase::Draft } else { PlanPhase::ALL[rng.random_range(1..4)] };
            let (rules, within) = (String::new(), Within::Area(code("T1")));
            let (zones_only, widths) = (false, BTreeMap::new());
            Change::PlanPut(Box::new(Plan { id: plan, name, rules, within, zones_only, widths, phase, reason }))
        }
        1..=3 => {
            let class = ZoneClass::ALL[rng.random_range(0..3)];
            let geometry = MultiPolygon(vec![Rect::new((west, south), (west + 0.1, south + 0.1)).to_polygon()]);
            let code = code(format!("Z{n}"));
            Change::ZonePut(Box::new(Zone { code, plan, class, name, hours: None, season, reason, geometry }))
        }
        4..=6 => {
            let (code, geometry) = (code(format!("S{n}")), geo::Point::new(west, south).into());
            Change::SpotPut(Box::new(Spot { code, plan, name, stalls: 4, hours: None, season, reason, geometry }))
        }
        7 | 8 => Change::ZoneEnded(DrawingEnd { code: code(format!("Z{n}")), reason }),
        _ => Change::SpotEnded(DrawingEnd { code: code(format!("S{n}")), reason }),
    }
}

/// One that says little: the map keeps editions as they are.
fn edition(number: u32) -> Change {
    Change::EditionPublished(Box::new(Edition {
        number,
        campaign: CampaignId(1 + number % 2),
        at: at(number.into()),
        of: 1,
        begun: date(2026, 10, 1),
        level: Level::Grid,
        units: Some(vec![Unit { code: code("C"), parent: None, atom: Some(0) }]),
        atoms: 1,
        joined: Vec::new(),
        opened: vec![(0, 10 * u64::from(number), 0)],
        moved: Vec::new(),
    }))
}

/// Townships side by side, grids in them, founded, redrawn, moved and ended among households and visits.
fn story(seed: u64, length: usize) -> Vec<Change> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let grid = |rng: &mut SmallRng| {
        let (column, row) = (rng.random_range(0..4), rng.random_range(0..2));
        let (west, south) = (9.0 + f64::from(column) * 0.25, 47.0 + f64::from(row) * 0.5);
        let parent = if rng.random_bool(0.9) { if column < 2 { "T1" } else { "T2" } } else { "T3" };
        let wide = if rng.random_bool(0.8) { 0.25 } else { 0.4 };
        area(&format!("G{column}{row}"), Level::Grid, Some(parent), west, south, west + wide, south + 0.5)
    };
    let mut changes = vec![campaign(1), campaign(2)];
    let (mut households, mut made) = (0, Vec::new());
    for step in 1..=length {
        if step.is_multiple_of(100) {
            changes.push(edition(u32::try_from(step / 100).unwrap()));
        }
        let change = match rng.random_range(0..112) {
            0..=3 => grid(&mut rng),
            4 => area("T1", Level::Township, Some("C"), 9.0, 47.0, 9.5, 48.0),
            5 => area("T2", Level::Township, Some("C"), 9.5, 47.0, if rng.random_bool(0.5) { 10.0 } else { 9.9 }, 48.0),
            6 => area("C", Level::County, None, 9.0, 47.0, 10.0, 48.0),
            7 => {
                let feature = ContextFeature {
                    code: code(rng.random_range(0..20)),
                    class: ContextClass::Building,
                    kind: "yes".into(),
                    name: None,
                    tags: serde_json::Map::new(),
                    geometry: geo::Point::new(rng.random_range(9.0..10.0), 47.5).into(),
                };
                Change::ContextPut(Box::new(feature))
            }
            8..=49 => {
                let n = if rng.random_bool(0.8) { households } else { rng.random_range(0..=households) };
                households = households.max(n + 1);
                household(&mut rng, n)
            }
            50 => ledger(&mut rng),
            90..=94 => drawing(&mut rng),
            95..=99 => somebody(&mut rng),
            100.. if households > 0 => fieldwork::change(&mut rng, households, &made),
            _ if households > 0 => visit(&mut rng, households),
            _ => continue,
        };
        made.extend(if let Change::VisitMade(visit) = &change { Some(visit.clone()) } else { None });
        changes.push(change);
    }
    changes
}

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
        assert!(state.counts().0 > 100 && state.counts().1 > 100 && state.people().users().count() > 0);
        assert!(state.ledger_templates().count() > 0, "seed {seed}");
        assert!(state.editions().len() > 3 && state.heard() > 20 && state.areas_seq() > 0, "seed {seed}");
    }
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
        for campaign in [None, Some(CampaignId(1)), Some(CampaignId(2))] {
            let areas = state.coverage(campaign, None, None, None);
            assert!(areas.len() >= 9, "{}", areas.len());
            for covered in &areas {
                let inside = |id| state.areas.chain(state.households.area(id)).any(|a| a == covered.id);
                assert_eq!(covered.tally, count(campaign, &inside), "{}", covered.entry.area.code);
            }
            let (_, whole) = state.pyramid.cell(TileId::WORLD, campaign, Kinds::ALL).unwrap();
            assert_eq!(whole, count(campaign, &|_| true));
            assert_eq!(state.unvisited_count(campaign, None, &Scope::Everywhere), u64::from(whole.unvisited()));
            let listed = state.unvisited(campaign, None, None, &Scope::Everywhere, 10_000);
            assert_eq!(listed.len(), whole.unvisited() as usize);
        }
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
