//! Irregular polygons: the Voronoi cells of a sample of the points, cut off at a rectangle around all of them.

use geo::Coord;
use melonmap::geom::LonLat;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use spade::handles::VoronoiVertex;
use spade::{DelaunayTriangulation, Point2, Triangulation};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// How many.
pub const CELLS: usize = 20_000;
/// Degrees of longitude and latitude around the points.
const MARGIN: f64 = 0.5;

/// Writes the cells as a text sequence of GeoJSON, with the codes `G00001` and so on. They fill the rectangle: every point
/// lies in exactly one.
pub fn write(points: &[(String, LonLat)], file: &Path) -> io::Result<()> {
    let bounds = points.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |[w, s, e, n], (_, at)| {
        [w.min(at.lon()), s.min(at.lat()), e.max(at.lon()), n.max(at.lat())]
    });
    let [w, s, e, n] = [bounds[0] - MARGIN, bounds[1] - MARGIN, bounds[2] + MARGIN, bounds[3] + MARGIN];
    let mut text = String::new();
    for (i, ring) in voronoi(points).iter().enumerate() {
        let ring = clip(clip(clip(clip(ring.clone(), |c| c.x - w), |c| e - c.x), |c| c.y - s), |c| n - c.y);
        let name = format!("G{:05}", i + 1);
        write!(text, r#"{{"type":"Feature","properties":{{"code":"{name}","name":"{name}"}},"geometry":{{"#)
            .expect("a String takes all that is written to it");
        let corners: Vec<String> = ring.iter().chain(ring.first()).map(|c| format!("[{},{}]", c.x, c.y)).collect();
        text.push_str(r#""type":"Polygon","coordinates":[["#);
        text.push_str(&corners.join(","));
        text.push_str("]]}}\n");
    }
    std::fs::write(file, text)
}

/// The cells of [`CELLS`] distinct places, counterclockwise. Corners that cells share are the same to the last bit.
fn voronoi(points: &[(String, LonLat)]) -> Vec<Vec<Coord<f64>>> {
    let mut random = StdRng::seed_from_u64(20_000);
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.shuffle(&mut random);
    let mut known = HashSet::new();
    let places =
        order.into_iter().map(|i| points[i].1).filter(|at| known.insert((at.lon().to_bits(), at.lat().to_bits())));
    let mut places: Vec<Point2<f64>> = places.take(CELLS).map(|at| Point2::new(at.lon(), at.lat())).collect();
    let real = places.len();
    // Far away, all around, so that every cell within is bounded.
    for step in 0..16 {
        let angle = f64::from(step) / 16.0 * std::f64::consts::TAU + random.random::<f64>() * 0.01;
        places.push(Point2::new(1_000.0 * angle.cos(), 50.0 + 1_000.0 * angle.sin()));
    }
    let triangulation = DelaunayTriangulation::<Point2<f64>>::bulk_load_stable(places).expect("positions are finite");
    triangulation
        .voronoi_faces()
        .take(real)
        .map(|face| {
            let corners = face.adjacent_edges().filter_map(|edge| match edge.from() {
                VoronoiVertex::Inner(triangle) => Some(triangle.circumcenter()),
                VoronoiVertex::Outer(_) => None,
            });
            let mut ring: Vec<Coord<f64>> = corners.map(|p| Coord { x: p.x, y: p.y }).collect();
            ring.dedup();
            ring
        })
        .collect()
}

/// The part of a convex ring where `side` is not negative (Sutherland and Hodgman 1974, doi:10.1145/360767.360802).
fn clip(ring: Vec<Coord<f64>>, side: impl Fn(Coord<f64>) -> f64) -> Vec<Coord<f64>> {
    if ring.iter().all(|c| side(*c) >= 0.0) {
        return ring;
    }
    let mut kept = Vec::with_capacity(ring.len() + 1);
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (from, to) = (side(*a), side(*b));
        if from >= 0.0 {
            kept.push(*a);
        }
        if (from >= 0.0) != (to >= 0.0) {
            // From the inner end outwards, whichever neighbour asks, so that both get the same corner.
            let (inner, outer) = if from >= 0.0 { ((*a, from), (*b, to)) } else { ((*b, to), (*a, from)) };
            kept.push(inner.0 + (outer.0 - inner.0) * (inner.1 / (inner.1 - outer.1)));
        }
    }
    kept
}
