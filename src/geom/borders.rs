//! Borders that polygons of one level share, and how much of them each zoom needs.
//!
//! Positions are snapped once, on the lattice; from then on a shared vertex is an equal integer. Where rings run together
//! along the same vertices they share an *arc*, which begins and ends at *junctions*: vertices whose two neighbours are not
//! the same in every ring, as in Bostock's `TopoJSON` (topojson/topojson-server, `join` and `cut`). An arc is simplified by
//! itself, in a direction that does not depend on who asks, and the outcome is written beside each vertex: the first zoom
//! that needs it. So two polygons leave out the same vertices of the border between them, in every tile, without knowing of
//! each other.
//!
//! What holds at a zoom:
//! - A shared border stays shared, to the vertex; junctions stay at every zoom.
//! - Nothing lies farther from the border than half a pixel of a 512-pixel tile; from [`Outline::WHOLE`] on all is there.
//! - Arcs do not look out for one another, so two that come within a pixel may touch or cross at a coarse zoom, by a pixel
//!   at most. Both sides of each see the same, so no gap opens.
//! - Borders that lie on each other without common vertices (one has a vertex on the other's straight side) are not shared:
//!   the ends of what they share are junctions, and between them each stays within half a pixel of itself, so that a gap of
//!   the data grows by one pixel at most. An odd vertex on a straight side goes first, which closes such a gap.

mod weigh;

use super::{Lattice, LatticeRect, World};
use geo::{LineString, MultiPolygon};
use hashbrown::HashSet;
use rayon::slice::ParallelSliceMut;

/// The rings of a polygon with parts and holes on the lattice, each vertex with the first zoom that needs it.
///
/// Exteriors run clockwise on the map (positive area where y points down) and holes against it; each exterior is followed by
/// its holes; no ring repeats its first vertex at its end. 9 bytes a vertex.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    points: Vec<Lattice>,
    /// One for each point.
    zooms: Vec<u8>,
    rings: Vec<Span>,
}

/// Where a ring ends among the points, and the rectangle around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    end: usize,
    hole: bool,
    bounds: LatticeRect,
}

/// One ring of an [`Outline`].
#[derive(Debug, Clone, Copy)]
pub struct OutlineRing<'a> {
    /// Whether it bounds a hole.
    pub hole: bool,
    /// The smallest rectangle around it.
    pub bounds: LatticeRect,
    points: &'a [Lattice],
    zooms: &'a [u8],
}

impl<'a> OutlineRing<'a> {
    /// The vertices that a zoom needs, in order; fewer than three where nothing is left of the ring but a line.
    pub fn at_zoom(self, z: u8) -> impl Iterator<Item = Lattice> + 'a {
        self.points.iter().zip(self.zooms).filter(move |(_, first)| **first <= z).map(|(point, _)| *point)
    }
}

impl Outline {
    /// From this zoom on every vertex is needed: maps draw deeper zooms from its tiles, magnified.
    pub const WHOLE: u8 = 14;

    /// Snaps a geometry of degrees. Every zoom needs all of it until it is [weighed](Outline::weighed).
    ///
    /// Costs some 50 ns a vertex.
    #[must_use]
    pub fn of(geometry: &MultiPolygon<f64>) -> Outline {
        let mut outline = Outline::default();
        for polygon in geometry {
            outline.push(polygon.exterior(), false);
            polygon.interiors().iter().for_each(|hole| outline.push(hole, true));
        }
        outline.points.shrink_to_fit();
        outline.zooms = vec![0; outline.points.len()];
        outline
    }

    fn push(&mut self, line: &LineString<f64>, hole: bool) {
        let mut ring: Vec<Lattice> = line.0.iter().map(|at| Lattice::of_world(World::of_degrees(at.x, at.y))).collect();
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        let Some(bounds) = LatticeRect::around(&ring) else { return };
        if (twice_area(&ring) < 0) != hole {
            ring.reverse();
        }
        self.points.extend(ring);
        self.rings.push(Span { end: self.points.len(), hole, bounds });
    }

    /// The smallest rectangle around it; `None` where it is empty.
    #[must_use]
    pub fn bounds(&self) -> Option<LatticeRect> {
        self.rings.iter().map(|ring| ring.bounds).reduce(|a, b| a.union(&b))
    }

    /// Vertices of all rings.
    #[must_use]
    pub fn vertices(&self) -> usize {
        self.points.len()
    }

    /// The first zoom that needs each vertex, in the order of the rings.
    #[must_use]
    pub fn zooms(&self) -> &[u8] {
        &self.zooms
    }

    /// Its rings; each exterior before its holes.
    pub fn rings(&self) -> impl Iterator<Item = OutlineRing<'_>> {
        let starts = std::iter::once(0).chain(self.rings.iter().map(|ring| ring.end));
        starts.zip(&self.rings).map(|(start, Span { end, hole, bounds })| OutlineRing {
            hole: *hole,
            bounds: *bounds,
            points: &self.points[start..*end],
            zooms: &self.zooms[start..*end],
        })
    }

    /// Works out which zooms need which vertex. `junctions` must know all that touches it.
    ///
    /// Costs n log n mostly, some 0.2 µs a vertex, and never more than 64 looks at each vertex and its logarithm.
    #[must_use]
    pub fn weighed(mut self, junctions: &Junctions) -> Outline {
        let mut start = 0;
        for ring in &self.rings {
            let span = start..ring.end;
            weigh::ring(&self.points[span.clone()], junctions, &mut self.zooms[span]);
            start = ring.end;
        }
        self
    }
}

/// The vertices at which arcs begin and end, of the polygons of one level.
#[derive(Debug, Default)]
pub struct Junctions(HashSet<Lattice>);

impl Junctions {
    /// Finds them among polygons that are all on one level.
    ///
    /// Sorts every vertex with its two neighbours, on all cores: some 0.1 µs and, while it lasts, 24 bytes a vertex.
    #[must_use]
    pub fn among<'a>(outlines: impl IntoIterator<Item = &'a Outline>) -> Junctions {
        let mut corners: Vec<(Lattice, [Lattice; 2])> = Vec::new();
        for ring in outlines.into_iter().flat_map(Outline::rings) {
            let points = ring.points;
            let last = points.len() - 1;
            corners.extend(points.iter().enumerate().map(|(i, at)| {
                let (before, after) =
                    (points[i.checked_sub(1).unwrap_or(last)], points[if i == last { 0 } else { i + 1 }]);
                (*at, if before <= after { [before, after] } else { [after, before] })
            }));
        }
        corners.par_sort_unstable();
        let differ = |pair: &[(Lattice, [Lattice; 2])]| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1;
        Junctions(corners.windows(2).filter(|pair| differ(pair)).map(|pair| pair[0].0).collect())
    }

    fn contains(&self, at: Lattice) -> bool {
        self.0.contains(&at)
    }
}

/// Twice the signed area of a ring (surveyor's formula); positive for one that runs clockwise on a map whose y points down.
fn twice_area(ring: &[Lattice]) -> i128 {
    let Some(mut from) = ring.last() else { return 0 };
    let mut sum = 0;
    for to in ring {
        sum += i128::from(from.x) * i128::from(to.y) - i128::from(to.x) * i128::from(from.y);
        from = to;
    }
    sum
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
