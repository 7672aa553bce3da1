use super::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const ALL_ENDS: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

/// The length of the best way, over all subsets of stops that may have been called on (Held and Karp 1962,
/// <https://doi.org/10.1137/0110015>); a later stop only when all first ones have been.
fn held_karp(stops: &[Stop], ends: Ends) -> f64 {
    let n = stops.len();
    let urgent: usize = (0..n).filter(|i| stops[*i].first).map(|i| 1 << i).sum();
    let from = |start: Option<Coord<f64>>, begin: Option<usize>| {
        let mut best = vec![vec![f64::INFINITY; n]; 1 << n];
        for i in (0..n).filter(|i| begin.is_none_or(|b| b == *i)) {
            if stops[i].first || urgent == 0 {
                best[1 << i][i] = start.map_or(0.0, |s| distance(s, stops[i].at));
            }
        }
        for set in 1..1_usize << n {
            for last in (0..n).filter(|i| set >> i & 1 == 1) {
                for next in (0..n).filter(|i| set >> i & 1 == 0 && (stops[*i].first || urgent & !set == 0)) {
                    let metres = best[set][last] + distance(stops[last].at, stops[next].at);
                    let known = &mut best[set | 1 << next][next];
                    *known = known.min(metres);
                }
            }
        }
        let home = start.or(begin.map(|b| stops[b].at)).filter(|_| ends.back);
        let end = |last: usize| best[(1 << n) - 1][last] + home.map_or(0.0, |h| distance(stops[last].at, h));
        (0..n).map(end).fold(f64::INFINITY, f64::min)
    };
    match (ends.start, ends.back) {
        (None, true) => (0..n).map(|b| from(None, Some(b))).fold(f64::INFINITY, f64::min),
        (start, _) => from(start, None),
    }
}

/// Each stop is there once, first ones first, and the legs and the length are those of the order.
fn check_way(stops: &[Stop], ends: Ends, way: &Tour) {
    let mut sorted = way.order.clone();
    sorted.sort_unstable();
    assert!(sorted.iter().copied().eq(0..u32::try_from(stops.len()).unwrap()), "{way:?}");
    assert!(way.order.is_sorted_by_key(|n| !stops[*n as usize].first), "{way:?}");
    let mut path: Vec<Coord<f64>> = ends.start.into_iter().collect();
    path.extend(way.order.iter().map(|n| stops[*n as usize].at));
    path.extend(path.first().copied().filter(|_| ends.back));
    let length: f64 = path.windows(2).map(|p| distance(p[0], p[1])).sum();
    assert!((way.length - length).abs() < 1e-6, "{} {length}", way.length);
    let last = if ends.back && !stops.is_empty() { distance(path[path.len() - 2], path[path.len() - 1]) } else { 0.0 };
    assert!((way.legs.iter().sum::<f64>() + last - length).abs() < 1e-6);
}

#[test]
fn up_to_nine_stops_the_way_is_the_shortest() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut mixed = 0;
    for round in 0..1_200 {
        let n = rng.random_range(1..=9);
        let urgent = rng.random_range(0.0..1.0);
        // On a coarse lattice many are at one place or in one line.
        let side = if round % 2 == 0 { 4.0 } else { 5_000.0 };
        let mut place = || Coord { x: rng.random_range(0.0..side), y: rng.random_range(0.0..side) };
        let mut places: Vec<Coord<f64>> = (0..=n).map(|_| place()).collect();
        if round % 2 == 0 {
            for p in &mut places {
                *p = Coord { x: p.x.floor(), y: p.y.floor() };
            }
        }
        let start = places.pop();
        let stops: Vec<Stop> = places.into_iter().map(|at| Stop { at, first: rng.random_bool(urgent) }).collect();
        mixed += u32::from(stops.iter().any(|s| s.first) && stops.iter().any(|s| !s.first));
        for (with_start, back) in ALL_ENDS {
            let ends = Ends { start: start.filter(|_| with_start), back };
            let way = tour(&stops, ends, 500).unwrap();
            check_way(&stops, ends, &way);
            let best = held_karp(&stops, ends);
            assert!((way.length - best).abs() < 1e-6, "{} for {best}: {ends:?} {stops:?}", way.length);
        }
    }
    assert!(mixed > 500, "{mixed}");
}

/// Villages of different size, apart; or doors along both sides of a lattice of streets, several calls at many a door.
fn layout(seed: u64, n: usize, streets: bool) -> Vec<Stop> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut place = || Coord { x: rng.random_range(0.0..4_000.0), y: rng.random_range(0.0..4_000.0) };
    let villages: Vec<Coord<f64>> = (0..9).map(|_| place()).collect();
    let mut at = |_| {
        if streets {
            let along = (rng.random_range(0.0..1_500.0_f64) / 12.0).floor() * 12.0;
            let across = f64::from(rng.random_range(0..8_u8)) * 200.0 + if rng.random() { 9.0 } else { -9.0 };
            return if rng.random() { Coord { x: along, y: across } } else { Coord { x: across, y: along } };
        }
        let (radius, angle) = (250.0 * rng.random::<f64>().powi(2), rng.random_range(0.0..std::f64::consts::TAU));
        let size = rng.random_range(1..9);
        let village = villages[rng.random_range(0..size)];
        Coord { x: village.x + radius * angle.cos(), y: village.y + radius * angle.sin() }
    };
    let places: Vec<Coord<f64>> = (0..n).map(&mut at).collect();
    places.into_iter().zip(0..).map(|(at, n)| Stop { at, first: n % 10 == 0 }).collect()
}

