//! The strip of one side of a street: the band between two distances from its line, cut into cells.
//!
//! ```text
//!   ────────┬──────────────┬╲         outer edge, `far` from the line
//!    cell   │     cell     │ ╲ turn   (away from the strip: a fan; towards it: a kite, between the
//!   ────────┴──────────────┴──╲       perpendiculars at which the outer edges of two cells meet)
//!                          │   ╲      inner edge, `near` from the line
//!   ═══════════════════════╪═══ ╲     the line of the street
//! ```
//!
//! Along the strip runs an axis. A cell is as long on it as it is wide everywhere, a fan as its inner arc, a kite has no length: so
//! that a stall of a width on the axis has at least this width at every depth.

use super::meet::Part;
use super::outline::{left_of, rotated, segments, towards, turn};
use super::span::Span;
use super::tree::Extent;
use geo::Coord;
use std::f64::consts::{FRAC_PI_2, PI};
use std::ops::Range;

/// A turn sharper than this parts a row of stalls: the ground of a stall is straight. 15°.
const STRAIGHT: f64 = 15.0 * PI / 180.0;
/// Cells in a row are asked for together while their rectangle has half this outline, metres.
const WINDOW: f64 = 60.0;
/// A turn below this is none.
const NO_TURN: f64 = 1e-9;

/// A place and the two directions of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    origin: Coord<f64>,
    along: Coord<f64>,
    across: Coord<f64>,
}

impl Frame {
    /// Metres along the line and away from it.
    pub fn local(&self, at: Coord<f64>) -> (f64, f64) {
        let at = at - self.origin;
        (at.x * self.along.x + at.y * self.along.y, at.x * self.across.x + at.y * self.across.y)
    }

    /// The place so far along and away.
    pub fn place(&self, along: f64, away: f64) -> Coord<f64> {
        self.origin + self.along * along + self.across * away
    }
}

/// What a cell is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Beside a straight piece of the line, from and to along it.
    Straight {
        /// Where it lies.
        frame: Frame,
        /// Which part of it is as wide at every depth.
        part: Span,
    },
    /// Between two straight ones.
    Turn {
        /// Corners of the inner edge that are no corners of a straight cell, in the order of the line.
        inner: Vec<Coord<f64>>,
        /// The same of the outer edge.
        outer: Vec<Coord<f64>>,
        /// Convex parts that make it up.
        parts: Vec<Part>,
    },
}

/// A part of a strip.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What it is.
    pub kind: Kind,
    /// Where it is on the axis.
    pub on_axis: Span,
    /// Its outline, counter-clockwise, closed.
    pub ring: Vec<Coord<f64>>,
    /// The rectangle around it.
    pub extent: Extent,
    /// The piece of the line that it lies beside, or the one before the turn.
    pub edge: usize,
    /// Whether the next cell does not join this one: the line turns so sharply towards the strip that both overlap.
    pub parted: bool,
}

/// The band of one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// Which street, by place in the list.
    pub street: usize,
    /// 0 left, 1 right.
    pub hand: usize,
    /// Inner and outer edge, metres from the line.
    pub band: Span,
    /// In the order of the line.
    pub cells: Vec<Cell>,
    /// Bends that part a row of stalls, on the axis.
    pub bends: Vec<Span>,
    /// The axis' length, metres.
    pub length: f64,
    /// Whether the line comes back to its beginning.
    pub closed: bool,
    /// Pieces of the line.
    pub edges: usize,
    /// Cells in a row, and the rectangle around them, for one question to a tree.
    pub windows: Vec<(Extent, Range<u32>)>,
}

