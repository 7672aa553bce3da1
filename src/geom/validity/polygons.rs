//! The rules for polygons and multipolygons, in the order in which GEOS asks them.

use super::segments::{Location, Meeting, Segment, before, locate, meetings, turn};
use super::{Fault, Invalid, finite};
use geo::{Coord, LineString, Polygon};
use std::collections::{HashMap, HashSet};
use std::ops::{ControlFlow, Range};

/// A ring as a stretch of the list of all segments; repeated positions are left out.
struct Ring {
    segments: Range<usize>,
    low: Coord<f64>,
    high: Coord<f64>,
}

impl Ring {
    /// Whether the other's rectangle lies in this one's.
    fn may_hold(&self, other: &Ring) -> bool {
        self.low.x <= other.low.x
            && self.low.y <= other.low.y
            && self.high.x >= other.high.x
            && self.high.y >= other.high.y
    }
}

/// All rings of a multipolygon; a polygon is a shell and the holes after it.
#[derive(Default)]
struct Rings {
    segments: Vec<Segment>,
    /// The ring of each segment.
    owner: Vec<usize>,
    all: Vec<Ring>,
    polygons: Vec<Range<usize>>,
}

/// A point that two rings share.
#[derive(Clone, Copy)]
struct Touch {
    at: Coord<f64>,
    segments: (usize, usize),
}

/// Refuses polygons that are invalid each or together.
pub fn check(polygons: &[Polygon<f64>]) -> Result<(), Invalid> {
    let rings = Rings::of(polygons)?;
    let touches = rings.touches()?;
    for touch in &touches {
        if rings.cross(touch) {
            return Err(Invalid::at(Fault::SelfIntersection, touch.at));
        }
    }
    for polygon in &rings.polygons {
        rings.check_holes(polygon)?;
    }
    rings.check_shells()?;
    rings.check_connected(&touches)
}

