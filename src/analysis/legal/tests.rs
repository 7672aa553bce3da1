//! Maps worked out by hand, and properties on random ones.

use super::*;
use geo::{Area as _, LineString, Point, Polygon, Rect};

mod golden;
mod messy;
mod properties;

/// Nobody listens and nobody stops it.
pub fn built(streets: Vec<Street>, forbidden: Vec<Forbidden>) -> Legal {
    let stop = AtomicBool::new(false);
    Legal::build(streets, forbidden, &Watch { stop: &stop, progress: &|_| {} }).unwrap()
}

fn line(places: &[(f64, f64)]) -> Vec<Coord<f64>> {
    places.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
}

/// Stalls 0.5 m to 2 m from the kerb.
#[allow(clippy::unnecessary_wraps)] // as streets hold it
fn side() -> Option<Side> {
    Some(Side { offset_min: 0.5, depth: 1.5, clear_width: 2.0, refused: Vec::new() })
}

/// A street with its kerbs 3 m from its line.
fn street(id: u32, places: &[(f64, f64)], sides: [Option<Side>; 2]) -> Street {
    Street { id, line: line(places), kerb: 3.0, sides }
}

fn forbid(rule: u32, geometry: impl Into<Geometry<f64>>, distance: f64) -> Forbidden {
    Forbidden { rule: Rule(rule), geometry: geometry.into(), distance, only: None }
}

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Polygon<f64> {
    Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }).to_polygon()
}

/// Stalls of 2 m, so far apart, and nothing else.
const fn apart(spacing: f64) -> Terms {
    let spacing = Some((Rule(SPACING), spacing));
    Terms { stall_width: 2.0, spacing, gap_every: None, one_side: None, most_in_row: None, most: None }
}

const SPACING: u32 = 99;
/// Stalls of 2 m, 1 m apart.
const TERMS: Terms = apart(1.0);
