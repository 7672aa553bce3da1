//! The list for today: whom to visit next, and in which order.
//!
//! [`choose`] takes as many households as a day holds, by need, due date and nearness; [`tour`] puts them in an order of little
//! walking in which the urgent ones come first; [`today`] does both and gives the reason for each place in the list.

mod choose;
mod search;

pub use choose::{Chosen, Item, Reason, Terms, Waiting, Worklist, choose, today};

use super::AnalysisError;
use super::near::{Near, check, distance};
use geo::Coord;
use search::Search;
use std::collections::HashMap;

/// Disturbances of a tour of some hundred stops after which it is within 5 % of what a long search finds, mostly within 1 %.
pub const STEPS: u32 = 2_000;
/// So many places of its own part, and of the other part, are tried next to each. More is slower and hardly shorter.
const NEAR: [usize; 2] = [8, 3];
/// Bits of each axis of the space-filling curve.
const CURVE_BITS: u32 = 16;

/// A household on the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// On a plane in metres.
    pub at: Coord<f64>,
    /// It is called on before all that are not.
    pub first: bool,
}

/// Where the way begins and ends.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ends {
    /// Where the member is; without, the way begins where that is shortest.
    pub start: Option<Coord<f64>>,
    /// Back to the start in the end, or to the first stop where there is no start.
    pub back: bool,
}

/// An order of stops.
#[derive(Debug, Clone, PartialEq)]
pub struct Tour {
    /// Places in the slice that was given, each once.
    pub order: Vec<u32>,
    /// From the start, or the stop before, to each stop of the order, metres as the crow flies; 0 for the first where there is no start.
    pub legs: Vec<f64>,
    /// Of the whole way, with the way back if there is one, metres.
    pub length: f64,
}

/// A short way through all stops: those that are `first`, then the others.
///
/// Among the ways that keep to that, it is searched for the shortest as a whole, so the first part ends where the second can go on.
/// Stops at one place, and in one part, are one call after another in the order given. The same stops give the same way.
///
/// The search is bounded by the number of `disturbances`, see [`STEPS`]; 0 gives a way that is some 5 to 10 % longer. It is not proven to be shortest.
/// 300 stops and 2,000 disturbances cost some 30 ms. Refuses a position that is not a number or out of range.
pub fn tour(stops: &[Stop], ends: Ends, disturbances: u32) -> Result<Tour, AnalysisError> {
    for (n, stop) in stops.iter().enumerate() {
        check(stop.at, || format!("stop {n}"))?;
    }
    if let Some(start) = ends.start {
        check(start, || "the start".to_owned())?;
    }
    let nodes = Nodes::new(stops, ends);
    let near = nodes.near();
    let round = Search::new(nodes.curve(), &near, |a, b| nodes.cost(a, b)).run(disturbances);
    let order: Vec<u32> = nodes.path(round).into_iter().flat_map(|n| nodes.stops[n as usize].iter().copied()).collect();
    let mut last = ends.start;
    let mut to = |at: Coord<f64>| last.replace(at).map_or(0.0, |last| distance(last, at));
    let legs: Vec<f64> = order.iter().map(|n| to(stops[*n as usize].at)).collect();
    let home = ends.start.or(order.first().map(|n| stops[*n as usize].at)).filter(|_| ends.back);
    let length = legs.iter().sum::<f64>() + home.map_or(0.0, to);
    Ok(Tour { order, legs, length })
}

/// What a node of the round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    First,
    Later,
    Start,
    /// Joins the ends of a way that does not lead back: a way is then a round, too.
    Joint,
}

/// The round: each place once, then the start, then the joint, where there are such.
#[derive(Debug)]
struct Nodes {
    at: Vec<(Coord<f64>, Kind)>,
    /// Which are at the place.
    stops: Vec<Vec<u32>>,
    /// What is added to an edge between two kinds, so that the parts stay apart, and the joint beside the start.
    extra: [[f64; 4]; 4],
}

impl Nodes {
    fn new(stops: &[Stop], ends: Ends) -> Nodes {
        let mut places: HashMap<(u64, u64, bool), u32> = HashMap::new();
        let mut nodes = Nodes { at: Vec::new(), stops: Vec::new(), extra: [[0.0; 4]; 4] };
        for (n, stop) in (0..).zip(stops) {
            // 0.0 and -0.0 are one place.
            let bits = |v: f64| (v + 0.0).to_bits();
            let place = *places.entry((bits(stop.at.x), bits(stop.at.y), stop.first)).or_insert_with(|| {
                nodes.at.push((stop.at, if stop.first { Kind::First } else { Kind::Later }));
                nodes.stops.push(Vec::new());
                u32::try_from(nodes.stops.len() - 1).expect("no more places than stops, which u32 numbers")
            });
            nodes.stops[place as usize].push(n);
        }
        if let Some(start) = ends.start {
            nodes.at.push((start, Kind::Start));
        }
        if !ends.back {
            // Nowhere in particular, but not outside the others' rectangle.
            nodes.at.push((nodes.at.first().map_or_else(Coord::default, |(at, _)| *at), Kind::Joint));
        }
        nodes.keep_apart(ends);
        nodes
    }

