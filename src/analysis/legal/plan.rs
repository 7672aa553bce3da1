//! What stands on lawful space: stalls, and what each rule costs.

use super::span::{self, Span};
use super::stalls::{Row, fit, row, stretch};
use super::tree::{Extent, Tree};
use super::{Hand, LONGEST, Legal, Rule, SAME, check};
use crate::analysis::AnalysisError;
use geo::{Area as _, Contains as _, Point, Polygon};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How stalls stand, and how many there may be. What a rule asks for stands beside its number, so that it has a cost like any other.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Terms {
    /// Of a stall along the kerb, metres, 0.01 or more.
    pub stall_width: f64,
    /// From one stall to the next, metres, 0 or more.
    pub spacing: Option<(Rule, f64)>,
    /// After so many stalls in a row (1 or more) a gap of so many metres, 0 or more.
    pub gap_every: Option<(Rule, u32, f64)>,
    /// Stalls on one side of a street only: on that where more fit with all other rules, the left one of equals.
    pub one_side: Option<Rule>,
    /// At most so many on a stretch of a side that nothing interrupts: the first of it, in the direction of the line.
    pub most_in_row: Option<(Rule, u32)>,
    /// At most so many in all, such as a share of the population. It is taken of the sums; no place is chosen to go without.
    pub most: Option<(Rule, u64)>,
}

impl Terms {
    /// What holds where some rules do.
    pub(super) fn row(&self, keep: impl Fn(Rule) -> bool) -> Row {
        Row {
            stall_width: self.stall_width,
            spacing: self.spacing.filter(|s| keep(s.0)).map_or(0.0, |s| s.1),
            gap_every: self.gap_every.filter(|g| keep(g.0)).map(|(_, row, gap)| (row, gap)),
            most: self.most_in_row.filter(|m| keep(m.0)).map(|m| m.1),
        }
    }

    /// Rules that every side may feel.
    fn of_rows(&self) -> impl Iterator<Item = Rule> {
        let rules = [self.spacing.map(|s| s.0), self.gap_every.map(|g| g.0), self.most_in_row.map(|m| m.0)];
        rules.into_iter().flatten()
    }

    fn rules(&self) -> impl Iterator<Item = Rule> {
        self.of_rows().chain(self.one_side).chain(self.most.map(|m| m.0))
    }

    fn check(&self) -> Result<(), AnalysisError> {
        check(self.stall_width, SAME, LONGEST, || "stall_width".into())?;
        check(self.spacing.map_or(0.0, |s| s.1), 0.0, LONGEST, || "spacing".into())?;
        check(self.gap_every.map_or(0.0, |g| g.2), 0.0, LONGEST, || "gap_every".into())?;
        match self.gap_every {
            Some((rule, 0, _)) => Err(AnalysisError::NoRow { rule: rule.0 }),
            _ => Ok(()),
        }
    }
}

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

/// What a rule takes. Below 0 where it gives: where a stretch holds so many stalls at most, what cuts it in two makes room for more.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Lost {
    /// How many stalls.
    pub stalls: i64,
    /// Metres of strip.
    pub length: f64,
}

/// What one rule takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Which.
    pub rule: Rule,
    /// Lost where this rule alone holds, against none.
    pub alone: Lost,
    /// Lost by this rule alone: what would come back if it were dropped and all others stayed.
    pub freed: Lost,
    /// Lost when it is added to those before it: these add up to all that is lost.
    pub in_order: Lost,
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
    /// Sides that hold nothing because stalls stand on the other one only: street and side, in that order.
    pub other_sides: Vec<(u32, Hand)>,
    /// Whose doing that is.
    pub(super) one_side: Option<Rule>,
    /// Over the places.
    pub(super) tree: Tree,
}

impl Legal {
    /// Stalls on lawful space, and what each rule costs. Needs no geometry but a look at where free stretches lie: some ten
    /// milliseconds for a town.
    ///
    /// `order` is that of the waterfall; rules that it leaves out come after it, by number. Refuses terms that cannot be.
    pub fn plan(&self, terms: &Terms, order: &[Rule]) -> Result<Plan, AnalysisError> {
        terms.check()?;
        let rules = self.in_order(terms, order);
        let count = Counting { legal: self, terms, rules: &rules };
        let of_streets: Vec<OfStreet> = self.by_street().par_iter().map(|strips| count.street(strips)).collect();
        let mut plan = Plan {
            places: Vec::new(),
            all: Amount::default(),
            none: Amount::default(),
            costs: rules.iter().map(|rule| Cost::nothing(*rule)).collect(),
            other_sides: Vec::new(),
            one_side: terms.one_side,
            tree: Tree::default(),
        };
        for of in of_streets {
            plan.places.extend(of.places);
            plan.other_sides.extend(of.other_side);
            plan.all.add(of.all);
            plan.none.add(of.none);
            for (place, cost) in of.costs {
                plan.costs[place].alone.add(cost.alone);
                plan.costs[place].freed.add(cost.freed);
                plan.costs[place].in_order.add(cost.in_order);
            }
        }
        if let Some((rule, most)) = terms.most {
            plan.cap(rule, most);
        }
        let extents: Vec<Extent> = plan.places.iter().map(|p| Extent::around(&p.polygon.exterior().0)).collect();
        plan.tree = Tree::new(&extents);
        Ok(plan)
    }

