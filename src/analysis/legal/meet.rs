//! What rings block of a cell.

use super::outline::left_of;
use super::span::{self, Span};
use super::strip::Frame;
use super::tree::Extent;
use geo::Coord;

/// What reaches less deep into a strip than this only touches it, metres.
pub const GRAZE: f64 = 1e-3;

/// What rings block of a cell; its room is used again and again.
#[derive(Debug, Default)]
pub struct Blocked {
    /// Where they are somewhere between the edges, in metres along the cell's line, sorted and apart; of a turn anything.
    pub partly: Vec<Span>,
    /// Where they are everywhere between the edges.
    pub wholly: Vec<Span>,
    /// For rings of many corners.
    pub nearby: Nearby,
    crossings: Vec<f64>,
    edges: Vec<Span>,
}

impl Blocked {
    /// Of closed rings that together are one area by winding (a hole runs the other way), in a straight cell: the part of it
    /// along the line, the band between its edges.
    ///
    /// A section across the cell meets an area where its inner end lies in it or an edge of the area meets it; it lies in the
    /// area where its inner end does and no edge meets it. So a look at each edge is enough.
    pub fn straight<'a>(
        &mut self,
        rings: impl Iterator<Item = &'a [Coord<f64>]>,
        frame: &Frame,
        part: Span,
        band: Span,
    ) {
        let (near, far) = (band.0 + GRAZE, band.1 - GRAZE);
        let Blocked { partly, wholly, crossings, edges, .. } = self;
        partly.clear();
        wholly.clear();
        crossings.clear();
        edges.clear();
        for ring in rings {
            let mut corners = ring.iter().map(|c| frame.local(*c));
            let Some(mut p) = corners.next() else { continue };
            for q in corners {
                if (p.1 > near) != (q.1 > near) {
                    crossings.push(p.0 + (q.0 - p.0) * ((near - p.1) / (q.1 - p.1)));
                }
                edges.extend(clip(p, q, part, (near, far)));
                p = q;
            }
        }
        crossings.sort_unstable_by(f64::total_cmp);
        span::merge(edges);
        for pair in crossings.chunks_exact(2) {
            let inside = (pair[0].max(part.0), pair[1].min(part.1));
            if inside.1 - inside.0 > span::TOUCH {
                partly.push(inside);
                span::rest_into(inside, edges, wholly);
            }
        }
        partly.extend_from_slice(edges);
        span::merge(partly);
        partly.retain(|s| s.1 - s.0 > span::TOUCH);
    }

    /// The same of a turn: the parts of it, and the rectangle around them. There is but some of it and all of it.
    pub fn turn<'a>(&mut self, rings: &(impl Iterator<Item = &'a [Coord<f64>]> + Clone), parts: (&[Part], &Extent)) {
        const ALL: Span = (0.0, 1.0);
        self.partly.clear();
        self.wholly.clear();
        let meets = Meets::of(rings, parts);
        self.partly.extend(Some(ALL).filter(|_| meets != Meets::Nowhere));
        self.wholly.extend(Some(ALL).filter(|_| meets == Meets::Wholly));
    }
}

/// The part of a segment within an upright rectangle, by where it lies along the first axis (Liang and Barsky 1984,
/// <https://doi.org/10.1145/357332.357333>).
fn clip(first: (f64, f64), last: (f64, f64), along: Span, across: Span) -> Option<Span> {
    let beyond = |a: f64, b: f64, span: Span| a.max(b) < span.0 || a.min(b) > span.1;
    if beyond(first.1, last.1, across) || beyond(first.0, last.0, along) {
        return None;
    }
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (start, end, (low, high)) in [(first.0, last.0, along), (first.1, last.1, across)] {
        let way = end - start;
        if way == 0.0 {
            if start < low || start > high {
                return None;
            }
            continue;
        }
        let (a, b) = ((low - start) / way, (high - start) / way);
        from = from.max(a.min(b));
        to = to.min(a.max(b));
    }
    let at = |t: f64| (first.0 + (last.0 - first.0) * t).clamp(along.0, along.1);
    (from <= to).then(|| (at(from).min(at(to)), at(from).max(at(to))))
}

/// What rings block of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meets {
    /// Nothing.
    Nowhere,
    /// A part, at least.
    Partly,
    /// All.
    Wholly,
}