    /// Makes an edge dearer than any whole way along the curve would be, wherever the parts would mix.
    fn keep_apart(&mut self, ends: Ends) {
        let curve = self.curve();
        let along = |pair: &[u32]| distance(self.at[pair[0] as usize].0, self.at[pair[1] as usize].0);
        let much = 3.0 * curve.windows(2).map(along).sum::<f64>() + 1.0;
        let both = self.has(Kind::First) && self.has(Kind::Later);
        let [first, later, start, joint] = [Kind::First, Kind::Later, Kind::Start, Kind::Joint].map(|k| k as usize);
        let mut set = |a: usize, b: usize, extra: f64| {
            self.extra[a][b] = extra;
            self.extra[b][a] = extra;
        };
        set(first, later, much);
        if ends.start.is_some() && !ends.back {
            set(start, joint, -4.0 * much);
            if both {
                set(start, later, much);
                set(first, joint, much);
            }
        }
    }

    fn has(&self, kind: Kind) -> bool {
        self.at.iter().any(|(_, k)| *k == kind)
    }

    fn cost(&self, a: u32, b: u32) -> f64 {
        let ((a, a_is), (b, b_is)) = (self.at[a as usize], self.at[b as usize]);
        let metres = if a_is == Kind::Joint || b_is == Kind::Joint { 0.0 } else { distance(a, b) };
        metres + self.extra[a_is as usize][b_is as usize]
    }

    /// Start, first part, second part, joint: each part along a Hilbert curve.
    fn curve(&self) -> Vec<u32> {
        let corner = |f: fn(f64, f64) -> f64, init| {
            self.at.iter().fold((init, init), |(x, y), (at, _)| (f(x, at.x), f(y, at.y)))
        };
        let (least, most) = (corner(f64::min, f64::INFINITY), corner(f64::max, f64::NEG_INFINITY));
        let side = (most.0 - least.0).max(most.1 - least.1).max(1.0);
        // Between 0 and 2^16 - 1.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let cell = |v: f64, least: f64| ((v - least) / side * f64::from((1_u32 << CURVE_BITS) - 1)) as u32;
        let mut keys: Vec<(u8, u64, u32)> = (0..)
            .zip(&self.at)
            .map(|(n, (at, kind))| {
                let part = [1, 2, 0, 3][*kind as usize];
                (part, hilbert(cell(at.x, least.0), cell(at.y, least.1)), n)
            })
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, _, n)| n).collect()
    }

    /// For each node those that may come next to it: the nearest of each part, and start and joint, which are near everything.
    fn near(&self) -> Vec<Vec<u32>> {
        let part =
            |kind: Kind| Near::new((0..).zip(&self.at).filter(|(_, n)| n.1 == kind).map(|(n, (at, _))| (*at, n)));
        let parts = [part(Kind::First), part(Kind::Later)];
        let ends: Vec<u32> = (0..).zip(&self.at).skip(self.stops.len()).map(|(n, _)| n).collect();
        let of = |(n, (at, kind)): (u32, &(Coord<f64>, Kind))| {
            let own = usize::from(*kind == Kind::Later);
            let mut near: Vec<u32> = ends.clone();
            for (which, part) in parts.iter().enumerate() {
                near.extend(part.from(*at).take(1 + NEAR[usize::from(which != own)]));
            }
            near.retain(|other| *other != n);
            near.sort_by(|a, b| self.cost(n, *a).total_cmp(&self.cost(n, *b)));
            near
        };
        (0..).zip(&self.at).map(of).collect()
    }

    /// The places of a round in the order in which they are walked.
    fn path(&self, mut round: Vec<u32>) -> Vec<u32> {
        let places = self.stops.len();
        let kind = |n: &u32| self.at[*n as usize].1;
        // Cut at the start, else at the joint, else where the later part ends and the first begins.
        let from = |k: Kind| round.iter().position(|n| kind(n) == k);
        let cut = from(Kind::Start).or_else(|| from(Kind::Joint)).or_else(|| {
            let enters = |w: usize| {
                kind(&round[w]) == Kind::First && kind(&round[(w + round.len() - 1) % round.len()]) == Kind::Later
            };
            (0..round.len()).find(|w| enters(*w))
        });
        if let Some(cut) = cut {
            round.rotate_left(cut);
        }
        let last = round.last().map(kind);
        let turned = match round.first().map(kind) {
            Some(Kind::Start) if self.has(Kind::Joint) => last != Some(Kind::Joint),
            Some(Kind::Start | Kind::Joint) => last == Some(Kind::First),
            _ => false,
        };
        if turned {
            round.reverse();
        }
        round.retain(|n| (*n as usize) < places);
        round
    }
}

/// How far along a Hilbert curve a cell is (Hilbert 1891, <https://doi.org/10.1007/BF01199431>).
fn hilbert(mut x: u32, mut y: u32) -> u64 {
    let mut along = 0;
    for bit in (0..CURVE_BITS).rev() {
        let (right, up) = (x >> bit & 1, y >> bit & 1);
        along = along << 2 | u64::from((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    along
}

#[cfg(test)]
mod tests;