impl Strip {
    /// Cuts the band of a side. `line` holds no position twice in a row; with fewer than two there is no cell.
    pub fn new(street: usize, hand: usize, line: &[Coord<f64>], band: Span) -> Strip {
        let closed = line.len() > 3 && line.first() == line.last();
        let mut strip = Strip {
            street,
            hand,
            band,
            cells: Vec::new(),
            bends: Vec::new(),
            length: 0.0,
            closed,
            edges: line.len().saturating_sub(1),
            windows: Vec::new(),
        };
        let sign = if hand == 0 { 1.0 } else { -1.0 };
        let along: Vec<Coord<f64>> = line.windows(2).map(|e| towards(e[0], e[1])).collect();
        let long: Vec<f64> = line.windows(2).map(|e| (e[1] - e[0]).x.hypot((e[1] - e[0]).y)).collect();
        let frames: Vec<Frame> =
            along.iter().zip(line).map(|(e, p)| Frame { origin: *p, along: *e, across: left_of(*e) * sign }).collect();
        let turns: Vec<Turn> = (0..along.len())
            .map(|n| {
                let next = if n + 1 < along.len() { n + 1 } else { 0 };
                if next == 0 && !closed {
                    return Turn::None;
                }
                Turn::of(turn(along[n], along[next]) * sign, long[n].min(long[next]), band.1)
            })
            .collect();
        for n in 0..frames.len() {
            let before = if n > 0 { turns.get(n - 1) } else { turns.last() };
            let part = (before.map_or(0.0, Turn::cut), long[n] - turns[n].cut());
            strip.straight(n, frames[n], part, matches!(turns[n], Turn::Overlap));
            let next = frames[if n + 1 < frames.len() { n + 1 } else { 0 }];
            strip.turn(n, (frames[n], next), long[n], &turns[n]);
        }
        strip.windows = windows(&strip.cells);
        strip
    }

    fn straight(&mut self, edge: usize, frame: Frame, part: Span, parted: bool) {
        let ring = [(part.0, self.band.0), (part.1, self.band.0), (part.1, self.band.1), (part.0, self.band.1)]
            .map(|(along, away)| frame.place(along, away));
        let from = self.length;
        self.length += part.1 - part.0;
        self.push(Kind::Straight { frame, part }, (from, self.length), ring.to_vec(), edge);
        if parted {
            self.bends.push((self.length, self.length));
            if let Some(cell) = self.cells.last_mut() {
                cell.parted = true;
            }
        }
    }

    /// The cell between two straight ones, where there is one.
    fn turn(&mut self, edge: usize, (before, after): (Frame, Frame), long: f64, turn: &Turn) {
        let (near, far) = self.band;
        let from = self.length;
        let (inner, outer) = match *turn {
            Turn::None | Turn::Overlap => return,
            // Where the inner edges cross; the outer ones cross at the ends of both cells.
            Turn::Kite { by, .. } => (vec![before.place(long - near * (by / 2.0).tan(), near)], Vec::new()),
            Turn::Fan { by } => {
                self.length += near * by;
                fan(before.place(long, 0.0), before.across, if self.hand == 0 { -by } else { by }, self.band)
            }
        };
        let cut = turn.cut();
        let there: Vec<Coord<f64>> = std::iter::once(before.place(long - cut, near))
            .chain(inner.iter().copied())
            .chain([after.place(cut, near)])
            .collect();
        let back: Vec<Coord<f64>> = std::iter::once(before.place(long - cut, far))
            .chain(outer.iter().copied())
            .chain([after.place(cut, far)])
            .collect();
        let by = match *turn {
            Turn::Kite { by, .. } | Turn::Fan { by } => by,
            Turn::None | Turn::Overlap => 0.0,
        };
        if by > STRAIGHT {
            self.bends.push((from, self.length));
        }
        let parts = match turn {
            Turn::Fan { .. } => self.parts(&there, &back),
            _ => vec![self.part([there[0], there[1], there[2], back[1]])],
        };
        let ring = there.into_iter().chain(back.into_iter().rev()).collect();
        self.push(Kind::Turn { inner, outer, parts }, (from, self.length), ring, edge);
    }

    /// The parts of a fan: it has one more corner on its inner edge, half a step off those of the outer one.
    fn parts(&self, there: &[Coord<f64>], back: &[Coord<f64>]) -> Vec<Part> {
        let middle = |a: Coord<f64>, b: Coord<f64>| (a + b) / 2.0;
        let mut parts = Vec::with_capacity(2 * back.len());
        for (n, chord) in back.windows(2).enumerate() {
            let half = middle(chord[0], chord[1]);
            // Tangents touch the circle in the middle between their ends; the first and the last begin there.
            let from = if n == 0 { there[0] } else { middle(there[n], there[n + 1]) };
            let to = if n + 2 == back.len() { there[n + 2] } else { middle(there[n + 1], there[n + 2]) };
            parts.push(self.part([from, there[n + 1], half, chord[0]]));
            parts.push(self.part([there[n + 1], to, chord[1], half]));
        }
        parts
    }

