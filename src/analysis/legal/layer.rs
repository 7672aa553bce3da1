//! What one rule forbids, ready to be met.

use super::outline::{Arc, Outline, Pieces, oriented};
use super::tree::{Extent, Tree};
use super::why::Nearest;
use super::{Forbidden, Rule};
use crate::geom::validity;
use geo::{Coord, CoordsIter as _, Geometry, Point, Polygon};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::sync;

/// Things that one thread takes at a time.
const SHARE: usize = 256;

/// The things of one rule and the pieces that they forbid.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Whose.
    pub rule: Rule,
    /// In a fixed order that the order of the input does not change.
    pub things: Vec<Forbidden>,
    /// Of what is near a strip.
    pub pieces: Pieces,
    /// Over the pieces.
    pub tree: Tree,
    /// To measure to all things.
    pub nearest: Nearest,
}

impl Layer {
    /// Outlines the things that are near strips. n log n.
    pub fn new(rule: Rule, mut things: Vec<Forbidden>, near: &(impl Fn(&Extent) -> bool + Sync)) -> Layer {
        for thing in &mut things {
            plain(&mut thing.geometry);
        }
        things.par_sort_unstable_by(order);
        let shares: Vec<Pieces> = things
            .par_chunks(SHARE)
            .enumerate()
            .map(|(share, things)| {
                let mut pieces = Pieces::default();
                for (n, thing) in things.iter().enumerate().filter(|(_, t)| near(&reach(t))) {
                    let number = u32::try_from(share * SHARE + n).unwrap_or(u32::MAX);
                    outline(&mut pieces, number, &thing.geometry, thing.distance, near);
                }
                pieces
            })
            .collect();
        let mut pieces = Pieces::default();
        for share in &shares {
            pieces.append(share);
        }
        let tree = Tree::new(pieces.extents());
        let nearest = Nearest::new(things.iter().map(|t| (t.distance, t.only.clone(), extent(&t.geometry))));
        Layer { rule, things, pieces, tree, nearest }
    }
}

/// A line that stands still is a point: nothing else can be measured to.
fn plain(geometry: &mut Geometry<f64>) {
    if let Geometry::LineString(line) = geometry
        && let [first, others @ ..] = &line.0[..]
        && others.iter().all(|at| at == first)
    {
        *geometry = Point(*first).into();
    }
}

/// The rectangle in which a thing forbids.
pub fn reach(thing: &Forbidden) -> Extent {
    // Tangents leave their circle by less than a hundredth of its radius.
    extent(&thing.geometry).grown(thing.distance * 1.01)
}

/// The rectangle around a geometry.
pub fn extent(geometry: &Geometry<f64>) -> Extent {
    geometry.coords_iter().fold(Extent::NOTHING, |all, c| all.join(&Extent { min: c, max: c }))
}

/// A fixed order; things that are equal in it are the same.
pub fn order(a: &Forbidden, b: &Forbidden) -> Ordering {
    let coords = || {
        let mut both = (a.geometry.coords_iter(), b.geometry.coords_iter());
        loop {
            match (both.0.next(), both.1.next()) {
                (None, None) => return Ordering::Equal,
                (None, _) => return Ordering::Less,
                (_, None) => return Ordering::Greater,
                (Some(p), Some(q)) => match p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)) {
                    Ordering::Equal => {}
                    other => return other,
                },
            }
        }
    };
    a.distance
        .total_cmp(&b.distance)
        .then_with(coords)
        .then_with(|| shape(&a.geometry).cmp(&shape(&b.geometry)))
        .then_with(|| only(a.only.as_ref(), b.only.as_ref()))
}

/// A fixed order of streets beside which alone something holds.
pub fn only(a: Option<&sync::Arc<[u32]>>, b: Option<&sync::Arc<[u32]>>) -> Ordering {
    match (a, b) {
        // Mostly one list serves all.
        (Some(a), Some(b)) if sync::Arc::ptr_eq(a, b) => Ordering::Equal,
        _ => a.cmp(&b),
    }
}

