//! Legal space: where a stall may stand beside a street, and what each rule takes of it.
//!
//! Everything is on a flat plane in metres. Each side of a street that may hold stalls has a strip: the band from `kerb +
//! offset_min` to `kerb + offset_min + depth` from the street's line, over its length, round at outer bends and cut straight at the
//! ends. Of it is lawful what lies
//! - outside the carriageway of every street: everything within `kerb` of its line, with round ends,
//! - outside the strip of every side before it, by street number and left before right, so that no place is counted twice,
//! - outside everything that a rule forbids: each thing with everything nearer to it than the rule's distance.
//!
//! A circle is drawn in segments: `QUARTER` of `outline.rs` a quarter (GEOS's default) and more where they would leave it by more than 2.5
//! cm; those around what a rule forbids stand outside the circle, so that no lawful place is nearer than the rule allows.
//!
//! Along the strip runs an axis, and on it each rule blocks stretches: where anything that it forbids reaches into the strip
//! by more than a millimetre. Stalls are counted on what all leave free, whole and over the whole depth; a row of them does not go
//! round a bend of more than 15°. So stalls, what each rule costs alone and what it costs after others are sums over
//! stretches, and no geometry is touched for them ([`Legal::plan`]).

mod draw;
mod layer;
mod meet;
mod outline;
mod plan;
mod solve;
mod span;
mod stalls;
mod strip;
#[cfg(test)]
mod tests;
mod tree;
mod update;
mod why;

pub use plan::{Amount, Cost, Lost, Place, Plan, Terms};
pub use update::Update;
pub use why::{Measured, Road, Why};

use super::AnalysisError;
use draw::draw;
use geo::{Coord, CoordsIter as _, Geometry};
use layer::{Layer, distinct};
use meet::Blocked;
use outline::{Arc, Outline, Pieces};
use rayon::prelude::*;
use solve::{Ground, Met, Solved, Strips};
use std::collections::BTreeMap;
use std::sync;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use strip::Strip;
use tree::{Extent, Tree};
use why::Nearest;

/// Farther from the origin than this no county reaches, metres.
const FARTHEST: f64 = 1e6;
/// A rule measures at most this far, metres.
const LONGEST: f64 = 1e4;
/// Positions of a street nearer to one another than this are one, metres.
const SAME: f64 = 0.01;

/// A rule, by its number in the rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rule(pub u32);

/// A side of a street, seen in the direction of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the names say it
pub enum Hand {
    Left,
    Right,
}

impl Hand {
    /// In the order of [`Street::sides`].
    pub const ALL: [Hand; 2] = [Hand::Left, Hand::Right];
}

/// A street.
#[derive(Debug, Clone, PartialEq)]
pub struct Street {
    /// Its number; no other street has it.
    pub id: u32,
    /// Its middle, on the plane. One that ends where it begins is closed. With fewer than two places it has no strip.
    pub line: Vec<Coord<f64>>,
    /// From the line to either kerb, metres: the carriageway. 0 where there is none.
    pub kerb: f64,
    /// The left and the right side, where they may hold stalls.
    pub sides: [Option<Side>; 2],
}

/// A side of a street that may hold stalls.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// From the kerb to the stalls, metres: the least that rules allow. Stalls stand there, as near to the kerb as they may, so that
    /// a rule of a greatest offset is kept wherever that is not below the least.
    pub offset_min: f64,
    /// Of a stall, metres, 0.01 or more.
    pub depth: f64,
    /// What stays free for people walking, metres; it is handed on, not judged.
    pub clear_width: f64,
    /// Rules that refuse the whole side, such as for the street's class or too narrow a footway. It has no lawful place then, yet its
    /// stretches are kept, so that these rules have a cost.
    pub refused: Vec<Rule>,
}

/// A thing near which a rule forbids stalls.
#[derive(Debug, Clone, PartialEq)]
pub struct Forbidden {
    /// Whose.
    pub rule: Rule,
    /// On the plane. An area that crosses itself is repaired as GEOS's `MakeValid` does. Everything outside a zone is an area with the
    /// zone as its hole.
    pub geometry: Geometry<f64>,
    /// Metres, 0 or more; with 0 it is the area itself, and points and lines forbid nothing.
    pub distance: f64,
    /// Numbers of the streets beside which alone it forbids, each greater than the one before; `None` where it does beside all. One
    /// list may serve many things. A number that no street has means nothing.
    pub only: Option<sync::Arc<[u32]>>,
}

impl Forbidden {
    /// Whether it forbids beside a street.
    fn holds_beside(&self, street: u32) -> bool {
        holds_beside(self.only.as_deref(), street)
    }
}

