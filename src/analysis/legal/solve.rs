//! One strip against all that is near it.

use super::layer::Layer;
use super::meet::Blocked;
use super::outline::{Arc, Outline, Pieces};
use super::span::{self, Span};
use super::strip::{Cell, Kind, Strip};
use super::tree::{Extent, Tree};
use super::{Rule, Street};
use geo::{Coord, Polygon};
use std::ops::Range;

/// Pieces of so many corners lose what is far from a strip before they are met.
const LARGE: usize = 32;

/// The strips of all streets, and where their cells are.
#[derive(Debug, Clone, Default)]
pub struct Strips {
    /// By street, left before right.
    pub all: Vec<Strip>,
    /// Strip and cell of each rectangle of the tree.
    of: Vec<(u32, u32)>,
    tree: Tree,
}

impl Strips {
    /// Puts them in order to be found.
    pub fn new(all: Vec<Strip>) -> Strips {
        let of: Vec<(u32, u32)> =
            (0..).zip(&all).flat_map(|(s, strip)| (0..).zip(&strip.cells).map(move |(c, _)| (s, c))).collect();
        let extents: Vec<Extent> = all.iter().flat_map(|s| &s.cells).map(|c| c.extent).collect();
        Strips { of, tree: Tree::new(&extents), all }
    }

    /// Whether any has a part near a rectangle.
    pub fn near(&self, window: &Extent) -> bool {
        self.tree.any(window, |_| true)
    }

    /// The strip that a place lies in.
    pub fn at(&self, place: Coord<f64>) -> Option<usize> {
        let mut found = None;
        self.tree.any(&Extent { min: place, max: place }, |cell| {
            let (strip, cell) = self.of[cell as usize];
            let ring = &self.all[strip as usize].cells[cell as usize].ring[..];
            if super::meet::within(std::iter::once(ring), place) {
                found = Some(found.map_or(strip as usize, |f: usize| f.min(strip as usize)));
            }
            false
        });
        found
    }
}

/// All that a strip may meet but what rules forbid.
pub struct Ground<'a> {
    /// All streets.
    pub streets: &'a [Street],
    /// Their lines.
    pub lines: &'a [Vec<Coord<f64>>],
    /// Strips of all streets.
    pub strips: &'a Strips,
    /// Carriageways of all streets, by street.
    pub roads: (&'a Pieces, &'a Tree),
}

/// What is left of a strip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Solved {
    /// Blocked whatever the rules.
    pub base: Base,
    /// Blocked by the rules that block any of it, by number.
    pub by_rule: Vec<(Rule, Met)>,
    /// What is lawful.
    pub polygons: Vec<Polygon<f64>>,
}

/// What bends, carriageways and strips that come before block of a strip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Base {
    /// On it.
    pub met: Met,
    /// The distance kept from the strip's own line, where that comes back to itself.
    pub own: Pieces,
    /// Whether the strip lies on itself somewhere.
    pub folded: bool,
}

/// What is blocked of a strip by one rule, or whatever the rules. Kept for each, so that a change costs what the rule does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Met {
    /// Stretches of the axis, apart.
    pub axis: Vec<Span>,
    /// What is blocked from edge to edge: the cell, and from where to where along its line; of a turn anything where all of it is.
    pub wholly: Vec<(u32, Span)>,
    /// What is blocked but not from edge to edge: the cell, by what, and between where along its line.
    pub partly: Vec<(u32, Source, Span)>,
}

/// What blocks a part of a cell, in the order in which it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A strip's cell.
    Cell(u32, u32),
    /// A piece around the strip's own line.
    Own(u32),
    /// A carriageway.
    Road(u32),
    /// A piece of a rule's layer.
    Piece(u32),
}

impl Met {
    /// Whether two states of a layer leave the same: a piece may have another number in each.
    pub fn leaves_same(&self, layer: &Layer, other: &Met, of: Option<&Layer>) -> bool {
        let rings = |a: u32, b: u32| of.is_some_and(|of| layer.pieces.rings(a).eq(of.pieces.rings(b)));
        let same = |(a, b): (&(u32, Source, Span), &(u32, Source, Span))| match (a.1, b.1) {
            (Source::Piece(p), Source::Piece(q)) => a.0 == b.0 && a.2 == b.2 && rings(p, q),
            _ => false,
        };
        self.axis == other.axis
            && self.wholly == other.wholly
            && self.partly.len() == other.partly.len()
            && self.partly.iter().zip(&other.partly).all(same)
    }
}

/// What a strip meets whatever the rules.
pub fn base(ground: &Ground<'_>, number: usize, room: &mut Blocked) -> Base {
    let strips = ground.strips;
    let strip = &strips.all[number];
    let mut meeting = Meeting { strip, met: Met::default(), room };
    meeting.met.axis.extend_from_slice(&strip.bends);
    let own = meeting.own_line(&ground.lines[strip.street]);
    let mut folded = strip.cells.iter().any(|c| c.parted);
    for (window, cells) in &strip.windows {
        strips.tree.each(window, |found| {
            let (other, cell) = strips.of[found as usize];
            let other_cell = &strips.all[other as usize].cells[cell as usize];
            for n in cells.clone() {
                let earlier = (other as usize, cell) < (number, n);
                if !earlier || !other_cell.extent.meets(&strip.cells[n as usize].extent) {
                    continue;
                }
                let ring = std::iter::once(&other_cell.ring[..]);
                if other as usize == number {
                    // On the map a strip that lies on itself is there once; on the axis only one of both counts.
                    folded |= meeting.axis(n, ring);
                } else {
                    meeting.with(n, Source::Cell(other, cell), ring);
                }
            }
        });
        let (roads, tree) = ground.roads;
        tree.each(window, |piece| {
            if roads.thing(piece) as usize != strip.street {
                meeting.piece((window, cells), roads, piece, Source::Road(piece));
            }
        });
    }
    Base { met: meeting.done(), own, folded }
}

