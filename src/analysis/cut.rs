//! Choosing the one straight cut that parts a polygon and its households best.
//!
//! Recursive bisection as in Berger and Bokhari 1987 (doi:10.1109/TC.1987.1676942), with two additions: the median is a
//! wish that compactness may outweigh, and of a line that meets a concave polygon several times only those chords are cut
//! that part it into two, so that no fragments fall off.

use crate::geom::Plane;
use crate::geom::locate::Prepared;
use crate::geom::split::{Axis, Cut, Line, Pieces};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use std::collections::VecDeque;
use std::f64::consts::PI;

/// Positions tried along each axis: the widest gap between households in each of so many equal windows.
const WINDOWS: usize = 15;
/// How far the windows reach to each side of the even share, share of the households.
const REACH: f64 = 0.25;
/// Least gap between two households for a line to pass, degrees: 1 mm.
const LEAST_GAP: f64 = 1e-8;
/// Where in a gap the line is tried, share of it; the others in case that the polygon has a vertex there.
const IN_GAP: [f64; 5] = [0.5, 0.4, 0.6, 0.3, 0.7];
/// Cost of needing more pieces than households demand, per share of the pieces demanded.
const COST_EXTRA: f64 = 1.5;
/// Cost of unequal households per piece on both sides, per share of their mean.
const COST_UNEVEN: f64 = 0.3;
/// Cost per unit of 1 / compactness - 1: nothing for a disc, 0.05 for a square, 1.2 for a strip of 1 : 4, 7.5 for 1 : 16. A
/// side that will be cut into n pieces costs a share 1/n of it: the cuts to come shape it more than this one.
const COST_STRETCHED: f64 = 1.0;
/// Cost of a gap without width; one of `GAP_HALF` costs half of it. Wide gaps are streets, narrow ones run through houses.
const COST_NARROW: f64 = 0.15;
/// See [`COST_NARROW`], metres.
const GAP_HALF: f64 = 5.0;

/// A connected piece and the households in it.
#[derive(Debug, Clone)]
pub struct Part {
    pub polygon: Polygon<f64>,
    pub households: Vec<Coord<f64>>,
}

/// Two parts and the vertices that the cut between them has made.
pub struct Halves {
    pub parts: [Part; 2],
    pub vertices: Vec<Coord<f64>>,
}

/// The best of the cuts that leave households on both sides; `None` where none does: all at one place, or a polygon so
/// broken that no line crosses it in order. `most` is the number of households aimed at per piece.
pub fn best(part: &Part, most: usize, plane: &Plane) -> Option<Halves> {
    [REACH, 1.0].into_iter().find_map(|reach| {
        let mut tries: Vec<Try> = Axis::ALL
            .into_iter()
            .flat_map(|axis| gaps(part, axis, most, reach))
            .flat_map(|g| g.tries(part, most, plane))
            .collect();
        tries.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        tries.iter().find_map(|t| t.carry_out(part))
    })
}

/// A gap between households, along an axis.
struct Gap {
    axis: Axis,
    from: f64,
    to: f64,
}

/// A cut by its line and the chord that begins it.
struct Try {
    line: Line,
    chord: usize,
    cost: f64,
}

/// The widest gap of each window around the counts at which both sides fill their pieces equally.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts of households
fn gaps(part: &Part, axis: Axis, most: usize, reach: f64) -> Vec<Gap> {
    let mut at: Vec<f64> = part.households.iter().map(|h| axis.across(*h)).collect();
    at.sort_by(f64::total_cmp);
    let (n, pieces) = (at.len(), at.len().div_ceil(most));
    let share = |pieces_here: usize| n as f64 * pieces_here as f64 / pieces as f64;
    let slack = reach * n as f64;
    let first = ((share(pieces / 2) - slack).ceil().max(1.0)) as usize;
    let last = ((share(pieces - pieces / 2) + slack).floor() as usize).min(n - 1);
    let width = (last + 1).saturating_sub(first);
    let widest = |window: usize| {
        let counts = first + window * width / WINDOWS..first + (window + 1) * width / WINDOWS;
        let gap = |i: &usize| at[*i] - at[i - 1];
        let i = counts.filter(|i| gap(i) > LEAST_GAP).max_by(|a, b| gap(a).total_cmp(&gap(b)))?;
        Some(Gap { axis, from: at[i - 1], to: at[i] })
    };
    (0..WINDOWS).filter_map(widest).collect()
}