impl Rings {
    fn of(polygons: &[Polygon<f64>]) -> Result<Rings, Invalid> {
        let mut rings = Rings::default();
        for polygon in polygons {
            let first = rings.all.len();
            if polygon.exterior().0.is_empty() && !polygon.interiors().is_empty() {
                return Err(Fault::HoleOutside.into());
            }
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                rings.push(ring)?;
            }
            if rings.all.len() > first {
                rings.polygons.push(first..rings.all.len());
            }
        }
        Ok(rings)
    }

    fn push(&mut self, ring: &LineString<f64>) -> Result<(), Invalid> {
        let Some(mut last) = ring.0.first().copied() else { return Ok(()) };
        if !ring.0.iter().all(|c| finite(*c)) {
            return Err(Fault::NotFinite.into());
        }
        let (start, mut low, mut high) = (self.segments.len(), last, last);
        for &c in &ring.0[1..] {
            if c != last {
                self.segments.push(Segment { a: last, b: c });
                self.owner.push(self.all.len());
                low = Coord { x: low.x.min(c.x), y: low.y.min(c.y) };
                high = Coord { x: high.x.max(c.x), y: high.y.max(c.y) };
                last = c;
            }
        }
        if self.segments.len() - start < 3 {
            return Err(Invalid::at(Fault::TooFewPoints, last));
        }
        self.all.push(Ring { segments: start..self.segments.len(), low, high });
        Ok(())
    }

    fn edges(&self, ring: &Ring) -> impl Iterator<Item = Segment> + use<'_> {
        self.segments[ring.segments.clone()].iter().copied()
    }

    /// The points that rings share, once for each pair of rings; refuses crossings, overlaps, and a ring that touches itself.
    fn touches(&self) -> Result<Vec<Touch>, Invalid> {
        let mut touches = Vec::new();
        let mut seen = HashSet::new();
        let mut own = None;
        let found = meetings(&self.segments, |i, j, meeting| {
            let at = match meeting {
                Meeting::Cross(at) | Meeting::Overlap(at, _) => {
                    return ControlFlow::Break(Invalid::at(Fault::SelfIntersection, at));
                }
                Meeting::Touch(at) => at,
            };
            let (one, other) = (self.owner[i], self.owner[j]);
            if one == other {
                let neighbours = self.next(i) == j || self.next(j) == i;
                own = own.or((!neighbours).then_some(at));
                return ControlFlow::Continue(());
            }
            if seen.insert((one.min(other), one.max(other), key(at))) {
                touches.push(Touch { at, segments: (i, j) });
            }
            ControlFlow::Continue(())
        });
        match (found, own) {
            (ControlFlow::Break(invalid), _) => Err(invalid),
            (ControlFlow::Continue(()), Some(at)) => Err(Invalid::at(Fault::RingSelfIntersection, at)),
            (ControlFlow::Continue(()), None) => Ok(touches),
        }
    }

    /// The segment after one in its ring.
    fn next(&self, i: usize) -> usize {
        let ring = &self.all[self.owner[i]].segments;
        if i + 1 == ring.end { ring.start } else { i + 1 }
    }

    /// The segment before one in its ring.
    fn previous(&self, i: usize) -> usize {
        let ring = &self.all[self.owner[i]].segments;
        if i == ring.start { ring.end - 1 } else { i - 1 }
    }

    /// Where a ring comes from and goes to at a point of one of its segments.
    fn around(&self, i: usize, at: Coord<f64>) -> (Coord<f64>, Coord<f64>) {
        let Segment { a, b } = self.segments[i];
        match () {
            () if a == at => (self.segments[self.previous(i)].a, b),
            () if b == at => (a, self.segments[self.next(i)].b),
            () => (a, b),
        }
    }

    /// Whether two rings that share a point pass through one another there. They do not run along one another.
    fn cross(&self, touch: &Touch) -> bool {
        let (from, to) = self.around(touch.segments.0, touch.at);
        let (other_from, other_to) = self.around(touch.segments.1, touch.at);
        between(touch.at, from, to, other_from) != between(touch.at, from, to, other_to)
    }

    /// Whether the first ring lies in the second, given that they do not cross: a position of it that is not on the second tells.
    fn within(&self, inner: &Ring, outer: &Ring) -> bool {
        let middles = self.edges(inner).map(|s| (s.a + s.b) / 2.0);
        let probes = self.edges(inner).map(|s| s.a).chain(middles);
        let mut told = probes.map(|at| locate(at, self.edges(outer))).filter(|l| *l != Location::Boundary);
        told.next() == Some(Location::Inside)
    }

    fn check_holes(&self, polygon: &Range<usize>) -> Result<(), Invalid> {
        let (shell, holes) = (&self.all[polygon.start], &self.all[polygon.start + 1..polygon.end]);
        for hole in holes {
            if !shell.may_hold(hole) || !self.within(hole, shell) {
                return Err(Invalid::at(Fault::HoleOutside, self.segments[hole.segments.start].a));
            }
        }
        for (i, one) in holes.iter().enumerate() {
            for other in &holes[i + 1..] {
                let nested = (one.may_hold(other) && self.within(other, one))
                    || (other.may_hold(one) && self.within(one, other));
                if nested {
                    return Err(Invalid::at(Fault::NestedHoles, self.segments[other.segments.start].a));
                }
            }
        }
        Ok(())
    }

    /// A part may lie in another's hole, not in its interior.
    fn check_shells(&self) -> Result<(), Invalid> {
        for (i, inner) in self.polygons.iter().enumerate() {
            let shell = &self.all[inner.start];
            for (_, outer) in self.polygons.iter().enumerate().filter(|(j, _)| *j != i) {
                let (around, holes) = (&self.all[outer.start], &self.all[outer.start + 1..outer.end]);
                let nested = around.may_hold(shell)
                    && self.within(shell, around)
                    && !holes.iter().any(|hole| hole.may_hold(shell) && self.within(shell, hole));
                if nested {
                    return Err(Invalid::at(Fault::NestedShells, self.segments[shell.segments.start].a));
                }
            }
        }
        Ok(())
    }

    /// Rings and the points that they share are a forest, or a circle of touching rings cuts the interior.
    fn check_connected(&self, touches: &[Touch]) -> Result<(), Invalid> {
        let mut polygon_of = vec![0; self.all.len()];
        for (i, polygon) in self.polygons.iter().enumerate() {
            polygon_of[polygon.clone()].fill(i);
        }
        let mut sets = Sets::new(self.all.len());
        let mut points = HashMap::new();
        let mut joined = HashSet::new();
        for touch in touches {
            let (one, other) = (self.owner[touch.segments.0], self.owner[touch.segments.1]);
            if polygon_of[one] != polygon_of[other] {
                continue;
            }
            let point = *points.entry((polygon_of[one], key(touch.at))).or_insert_with(|| sets.add());
            for ring in [one, other] {
                if joined.insert((ring, point)) && !sets.join(ring, point) {
                    return Err(Invalid::at(Fault::Disconnected, touch.at));
                }
            }
        }
        Ok(())
    }
}

/// A position as a key; both zeros are one.
pub fn key(c: Coord<f64>) -> (u64, u64) {
    ((c.x + 0.0).to_bits(), (c.y + 0.0).to_bits())
}

/// Whether `q` lies to the left of the way `from → at → to`, none of them on one ray from `at`.
fn between(at: Coord<f64>, from: Coord<f64>, to: Coord<f64>, q: Coord<f64>) -> bool {
    let bend = turn(from, at, to);
    let (first, second) = (turn(from, at, q) > 0.0, turn(at, to, q) > 0.0);
    match () {
        () if bend > 0.0 => first && second,
        () if bend < 0.0 => first || second,
        () => first,
    }
}

/// Disjoint sets that are joined.
pub struct Sets(Vec<usize>);

impl Sets {
    /// `n` sets of one each.
    pub fn new(n: usize) -> Sets {
        Sets((0..n).collect())
    }

    /// One more set; its number.
    pub fn add(&mut self) -> usize {
        self.0.push(self.0.len());
        self.0.len() - 1
    }

    /// The number of the set that `i` is in.
    pub fn find(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    /// Joins two sets; `false` where they were one.
    pub fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a] = b;
        a != b
    }
}

/// Whether a simple closed ring (first position not repeated) runs counter-clockwise; exact.
pub fn counter_clockwise(ring: &[Coord<f64>]) -> bool {
    let lowest = (0..ring.len()).reduce(|i, j| if before(ring[j], ring[i]) { j } else { i }).unwrap_or(0);
    let n = ring.len();
    turn(ring[(lowest + n - 1) % n], ring[lowest], ring[(lowest + 1) % n]) > 0.0
}
