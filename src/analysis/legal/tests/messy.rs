//! Random towns, as messy as maps are: streets that come back, fold and stand still, areas that cross themselves.

use super::*;
use geo::{MultiPolygon, Triangle};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Some streets and things in a square of so many metres.
pub fn town(seed: u64, streets: u32, things: u32, size: f64) -> (Vec<Street>, Vec<Forbidden>) {
    let mut rng = StdRng::seed_from_u64(seed);
    let streets = (0..streets).map(|id| messy_street(&mut rng, id, size)).collect();
    let forbidden = (0..things).map(|_| messy_thing(&mut rng, size)).collect();
    (streets, forbidden)
}

fn place(rng: &mut StdRng, size: f64) -> Coord<f64> {
    Coord { x: rng.random_range(0.0..size), y: rng.random_range(0.0..size) }
}

fn messy_street(rng: &mut StdRng, id: u32, size: f64) -> Street {
    let mut line = vec![place(rng, size)];
    let mut heading = rng.random_range(0.0..6.3_f64);
    for _ in 0..rng.random_range(1..12) {
        let last = line[line.len() - 1];
        match rng.random_range(0..12) {
            0 => line.push(last),
            // There and back.
            1 => line.extend([place(rng, size), last]),
            // Hardly a step.
            2 => line.push(last + Coord { x: rng.random_range(-0.02..0.02), y: 0.005 }),
            step => {
                heading += if step < 5 { rng.random_range(-2.5..2.5) } else { rng.random_range(-0.3..0.3) };
                let far = rng.random_range(0.3..40.0);
                line.push(last + Coord { x: far * heading.cos(), y: far * heading.sin() });
            }
        }
    }
    if rng.random_range(0..6) == 0 {
        line.push(line[0]);
    }
    let beside = |rng: &mut StdRng| {
        (rng.random_range(0..5) > 0).then(|| Side {
            offset_min: [0.0, 0.5][rng.random_range(0..2)],
            depth: rng.random_range(0.8..3.0),
            clear_width: 1.5,
            refused: if rng.random_range(0..6) == 0 { vec![Rule(9)] } else { Vec::new() },
        })
    };
    let sides = [beside(rng), beside(rng)];
    Street { id: id * 7 + 3, line, kerb: [0.0, 2.5, 4.0][rng.random_range(0..3)], sides }
}

pub fn messy_thing(rng: &mut StdRng, size: f64) -> Forbidden {
    let at = place(rng, size);
    let near = |rng: &mut StdRng| at + Coord { x: rng.random_range(-15.0..15.0), y: rng.random_range(-15.0..15.0) };
    let geometry: Geometry<f64> = match rng.random_range(0..8) {
        0 | 1 => Point(at).into(),
        2 => LineString((0..rng.random_range(1..6)).map(|_| near(rng)).collect()).into(),
        3 => Triangle(near(rng), near(rng), near(rng)).into(),
        // Corners in no order: mostly it crosses itself.
        4 => Polygon::new((0..rng.random_range(3..8)).map(|_| near(rng)).collect(), Vec::new()).into(),
        5 => {
            let hole = Rect::new(at, at + Coord { x: 6.0, y: 7.0 }).to_polygon().exterior().clone();
            let outer = Rect::new(at - Coord { x: 9.0, y: 9.0 }, at + Coord { x: 12.0, y: 11.0 }).to_polygon();
            Polygon::new(outer.exterior().clone(), vec![hole]).into()
        }
        6 => MultiPolygon(vec![
            Rect::new(at, at + Coord { x: 5.0, y: 4.0 }).to_polygon(),
            Rect::new(at + Coord { x: 9.0, y: 0.0 }, at + Coord { x: 14.0, y: 4.0 }).to_polygon(),
        ])
        .into(),
        _ => Polygon::new(LineString(vec![at, at, at]), Vec::new()).into(),
    };
    let distance = [0.0, 0.5, 3.0, 8.0, 25.0][rng.random_range(0..5)];
    // Streets have the numbers 3, 10, 17, …
    let only = (rng.random_range(0..4) == 0).then(|| (0..30).filter(|_| rng.random()).map(|id| id * 7 + 3).collect());
    Forbidden { rule: Rule(rng.random_range(1..6)), geometry, distance, only }
}
