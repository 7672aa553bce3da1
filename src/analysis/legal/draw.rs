//! What is left of a strip, as polygons.

use super::layer::Layer;
use super::meet::cut;
use super::solve::{Base, Ground, Met, Source};
use super::span::{self, Span};
use super::strip::{Cell, Frame, Kind, Strip};
use super::tree::Extent;
use geo::bool_ops::{FillRule, OpType};
use geo::{Area as _, BooleanOps as _, Coord, LineString, MultiPolygon, Polygon};

/// What is cut keeps this much around what it blocks, metres.
const MARGIN: f64 = 0.1;
/// Smaller parts are what rounding left, square metres.
const CRUMB: f64 = 0.01;
/// Corners nearer to one another than this are one, metres.
const SAME: f64 = 1e-6;

/// What blocks a part of a cell: the layer, one more than its place among those given, or 0 whatever the rules; and what of it.
type By = (usize, Source);
/// A cell, what blocks a part of it, and between where along its line.
type Partly = (u32, By, Span);

/// Draws what is lawful of a strip. `by_rule` is all that blocks any of it, in an order that does not change.
pub fn draw(ground: &Ground<'_>, number: usize, base: &Base, by_rule: &[(&Layer, &Met)]) -> Vec<Polygon<f64>> {
    let strip = &ground.strips.all[number];
    let mets = || std::iter::once(&base.met).chain(by_rule.iter().map(|(_, met)| *met));
    let mut wholly: Vec<(u32, Span)> = mets().flat_map(|met| met.wholly.iter().copied()).collect();
    wholly.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.0.total_cmp(&b.1.0)).then(a.1.1.total_cmp(&b.1.1)));
    let of_met = |(n, met): (usize, &'_ Met)| -> Vec<Partly> {
        met.partly.iter().map(|(cell, source, hull)| (*cell, (n, *source), *hull)).collect()
    };
    let mut partly: Vec<Partly> = mets().enumerate().flat_map(of_met).collect();
    partly.sort_by_key(|p| p.0);
    Drawing { ground, strip, base, by_rule, wholly, partly }.polygons()
}

struct Drawing<'a> {
    ground: &'a Ground<'a>,
    strip: &'a Strip,
    base: &'a Base,
    by_rule: &'a [(&'a Layer, &'a Met)],
    /// By cell.
    wholly: Vec<(u32, Span)>,
    /// By cell.
    partly: Vec<Partly>,
}

