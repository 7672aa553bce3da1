//! Everything within a distance of a point, a line or an area, as simple rings that overlap.
//!
//! A distance is not made into one outline: each edge gives a ring of its own – the rectangle beside it, with the sector at its
//! end – and an area is there itself besides. All run counter-clockwise, so that they may be taken together by winding numbers,
//! whole or a few of them; nothing has to be united, and a strip meets only those that are near it.

use super::tree::Extent;
use geo::{Coord, Winding as _};
use std::f64::consts::{FRAC_PI_2, PI};

/// Segments of a quarter of a circle, at least: what GEOS takes by default.
pub const QUARTER: f64 = 8.0;
/// No segment leaves its circle by more than this, metres: beyond 5 m a quarter has more than [`QUARTER`] segments.
pub const OFF: f64 = 0.025;

/// On which side of a circle its segments lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arc {
    /// They are chords: what is outside the outline may be nearer than the distance, by 0.5 % of it.
    Within,
    /// They are tangents: nothing outside the outline is nearer than the distance.
    Around,
}

/// Segments of a quarter of a circle, so that none leaves it by more than [`OFF`].
pub fn segments(radius: f64) -> f64 {
    // A tangent polygon's corner is radius / cos(half a step) out.
    let half = (radius / (radius + OFF)).acos();
    (FRAC_PI_2 / (2.0 * half)).ceil().max(QUARTER)
}

/// Many rings in one row of corners; one piece is one ring or, of an area, all its rings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pieces {
    corners: Vec<Coord<f64>>,
    /// Where rings end among the corners. A ring's first corner stands again at its end.
    rings: Vec<u32>,
    /// Where pieces end among the rings, and what they are of.
    ends: Vec<(u32, u32)>,
    extents: Vec<Extent>,
}

impl Pieces {
    /// The rectangles around them.
    pub fn extents(&self) -> &[Extent] {
        &self.extents
    }

    /// What a piece is of.
    pub fn thing(&self, piece: u32) -> u32 {
        self.ends[piece as usize].1
    }

    /// The rings of a piece, each closed.
    pub fn rings(&self, piece: u32) -> impl Iterator<Item = &[Coord<f64>]> + Clone {
        let before = (piece as usize).checked_sub(1).map_or(0, |p| self.ends[p].0);
        (before..self.ends[piece as usize].0).map(|r| self.ring(r as usize))
    }

    /// How many corners it has.
    pub fn corners(&self, piece: u32) -> usize {
        let end = |piece: u32| match self.ends[piece as usize].0 {
            0 => 0,
            rings => self.rings[rings as usize - 1] as usize,
        };
        end(piece) - piece.checked_sub(1).map_or(0, end)
    }

    fn ring(&self, ring: usize) -> &[Coord<f64>] {
        let before = ring.checked_sub(1).map_or(0, |r| self.rings[r]);
        &self.corners[before as usize..self.rings[ring] as usize]
    }

    /// Adds all of others, for their things moved on by so many.
    pub fn append(&mut self, others: &Pieces) {
        let (corners, rings) = (count(self.corners.len()), count(self.rings.len()));
        self.corners.extend_from_slice(&others.corners);
        self.rings.extend(others.rings.iter().map(|end| corners + end));
        self.ends.extend(others.ends.iter().map(|(end, thing)| (rings + end, *thing)));
        self.extents.extend_from_slice(&others.extents);
    }

    /// Adds a piece of these rings where `near` wants what lies in its rectangle. Rings of fewer than three corners are left out.
    pub fn add<'a>(
        &mut self,
        thing: u32,
        rings: impl IntoIterator<Item = &'a [Coord<f64>]>,
        near: &impl Fn(&Extent) -> bool,
    ) {
        let (corners, first) = (self.corners.len(), self.rings.len());
        for ring in rings {
            let from = self.corners.len();
            self.corners.extend_from_slice(ring);
            if self.corners.get(from) != self.corners.last() {
                self.corners.push(ring[0]);
            }
            if self.corners.len() - from < 4 {
                self.corners.truncate(from);
            } else {
                self.rings.push(count(self.corners.len()));
            }
        }
        let extent = Extent::around(&self.corners[corners..]);
        if self.rings.len() > first && near(&extent) {
            self.ends.push((count(self.rings.len()), thing));
            self.extents.push(extent);
        } else {
            self.corners.truncate(corners);
            self.rings.truncate(first);
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("four thousand million corners are 64 GB: memory ends before")
}

/// Makes rings of one distance and adds them to pieces.
pub struct Outline<'a, N> {
    /// Where to.
    pub pieces: &'a mut Pieces,
    /// What they are of.
    pub thing: u32,
    /// Metres, above 0.
    pub distance: f64,
    /// How circles are drawn.
    pub arc: Arc,
    /// Which rectangles are wanted.
    pub near: &'a N,
}

