//! Lawful stalls of small maps, worked out by hand.

use super::*;

const GREEN: u32 = 1;
const HYDRANT: u32 = 2;
const CROSSING: u32 = 3;
const SCHOOL: u32 = 4;
const BUS_STOP: u32 = 5;
const FOOTWAY: u32 = 6;

/// ```text
///   y                               street 2, no stalls                                street 3, 30 m, y = 200: footway
///                                   ┊  │  │                                            too narrow, rule 6
///  20 ┌────────┐                    ┊  │  │            ┌───────────────┐
///     │ green  │        crossing    ┊  │  │            │ school, 5 m   │
///     │ rule 1 │        rule 3, 2 m ┊  │  │            │ rule 4        │
///   5 │┄┄┄┄┄┄┄┄│┄┄┄┄┄h┄┄┄┄┏━━━┓┄┄┄┄┄┄│  │┄┄┄┄┄┄┄┄┄┄┄┄│┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│┄┄┄┄┄┄  north strip 3.5 to 5
///   4 │        │     ↑    ┃   ┃      │  │            └───────────────┘
///   3 │────────│── hydrant┃───┃──────┘  └───────────────────────────────────  kerb
///   0 │═ street│1 ═ rule 2┃═══┃═════════════════════════════════════════════
///  −3 │────────│─── 3 m ──┃───┃──────┐  ┌───────────────────────────────────  kerb
///  −5 │┄┄┄┄┄┄┄┄│┄┄┄┄┄┄┄┄┄┄┗━━━┛┄┄┄┄┄┄│  │┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄b┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  south strip −5 to −3.5
/// −10 └────────┘                     │  │            bus stop, rule 5, 6 m
///   x 0        10   20    30  34    47  53           70   80  90      100
/// ```
///
/// Blocked, north: green 0–10, hydrant (20, 5) 17–23, crossing 28–36, street 2 47–53, school 65–95.
/// Blocked, south: green 0–10, crossing 28–36, street 2 47–53, bus stop (80, −4.25) 74–86.
fn town() -> Legal {
    let narrow = side().map(|side| Side { refused: vec![Rule(FOOTWAY)], ..side });
    let streets = vec![
        street(1, &[(0.0, 0.0), (100.0, 0.0)], [side(), side()]),
        street(2, &[(50.0, -50.0), (50.0, 50.0)], [None, None]),
        street(3, &[(0.0, 200.0), (30.0, 200.0)], [narrow, None]),
    ];
    let forbidden = vec![
        forbid(GREEN, rectangle(-5.0, -10.0, 10.0, 20.0), 0.0),
        forbid(HYDRANT, Point::new(20.0, 5.0), 3.0),
        forbid(CROSSING, rectangle(30.0, -5.0, 34.0, 5.0), 2.0),
        forbid(SCHOOL, rectangle(70.0, 4.0, 90.0, 20.0), 5.0),
        forbid(BUS_STOP, Point::new(80.0, -4.25), 6.0),
    ];
    built(streets, forbidden)
}

fn order() -> Vec<Rule> {
    [SPACING, GREEN, HYDRANT, CROSSING, SCHOOL, BUS_STOP, FOOTWAY].map(Rule).to_vec()
}

#[test]
fn lawful_places_are_those_worked_out_by_hand() {
    let plan = town().plan(&TERMS, &order()).unwrap();
    // Length, stalls of 2 m each 1 m apart: 7 m hold 2, 5 m 2, 11 m 4, 12 m 4, 5 m 2.
    let north = [(7.0, 2), (5.0, 2), (11.0, 4), (12.0, 4), (5.0, 2)];
    let south = [(18.0, 6), (11.0, 4), (21.0, 7), (14.0, 5)];
    let found = |hand: Hand| -> Vec<(f64, u32)> {
        let of = plan.places.iter().filter(|p| p.street == 1 && p.hand == hand);
        of.map(|p| ((p.length * 1e3).round() / 1e3, p.stalls)).collect()
    };
    assert_eq!(found(Hand::Left), north);
    assert_eq!(found(Hand::Right), south);
    assert!(plan.places.iter().all(|p| p.street == 1 && (p.clear_width - 2.0).abs() < 1e-9));
    // The school costs the north strip 15 stalls alone, green and the bus stop the south strip 5 and 6.
    let limit = |p: &Place| if p.hand == Hand::Left { Rule(SCHOOL) } else { Rule(BUS_STOP) };
    assert!(plan.places.iter().all(|p| p.limited_by == Some(limit(p))));
}

