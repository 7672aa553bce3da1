//! Where segments meet. Signs of turns are exact (Shewchuk 1997, doi:10.1007/PL00009321), only a crossing's place is rounded.

use geo::Coord;
use robust::orient2d;
use std::ops::ControlFlow;

/// Two positions that differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    pub a: Coord<f64>,
    pub b: Coord<f64>,
}

/// What two segments share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Meeting {
    /// One point inside both; rounded.
    Cross(Coord<f64>),
    /// One point that is an end of at least one of them; exact.
    Touch(Coord<f64>),
    /// A stretch between two ends; exact.
    Overlap(Coord<f64>, Coord<f64>),
}

/// Positive where `p → q → r` turns left, negative where it turns right, zero on a line; exact.
pub fn turn(p: Coord<f64>, q: Coord<f64>, r: Coord<f64>) -> f64 {
    let robust = |c: Coord<f64>| robust::Coord { x: c.x, y: c.y };
    orient2d(robust(p), robust(q), robust(r))
}

/// West before east, south before north.
pub fn before(p: Coord<f64>, q: Coord<f64>) -> bool {
    (p.x, p.y) < (q.x, q.y)
}

/// What two segments share, if anything.
pub fn meeting(p: Segment, q: Segment) -> Option<Meeting> {
    let (qa, qb) = (turn(p.a, p.b, q.a), turn(p.a, p.b, q.b));
    if qa == 0.0 && qb == 0.0 {
        return along(p, q);
    }
    if same_side(qa, qb) {
        return None;
    }
    let (pa, pb) = (turn(q.a, q.b, p.a), turn(q.a, q.b, p.b));
    if same_side(pa, pb) {
        return None;
    }
    // Not on one line, and each reaches the other's line: a zero is an end that lies on the other segment.
    Some(match (qa == 0.0, qb == 0.0, pa == 0.0, pb == 0.0) {
        (true, _, _, _) => Meeting::Touch(q.a),
        (_, true, _, _) => Meeting::Touch(q.b),
        (_, _, true, _) => Meeting::Touch(p.a),
        (_, _, _, true) => Meeting::Touch(p.b),
        _ => {
            let t = pa / (pa - pb);
            Meeting::Cross(Coord { x: p.a.x + t * (p.b.x - p.a.x), y: p.a.y + t * (p.b.y - p.a.y) })
        }
    })
}

fn same_side(a: f64, b: f64) -> bool {
    (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0)
}

/// Two segments on one line.
fn along(p: Segment, q: Segment) -> Option<Meeting> {
    let ends = |s: Segment| if before(s.a, s.b) { (s.a, s.b) } else { (s.b, s.a) };
    let ((p_low, p_high), (q_low, q_high)) = (ends(p), ends(q));
    let low = if before(p_low, q_low) { q_low } else { p_low };
    let high = if before(p_high, q_high) { p_high } else { q_high };
    match () {
        () if low == high => Some(Meeting::Touch(low)),
        () if before(low, high) => Some(Meeting::Overlap(low, high)),
        () => None,
    }
}

/// Calls `visit` with the two indexes and the meeting of every pair that meets, until it breaks.
///
/// A sweep along the longer side with the list of segments that it is in: n log n, and n times the segments that one line across
/// cuts.
pub fn meetings<B>(
    segments: &[Segment],
    mut visit: impl FnMut(usize, usize, Meeting) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let spans = Spans::of(segments);
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_unstable_by(|i, j| spans.0[*i].along.0.total_cmp(&spans.0[*j].along.0));
    let mut active: Vec<usize> = Vec::new();
    for i in order {
        let here = &spans.0[i];
        active.retain(|j| spans.0[*j].along.1 >= here.along.0);
        for j in &active {
            let there = &spans.0[*j];
            if there.across.0 <= here.across.1
                && here.across.0 <= there.across.1
                && let Some(meeting) = meeting(segments[i], segments[*j])
            {
                visit(i, *j, meeting)?;
            }
        }
        active.push(i);
    }
    ControlFlow::Continue(())
}

/// From where to where each segment runs, along the sweep and across it.
struct Spans(Vec<Span>);

struct Span {
    along: (f64, f64),
    across: (f64, f64),
}

impl Spans {
    fn of(segments: &[Segment]) -> Spans {
        let sorted = |a: f64, b: f64| if a <= b { (a, b) } else { (b, a) };
        let mut spans: Vec<Span> =
            segments.iter().map(|s| Span { along: sorted(s.a.x, s.b.x), across: sorted(s.a.y, s.b.y) }).collect();
        let extent = |side: fn(&Span) -> (f64, f64)| {
            let low = spans.iter().map(|s| side(s).0).fold(f64::INFINITY, f64::min);
            spans.iter().map(|s| side(s).1).fold(f64::NEG_INFINITY, f64::max) - low
        };
        if extent(|s| s.across) > extent(|s| s.along) {
            for span in &mut spans {
                std::mem::swap(&mut span.along, &mut span.across);
            }
        }
        Spans(spans)
    }
}

