use super::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

fn rate(count: u32, of: u32) -> Rate {
    Rate::new(count, of).unwrap()
}

/// So many of `n` with probability `p`.
fn drawn(rng: &mut StdRng, n: u32, p: f64) -> Rate {
    rate((0..n).map(|_| u32::from(rng.random_bool(p))).sum(), n)
}

/// Appendix A.1.1 as printed, from sums over all counts.
fn literal(n: u32, p: f64, tail: f64) -> f64 {
    let masses = binomial(n, p);
    let r = (0..=n).find(|k| masses.at_most(*k) >= tail).unwrap();
    let before = r.checked_sub(1).map_or(0.0, |k| masses.at_most(k));
    (f64::from(r) - (masses.at_most(r) - tail) / (masses.at_most(r) - before)) / f64::from(n)
}

#[test]
fn limits_are_those_of_the_appendix_below_and_their_mirror_above() {
    for (n, p) in [(5, 0.5), (60, 0.8), (400, 0.07), (2_000, 0.93)] {
        let funnel = Funnel::of(&[], Chance::target(p).unwrap()).unwrap();
        let found = funnel.limits(n).unwrap();
        for (lower, upper, tail) in [(found.lower_95, found.upper_95, 0.025), (found.lower_998, found.upper_998, 0.001)]
        {
            assert!((lower - literal(n, p, tail).max(0.0)).abs() < 1e-9, "{n} {p} {tail}");
            assert!((upper - (1.0 - literal(n, 1.0 - p, tail)).min(1.0)).abs() < 1e-9, "{n} {p} {tail}");
            // As printed, the upper one is less by up to a count.
            let printed = literal(n, p, 1.0 - tail);
            assert!(
                upper - printed < 1.0 / f64::from(n) + 1e-12 && upper >= printed.min(1.0) - 1e-12,
                "{n} {p} {tail}"
            );
        }
    }
}

#[test]
fn limits_approach_the_normal_ones() {
    let (n, p) = (1_000_000_u32, 0.3_f64);
    let found = Funnel::of(&[], Chance::target(p).unwrap()).unwrap().limits(n).unwrap();
    let deviation = (p * (1.0 - p) / f64::from(n)).sqrt();
    for (limit, z) in
        [(found.lower_998, -3.0902), (found.lower_95, -1.95996), (found.upper_95, 1.95996), (found.upper_998, 3.0902)]
    {
        assert!(((limit - p) / deviation - z).abs() < 0.01, "{limit} {z}");
    }
}

#[test]
fn a_unit_is_outside_exactly_when_its_tail_is_small_and_others_counted_instead_change_nothing() {
    for n in [1, 5, 12, 80] {
        for p in [0.1, 0.5, 0.88] {
            let masses = binomial(n, p);
            let units: Vec<Rate> = (0..=n).map(|k| rate(k, n)).collect();
            let others: Vec<Rate> = (0..=n).map(|k| rate(n - k, n)).collect();
            let placed = Funnel::of(&units, Chance::target(p).unwrap()).unwrap().units;
            let mirrored = Funnel::of(&others, Chance::target(1.0 - p).unwrap()).unwrap().units;
            let mut outside = 0.0;
            for (k, (unit, other)) in (0..=n).zip(placed.iter().zip(&mirrored)) {
                let (below, above) = (masses.at_most(k), masses.at_least(k));
                let expected = match () {
                    () if below < 0.001 => Position::Below998,
                    () if above < 0.001 => Position::Above998,
                    () if below < 0.025 => Position::Below95,
                    () if above < 0.025 => Position::Above95,
                    () => Position::Within,
                };
                let (unit, other) = (unit.unwrap(), other.unwrap());
                assert_eq!(unit.by_chance, expected, "{k} of {n}, {p}");
                let turned = match other.by_chance {
                    Position::Below998 => Position::Above998,
                    Position::Above998 => Position::Below998,
                    Position::Below95 => Position::Above95,
                    Position::Above95 => Position::Below95,
                    Position::Within => Position::Within,
                };
                assert_eq!(turned, expected, "{k} of {n}, {p}");
                if matches!(expected, Position::Below998 | Position::Above998) {
                    outside += masses.at_most(k) - k.checked_sub(1).map_or(0.0, |k| masses.at_most(k));
                }
            }
            assert!((placed[0].unwrap().chance_outside_998 - outside).abs() < 1e-12);
        }
    }
}

#[test]
fn chance_alone_puts_as_many_outside_as_is_said_and_no_more_than_two_of_a_thousand() {
    let mut rng = StdRng::seed_from_u64(3);
    let (mut outside, mut outside_95, mut expected, mut units) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..60 {
        let league: Vec<Rate> = (0..200)
            .map(|_| {
                let n = rng.random_range(300..1_500);
                drawn(&mut rng, n, 0.7)
            })
            .collect();
        let funnel = Funnel::of(&league, Chance::pooled(&league).unwrap()).unwrap();
        for unit in funnel.units.iter().flatten() {
            outside += f64::from(u8::from(matches!(unit.by_chance, Position::Below998 | Position::Above998)));
            outside_95 += f64::from(u8::from(unit.by_chance != Position::Within));
            units += 1.0;
        }
        expected += funnel.expected_outside_998();
    }
    // 12,000 units: 0.2 % are 24, with a standard deviation of 5; 95 % limits leave 600, give or take 24.
    assert!(expected / units < 0.002 && expected / units > 0.0014, "{}", expected / units);
    assert!((outside - expected).abs() < 3.0 * expected.sqrt(), "{outside} for {expected}");
    assert!(outside_95 / units > 0.04 && outside_95 / units < 0.055, "{}", outside_95 / units);
}

