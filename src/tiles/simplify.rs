//! Leaving out the points of a line that nobody would miss.

use super::grid::Point;
use crate::geom::distance_2;

/// The points of a line without those that lie nearer than `tolerance` grid steps to what is left; both ends stay.
///
/// Douglas and Peucker (1973), doi:10.3138/FM57-6770-U75U-7727, as in mapbox/geojson-vt `src/simplify.js`. Works for a closed
/// line as well. Cost: n log n mostly, n² at worst.
pub(super) fn simplify(points: &[Point], tolerance: i64) -> Vec<Point> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    let last = points.len() - 1;
    keep[0] = true;
    keep[last] = true;
    let mut spans = vec![(0, last)];
    let near = steps(tolerance * tolerance);
    while let Some((first, last)) = spans.pop() {
        let mut farthest = (near, None);
        for middle in first + 1..last {
            let distance = off_2(points[middle], points[first], points[last]);
            if distance > farthest.0 {
                farthest = (distance, Some(middle));
            }
        }
        if let (_, Some(middle)) = farthest {
            keep[middle] = true;
            spans.push((first, middle));
            spans.push((middle, last));
        }
    }
    points.iter().zip(keep).filter_map(|(point, keep)| keep.then_some(*point)).collect()
}

#[allow(clippy::cast_precision_loss)] // grid steps are below 2^35
fn steps(v: i64) -> f64 {
    v as f64
}

/// Squared distance of a point from a segment, grid steps.
fn off_2(point: Point, from: Point, to: Point) -> f64 {
    let place = |p: Point| p.map(steps);
    distance_2(place(point), place(from), place(to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn points_on_the_way_are_left_out_and_corners_stay() {
        for (points, expected) in [
            (vec![[0, 0], [5, 1], [10, 0]], vec![[0, 0], [10, 0]]),
            (vec![[0, 0], [5, 3], [10, 0]], vec![[0, 0], [5, 3], [10, 0]]),
            (vec![[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]], vec![[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]),
            (vec![[0, 0], [1, 1]], vec![[0, 0], [1, 1]]),
        ] {
            assert_eq!(simplify(&points, 2), expected, "{points:?}");
        }
    }

    #[test]
    fn no_point_is_farther_from_the_simplified_line_than_the_tolerance() {
        let mut rng = StdRng::seed_from_u64(11);
        let mut walk = vec![[0, 0]];
        for _ in 0..500 {
            let [x, y] = walk[walk.len() - 1];
            walk.push([x + rng.random_range(0..12), y + rng.random_range(-6..7)]);
        }
        let simple = simplify(&walk, 4);
        assert!(simple.len() < walk.len() / 2);
        for point in &walk {
            let nearest = simple.windows(2).map(|s| off_2(*point, s[0], s[1])).fold(f64::INFINITY, f64::min);
            assert!(nearest <= 16.0, "{point:?}");
        }
    }
}