#[test]
fn three_hundred_stops_are_within_five_percent_of_a_long_search() {
    for (seed, streets) in [(1, true), (2, false)] {
        let mut stops = layout(seed, 300, streets);
        for (with_start, back) in ALL_ENDS {
            let ends = Ends { start: Some(Coord { x: 100.0, y: -50.0 }).filter(|_| with_start), back };
            let way = tour(&stops, ends, STEPS).unwrap();
            check_way(&stops, ends, &way);
            // Another beginning each time: the stops in another order, and the plane turned.
            let mut best = f64::INFINITY;
            for turn in 0..2 {
                stops.rotate_left(71);
                let turned =
                    |at: Coord<f64>| if turn % 2 == 0 { at } else { Coord { x: at.y - at.x, y: -at.x - at.y } };
                let places: Vec<Stop> = stops.iter().map(|s| Stop { at: turned(s.at), ..*s }).collect();
                let ends = Ends { start: ends.start.map(turned), ..ends };
                let scale = if turn % 2 == 0 { 1.0 } else { std::f64::consts::SQRT_2 };
                best = best.min(tour(&places, ends, 20 * STEPS).unwrap().length / scale);
            }
            let over = way.length / best - 1.0;
            assert!(over < 0.05, "{over} over {best} m: seed {seed}, {ends:?}");
        }
    }
}

#[test]
fn ways_whose_shortest_is_known_are_within_five_percent() {
    let lattice =
        |(w, h): (u32, u32)| (0..w * h).map(move |n| Coord { x: f64::from(n % w) * 20.0, y: f64::from(n / w) * 20.0 });
    let circle = (0..300).map(|n| {
        let (y, x) = (f64::from(n * 77 % 300) / 300.0 * std::f64::consts::TAU).sin_cos();
        Coord { x: 500.0 * x, y: 500.0 * y }
    });
    let chord = 1_000.0 * (std::f64::consts::PI / 300.0).sin();
    for (places, back, best) in [
        (lattice((20, 15)).collect::<Vec<_>>(), true, 6_000.0),
        (lattice((20, 15)).collect(), false, 5_980.0),
        (lattice((300, 1)).collect(), true, 11_960.0),
        (lattice((300, 1)).collect(), false, 5_980.0),
        (circle.clone().collect(), true, 300.0 * chord),
        (circle.collect(), false, 299.0 * chord),
    ] {
        let stops: Vec<Stop> = places.into_iter().map(|at| Stop { at, first: false }).collect();
        let way = tour(&stops, Ends { start: None, back }, STEPS).unwrap();
        assert!(way.length > best - 1e-6 && way.length < 1.05 * best, "{} for {best}", way.length);
    }
}

#[test]
fn few_stops_and_many_at_one_door_are_no_exception() {
    let at = |x: f64, first| Stop { at: Coord { x, y: 0.0 }, first };
    let check = |stops: &[Stop], start: Option<f64>, back, order: &[u32], length: f64| {
        let ends = Ends { start: start.map(|x| Coord { x, y: 0.0 }), back };
        let way = tour(stops, ends, STEPS).unwrap();
        check_way(stops, ends, &way);
        assert_eq!((way.order.as_slice(), way.length), (order, length), "{stops:?}");
    };
    for back in [false, true] {
        check(&[], None, back, &[], 0.0);
        check(&[], Some(7.0), back, &[], 0.0);
        check(&[at(5.0, true)], None, back, &[0], 0.0);
        check(&[at(5.0, true); 4], None, back, &[0, 1, 2, 3], 0.0);
    }
    check(&[at(5.0, false)], Some(2.0), false, &[0], 3.0);
    check(&[at(5.0, false)], Some(2.0), true, &[0], 6.0);
    check(&[at(9.0, false), at(5.0, false)], Some(2.0), false, &[1, 0], 7.0);
    check(&[at(9.0, true), at(5.0, false)], Some(2.0), false, &[0, 1], 11.0);
    check(
        &[at(9.0, true), at(5.0, false), at(9.0, false), at(-0.0, true), at(0.0, true)],
        None,
        false,
        &[3, 4, 0, 2, 1],
        13.0,
    );
}

#[test]
fn a_position_out_of_range_is_refused_by_name() {
    let refused = |x: f64, start: f64| {
        let stops = [Stop { at: Coord { x: 0.0, y: 0.0 }, first: true }, Stop { at: Coord { x, y: 0.0 }, first: true }];
        tour(&stops, Ends { start: Some(Coord { x: 0.0, y: start }), back: false }, 0).map_err(|e| e.to_string())
    };
    let range = "m, not between -20000000 m and 20000000 m";
    assert_eq!(refused(f64::NAN, 0.0), Err(format!("stop 1: x is NaN {range}")));
    assert_eq!(refused(-2.5e7, 0.0), Err(format!("stop 1: x is -25000000 {range}")));
    assert_eq!(refused(1.0, f64::INFINITY), Err(format!("the start: y is inf {range}")));
}

#[test]
fn more_steps_are_never_longer_and_the_same_stops_give_the_same_way() {
    let stops = layout(8, 2_000, false);
    let ends = Ends { start: None, back: true };
    let lengths: Vec<f64> = [0, 300, 3_000].map(|steps| tour(&stops, ends, steps).unwrap().length).to_vec();
    assert!(lengths.is_sorted_by(|a, b| a > b), "{lengths:?}");
    assert_eq!(tour(&stops, ends, 300), tour(&stops, ends, 300));
}
