use super::*;
use crate::tiles::grid::{EXTENT, PIXEL};
use geo::{Area, MultiLineString, MultiPolygon, line_string, polygon};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;

const MIDDLE: (u32, u32, u32) = (12, 2200, 1400);

fn tile((z, x, y): (u32, u32, u32)) -> TileId {
    TileId::new(z, x, y).unwrap()
}

/// The degrees of a point given in sides of the middle tile, from its north-western corner.
fn at(x: f64, y: f64) -> geo::Coord<f64> {
    let (corner, side) = tile(MIDDLE).square();
    World { x: corner.x + x * side, y: corner.y + y * side }.lonlat().coord()
}

fn ring(points: &[(f64, f64)]) -> LineString<f64> {
    LineString(points.iter().map(|&(x, y)| at(x, y)).collect())
}

fn square(west: f64, north: f64, side: f64) -> LineString<f64> {
    ring(&[(west, north), (west, north + side), (west + side, north + side), (west + side, north), (west, north)])
}

fn area(frame: &Frame, area: impl Into<MultiPolygon<f64>>) -> Option<Shape> {
    frame.area(&Outline::of(&area.into()))
}

fn rings(shape: Option<Shape>) -> Vec<Vec<Point>> {
    match shape {
        Some(Shape::Rings(rings)) => rings,
        None => Vec::new(),
        other => panic!("{other:?} is no polygon"),
    }
}

/// A star around the middle tile's centre, `reach` sides of a tile wide.
fn star(rng: &mut StdRng, corners: u32, reach: f64) -> Polygon<f64> {
    let mut points: Vec<(f64, f64)> = (0..corners)
        .map(|i| {
            let angle = std::f64::consts::TAU * f64::from(i) / f64::from(corners);
            let radius = reach * rng.random_range(0.2..1.0);
            (0.5 + radius * angle.cos(), 0.5 + radius * angle.sin())
        })
        .collect();
    points.push(points[0]);
    Polygon::new(ring(&points), vec![])
}

fn neighbours(reach: u32) -> impl Iterator<Item = TileId> {
    let (z, x, y) = MIDDLE;
    (x - reach..=x + reach).flat_map(move |x| (y - reach..=y + reach).map(move |y| tile((z, x, y))))
}

#[test]
fn rings_are_wound_as_the_specification_says() {
    for reverse in [false, true] {
        let (mut outer, mut hole) = (square(0.1, 0.1, 0.5), square(0.2, 0.2, 0.1));
        if reverse {
            outer.0.reverse();
            hole.0.reverse();
        }
        let shape = area(&Frame::of(tile(MIDDLE)), Polygon::new(outer, vec![hole]));
        let areas: Vec<i128> = rings(shape).iter().map(|r| twice_area(r)).collect();
        assert_eq!(areas, [2 * 2048 * 2048, -2 * 410 * 410]);
    }
}

#[test]
fn the_parts_of_a_polygon_add_up_to_the_whole() {
    let mut rng = StdRng::seed_from_u64(3);
    for round in 0..50 {
        let star = star(&mut rng, 5 + round, 1.4);
        let whole = Frame { window: Window::tile(1 << 20), ..Frame::of(tile(MIDDLE)) };
        let sum = |shape| rings(shape).iter().map(|r| twice_area(r)).sum::<i128>();
        let expected = sum(area(&whole, star.clone()));
        let parts: i128 = neighbours(2).map(|t| sum(area(&Frame::with_buffer(t, 0), star.clone()))).sum();
        let error = (parts - expected).abs();
        assert!(expected > 2_000_000 && error * 1_000 < expected, "{round}: {parts} of {expected}");
    }
}

