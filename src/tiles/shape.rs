//! Geometries in degrees to what a tile draws: rounded to the grid, simplified, clipped, wound.

use super::budget::Coarseness;
use super::clip;
use super::grid::{BUFFER, EXTENT, Grid, PIXEL, Point, Window};
use super::simplify::simplify;
use crate::geom::borders::{Outline, OutlineRing};
use crate::geom::{Lattice, TileId, World};
use geo::{BoundingRect, Geometry, LineString, Polygon};

/// What a tile draws of a geometry, in grid steps of that tile; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Each in the half-open tile.
    Points(Vec<Point>),
    /// Each of two points or more, none twice in a row.
    Lines(Vec<Vec<Point>>),
    /// Exterior rings, each followed by its holes. Exteriors have positive area (y down), holes negative; no ring repeats its
    /// first point at its end (vector-tile-spec 2.1 § 4.3.4.4).
    Rings(Vec<Vec<Point>>),
}

/// How much of a geometry a tile needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    /// Points nearer than this to what is left of a line are left out, grid steps. 0 keeps all.
    pub(super) tolerance: i64,
    /// Polygons of at most this area are left out, square grid steps.
    pub(super) min_area: i64,
}

impl Detail {
    /// Everything that has a place on the grid.
    pub(super) const FULL: Detail = Detail { tolerance: 0, min_area: 0 };
}

/// A tile's grid, and the window of it that lines and polygons are clipped to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    tile: TileId,
    grid: Grid,
    window: Window,
    coarseness: Coarseness,
}

impl Frame {
    pub(super) fn of(tile: TileId) -> Frame {
        Frame::with_buffer(tile, BUFFER)
    }

    /// The same for areas that are drawn more coarsely.
    pub(super) fn coarsely(self, coarseness: Coarseness) -> Frame {
        Frame { coarseness, ..self }
    }

    fn with_buffer(tile: TileId, buffer: i64) -> Frame {
        Frame { tile, grid: Grid::of(tile), window: Window::tile(buffer), coarseness: Coarseness::FINEST }
    }

    /// A point of this tile; `None` for one of another tile, so that no point stands in two.
    pub(super) fn point(&self, at: Lattice) -> Option<Point> {
        (at.tile(self.tile.z()) == self.tile).then(|| self.grid.place(at))
    }

    /// A point that is known to belong to this tile, drawn on its edge if rounding has carried it over.
    pub(super) fn own_point(&self, at: Lattice) -> Point {
        self.grid.place(at)
    }

    /// An area, with the vertices that the zoom needs. One that has shrunk below a pixel, or to a line, is drawn as one pixel,
    /// so that no area vanishes.
    pub(super) fn area(&self, area: &Outline) -> Option<Shape> {
        let bounds = self.visible(area)?;
        let mut rings = Vec::new();
        if !bounds.below_a_pixel() {
            rings = self.clipped(self.rings(area));
        }
        // Judged by the whole area, not by the part in this tile: a part may well be a line.
        if rings.is_empty() && (bounds.below_a_pixel() || self.is_flat(area)) {
            rings = self.clipped(std::iter::once(bounds.middle_pixel().corners()));
        }
        (!rings.is_empty()).then_some(Shape::Rings(rings))
    }

    /// The window that an area fills, where this tile shows any of it.
    pub(super) fn visible(&self, area: &Outline) -> Option<Window> {
        let bounds = self.grid.window_of(&area.bounds()?);
        self.window.touches(&bounds).then_some(bounds)
    }

    /// The pixel that an area is drawn by together with others, where there are too many to draw each: one below a pixel, as large as
    /// the pixels of the zoom as of which the tile is drawn, in the tile that holds it.
    pub(super) fn crowded(&self, area: &Outline) -> Option<Window> {
        let pixel = self.pixel_of_crowd(area)?;
        Window::tile(-1).touches(&pixel).then_some(pixel)
    }

    /// That pixel, in whatever tile.
    pub(super) fn pixel_of_crowd(&self, area: &Outline) -> Option<Window> {
        let bounds = self.visible(area)?;
        let side = (PIXEL << self.coarseness.steps()).min(EXTENT);
        let crowded = self.coarseness.counts_all() && bounds.is_below(side);
        crowded.then(|| bounds.pixel_of_middle(side))
    }