#[test]
fn each_rule_costs_what_was_worked_out_by_hand() {
    let plan = town().plan(&TERMS, &order()).unwrap();
    // Without rules 47 m twice on either side, 23 stalls each, and 30 m with 15; with all 14 north and 22 south.
    assert_eq!((plan.none.stalls, plan.all.stalls), (107, 36));
    assert!((plan.none.length - (4.0 * 47.0 + 30.0)).abs() < 1e-6 && (plan.all.length - (40.0 + 64.0)).abs() < 1e-2);
    let costs: Vec<(u32, i64, i64, i64)> =
        plan.costs.iter().map(|c| (c.rule.0, c.alone.stalls, c.freed.stalls, c.in_order.stalls)).collect();
    let expected = [
        // 47 m hold 16 instead of 23, 30 m 10 instead of 15. Freed: 3, 2, 5, 6, 2 north and 9, 5, 10, 7 south.
        (SPACING, 33, 13, 33),
        // Alone: on either side 37 m hold 18 instead of 47 m with 23. Freed: 17 m for 7 m north, 28 m for 18 m south. In order: 12
        // instead of 16, twice.
        (GREEN, 10, 7, 8),
        // Alone 17 m and 24 m hold 8 and 12. Freed: 18 m in one hold 6 instead of 2 and 2. In order: 7 m and 24 m hold 2 and 8.
        (HYDRANT, 3, 2, 2),
        // Alone 28 m and 11 m hold 14 and 5, both sides. Freed: 24 m for 5 m and 11 m, 37 m for 18 m and 11 m.
        (CROSSING, 8, 4, 4),
        // 12 m and 5 m hold 6 and 2 instead of 23, with spacing 4 and 2 instead of 16.
        (SCHOOL, 15, 10, 10),
        // 21 m and 14 m hold 10 and 7 instead of 23, with spacing 7 and 5 instead of 16.
        (BUS_STOP, 6, 4, 4),
        (FOOTWAY, 15, 10, 10),
    ];
    assert_eq!(costs, expected);
    assert_eq!(expected.iter().map(|c| c.3).sum::<i64>(), 107 - 36);
}

#[test]
fn lawful_areas_are_those_worked_out_by_hand() {
    let plan = town().plan(&TERMS, &order()).unwrap();
    // A circle of radius r is a polygon of 32 tangents. The one at k · 11.25° touches it there and ends at (k ± ½) · 11.25°, at a
    // height of r · sin((k ± ½) · 11.25°) / cos(5.625°); at a height h it is (r − h · sin) / cos from the middle.
    let half_width = |r: f64, up: f64| {
        let tangent = |k: f64| {
            let end = |k: f64| (r * (k * 11.25_f64).to_radians().sin() / 5.625_f64.to_radians().cos()).clamp(0.0, up);
            let (sin, cos) = (k * 11.25_f64).to_radians().sin_cos();
            let below = |h: f64| (r * h - h * h / 2.0 * sin) / cos;
            below(end(k + 0.5)) - below(end(k - 0.5))
        };
        (0..8).map(f64::from).map(tangent).sum::<f64>()
    };
    // The hydrant stands on the strip's outer edge, 1.5 m from its inner one.
    let hydrant = half_width(3.0, 1.5);
    // The school's corner stands 0.5 m above the inner edge, and 5 m beside its wall everything is forbidden: 1 m of it in the strip.
    let school = half_width(5.0, 0.5) + 5.0 * 1.0;
    let expected = [10.0 * 1.5 - hydrant, 8.0 * 1.5 - hydrant, 11.0 * 1.5, 17.0 * 1.5 - school, 10.0 * 1.5 - school];
    let north: Vec<f64> = plan.places.iter().filter(|p| p.hand == Hand::Left).map(|p| p.area).collect();
    assert_eq!(north.len(), 5);
    for (found, expected) in north.iter().zip(expected) {
        assert!((found - expected).abs() < 2e-5, "{north:?} {expected}");
    }
}