    /// All rules that may cost something: those of the waterfall, then the others by number.
    fn in_order(&self, terms: &Terms, order: &[Rule]) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        let of_sides =
            self.streets.iter().flat_map(|s| s.sides.iter().flatten()).flat_map(|s| s.refused.iter().copied());
        let mut others: Vec<Rule> = self.layers.iter().map(|l| l.rule).chain(of_sides).chain(terms.rules()).collect();
        others.sort_unstable();
        for rule in order.iter().chain(&others) {
            if rules.last() != Some(rule) && !rules.contains(rule) {
                rules.push(*rule);
            }
        }
        rules
    }
}

impl Plan {
    /// Takes what is over a number in all off the sums, from the rule's place in the waterfall on.
    fn cap(&mut self, rule: Rule, most: u64) {
        let (none, all, most) = (signed(self.none.stalls), signed(self.all.stalls), signed(most));
        let (mut before, mut uncapped, mut holds) = (none, none, false);
        for cost in &mut self.costs {
            uncapped -= cost.in_order.stalls;
            holds |= cost.rule == rule;
            let after = if holds { uncapped.min(most) } else { uncapped };
            cost.in_order.stalls = before - after;
            before = after;
            let without = all + cost.freed.stalls;
            let this = cost.rule == rule;
            if this {
                cost.alone.stalls = none - (none - cost.alone.stalls).min(most);
            }
            cost.freed.stalls = if this { without } else { without.min(most) } - all.min(most);
        }
        self.all.stalls = self.all.stalls.min(most.unsigned_abs());
    }
}

impl Cost {
    fn nothing(rule: Rule) -> Cost {
        Cost { rule, alone: Lost::default(), freed: Lost::default(), in_order: Lost::default() }
    }
}

impl Amount {
    fn add(&mut self, other: Amount) {
        self.stalls += other.stalls;
        self.length += other.length;
    }

    /// What is missing in another.
    fn less(self, other: Amount) -> Lost {
        Lost { stalls: signed(self.stalls) - signed(other.stalls), length: self.length - other.length }
    }
}

impl Lost {
    fn add(&mut self, other: Lost) {
        self.stalls += other.stalls;
        self.length += other.length;
    }
}

fn signed(stalls: u64) -> i64 {
    i64::try_from(stalls).unwrap_or(i64::MAX)
}

struct Counting<'a> {
    legal: &'a Legal,
    terms: &'a Terms,
    rules: &'a [Rule],
}

#[derive(Default)]
struct OfStreet {
    places: Vec<Place>,
    all: Amount,
    none: Amount,
    /// By place among the rules.
    costs: BTreeMap<usize, Cost>,
    /// The side that the rule of one side leaves empty.
    other_side: Option<(u32, Hand)>,
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
}

impl Counting<'_> {
    fn street(&self, strips: &[usize]) -> OfStreet {
        let strips: Vec<OfStrip<'_>> = strips.iter().map(|n| self.strip(*n)).collect();
        let other = self.other_side(&strips);
        let amount = |keep: &dyn Fn(usize) -> bool| {
            let mut sum = Amount::default();
            for (n, strip) in strips.iter().enumerate() {
                if !other.is_some_and(|(other, rule)| other == n && keep(rule)) {
                    sum.add(self.amount(strip, keep));
                }
            }
            sum
        };
        let (all, none) = (amount(&|_| true), amount(&|_| false));
        let of_rules = strips.iter().flat_map(|s| s.by_rule.iter().map(|(rule, _)| *rule));
        let mut felt: Vec<usize> =
            of_rules.chain(other.map(|o| o.1)).chain(self.terms.of_rows().filter_map(|r| self.place(r))).collect();
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
            if other.is_some_and(|(other, _)| other == n) {
                let of_strip = &self.legal.strips.all[strip.number];
                of.other_side = Some((self.legal.streets[of_strip.street].id, Hand::ALL[of_strip.hand]));
            } else {
                of.places.extend(self.places(strip));
            }
        }
        of
    }

    /// Where stalls may stand on one side only, the strip of the other one, and the rule: with all others it holds fewer.
    fn other_side(&self, strips: &[OfStrip<'_>]) -> Option<(usize, usize)> {
        let rule = self.place(self.terms.one_side?)?;
        let [left, right] = strips else { return None };
        let stalls = |strip: &OfStrip<'_>| self.amount(strip, &|_| true).stalls;
        Some((usize::from(stalls(left) >= stalls(right)), rule))
    }

    /// What fits on a strip where the rules that are kept hold.
    fn amount(&self, strip: &OfStrip<'_>, keep: &dyn Fn(usize) -> bool) -> Amount {
        let free = strip.free(keep);
        let row = self.terms.row(|rule| self.place(rule).is_some_and(keep));
        Amount { stalls: fit(&free, &row).into(), length: span::length(&free) }
    }

    fn strip(&self, number: usize) -> OfStrip<'_> {
        let (strip, side, solved) = self.legal.strip(number);
        let mut by_rule: Vec<(usize, Vec<Span>)> =
            solved.by_rule.iter().filter_map(|(rule, met)| Some((self.place(*rule)?, met.axis.clone()))).collect();
        by_rule.extend(side.refused.iter().filter_map(|r| Some((self.place(*r)?, vec![(0.0, strip.length)]))));
        OfStrip { number, length: strip.length, base: &solved.base.met.axis, by_rule }
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
        let starts = row(&free, &self.terms.row(|_| true));
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
        let mut on = vec![0; free.len()];
        for start in starts {
            on[stretch(&free, start)] += 1;
        }
        for ((from, to), stalls) in free.into_iter().zip(on) {
            let Some(middle) = strip.middle(f64::midpoint(from, to)) else { continue };
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
            let left = self.amount(of, &|r| r == *rule);
            (left.stalls, left.length, self.rules[*rule])
        });
        most.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))).map(|(_, _, rule)| rule)
    }
}