    /// A ring of an outline with the vertices that the zoom needs, on the grid; none twice in a row.
    pub(super) fn rounded(&self, ring: OutlineRing<'_>) -> Vec<Point> {
        let mut points: Vec<Point> =
            ring.at_zoom(self.coarseness.zoom(self.tile.z())).map(|at| self.grid.round(at)).collect();
        points.dedup();
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        points
    }

    /// The rings of an outline that touch the window and have an area on the grid; holes only after their exterior.
    ///
    /// A ring that leaving out and rounding have turned inside out is narrower than a pixel, and what lies beside it covers
    /// its place: it counts as one without area.
    fn rings<'a>(&'a self, area: &'a Outline) -> impl Iterator<Item = Vec<Point>> + 'a {
        let mut within = false;
        area.rings().filter_map(move |ring| {
            let seen = (!ring.hole || within) && self.window.touches(&self.grid.window_of(&ring.bounds));
            let points = if seen { self.rounded(ring) } else { Vec::new() };
            let twice_area = twice_area(&points);
            let stands = if ring.hole { twice_area < 0 } else { twice_area > 0 };
            within = if ring.hole { within } else { stands };
            stands.then_some(points)
        })
    }

    /// Whether nothing of an area is left on the grid but lines and points.
    fn is_flat(&self, area: &Outline) -> bool {
        area.rings().filter(|ring| !ring.hole).all(|ring| twice_area(&self.rounded(ring)) <= 0)
    }

    /// What the window shows of wound rings, each exterior before its holes.
    pub(super) fn clipped(&self, rings: impl Iterator<Item = Vec<Point>>) -> Vec<Vec<Point>> {
        let mut shown: Vec<Vec<Point>> = Vec::new();
        // Where the exterior of the ring at hand is, and twice the area that its holes leave.
        let (mut exterior, mut left) = (None, 0);
        for ring in rings {
            let hole = twice_area(&ring) < 0;
            if !hole {
                exterior = None;
            } else if exterior.is_none() {
                continue;
            }
            let inside = ring.iter().all(|point| self.window.contains(*point));
            let Some((ring, twice_area)) = wound(if inside { ring } else { clip::ring(ring, &self.window) }, !hole)
            else {
                continue;
            };
            if hole {
                left -= twice_area;
            } else {
                (exterior, left) = (Some(shown.len()), twice_area);
            }
            shown.push(ring);
            // Nothing is left where the tile lies in a hole.
            if let Some(first) = exterior.filter(|_| left <= 0) {
                shown.truncate(first);
                exterior = None;
            }
        }
        shown
    }

    /// Any geometry; a collection has no shape, because a feature has one kind of geometry.
    pub(super) fn shape(&self, geometry: &Geometry<f64>, detail: Detail) -> Option<Shape> {
        match geometry {
            Geometry::Point(p) => self.points(std::iter::once(p)),
            Geometry::MultiPoint(m) => self.points(m.iter()),
            Geometry::Line(l) => self.lines(std::iter::once(&LineString::from(*l)), detail),
            Geometry::LineString(l) => self.lines(std::iter::once(l), detail),
            Geometry::MultiLineString(m) => self.lines(m.iter(), detail),
            Geometry::Polygon(p) => self.polygons(std::iter::once(p), detail),
            Geometry::MultiPolygon(m) => self.polygons(m.iter(), detail),
            Geometry::Rect(r) => self.polygons(std::iter::once(&r.to_polygon()), detail),
            Geometry::Triangle(t) => self.polygons(std::iter::once(&t.to_polygon()), detail),
            Geometry::GeometryCollection(_) => None,
        }
    }

