//! The nearest of many places on the plane.

use super::AnalysisError;
use geo::Coord;
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// No place is farther than this from the origin of its plane along either axis, metres: half of the way round the Earth.
pub const FARTHEST: f64 = 2.0e7;

/// Places by which the nearest to any other can be found, in O(log n) each.
#[derive(Debug)]
pub struct Near(RTree<GeomWithData<[f64; 2], u32>>);

impl Near {
    /// Of places with their numbers.
    pub fn new(places: impl Iterator<Item = (Coord<f64>, u32)>) -> Near {
        Near(RTree::bulk_load(places.map(|(at, n)| GeomWithData::new([at.x, at.y], n)).collect()))
    }

    /// The numbers of all places, nearest first; the place itself too, if it is one of them.
    pub fn from(&self, at: Coord<f64>) -> impl Iterator<Item = u32> {
        self.0.nearest_neighbor_iter(&[at.x, at.y]).map(|found| found.data)
    }
}

/// Metres from one place to another as the crow flies.
pub fn distance(a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (x, y) = (a.x - b.x, a.y - b.y);
    (x * x + y * y).sqrt()
}

/// Refuses a place that is not a number or farther than [`FARTHEST`].
pub fn check(at: Coord<f64>, what: impl Fn() -> String) -> Result<(), AnalysisError> {
    for (axis, value) in [("x", at.x), ("y", at.y)] {
        if !(-FARTHEST..=FARTHEST).contains(&value) {
            let what = format!("{}: {axis}", what());
            return Err(AnalysisError::OutOfRange { what, value, least: -FARTHEST, most: FARTHEST });
        }
    }
    Ok(())
}
