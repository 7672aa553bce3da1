//! What holds for every town.

use super::messy::town;
use super::*;
use geo::bool_ops::{FillRule, OpType};
use geo::{BooleanOps, BoundingRect, Contains, Distance, Euclidean, MultiPolygon};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

const NO_GAPS: Terms = Terms { spacing: None, ..TERMS };

fn polygons<'a>(rings: impl Iterator<Item = &'a [Coord<f64>]>) -> MultiPolygon<f64> {
    MultiPolygon(rings.map(|r| Polygon::new(LineString(r.to_vec()), Vec::new())).collect())
}

fn union(all: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    all.boolean_op_with_fill_rule(&MultiPolygon(Vec::new()), OpType::Union, FillRule::NonZero)
}

/// What forbids beside a strip.
fn felt<'a>(legal: &'a Legal, strip: &Strip) -> impl Iterator<Item = &'a Forbidden> {
    let street = legal.streets[strip.street].id;
    legal.layers.iter().flat_map(|l| &l.things).filter(move |thing| feels(thing, street))
}

fn feels(thing: &Forbidden, street: u32) -> bool {
    thing.only.as_ref().is_none_or(|only| only.contains(&street))
}

/// All pieces of a strip's surroundings, whole and without any index: what is nearer to its own line, other streets' carriageways,
/// strips before it, and what rules forbid.
fn forbidden_to(legal: &Legal, strip: usize) -> MultiPolygon<f64> {
    let of = &legal.strips.all[strip];
    let mut pieces = Pieces::default();
    let everything = |_: &Extent| true;
    for (n, line) in legal.lines.iter().enumerate() {
        let (distance, arc) = (if n == of.street { of.band.0 } else { legal.streets[n].kerb }, Arc::Within);
        if distance > 0.0 {
            Outline { pieces: &mut pieces, thing: 0, distance, arc, near: &everything }.line(line);
        }
    }
    for thing in felt(legal, of) {
        layer::outline(&mut pieces, 0, &thing.geometry, thing.distance, &everything);
    }
    let mut rings: Vec<Vec<Coord<f64>>> = (0..)
        .take(pieces.extents().len())
        .flat_map(|p| pieces.rings(p).map(<[_]>::to_vec).collect::<Vec<_>>())
        .collect();
    rings.extend(legal.strips.all[..strip].iter().flat_map(|s| &s.cells).map(|c| c.ring.clone()));
    union(&polygons(rings.iter().map(Vec::as_slice)))
}

#[test]
fn what_is_lawful_and_what_is_taken_are_the_strips() {
    let (mut checked, mut parts) = (0, 0);
    for seed in 0..40 {
        let (streets, forbidden) = town(seed, 12, 25, 150.0);
        let legal = built(streets, forbidden);
        for (n, solved) in legal.solved.iter().enumerate() {
            if !legal.side(n).unwrap().refused.is_empty() {
                assert!(solved.polygons.is_empty());
                continue;
            }
            let whole = union(&polygons(legal.strips.all[n].cells.iter().map(|c| &c.ring[..])));
            let taken = whole.intersection(&forbidden_to(&legal, n)).unsigned_area();
            let lawful: f64 = solved.polygons.iter().map(geo::Area::unsigned_area).sum();
            let whole = whole.unsigned_area();
            // Crumbs are left out, and what only grazes a strip by a millimetre.
            let off = 0.01 * 4.0 + 2e-3 * legal.strips.all[n].length;
            assert!((lawful + taken - whole).abs() < off, "seed {seed}, strip {n}: {lawful} + {taken} is not {whole}");
            checked += 1;
            parts += solved.polygons.len();
        }
    }
    assert!(checked > 500 && parts > 500, "{checked} {parts}");
}

