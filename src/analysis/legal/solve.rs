//! One strip against all that is near it.

use super::layer::Layer;
use super::meet::{Blocked, Meets, Work, cut};
use super::outline::{Arc, Outline, Pieces};
use super::span::{self, Span};
use super::strip::{Cell, Frame, Kind, Strip};
use super::tree::{Extent, Tree};
use super::{Rule, Street};
use geo::bool_ops::{FillRule, OpType};
use geo::{Area as _, BooleanOps as _, Coord, LineString, MultiPolygon, Polygon};

/// A question to the trees is for cells in a row whose rectangle has half this outline, metres.
const WINDOW: f64 = 60.0;
/// What is cut keeps this much around what it blocks, metres.
const MARGIN: f64 = 0.1;
/// Smaller parts are what rounding left, square metres.
const CRUMB: f64 = 0.01;
/// Corners nearer to one another than this are one, metres.
const SAME: f64 = 1e-6;

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

    /// Those that have a part near a rectangle.
    pub fn meeting(&self, window: &Extent, mut found: impl FnMut(usize)) {
        self.tree.each(window, |cell| found(self.of[cell as usize].0 as usize));
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

/// All that a strip may meet.
pub struct Ground<'a> {
    /// All streets.
    pub streets: &'a [Street],
    /// Their lines.
    pub lines: &'a [Vec<Coord<f64>>],
    /// Strips of all streets.
    pub strips: &'a Strips,
    /// Carriageways of all streets, by street.
    pub roads: (&'a Pieces, &'a Tree),
    /// What rules forbid.
    pub layers: &'a [&'a Layer],
}

/// What is left of a strip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Solved {
    /// Blocked on the axis whatever the rules: bends, carriageways, strips that come before.
    pub base: Vec<Span>,
    /// Blocked on the axis by the rules that block any of it.
    pub by_rule: Vec<(Rule, Vec<Span>)>,
    /// What is lawful.
    pub polygons: Vec<Polygon<f64>>,
}

/// What blocks a part of a cell, in the order in which it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// A strip's cell.
    Cell(u32, u32),
    /// The strip's own line.
    Own(u32),
    /// A carriageway.
    Road(u32),
    /// A piece of a layer.
    Layer(usize, u32),
}

struct Solver<'a> {
    ground: &'a Ground<'a>,
    number: usize,
    strip: &'a Strip,
    own: Pieces,
    work: Work,
    base: Vec<Span>,
    by_layer: Vec<Vec<Span>>,
    /// Of each cell what is blocked from edge to edge, along its line; of a turn anything where all of it is.
    wholly: Vec<Vec<Span>>,
    /// What blocks a part of a cell, and between where along its line.
    partly: Vec<(usize, Source, Span)>,
    /// Whether the strip lies on itself somewhere.
    folded: bool,
}

/// Solves one; draws what is lawful where asked to.
pub fn solve(ground: &Ground<'_>, number: usize, draw: bool) -> Solved {
    let strip = &ground.strips.all[number];
    let mut solver = Solver {
        ground,
        number,
        strip,
        own: Pieces::default(),
        work: Work::default(),
        base: strip.bends.clone(),
        by_layer: vec![Vec::new(); ground.layers.len()],
        wholly: vec![Vec::new(); strip.cells.len()],
        partly: Vec::new(),
        folded: strip.cells.iter().any(|c| c.parted),
    };
    solver.meet_own_line();
    let mut first = 0;
    while first < strip.cells.len() {
        let mut window = strip.cells[first].extent;
        let mut last = first + 1;
        while let Some(cell) = strip.cells.get(last).filter(|c| window.join(&c.extent).reach() < WINDOW) {
            window = window.join(&cell.extent);
            last += 1;
        }
        solver.meet_all(&window, first..last);
        first = last;
    }
    let polygons = if draw { solver.draw() } else { Vec::new() };
    let Solver { mut base, by_layer, .. } = solver;
    span::merge(&mut base);
    let merged = |(layer, mut spans): (&&Layer, Vec<Span>)| {
        span::merge(&mut spans);
        (layer.rule, spans)
    };
    let by_rule = ground.layers.iter().zip(by_layer).filter(|(_, s)| !s.is_empty()).map(merged).collect();
    Solved { base, by_rule, polygons }
}

