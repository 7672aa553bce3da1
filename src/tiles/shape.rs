//! Geometries in degrees to what a tile draws: rounded to the grid, simplified, clipped, wound.

use super::clip;
use super::grid::{BUFFER, Grid, Point, Window};
use super::simplify::simplify;
use crate::geom::{TileId, World};
use geo::{BoundingRect, Geometry, LineString, MultiPolygon, Polygon};

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
    /// Everything that has a place on the grid. The only detail for areas: leaving out points ring by ring would tear their
    /// shared borders.
    pub(super) const FULL: Detail = Detail { tolerance: 0, min_area: 0 };
}

/// A tile's grid, and the window of it that lines and polygons are clipped to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    tile: TileId,
    grid: Grid,
    window: Window,
}

impl Frame {
    pub(super) fn of(tile: TileId) -> Frame {
        Frame::with_buffer(tile, BUFFER)
    }

    fn with_buffer(tile: TileId, buffer: i64) -> Frame {
        Frame { tile, grid: Grid::of(tile), window: Window::tile(buffer) }
    }

    /// A point of this tile; `None` for one of another tile, so that no point stands in two.
    pub(super) fn point(&self, at: World) -> Option<Point> {
        (TileId::at(at, self.tile.z()) == self.tile).then(|| self.grid.place(at))
    }

    /// A point that is known to belong to this tile, drawn on its edge if rounding has carried it over.
    pub(super) fn own_point(&self, at: World) -> Point {
        self.grid.place(at)
    }

    /// An area. One that has shrunk below a pixel, or to a line, is drawn as one pixel, so that no area vanishes.
    pub(super) fn area(&self, area: &MultiPolygon<f64>) -> Option<Shape> {
        let bounds = self.grid.window(area.bounding_rect()?);
        if !self.window.touches(&bounds) {
            return None;
        }
        let mut rings = Vec::new();
        if !bounds.below_a_pixel() {
            for polygon in area {
                self.polygon(polygon, Detail::FULL, &mut rings);
            }
        }
        // Judged by the whole area, not by the part in this tile: a part may well be a line.
        if rings.is_empty() && (bounds.below_a_pixel() || area.iter().all(|polygon| self.is_flat(polygon))) {
            rings.extend(wound(clip::ring(bounds.middle_pixel().corners(), &self.window), true).map(|(ring, _)| ring));
        }
        (!rings.is_empty()).then_some(Shape::Rings(rings))
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
        let points: Vec<Point> = points.filter_map(|p| self.point(World::of_degrees(p.x(), p.y()))).collect();
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

    /// Whether nothing of a polygon is left on the grid but a line or a point.
    fn is_flat(&self, polygon: &Polygon<f64>) -> bool {
        wound(self.open_ring(polygon.exterior(), Detail::FULL), true).is_none()
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
fn twice_area(points: &[Point]) -> i128 {
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
