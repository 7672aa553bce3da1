//! The stretches of a line that lie inside a surface, in the line's direction.

use super::locate::{Prepared, Side};
use geo::{Coord, MultiPolygon, Rect};

/// A surface made ready to cut lines with.
///
/// ```
/// use melonmap::geom::Stretches;
/// let square = Stretches::new(&geo::wkt!(POLYGON((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.))).into());
/// let line = [(-1., 1.), (5., 1.), (5., 3.), (2., 3.)].map(geo::Coord::from);
/// let inside = square.of(&line);
/// assert_eq!(inside.len(), 2);
/// assert_eq!(inside[0], [(0., 1.), (4., 1.)].map(geo::Coord::from));
/// assert_eq!(inside[1], [(4., 3.), (2., 3.)].map(geo::Coord::from));
/// ```
#[derive(Debug, Clone)]
pub struct Stretches {
    surface: Prepared,
    edges: Vec<[Coord<f64>; 2]>,
}

impl Stretches {
    /// Of a valid surface. Costs O(positions).
    #[must_use]
    pub fn new(surface: &MultiPolygon<f64>) -> Stretches {
        let rings = surface.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let edges = rings.flat_map(|ring| ring.0.windows(2).map(|edge| [edge[0], edge[1]])).collect();
        Stretches { surface: Prepared::new(surface), edges }
    }

    /// The stretches of a line inside; a line that is wholly inside comes back as it is. Without those of no length.
    ///
    /// Costs O(log n) where the line's rectangle lies wholly inside or outside, else a look at every edge for each of its segments.
    #[must_use]
    pub fn of(&self, line: &[Coord<f64>]) -> Vec<Vec<Coord<f64>>> {
        let Some(around) = around(line) else { return Vec::new() };
        match self.surface.side(&around) {
            Side::Inside => return vec![line.to_vec()],
            Side::Outside => return Vec::new(),
            Side::Border => {}
        }
        let mut stretches: Vec<Vec<Coord<f64>>> = Vec::new();
        for segment in line.windows(2) {
            let [from, to] = [segment[0], segment[1]];
            let at = |t: f64| {
                if t <= 0.0 {
                    from
                } else if t >= 1.0 {
                    to
                } else {
                    from + (to - from) * t
                }
            };
            let mut cuts: Vec<f64> = self.edges.iter().filter_map(|edge| crossing([from, to], *edge)).collect();
            cuts.extend([0.0, 1.0]);
            cuts.sort_by(f64::total_cmp);
            for part in cuts.windows(2).filter(|part| part[0] < part[1]) {
                if !self.surface.contains(at(f64::midpoint(part[0], part[1]))) {
                    continue;
                }
                let (start, end) = (at(part[0]), at(part[1]));
                match stretches.last_mut().filter(|last| last.last() == Some(&start)) {
                    // A cut that leads from inside to inside is no end.
                    Some(last) if part[0] > 0.0 => *last.last_mut().expect("a stretch has two positions") = end,
                    Some(last) => last.push(end),
                    None => stretches.push(vec![start, end]),
                }
            }
        }
        stretches
    }
}

fn around(line: &[Coord<f64>]) -> Option<Rect<f64>> {
    let first = *line.first()?;
    Some(line.iter().fold(Rect::new(first, first), |r, c| {
        let (min, max) = (r.min(), r.max());
        Rect::new((min.x.min(c.x), min.y.min(c.y)), (max.x.max(c.x), max.y.max(c.y)))
    }))
}

/// How far along a segment, as a share of it, an edge crosses it.
fn crossing(segment: [Coord<f64>; 2], edge: [Coord<f64>; 2]) -> Option<f64> {
    let apart = |of: fn(&Coord<f64>) -> f64| {
        let [a, b, c, d] = [&segment[0], &segment[1], &edge[0], &edge[1]].map(of);
        a.max(b) < c.min(d) || c.max(d) < a.min(b)
    };
    if apart(|at| at.x) || apart(|at| at.y) {
        return None;
    }
    let cross = |u: Coord<f64>, v: Coord<f64>| u.x * v.y - u.y * v.x;
    let (along, between) = (segment[1] - segment[0], edge[0] - segment[0]);
    let edge = edge[1] - edge[0];
    let turned = cross(along, edge);
    if turned == 0.0 {
        return None; // along the edge: its ends are crossed by the edges beside it
    }
    let shares = [cross(between, edge) / turned, cross(between, along) / turned];
    shares.iter().all(|share| (0.0..=1.0).contains(share)).then_some(shares[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{BooleanOps, Euclidean, Length, LineString, MultiLineString, polygon};
    use rand::rngs::SmallRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn stretches_are_as_long_as_a_general_overlay_says_and_in_the_lines_order() {
        let surface = MultiPolygon(vec![
            polygon!(exterior: [(x: 0., y: 0.), (x: 10., y: 0.), (x: 10., y: 10.), (x: 5., y: 4.), (x: 0., y: 10.)],
                interiors: [[(x: 2., y: 1.), (x: 3., y: 1.), (x: 3., y: 2.)]]),
            polygon![(x: 12., y: 0.), (x: 14., y: 0.), (x: 13., y: 9.)],
        ]);
        let stretches = Stretches::new(&surface);
        let mut rng = SmallRng::seed_from_u64(11);
        let mut cut = 0;
        for _ in 0..400 {
            let mut place = || Coord { x: rng.random_range(-3.0..17.0), y: rng.random_range(-3.0..13.0) };
            let line: Vec<Coord<f64>> = (0..4).map(|_| place()).collect();
            let found = stretches.of(&line);
            cut += usize::from(found.len() > 1);
            let expected = surface.clip(&MultiLineString(vec![LineString(line.clone())]), false);
            let length: f64 = found.iter().map(|s| Euclidean.length(&LineString(s.clone()))).sum();
            assert!((length - Euclidean.length(&expected)).abs() < 1e-6, "{line:?} {found:?} {expected:?}");
            // How far along the line each position lies, as the sum of whole segments before it and its share of its own.
            let along = |at: &Coord<f64>, from: usize| {
                (from..3).find_map(|n| {
                    let (a, b) = (line[n], line[n + 1]);
                    let on = ((at.x - a.x) * (b.x - a.x) + (at.y - a.y) * (b.y - a.y))
                        / ((b.x - a.x).powi(2) + (b.y - a.y).powi(2));
                    let off = (*at - (a + (b - a) * on)).x.hypot((*at - (a + (b - a) * on)).y);
                    #[allow(clippy::cast_precision_loss)]
                    (off < 1e-9 && (-1e-9..=1.0 + 1e-9).contains(&on)).then_some((n, n as f64 + on))
                })
            };
            let mut last = (0, -1.0);
            for at in found.iter().flatten() {
                let next = along(at, last.0).expect("a stretch lies on its line");
                assert!(next.1 >= last.1 - 1e-9, "{line:?} {found:?}");
                last = next;
            }
        }
        assert!(cut > 100, "{cut}");
    }

    #[test]
    fn a_line_inside_comes_back_as_it_is_and_one_outside_not_at_all() {
        let square: MultiPolygon<f64> = geo::wkt!(POLYGON((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.))).into();
        let stretches = Stretches::new(&square);
        let line = [(1., 1.), (2., 3.), (1., 1.)].map(Coord::from);
        assert_eq!(stretches.of(&line), [line.to_vec()]);
        assert!(stretches.of(&[(5., 1.), (6., 3.)].map(Coord::from)).is_empty());
        assert!(stretches.of(&[]).is_empty());
    }
}
