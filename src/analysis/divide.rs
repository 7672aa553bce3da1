//! Drawing grids where a county has none.
//!
//! Each connected part of a parent is cut in two along a meridian or parallel, and its halves again, until no piece has more
//! households than allowed. All parents are divided in one call, so that where the grids of neighbours meet they share their
//! vertices.

use super::AnalysisError;
use super::cut::{self, Part};
use super::node::node;
use crate::geom::locate::Prepared;
use crate::geom::{Bbox, LonLat, Plane};
use crate::model::gridcode::{GridCode, Place};
use crate::model::{Area, Code, Level};
use geo::{Centroid, Coord, MultiPolygon};
use rayon::prelude::*;
use std::num::NonZeroU32;

/// Most pieces of one parent: the sequence of a unit grid's code has three digits.
pub const MAX_PIECES: usize = 999;

/// An Area to be divided and the positions of the households in it.
#[derive(Debug, Clone, Copy)]
pub struct Parent<'a> {
    /// A township or village, mostly.
    pub area: &'a Area,
    /// In any order; several may be at one place.
    pub households: &'a [LonLat],
}

/// What one parent was divided into.
#[derive(Debug, Clone, PartialEq)]
pub struct Division {
    /// Seamless and without overlap, in the order of their sequence.
    pub pieces: Vec<Piece>,
    /// Households given that lie outside the parent, and are in no piece.
    pub outside: u32,
}

/// A grid in the making.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// From 1; see [`divide`] for the order.
    pub sequence: u16,
    /// One connected polygon.
    pub geometry: MultiPolygon<f64>,
    /// Households in it.
    pub households: u32,
    /// Whether it has more households than allowed because no line can part them: they are at one place, or the parent's
    /// rings cross themselves.
    pub over: bool,
}