/// How much nearer a place is to the worst thing than it should be, metres; negative where it is far from all.
fn too_near(legal: &Legal, at: Coord<f64>, of: &Strip) -> f64 {
    let point = Point(at);
    let to_line = |line: &[Coord<f64>]| {
        let lines = line.windows(2).map(|e| Euclidean.distance(&point, &geo::Line::new(e[0], e[1])));
        let one = line.first().map(|p| Euclidean.distance(&point, &Point(*p)));
        lines.chain(one).fold(f64::INFINITY, f64::min)
    };
    let streets = legal.lines.iter().enumerate().map(|(n, line)| {
        let kerb = if n == of.street { of.band.0 } else { legal.streets[n].kerb };
        kerb - to_line(line)
    });
    let things = felt(legal, of).filter_map(|thing| {
        let valid = crate::geom::validity::repair(&thing.geometry).unwrap_or_else(|_| thing.geometry.clone());
        let inside = geo::Intersects::intersects(&valid, &point)
            && geo::HasDimensions::dimensions(&valid) == geo::dimensions::Dimensions::TwoDimensional;
        if thing.distance == 0.0 && !inside {
            return None;
        }
        // Deep inside an area the distance is 0: take it from the outline then.
        let depth = if inside { inside_by(&valid, at) } else { -Euclidean.distance(&point, &valid) };
        Some(thing.distance + depth)
    });
    streets.chain(things).fold(f64::NEG_INFINITY, f64::max)
}

/// How far a place in an area is from its outline, metres.
fn inside_by(geometry: &Geometry<f64>, at: Coord<f64>) -> f64 {
    let rings: Vec<LineString<f64>> = match geometry {
        Geometry::Polygon(p) => std::iter::once(p.exterior()).chain(p.interiors()).cloned().collect(),
        Geometry::MultiPolygon(m) => {
            m.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())).cloned().collect()
        }
        Geometry::Rect(r) => vec![r.to_polygon().exterior().clone()],
        Geometry::Triangle(t) => vec![t.to_polygon().exterior().clone()],
        _ => Vec::new(),
    };
    rings.iter().map(|r| Euclidean.distance(&Point(at), r)).fold(f64::INFINITY, f64::min)
}

#[test]
fn no_lawful_place_is_too_near_and_every_unlawful_one_is() {
    let mut rng = StdRng::seed_from_u64(77);
    let (mut lawful, mut refused) = (0, 0);
    for seed in 100..140 {
        let (streets, forbidden) = town(seed, 10, 12, 150.0);
        let legal = built(streets, forbidden);
        for (n, solved) in legal.solved.iter().enumerate().filter(|(n, _)| legal.side(*n).unwrap().refused.is_empty()) {
            let strip = &legal.strips.all[n];
            for _ in 0..60 {
                let cell = &strip.cells[rng.random_range(0..strip.cells.len())];
                let at = Coord {
                    x: rng.random_range(cell.extent.min.x - 1e-9..=cell.extent.max.x),
                    y: rng.random_range(cell.extent.min.y - 1e-9..=cell.extent.max.y),
                };
                let within = polygons(std::iter::once(&cell.ring[..])).contains(&Point(at));
                let before = legal.strips.all[..n]
                    .iter()
                    .flat_map(|s| &s.cells)
                    .any(|c| polygons(std::iter::once(&c.ring[..])).contains(&Point(at)));
                let holds = solved.polygons.iter().any(|p| p.contains(&Point(at)));
                let by = too_near(&legal, at, strip);
                if holds {
                    lawful += 1;
                    // Carriageways are drawn with chords: half a percent of 4 m.
                    assert!(by < 0.025, "seed {seed}, strip {n}, {at:?}: lawful, too near by {by}");
                } else if within && !before {
                    refused += 1;
                    // Tangents stand off by 2.5 cm at most.
                    assert!(by > -0.03, "seed {seed}, strip {n}, {at:?}: refused, {by}");
                }
            }
        }
    }
    assert!(lawful > 1_000 && refused > 1_000, "{lawful} {refused}");
}

#[test]
fn a_rule_is_kept_to_the_millimetre() {
    let mut rng = StdRng::seed_from_u64(78);
    let mut checked = 0;
    for seed in 200..230 {
        let (mut streets, forbidden) = town(seed, 8, 10, 150.0);
        for street in &mut streets {
            street.kerb = 0.0;
        }
        let legal = built(streets, forbidden);
        let polygons = legal.solved.iter().enumerate().flat_map(|(n, s)| s.polygons.iter().map(move |p| (n, p)));
        for (strip, polygon) in polygons {
            let extent = polygon.bounding_rect().unwrap();
            for _ in 0..20 {
                let at = Coord {
                    x: rng.random_range(extent.min().x..=extent.max().x),
                    y: rng.random_range(extent.min().y..=extent.max().y),
                };
                if polygon.contains(&Point(at)) {
                    checked += 1;
                    for thing in felt(&legal, &legal.strips.all[strip]).filter(|t| t.distance > 0.0) {
                        let off = Euclidean.distance(&Point(at), &thing.geometry);
                        assert!(off > thing.distance - 1.1e-3, "seed {seed}: {off} from {thing:?}");
                    }
                }
            }
        }
    }
    assert!(checked > 1_000, "{checked}");
}

