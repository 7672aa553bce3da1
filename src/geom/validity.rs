//! Whether a geometry is one by the rules of OGC Simple Features (OGC 06-103r4, 6.1), and if not, what it can be made into.
//!
//! `geo`'s own `Validation` compares every segment of a ring with every other, lets a ring through that is folded onto a line, does
//! not see an interior that is cut in two, and cannot say where a fault lies; so the rules stand here, over one sweep. Both agree
//! where `geo` has a verdict (a test compares them).
//!
//! Everything is planar: a ring that runs over the antimeridian must have been cut there (RFC 7946 § 3.1.9). One that was not cut is
//! a valid polygon on the other side of the globe and passes.

mod enclosed;
mod faces;
mod graph;
mod polygons;
mod segments;

pub use enclosed::enclosed;

use super::LonLat;
use geo::{
    Coord, Geometry, GeometryCollection, HasDimensions as _, LineString, MultiLineString, MultiPoint, Point, Polygon,
};
use std::fmt;
use thiserror::Error;

/// What is wrong with a geometry; the kinds and their names are GEOS's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// A coordinate that is no finite number.
    #[error("invalid coordinate")]
    NotFinite,
    /// A ring whose last position is not its first. Only a reader can see it: the geometries of `geo` close themselves.
    #[error("ring not closed")]
    NotClosed,
    /// A ring with fewer than 4 positions or a line with fewer than 2, repeated ones counted once.
    #[error("too few points in geometry component")]
    TooFewPoints,
    /// Segments that cross or run along one another.
    #[error("self-intersection")]
    SelfIntersection,
    /// A ring that touches itself in a point.
    #[error("ring self-intersection")]
    RingSelfIntersection,
    /// A hole that is not within its shell.
    #[error("hole lies outside shell")]
    HoleOutside,
    /// A hole within a hole.
    #[error("nested holes")]
    NestedHoles,
    /// A part of a multipolygon within another part.
    #[error("nested shells")]
    NestedShells,
    /// Rings that touch so that the interior falls apart.
    #[error("interior is disconnected")]
    Disconnected,
    /// Nothing with an area (or, of a line, with a length) is left after a repair.
    #[error("collapses to a line or point")]
    Collapsed,
}

/// Why a geometry was refused, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Invalid {
    /// What is wrong.
    pub fault: Fault,
    /// A place where it is wrong; `None` where it is so everywhere or lies outside longitudes and latitudes.
    pub at: Option<LonLat>,
}

impl Invalid {
    fn at(fault: Fault, at: Coord<f64>) -> Invalid {
        Invalid { fault, at: LonLat::new(at.x, at.y).ok() }
    }
}

impl From<Fault> for Invalid {
    fn from(fault: Fault) -> Invalid {
        Invalid { fault, at: None }
    }
}

impl std::error::Error for Invalid {}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{} at {}, {}", self.fault, at.lon(), at.lat()),
            None => write!(f, "{}", self.fault),
        }
    }
}

/// Refuses what is not valid; an empty geometry is valid. About n log n for n positions.
///
/// ```
/// use geo::polygon;
/// use melonmap::geom::validity::{Fault, check};
/// let bow_tie = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0), (x: 0.0, y: 1.0)];
/// assert_eq!(check(&bow_tie.into()).unwrap_err().fault, Fault::SelfIntersection);
/// ```
pub fn check(geometry: &Geometry<f64>) -> Result<(), Invalid> {
    match geometry {
        Geometry::Point(p) => check_point(p.0),
        Geometry::MultiPoint(m) => m.iter().try_for_each(|p| check_point(p.0)),
        Geometry::Line(l) => check_line(&[l.start, l.end]),
        Geometry::LineString(l) => check_line(&l.0),
        Geometry::MultiLineString(m) => m.iter().try_for_each(|l| check_line(&l.0)),
        Geometry::Polygon(p) => polygons::check(std::slice::from_ref(p)),
        Geometry::MultiPolygon(m) => polygons::check(&m.0),
        Geometry::Rect(r) => polygons::check(&[r.to_polygon()]),
        Geometry::Triangle(t) => polygons::check(&[t.to_polygon()]),
        Geometry::GeometryCollection(c) => c.iter().try_for_each(check),
    }
}