#[test]
fn with_one_side_only_the_side_that_holds_more_is_kept() {
    let one_side = Rule(7);
    let plan = town().plan(&Terms { one_side: Some(one_side), ..TERMS }, &order()).unwrap();
    assert_eq!((plan.none.stalls, plan.all.stalls), (107, 22));
    assert!(plan.places.iter().all(|p| p.hand == Hand::Right));
    assert_eq!(plan.other_sides, [(1, Hand::Left)]);
    let cost = plan.costs.last().unwrap();
    // Alone it takes one of two sides with 46 each; at the end of the waterfall the north side's 14.
    assert_eq!((cost.rule, cost.alone.stalls, cost.freed.stalls, cost.in_order.stalls), (one_side, 46, 14, 14));
}

#[test]
fn gaps_and_caps_cost_what_was_worked_out_by_hand() {
    let (gap, cap, in_row) = (Rule(7), Rule(8), Rule(9));
    let costs = |terms: Terms, order: &[Rule]| -> (u64, Vec<(i64, i64, i64)>) {
        let plan = town().plan(&terms, order).unwrap();
        let of = |rule: &Rule| plan.costs.iter().find(|c| c.rule == *rule).unwrap();
        let three = |c: &Cost| (c.alone.stalls, c.freed.stalls, c.in_order.stalls);
        (plan.all.stalls, order.iter().map(|r| three(of(r))).collect())
    };
    // A gap of 3 m after every second stall, no spacing: 9 m hold 2 2 . . . 2 2, so two stalls take 7 m: L m hold 2 · ⌊(L + 3) / 7⌋ and
    // one more where 2 m are left after the gap. North 7, 5, 11, 12, 5 m hold 2, 2, 4, 4, 2 instead of 3, 2, 5, 6, 2; south 18, 11,
    // 21, 14 m 6, 4, 6, 4 instead of 9, 5, 10, 7. Alone 47 m hold 14 instead of 23 four times, 30 m 9 instead of 15.
    let gaps = Terms { spacing: None, gap_every: Some((gap, 2, 3.0)), ..TERMS };
    assert_eq!(costs(gaps, &[gap]), (34, vec![(4 * 9 + 6, 15, 4 * 9 + 6)]));
    // At most 3 on a stretch, 1 m apart: north 2, 2, 3, 3, 2, south 3, 3, 3, 3. Alone, without spacing, 3 on each of five stretches.
    let rows = Terms { most_in_row: Some((in_row, 3)), ..TERMS };
    assert_eq!(costs(rows, &[in_row]), (24, vec![(107 - 15, 12, 107 - 15)]));
    // At most 30 in all: last in the waterfall it takes 6; first it takes 77, and what comes after takes only what falls below.
    let all = Terms { most: Some((cap, 30)), ..TERMS };
    assert_eq!(costs(all, &[order(), vec![cap]].concat()).1.last(), Some(&(77, 6, 6)));
    let (left, first) = costs(all, &[vec![cap], order()].concat());
    assert_eq!((left, first[0]), (30, (77, 6, 77)));
    assert!(first[1..].iter().all(|c| c.2 == 0 && c.1 == 0));
}