impl Gap {
    fn tries(&self, part: &Part, most: usize, plane: &Plane) -> Vec<Try> {
        let line = |share: f64| Line { axis: self.axis, at: self.from + share * (self.to - self.from) };
        let found = IN_GAP.into_iter().find_map(|share| {
            let cut = Cut::new(&part.polygon, line(share))?;
            Some((line(share), cut.pieces()?))
        });
        let Some((line, pieces)) = found else { return Vec::new() };
        let weights = weights(&pieces, line, &part.households, plane);
        let (per_lon, per_lat) = plane.meters_per_degree();
        let meters = (self.to - self.from) * if self.axis == Axis::Lon { per_lon } else { per_lat };
        let narrow = COST_NARROW * GAP_HALF / (GAP_HALF + meters);
        let cost = |chord| {
            let beyond = beyond(&pieces, chord);
            let side = |wanted: bool| {
                let here = weights.iter().zip(&beyond).filter(|(_, is)| **is == wanted);
                here.fold(Weight::default(), |sum, (w, _)| sum.plus(w))
            };
            Some(cost(&side(false), &side(true), most)? + narrow)
        };
        (0..pieces.links.len()).filter_map(|chord| Some(Try { line, chord, cost: cost(chord)? })).collect()
    }
}

impl Try {
    fn carry_out(&self, part: &Part) -> Option<Halves> {
        let cut = Cut::new(&part.polygon, self.line)?;
        let pieces = cut.pieces()?;
        let beyond = beyond(&pieces, self.chord);
        let chosen: Vec<bool> =
            pieces.links.iter().map(|(low, high)| beyond[*low] != beyond[pieces.low.len() + high]).collect();
        let [first, second] = <[Polygon<f64>; 2]>::try_from(cut.along(&chosen)?).ok()?;
        let prepared = Prepared::new(&MultiPolygon(vec![first.clone()]));
        let (here, there): (Vec<Coord<f64>>, _) = part.households.iter().partition(|h| prepared.contains(**h));
        if here.is_empty() || there.is_empty() {
            return None;
        }
        let vertices = (0..chosen.len()).filter(|chord| chosen[*chord]).flat_map(|chord| cut.ends(chord)).collect();
        let parts = [Part { polygon: first, households: here }, Part { polygon: second, households: there }];
        Some(Halves { parts, vertices })
    }
}

/// For each piece, those below the line first, whether it goes with the piece above the chord: each goes with the end of the
/// chord that it is joined to by fewer steps from piece to piece, so that both sides are connected.
fn beyond(pieces: &Pieces, chord: usize) -> Vec<bool> {
    let nodes = pieces.low.len();
    let mut beyond = vec![None; nodes + pieces.high.len()];
    let (low, high) = pieces.links[chord];
    beyond[low] = Some(false);
    beyond[nodes + high] = Some(true);
    let mut queue = VecDeque::from([low, nodes + high]);
    while let Some(piece) = queue.pop_front() {
        for (low, high) in &pieces.links {
            let other = match piece {
                p if p == *low => nodes + high,
                p if p == nodes + high => *low,
                _ => continue,
            };
            if beyond[other].is_none() {
                beyond[other] = beyond[piece];
                queue.push_back(other);
            }
        }
    }
    beyond.into_iter().map(|b| b == Some(true)).collect()
}

/// What is known of a piece, and adds up: households, and the integrals of 1, x, y, x² + y² over its area, in metres.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    households: usize,
    area: f64,
    x: f64,
    y: f64,
    square: f64,
}

impl Weight {
    fn plus(self, other: &Weight) -> Weight {
        Weight {
            households: self.households + other.households,
            area: self.area + other.area,
            x: self.x + other.x,
            y: self.y + other.y,
            square: self.square + other.square,
        }
    }

    /// 1 for a disc, towards 0 for a thread: area² / (2π · moment of inertia), which wiggles of a border hardly change
    /// (Li, Goodchild and Church 2013, doi:10.1080/13658816.2012.752093).
    fn compactness(&self) -> f64 {
        let inertia = self.square - (self.x * self.x + self.y * self.y) / self.area;
        self.area * self.area / (2.0 * PI * inertia)
    }
}

/// The pieces' weights, those below the line first.
fn weights(pieces: &Pieces, line: Line, households: &[Coord<f64>], plane: &Plane) -> Vec<Weight> {
    let polygons: Vec<&Polygon<f64>> = pieces.low.iter().chain(&pieces.high).collect();
    let mut weights: Vec<Weight> = polygons.iter().map(|p| moments(p, plane)).collect();
    let prepared: Vec<Prepared> = match polygons.len() {
        2 => Vec::new(), // the side of the line tells
        _ => polygons.iter().map(|p| Prepared::new(&MultiPolygon(vec![(*p).clone()]))).collect(),
    };
    for household in households {
        let is_high = line.axis.across(*household) > line.at;
        let (from, to) = if is_high { (pieces.low.len(), polygons.len()) } else { (0, pieces.low.len()) };
        let at = (from..to).find(|i| prepared.get(*i).is_none_or(|p| p.contains(*household)));
        weights[at.unwrap_or(from)].households += 1;
    }
    weights
}