impl Meets {
    /// Of closed rings that together are one area by winding, in parts that lie in a rectangle.
    pub fn of<'a>(
        rings: &(impl Iterator<Item = &'a [Coord<f64>]> + Clone),
        (parts, around): (&[Part], &Extent),
    ) -> Meets {
        let mut near = false;
        for edge in rings.clone().flat_map(|ring| ring.windows(2)).filter(|e| around.meets(&Extent::of(e[0], e[1]))) {
            near = true;
            if parts.iter().any(|part| part.crossed(edge[0], edge[1])) {
                return Meets::Partly;
            }
        }
        // Where no edge is near what holds for one part holds for all.
        let (first, others) = parts.split_first().expect("a turn has a part");
        let wholly = within(rings.clone(), first.middle);
        if near && others.iter().any(|part| within(rings.clone(), part.middle) != wholly) {
            return Meets::Partly;
        }
        if wholly { Meets::Wholly } else { Meets::Nowhere }
    }
}

/// A convex part of a turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Of each side the direction to its left and how far along that it begins, [`GRAZE`] inside.
    sides: [(Coord<f64>, f64); 4],
    middle: Coord<f64>,
}

impl Part {
    /// Of its corners, counter-clockwise; some may be the same.
    pub fn new(corners: [Coord<f64>; 4]) -> Part {
        let side = |n: usize| {
            let (from, to) = (corners[n], corners[(n + 1) % 4]);
            let long = (to - from).x.hypot((to - from).y);
            if long < GRAZE {
                // It keeps nothing out.
                return (Coord { x: 0.0, y: 0.0 }, -1.0);
            }
            let left = left_of((to - from) / long);
            (left, left.x * from.x + left.y * from.y + GRAZE)
        };
        let middle = corners.iter().fold(Coord { x: 0.0, y: 0.0 }, |sum, c| sum + *c) / 4.0;
        Part { sides: [side(0), side(1), side(2), side(3)], middle }
    }

    /// Whether a segment reaches into it by more than [`GRAZE`] (Cyrus and Beck 1978,
    /// <https://doi.org/10.1016/0097-8493(78)90021-3>).
    fn crossed(&self, p: Coord<f64>, q: Coord<f64>) -> bool {
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (left, least) in &self.sides {
            let depth = |at: Coord<f64>| left.x * at.x + left.y * at.y - least;
            let (start, end) = (depth(p), depth(q));
            if start < 0.0 && end < 0.0 {
                return false;
            }
            if start < 0.0 {
                from = from.max(start / (start - end));
            } else if end < 0.0 {
                to = to.min(start / (start - end));
            }
        }
        from < to
    }
}

/// Whether a place lies in closed rings by the even-odd rule.
pub fn within<'a>(rings: impl Iterator<Item = &'a [Coord<f64>]>, at: Coord<f64>) -> bool {
    let crosses = |e: &&[Coord<f64>]| {
        let (p, q) = (e[0], e[1]);
        (p.y > at.y) != (q.y > at.y) && at.x < p.x + (q.x - p.x) * ((at.y - p.y) / (q.y - p.y))
    };
    rings.map(|ring| ring.windows(2).filter(crosses).count()).sum::<usize>() % 2 == 1
}

/// Closed rings without the detail that is far from a window; the room is used again and again.
#[derive(Debug, Default)]
pub struct Nearby {
    corners: Vec<Coord<f64>>,
    /// Where rings end among the corners.
    ends: Vec<usize>,
}

impl Nearby {
    /// Of corners in a row that all lie beyond the same side of the window it keeps the first and the last: within the window nothing
    /// changes, as what lies between them moves about beyond that side only.
    pub fn of<'a>(&mut self, rings: impl Iterator<Item = &'a [Coord<f64>]>, window: &Extent) {
        self.corners.clear();
        self.ends.clear();
        let beyond = |c: &Coord<f64>| {
            u8::from(c.x < window.min.x)
                | u8::from(c.x > window.max.x) << 1
                | u8::from(c.y < window.min.y) << 2
                | u8::from(c.y > window.max.y) << 3
        };
        for ring in rings {
            let mut sides = 0;
            for pair in ring.windows(2) {
                let here = beyond(&pair[1]);
                sides &= here;
                if sides == 0 {
                    self.corners.push(pair[0]);
                    sides = beyond(&pair[0]) & here;
                }
            }
            self.corners.extend(ring.last());
            self.ends.push(self.corners.len());
        }
    }

    /// What was kept, each closed.
    pub fn rings(&self) -> impl Iterator<Item = &[Coord<f64>]> + Clone {
        (0..self.ends.len())
            .map(|n| &self.corners[n.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[n]])
    }
}

