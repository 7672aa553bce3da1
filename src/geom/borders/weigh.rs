//! The first zoom that needs each vertex of a ring, arc by arc.
//!
//! Douglas and Peucker (1973), doi:10.3138/FM57-6770-U75U-7727, for all tolerances at once: a vertex is kept as long as the
//! span that it divides, and every wider span around that, has a vertex beyond the tolerance. Pruning that tree at a zoom
//! gives what the method would give for the tolerance of that zoom alone.

use super::{Junctions, Lattice, Outline};
use crate::geom::distance_2;

/// How far a left-out vertex may lie from what is drawn, pixels of a tile of 512.
pub(super) const TOLERANCE: f64 = 0.5;

/// Spans are divided at their farthest vertex this many times within each other, and at their middle one from then on: any
/// vertex will do for the tolerance, and no border can ask for the square of its length.
const DEEPEST: u32 = 64;

/// Writes the first zoom that needs each vertex of a closed ring that does not repeat its first vertex.
pub(super) fn ring(points: &[Lattice], junctions: &Junctions, zooms: &mut [u8]) {
    if points.len() < 4 {
        return zooms.fill(0);
    }
    zooms.fill(Outline::WHOLE);
    let mut ends: Vec<usize> = (0..points.len()).filter(|i| junctions.contains(points[*i])).collect();
    if ends.is_empty() {
        // An island, or a hole that one polygon fills: both begin at the same vertex.
        ends.extend((0..points.len()).min_by_key(|i| points[*i]));
    }
    let mut arc: Vec<(Lattice, usize)> = Vec::new();
    for (n, start) in ends.iter().enumerate() {
        zooms[*start] = 0;
        let end = ends.get(n + 1).copied().unwrap_or(ends[0] + points.len());
        if end - start < 2 {
            continue;
        }
        arc.clear();
        arc.extend((*start..=end).map(|i| i % points.len()).map(|i| (points[i], i)));
        let places = || arc.iter().map(|(place, _)| place);
        if places().rev().lt(places()) {
            arc.reverse();
        }
        span_by_span(&arc, zooms);
    }
}

/// Weighs the vertices between the ends of an arc; those that it does not reach are needed at [`Outline::WHOLE`] only.
///
/// Of an arc that ends where it began, the two that matter most stay at every zoom, so that a ring never turns into a line by
/// what is left out.
fn span_by_span(arc: &[(Lattice, usize)], zooms: &mut [u8]) {
    let last = arc.len() - 1;
    let mut spare = if arc[0].0 == arc[last].0 { 2 } else { 0 };
    let mut spans = vec![(0, last, 0, 0)];
    while let Some((first, last, around, depth)) = spans.pop() {
        let Some((farthest, far_2)) = farthest(arc, first, last) else { continue };
        let middle = if depth < DEEPEST { farthest } else { first.midpoint(last) };
        let zoom = if spare > 0 { 0 } else { around.max(first_zoom(far_2)) };
        if zoom == Outline::WHOLE {
            continue;
        }
        zooms[arc[middle].1] = zoom;
        let mut halves = [(first, middle, zoom, depth + 1), (middle, last, zoom, depth + 1)];
        if spare > 0 {
            spare -= 1;
            // The half that bulges more is looked at next.
            let bulge = |half: &(usize, usize, u8, u32)| self::farthest(arc, half.0, half.1).map_or(-1.0, |(_, d)| d);
            if bulge(&halves[0]) > bulge(&halves[1]) {
                halves.reverse();
            }
        }
        spans.extend(halves);
    }
}

/// The vertex between two others that is farthest from the segment between them, the first of several, and its squared
/// distance, lattice steps.
fn farthest(arc: &[(Lattice, usize)], first: usize, last: usize) -> Option<(usize, f64)> {
    let place = |i: usize| [f64::from(arc[i].0.x), f64::from(arc[i].0.y)];
    let (from, to) = (place(first), place(last));
    (first + 1..last).map(|i| (i, distance_2(place(i), from, to))).reduce(|a, b| if b.1 > a.1 { b } else { a })
}

/// The first zoom at which so large a squared distance (lattice steps) is beyond the tolerance.
fn first_zoom(far_2: f64) -> u8 {
    // At zoom 0 a pixel is 2^32 / 512 steps; each zoom halves it.
    let mut tolerance = Lattice::SIDE / 512.0 * TOLERANCE;
    for z in 0..Outline::WHOLE {
        if far_2 > tolerance * tolerance {
            return z;
        }
        tolerance /= 2.0;
    }
    Outline::WHOLE
}