#[test]
fn the_order_of_the_input_and_the_threads_change_nothing() {
    let mut rng = StdRng::seed_from_u64(79);
    for seed in 300..310 {
        let (mut streets, mut forbidden) = town(seed, 20, 60, 200.0);
        let legal = built(streets.clone(), forbidden.clone());
        streets.shuffle(&mut rng);
        forbidden.shuffle(&mut rng);
        let threads = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let shuffled = threads.install(|| built(streets, forbidden));
        assert_eq!(legal.solved, shuffled.solved);
        let (a, b) = (legal.plan(&NO_GAPS, &[]).unwrap(), shuffled.plan(&NO_GAPS, &[]).unwrap());
        assert_eq!(a, b);
        assert!(a.all.stalls > 0 && a.all.stalls < a.none.stalls);
    }
}

fn every_kind_of_terms() -> [Terms; 5] {
    let gaps = Terms { gap_every: Some((Rule(98), 3, 4.0)), ..apart(0.7) };
    [
        NO_GAPS,
        gaps,
        Terms { one_side: Some(Rule(97)), ..gaps },
        Terms { most_in_row: Some((Rule(96), 4)), ..gaps },
        Terms { most: Some((Rule(95), 40)), one_side: Some(Rule(97)), ..TERMS },
    ]
}

#[test]
fn costs_in_order_add_up_and_metres_are_only_lost() {
    for seed in 400..420 {
        let (streets, forbidden) = town(seed, 20, 60, 200.0);
        for terms in every_kind_of_terms() {
            let plan = built(streets.clone(), forbidden.clone()).plan(&terms, &[Rule(9), Rule(3)]).unwrap();
            let order: Vec<u32> = plan.costs.iter().map(|c| c.rule.0).collect();
            assert_eq!(order[..6], [9, 3, 1, 2, 4, 5]);
            let lost: i64 = plan.costs.iter().map(|c| c.in_order.stalls).sum();
            assert_eq!(i64::try_from(plan.none.stalls - plan.all.stalls).unwrap(), lost);
            for cost in &plan.costs {
                assert!(cost.freed.length >= -1e-6 && cost.alone.length >= cost.freed.length - 1e-6, "{cost:?}");
                assert!(cost.alone.length >= cost.in_order.length - 1e-6, "{cost:?}");
            }
            let stalls: u64 = plan.places.iter().map(|p| u64::from(p.stalls)).sum();
            let length: f64 = plan.places.iter().map(|p| p.length).sum();
            let most = terms.most.map_or(u64::MAX, |m| m.1);
            assert_eq!(stalls.min(most), plan.all.stalls, "seed {seed}");
            assert!((length - plan.all.length).abs() < 1e-3, "{length} {}", plan.all.length);
            let holds = |p: &Place| f64::from(p.stalls) * terms.stall_width <= p.length + 1e-3;
            assert!(plan.places.iter().all(holds));
        }
    }
}

/// Whatever changes, the result is that of building it anew.
#[test]
fn a_change_gives_what_building_anew_gives() {
    let mut rng = StdRng::seed_from_u64(81);
    let stop = AtomicBool::new(false);
    let watch = Watch { stop: &stop, progress: &|_| {} };
    let (mut changes, mut anew, mut strips) = (0, 0, 0);
    for seed in 600..615 {
        let (mut streets, mut forbidden) = town(seed, 25, 40, 300.0);
        let mut legal = built(streets.clone(), forbidden.clone());
        for _ in 0..6 {
            let rule = Rule(rng.random_range(1..7));
            let mut things: Vec<Forbidden> = forbidden.iter().filter(|t| t.rule == rule).cloned().collect();
            match rng.random_range(0..4) {
                0 => things.clear(),
                1 => things.iter_mut().for_each(|t| t.distance += 1.5),
                2 => drop(things.pop()),
                _ => things.push(Forbidden { rule, ..super::messy::messy_thing(&mut rng, 300.0) }),
            }
            forbidden.retain(|t| t.rule != rule);
            forbidden.extend_from_slice(&things);
            let street = rng.random_range(0..streets.len());
            let refusal = if rng.random() { vec![Rule(9)] } else { Vec::new() };
            streets[street].sides.iter_mut().flatten().for_each(|side| side.refused.clone_from(&refusal));
            let refused =
                streets[street].sides.each_ref().map(|s| s.as_ref().map_or(Vec::new(), |s| s.refused.clone()));
            let update = Update { rules: vec![(rule, things)], refused: vec![(streets[street].id, refused)] };
            anew += legal.update(update, &watch).unwrap();
            strips += legal.solved.len();
            changes += 1;
            let expected = built(streets.clone(), forbidden.clone());
            assert_eq!(legal.solved, expected.solved, "seed {seed}");
            assert_eq!(legal.plan(&TERMS, &[]), expected.plan(&TERMS, &[]), "seed {seed}");
        }
    }
    assert!(changes == 90 && anew < strips, "{anew} of {strips} strips were computed anew");
}