/// What tells geometries of the same positions apart: the kind, then how many positions each part has.
fn shape(geometry: &Geometry<f64>) -> (u8, Vec<usize>) {
    let rings = |p: &Polygon<f64>| -> Vec<usize> {
        std::iter::once(p.exterior()).chain(p.interiors()).map(|r| r.0.len()).collect()
    };
    match geometry {
        Geometry::Point(_) => (0, Vec::new()),
        Geometry::MultiPoint(_) => (1, Vec::new()),
        Geometry::Line(_) => (2, Vec::new()),
        Geometry::LineString(_) => (3, Vec::new()),
        Geometry::MultiLineString(m) => (4, m.iter().map(|l| l.0.len()).collect()),
        Geometry::Polygon(p) => (5, rings(p)),
        Geometry::MultiPolygon(m) => (6, m.iter().flat_map(|p| [vec![0], rings(p)].concat()).collect()),
        Geometry::Rect(_) => (7, Vec::new()),
        Geometry::Triangle(_) => (8, Vec::new()),
        Geometry::GeometryCollection(c) => {
            (9, c.iter().flat_map(|g| [vec![shape(g).0.into()], shape(g).1].concat()).collect())
        }
    }
}

/// Adds everything within a distance of a geometry; of a distance of 0 its areas alone.
///
/// An area that crosses itself is repaired first; one that has no area left counts as its lines.
pub fn outline(
    pieces: &mut Pieces,
    thing: u32,
    geometry: &Geometry<f64>,
    distance: f64,
    near: &impl Fn(&Extent) -> bool,
) {
    let mut beside = |what: &mut dyn FnMut(&mut Outline<'_, _>)| {
        if distance > 0.0 {
            what(&mut Outline { pieces: &mut *pieces, thing, distance, arc: Arc::Around, near });
        }
    };
    match geometry {
        Geometry::Point(p) => beside(&mut |o| o.point(p.0)),
        Geometry::MultiPoint(m) => beside(&mut |o| m.iter().for_each(|p| o.point(p.0))),
        Geometry::Line(l) => beside(&mut |o| o.line(&distinct(&[l.start, l.end]))),
        Geometry::LineString(l) => beside(&mut |o| o.line(&distinct(&l.0))),
        Geometry::MultiLineString(m) => beside(&mut |o| m.iter().for_each(|l| o.line(&distinct(&l.0)))),
        Geometry::Polygon(p) => area(pieces, thing, std::slice::from_ref(p), distance, near),
        Geometry::MultiPolygon(m) => area(pieces, thing, &m.0, distance, near),
        Geometry::Rect(r) => area(pieces, thing, &[r.to_polygon()], distance, near),
        Geometry::Triangle(t) => area(pieces, thing, &[t.to_polygon()], distance, near),
        Geometry::GeometryCollection(c) => c.iter().for_each(|g| outline(pieces, thing, g, distance, near)),
    }
}

fn area(pieces: &mut Pieces, thing: u32, polygons: &[Polygon<f64>], distance: f64, near: &impl Fn(&Extent) -> bool) {
    for polygon in polygons {
        let whole = Geometry::Polygon(polygon.clone());
        let repaired = if validity::check(&whole).is_ok() { Ok(whole) } else { validity::repair(&whole) };
        let parts = match repaired {
            Ok(Geometry::Polygon(p)) => vec![p],
            Ok(Geometry::MultiPolygon(m)) => m.0,
            _ => {
                let lines = polygon.exterior().clone();
                outline(pieces, thing, &lines.into(), distance, near);
                continue;
            }
        };
        for part in parts {
            let rings: Vec<Vec<Coord<f64>>> = oriented(&part).collect();
            pieces.add(thing, rings.iter().map(Vec::as_slice), near);
            if distance > 0.0 {
                let mut outline = Outline { pieces: &mut *pieces, thing, distance, arc: Arc::Around, near };
                for ring in &rings {
                    outline.beside(ring);
                }
            }
        }
    }
}

/// Without positions that stand twice in a row.
pub fn distinct(line: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let mut line = line.to_vec();
    line.dedup();
    line
}
