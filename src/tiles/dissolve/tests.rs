use super::*;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

fn square(x: i64, y: i64) -> Vec<Point> {
    vec![[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]]
}

/// A picture: `#` is a square of side 1.
fn picture(rows: &[&str]) -> Vec<Vec<Point>> {
    let row = |(y, row): (i64, &&str)| {
        let squares = (0..).zip(row.chars()).filter(|(_, c)| *c == '#').map(|(x, _)| square(x, y));
        squares.collect::<Vec<_>>()
    };
    (0..).zip(rows).flat_map(row).collect()
}

/// Areas of the rings in order, and corners of all.
fn check(rows: &[&str], areas: &[i128]) {
    let outline = dissolve(&picture(rows));
    let found: Vec<i128> = outline.iter().map(|ring| twice_area(ring) / 2).collect();
    assert_eq!(found, areas, "{rows:?}: {outline:?}");
}

#[test]
fn what_hangs_together_has_one_outline_and_holes_follow_it() {
    check(&["##", "##"], &[4]);
    check(&["# #", "   ", "# #"], &[1, 1, 1, 1]);
    check(&["###", "# #", "###"], &[9, -1]);
    check(&["#####", "#   #", "# # #", "#   #", "#####"], &[1, 25, -9]);
    check(&["### ###", "# # # #", "###  ##"], &[8, -1, 9, -1]);
    check(&[], &[]);
}

#[test]
fn rings_part_where_they_touch_in_one_point() {
    check(&["# ", " #"], &[1, 1]);
    check(&["# #", " # ", "# #"], &[1, 1, 1, 1, 1]);
    // Two holes that touch, and a hole that touches the outside.
    check(&["####", "# ##", "## #", "####"], &[16, -1, -1]);
    check(&["###", "# #", "## "], &[8, -1]);
}

/// How often rings go around a point between the grid's.
pub fn turns<'a>(rings: impl IntoIterator<Item = &'a Vec<Point>>, x: f64, y: f64) -> i32 {
    let mut turns = 0;
    for ring in rings {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            #[allow(clippy::cast_precision_loss)]
            let [x0, y0, x1, y1] = [a[0], a[1], b[0], b[1]].map(|v| v as f64);
            if (y0 > y) != (y1 > y) && x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x {
                turns += if y1 > y0 { 1 } else { -1 };
            }
        }
    }
    turns
}

#[test]
fn the_outline_covers_what_the_rings_cover_once_and_no_ring_passes_a_point_twice() {
    let mut rng = StdRng::seed_from_u64(31);
    for round in 0..200 {
        let side = 3 + round % 10;
        let full = f64::from(u32::try_from(2 + round % 7).unwrap()) / 9.0;
        let mut squares: Vec<Vec<Point>> = Vec::new();
        for at in 0..side * side {
            if rng.random_bool(full) {
                squares.push(square(at % side, at / side));
            }
        }
        let outline = dissolve(&squares);
        squares.shuffle(&mut rng);
        for ring in &mut squares {
            ring.rotate_left(2);
        }
        assert_eq!(dissolve(&squares), outline, "the order does not matter");
        for at in 0..side * side {
            let (x, y) = (at % side, at / side);
            let covered = squares.iter().any(|ring| ring.contains(&[x, y]) && ring.contains(&[x + 1, y + 1]));
            let (x, y) = (f64::from(u32::try_from(x).unwrap()) + 0.5, f64::from(u32::try_from(y).unwrap()) + 0.3);
            assert_eq!(turns(&outline, x, y), i32::from(covered));
            // Part by part: nowhere do two exteriors lie on each other, and each hole lies in the exterior before it.
            let parts = outline.chunk_by(|_, next| twice_area(next) < 0);
            let times: Vec<i32> = parts.map(|part| turns(part, x, y)).collect();
            assert!(times.iter().all(|n| (0..=1).contains(n)) && times.iter().sum::<i32>() == i32::from(covered));
        }
        for ring in &outline {
            let points: std::collections::BTreeSet<&Point> = ring.iter().collect();
            assert_eq!(points.len(), ring.len(), "{ring:?}");
        }
    }
}

#[test]
fn where_many_corners_meet_no_part_lies_on_another() {
    let mut rng = StdRng::seed_from_u64(32);
    let mut met = 0;
    for _ in 0..300 {
        // Squares cut in half: six corners meet in a point.
        let mut halves: Vec<(Vec<Point>, (f64, f64))> = Vec::new();
        for at in 0..49 {
            let ([x, y], [fx, fy]) = ([at % 7, at / 7], [at % 7, at / 7].map(|v| f64::from(i32::try_from(v).unwrap())));
            halves.push((vec![[x, y], [x + 1, y], [x + 1, y + 1]], (fx + 0.6, fy + 0.3)));
            halves.push((vec![[x, y], [x + 1, y + 1], [x, y + 1]], (fx + 0.4, fy + 0.7)));
        }
        halves.shuffle(&mut rng);
        let kept = rng.random_range(20..80);
        let rings: Vec<Vec<Point>> = halves[..kept].iter().map(|(ring, _)| ring.clone()).collect();
        let outline = dissolve(&rings);
        for (n, (_, (x, y))) in halves.iter().enumerate() {
            let parts = outline.chunk_by(|_, next| twice_area(next) < 0);
            let times: Vec<i32> = parts.map(|part| turns(part, *x, *y)).collect();
            assert!(times.iter().all(|n| (0..=1).contains(n)), "{rings:?}");
            assert_eq!(times.iter().sum::<i32>(), i32::from(n < kept), "{rings:?}");
        }
        let corners = outline.concat();
        met += corners.iter().filter(|p| corners.iter().filter(|q| p == q).count() > 2).count();
    }
    assert!(met > 100, "{met}");
}
