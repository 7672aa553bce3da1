//! Why a stall may stand at a place, or may not.

use super::layer::only;
use super::tree::{Extent, Tree};
use super::{Hand, Legal, Plan, Rule, holds_beside};
use geo::{Closest, ClosestPoint as _, Contains as _, Coord, Distance as _, Euclidean, Point, Polygon};
use std::sync;

/// What a rule says to a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Which.
    pub rule: Rule,
    /// To the nearest thing of the rule – of one with several distances to that which is most too near – metres; 0 inside an area.
    pub measured: f64,
    /// Metres that it asks for; with 0 the place must not lie in the thing.
    pub required: f64,
    /// Whether the place is far enough.
    pub pass: bool,
}

/// The nearest carriageway.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Road {
    /// Whose.
    pub street: u32,
    /// To the street's line, metres; less `required` it is the offset from the kerb.
    pub measured: f64,
    /// From the line to the kerb, metres.
    pub required: f64,
    /// Whether the place lies outside it.
    pub pass: bool,
}

/// What can be said about a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// Whether it is in a lawful place of the plan.
    pub lawful: bool,
    /// One for each rule that forbids something beside this street, by number; the street is that of the strip, else of the nearest
    /// carriageway. A place up to 2.5 cm beyond a round distance may yet be unlawful:
    /// [`crate::analysis::legal`] tells how circles are drawn.
    pub rules: Vec<Measured>,
    /// `None` where no street has a carriageway.
    pub road: Option<Road>,
    /// The side of a street in whose strip it lies, the first of several; `None` where no stall could stand whatever the rules.
    pub side: Option<(u32, Hand)>,
    /// What stays free for people walking there, metres.
    pub clear_width: Option<f64>,
    /// Rules that refuse the whole side; that of one side among them, where stalls stand on the other one.
    pub refused: Vec<Rule>,
    /// The nearest position of a lawful place that holds a stall, and how far it is, metres; 0 inside one.
    pub nearest: Option<(Coord<f64>, f64)>,
}

impl Legal {
    /// Measures at a place. `plan` is one of this legal space. Well below a millisecond: trees are asked, not lists.
    pub fn why(&self, plan: &Plan, at: Coord<f64>) -> Why {
        let point = Point(at);
        let strip = self.strips.at(at).map(|number| self.strip(number));
        let road = self.nearest_road(at);
        let street = strip.map(|(strip, ..)| self.streets[strip.street].id).or(road.map(|r| r.street));
        let rules = self.layers.iter().filter_map(|layer| {
            let of = |thing: u32| Euclidean.distance(&point, &layer.things[thing as usize].geometry);
            let (_, measured, required) = layer.nearest.worst(at, street, of)?;
            let pass = measured >= required && measured > 0.0;
            Some(Measured { rule: layer.rule, measured, required, pass })
        });
        let side = strip.map(|(strip, ..)| (self.streets[strip.street].id, Hand::ALL[strip.hand]));
        let mut refused = strip.map(|(_, side, _)| side.refused.clone()).unwrap_or_default();
        refused
            .extend(plan.one_side.filter(|_| side.is_some_and(|side| plan.other_sides.binary_search(&side).is_ok())));
        Why {
            lawful: plan.holding(at).next().is_some(),
            rules: rules.collect(),
            road,
            side,
            clear_width: strip.map(|(_, side, _)| side.clear_width),
            refused,
            nearest: plan.nearest(at),
        }
    }

    fn nearest_road(&self, at: Coord<f64>) -> Option<Road> {
        let point = Point(at);
        let to_line = |street: u32| match &self.lines[street as usize][..] {
            [one] => Euclidean.distance(&point, &Point(*one)),
            line => line
                .windows(2)
                .map(|e| Euclidean.distance(&point, &geo::Line::new(e[0], e[1])))
                .fold(f64::INFINITY, f64::min),
        };
        let (street, measured, required) = self.kerbs.worst(at, None, to_line)?;
        Some(Road { street: self.streets[street as usize].id, measured, required, pass: measured >= required })
    }
}