/// To a geometry, or to a corner of it: a line that stands still is measured to as a point.
fn off(point: &Point<f64>, geometry: &Geometry<f64>) -> f64 {
    let corners = geometry.coords_iter().map(|c| Euclidean.distance(point, &Point(c)));
    corners.chain([Euclidean.distance(point, geometry)]).fold(f64::INFINITY, f64::min)
}

/// Against a look at everything.
#[test]
fn why_measures_what_a_look_at_everything_measures() {
    let mut rng = StdRng::seed_from_u64(82);
    let (mut lawful, mut failed) = (0, 0);
    for seed in 700..710 {
        let (streets, forbidden) = town(seed, 15, 30, 200.0);
        let legal = built(streets, forbidden.clone());
        let plan = legal.plan(&TERMS, &[]).unwrap();
        for _ in 0..200 {
            let at = Coord { x: rng.random_range(0.0..200.0), y: rng.random_range(0.0..200.0) };
            let why = legal.why(&plan, at);
            let point = Point(at);
            let street = why.side.map_or(why.road.unwrap().street, |side| side.0);
            for found in &why.rules {
                // The worst of all things: how far it is less how far it should be.
                let things = forbidden.iter().filter(|t| t.rule == found.rule && feels(t, street));
                let worst = things.map(|t| off(&point, &t.geometry) - t.distance).fold(f64::INFINITY, f64::min);
                assert!(
                    (found.measured - found.required - worst).abs() < 1e-9,
                    "seed {seed}, {at:?}: {found:?}, {worst}"
                );
                failed += usize::from(!found.pass);
            }
            let holding = (1..6).map(Rule).filter(|rule| forbidden.iter().any(|t| t.rule == *rule && feels(t, street)));
            assert!(why.rules.iter().map(|r| r.rule).eq(holding));
            let holds: Vec<&Place> = plan.places.iter().filter(|p| p.polygon.contains(&point)).collect();
            assert_eq!(why.lawful, !holds.is_empty());
            lawful += usize::from(why.lawful);
            let with_stalls = plan.places.iter().filter(|p| p.stalls > 0);
            let nearest = with_stalls.map(|p| Euclidean.distance(&point, &p.polygon)).fold(f64::INFINITY, f64::min);
            let (place, distance) = why.nearest.unwrap();
            assert!(
                (distance - nearest).abs() < 1e-9
                    && (Euclidean.distance(&point, &Point(place)) - distance).abs() < 1e-6
            );
        }
    }
    assert!(lawful > 20 && failed > 500, "{lawful} {failed}");
}

#[test]
fn the_whole_ground_of_each_stall_is_lawful() {
    // On a straight street the ground of a stall is a rectangle.
    let mut rng = StdRng::seed_from_u64(80);
    let mut stalls = 0;
    for _ in 0..60 {
        let forbidden: Vec<Forbidden> = (0..25).map(|_| super::messy::messy_thing(&mut rng, 150.0)).collect();
        let legal = built(vec![street(1, &[(0.0, 75.0), (150.0, 75.0)], [side(), None])], forbidden);
        let mut blocked = legal.solved[0].base.met.axis.clone();
        blocked.extend(legal.solved[0].by_rule.iter().flat_map(|(_, met)| &met.axis));
        span::merge(&mut blocked);
        let lawful = MultiPolygon(legal.solved[0].polygons.clone());
        for start in stalls::row(&span::rest((0.0, 150.0), &blocked), &TERMS.row(|_| true)) {
            let ground = rectangle(start, 78.5, start + 2.0, 80.0);
            let inside = ground.intersection(&lawful).unsigned_area();
            assert!((inside - 3.0).abs() < 0.01, "{inside} m² of a stall at {start} are lawful");
            stalls += 1;
        }
    }
    assert!(stalls > 200, "{stalls}");
}