/// Divides parents into pieces of at most `most` households each.
///
/// - Parts that do not touch (exclaves) are divided apart: no piece has two parts. A part without households is one piece.
/// - Cuts are chosen for few pieces of like numbers of households, compact, and with the line in a wide gap between
///   households. A cut never leaves fragments: it ends where the piece is parted in two.
/// - Cut vertices are also put into the edges of the neighbours that they lie on, so borders of all pieces of all parents
///   match vertex by vertex wherever those of the parents do.
/// - Pieces are numbered in rows from north to south, from west to east in each row, by their centroids. Rows have equally
///   many pieces, and there are as many of them as make rows as high as pieces are wide.
///
/// Refuses a parent without extent and one that would have more than [`MAX_PIECES`]. Costs some
/// O((vertices + households) · log pieces) for each parent; parents are divided in parallel.
pub fn divide(parents: &[Parent<'_>], most: NonZeroU32) -> Result<Vec<Division>, AnalysisError> {
    let drafts: Result<Vec<Draft>, AnalysisError> = parents.par_iter().map(|p| Draft::of(p, most)).collect();
    let mut drafts = drafts?;
    let vertices = drafts.iter_mut().flat_map(|d| std::mem::take(&mut d.vertices)).collect();
    node(drafts.iter_mut().flat_map(|d| d.division.pieces.iter_mut().map(|p| &mut p.geometry)), vertices);
    Ok(drafts.into_iter().map(|d| d.division).collect())
}

/// The grids of a divided parent as Areas: level grid, codes of 15 digits, named after the parent ("Vaduz 001"), valid as
/// long as the parent is.
///
/// `place` is the parent's own, see [`Place::of_codes`]: parents of the same place would get grids of the same codes.
pub fn grids(parent: &Area, place: Place, pieces: Vec<Piece>) -> Result<Vec<Area>, AnalysisError> {
    let grid = |piece: Piece| {
        let area = Area {
            code: Code::new(&GridCode::Unit(place, piece.sequence).to_string())?,
            name: format!("{} {:03}", parent.name, piece.sequence),
            level: Level::Grid,
            parent: Some(parent.code.clone()),
            valid_from: parent.valid_from,
            valid_to: parent.valid_to,
            geometry: piece.geometry,
        };
        Ok(area.check()?)
    };
    pieces.into_iter().map(grid).collect()
}

/// A division whose vertices are not yet the neighbours'.
struct Draft {
    division: Division,
    vertices: Vec<Coord<f64>>,
}

impl Draft {
    fn of(parent: &Parent<'_>, most: NonZeroU32) -> Result<Draft, AnalysisError> {
        let code = &parent.area.code;
        let extent =
            Bbox::around(&parent.area.geometry).ok_or_else(|| AnalysisError::NoExtent { code: code.clone() })?;
        let plane = Plane::around(extent.center());
        let (mut to_do, outside) = parts(parent);
        let (mut pieces, mut vertices) = (Vec::new(), Vec::new());
        let allowed = usize::try_from(most.get()).expect("a usize has 32 bits or more");
        while let Some(part) = to_do.pop() {
            let over = part.households.len() > allowed;
            let halves = if over { cut::best(&part, allowed, &plane) } else { None };
            if let Some(halves) = halves {
                to_do.extend(halves.parts);
                vertices.extend(halves.vertices);
                continue;
            }
            let households = count(part.households.len());
            pieces.push(Piece { sequence: 0, geometry: part.polygon.into(), households, over });
        }
        if pieces.len() > MAX_PIECES {
            return Err(AnalysisError::TooManyPieces { parent: code.clone(), pieces: pieces.len(), max: MAX_PIECES });
        }
        Ok(Draft { division: Division { pieces: numbered(pieces, &plane), outside }, vertices })
    }
}

/// The connected parts of a parent with their households, and how many households are in none.
fn parts(parent: &Parent<'_>) -> (Vec<Part>, u32) {
    let polygons = parent.area.geometry.iter().filter(|p| !p.exterior().0.is_empty());
    let mut parts: Vec<Part> = polygons.map(|p| Part { polygon: p.clone(), households: Vec::new() }).collect();
    let prepared: Vec<Prepared> = parts.iter().map(|p| Prepared::new(&p.polygon.clone().into())).collect();
    let mut outside = 0;
    for at in parent.households.iter().map(|h| h.coord()) {
        match prepared.iter().position(|p| p.contains(at)) {
            Some(i) => parts[i].households.push(at),
            None => outside += 1,
        }
    }
    (parts, outside)
}

/// Puts pieces in the order that [`divide`] states and numbers them.
fn numbered(pieces: Vec<Piece>, plane: &Plane) -> Vec<Piece> {
    let middle = |p: &Piece| plane.project(p.geometry.centroid().map_or(Coord::zero(), Coord::from));
    let mut placed: Vec<(Coord<f64>, Piece)> = pieces.into_iter().map(|p| (middle(&p), p)).collect();
    placed.sort_by(|(a, _), (b, _)| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let row = pieces_in_a_row(&placed.iter().map(|(at, _)| *at).collect::<Vec<_>>());
    for row in placed.chunks_mut(row) {
        row.sort_by(|(a, _), (b, _)| a.x.total_cmp(&b.x).then(b.y.total_cmp(&a.y)));
    }
    let number = |(i, (_, piece)): (usize, (Coord<f64>, Piece))| Piece { sequence: sequence(i), ..piece };
    placed.into_iter().enumerate().map(number).collect()
}

/// √(n · width / height) for `n` centroids, at least 1.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most 999 pieces
fn pieces_in_a_row(middles: &[Coord<f64>]) -> usize {
    let span = |of: fn(&Coord<f64>) -> f64| {
        let (min, max) = middles.iter().map(of).fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
        (max - min).max(1.0)
    };
    ((middles.len() as f64 * span(|c| c.x) / span(|c| c.y)).sqrt().round() as usize).clamp(1, middles.len().max(1))
}

fn sequence(index: usize) -> u16 {
    u16::try_from(index + 1).expect("at most 999 pieces were let through")
}

fn count(households: usize) -> u32 {
    u32::try_from(households).expect("fewer than 4 billion households")
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area as _, Polygon, Validation, wkt};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};
    use std::collections::HashMap;

    fn area(code: &str, geometry: impl Into<MultiPolygon<f64>>) -> Area {
        Area {
            code: Code::new(code).unwrap(),
            name: "Vaduz".to_owned(),
            level: Level::Township,
            parent: None,
            valid_from: None,
            valid_to: None,
            geometry: geometry.into(),
        }
    }

    fn square() -> Area {
        area("7001", wkt!(POLYGON((9.5 47.1,9.52 47.1,9.52 47.12,9.5 47.12,9.5 47.1))))
    }

    fn scattered(seed: u64, n: usize) -> Vec<LonLat> {
        let mut rng = StdRng::seed_from_u64(seed);
        (0..n).map(|_| LonLat::new(rng.random_range(9.5..9.52), rng.random_range(47.1..47.12)).unwrap()).collect()
    }

    fn one(area: &Area, households: &[LonLat], most: u32) -> Result<Division, AnalysisError> {
        divide(&[Parent { area, households }], NonZeroU32::new(most).unwrap()).map(|mut d| d.remove(0))
    }

    #[test]
    fn no_piece_is_over_and_each_household_is_in_the_piece_that_counts_it() {
        for (seed, n, most) in [(1, 1_000, 40), (2, 999, 300), (3, 600, 300), (4, 300, 300), (5, 301, 300), (6, 50, 1)]
        {
            let (parent, households) = (square(), scattered(seed, n));
            let division = one(&parent, &households, most).unwrap();
            assert_eq!(division.outside, 0);
            for piece in &division.pieces {
                let prepared = Prepared::new(&piece.geometry);
                let inside = households.iter().filter(|h| prepared.contains(h.coord())).count();
                assert_eq!(piece.households, count(inside), "seed {seed}");
                assert!(piece.households <= most && !piece.over && piece.geometry.0.len() == 1, "seed {seed}");
            }
            let fewest = n.div_ceil(most as usize);
            assert!(division.pieces.len() <= fewest + fewest.div_ceil(2), "{} for {fewest}", division.pieces.len());
            let area: f64 = division.pieces.iter().map(|p| p.geometry.unsigned_area()).sum();
            assert!((area / parent.geometry.unsigned_area() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn crooked_parents_with_a_lake_fall_into_valid_connected_pieces() {
        for seed in 20..40 {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut circle = |from: f64, to: f64| {
                let vertex = |i: i32| {
                    let (sin, cos) = (f64::from(i) / 70.0 * std::f64::consts::TAU).sin_cos();
                    let radius = rng.random_range(from..to);
                    Coord { x: 9.51 + radius * cos, y: 47.11 + 0.7 * radius * sin }
                };
                (0..70).map(vertex).collect()
            };
            let parent = area("7001", Polygon::new(circle(0.004, 0.014), vec![circle(0.0005, 0.0035)]));
            let prepared = Prepared::new(&parent.geometry);
            let households: Vec<LonLat> =
                scattered(seed, 3_000).into_iter().filter(|h| prepared.contains(h.coord())).collect();
            let division = one(&parent, &households, 20).unwrap();
            assert!(division.pieces.iter().all(|p| p.geometry.is_valid() && p.geometry.0.len() == 1 && !p.over));
            assert!(division.pieces.iter().all(|p| (1..=20).contains(&p.households)), "seed {seed}");
            assert_eq!(division.pieces.iter().map(|p| p.households).sum::<u32>(), count(households.len()));
            let area: f64 = division.pieces.iter().map(|p| p.geometry.unsigned_area()).sum();
            assert!((area / parent.geometry.unsigned_area() - 1.0).abs() < 1e-12, "seed {seed}");
        }
    }

    #[test]
    fn a_tower_block_makes_one_piece_that_says_that_it_is_over() {
        let mut households = scattered(8, 50);
        households.extend([LonLat::new(9.5101, 47.1102).unwrap(); 700]);
        let division = one(&square(), &households, 100).unwrap();
        let over: Vec<&Piece> = division.pieces.iter().filter(|p| p.over).collect();
        assert_eq!(over.len(), 1);
        assert!(over[0].households >= 700);
        assert_eq!(division.pieces.iter().map(|p| p.households).sum::<u32>(), 750);
    }

    #[test]
    fn exclaves_are_kept_apart_and_empty_parts_are_covered() {
        let parent = area(
            "7001",
            wkt!(MULTIPOLYGON(((9.5 47.1,9.52 47.1,9.52 47.12,9.5 47.12,9.5 47.1)),((9.6 47.1,9.61 47.1,9.61 47.11,9.6 47.1)))),
        );
        let mut households = scattered(9, 10);
        households.push(LonLat::new(0.0, 0.0).unwrap());
        let division = one(&parent, &households, 100).unwrap();
        let counts: Vec<u32> = division.pieces.iter().map(|p| p.households).collect();
        assert_eq!((counts, division.outside), (vec![10, 0], 1));
    }

    #[test]
    fn pieces_are_numbered_by_rows_from_the_north_west() {
        let mut households = Vec::new();
        for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            households.push(LonLat::new(9.505 + 0.01 * f64::from(x), 47.105 + 0.01 * f64::from(y)).unwrap());
        }
        let division = one(&square(), &households, 1).unwrap();
        let middles: Vec<(bool, bool)> = division
            .pieces
            .iter()
            .map(|p| p.geometry.centroid().unwrap())
            .map(|c| (c.y() > 47.11, c.x() > 9.51))
            .collect();
        assert_eq!(middles, [(true, false), (true, true), (false, false), (false, true)]);
        assert_eq!(division.pieces.iter().map(|p| p.sequence).collect::<Vec<_>>(), [1, 2, 3, 4]);
        let place = Place::of_codes("438000", Some("7001"), None).unwrap();
        let grids = grids(&square(), place, division.pieces).unwrap();
        assert_eq!((grids[3].code.as_str(), grids[3].name.as_str()), ("438000001000004", "Vaduz 004"));
        assert_eq!(grids[3].parent, Some(square().code));
    }

    #[test]
    fn more_pieces_than_codes_are_refused() {
        let refused = one(&square(), &scattered(10, 1_500), 1);
        assert!(matches!(refused, Err(AnalysisError::TooManyPieces { pieces: 1_500, max: 999, .. })), "{refused:?}");
        assert!(matches!(one(&area("7001", MultiPolygon(Vec::new())), &[], 1), Err(AnalysisError::NoExtent { .. })));
    }

    #[test]
    fn every_inner_edge_is_an_edge_of_two_pieces() {
        let west = area("7001", wkt!(POLYGON((9.5 47.1,9.51 47.1,9.513 47.107,9.508 47.12,9.5 47.12,9.5 47.1))));
        let east = area("7002", wkt!(POLYGON((9.51 47.1,9.52 47.1,9.52 47.12,9.508 47.12,9.513 47.107,9.51 47.1))));
        let all = scattered(12, 2_000);
        let within = |area: &Area| {
            let prepared = Prepared::new(&area.geometry);
            all.iter().copied().filter(|h| prepared.contains(h.coord())).collect::<Vec<_>>()
        };
        let (in_west, in_east) = (within(&west), within(&east));
        let parents = [Parent { area: &west, households: &in_west }, Parent { area: &east, households: &in_east }];
        let divisions = divide(&parents, NonZeroU32::new(50).unwrap()).unwrap();
        let mut edges: HashMap<[[u64; 2]; 2], i32> = HashMap::new();
        let pieces: Vec<&Polygon<f64>> = divisions.iter().flat_map(|d| &d.pieces).flat_map(|p| &p.geometry.0).collect();
        for edge in pieces.iter().flat_map(|p| p.exterior().lines()) {
            let ends = [edge.start, edge.end].map(|c| [c.x.to_bits(), c.y.to_bits()]);
            let (key, way) = if ends[0] < ends[1] { (ends, 1) } else { ([ends[1], ends[0]], -1) };
            *edges.entry(key).or_default() += way;
        }
        // Passed once each way, an edge cancels out; what is left is the outline of both parents.
        let outline = |c: [u64; 2]| {
            let (x, y) = (f64::from_bits(c[0]), f64::from_bits(c[1]));
            [x - 9.5, x - 9.52, y - 47.1, y - 47.12].iter().any(|d| d.abs() < 1e-12)
        };
        let left: Vec<_> = edges.iter().filter(|(_, n)| **n != 0).collect();
        assert!(left.iter().all(|(ends, _)| outline(ends[0]) && outline(ends[1])), "{left:?}");
        assert!(pieces.len() > 40 && left.len() > 20);
    }
}