impl<'a> Solver<'a> {
    /// The inner edge's distance is kept from the whole line, also where the street comes back to itself.
    fn meet_own_line(&mut self) {
        let line = &self.ground.lines[self.strip.street];
        let near = self.strip.band.0;
        let edges: Vec<Extent> = line.windows(2).map(|e| Extent::around(e).grown(near)).collect();
        let mut pairs: Vec<(usize, u32)> = Vec::new();
        for (n, cell) in self.strip.cells.iter().enumerate() {
            let near = (0..).zip(&edges).filter(|(edge, e)| e.meets(&cell.extent) && !self.beside(cell, *edge));
            pairs.extend(near.map(|(edge, _)| (n, edge)));
        }
        if pairs.is_empty() || near <= 0.0 {
            return;
        }
        let mut own = Pieces::default();
        Outline { pieces: &mut own, thing: 0, distance: near, arc: Arc::Within, near: &|_: &Extent| true }.line(line);
        self.own = own;
        for (cell, edge) in pairs {
            self.meet(cell, Source::Own(edge));
        }
    }

    /// Whether a cell lies beside a piece of the line, or beside the next one without being parted from it.
    fn beside(&self, cell: &Cell, edge: u32) -> bool {
        let edges = self.ground.lines[self.strip.street].len() - 1;
        let edge = edge as usize;
        let after = |n: usize| if n + 1 == edges && self.strip.closed { 0 } else { n + 1 };
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

    fn meet_all(&mut self, window: &Extent, cells: std::ops::Range<usize>) {
        let ground = self.ground;
        let strips = ground.strips;
        strips.tree.each(window, |found| {
            let (strip, cell) = strips.of[found as usize];
            let extent = strips.all[strip as usize].cells[cell as usize].extent;
            for n in cells.clone() {
                let earlier = (strip as usize, cell as usize) < (self.number, n);
                if earlier && extent.meets(&self.strip.cells[n].extent) {
                    self.meet(n, Source::Cell(strip, cell));
                }
            }
        });
        let (roads, tree) = ground.roads;
        tree.each(window, |piece| {
            if roads.thing(piece) as usize != self.strip.street {
                self.meet_piece(&cells, roads, piece, Source::Road(piece));
            }
        });
        let street = ground.streets[self.strip.street].id;
        for (n, layer) in ground.layers.iter().enumerate() {
            layer.tree.each(window, |piece| {
                if layer.things[layer.pieces.thing(piece) as usize].holds_beside(street) {
                    self.meet_piece(&cells, &layer.pieces, piece, Source::Layer(n, piece));
                }
            });
        }
    }

    fn meet_piece(&mut self, cells: &std::ops::Range<usize>, pieces: &Pieces, piece: u32, source: Source) {
        let extent = pieces.extents()[piece as usize];
        for n in cells.clone() {
            if extent.meets(&self.strip.cells[n].extent) {
                self.meet(n, source);
            }
        }
    }

    /// Notes what a source blocks of a cell.
    fn meet(&mut self, n: usize, source: Source) {
        let cell = &self.strip.cells[n];
        let ring_of = |strip: u32, cell: u32| &self.ground.strips.all[strip as usize].cells[cell as usize].ring[..];
        let (partly, wholly) = match source {
            Source::Cell(s, c) => blocked(std::iter::once(ring_of(s, c)), cell, self.strip.band, &mut self.work),
            Source::Own(p) => blocked(self.own.rings(p), cell, self.strip.band, &mut self.work),
            Source::Road(p) => blocked(self.ground.roads.0.rings(p), cell, self.strip.band, &mut self.work),
            Source::Layer(l, p) => {
                blocked(self.ground.layers[l].pieces.rings(p), cell, self.strip.band, &mut self.work)
            }
        };
        let (Some(first), Some(last)) = (partly.first(), partly.last()) else { return };
        let axis = match source {
            Source::Layer(layer, _) => &mut self.by_layer[layer],
            _ => &mut self.base,
        };
        match &cell.kind {
            Kind::Straight { part, .. } => {
                let moved = cell.on_axis.0 - part.0;
                axis.extend(partly.iter().map(|s| (s.0 + moved, s.1 + moved)));
            }
            Kind::Turn { .. } => axis.push(cell.on_axis),
        }
        if matches!(source, Source::Cell(strip, _) if strip as usize == self.number) {
            // On the map a strip that lies on itself is there once; on the axis only one of both counts.
            self.folded = true;
            return;
        }
        if wholly.first() != Some(&(first.0, last.1)) {
            self.partly.push((n, source, (first.0, last.1)));
        }
        self.wholly[n].extend(wholly);
    }

    /// What is lawful, as polygons.
    fn draw(&mut self) -> Vec<Polygon<f64>> {
        self.wholly.iter_mut().for_each(span::merge);
        let runs = self.runs();
        let mut polygons = Vec::new();
        let mut take = |contours: Vec<Vec<Coord<f64>>>, mut clips: Vec<(Source, Extent)>, folded: bool| {
            let subject: Vec<Polygon<f64>> = contours.into_iter().filter_map(|c| self.contour(c)).collect();
            if clips.is_empty() && !folded {
                polygons.extend(subject);
                return;
            }
            clips.sort_unstable_by_key(|c| c.0);
            clips.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 = kept.1.join(&next.1);
                }
                same
            });
            let clip = MultiPolygon(clips.iter().flat_map(|(source, window)| self.cut(*source, window)).collect());
            let left = MultiPolygon(subject).boolean_op_with_fill_rule(&clip, OpType::Difference, FillRule::NonZero);
            polygons.extend(left);
        };
        if self.folded {
            let (mut contours, mut clips) = (Vec::new(), Vec::new());
            for run in runs {
                contours.push(run.ring());
                clips.extend(run.clips);
            }
            take(contours, clips, true);
        } else {
            for mut run in runs {
                let clips = std::mem::take(&mut run.clips);
                take(vec![run.ring()], clips, false);
            }
        }
        polygons.retain(|p| p.unsigned_area() >= CRUMB);
        polygons
    }

    /// The parts of the strip that are not blocked from edge to edge, joined to their neighbours.
    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut open = false;
        let mut partly = &self.sorted_partly()[..];
        for (n, cell) in self.strip.cells.iter().enumerate() {
            let of_cell;
            (of_cell, partly) = partly.split_at(partly.partition_point(|p| p.0 == n));
            match &cell.kind {
                // Two kites may have left it no length.
                Kind::Straight { part, .. } if part.1 - part.0 <= span::TOUCH => {}
                Kind::Straight { frame, part } => {
                    let parts = span::rest(*part, &self.wholly[n]);
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
                    if !self.wholly[n].is_empty() {
                        open = false;
                        continue;
                    }
                    if !open {
                        runs.push(Run::default());
                    }
                    let Some(run) = runs.last_mut() else { continue };
                    run.turn(cell, inner, outer, self.strip.hand == 1, open);
                    run.clips.extend(of_cell.iter().map(|(_, source, _)| (*source, cell.extent.grown(MARGIN))));
                    open = true;
                }
            }
            open &= !cell.parted;
        }
        runs
    }

    fn sorted_partly(&self) -> Vec<(usize, Source, Span)> {
        let mut sorted = self.partly.clone();
        sorted.sort_by_key(|p| p.0);
        sorted
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

    /// The rings of a source, as far as they are in a window.
    fn cut(&self, source: Source, window: &Extent) -> Vec<Polygon<f64>> {
        let all = |rings: &mut dyn Iterator<Item = &[Coord<f64>]>| -> Vec<Polygon<f64>> {
            let cut = rings.map(|ring| cut(ring, window)).filter(|ring| ring.len() > 3);
            cut.map(|ring| Polygon::new(LineString(ring), Vec::new())).collect()
        };
        match source {
            Source::Cell(strip, cell) => {
                let ring = &self.ground.strips.all[strip as usize].cells[cell as usize].ring[..];
                all(&mut std::iter::once(ring))
            }
            Source::Own(p) => all(&mut self.own.rings(p)),
            Source::Road(p) => all(&mut self.ground.roads.0.rings(p)),
            Source::Layer(l, p) => all(&mut self.ground.layers[l].pieces.rings(p)),
        }
    }
}