    /// Of corners that are counter-clockwise on the left.
    fn part(&self, [a, b, c, d]: [Coord<f64>; 4]) -> Part {
        Part::new(if self.hand == 0 { [a, b, c, d] } else { [d, c, b, a] })
    }

    fn push(&mut self, kind: Kind, on_axis: Span, mut ring: Vec<Coord<f64>>, edge: usize) {
        if self.hand == 1 {
            ring.reverse();
        }
        ring.push(ring[0]);
        let extent = Extent::around(&ring);
        self.cells.push(Cell { kind, on_axis, ring, extent, edge, parted: false });
    }

    /// The middle of the strip at a place of its axis; of a turn the middle of its corners.
    pub fn middle(&self, at: f64) -> Option<Coord<f64>> {
        let first = self.cells.partition_point(|c| c.on_axis.1 < at);
        let cell = self.cells.get(first)?;
        match &cell.kind {
            Kind::Straight { frame, part } => {
                Some(frame.place(part.0 + at - cell.on_axis.0, f64::midpoint(self.band.0, self.band.1)))
            }
            Kind::Turn { .. } => {
                let corners = &cell.ring[1..];
                #[allow(clippy::cast_precision_loss)] // a few dozen
                let count = corners.len() as f64;
                Some(corners.iter().fold(Coord { x: 0.0, y: 0.0 }, |sum, c| sum + *c) / count)
            }
        }
    }
}

fn windows(cells: &[Cell]) -> Vec<(Extent, Range<u32>)> {
    let mut windows: Vec<(Extent, Range<u32>)> = Vec::new();
    for (n, cell) in (0..).zip(cells) {
        match windows.last_mut() {
            Some((window, of)) if window.join(&cell.extent).reach() < WINDOW => {
                (*window, of.end) = (window.join(&cell.extent), n + 1);
            }
            _ => windows.push((cell.extent, n..n + 1)),
        }
    }
    windows
}

/// How a line goes on after an edge, as one side sees it.
enum Turn {
    /// Straight on, or not at all.
    None,
    /// Away from the side, by so many radians.
    Fan { by: f64 },
    /// Towards the side, by so many radians; so many metres of both edges are left to it.
    Kite { by: f64, cut: f64 },
    /// Towards the side, and the edges are too short for a kite.
    Overlap,
}

impl Turn {
    /// `by` is positive towards the side; `shorter` is the length of the shorter edge.
    fn of(by: f64, shorter: f64, far: f64) -> Turn {
        if by.abs() < NO_TURN {
            return Turn::None;
        }
        if by < 0.0 {
            return Turn::Fan { by: -by };
        }
        let cut = far * (by / 2.0).tan();
        // Both turns of an edge may take half of it.
        if cut >= 0.0 && cut <= shorter / 2.0 { Turn::Kite { by, cut } } else { Turn::Overlap }
    }

    fn cut(&self) -> f64 {
        match self {
            Turn::Kite { cut, .. } => *cut,
            _ => 0.0,
        }
    }
}

/// The corners between the ends of both edges of a fan, from a direction by an angle that is positive counter-clockwise: the inner
/// edge in tangents, the outer one in as many chords.
fn fan(corner: Coord<f64>, from: Coord<f64>, by: f64, band: Span) -> (Vec<Coord<f64>>, Vec<Coord<f64>>) {
    let steps = (by.abs() / FRAC_PI_2 * segments(band.1) - 1e-9).ceil().max(1.0);
    let step = by / steps;
    // Steps of a fan are few: an angle is at most half a circle.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let count = steps as u32;
    let at = |angle: f64, radius: f64| corner + rotated(from, angle) * radius;
    let inner = (0..count).map(|n| at((f64::from(n) + 0.5) * step, band.0 / (step / 2.0).cos())).collect();
    let outer = (1..count).map(|n| at(f64::from(n) * step, band.1)).collect();
    (inner, outer)
}
