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
    /// Whether it has more households than allowed because no line can part them: they are at one place.
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