fn holds_beside(only: Option<&[u32]>, street: u32) -> bool {
    only.is_none_or(|only| only.binary_search(&street).is_ok())
}

/// Whom a long computation tells how far it is, and who may stop it.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Asked before each strip.
    pub stop: &'a AtomicBool,
    /// Called now and then, from any thread, with the part that is done, 0 to 1.
    pub progress: &'a (dyn Fn(f64) + Sync),
}

/// The legal space of a town, kept so that a change costs no more than what it touches.
#[derive(Debug, Clone)]
pub struct Legal {
    streets: Vec<Street>,
    lines: Vec<Vec<Coord<f64>>>,
    strips: Strips,
    roads: (Pieces, Tree),
    /// To measure to all carriageways.
    kerbs: Nearest,
    layers: Vec<Layer>,
    solved: Vec<Solved>,
}

impl Legal {
    /// Computes it. The order of streets and things does not matter; nor does the number of threads.
    ///
    /// Refuses numbers that are none or out of range, and two streets of one number.
    pub fn build(streets: Vec<Street>, forbidden: Vec<Forbidden>, watch: &Watch<'_>) -> Result<Legal, AnalysisError> {
        let mut streets = streets;
        streets.sort_unstable_by_key(|s| s.id);
        check_streets(&streets)?;
        forbidden.iter().try_for_each(check_forbidden)?;
        let lines: Vec<Vec<Coord<f64>>> = streets.par_iter().map(|s| cleaned(&s.line)).collect();
        let strips: Vec<Strip> = streets
            .par_iter()
            .zip(&lines)
            .enumerate()
            .flat_map_iter(|(n, (street, line))| {
                let side = move |(hand, side): (usize, &Option<Side>)| {
                    let from = street.kerb + side.as_ref()?.offset_min;
                    Some(Strip::new(n, hand, line, (from, from + side.as_ref()?.depth)))
                };
                street.sides.iter().enumerate().filter_map(side)
            })
            .filter(|strip| !strip.cells.is_empty())
            .collect();
        let strips = Strips::new(strips);
        let roads = roads(&streets, &lines, &strips);
        let mut by_rule: BTreeMap<Rule, Vec<Forbidden>> = BTreeMap::new();
        for thing in forbidden {
            by_rule.entry(thing.rule).or_default().push(thing);
        }
        let layers = by_rule.into_iter().map(|(rule, things)| Layer::new(rule, things, &|e| strips.near(e))).collect();
        let kerbs = Nearest::new(streets.iter().zip(&lines).map(|(street, line)| {
            (street.kerb, None, if street.kerb > 0.0 { Extent::around(line) } else { Extent::NOTHING })
        }));
        let mut legal = Legal { streets, lines, strips, roads, kerbs, layers, solved: Vec::new() };
        legal.solved = legal.each_strip(watch, |number, room| legal.solve(number, room))?;
        Ok(legal)
    }

    /// Calls a function for each strip, by number, with room to use again.
    fn each_strip<T: Send>(
        &self,
        watch: &Watch<'_>,
        what: impl Fn(usize, &mut Blocked) -> T + Sync,
    ) -> Result<Vec<T>, AnalysisError> {
        let (all, done) = (self.strips.all.len(), AtomicUsize::new(0));
        let one = |room: &mut Blocked, number: usize| {
            if watch.stop.load(Ordering::Relaxed) {
                return Err(AnalysisError::Stopped);
            }
            let result = what(number, room);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(64) || done == all {
                #[allow(clippy::cast_precision_loss)] // strips are few
                (watch.progress)(done as f64 / all as f64);
            }
            Ok(result)
        };
        (0..all).into_par_iter().map_init(Blocked::default, one).collect()
    }

