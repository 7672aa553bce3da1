use super::*;
use geo::{Area, MultiPolygon, Validation, polygon};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::Value;

struct Case {
    id: String,
    geometry: Geometry<f64>,
    valid: bool,
    reason: String,
    area: Option<f64>,
    made_type: Option<String>,
    made_area: Option<f64>,
}

/// The fixture's features that have a geometry; verdicts and repairs in it are GEOS 3.14's.
fn cases() -> Vec<Case> {
    let text = include_str!("../../../data/fixtures/edge_cases.geojson");
    let document: Value = serde_json::from_str(text).unwrap();
    let features = document["features"].as_array().unwrap();
    assert_eq!(features.len(), 49);
    let with_geometry = features.iter().filter(|f| !f["geometry"].is_null());
    with_geometry
        .map(|feature| {
            let said = &feature["properties"];
            let written: geojson::Geometry = serde_json::from_value(feature["geometry"].clone()).unwrap();
            Case {
                id: said["id"].as_str().unwrap().to_owned(),
                geometry: Geometry::try_from(written).unwrap(),
                valid: said["ogc_valid"].as_bool().unwrap(),
                reason: said["reason"].as_str().unwrap().to_lowercase(),
                area: said["planar_area_deg2"].as_f64(),
                made_type: said["make_valid_type"].as_str().map(str::to_owned),
                made_area: said["make_valid_planar_area_deg2"].as_f64(),
            }
        })
        .collect()
}

#[test]
fn every_edge_case_has_the_verdict_and_the_reason_of_geos() {
    for case in cases() {
        match check(&case.geometry) {
            Ok(()) => assert!(case.valid, "{} was let through, GEOS: {}", case.id, case.reason),
            Err(invalid) => {
                assert!(!case.valid, "{} was refused: {invalid}", case.id);
                assert_eq!(invalid.fault.to_string(), case.reason, "{}", case.id);
            }
        }
    }
}

#[test]
fn every_edge_case_is_repaired_to_the_kind_and_area_of_geos() {
    let mut repaired_areas = 0;
    for case in cases() {
        let made = repair(&case.geometry);
        match case.made_type.as_deref() {
            None => {
                let made = made.unwrap_or_else(|e| panic!("{}: {e}", case.id));
                assert_eq!(made, case.geometry, "{} is valid and stays", case.id);
                if let Some(area) = case.area {
                    assert!((made.unsigned_area() - area).abs() <= 1e-9 * area, "{}", case.id);
                }
            }
            Some("MultiLineString") => assert_eq!(made.unwrap_err().fault, Fault::Collapsed, "{}", case.id),
            Some("Point") => assert!(matches!(made, Ok(Geometry::Point(_))), "{}", case.id),
            Some(kind) => {
                let made = made.unwrap_or_else(|e| panic!("{}: {e}", case.id));
                match kind {
                    "Polygon" => assert!(matches!(made, Geometry::Polygon(_)), "{}", case.id),
                    "MultiPolygon" => assert!(matches!(made, Geometry::MultiPolygon(_)), "{}", case.id),
                    // Its lines are left out: an area is asked for.
                    "GeometryCollection" => {
                        assert!(matches!(made, Geometry::Polygon(_) | Geometry::MultiPolygon(_)), "{}", case.id);
                    }
                    other => panic!("{}: {other}", case.id),
                }
                let (area, expected) = (made.unsigned_area(), case.made_area.unwrap());
                assert!((area - expected).abs() <= 1e-9 * expected, "{}: {area} for {expected}", case.id);
                repaired_areas += 1;
            }
        }
    }
    assert_eq!(repaired_areas, 11);
}

fn random_ring(dice: &mut SmallRng, lattice: i32, positions: usize) -> LineString<f64> {
    let mut place =
        || Coord { x: f64::from(dice.random_range(0..lattice)), y: f64::from(dice.random_range(0..lattice)) };
    let mut ring = LineString((0..positions).map(|_| place()).collect());
    ring.close();
    ring
}

#[test]
fn where_geo_refuses_rings_at_random_they_are_refused_here() {
    let mut rng = SmallRng::seed_from_u64(11);
    let (mut both, mut ours) = (0, 0);
    for _ in 0..3_000 {
        let positions = rng.random_range(3..7);
        let mut polygon = Polygon::new(random_ring(&mut rng, 6, positions), Vec::new());
        if rng.random_range(0..3) == 0 {
            polygon.interiors_push(random_ring(&mut rng, 6, 3));
        }
        let verdict = check(&polygon.clone().into());
        if polygon.is_valid() {
            // What geo does not see: rings folded onto a line, an interior that is cut.
            ours += usize::from(verdict.is_err());
            let known = verdict.is_err_and(|e| !matches!(e.fault, Fault::SelfIntersection | Fault::Disconnected));
            assert!(!known, "{polygon:?}: {verdict:?}");
        } else {
            assert!(verdict.is_err(), "{polygon:?}");
            both += 1;
        }
    }
    assert!(both > 1_000 && ours > 10, "{both} {ours}");
}