/// A closed ring cut at the sides of a rectangle (Sutherland and Hodgman 1974, <https://doi.org/10.1145/360767.360802>); parts may be
/// joined along a side, by edges that enclose nothing. Closed; empty where nothing is left.
///
/// Two rings that share an edge are cut at the same places, whichever way they run.
pub fn cut(ring: &[Coord<f64>], window: &Extent) -> Vec<Coord<f64>> {
    let mut kept = ring.to_vec();
    // The sides as: the coordinate, the limit, and whether to stay above it.
    for (x, limit, above) in [
        (true, window.min.x, true),
        (true, window.max.x, false),
        (false, window.min.y, true),
        (false, window.max.y, false),
    ] {
        let of = |c: Coord<f64>| if x { c.x } else { c.y };
        let inside = |c: Coord<f64>| if above { of(c) >= limit } else { of(c) <= limit };
        if kept.iter().all(|c| inside(*c)) {
            continue;
        }
        let mut next = Vec::with_capacity(kept.len() + 4);
        for edge in kept.windows(2) {
            let (p, q) = (edge[0], edge[1]);
            if inside(p) {
                next.push(p);
            }
            if inside(p) != inside(q) {
                // The same sum for both directions.
                let (p, q) = if (p.x, p.y) <= (q.x, q.y) { (p, q) } else { (q, p) };
                let t = (limit - of(p)) / (of(q) - of(p));
                let at = p + (q - p) * t;
                next.push(if x { Coord { x: limit, ..at } } else { Coord { y: limit, ..at } });
            }
        }
        if let Some(first) = next.first().copied() {
            next.push(first);
        }
        kept = next;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::legal::strip::{Kind, Strip};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    /// A cell of 10 m along the x axis, its edges 2 m and 4 m to the left.
    fn frame() -> Frame {
        let strip = Strip::new(0, 0, &[Coord { x: 0.0, y: 0.0 }, Coord { x: 10.0, y: 0.0 }], (2.0, 4.0));
        let Kind::Straight { frame, .. } = strip.cells[0].kind else { panic!("no straight cell") };
        frame
    }

    fn check(rings: &[&[(f64, f64)]], partly: &[Span], wholly: &[Span]) {
        let rings: Vec<Vec<Coord<f64>>> =
            rings.iter().map(|r| r.iter().chain(&r[..1]).map(|(x, y)| Coord { x: *x, y: *y }).collect()).collect();
        let mut found = Blocked::default();
        found.straight(rings.iter().map(Vec::as_slice), &frame(), (0.0, 10.0), (2.0, 4.0));
        let near = |a: &[Span], b: &[Span]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a.0 - b.0).abs() < 0.005 && (a.1 - b.1).abs() < 0.005)
        };
        assert!(near(&found.partly, partly) && near(&found.wholly, wholly), "{rings:?}: {found:?}");
    }

    #[test]
    fn what_rings_block_of_a_cell_is_as_drawn() {
        // Across the whole band; from below to its middle; above and below it; beside it; touching.
        check(&[&[(3.0, 0.0), (5.0, 0.0), (5.0, 9.0), (3.0, 9.0)]], &[(3.0, 5.0)], &[(3.0, 5.0)]);
        check(&[&[(3.0, 0.0), (5.0, 0.0), (5.0, 3.0), (3.0, 3.0)]], &[(3.0, 5.0)], &[]);
        check(&[&[(3.0, 4.5), (5.0, 4.5), (5.0, 9.0), (3.0, 9.0)]], &[], &[]);
        check(&[&[(11.0, 0.0), (15.0, 0.0), (15.0, 9.0), (11.0, 9.0)]], &[], &[]);
        check(&[&[(3.0, 4.0), (5.0, 4.0), (5.0, 9.0), (3.0, 9.0)]], &[], &[]);
        // All of it; with a hole that leaves it free; with a hole in its middle.
        let around: &[(f64, f64)] = &[(-1.0, 0.0), (11.0, 0.0), (11.0, 9.0), (-1.0, 9.0)];
        check(&[around], &[(0.0, 10.0)], &[(0.0, 10.0)]);
        check(
            &[around, &[(2.0, 1.0), (2.0, 8.0), (7.0, 8.0), (7.0, 1.0)]],
            &[(0.0, 2.0), (7.0, 10.0)],
            &[(0.0, 2.0), (7.0, 10.0)],
        );
        check(&[around, &[(2.0, 2.5), (2.0, 3.5), (7.0, 3.5), (7.0, 2.5)]], &[(0.0, 10.0)], &[(0.0, 2.0), (7.0, 10.0)]);
        // A slanting edge: whole where both edges of the band are in it.
        check(&[&[(0.0, 0.0), (8.0, 0.0), (2.0, 6.0), (0.0, 6.0)]], &[(0.0, 6.0)], &[(0.0, 4.0)]);
        // Two teeth from above.
        let teeth: &[(f64, f64)] = &[(1.0, 9.0), (2.0, 3.0), (3.0, 9.0), (5.0, 9.0), (6.0, 3.0), (7.0, 9.0)];
        check(&[teeth], &[(1.833, 2.167), (5.833, 6.167)], &[]);
    }

    #[test]
    fn a_turn_is_met_where_something_reaches_into_it() {
        let square = |x: f64, y: f64, side: f64| -> [Coord<f64>; 5] {
            [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)]
                .map(|(dx, dy)| Coord { x: x + dx, y: y + dy })
        };
        let meets = |ring: &[Coord<f64>], cell: &[[Coord<f64>; 5]]| {
            let parts: Vec<Part> = cell.iter().map(|[a, b, c, d, _]| Part::new([*a, *b, *c, *d])).collect();
            Meets::of(&std::iter::once(ring), (&parts, &Extent::around(cell.iter().flatten())))
        };
        let cell = [square(0.0, 0.0, 1.0)];
        for (ring, expected) in [
            (square(0.2, 0.2, 0.2), Meets::Partly),
            (square(0.5, 0.5, 5.0), Meets::Partly),
            (square(-5.0, -5.0, 20.0), Meets::Wholly),
            (square(1.0, 0.0, 1.0), Meets::Nowhere),
            (square(0.9995, 0.0, 1.0), Meets::Nowhere),
            (square(3.0, 3.0, 1.0), Meets::Nowhere),
        ] {
            assert_eq!(meets(&ring, &cell), expected, "{ring:?}");
        }
        // All of one part and nothing of another is a part of both.
        let two = [square(0.0, 0.0, 1.0), square(5.0, 0.0, 1.0)];
        assert_eq!(meets(&square(-1.0, -1.0, 4.0), &two), Meets::Partly);
        assert_eq!(meets(&square(-1.0, -1.0, 9.0), &two), Meets::Wholly);
    }

    #[test]
    fn what_is_far_from_a_window_loses_its_detail_and_nothing_changes_within() {
        let mut random = StdRng::seed_from_u64(5);
        let window = Extent { min: Coord { x: 40.0, y: 40.0 }, max: Coord { x: 60.0, y: 55.0 } };
        let (mut inside, mut fewer) = (0, 0);
        let mut nearby = Nearby::default();
        for _ in 0..300 {
            let mut ring: Vec<Coord<f64>> = (0..random.random_range(3..60))
                .map(|_| Coord { x: random.random_range(0.0..100.0), y: random.random_range(0.0..100.0) })
                .collect();
            ring.push(ring[0]);
            nearby.of([&ring[..], &ring[..]].into_iter(), &window);
            let kept: Vec<&[Coord<f64>]> = nearby.rings().collect();
            assert!(kept.len() == 2 && kept[0] == kept[1] && kept[0][0] == kept[0][kept[0].len() - 1]);
            fewer += ring.len() - kept[0].len();
            for _ in 0..20 {
                let at = Coord { x: random.random_range(40.0..60.0), y: random.random_range(40.0..55.0) };
                let expected = within(std::iter::once(&ring[..]), at);
                assert_eq!(within(kept[..1].iter().copied(), at), expected, "{ring:?} {at:?}");
                inside += usize::from(expected);
            }
        }
        assert!(inside > 1_000 && fewer > 1_000, "{inside} {fewer}");
    }

    #[test]
    fn a_ring_is_cut_to_a_window() {
        let window = Extent { min: Coord { x: 0.0, y: 0.0 }, max: Coord { x: 4.0, y: 3.0 } };
        let ring = |corners: &[(f64, f64)]| -> Vec<Coord<f64>> {
            corners.iter().chain(&corners[..1]).map(|(x, y)| Coord { x: *x, y: *y }).collect()
        };
        for (whole, left) in [
            (ring(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]), ring(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)])),
            (
                ring(&[(3.0, 1.0), (6.0, 1.0), (6.0, 2.0), (3.0, 2.0)]),
                ring(&[(3.0, 1.0), (4.0, 1.0), (4.0, 2.0), (3.0, 2.0)]),
            ),
            (ring(&[(5.0, 1.0), (6.0, 1.0), (6.0, 2.0)]), Vec::new()),
            (
                ring(&[(-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)]),
                ring(&[(4.0, 0.0), (4.0, 3.0), (0.0, 3.0), (0.0, 0.0)]),
            ),
        ] {
            assert_eq!(cut(&whole, &window), left, "{whole:?}");
        }
    }
}
