//! A change of rules: only what it touches is computed again.

use super::layer::{self, Layer, order};
use super::{Forbidden, Legal, Rule, Watch, check_forbidden};
use crate::analysis::AnalysisError;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What changes.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// Rules of which something changes, with all that they forbid from now on; a rule that forbids nothing any more has no things.
    pub rules: Vec<(Rule, Vec<Forbidden>)>,
    /// Streets of which a side is refused by other rules than before: number, and the rules that refuse the left and the right side
    /// from now on. A side that holds no stalls has none.
    pub refused: Vec<(u32, [Vec<Rule>; 2])>,
}

impl Legal {
    /// Changes what rules forbid and which sides they refuse. Tells how many strips were computed again: those near a thing that is
    /// there only before or only after, and those that are refused no longer. The result is that of [`Legal::build`] with all that
    /// now holds.
    ///
    /// Where it is refused or stopped nothing has changed. Costs what outlining all things of the changed rules does, and what the
    /// strips do that are computed again.
    pub fn update(&mut self, update: Update, watch: &Watch<'_>) -> Result<usize, AnalysisError> {
        let mut again: BTreeSet<usize> = BTreeSet::new();
        let mut layers: BTreeMap<Rule, Option<Layer>> = BTreeMap::new();
        for (rule, things) in update.rules {
            things.iter().try_for_each(check_forbidden)?;
            if let Some(other) = things.iter().find(|thing| thing.rule != rule) {
                return Err(AnalysisError::OtherRule { rule: rule.0, found: other.rule.0 });
            }
            let new = Layer::new(rule, things, &|e| self.strips.near(e));
            let old = self.layers.iter().find(|l| l.rule == rule).map_or(&[][..], |l| &l.things);
            for thing in changed(old, &new.things) {
                self.strips.meeting(&layer::reach(thing), |strip| {
                    if thing.holds_beside(self.streets[self.strips.all[strip].street].id) {
                        again.insert(strip);
                    }
                });
            }
            layers.insert(rule, Some(new).filter(|l| !l.things.is_empty()));
        }
        let mut streets = self.streets.clone();
        for (id, refused) in update.refused {
            let street = streets.binary_search_by_key(&id, |s| s.id).map_err(|_| AnalysisError::NoStreet { id })?;
            for (side, refused) in streets[street].sides.iter_mut().zip(refused) {
                match side {
                    Some(side) => side.refused = refused,
                    None if refused.is_empty() => {}
                    None => return Err(AnalysisError::NoStreet { id }),
                }
            }
        }
        let drawn = |streets: &[super::Street], strip: usize| {
            let strip = &self.strips.all[strip];
            streets[strip.street].sides[strip.hand].as_ref().is_some_and(|side| side.refused.is_empty())
        };
        let (mut hidden, all) = (Vec::new(), self.strips.all.len());
        for strip in 0..all {
            match (drawn(&self.streets, strip), drawn(&streets, strip)) {
                (false, true) => _ = again.insert(strip),
                (true, false) => hidden.push(strip),
                _ => {}
            }
        }
        let holding: BTreeMap<Rule, &Layer> = self
            .layers
            .iter()
            .filter(|l| !layers.contains_key(&l.rule))
            .chain(layers.values().flatten())
            .map(|l| (l.rule, l))
            .collect();
        let again: Vec<(usize, bool)> = again.into_iter().map(|strip| (strip, drawn(&streets, strip))).collect();
        let solved = self.solve(&holding.into_values().collect::<Vec<_>>(), &again, watch)?;
        // From here on nothing fails.
        self.layers.retain(|l| !layers.contains_key(&l.rule));
        self.layers.extend(layers.into_values().flatten());
        self.layers.sort_unstable_by_key(|l| l.rule);
        self.streets = streets;
        hidden.into_iter().for_each(|strip| self.solved[strip].polygons.clear());
        for ((strip, _), solved) in again.iter().zip(solved) {
            self.solved[*strip] = solved;
        }
        Ok(again.len())
    }
}

/// Things that only one of two lists has; both are in [`order`].
fn changed<'a>(old: &'a [Forbidden], new: &'a [Forbidden]) -> Vec<&'a Forbidden> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    let mut changed = Vec::new();
    loop {
        let which = match (old.peek(), new.peek()) {
            (None, None) => return changed,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => order(a, b),
        };
        if which == Ordering::Equal {
            old.next();
            new.next();
        } else {
            let only = if which == Ordering::Less { old.next() } else { new.next() };
            changed.extend(only);
        }
    }
}