impl Plan {
    /// The lawful places that a position lies in, by number.
    pub fn holding(&self, at: Coord<f64>) -> impl Iterator<Item = usize> {
        let mut found = Vec::new();
        self.tree.each(&Extent { min: at, max: at }, |place| {
            if self.places[place as usize].polygon.contains(&Point(at)) {
                found.push(place as usize);
            }
        });
        found.sort_unstable();
        found.into_iter()
    }

    /// The lawful places whose upright rectangle shares a point with another, by number.
    pub fn around(&self, a: Coord<f64>, b: Coord<f64>) -> Vec<usize> {
        let mut found = Vec::new();
        self.tree.each(&Extent::of(a, b), |place| found.push(place as usize));
        found.sort_unstable();
        found
    }

    /// The nearest position of a lawful place that holds a stall, and how far it is, metres.
    pub fn nearest(&self, at: Coord<f64>) -> Option<(Coord<f64>, f64)> {
        let closest = |polygon: &Polygon<f64>| match polygon.closest_point(&Point(at)) {
            Closest::Intersection(p) | Closest::SinglePoint(p) => p.0,
            Closest::Indeterminate => polygon.exterior().0[0],
        };
        let (place, distance) = self.tree.nearest(at, f64::INFINITY, |place| {
            let place = &self.places[place as usize];
            if place.stalls == 0 { f64::INFINITY } else { Euclidean.distance(&Point(at), &place.polygon) }
        })?;
        Some((closest(&self.places[place as usize].polygon), distance))
    }
}

/// Things to be measured to, by the distance that is asked from them and the streets beside which alone it is.
#[derive(Debug, Clone, Default)]
pub struct Nearest {
    groups: Vec<Group>,
}

#[derive(Debug, Clone)]
struct Group {
    distance: f64,
    only: Only,
    /// Of the things.
    numbers: Vec<u32>,
    /// Over them, by place among the numbers.
    tree: Tree,
}

type Only = Option<sync::Arc<[u32]>>;
/// A thing by its number: its distance, beside which streets it counts, and where it is.
type Thing = (u32, (f64, Only, Extent));

impl Nearest {
    /// Of the distances, streets and rectangles of things by number; things without a place are left out.
    pub fn new(things: impl Iterator<Item = (f64, Only, Extent)>) -> Nearest {
        let mut all: Vec<Thing> = (0..).zip(things).collect();
        all.retain(|(_, (_, _, e))| e.min.x <= e.max.x);
        let by = |(_, a): &Thing, (_, b): &Thing| a.0.total_cmp(&b.0).then_with(|| only(a.1.as_ref(), b.1.as_ref()));
        all.sort_by(by);
        let group = |of: &[Thing]| {
            let extents: Vec<Extent> = of.iter().map(|t| t.1.2).collect();
            let numbers = of.iter().map(|t| t.0).collect();
            Group { distance: of[0].1.0, only: of[0].1.1.clone(), numbers, tree: Tree::new(&extents) }
        };
        Nearest { groups: all.chunk_by(|a, b| by(a, b).is_eq()).map(group).collect() }
    }

    /// The thing that a place beside a street is most too near to, or least too far from: its number, how far it is, and how far it
    /// should be. Where there is no street only what holds beside all is looked at.
    fn worst(&self, at: Coord<f64>, street: Option<u32>, distance: impl Fn(u32) -> f64) -> Option<(u32, f64, f64)> {
        let holds = |only: Option<&[u32]>| street.map_or(only.is_none(), |street| holds_beside(only, street));
        let mut worst: Option<(u32, f64, f64)> = None;
        for Group { distance: required, numbers, tree, .. } in
            self.groups.iter().rev().filter(|g| holds(g.only.as_deref()))
        {
            // Only what is nearer to its limit than the worst until now.
            let reach = worst.map_or(f64::INFINITY, |(_, measured, other)| measured - other + required);
            if let Some((n, measured)) = tree.nearest(at, reach, |n| distance(numbers[n as usize])) {
                worst = Some((numbers[n as usize], measured, *required));
            }
        }
        worst
    }
}