#[test]
fn it_stops_when_asked_to_and_tells_how_far_it_is() {
    let (streets, forbidden) = town(500, 300, 20, 800.0);
    let (stop, told) = (AtomicBool::new(true), std::sync::Mutex::new(Vec::new()));
    let tell = |part: f64| told.lock().unwrap().push(part);
    let stopped = Legal::build(streets.clone(), forbidden.clone(), &Watch { stop: &stop, progress: &tell });
    assert_eq!(stopped.err(), Some(AnalysisError::Stopped));
    assert!(told.lock().unwrap().is_empty());
    // Stopped by somebody who has seen that half is done.
    let half = |part: f64| stop.store(part > 0.5, Ordering::Relaxed);
    stop.store(false, Ordering::Relaxed);
    let stopped = Legal::build(streets.clone(), forbidden.clone(), &Watch { stop: &stop, progress: &half });
    assert_eq!(stopped.err(), Some(AnalysisError::Stopped));
    stop.store(false, Ordering::Relaxed);
    Legal::build(streets, forbidden, &Watch { stop: &stop, progress: &tell }).unwrap();
    let told = told.lock().unwrap();
    assert!(told.contains(&1.0) && told.iter().all(|p| (0.0..=1.0).contains(p)), "{told:?}");
}

#[test]
fn numbers_that_cannot_be_are_refused_by_name() {
    let stop = AtomicBool::new(false);
    let says = |streets: Vec<Street>, forbidden: Vec<Forbidden>| {
        let watch = Watch { stop: &stop, progress: &|_| {} };
        Legal::build(streets, forbidden, &watch).map(|_| ()).unwrap_err().to_string()
    };
    let good = || street(4, &[(0.0, 0.0), (9.0, 0.0)], [side(), None]);
    let table: [(Street, &str); 4] = [
        (Street { kerb: -1.0, ..good() }, "street 4: kerb is -1 m, not between 0 m and 10000 m"),
        (Street { line: line(&[(0.0, f64::NAN)]), ..good() }, "street 4: position is NaN m"),
        (Street { line: line(&[(0.0, 3e7)]), ..good() }, "street 4: position is 30000000 m"),
        (
            Street { sides: [None, side().map(|s| Side { depth: 0.0, ..s })], ..good() },
            "street 4: depth is 0 m, not between 0.01 m",
        ),
    ];
    for (street, expected) in table {
        let found = says(vec![street], Vec::new());
        assert!(found.starts_with(expected), "{found}");
    }
    assert_eq!(says(vec![good(), good()], Vec::new()), "street 4 is there twice");
    let found = says(Vec::new(), vec![forbid(2, Point::new(0.0, 0.0), -3.0)]);
    assert!(found.starts_with("rule 2: distance is -3 m"), "{found}");
    let twice = Forbidden { only: Some([4, 7, 7].into()), ..forbid(2, Point::new(0.0, 0.0), 3.0) };
    let found = says(Vec::new(), vec![twice]);
    assert_eq!(found, "rule 2: only names street 7 after street 7; each is to be greater than the one before");
    let found = says(Vec::new(), vec![forbid(2, Point::new(0.0, f64::INFINITY), 3.0)]);
    assert!(found.starts_with("rule 2: position is inf m"), "{found}");
    let legal = built(vec![good()], Vec::new());
    for (terms, expected) in [
        (Terms { stall_width: 0.0, ..TERMS }, "stall_width is 0 m"),
        (apart(-1.0), "spacing is -1 m"),
        (Terms { gap_every: Some((Rule(5), 3, f64::NAN)), ..TERMS }, "gap_every is NaN m"),
        (
            Terms { gap_every: Some((Rule(5), 0, 3.0)), ..TERMS },
            "rule 5: a gap comes after 1 stall or more, not after 0",
        ),
    ] {
        let found = legal.plan(&terms, &[]).unwrap_err().to_string();
        assert!(found.starts_with(expected), "{found}");
    }
}
