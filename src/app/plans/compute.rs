//! The legal space of a plan: computed, and computed again where something changed.

use super::demands::{Demands, Numbers};
use super::site::{Site, ground, surroundings};
use crate::analysis::legal::{self, Legal, Update, Watch};
use crate::app::AppError;
use crate::geom::{Bbox, Plane};
use crate::model::rule::RuleSet;
use crate::model::{Area, ContextFeature, Plan, Zone};
use geo::MultiPolygon;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a result was made of: changes by number. Two that are equal give the same result.
#[derive(Debug, Clone)]
pub struct Basis {
    /// The last change of the plan itself.
    pub plan: u64,
    /// The last change of its zones; 0 where none was drawn.
    pub zones: u64,
    /// The last change of the context layer.
    pub context: u64,
    /// The Area that it is within, as it stands.
    pub area: Option<Arc<Area>>,
}

impl PartialEq for Basis {
    fn eq(&self, other: &Basis) -> bool {
        let area = match (&self.area, &other.area) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (a, b) => a.is_none() && b.is_none(),
        };
        area && (self.plan, self.zones, self.context) == (other.plan, other.zones, other.context)
    }
}

/// What a plan is computed from, gathered under the lock.
pub struct Inputs {
    /// Which state of things.
    pub basis: Basis,
    /// The plan.
    pub plan: Arc<Plan>,
    /// Its rules, read.
    pub set: RuleSet,
    /// What was drawn for it.
    pub zones: Vec<Arc<Zone>>,
}

/// The result.
pub struct Computed {
    /// What it was made of.
    pub inputs: Inputs,
    /// The ground.
    pub site: Arc<Site>,
    /// How far around it things were gathered, metres.
    pub reach: f64,
    /// What is demanded there.
    pub demands: Demands,
    /// The kernel's numbers of rules.
    pub numbers: Numbers,
    /// Strips and what is left of them.
    pub legal: Legal,
    /// Places and what rules cost.
    pub result: legal::Plan,
    /// How many strips were computed for it; fewer than all where it was made from the one before.
    pub strips: usize,
}

/// The ground of a plan, and where to look for what matters there.
pub struct Ground {
    /// Valid, degrees.
    pub region: MultiPolygon<f64>,
    /// Flat there.
    pub plane: Plane,
    /// Where to look for features.
    pub around: Bbox,
    /// How far from a place anything matters, metres.
    pub reach: f64,
}

impl Ground {
    /// Of a surface, for rules. Refuses what is no ground, or too wide.
    pub fn of(surface: &MultiPolygon<f64>, set: &RuleSet) -> Result<Ground, AppError> {
        let region = ground(surface)?;
        let reach = reach(set);
        let (plane, around) = surroundings(&region, reach)?;
        Ok(Ground { region, plane, around, reach })
    }
}

/// How far from a place anything matters to its rules, metres: their longest distance, and the widest carriageway.
fn reach(set: &RuleSet) -> f64 {
    let distances = set.rules().iter().filter_map(|rule| rule.requirement().distance());
    distances.map(|distance| distance.0).fold(0.0, f64::max) + crate::model::rule::WidthTable::MOST_M
}

/// Computes a plan on its ground. `before` is an earlier result of the same plan: what did not change since is taken from it.
///
/// Half a second for a small country, some tens of milliseconds where one zone moved; nothing is kept where it is stopped.
pub fn compute(
    inputs: Inputs,
    site: Arc<Site>,
    reach: f64,
    before: Option<&Computed>,
    watch: &Watch<'_>,
) -> Result<Computed, AppError> {
    let mut numbers = before.map(|before| before.numbers.clone()).unwrap_or_default();
    let mut demands = Demands::of(&inputs.plan, &inputs.set, &inputs.zones, &site, &mut numbers)?;
    let kept = before.filter(|before| Arc::ptr_eq(&before.site, &site) && same_strips(&before.demands, &demands));
    let (legal, strips) = if let Some(before) = kept {
        let mut legal = before.legal.clone();
        let strips = legal.update(update(&before.demands, &demands), watch)?;
        (legal, strips)
    } else {
        let forbidden = demands.forbidden.values().flatten().cloned().collect();
        let legal = Legal::build(std::mem::take(&mut demands.streets), forbidden, watch)?;
        demands.streets = legal.streets().to_vec();
        let strips = demands.streets.iter().flat_map(|street| &street.sides).flatten().count();
        (legal, strips)
    };
    let result = legal.plan(&demands.terms, &demands.order)?;
    Ok(Computed { inputs, site, reach, demands, numbers, legal, result, strips })
}

/// Whether the strips are the same, whatever is forbidden on them.
fn same_strips(a: &Demands, b: &Demands) -> bool {
    let strip = |side: &legal::Side| [side.offset_min, side.depth, side.clear_width].map(f64::to_bits);
    a.streets.len() == b.streets.len()
        && a.streets.iter().zip(&b.streets).all(|(a, b)| {
            let sides = |street: &legal::Street| street.sides.each_ref().map(|side| side.as_ref().map(strip));
            a.id == b.id && a.kerb.to_bits() == b.kerb.to_bits() && sides(a) == sides(b) && a.line == b.line
        })
}

/// From what was demanded to what is.
fn update(before: &Demands, after: &Demands) -> Update {
    let mut rules: BTreeMap<legal::Rule, Vec<legal::Forbidden>> = BTreeMap::new();
    for rule in before.forbidden.keys().chain(after.forbidden.keys()) {
        let new = after.forbidden.get(rule);
        if before.forbidden.get(rule) != new {
            rules.insert(*rule, new.cloned().unwrap_or_default());
        }
    }
    let refused = |street: &legal::Street| {
        street.sides.each_ref().map(|side| side.as_ref().map_or_else(Vec::new, |side| side.refused.clone()))
    };
    let pairs = before.streets.iter().zip(&after.streets);
    let changed = pairs.filter(|(a, b)| refused(a) != refused(b)).map(|(_, street)| (street.id, refused(street)));
    Update { rules: rules.into_iter().collect(), refused: changed.collect() }
}

/// A site of some ground.
pub fn site(ground: &Ground, features: Vec<Arc<ContextFeature>>) -> Arc<Site> {
    Arc::new(Site::new(ground.region.clone(), ground.plane, features))
}