/// Green's theorem on the rings of a piece of a cut, whose exterior runs counter-clockwise and whose holes run clockwise.
fn moments(polygon: &Polygon<f64>, plane: &Plane) -> Weight {
    let mut sum = Weight::default();
    let mut add = |ring: &LineString<f64>| {
        for edge in ring.0.windows(2) {
            let (a, b) = (plane.project(edge[0]), plane.project(edge[1]));
            let cross = a.x * b.y - b.x * a.y;
            let square = |a: f64, b: f64| a * a + a * b + b * b;
            sum.area += cross / 2.0;
            sum.x += cross * (a.x + b.x) / 6.0;
            sum.y += cross * (a.y + b.y) / 6.0;
            sum.square += cross * (square(a.x, b.x) + square(a.y, b.y)) / 12.0;
        }
    };
    add(polygon.exterior());
    polygon.interiors().iter().for_each(add);
    sum
}

/// What a cut into these two sides costs; `None` where one has no household.
#[allow(clippy::cast_precision_loss)] // counts of households
fn cost(a: &Weight, b: &Weight, most: usize) -> Option<f64> {
    if a.households == 0 || b.households == 0 {
        return None;
    }
    let all = (a.households + b.households) as f64;
    let pieces = |households: usize| households.div_ceil(most) as f64;
    let (in_a, in_b, needed) = (pieces(a.households), pieces(b.households), pieces(a.households + b.households));
    let uneven = (a.households as f64 / in_a - b.households as f64 / in_b).abs() * needed / all;
    let stretched = |w: &Weight| w.households as f64 / all * (1.0 / w.compactness() - 1.0) / pieces(w.households);
    Some(
        COST_EXTRA * (in_a + in_b - needed) / needed
            + COST_UNEVEN * uneven
            + COST_STRETCHED * (stretched(a) + stretched(b)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::LonLat;
    use geo::wkt;

    fn plane() -> Plane {
        Plane::around(LonLat::new(9.5, 0.0).unwrap())
    }

    fn households(at: &[(f64, f64)]) -> Vec<Coord<f64>> {
        at.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
    }

    #[test]
    fn a_square_is_less_compact_than_a_disc_and_more_than_a_strip() {
        let disc = (0..360).map(|d| {
            let (sin, cos) = f64::from(d).to_radians().sin_cos();
            Coord { x: 9.5 + 0.01 * cos, y: 0.01 * sin }
        });
        let compactness = |polygon: &Polygon<f64>| moments(polygon, &plane()).compactness();
        assert!((compactness(&Polygon::new(disc.collect(), Vec::new())) - 1.0).abs() < 0.01);
        // A rectangle of sides a and b has area ab and inertia ab(a² + b²)/12: a square gives 3/π.
        let square = wkt!(POLYGON((9.5 0.,9.51 0.,9.51 0.01,9.5 0.01,9.5 0.)));
        assert!((compactness(&square) - 3.0 / PI).abs() < 0.01);
        let strip = wkt!(POLYGON((9.5 0.,9.6 0.,9.6 0.01,9.5 0.01,9.5 0.)));
        assert!((compactness(&strip) - 6.0 / PI * 10.0 / 101.0).abs() < 0.01);
    }

    #[test]
    fn a_long_polygon_is_cut_across_not_along() {
        let polygon = wkt!(POLYGON((9.5 0.,9.54 0.,9.54 0.01,9.5 0.01,9.5 0.)));
        let at: Vec<(f64, f64)> =
            (0..40).map(|i| (9.5005 + 0.001 * f64::from(i), 0.0002 * f64::from(i) + 0.001)).collect();
        let halves = best(&Part { polygon, households: households(&at) }, 20, &plane()).unwrap();
        assert!(halves.parts.iter().all(|p| p.households.len() == 20));
        assert!((halves.vertices[0].x - 9.52).abs() < 1e-9 && (halves.vertices[1].x - 9.52).abs() < 1e-9);
    }

    #[test]
    fn a_tooth_of_a_comb_stays_with_its_back() {
        // A line through the teeth would leave three fragments; one cut leaves two pieces.
        let polygon = wkt!(POLYGON((0. 0.,5. 0.,5. 4.,4. 4.,4. 1.,3. 1.,3. 4.,2. 4.,2. 1.,1. 1.,1. 4.,0. 4.,0. 0.)));
        let at = households(&[(0.5, 3.0), (0.5, 3.5), (2.5, 3.1), (2.5, 3.6), (4.5, 3.2), (4.5, 3.7)]);
        let halves = best(&Part { polygon, households: at }, 2, &plane()).unwrap();
        assert_eq!(halves.parts.iter().map(|p| p.households.len()).sum::<usize>(), 6);
        assert_eq!(halves.vertices.len(), 2);
    }

    #[test]
    fn households_at_one_place_cannot_be_parted() {
        let polygon = wkt!(POLYGON((0. 0.,1. 0.,1. 1.,0. 1.,0. 0.)));
        assert!(best(&Part { polygon, households: households(&[(0.3, 0.3); 50]) }, 10, &plane()).is_none());
    }
}
