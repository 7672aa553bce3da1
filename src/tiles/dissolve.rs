//! The outline of rings that lie side by side: what is left of their sides when those that two of them share are gone.

use super::grid::{Point, Window};
use super::shape::twice_area;
use hashbrown::HashMap;

/// The outline of wound rings (exteriors of positive area, holes of negative): again wound, each exterior followed by its
/// holes, in an order that depends on the outline alone. No ring passes a point twice; none has no area.
///
/// Sides are shared when their ends are; a side that lies on a longer one stays. Cost: n log n in the sides, and for each
/// hole a look at the exteriors whose rectangle holds it.
pub(super) fn dissolve(rings: &[Vec<Point>]) -> Vec<Vec<Point>> {
    nested(loops(&sides(rings)))
}

/// The sides that nobody shares, sorted.
fn sides(rings: &[Vec<Point>]) -> Vec<[Point; 2]> {
    let mut balance: HashMap<[Point; 2], i32> = HashMap::new();
    for ring in rings {
        let Some(mut from) = ring.last().copied() else { continue };
        for &to in ring {
            if from < to {
                *balance.entry([from, to]).or_default() += 1;
            } else if to < from {
                *balance.entry([to, from]).or_default() -= 1;
            }
            from = to;
        }
    }
    let mut sides = Vec::new();
    for ([low, high], times) in balance {
        let side = if times > 0 { [low, high] } else { [high, low] };
        sides.extend((0..times.abs()).map(|_| side));
    }
    sides.sort_unstable();
    sides
}

/// Joins sides, as many into each point as out of it, to rings that pass no point twice: a way that comes back to one of its
/// points is closed there. So it may leave a point where several rings meet by any side.
fn loops(sides: &[[Point; 2]]) -> Vec<Vec<Point>> {
    let mut free = vec![true; sides.len()];
    let mut found = Vec::new();
    for start in 0..sides.len() {
        if !free[start] {
            continue;
        }
        free[start] = false;
        // The way so far, and where on it each of its points is.
        let mut way = vec![sides[start][0]];
        let mut places: HashMap<Point, usize> = HashMap::from([(way[0], 0)]);
        let mut at = sides[start][1];
        loop {
            if let Some(first) = places.get(&at).copied() {
                let ring = way.split_off(first);
                for point in &ring {
                    places.remove(point);
                }
                found.push(ring);
            }
            places.insert(at, way.len());
            way.push(at);
            let mut leaving = sides.partition_point(|side| side[0] < at)..sides.partition_point(|side| side[0] <= at);
            let Some(next) = leaving.find(|i| free[*i]) else { break };
            free[next] = false;
            at = sides[next][1];
        }
    }
    found
}

fn cross(a: [i128; 2], b: [i128; 2]) -> i128 {
    a[0] * b[1] - a[1] * b[0]
}

/// Rings in order, each exterior followed by the holes for which it is the smallest exterior around them.
fn nested(rings: Vec<Vec<Point>>) -> Vec<Vec<Point>> {
    let mut sized: Vec<(i128, Vec<Point>)> = rings.into_iter().map(|ring| (twice_area(&ring), ring)).collect();
    sized.sort_unstable();
    let first = sized.partition_point(|(area, _)| *area <= 0);
    let exteriors = sized.split_off(first);
    let mut holes: Vec<Vec<Vec<Point>>> = vec![Vec::new(); exteriors.len()];
    let windows: Vec<Option<Window>> = exteriors.iter().map(|(_, ring)| Window::around(ring)).collect();
    for (_, hole) in sized.into_iter().filter(|(area, _)| *area < 0) {
        let around = |i: &usize| {
            let held = Window::around(&hole).is_some_and(|w| windows[*i].is_some_and(|around| around.holds(&w)));
            held && holds(&exteriors[*i].1, &hole)
        };
        // From the smallest exterior up. Where rings cross each other, a hole may lie in none, and is filled.
        if let Some(i) = (0..exteriors.len()).find(around) {
            holes[i].push(hole);
        }
    }
    exteriors.into_iter().zip(holes).flat_map(|((_, exterior), holes)| std::iter::once(exterior).chain(holes)).collect()
}

/// Whether the middle of a hole's first side lies in an exterior (even-odd rule): no point of both can lie there.
fn holds(exterior: &[Point], hole: &[Point]) -> bool {
    let at = [0, 1].map(|axis| hole[0][axis] + hole[1][axis]);
    let Some(mut from) = exterior.last().copied() else { return false };
    let mut inside = false;
    for &to in exterior {
        let ([x0, y0], [x1, y1]) = (from.map(|v| 2 * v), to.map(|v| 2 * v));
        if (y0 > at[1]) != (y1 > at[1]) {
            // Exact: which side of the line the point is on.
            let side =
                cross([i128::from(x1 - x0), i128::from(y1 - y0)], [i128::from(at[0] - x0), i128::from(at[1] - y0)]);
            inside ^= (side > 0) == (y1 > y0);
        }
        from = to;
    }
    inside
}

#[cfg(test)]
pub(super) mod tests;