    fn points<'a>(&self, points: impl Iterator<Item = &'a geo::Point<f64>>) -> Option<Shape> {
        let points: Vec<Point> =
            points.filter_map(|p| self.point(Lattice::of_world(World::of_degrees(p.x(), p.y())))).collect();
        (!points.is_empty()).then_some(Shape::Points(points))
    }

    fn lines<'a>(&self, lines: impl Iterator<Item = &'a LineString<f64>>, detail: Detail) -> Option<Shape> {
        let mut parts: Vec<Vec<Point>> = Vec::new();
        for line in lines {
            let Some(bounds) = line.bounding_rect().map(|degrees| self.grid.window(degrees)) else { continue };
            if !self.window.touches(&bounds) {
                continue;
            }
            // Simplified before it is clipped, so that neighbouring tiles leave out the same points.
            let points = simplified(self.snapped(line), detail);
            let clipped = if self.window.holds(&bounds) { vec![points] } else { clip::line(&points, &self.window) };
            for mut part in clipped {
                part.dedup();
                match parts.last_mut() {
                    Some(previous) if previous.last() == part.first() => previous.extend(part.drain(1..)),
                    _ if part.len() > 1 => parts.push(part),
                    _ => {}
                }
            }
        }
        (!parts.is_empty()).then_some(Shape::Lines(parts))
    }

    fn polygons<'a>(&self, polygons: impl Iterator<Item = &'a Polygon<f64>>, detail: Detail) -> Option<Shape> {
        let mut rings = Vec::new();
        polygons.for_each(|polygon| self.polygon(polygon, detail, &mut rings));
        (!rings.is_empty()).then_some(Shape::Rings(rings))
    }

    /// Appends the exterior and the holes of a polygon, or nothing if less than `detail` asks for is left of it here.
    fn polygon(&self, polygon: &Polygon<f64>, detail: Detail, rings: &mut Vec<Vec<Point>>) {
        let Some(bounds) = polygon.bounding_rect().map(|degrees| self.grid.window(degrees)) else { return };
        if !self.window.touches(&bounds) {
            return;
        }
        let inside = self.window.holds(&bounds);
        let ring = |line: &LineString<f64>, exterior: bool| {
            let points = self.open_ring(line, detail);
            wound(if inside { points } else { clip::ring(points, &self.window) }, exterior)
        };
        let Some((exterior, mut twice_left)) = ring(polygon.exterior(), true) else { return };
        let first = rings.len();
        rings.push(exterior);
        for (hole, twice_area) in polygon.interiors().iter().filter_map(|line| ring(line, false)) {
            rings.push(hole);
            twice_left -= twice_area;
        }
        // Nothing is left where the tile lies in a hole.
        if twice_left <= 2 * detail.min_area {
            rings.truncate(first);
        }
    }

    fn snapped(&self, line: &LineString<f64>) -> Vec<Point> {
        let mut points: Vec<Point> = line.0.iter().map(|at| self.grid.snap(*at)).collect();
        points.dedup();
        points
    }

    /// A ring on the grid, without its first point at its end.
    fn open_ring(&self, line: &LineString<f64>, detail: Detail) -> Vec<Point> {
        let mut points = simplified(self.snapped(line), detail);
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        points
    }
}

fn simplified(points: Vec<Point>, detail: Detail) -> Vec<Point> {
    if detail.tolerance > 0 { simplify(&points, detail.tolerance) } else { points }
}

/// A ring without repeated points, wound as an exterior or a hole, and twice its area; `None` where it has none.
fn wound(mut points: Vec<Point>, exterior: bool) -> Option<(Vec<Point>, i64)> {
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    let twice_area = twice_area(&points);
    if twice_area == 0 {
        return None;
    }
    if (twice_area > 0) != exterior {
        points.reverse();
    }
    Some((points, i64::try_from(twice_area.abs()).unwrap_or(i64::MAX)))
}

/// Twice the signed area (surveyor's formula); positive for a ring that runs clockwise on a map whose y points down.
///
/// A ring that is not clipped yet may span 2^34 steps.
pub(super) fn twice_area(points: &[Point]) -> i128 {
    let Some(last) = points.last() else { return 0 };
    let mut from = last;
    let mut sum = 0;
    for to in points {
        sum += i128::from(from[0]) * i128::from(to[1]) - i128::from(to[0]) * i128::from(from[1]);
        from = to;
    }
    sum
}

#[cfg(test)]
mod tests;