#[test]
fn whatever_is_repaired_is_valid_and_repairing_again_changes_nothing() {
    let mut rng = SmallRng::seed_from_u64(5);
    let mut repaired = 0;
    for round in 0..2_000 {
        let rings = rng.random_range(1..4);
        // On a coarse lattice lines overlap and touch, on a fine one they cross in places that have to be rounded.
        let lattice = if round % 2 == 0 { 7 } else { 1_000_003 };
        let parts = (0..rings).map(|_| {
            let positions = rng.random_range(3..9);
            Polygon::new(random_ring(&mut rng, lattice, positions), Vec::new())
        });
        let geometry = Geometry::MultiPolygon(MultiPolygon(parts.collect()));
        match repair(&geometry) {
            Ok(made) => {
                assert_eq!(check(&made), Ok(()), "{geometry:?}");
                assert_eq!(repair(&made).as_ref(), Ok(&made));
                repaired += 1;
            }
            Err(invalid) => assert_eq!(invalid.fault, Fault::Collapsed, "{geometry:?}"),
        }
    }
    assert!(repaired > 1_800, "{repaired}");
}

#[test]
fn rings_that_only_cross_are_repaired_to_their_even_odd_area() {
    use geo::{BooleanOps, bool_ops::FillRule};
    let mut rng = SmallRng::seed_from_u64(3);
    for _ in 0..300 {
        let polygon = Polygon::new(random_ring(&mut rng, 1_000_003, 8), Vec::new());
        let nothing = MultiPolygon::<f64>(Vec::new());
        let expected = polygon.union_with_fill_rule(&nothing, FillRule::EvenOdd).unsigned_area();
        let made = repair(&polygon.into()).unwrap().unsigned_area();
        // The other side rounds to a lattice of 2^-30 of the extent.
        assert!((made - expected).abs() <= 1e-6 * expected.max(1.0), "{made} for {expected}");
    }
}

#[test]
fn a_large_ring_is_checked_and_a_fault_is_found_in_its_place() {
    let around = |i: u32| {
        let angle = f64::from(i) / 50_000.0 * std::f64::consts::TAU;
        let radius = 1.0 + 0.01 * (f64::from(i) * 0.7).sin();
        Coord { x: 10.0 + radius * angle.cos(), y: 40.0 + radius * angle.sin() }
    };
    let mut ring: Vec<Coord<f64>> = (0..50_000).map(around).collect();
    let polygon = |ring: &[Coord<f64>]| Geometry::Polygon(Polygon::new(LineString(ring.to_vec()), Vec::new()));
    let sound = check(&polygon(&ring));
    assert!(sound.is_ok(), "{sound:?}");
    ring.swap(7_000, 7_010);
    let invalid = check(&polygon(&ring)).unwrap_err();
    assert_eq!(invalid.fault, Fault::SelfIntersection);
    let (at, near) = (invalid.at.unwrap().coord(), ring[7_005]);
    assert!((at.x - near.x).hypot(at.y - near.y) < 0.02, "{at:?} {near:?}");
}

#[test]
fn what_is_no_number_is_refused_and_cannot_be_repaired() {
    for geometry in [
        Geometry::Point(Point::new(f64::NAN, 0.0)),
        Geometry::Polygon(polygon![(x: 0.0, y: 0.0), (x: f64::INFINITY, y: 0.0), (x: 1.0, y: 1.0)]),
    ] {
        assert_eq!(check(&geometry).unwrap_err().fault, Fault::NotFinite);
        assert_eq!(repair(&geometry).unwrap_err().fault, Fault::NotFinite);
    }
}

#[test]
fn parts_without_positions_are_dropped_and_nothing_else_is() {
    let square = polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)];
    let hole = LineString::from(vec![(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0)]);
    let empty = LineString::<f64>(Vec::new());
    let nothing = Polygon::new(empty.clone(), Vec::new());
    let check = |mut geometry: Geometry<f64>, expected: Geometry<f64>| {
        drop_empty(&mut geometry);
        assert_eq!(geometry, expected);
    };
    let of = |parts: Vec<Polygon<f64>>| Geometry::from(MultiPolygon(parts));
    check(of(vec![nothing.clone(), square.clone()]), of(vec![square.clone()]));
    let holes = |holes: Vec<LineString<f64>>| Geometry::from(Polygon::new(square.exterior().clone(), holes));
    check(holes(vec![empty.clone(), hole.clone()]), holes(vec![hole.clone()]));
    let lines = |lines: Vec<LineString<f64>>| Geometry::from(MultiLineString(lines));
    check(lines(vec![hole.clone(), empty.clone()]), lines(vec![hole.clone()]));
    let all = |parts: Vec<Geometry<f64>>| Geometry::GeometryCollection(GeometryCollection(parts));
    check(all(vec![nothing.into(), square.clone().into()]), all(vec![square.into()]));
    // A hole without a shell is still told.
    let mut astray = Geometry::from(MultiPolygon(vec![Polygon::new(empty, vec![hole])]));
    drop_empty(&mut astray);
    assert_eq!(super::check(&astray).unwrap_err().fault, Fault::HoleOutside);
}