impl<N: Fn(&Extent) -> bool> Outline<'_, N> {
    /// A circle.
    pub fn point(&mut self, at: Coord<f64>) {
        let mut ring = vec![at + Coord { x: self.distance, y: 0.0 }];
        self.sector(&mut ring, at, Coord { x: 1.0, y: 0.0 }, 2.0 * PI);
        self.pieces.add(self.thing, [&ring[..]], self.near);
    }

    /// A line with round ends; no position twice in a row. One that is closed has no ends. A line of one position is a point.
    pub fn line(&mut self, line: &[Coord<f64>]) {
        if line.len() < 2 {
            for at in line {
                self.point(*at);
            }
            return;
        }
        let closed = line.len() > 3 && line.first() == line.last();
        let along: Vec<Coord<f64>> = line.windows(2).map(|e| towards(e[0], e[1])).collect();
        let mut ring: Vec<Coord<f64>> = Vec::new();
        for (n, edge) in line.windows(2).enumerate() {
            let (p, q, e) = (edge[0], edge[1], along[n]);
            let (left, right) = (left_of(e), -left_of(e));
            ring.clear();
            ring.push(p + left * self.distance);
            if n == 0 && !closed {
                self.sector(&mut ring, p, left, PI);
            }
            ring.push(p + right * self.distance);
            ring.push(q + right * self.distance);
            let next = along.get(n + 1).or(along.first().filter(|_| closed));
            match next.map(|next| (*next, turn(e, *next))) {
                None => self.sector(&mut ring, q, right, PI),
                Some((next, by)) if by > 0.0 => {
                    self.sector(&mut ring, q, right, by);
                    ring.extend([q - left_of(next) * self.distance, q]);
                }
                Some((next, by)) if by < 0.0 => {
                    ring.extend([q, q + left_of(next) * self.distance]);
                    self.sector(&mut ring, q, left_of(next), -by);
                }
                _ => {}
            }
            ring.push(q + left * self.distance);
            self.pieces.add(self.thing, [&ring[..]], self.near);
        }
    }

    /// What lies beside a closed ring, on its right.
    pub fn beside(&mut self, closed: &[Coord<f64>]) {
        let along: Vec<Coord<f64>> = closed.windows(2).map(|e| towards(e[0], e[1])).collect();
        let mut ring: Vec<Coord<f64>> = Vec::new();
        for (n, edge) in closed.windows(2).enumerate() {
            let (p, q, right) = (edge[0], edge[1], -left_of(along[n]));
            let next = along[(n + 1) % along.len()];
            ring.clear();
            ring.extend([p, p + right * self.distance, q + right * self.distance]);
            let by = turn(along[n], next);
            if by > 0.0 {
                self.sector(&mut ring, q, right, by);
                ring.push(q - left_of(next) * self.distance);
            }
            ring.push(q);
            self.pieces.add(self.thing, [&ring[..]], self.near);
        }
    }

    /// The corners of a sector's arc between its ends, from a direction counter-clockwise by an angle.
    fn sector(&self, ring: &mut Vec<Coord<f64>>, centre: Coord<f64>, from: Coord<f64>, angle: f64) {
        let step = angle / (angle / FRAC_PI_2 * segments(self.distance) - 1e-9).ceil().max(1.0);
        let (radius, mut at) = match self.arc {
            Arc::Within => (self.distance, step),
            Arc::Around => (self.distance / (step / 2.0).cos(), step / 2.0),
        };
        while at < angle - step / 4.0 {
            ring.push(centre + rotated(from, at) * radius);
            at += step;
        }
    }
}

/// A direction turned counter-clockwise.
pub fn rotated(direction: Coord<f64>, by: f64) -> Coord<f64> {
    let (sin, cos) = by.sin_cos();
    Coord { x: direction.x * cos - direction.y * sin, y: direction.x * sin + direction.y * cos }
}

/// The direction from one place to another, of length 1; they are not the same.
pub fn towards(from: Coord<f64>, to: Coord<f64>) -> Coord<f64> {
    let way = to - from;
    way / way.x.hypot(way.y)
}

/// The direction to the left of one.
pub fn left_of(direction: Coord<f64>) -> Coord<f64> {
    Coord { x: -direction.y, y: direction.x }
}

/// By how much a way turns to the left, −π to π.
pub fn turn(before: Coord<f64>, after: Coord<f64>) -> f64 {
    let (sin, cos) = (before.x * after.y - before.y * after.x, before.x * after.x + before.y * after.y);
    sin.atan2(cos)
}

/// A polygon's rings, the outer counter-clockwise and the inner clockwise.
pub fn oriented(polygon: &geo::Polygon<f64>) -> impl Iterator<Item = Vec<Coord<f64>>> {
    let inner = polygon.interiors().iter().map(|r| (r, false));
    std::iter::once((polygon.exterior(), true)).chain(inner).map(|(ring, outer)| {
        let mut ring = ring.clone();
        ring.0.dedup();
        if outer {
            ring.make_ccw_winding();
        } else {
            ring.make_cw_winding();
        }
        ring.0
    })
}