/// The place of the drawing, north strip, between the hydrant and the crossing; on the crossing; far from all.
#[test]
fn why_tells_what_was_measured_by_hand() {
    let legal = town();
    let plan = legal.plan(&TERMS, &order()).unwrap();
    let at = |x: f64, y: f64| legal.why(&plan, Coord { x, y });
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    // 5.5 m east of the hydrant at (20, 5), 0.7 m below it.
    let lawful = at(25.5, 4.3);
    assert!(lawful.lawful && lawful.rules.iter().all(|r| r.pass) && lawful.side == Some((1, Hand::Left)));
    let of = |why: &Why, rule: u32| *why.rules.iter().find(|r| r.rule == Rule(rule)).unwrap();
    let hydrant = of(&lawful, HYDRANT);
    assert!(near(hydrant.measured, 5.5_f64.hypot(0.7)) && near(hydrant.required, 3.0));
    let crossing = of(&lawful, CROSSING);
    assert!(near(crossing.measured, 4.5) && near(crossing.required, 2.0));
    let road = lawful.road.unwrap();
    assert!((road.street, road.pass) == (1, true) && near(road.measured, 4.3) && near(road.required, 3.0));
    assert!(near(lawful.nearest.unwrap().1, 0.0) && lawful.clear_width == Some(2.0) && lawful.refused.is_empty());
    // On the crossing: inside it, and 4 m from x = 28, where the place before it ends; 36 is 4 m off on the other side.
    let refused = at(32.0, 4.0);
    let crossing = of(&refused, CROSSING);
    assert!(!refused.lawful && !crossing.pass && near(crossing.measured, 0.0));
    assert!(of(&refused, HYDRANT).pass && of(&refused, GREEN).pass);
    let (place, distance) = refused.nearest.unwrap();
    assert!((distance - 4.0).abs() < 1e-6 && (place.y - 4.0).abs() < 1e-6, "{place:?} {distance}");
    // On the street: the carriageway is what forbids it.
    let street = at(40.0, 1.0);
    assert!(
        !street.lawful && !street.road.unwrap().pass && street.rules.iter().all(|r| r.pass) && street.side.is_none()
    );
    // Beside street 3 the whole side is refused.
    assert_eq!(at(15.0, 204.0).refused, [Rule(FOOTWAY)]);
    // With one side only the north side holds nothing.
    let plan = legal.plan(&Terms { one_side: Some(Rule(7)), ..TERMS }, &order()).unwrap();
    let other = legal.why(&plan, Coord { x: 25.5, y: 4.3 });
    assert!(!other.lawful && other.refused == [Rule(7)]);
    assert!((other.nearest.unwrap().1 - (4.3 + 3.5)).abs() < 1e-6);
}

/// The hydrant is moved from x = 20 to x = 60, then the zone of green is dropped, then street 3 gets a wider footway.
#[test]
fn a_change_gives_what_was_worked_out_by_hand() {
    let mut legal = town();
    let stop = AtomicBool::new(false);
    let watch = Watch { stop: &stop, progress: &|_| {} };
    let things = |rule: u32, things: Vec<Forbidden>| Update { rules: vec![(Rule(rule), things)], ..Update::default() };
    let moved = vec![forbid(HYDRANT, Point::new(60.0, 5.0), 3.0)];
    // Only the north strip is near either place.
    assert_eq!(legal.update(things(HYDRANT, moved), &watch).unwrap(), 1);
    // North: 10–28 m holds 6 instead of 2 and 2; 53–65 m is cut to 53–57 and 63–65: 1 and 1 instead of 4.
    let stalls = |legal: &Legal| legal.plan(&TERMS, &order()).unwrap().all.stalls;
    assert_eq!(stalls(&legal), 36 + 2 - 2);
    assert_eq!(legal.update(things(GREEN, Vec::new()), &watch).unwrap(), 2);
    // 28 m hold 9 instead of 18 m with 6, on either side.
    assert_eq!(stalls(&legal), 36 + 6);
    let wider = Update { refused: vec![(3, [Vec::new(), Vec::new()])], ..Update::default() };
    assert_eq!(legal.update(wider, &watch).unwrap(), 1);
    assert_eq!(stalls(&legal), 36 + 6 + 10);
    // What cannot be changes nothing.
    let before = legal.plan(&TERMS, &order()).unwrap();
    for wrong in [
        things(GREEN, vec![forbid(HYDRANT, Point::new(0.0, 0.0), 3.0)]),
        things(GREEN, vec![forbid(GREEN, Point::new(0.0, 0.0), -3.0)]),
        Update { refused: vec![(4, [Vec::new(), Vec::new()])], ..Update::default() },
        Update { refused: vec![(3, [Vec::new(), vec![Rule(1)]])], ..Update::default() },
    ] {
        legal.update(wrong, &watch).unwrap_err();
        assert_eq!(legal.plan(&TERMS, &order()).unwrap(), before);
    }
}