    fn ground(&self) -> Ground<'_> {
        let roads = (&self.roads.0, &self.roads.1);
        Ground { streets: &self.streets, lines: &self.lines, strips: &self.strips, roads }
    }

    fn solve(&self, number: usize, room: &mut Blocked) -> Solved {
        let ground = self.ground();
        let base = solve::base(&ground, number, room);
        let mets: Vec<(&Layer, Met)> = self
            .layers
            .iter()
            .map(|layer| (layer, solve::layer(&ground, number, layer, room)))
            .filter(|(_, met)| !met.axis.is_empty())
            .collect();
        let polygons = if self.side(number).is_some_and(|side| side.refused.is_empty()) {
            draw(&ground, number, &base, &mets.iter().map(|(layer, met)| (*layer, met)).collect::<Vec<_>>())
        } else {
            Vec::new()
        };
        Solved { base, by_rule: mets.into_iter().map(|(layer, met)| (layer.rule, met)).collect(), polygons }
    }

    /// In the order of their numbers.
    pub fn streets(&self) -> &[Street] {
        &self.streets
    }

    fn layer(&self, rule: Rule) -> Option<&Layer> {
        self.layers.binary_search_by_key(&rule, |layer| layer.rule).ok().map(|n| &self.layers[n])
    }

    fn side(&self, strip: usize) -> Option<&Side> {
        let strip = &self.strips.all[strip];
        self.streets[strip.street].sides[strip.hand].as_ref()
    }

    /// A strip, its side and what is left of it.
    fn strip(&self, number: usize) -> (&Strip, &Side, &Solved) {
        let side = self.side(number).expect("strips are made of sides that are there");
        (&self.strips.all[number], side, &self.solved[number])
    }

    /// Strips by street.
    fn by_street(&self) -> Vec<Vec<usize>> {
        let mut by_street: Vec<Vec<usize>> = Vec::new();
        for (number, strip) in self.strips.all.iter().enumerate() {
            match by_street.last_mut() {
                Some(last) if self.strips.all[last[0]].street == strip.street => last.push(number),
                _ => by_street.push(vec![number]),
            }
        }
        by_street
    }
}

/// Carriageways near strips, and a tree over them.
fn roads(streets: &[Street], lines: &[Vec<Coord<f64>>], strips: &Strips) -> (Pieces, Tree) {
    let near = |e: &Extent| strips.near(e);
    let one = |(n, (street, line)): (usize, (&Street, &Vec<Coord<f64>>))| {
        let mut pieces = Pieces::default();
        if street.kerb > 0.0 {
            let thing = u32::try_from(n).unwrap_or(u32::MAX);
            let (distance, arc) = (street.kerb, Arc::Within);
            Outline { pieces: &mut pieces, thing, distance, arc, near: &near }.line(line);
        }
        pieces
    };
    let each: Vec<Pieces> = streets.par_iter().zip(lines).enumerate().map(one).collect();
    let mut pieces = Pieces::default();
    for of_street in &each {
        pieces.append(of_street);
    }
    let tree = Tree::new(pieces.extents());
    (pieces, tree)
}

/// A line without positions that stand (almost) on the one before; the last one stays.
fn cleaned(line: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let mut kept: Vec<Coord<f64>> = Vec::with_capacity(line.len());
    let far = |a: &Coord<f64>, b: &Coord<f64>| (*a - *b).x.hypot((*a - *b).y) >= SAME;
    for at in distinct(line) {
        if kept.last().is_none_or(|last| far(last, &at)) {
            kept.push(at);
        }
    }
    match (line.last(), kept.last_mut()) {
        (Some(end), Some(last)) if last != end => *last = *end,
        _ => {}
    }
    if kept.len() == 2 && !far(&kept[0], &kept[1]) {
        kept.pop();
    }
    kept
}

fn check_streets(streets: &[Street]) -> Result<(), AnalysisError> {
    if let Some(pair) = streets.windows(2).find(|p| p[0].id == p[1].id) {
        return Err(AnalysisError::StreetTwice { id: pair[0].id });
    }
    for street in streets {
        let what = |field: &str| format!("street {}: {field}", street.id);
        street.line.iter().try_for_each(|c| check_place(*c, || what("position")))?;
        check(street.kerb, 0.0, LONGEST, || what("kerb"))?;
        for side in street.sides.iter().flatten() {
            check(side.offset_min, 0.0, LONGEST, || what("offset_min"))?;
            check(side.depth, SAME, LONGEST, || what("depth"))?;
            check(side.clear_width, -LONGEST, LONGEST, || what("clear_width"))?;
        }
    }
    Ok(())
}

fn check_forbidden(thing: &Forbidden) -> Result<(), AnalysisError> {
    let what = |field: &str| format!("rule {}: {field}", thing.rule.0);
    check(thing.distance, 0.0, LONGEST, || what("distance"))?;
    if let Some(pair) = thing.only.iter().flat_map(|only| only.windows(2)).find(|pair| pair[0] >= pair[1]) {
        return Err(AnalysisError::NotSorted { rule: thing.rule.0, before: pair[0], after: pair[1] });
    }
    thing.geometry.coords_iter().try_for_each(|c| check_place(c, || what("position")))
}

fn check_place(at: Coord<f64>, what: impl Fn() -> String) -> Result<(), AnalysisError> {
    check(at.x, -FARTHEST, FARTHEST, &what)?;
    check(at.y, -FARTHEST, FARTHEST, &what)
}

fn check(value: f64, least: f64, most: f64, what: impl Fn() -> String) -> Result<(), AnalysisError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(AnalysisError::OutOfRange { what: what(), value, least, most })
}
