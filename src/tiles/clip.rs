//! Clipping rings and lines to a window, in whole numbers.
//!
//! Rings: Sutherland and Hodgman (1974), doi:10.1145/360767.360802, one side after the other as in mapbox/geojson-vt
//! `src/clip.js`. Where a ring leaves the window and comes back, its parts stay linked along the window's edge, as in all
//! tile makers that clip so: the edge lies in the buffer, where nothing is drawn.

use super::grid::{Point, Window};

/// One side of a window: the axis that it cuts, where, and whether the smaller side is kept.
#[derive(Clone, Copy)]
struct Side {
    axis: usize,
    at: i64,
    keep_low: bool,
}

impl Side {
    fn keeps(self, point: Point) -> bool {
        if self.keep_low { point[self.axis] <= self.at } else { point[self.axis] >= self.at }
    }

    /// Where a segment that crosses this side crosses it, rounded to the grid, halves up.
    ///
    /// The exact quotient is rounded, and it does not depend on the segment's direction: two areas that share the segment
    /// are cut at the same point. The product of two steps of up to 2^35 needs more than 64 bits.
    fn cross(self, from: Point, to: Point) -> Point {
        let other = 1 - self.axis;
        let run = i128::from(to[self.axis] - from[self.axis]);
        let rise = i128::from(to[other] - from[other]) * i128::from(self.at - from[self.axis]);
        let (rise, run) = if run < 0 { (-rise, -run) } else { (rise, run) };
        let step = (2 * rise + run).div_euclid(2 * run);
        let mut point = [self.at; 2];
        point[other] =
            from[other] + i64::try_from(step).expect("a point between two points is no farther than they are");
        point
    }
}

fn sides(window: &Window) -> [Side; 4] {
    let side = |axis, at, keep_low| Side { axis, at, keep_low };
    [
        side(0, window.min[0], false),
        side(0, window.max[0], true),
        side(1, window.min[1], false),
        side(1, window.max[1], true),
    ]
}

/// The part of a ring inside a window; empty where nothing is left. Neither repeats its first point at its end.
///
/// Points may repeat where the ring touches the window's edge. Cost: linear.
pub(super) fn ring(points: Vec<Point>, window: &Window) -> Vec<Point> {
    let mut kept = points;
    let mut next = Vec::with_capacity(kept.len() + 4);
    for side in sides(window) {
        let Some(mut from) = kept.last().copied() else { break };
        for &to in &kept {
            if side.keeps(from) != side.keeps(to) {
                next.push(side.cross(from, to));
            }
            if side.keeps(to) {
                next.push(to);
            }
            from = to;
        }
        std::mem::swap(&mut kept, &mut next);
        next.clear();
    }
    kept
}

/// The parts of a line inside a window, in its direction. Cost: linear.
pub(super) fn line(points: &[Point], window: &Window) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    // Whether the last part ends where the next segment begins.
    let mut open = false;
    for pair in points.windows(2) {
        let Some((from, to)) = segment(pair[0], pair[1], window) else {
            open = false;
            continue;
        };
        match parts.last_mut() {
            Some(part) if open && from == pair[0] => part.push(to),
            _ => parts.push(vec![from, to]),
        }
        open = to == pair[1];
    }
    parts
}

fn segment(mut from: Point, mut to: Point, window: &Window) -> Option<(Point, Point)> {
    for side in sides(window) {
        match (side.keeps(from), side.keeps(to)) {
            (true, true) => {}
            (true, false) => to = side.cross(from, to),
            (false, true) => from = side.cross(from, to),
            (false, false) => return None,
        }
    }
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    const WINDOW: Window = Window { min: [0, 0], max: [10, 10] };

    #[test]
    fn a_line_is_cut_into_the_parts_inside() {
        for (points, expected) in [
            (vec![[2, 2], [8, 8]], vec![vec![[2, 2], [8, 8]]]),
            (vec![[-5, 5], [15, 5]], vec![vec![[0, 5], [10, 5]]]),
            (vec![[5, 5], [15, 5], [15, 8], [5, 8]], vec![vec![[5, 5], [10, 5]], vec![[10, 8], [5, 8]]]),
            (vec![[-5, 5], [-1, 5]], vec![]),
            (vec![[-5, 8], [8, 21]], vec![]),
            (vec![[1, 1], [5, 1], [5, 30]], vec![vec![[1, 1], [5, 1], [5, 10]]]),
        ] {
            assert_eq!(line(&points, &WINDOW), expected, "{points:?}");
        }
    }

    #[test]
    fn a_ring_around_the_window_becomes_the_window() {
        let around = vec![[-5, -5], [15, -5], [15, 15], [-5, 15]];
        let mut clipped = ring(around, &WINDOW);
        clipped.sort_unstable();
        assert_eq!(clipped, [[0, 0], [0, 10], [10, 0], [10, 10]]);
    }

    #[test]
    fn a_ring_outside_leaves_nothing() {
        assert_eq!(ring(vec![[20, 20], [30, 20], [30, 30]], &WINDOW), Vec::<Point>::new());
        assert_eq!(ring(Vec::new(), &WINDOW), Vec::<Point>::new());
    }

    #[test]
    fn both_directions_of_a_segment_are_cut_at_the_same_points() {
        let mut rng = StdRng::seed_from_u64(7);
        let mut cut = 0;
        for _ in 0..10_000 {
            let mut any = || [rng.random_range(-40..50), rng.random_range(-40..50)];
            let (a, b) = (any(), any());
            let there = segment(a, b, &WINDOW);
            let back = segment(b, a, &WINDOW).map(|(from, to)| (to, from));
            assert_eq!(there, back, "{a:?} {b:?}");
            cut += usize::from(there.is_some_and(|ends| ends != (a, b)));
        }
        assert!(cut > 1_000);
    }

    #[test]
    fn a_segment_over_the_deepest_grid_is_cut_exactly() {
        let side = Side { axis: 0, at: 0, keep_low: false };
        let far = 1 << 34;
        assert_eq!(side.cross([-far, -far], [far, far]), [0, 0]);
        assert_eq!(side.cross([far, far - 3], [-far, -far]), [0, -1]);
    }
}