/// Where a position lies with respect to closed lines, by the even-odd rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    Inside,
    Boundary,
    Outside,
}

/// Casts a ray to the east; exact. Costs the number of segments.
pub fn locate(at: Coord<f64>, segments: impl Iterator<Item = Segment>) -> Location {
    let mut inside = false;
    for Segment { a, b } in segments {
        if (a.x < at.x && b.x < at.x) || (a.y < at.y && b.y < at.y) || (a.y > at.y && b.y > at.y) {
            continue;
        }
        let side = turn(a, b, at);
        if side == 0.0 && (a.x <= at.x || b.x <= at.x) && (a.x >= at.x || b.x >= at.x) {
            return Location::Boundary;
        }
        let upward = a.y <= at.y && b.y > at.y;
        let downward = b.y <= at.y && a.y > at.y;
        if (upward && side > 0.0) || (downward && side < 0.0) {
            inside = !inside;
        }
    }
    if inside { Location::Inside } else { Location::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(a: (f64, f64), b: (f64, f64)) -> Segment {
        Segment { a: a.into(), b: b.into() }
    }

    #[test]
    fn two_segments_meet_in_every_way_that_there_is() {
        let base = segment((0.0, 0.0), (4.0, 0.0));
        let at = |x: f64| Coord { x, y: 0.0 };
        let table = [
            (segment((1.0, -1.0), (1.0, 1.0)), Some(Meeting::Cross(at(1.0)))),
            (segment((1.0, 0.0), (1.0, 1.0)), Some(Meeting::Touch(at(1.0)))),
            (segment((4.0, 0.0), (5.0, 1.0)), Some(Meeting::Touch(at(4.0)))),
            (segment((4.0, 0.0), (5.0, 0.0)), Some(Meeting::Touch(at(4.0)))),
            (segment((5.0, 0.0), (3.0, 0.0)), Some(Meeting::Overlap(at(3.0), at(4.0)))),
            (segment((5.0, 0.0), (6.0, 0.0)), None),
            (segment((1.0, 1.0), (3.0, 1.0)), None),
            (segment((5.0, -1.0), (5.0, 1.0)), None),
        ];
        for (other, expected) in table {
            assert_eq!(meeting(base, other), expected, "{other:?}");
            assert_eq!(meeting(other, base), expected, "{other:?} turned round");
        }
    }

    #[test]
    fn the_sweep_finds_what_comparing_all_pairs_finds() {
        use rand::{RngExt, SeedableRng, rngs::SmallRng};
        let mut rng = SmallRng::seed_from_u64(7);
        for tall in [1.0, 20.0] {
            let mut place =
                || Coord { x: f64::from(rng.random_range(0..40)), y: tall * f64::from(rng.random_range(0..40)) };
            let mut segments: Vec<Segment> = (0..200).map(|_| Segment { a: place(), b: place() }).collect();
            segments.retain(|s| s.a != s.b);
            let mut found = Vec::new();
            let _ = meetings(&segments, |i, j, _| {
                found.push((i.min(j), i.max(j)));
                ControlFlow::<()>::Continue(())
            });
            found.sort_unstable();
            let pairs = (0..segments.len()).flat_map(|i| (i + 1..segments.len()).map(move |j| (i, j)));
            let all: Vec<_> = pairs.filter(|(i, j)| meeting(segments[*i], segments[*j]).is_some()).collect();
            assert_eq!(found, all);
        }
    }

    #[test]
    fn a_position_is_inside_on_or_outside() {
        let ring =
            [((0.0, 0.0), (4.0, 0.0)), ((4.0, 0.0), (4.0, 4.0)), ((4.0, 4.0), (0.0, 4.0)), ((0.0, 4.0), (0.0, 0.0))];
        let check = |x: f64, y: f64, expected| {
            assert_eq!(locate(Coord { x, y }, ring.iter().map(|(a, b)| segment(*a, *b))), expected, "{x} {y}");
        };
        check(2.0, 2.0, Location::Inside);
        check(4.0, 2.0, Location::Boundary);
        check(0.0, 0.0, Location::Boundary);
        check(2.0, 4.0, Location::Boundary);
        check(-1.0, 4.0, Location::Outside);
        check(-1.0, 0.0, Location::Outside);
        check(5.0, 2.0, Location::Outside);
    }
}