#[test]
fn every_coordinate_lies_in_the_tile_or_its_buffer() {
    let mut rng = StdRng::seed_from_u64(4);
    let (mut points, mut cut) = (0, 0);
    for _ in 0..50 {
        let star = star(&mut rng, 40, 1.4);
        let border = star.exterior().clone();
        for t in neighbours(2) {
            let frame = Frame::of(t);
            let mut parts = rings(area(&frame, star.clone()));
            if let Some(Shape::Lines(lines)) = frame.shape(&border.clone().into(), Detail::FULL) {
                parts.extend(lines);
            }
            for value in parts.iter().flatten().flatten() {
                assert!((-BUFFER..=EXTENT + BUFFER).contains(value));
                points += 1;
                cut += usize::from(*value == -BUFFER);
            }
        }
    }
    assert!(points > 10_000 && cut > 100, "{points} {cut}");
}

/// The sides of rings that do not run along the edge of the window, without direction, on the grid of the world.
fn sides(t: TileId, rings: &[Vec<Point>]) -> BTreeSet<[Point; 2]> {
    let origin = [i64::from(t.x()) * EXTENT, i64::from(t.y()) * EXTENT];
    let edges = [-BUFFER, EXTENT + BUFFER];
    rings
        .iter()
        .flat_map(|r| (0..r.len()).map(|i| [r[i], r[(i + 1) % r.len()]]))
        .filter(|[a, b]| !(0..2).any(|axis| a[axis] == b[axis] && edges.contains(&a[axis])))
        .map(|mut side| {
            side.sort_unstable();
            side.map(|p| [p[0] + origin[0], p[1] + origin[1]])
        })
        .collect()
}

#[test]
fn neighbouring_areas_share_every_point_of_their_border_in_every_tile() {
    let mut rng = StdRng::seed_from_u64(5);
    let border: Vec<(f64, f64)> =
        (0..=400).map(|i| (0.5 + rng.random_range(-0.9..0.9), -2.0 + f64::from(i) * 0.0125)).collect();
    let side = |x: f64| {
        let mut points = border.clone();
        points.extend([(x, 3.0), (x, -2.0), border[0]]);
        Polygon::new(ring(&points), vec![])
    };
    let (west, mut east) = (side(-9.0), side(9.0));
    east.exterior_mut(|line| line.0.reverse());
    let mut shared = Vec::new();
    for t in neighbours(1) {
        let frame = Frame::of(t);
        let [a, b] = [&west, &east].map(|p| sides(t, &rings(area(&frame, p.clone()))));
        assert_eq!(a, b, "{t}");
        shared.push((t, a));
    }
    // Where the windows of two tiles overlap, both show the same points of the border.
    let mut compared = 0;
    for (t, a) in &shared {
        for (u, b) in shared.iter().filter(|(u, _)| u > t) {
            let inside = |t: &TileId, p: &Point| {
                let origin = [i64::from(t.x()) * EXTENT, i64::from(t.y()) * EXTENT];
                (0..2).all(|axis| (1 - BUFFER..EXTENT + BUFFER).contains(&(p[axis] - origin[axis])))
            };
            let common = |sides: &BTreeSet<[Point; 2]>| -> BTreeSet<Point> {
                sides.iter().flatten().filter(|p| inside(t, p) && inside(u, p)).copied().collect()
            };
            assert_eq!(common(a), common(b), "{t} {u}");
            compared += common(a).len();
        }
    }
    assert!(shared.iter().any(|(_, sides)| sides.len() > 60) && compared > 10, "{compared}");
}

#[test]
fn an_area_below_a_pixel_is_drawn_as_one_and_a_base_map_leaves_it_out() {
    let tiny = Polygon::new(square(0.5, 0.5, 1e-4), vec![]);
    let thin = polygon![at(0.3, 0.3), at(0.4, 0.4), at(0.5, 0.5), at(0.3, 0.3)];
    let frame = Frame::of(tile(MIDDLE));
    for (small, middle) in [(tiny, 2048), (thin, 1638)] {
        let drawn = rings(area(&frame, small.clone()));
        assert_eq!(twice_area(&drawn[0]), i128::from(2 * PIXEL * PIXEL));
        assert!(drawn[0].iter().flatten().all(|v| (v - middle).abs() <= PIXEL), "{drawn:?}");
        let detail = Detail { tolerance: 0, min_area: PIXEL * PIXEL };
        assert_eq!(frame.shape(&small.into(), detail), None);
    }
}

