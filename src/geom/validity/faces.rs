//! The area of linework, as GEOS's `MakeValid` finds it: outline within outline.
//!
//! Source: `BuildArea` in GEOS's `MakeValid.cpp` (method "linework"), after `PostGIS` `ST_MakeValid` (Santilli 2012).

use super::graph::Graph;
use super::polygons::{counter_clockwise, key};
use super::segments::{Location, Meeting, Segment, before, locate, meetings};
use super::{Fault, Invalid, finite};
use geo::{Area, Coord, LineString, MultiPolygon, Polygon};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// Rounded crossings may cross anew: a second pass settles nearly all, more than this do not settle.
const MAX_PASSES: usize = 8;

/// The area that rings enclose; empty where they enclose none.
pub fn area(polygons: &[Polygon<f64>]) -> Result<MultiPolygon<f64>, Invalid> {
    let rings = polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let mut segments = Vec::new();
    for ring in rings {
        if !ring.0.iter().all(|c| finite(*c)) {
            return Err(Fault::NotFinite.into());
        }
        segments.extend(ring.lines().filter(|l| l.start != l.end).map(|l| Segment { a: l.start, b: l.end }));
    }
    Ok(assemble(&outlines(node(segments)?)))
}

/// Cuts segments where they meet, and keeps each piece once.
fn node(mut segments: Vec<Segment>) -> Result<Vec<Segment>, Invalid> {
    for _ in 0..MAX_PASSES {
        let mut seen = HashSet::new();
        segments.retain(|s| {
            let (low, high) = if before(s.a, s.b) { (s.a, s.b) } else { (s.b, s.a) };
            seen.insert((key(low), key(high)))
        });
        let mut cuts: Vec<Vec<Coord<f64>>> = vec![Vec::new(); segments.len()];
        let _ = meetings(&segments, |i, j, meeting| {
            let (first, second) = match meeting {
                Meeting::Cross(at) | Meeting::Touch(at) => (at, at),
                Meeting::Overlap(from, to) => (from, to),
            };
            for at in [first, second] {
                for k in [i, j] {
                    if at != segments[k].a && at != segments[k].b {
                        cuts[k].push(at);
                    }
                }
            }
            ControlFlow::<()>::Continue(())
        });
        if cuts.iter().all(Vec::is_empty) {
            return Ok(segments);
        }
        segments = segments.iter().zip(cuts).flat_map(|(segment, at)| pieces(*segment, at)).collect();
    }
    Err(Fault::SelfIntersection.into())
}

/// A segment cut at positions on it.
pub fn pieces(segment: Segment, mut cuts: Vec<Coord<f64>>) -> Vec<Segment> {
    let along = |c: &Coord<f64>| {
        let (d, way) = (*c - segment.a, segment.b - segment.a);
        d.x * way.x + d.y * way.y
    };
    cuts.sort_unstable_by(|p, q| along(p).total_cmp(&along(q)));
    let ends = cuts.into_iter().chain([segment.b]);
    let mut last = segment.a;
    let mut pieces = Vec::new();
    for end in ends {
        if end != last {
            pieces.push(Segment { a: last, b: end });
        }
        last = end;
    }
    pieces
}

/// The segments of the outer outline, of the outline of what is left when that is gone, and so on. What encloses nothing is dropped.
fn outlines(mut segments: Vec<Segment>) -> Vec<Segment> {
    let mut all = Vec::new();
    loop {
        let graph = Graph::new(&segments);
        let outside: HashSet<usize> = graph.outside.iter().map(|(_, face)| *face).collect();
        let outer = |half: usize| outside.contains(&graph.face[half]);
        let is_outline: Vec<bool> = (0..segments.len()).map(|i| outer(2 * i) != outer(2 * i + 1)).collect();
        let before = all.len();
        all.extend(segments.iter().zip(&is_outline).filter(|(_, out)| **out).map(|(s, _)| *s));
        if all.len() == before {
            return all;
        }
        let mut keep = is_outline.iter().map(|out| !out);
        segments.retain(|_| keep.next().unwrap_or(false));
    }
}

