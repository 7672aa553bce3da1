//! A change of rules: only what it touches is computed again.

use super::draw::draw;
use super::layer::Layer;
use super::meet::Blocked;
use super::solve::{self, Met, Solved};
use super::{Forbidden, Legal, Rule, Watch, check_forbidden};
use crate::analysis::AnalysisError;
use geo::Polygon;
use std::collections::BTreeMap;

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
    /// Changes what rules forbid and which sides they refuse. Tells how many strips were computed again: those of which a changed rule
    /// blocks something else than before, and those that are refused no longer. The result is that of [`Legal::build`] with all
    /// that now holds.
    ///
    /// Where it is refused or stopped nothing has changed. Costs what outlining and meeting all things of the changed rules does,
    /// and drawing the strips that are computed again.
    pub fn update(&mut self, update: Update, watch: &Watch<'_>) -> Result<usize, AnalysisError> {
        let refused = self.other_refusals(update.refused)?;
        let mut changed: BTreeMap<Rule, Layer> = BTreeMap::new();
        for (rule, things) in update.rules {
            things.iter().try_for_each(check_forbidden)?;
            if let Some(other) = things.iter().find(|thing| thing.rule != rule) {
                return Err(AnalysisError::OtherRule { rule: rule.0, found: other.rule.0 });
            }
            changed.insert(rule, Layer::new(rule, things, &|e| self.strips.near(e)));
        }
        let again = {
            let change = Change { legal: self, refused: &refused, changed: &changed };
            self.each_strip(watch, |number, room| change.strip(number, room))?
        };
        // From here on nothing fails.
        for ((street, hand), rules) in refused {
            if let Some(side) = &mut self.streets[street].sides[hand] {
                side.refused = rules;
            }
        }
        let mut drawn = 0;
        for (solved, again) in self.solved.iter_mut().zip(again) {
            solved.by_rule.retain(|(rule, _)| !changed.contains_key(rule));
            solved.by_rule.extend(changed.keys().copied().zip(again.mets).filter(|(_, met)| !met.axis.is_empty()));
            solved.by_rule.sort_unstable_by_key(|(rule, _)| *rule);
            drawn += usize::from(again.anew);
            if let Some(polygons) = again.polygons {
                solved.polygons = polygons;
            }
        }
        self.layers.retain(|l| !changed.contains_key(&l.rule));
        self.layers.extend(changed.into_values().filter(|l| !l.things.is_empty()));
        self.layers.sort_unstable_by_key(|l| l.rule);
        Ok(drawn)
    }

    /// Sides that are to be refused by these rules, by street and side.
    fn other_refusals(&self, refused: Vec<(u32, [Vec<Rule>; 2])>) -> Result<Refused, AnalysisError> {
        let mut sides = BTreeMap::new();
        for (id, refused) in refused {
            let street =
                self.streets.binary_search_by_key(&id, |s| s.id).map_err(|_| AnalysisError::NoStreet { id })?;
            for (hand, (side, refused)) in self.streets[street].sides.iter().zip(refused).enumerate() {
                match side {
                    Some(_) => _ = sides.insert((street, hand), refused),
                    None if refused.is_empty() => {}
                    None => return Err(AnalysisError::NoStreet { id }),
                }
            }
        }
        Ok(sides)
    }
}

/// By street, by place in the list, and side.
type Refused = BTreeMap<(usize, usize), Vec<Rule>>;

/// What a change is made of.
struct Change<'a> {
    legal: &'a Legal,
    refused: &'a Refused,
    changed: &'a BTreeMap<Rule, Layer>,
}

/// What a strip has after a change.
struct Again {
    /// Of the changed rules.
    mets: Vec<Met>,
    /// Where they are not what they were.
    polygons: Option<Vec<Polygon<f64>>>,
    /// Whether what is left of it was computed again.
    anew: bool,
}

impl Change<'_> {
    fn strip(&self, number: usize, room: &mut Blocked) -> Again {
        let (legal, ground) = (self.legal, self.legal.ground());
        let (strip, side, solved) = legal.strip(number);
        let mets: Vec<Met> = self.changed.values().map(|layer| solve::layer(&ground, number, layer, room)).collect();
        let nothing = Met::default();
        let same = self.changed.values().zip(&mets).all(|(layer, met)| {
            let before = solved.by_rule.iter().find(|(rule, _)| *rule == layer.rule).map_or(&nothing, |(_, met)| met);
            met.leaves_same(layer, before, legal.layer(layer.rule))
        });
        let was = side.refused.is_empty();
        let is = self.refused.get(&(strip.street, strip.hand)).unwrap_or(&side.refused).is_empty();
        let anew = !same || is && !was;
        let polygons = match (is, anew) {
            (true, true) => Some(draw(&ground, number, &solved.base, &self.by_rule(solved, &mets))),
            (false, _) if was => Some(Vec::new()),
            _ => None,
        };
        Again { mets, polygons, anew }
    }

    /// All that blocks some of a strip after the change, in the order of the rules.
    fn by_rule<'b>(&'b self, solved: &'b Solved, mets: &'b [Met]) -> Vec<(&'b Layer, &'b Met)> {
        let kept = solved.by_rule.iter().filter(|(rule, _)| !self.changed.contains_key(rule));
        let kept = kept.filter_map(|(rule, met)| Some((self.legal.layer(*rule)?, met)));
        let mut all: Vec<(&Layer, &Met)> =
            kept.chain(self.changed.values().zip(mets).filter(|(_, met)| !met.axis.is_empty())).collect();
        all.sort_unstable_by_key(|(layer, _)| layer.rule);
        all
    }
}