/// ```text
///          │     │▒        ▒ left strip, towards which the street turns: 50 − 4.25 m twice in its middle
///          │     │▒
///  ▒▒▒▒▒▒▒▒┘     │▒        right strip: 50 m twice, and a fan from 3.5 m to 5 m round the corner
///  ────────┐     │
///  ════════════╗ │
/// ```
#[test]
fn a_street_round_a_corner_has_the_strips_worked_out_by_hand() {
    let corner = street(1, &[(0.0, 0.0), (50.0, 0.0), (50.0, 50.0)], [side(), side()]);
    let plan = built(vec![corner], Vec::new()).plan(&TERMS, &[]).unwrap();
    let [left, right] = &plan.places[..] else { panic!("{:?}", plan.places) };
    assert!((left.area - 2.0 * 45.75 * 1.5).abs() < 1e-6, "{}", left.area);
    // Eight triangles of chords to the outer edge, less eight kites of tangents to the inner one.
    let fan = 8.0 * (12.5 * 11.25_f64.to_radians().sin() - 3.5 * 3.5 * 5.625_f64.to_radians().tan());
    assert!((right.area - 2.0 * 50.0 * 1.5 - fan).abs() < 1e-6, "{}", right.area);
    // On the axis 45 m twice and 50 m twice: 15 and 17 stalls each, none round the corner. The fan is as long as its inner arc.
    assert_eq!((left.stalls, right.stalls), (30, 34));
    assert!((left.length - 90.0).abs() < 1e-6 && (right.length - 100.0).abs() < 1e-6);
}

/// ```text
///        ┆A┆   │  ┆B┆     Street 1 runs east, street 2 north from its middle. A is the left strip of street 2, B its right one.
///        ┆ ┆   │  ┆ ┆     Both begin above street 1's carriageway, and above its left strip, which comes first.
///  ┄┄┄┄┄┄┘ ┆   │  ┆ └┄┄┄
///  ┄┄┄┄┄┄┄┄┘   │  └┄┄┄┄┄  The left strip of street 1 is cut by street 2's carriageway: 47 m on either side.
///  ═════════════════════
///  ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  Its right strip lies where street 2 does not come, but for the end of it: half a circle of 3 m.
/// ```
#[test]
fn streets_that_meet_share_no_place() {
    let streets = vec![
        street(1, &[(0.0, 0.0), (100.0, 0.0)], [side(), side()]),
        street(2, &[(50.0, 0.0), (50.0, 50.0)], [side(), side()]),
    ];
    let plan = built(streets, Vec::new()).plan(&TERMS, &[]).unwrap();
    let found: Vec<(u32, Hand, f64, f64)> = plan
        .places
        .iter()
        .map(|p| (p.street, p.hand, (p.length * 1e3).round() / 1e3, (p.area * 1e3).round() / 1e3))
        .collect();
    let expected = [
        (1, Hand::Left, 47.0, 70.5),
        (1, Hand::Left, 47.0, 70.5),
        (1, Hand::Right, 100.0, 150.0),
        // Between street 1's kerb and its strip.
        (2, Hand::Left, 0.5, 0.75),
        (2, Hand::Left, 45.0, 67.5),
        (2, Hand::Right, 0.5, 0.75),
        (2, Hand::Right, 45.0, 67.5),
    ];
    assert_eq!(found, expected);
}