/// What a strip meets of one rule.
pub fn layer(ground: &Ground<'_>, number: usize, layer: &Layer, room: &mut Blocked) -> Met {
    let strip = &ground.strips.all[number];
    let street = ground.streets[strip.street].id;
    let mut meeting = Meeting { strip, met: Met::default(), room };
    for (window, cells) in &strip.windows {
        layer.tree.each(window, |piece| {
            if layer.things[layer.pieces.thing(piece) as usize].holds_beside(street) {
                meeting.piece((window, cells), &layer.pieces, piece, Source::Piece(piece));
            }
        });
    }
    meeting.done()
}

struct Meeting<'a> {
    strip: &'a Strip,
    met: Met,
    room: &'a mut Blocked,
}

impl Meeting<'_> {
    /// The inner edge's distance is kept from the whole line, also where the street comes back to itself.
    fn own_line(&mut self, line: &[Coord<f64>]) -> Pieces {
        let near = self.strip.band.0;
        let edges: Vec<Extent> = line.windows(2).map(|e| Extent::around(e).grown(near)).collect();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (n, cell) in (0..).zip(&self.strip.cells) {
            let near = (0..).zip(&edges).filter(|(edge, e)| e.meets(&cell.extent) && !self.beside(cell, *edge));
            pairs.extend(near.map(|(edge, _)| (n, edge)));
        }
        let mut own = Pieces::default();
        if pairs.is_empty() || near <= 0.0 {
            return own;
        }
        Outline { pieces: &mut own, thing: 0, distance: near, arc: Arc::Within, near: &|_: &Extent| true }.line(line);
        for (cell, edge) in pairs {
            self.with(cell, Source::Own(edge), own.rings(edge));
        }
        own
    }

    /// Whether a cell lies beside a piece of the line, or beside the next one without being parted from it.
    fn beside(&self, cell: &Cell, edge: u32) -> bool {
        let edge = edge as usize;
        let after = |n: usize| if n + 1 == self.strip.edges && self.strip.closed { 0 } else { n + 1 };
        let parted = |n: usize| {
            // Where a line turns sharply towards the strip the straight cell before says so.
            self.strip.cells.iter().any(|c| c.edge == n && c.parted)
        };
        match cell.kind {
            Kind::Turn { .. } => edge == cell.edge || edge == after(cell.edge),
            Kind::Straight { .. } => {
                edge == cell.edge
                    || edge == after(cell.edge) && !parted(cell.edge)
                    || after(edge) == cell.edge && !parted(edge)
            }
        }
    }

    fn piece(&mut self, (window, cells): (&Extent, &Range<u32>), pieces: &Pieces, piece: u32, source: Source) {
        let extent = pieces.extents()[piece as usize];
        let strip = self.strip;
        let near = cells.clone().filter(|n| extent.meets(&strip.cells[*n as usize].extent));
        if pieces.corners(piece) < LARGE {
            near.for_each(|n| self.with(n, source, pieces.rings(piece)));
        } else {
            let mut nearby = std::mem::take(&mut self.room.nearby);
            nearby.of(pieces.rings(piece), window);
            near.for_each(|n| self.with(n, source, nearby.rings()));
            self.room.nearby = nearby;
        }
    }

    /// Notes what a source blocks of a cell.
    fn with<'r>(&mut self, n: u32, source: Source, rings: impl Iterator<Item = &'r [Coord<f64>]> + Clone) {
        if !self.axis(n, rings) {
            return;
        }
        let hull = (self.room.partly[0].0, self.room.partly[self.room.partly.len() - 1].1);
        if self.room.wholly.first() != Some(&hull) {
            self.met.partly.push((n, source, hull));
        }
        self.met.wholly.extend(self.room.wholly.iter().map(|span| (n, *span)));
    }

    /// Notes what rings block of the axis beside a cell; tells whether they block any of it.
    fn axis<'r>(&mut self, n: u32, rings: impl Iterator<Item = &'r [Coord<f64>]> + Clone) -> bool {
        let cell = &self.strip.cells[n as usize];
        match &cell.kind {
            Kind::Straight { frame, part } => {
                self.room.straight(rings, frame, *part, self.strip.band);
                let moved = cell.on_axis.0 - part.0;
                self.met.axis.extend(self.room.partly.iter().map(|s| (s.0 + moved, s.1 + moved)));
            }
            Kind::Turn { parts, .. } => {
                self.room.turn(&rings, (parts, &cell.extent));
                self.met.axis.extend(self.room.partly.first().map(|_| cell.on_axis));
            }
        }
        !self.room.partly.is_empty()
    }

    /// In order.
    fn done(mut self) -> Met {
        span::merge(&mut self.met.axis);
        self.met
            .wholly
            .sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.0.total_cmp(&b.1.0)).then(a.1.1.total_cmp(&b.1.1)));
        self.met.partly.sort_unstable_by_key(|p| (p.0, p.1));
        self.met
    }
}