#[test]
fn what_is_dealt_by_lot_is_outside_as_rarely() {
    let mut rng = StdRng::seed_from_u64(4);
    let sizes = [400, 150, 150, 100, 100, 50, 30, 20];
    let (mut outside, mut expected, mut units) = (0.0, 0.0, 0.0);
    for _ in 0..2_000 {
        let mut counted = [0; 8];
        for i in rand::seq::index::sample(&mut rng, 1_000, 300) {
            let mut before = 0;
            let of = sizes.iter().position(|size| {
                before += size;
                i < before
            });
            counted[of.unwrap()] += 1;
        }
        let league: Vec<Rate> = counted.iter().zip(sizes).map(|(c, n)| rate(*c, u32::try_from(n).unwrap())).collect();
        let funnel = Funnel::of(&league, Chance::dealt(&league).unwrap()).unwrap();
        let beyond = |u: &&Placed| matches!(u.by_chance, Position::Below998 | Position::Above998);
        outside += funnel.units.iter().flatten().filter(beyond).map(|_| 1.0).sum::<f64>();
        expected += funnel.expected_outside_998();
        units += 8.0;
    }
    assert!(expected / units < 0.002, "{expected}");
    assert!((outside - expected).abs() < 3.5 * expected.sqrt(), "{outside} for {expected}");
}

#[test]
fn units_that_differ_widen_the_funnel_but_one_that_stands_out_does_not() {
    let mut rng = StdRng::seed_from_u64(5);
    let mut league: Vec<Rate> = (0..100)
        .map(|_| {
            let p = rng.random_range(0.5..0.9);
            drawn(&mut rng, 400, p)
        })
        .collect();
    let outside = |units: &[Option<Placed>], of: fn(&Placed) -> Position| {
        units.iter().flatten().filter(|u| matches!(of(u), Position::Below998 | Position::Above998)).count()
    };
    league.push(rate(4, 400));
    let funnel = Funnel::of(&league, Chance::pooled(&league).unwrap()).unwrap();
    assert!(funnel.dispersion.tau_squared > 0.005 && funnel.dispersion.phi > 5.0, "{:?}", funnel.dispersion);
    assert!(outside(&funnel.units, |u| u.by_chance) > 40);
    assert_eq!(outside(&funnel.units, |u| u.position), 1);
    assert_eq!(funnel.units[100].unwrap().position, Position::Below998);
    let (wide, exact) = (funnel.limits(400).unwrap(), funnel.limits_by_chance(400).unwrap());
    assert!(wide.lower_998 < exact.lower_998 && wide.upper_95 > exact.upper_95);
    let z = funnel.units[100].unwrap();
    assert!(z.z.unwrap() < z.z_adjusted.unwrap() && z.z_adjusted.unwrap() < -4.0);
}

#[test]
fn the_curve_narrows_and_passes_where_the_limits_are() {
    let league = [rate(30, 50), rate(700, 1_000), rate(5, 8), rate(0, 0)];
    let funnel = Funnel::of(&league, Chance::pooled(&league).unwrap()).unwrap();
    let curve = funnel.curve(1, 2_000, 60);
    assert_eq!((curve[0].0, curve.last().unwrap().0), (1, 2_000));
    assert!(curve.is_sorted_by(|a, b| a.0 < b.0) && curve.len() > 40);
    for (n, limits) in &curve {
        assert_eq!(Some(*limits), funnel.limits(*n));
        let lines = [limits.lower_998, limits.lower_95, funnel.chance.center(), limits.upper_95, limits.upper_998];
        assert!(lines.is_sorted() && lines[0] >= 0.0 && lines[4] <= 1.0, "{n}: {lines:?}");
    }
    assert!(curve.last().unwrap().1.upper_998 - curve.last().unwrap().1.lower_998 < 0.08);
    assert_eq!(funnel.curve(9, 8, 5), []);
    assert_eq!(funnel.units[3], None);
    assert_eq!(funnel.limits(0), None);
}

#[test]
fn odd_input_is_answered_or_refused() {
    assert!(Chance::target(1.2).is_err() && Chance::target(f64::NAN).is_err());
    assert_eq!((Chance::pooled(&[rate(0, 0)]), Chance::dealt(&[])), (None, None));
    let all = [rate(3, 3)];
    let alone = Funnel::of(&all, Chance::dealt(&all).unwrap()).unwrap();
    assert_eq!((alone.units[0].unwrap().z, alone.units[0].unwrap().position), (None, Position::Within));
    assert!(Funnel::of(&[rate(1, 4)], Chance::dealt(&all).unwrap()).is_err());
    let sure = Funnel::of(&[rate(9, 10)], Chance::target(1.0).unwrap()).unwrap();
    assert_eq!(sure.units[0].unwrap().position, Position::Below998);
}