/// ```text
///            ┌───────────────┐ 80
///            │ market, 3 m   │                Rule 1 of the market holds beside street 1 alone, rule 2 (no stalls within 13 m of the
///            │               │                market) beside streets 2 and 9; there is no street 9.
///  ┄┄┄┄┄┄┄┄┄┄│┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│┄┄┄┄┄┄┄┄ 50   Street 2
///            │               │
///  ┄┄┄┄┄┄┄┄┄┄│┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│┄┄┄┄┄┄┄┄ 0    Street 1
///            └───────────────┘ −20
///  x 0      30              60      100
/// ```
#[test]
fn a_rule_of_some_streets_is_felt_beside_them_alone() {
    let (one, two) = (Rule(1), Rule(2));
    let streets = || {
        let of = |id, y| street(id, &[(0.0, y), (100.0, y)], [side(), None]);
        vec![of(1, 0.0), of(2, 50.0)]
    };
    let market = |rule: Rule, distance: f64, only: &[u32]| {
        let market = rectangle(30.0, -20.0, 60.0, 80.0);
        Forbidden { only: Some(only.into()), ..forbid(rule.0, market, distance) }
    };
    let forbidden = vec![market(one, 3.0, &[1]), market(two, 13.0, &[2, 9])];
    let mut legal = built(streets(), forbidden);
    let found = |legal: &Legal| -> Vec<(u32, f64, u32, Option<Rule>)> {
        let plan = legal.plan(&TERMS, &[]).unwrap();
        plan.places.iter().map(|p| (p.street, (p.length * 1e3).round() / 1e3, p.stalls, p.limited_by)).collect()
    };
    // Free beside street 1: 27 m and 37 m, beside street 2: 17 m and 27 m.
    let expected =
        [(1, 27.0, 9, Some(one)), (1, 37.0, 12, Some(one)), (2, 17.0, 6, Some(two)), (2, 27.0, 9, Some(two))];
    assert_eq!(found(&legal), expected);
    // 100 m hold 33 stalls; alone each rule costs its own street what it costs with the other.
    let plan = legal.plan(&TERMS, &[]).unwrap();
    let costs: Vec<(u32, i64, i64)> = plan.costs.iter().map(|c| (c.rule.0, c.alone.stalls, c.freed.stalls)).collect();
    // Without spacing 50, then 13 and 18 beside street 1, 8 and 13 beside street 2.
    assert_eq!(costs, [(1, 50 - 31, 33 - 21), (2, 50 - 21, 33 - 15), (SPACING, 100 - 66, 31 + 21 - 36)]);
    // Why: 5 m west of the market.
    let why = |legal: &Legal, x: f64, y: f64| -> Vec<(u32, f64, f64, bool)> {
        let why = legal.why(&plan, Coord { x, y });
        why.rules.iter().map(|r| (r.rule.0, r.measured, r.required, r.pass)).collect()
    };
    assert_eq!(why(&legal, 25.0, 4.0), [(1, 5.0, 3.0, true)]);
    assert_eq!(why(&legal, 25.0, 54.0), [(2, 5.0, 13.0, false)]);
    // Outside every strip it is the street of the nearest carriageway.
    assert_eq!(why(&legal, 25.0, -1.0), [(1, 5.0, 3.0, true)]);
    // Rule 2 is to hold beside street 1 as well, which then has what street 2 has.
    let update = Update { rules: vec![(two, vec![market(two, 13.0, &[1, 2])])], ..Update::default() };
    let stop = AtomicBool::new(false);
    legal.update(update, &Watch { stop: &stop, progress: &|_| {} }).unwrap();
    assert_eq!(found(&legal)[..2], [(1, 17.0, 6, Some(two)), (1, 27.0, 9, Some(two))]);
    assert_eq!(found(&legal)[2..], expected[2..]);
}