impl Drawing<'_> {
    fn polygons(&self) -> Vec<Polygon<f64>> {
        let mut polygons = Vec::new();
        let runs = self.runs();
        if self.base.folded {
            let clips = runs.iter().flat_map(|run| run.clips.iter().copied()).collect();
            self.cut_out(runs.iter().filter_map(|run| self.contour(run.ring())).collect(), clips, &mut polygons);
        } else {
            for run in runs {
                self.cut_out(self.contour(run.ring()).into_iter().collect(), run.clips, &mut polygons);
            }
        }
        polygons.retain(|p| p.unsigned_area() >= CRUMB);
        polygons
    }

    /// Adds what clips leave of contours.
    fn cut_out(&self, subject: Vec<Polygon<f64>>, mut clips: Vec<(By, Extent)>, polygons: &mut Vec<Polygon<f64>>) {
        if clips.is_empty() && !self.base.folded {
            polygons.extend(subject);
            return;
        }
        clips.sort_by_key(|c| c.0);
        clips.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.join(&next.1);
            }
            same
        });
        let clip = MultiPolygon(clips.iter().flat_map(|(by, window)| self.rings(*by, window)).collect());
        polygons.extend(MultiPolygon(subject).boolean_op_with_fill_rule(&clip, OpType::Difference, FillRule::NonZero));
    }

    /// The parts of the strip that are not blocked from edge to edge, joined to their neighbours.
    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut open = false;
        let (mut wholly, mut partly) = (&self.wholly[..], &self.partly[..]);
        let mut blocked: Vec<Span> = Vec::new();
        for (n, cell) in (0..).zip(&self.strip.cells) {
            let (of_cell, wholly_of_cell);
            (of_cell, partly) = partly.split_at(partly.partition_point(|p| p.0 == n));
            (wholly_of_cell, wholly) = wholly.split_at(wholly.partition_point(|w| w.0 == n));
            blocked.clear();
            blocked.extend(wholly_of_cell.iter().map(|w| w.1));
            span::merge(&mut blocked);
            match &cell.kind {
                // Two kites may have left it no length.
                Kind::Straight { part, .. } if part.1 - part.0 <= span::TOUCH => {}
                Kind::Straight { frame, part } => {
                    let parts = span::rest(*part, &blocked);
                    open &= !parts.is_empty();
                    for alive in parts {
                        if !open || alive.0 > part.0 {
                            runs.push(Run::default());
                        }
                        let Some(run) = runs.last_mut() else { continue };
                        run.straight(frame, alive, self.strip.band, of_cell);
                        open = alive.1 >= part.1;
                    }
                }
                Kind::Turn { inner, outer, .. } => {
                    if !blocked.is_empty() {
                        open = false;
                        continue;
                    }
                    if !open {
                        runs.push(Run::default());
                    }
                    let Some(run) = runs.last_mut() else { continue };
                    run.turn(cell, inner, outer, self.strip.hand == 1, open);
                    run.clips.extend(of_cell.iter().map(|(_, by, _)| (*by, cell.extent.grown(MARGIN))));
                    open = true;
                }
            }
            open &= !cell.parted;
        }
        runs
    }

    /// A contour without corners that stand twice, counter-clockwise; `None` where it encloses nothing.
    fn contour(&self, mut ring: Vec<Coord<f64>>) -> Option<Polygon<f64>> {
        let same = |a: &Coord<f64>, b: &Coord<f64>| (a.x - b.x).abs() < SAME && (a.y - b.y).abs() < SAME;
        ring.dedup_by(|a, b| same(a, b));
        while ring.len() > 1 && same(&ring[0], &ring[ring.len() - 1]) {
            ring.pop();
        }
        if self.strip.hand == 1 {
            ring.reverse();
        }
        (ring.len() > 2).then(|| Polygon::new(LineString(ring), Vec::new()))
    }

    /// The rings of what blocks a part, as far as they are in a window.
    fn rings(&self, (layer, source): By, window: &Extent) -> Vec<Polygon<f64>> {
        let all = |rings: &mut dyn Iterator<Item = &[Coord<f64>]>| -> Vec<Polygon<f64>> {
            let cut = rings.map(|ring| cut(ring, window)).filter(|ring| ring.len() > 3);
            cut.map(|ring| Polygon::new(LineString(ring), Vec::new())).collect()
        };
        match source {
            Source::Cell(strip, cell) => {
                let ring = &self.ground.strips.all[strip as usize].cells[cell as usize].ring[..];
                all(&mut std::iter::once(ring))
            }
            Source::Own(p) => all(&mut self.base.own.rings(p)),
            Source::Road(p) => all(&mut self.ground.roads.0.rings(p)),
            Source::Piece(p) => all(&mut self.by_rule[layer - 1].0.pieces.rings(p)),
        }
    }
}

/// Parts of a strip that join one another.
#[derive(Debug, Default)]
struct Run {
    /// Corners of the inner edge, in the order of the line.
    inner: Vec<Coord<f64>>,
    /// Corners of the outer edge.
    outer: Vec<Coord<f64>>,
    /// What blocks some of it, and where.
    clips: Vec<(By, Extent)>,
}

impl Run {
    /// Goes on along a line, and notes what blocks some of it.
    fn straight(&mut self, frame: &Frame, alive: Span, band: Span, partly: &[Partly]) {
        self.inner.extend([frame.place(alive.0, band.0), frame.place(alive.1, band.0)]);
        self.outer.extend([frame.place(alive.0, band.1), frame.place(alive.1, band.1)]);
        for (_, by, hull) in partly {
            let (from, to) = (hull.0.max(alive.0), hull.1.min(alive.1));
            if from < to {
                let corners = [(from, band.0), (to, band.0), (from, band.1), (to, band.1)];
                let window = Extent::around(&corners.map(|(u, v)| frame.place(u, v)));
                self.clips.push((*by, window.grown(MARGIN)));
            }
        }
    }

    /// Its outline: there along the inner edge, back along the outer.
    fn ring(&self) -> Vec<Coord<f64>> {
        self.inner.iter().chain(self.outer.iter().rev()).copied().collect()
    }

    /// Goes on round a turn; where the run begins with it, from its own corners.
    fn turn(&mut self, cell: &Cell, inner: &[Coord<f64>], outer: &[Coord<f64>], right: bool, open: bool) {
        // In the order in which the ring was made: inner edge there, outer edge back.
        let mut ring = cell.ring[..cell.ring.len() - 1].to_vec();
        if right {
            ring.reverse();
        }
        let (first, last) = (ring[0], ring[ring.len() - 1]);
        if !open {
            self.inner.push(first);
            self.outer.push(last);
        }
        self.inner.extend_from_slice(inner);
        self.outer.extend_from_slice(outer);
        self.inner.push(ring[inner.len() + 1]);
        self.outer.push(ring[inner.len() + 2]);
    }
}