#[test]
fn no_area_vanishes_at_any_zoom() {
    let star = star(&mut StdRng::seed_from_u64(6), 12, 0.4);
    for z in 0..=22 {
        let center = World::of_degrees(at(0.5, 0.5).x, at(0.5, 0.5).y);
        assert!(area(&Frame::of(TileId::at(center, z)), star.clone()).is_some(), "{z}");
    }
}

#[test]
fn a_tile_inside_a_hole_shows_nothing_and_one_inside_the_polygon_is_filled() {
    let (outer, hole) = (square(-1.0, -1.0, 3.0), square(-0.5, -0.5, 2.0));
    let frame = Frame::of(tile(MIDDLE));
    assert_eq!(area(&frame, Polygon::new(outer.clone(), vec![hole])), None);
    let full = i128::from(EXTENT + 2 * BUFFER);
    let drawn = rings(area(&frame, Polygon::new(outer, vec![])));
    assert_eq!(drawn.iter().map(|r| twice_area(r)).collect::<Vec<_>>(), [2 * full * full]);
}

#[test]
fn what_is_simplified_is_the_same_line_in_neighbouring_tiles() {
    let mut rng = StdRng::seed_from_u64(8);
    let wave: Vec<(f64, f64)> =
        (0..600).map(|i| (-1.0 + f64::from(i) * 0.005, 0.5 + rng.random_range(-0.002..0.002))).collect();
    let detail = Detail { tolerance: 4, min_area: 0 };
    let (z, x, y) = MIDDLE;
    let mut seen = Vec::new();
    for x in [x, x + 1] {
        let Some(Shape::Lines(lines)) = Frame::of(tile((z, x, y))).shape(&ring(&wave).into(), detail) else { panic!() };
        assert!(lines[0].len() < 190, "{}", lines[0].len());
        let origin = i64::from(x) * EXTENT;
        let in_both = i64::from(MIDDLE.1 + 1) * EXTENT;
        let points: Vec<Point> = lines.concat().iter().map(|p| [p[0] + origin, p[1]]).collect();
        seen.push(points.into_iter().filter(|p| (p[0] - in_both).abs() < BUFFER).collect::<Vec<_>>());
    }
    assert!(!seen[0].is_empty());
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn lines_that_meet_end_to_end_are_one() {
    let lines = MultiLineString(vec![ring(&[(0.1, 0.1), (0.2, 0.1)]), ring(&[(0.2, 0.1), (0.3, 0.2)])]);
    let shape = Frame::of(tile(MIDDLE)).shape(&lines.into(), Detail::FULL);
    assert_eq!(shape, Some(Shape::Lines(vec![vec![[410, 410], [819, 410], [1229, 819]]])));
}

#[test]
fn a_point_is_drawn_in_its_own_tile_only() {
    let on_the_seam = geo::Point::from(at(1.0, 0.5)).into();
    let drawn: Vec<TileId> =
        neighbours(1).filter(|t| Frame::of(*t).shape(&on_the_seam, Detail::FULL).is_some()).collect();
    assert_eq!(drawn.len(), 1, "{drawn:?}");
}

#[test]
fn shapes_at_the_edges_of_the_world_are_drawn() {
    let band = polygon![(x: -180.0, y: 80.0), (x: 180.0, y: 80.0), (x: 180.0, y: 90.0), (x: -180.0, y: 90.0)];
    assert!(band.unsigned_area() > 0.0);
    for x in [0, 3] {
        let drawn = rings(area(&Frame::of(tile((2, x, 0))), band.clone()));
        assert!(twice_area(&drawn[0]) > 0);
    }
    let equator = line_string![(x: -180.0, y: 0.0), (x: 180.0, y: 0.0)];
    assert!(Frame::of(TileId::WORLD).shape(&equator.into(), Detail::FULL).is_some());
}