/// Polygons from outlines of which each turns inside out. Segments meet in their ends only and none stands twice.
pub fn assemble(outlines: &[Segment]) -> MultiPolygon<f64> {
    let graph = Graph::new(outlines);
    let inside = colour(&graph, outlines);
    let mut shells: Vec<Polygon<f64>> = Vec::new();
    let mut loose = Vec::new();
    for (_, walk) in graph.walks().filter(|(face, _)| inside[*face]) {
        let rings = simple_rings(&walk).into_iter().map(|ring| ring.into_iter().map(|v| graph.place(v)).collect());
        let (outer, inner): (Vec<Vec<Coord<f64>>>, Vec<_>) = rings.partition(|ring: &Vec<_>| counter_clockwise(ring));
        let holes: Vec<LineString<f64>> = inner.into_iter().map(closed).collect();
        match outer.into_iter().next() {
            Some(shell) => shells.push(Polygon::new(closed(shell), holes)),
            None => loose.extend(holes),
        }
    }
    place_holes(&mut shells, loose);
    MultiPolygon(shells)
}

/// Whether each face is inside: the two sides of an outline differ.
fn colour(graph: &Graph, outlines: &[Segment]) -> Vec<bool> {
    let faces = graph.face.iter().max().map_or(0, |f| f + 1);
    let mut beside: Vec<Vec<usize>> = vec![Vec::new(); faces];
    for i in 0..outlines.len() {
        let (left, right) = (graph.face[2 * i], graph.face[2 * i + 1]);
        beside[left].push(right);
        beside[right].push(left);
    }
    let mut colours: Vec<Option<bool>> = vec![None; faces];
    for (component, (lowest, outside)) in graph.outside.iter().enumerate() {
        let others = outlines.iter().enumerate().filter(|(i, _)| graph.component_of(*i) != component).map(|(_, s)| *s);
        colours[*outside] = Some(locate(*lowest, others) == Location::Inside);
        let mut open = vec![*outside];
        while let Some(face) = open.pop() {
            let colour = colours[face];
            for neighbour in &beside[face] {
                if colours[*neighbour].is_none() {
                    colours[*neighbour] = colour.map(|c| !c);
                    open.push(*neighbour);
                }
            }
        }
    }
    colours.into_iter().map(|c| c == Some(true)).collect()
}

/// A walk that passes a vertex twice is several rings.
fn simple_rings(walk: &[usize]) -> Vec<Vec<usize>> {
    let (mut rings, mut open) = (Vec::new(), Vec::new());
    let mut at: HashMap<usize, usize> = HashMap::new();
    for vertex in walk.iter().chain(walk.first()) {
        if let Some(start) = at.get(vertex).copied() {
            let ring: Vec<usize> = open.drain(start..).collect();
            for v in &ring {
                at.remove(v);
            }
            rings.push(ring);
        }
        at.insert(*vertex, open.len());
        open.push(*vertex);
    }
    rings
}

fn closed(ring: Vec<Coord<f64>>) -> LineString<f64> {
    let mut line = LineString(ring);
    line.close();
    line
}

/// Each hole goes to the smallest shell around it; holes and shells share no position.
fn place_holes(shells: &mut [Polygon<f64>], holes: Vec<LineString<f64>>) {
    for hole in holes {
        let around = |shell: &Polygon<f64>| {
            let edges = shell.exterior().lines().map(|l| Segment { a: l.start, b: l.end });
            locate(hole.0[0], edges) == Location::Inside
        };
        let sizes = shells.iter().enumerate().filter(|(_, shell)| around(shell));
        let size = |shell: &Polygon<f64>| Polygon::new(shell.exterior().clone(), Vec::new()).unsigned_area();
        let smallest = sizes.map(|(i, shell)| (i, size(shell))).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i);
        if let Some(i) = smallest {
            shells[i].interiors_push(hole);
        }
    }
}