/// Takes parts and holes without positions away: they are valid and mean nothing, and other programs stumble over them.
pub fn drop_empty(geometry: &mut Geometry<f64>) {
    // A hole without a shell stays, so that it is told.
    let nothing = |p: &Polygon<f64>| p.exterior().0.is_empty() && p.interiors().is_empty();
    let tidy = |p: &mut Polygon<f64>| {
        if p.interiors().iter().any(|hole| hole.0.is_empty()) {
            let (shell, mut holes) =
                std::mem::replace(p, Polygon::new(LineString(Vec::new()), Vec::new())).into_inner();
            holes.retain(|hole| !hole.0.is_empty());
            *p = Polygon::new(shell, holes);
        }
    };
    match geometry {
        Geometry::Polygon(p) => tidy(p),
        Geometry::MultiPolygon(m) => {
            m.0.iter_mut().for_each(tidy);
            m.0.retain(|p| !nothing(p));
        }
        Geometry::MultiLineString(m) => m.0.retain(|l| !l.0.is_empty()),
        Geometry::GeometryCollection(c) => {
            c.0.iter_mut().for_each(drop_empty);
            c.0.retain(|part| !part.is_empty());
        }
        _ => {}
    }
}

/// A valid geometry of the same linework: what GEOS's `MakeValid` gives by its method "linework", without the lines and points that
/// it puts beside an area.
///
/// Every segment counts once however often it is drawn; the outer outline of what they enclose is taken, then the outline of what
/// remains within, and so on, each turning inside out. A valid geometry comes back as it is. Refuses what has no area left.
pub fn repair(geometry: &Geometry<f64>) -> Result<Geometry<f64>, Invalid> {
    let Err(invalid) = check(geometry) else { return Ok(geometry.clone()) };
    if invalid.fault == Fault::NotFinite {
        return Err(invalid);
    }
    let repaired = match geometry {
        Geometry::LineString(l) => repair_lines(std::slice::from_ref(l)),
        Geometry::MultiLineString(m) => repair_lines(&m.0),
        Geometry::Polygon(p) => repair_polygons(std::slice::from_ref(p))?,
        Geometry::MultiPolygon(m) => repair_polygons(&m.0)?,
        Geometry::Rect(r) => repair_polygons(&[r.to_polygon()])?,
        Geometry::Triangle(t) => repair_polygons(&[t.to_polygon()])?,
        Geometry::GeometryCollection(c) => {
            let parts: Result<Vec<_>, Invalid> = c.iter().map(repair).collect();
            Geometry::GeometryCollection(GeometryCollection(parts?))
        }
        Geometry::Line(l) => Point(l.start).into(),
        Geometry::Point(_) | Geometry::MultiPoint(_) => return Err(invalid),
    };
    check(&repaired)?;
    Ok(repaired)
}

fn repair_polygons(polygons: &[Polygon<f64>]) -> Result<Geometry<f64>, Invalid> {
    let mut parts = faces::area(polygons)?;
    match parts.0.len() {
        0 => Err(Fault::Collapsed.into()),
        1 => Ok(Geometry::Polygon(parts.0.remove(0))),
        _ => Ok(Geometry::MultiPolygon(parts)),
    }
}

/// Lines that are one are kept; where none is, the points that they collapsed to.
fn repair_lines(lines: &[LineString<f64>]) -> Geometry<f64> {
    let mut kept: Vec<LineString<f64>> = lines.iter().filter(|l| check_line(&l.0).is_ok()).cloned().collect();
    let mut points: Vec<Point<f64>> = lines.iter().filter_map(|l| l.0.first().copied().map(Point)).collect();
    match (kept.len(), points.len()) {
        (0, 1) => points.remove(0).into(),
        (0, _) => MultiPoint(points).into(),
        (1, _) => kept.remove(0).into(),
        _ => MultiLineString(kept).into(),
    }
}

fn finite(c: Coord<f64>) -> bool {
    c.x.is_finite() && c.y.is_finite()
}

fn check_point(c: Coord<f64>) -> Result<(), Invalid> {
    if finite(c) { Ok(()) } else { Err(Fault::NotFinite.into()) }
}

fn check_line(line: &[Coord<f64>]) -> Result<(), Invalid> {
    line.iter().try_for_each(|c| check_point(*c))?;
    match line.first() {
        Some(first) if line.iter().all(|c| c == first) => Err(Invalid::at(Fault::TooFewPoints, *first)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
