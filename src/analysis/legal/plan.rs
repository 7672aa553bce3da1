//! What stands on lawful space: stalls, and what each rule costs.

use super::span::{self, Span};
use super::stalls::{Terms, fit, row};
use super::tree::{Extent, Tree};
use super::{Hand, Legal, Rule};
use geo::{Area as _, Contains as _, Point, Polygon};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A place where stalls may stand: a part of a strip that nothing interrupts.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// On the plane, metres.
    pub polygon: Polygon<f64>,
    /// Which street.
    pub street: u32,
    /// Which side of it.
    pub hand: Hand,
    /// Square metres.
    pub area: f64,
    /// Of the strip's axis, where the whole depth is free, metres. 0 where the polygon is nowhere so deep.
    pub length: f64,
    /// What stays free for people walking, metres.
    pub clear_width: f64,
    /// How many fit.
    pub stalls: u32,
    /// The rule that takes most from the strip that this is a part of: the one that alone costs it most stalls; of those that cost as
    /// many the one that blocks most of its length; then the first by number. `None` where no rule takes anything.
    pub limited_by: Option<Rule>,
}

/// Stalls, and metres of strip where the whole depth is free.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Amount {
    /// How many stalls.
    pub stalls: u64,
    /// Metres of strip.
    pub length: f64,
}

/// What one rule takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Which.
    pub rule: Rule,
    /// Lost where this rule alone holds, against none.
    pub alone: Amount,
    /// Lost by this rule alone: what would come back if it were dropped and all others stayed.
    pub freed: Amount,
    /// Lost when it is added to those before it: these add up to all that is lost.
    pub in_order: Amount,
}

/// Places and what the rules cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// By street, left before right, then along the strip.
    pub places: Vec<Place>,
    /// With all rules.
    pub all: Amount,
    /// With none: what carriageways, bends and other strips leave.
    pub none: Amount,
    /// In the order asked for.
    pub costs: Vec<Cost>,
    /// Over the places.
    pub(super) tree: Tree,
}

impl Legal {
    /// Stalls on lawful space; needs no geometry but a look at where free stretches lie, a few milliseconds for a town.
    ///
    /// `order` is that of the waterfall; rules that it leaves out come after it, by number. `one_side` is a rule that lets stalls on
    /// one side of a street only: on that where more fit with all other rules, the left one of equals.
    pub fn plan(&self, terms: &Terms, order: &[Rule], one_side: Option<Rule>) -> Plan {
        let mut rules: Vec<Rule> = order.to_vec();
        let of_sides = self.streets.iter().flat_map(|s| s.sides.iter().flatten()).flat_map(|s| s.refused.iter().copied());
        let mut others: Vec<Rule> = self.layers.iter().map(|l| l.rule).chain(of_sides).chain(one_side).collect();
        others.sort_unstable();
        others.retain(|rule| !rules.contains(rule));
        others.dedup();
        rules.extend(others);
        let count = Counting { legal: self, terms, rules: &rules, one_side };
        let of_streets: Vec<OfStreet> = self.by_street().par_iter().map(|strips| count.street(strips)).collect();
        let mut plan = Plan {
            places: Vec::new(),
            all: Amount::default(),
            none: Amount::default(),
            costs: rules.iter().map(|rule| Cost::nothing(*rule)).collect(),
            tree: Tree::default(),
        };
        for of in of_streets {
            plan.places.extend(of.places);
            plan.all.add(of.all);
            plan.none.add(of.none);
            for (place, cost) in of.costs {
                plan.costs[place].alone.add(cost.alone);
                plan.costs[place].freed.add(cost.freed);
                plan.costs[place].in_order.add(cost.in_order);
            }
        }
        let extents: Vec<Extent> = plan.places.iter().map(|p| Extent::around(&p.polygon.exterior().0)).collect();
        plan.tree = Tree::new(&extents);
        plan
    }
}

impl Cost {
    fn nothing(rule: Rule) -> Cost {
        Cost { rule, alone: Amount::default(), freed: Amount::default(), in_order: Amount::default() }
    }
}

impl Amount {
    fn add(&mut self, other: Amount) {
        self.stalls += other.stalls;
        self.length += other.length;
    }

    /// What is missing in another. A shorter stretch may, seldom, hold as many: never less than nothing is lost.
    fn less(self, other: Amount) -> Amount {
        Amount { stalls: self.stalls.saturating_sub(other.stalls), length: self.length - other.length }
    }
}

struct Counting<'a> {
    legal: &'a Legal,
    terms: &'a Terms,
    rules: &'a [Rule],
    one_side: Option<Rule>,
}

#[derive(Default)]
struct OfStreet {
    places: Vec<Place>,
    all: Amount,
    none: Amount,
    /// By place among the rules.
    costs: BTreeMap<usize, Cost>,
}

/// One strip: where it is blocked, by what.
struct OfStrip<'a> {
    number: usize,
    length: f64,
    base: &'a [Span],
    /// By place among the rules; all of it where the side is refused.
    by_rule: Vec<(usize, Vec<Span>)>,
}