/// What rings block of a cell along its line: partly, and from edge to edge. Of a turn there is but some of it and all of it.
fn blocked<'b>(
    rings: impl Iterator<Item = &'b [Coord<f64>]> + Clone,
    cell: &Cell,
    band: Span,
    work: &mut Work,
) -> (Vec<Span>, Vec<Span>) {
    match &cell.kind {
        Kind::Straight { frame, part } => {
            let Blocked { partly, wholly } = Blocked::of(rings, frame, *part, band, work);
            (partly, wholly)
        }
        Kind::Turn { parts, .. } => match Meets::of(rings, (parts, &cell.extent)) {
            Meets::Nowhere => (Vec::new(), Vec::new()),
            Meets::Partly => (vec![(0.0, 1.0)], Vec::new()),
            Meets::Wholly => (vec![(0.0, 1.0)], vec![(0.0, 1.0)]),
        },
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
    clips: Vec<(Source, Extent)>,
}

impl Run {
    /// Goes on along a line, and notes what blocks some of it.
    fn straight(&mut self, frame: &Frame, alive: Span, band: Span, partly: &[(usize, Source, Span)]) {
        self.inner.extend([frame.place(alive.0, band.0), frame.place(alive.1, band.0)]);
        self.outer.extend([frame.place(alive.0, band.1), frame.place(alive.1, band.1)]);
        for (_, source, hull) in partly {
            let (from, to) = (hull.0.max(alive.0), hull.1.min(alive.1));
            if from < to {
                let corners = [(from, band.0), (to, band.0), (from, band.1), (to, band.1)];
                let window = Extent::around(&corners.map(|(u, v)| frame.place(u, v)));
                self.clips.push((*source, window.grown(MARGIN)));
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
