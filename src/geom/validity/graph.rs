//! The planar graph of noded segments: which half-edges go round which face.

use super::polygons::{Sets, key};
use super::segments::{Segment, before, turn};
use geo::Coord;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Half-edge `2 i` runs along segment `i`, half-edge `2 i + 1` against it; a face lies to the left of the half-edges around it.
pub struct Graph {
    places: Vec<Coord<f64>>,
    /// From where each half-edge starts.
    from: Vec<usize>,
    /// The next half-edge around the same face.
    next: Vec<usize>,
    /// The face of each half-edge.
    pub face: Vec<usize>,
    /// The connected component of each vertex.
    component: Vec<usize>,
    /// For each component, its lowest vertex and the face around it.
    pub outside: Vec<(Coord<f64>, usize)>,
}

impl Graph {
    /// Segments meet in their ends only and none stands twice. n log n.
    pub fn new(segments: &[Segment]) -> Graph {
        let mut places = Vec::new();
        let mut number: HashMap<(u64, u64), usize> = HashMap::new();
        let mut from = Vec::with_capacity(2 * segments.len());
        for end in segments.iter().flat_map(|s| [s.a, s.b]) {
            from.push(*number.entry(key(end)).or_insert_with(|| {
                places.push(end);
                places.len() - 1
            }));
        }
        let leaving = sorted_around(&places, &from);
        let mut graph = Graph {
            next: turns(&from, &leaving),
            face: vec![usize::MAX; from.len()],
            component: Vec::new(),
            outside: Vec::new(),
            places,
            from,
        };
        graph.walk();
        graph.find_components(&leaving);
        graph
    }

    fn walk(&mut self) {
        let mut faces = 0;
        for start in 0..self.from.len() {
            let mut at = start;
            while self.face[at] == usize::MAX {
                self.face[at] = faces;
                at = self.next[at];
            }
            faces += usize::from(self.face[start] == faces);
        }
    }

    fn find_components(&mut self, leaving: &[Vec<usize>]) {
        let mut sets = Sets::new(self.places.len());
        for half in (0..self.from.len()).step_by(2) {
            sets.join(self.from[half], self.from[half + 1]);
        }
        let mut lowest: HashMap<usize, usize> = HashMap::new();
        for vertex in 0..self.places.len() {
            let low = lowest.entry(sets.find(vertex)).or_insert(vertex);
            if before(self.places[vertex], self.places[*low]) {
                *low = vertex;
            }
        }
        let mut order: Vec<(usize, usize)> = lowest.into_iter().collect();
        order.sort_unstable();
        let mut number = HashMap::new();
        for (root, low) in order {
            number.insert(root, self.outside.len());
            // All that leaves the lowest vertex goes east; west of it, left of what goes furthest to the left, is the outside.
            let furthest = leaving[low].iter().copied().reduce(|best, half| {
                let (to, at) = (self.places[self.to(half)], self.places[low]);
                if turn(at, self.places[self.to(best)], to) > 0.0 { half } else { best }
            });
            let furthest = furthest.expect("a vertex is the end of some segment");
            self.outside.push((self.places[low], self.face[furthest]));
        }
        self.component = (0..self.places.len()).map(|vertex| number[&sets.find(vertex)]).collect();
    }

    fn to(&self, half: usize) -> usize {
        self.from[half ^ 1]
    }

    /// The component that a segment is part of.
    pub fn component_of(&self, segment: usize) -> usize {
        self.component[self.from[2 * segment]]
    }

    /// Around each face once, the vertices in order; with the face.
    pub fn walks(&self) -> impl Iterator<Item = (usize, Vec<usize>)> + use<'_> {
        let mut done = vec![false; self.from.len()];
        (0..self.from.len()).filter_map(move |start| {
            let (mut walk, mut at) = (Vec::new(), start);
            while !done[at] {
                done[at] = true;
                walk.push(self.from[at]);
                at = self.next[at];
            }
            (!walk.is_empty()).then_some((self.face[start], walk))
        })
    }

    /// Where a vertex is.
    pub fn place(&self, vertex: usize) -> Coord<f64> {
        self.places[vertex]
    }
}

/// For each vertex the half-edges that leave it, counter-clockwise from the east.
fn sorted_around(places: &[Coord<f64>], from: &[usize]) -> Vec<Vec<usize>> {
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
    for (half, vertex) in from.iter().enumerate() {
        leaving[*vertex].push(half);
    }
    for (vertex, halves) in leaving.iter_mut().enumerate() {
        let at = places[vertex];
        let southern = |c: Coord<f64>| (c.y, c.x) < (at.y, at.x);
        halves.sort_unstable_by(|one, other| {
            let (p, q) = (places[from[one ^ 1]], places[from[other ^ 1]]);
            southern(p).cmp(&southern(q)).then_with(|| turn(at, q, p).partial_cmp(&0.0).unwrap_or(Ordering::Equal))
        });
    }
    leaving
}

/// After a half-edge comes the one that turns furthest to the left: the one before its twin, counter-clockwise.
fn turns(from: &[usize], leaving: &[Vec<usize>]) -> Vec<usize> {
    let mut next = vec![0; from.len()];
    for halves in leaving {
        for (i, half) in halves.iter().enumerate() {
            next[half ^ 1] = halves[(i + halves.len() - 1) % halves.len()];
        }
    }
    next
}