impl OfStrip<'_> {
    /// What is free where the rules that are kept hold.
    fn free(&self, keep: impl Fn(usize) -> bool) -> Vec<Span> {
        let mut blocked = self.base.to_vec();
        blocked.extend(self.by_rule.iter().filter(|(rule, _)| keep(*rule)).flat_map(|(_, spans)| spans));
        span::merge(&mut blocked);
        span::rest((0.0, self.length), &blocked)
    }

    fn amount(&self, terms: &Terms, keep: impl Fn(usize) -> bool) -> Amount {
        let free = self.free(keep);
        Amount { stalls: fit(&free, terms).into(), length: span::length(&free) }
    }
}

impl Counting<'_> {
    fn street(&self, strips: &[usize]) -> OfStreet {
        let strips: Vec<OfStrip<'_>> = strips.iter().map(|n| self.strip(*n)).collect();
        let one_side = self.one_side.and_then(|rule| self.place(rule));
        // With all rules but that of one side: the other side is refused by it.
        let with_all: Vec<Amount> = strips.iter().map(|s| s.amount(self.terms, |_| true)).collect();
        let refused = match (&with_all[..], one_side) {
            ([left, right], Some(rule)) => {
                let other = usize::from(left.stalls >= right.stalls);
                Some((other, rule))
            }
            _ => None,
        };
        let amount = |keep: &dyn Fn(usize) -> bool| {
            let mut sum = Amount::default();
            for (n, strip) in strips.iter().enumerate() {
                if !refused.is_some_and(|(other, rule)| other == n && keep(rule)) {
                    sum.add(strip.amount(self.terms, keep));
                }
            }
            sum
        };
        let (all, none) = (amount(&|_| true), amount(&|_| false));
        let mut felt: Vec<usize> =
            strips.iter().flat_map(|s| s.by_rule.iter().map(|(rule, _)| *rule)).chain(refused.map(|r| r.1)).collect();
        felt.sort_unstable();
        felt.dedup();
        let mut of = OfStreet { all, none, ..OfStreet::default() };
        let mut before = none;
        for rule in felt {
            let after = amount(&|r| r <= rule);
            let cost = Cost {
                rule: self.rules[rule],
                alone: none.less(amount(&|r| r == rule)),
                freed: amount(&|r| r != rule).less(all),
                in_order: before.less(after),
            };
            before = after;
            of.costs.insert(rule, cost);
        }
        for (n, strip) in strips.iter().enumerate() {
            if !refused.is_some_and(|(other, _)| other == n) {
                of.places.extend(self.places(strip));
            }
        }
        of
    }

    fn strip(&self, number: usize) -> OfStrip<'_> {
        let (strip, side, solved) = self.legal.strip(number);
        let mut by_rule: Vec<(usize, Vec<Span>)> =
            solved.by_rule.iter().filter_map(|(rule, spans)| Some((self.place(*rule)?, spans.clone()))).collect();
        by_rule.extend(side.refused.iter().filter_map(|r| Some((self.place(*r)?, vec![(0.0, strip.length)]))));
        OfStrip { number, length: strip.length, base: &solved.base, by_rule }
    }

    fn place(&self, rule: Rule) -> Option<usize> {
        self.rules.iter().position(|r| *r == rule)
    }

    fn places(&self, of: &OfStrip<'_>) -> Vec<Place> {
        let (strip, side, solved) = self.legal.strip(of.number);
        if !side.refused.is_empty() || solved.polygons.is_empty() {
            return Vec::new();
        }
        let free = of.free(|_| true);
        let starts = row(&free, self.terms);
        let limited_by = self.limit(of);
        let mut places: Vec<Place> = solved
            .polygons
            .iter()
            .map(|polygon| Place {
                polygon: polygon.clone(),
                street: self.legal.streets[strip.street].id,
                hand: Hand::ALL[strip.hand],
                area: polygon.unsigned_area(),
                length: 0.0,
                clear_width: side.clear_width,
                stalls: 0,
                limited_by,
            })
            .collect();
        // Where two stretches touch, a stall that begins there stands on the second.
        let mut on = vec![0; free.len()];
        for start in starts {
            on[free.partition_point(|f| f.0 <= start + span::TOUCH).saturating_sub(1)] += 1;
        }
        for ((from, to), stalls) in free.into_iter().zip(on) {
            let Some(middle) = strip.middle((from + to) / 2.0) else { continue };
            let holds = |p: &Place| p.polygon.contains(&Point(middle));
            let found = if places.len() == 1 { Some(0) } else { places.iter().position(holds) };
            let Some(place) = found.map(|n| &mut places[n]) else { continue };
            place.length += to - from;
            place.stalls += stalls;
        }
        places
    }

    /// The rule that takes most of a strip.
    fn limit(&self, of: &OfStrip<'_>) -> Option<Rule> {
        let most = of.by_rule.iter().map(|(rule, _)| {
            let left = of.amount(self.terms, |r| r == *rule);
            (left.stalls, left.length, self.rules[*rule])
        });
        most.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))).map(|(_, _, rule)| rule)
    }
}
