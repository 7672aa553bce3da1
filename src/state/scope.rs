use super::State;
use super::areas::AreaId;
use super::households::HouseholdId;
use crate::geom::{Bbox, Lattice, LatticeRect};
use crate::model::Code;
use std::collections::BTreeSet;

/// The part of the map that a grant reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Everywhere,
    /// These Areas, those below them included.
    Areas(BTreeSet<AreaId>),
}

impl Scope {
    /// Whether a household in this lowest Area lies in it.
    #[must_use]
    pub fn holds(&self, area: Option<AreaId>) -> bool {
        match self {
            Scope::Everywhere => true,
            Scope::Areas(areas) => area.is_some_and(|area| areas.contains(&area)),
        }
    }

    /// What lies in both.
    #[must_use]
    pub fn both(self, other: Scope) -> Scope {
        match (self, other) {
            (Scope::Everywhere, other) | (other, Scope::Everywhere) => other,
            (Scope::Areas(a), Scope::Areas(b)) => Scope::Areas(a.intersection(&b).copied().collect()),
        }
    }
}

impl State {
    /// The living Areas with these codes and all below them; codes that are not known reach nothing.
    #[must_use]
    pub fn scope(&self, codes: &[Code]) -> Scope {
        let mut areas = BTreeSet::new();
        for id in codes.iter().filter_map(|code| self.areas.find(code.as_str())) {
            areas.insert(id);
            areas.extend(self.below(&self.areas.get(id).area.code));
        }
        Scope::Areas(areas)
    }

    /// How many households lie in a scope: the tallies of its topmost Areas.
    pub(super) fn households_in(&self, scope: &Scope) -> u64 {
        let Scope::Areas(areas) = scope else { return self.households.len() as u64 };
        let topmost = areas.iter().filter(|id| !self.areas.chain(Some(**id)).skip(1).any(|id| areas.contains(&id)));
        topmost.map(|id| u64::from(self.areas.tally(*id, None).households)).sum()
    }

    /// The rectangle around some Areas; `None` around none.
    pub(super) fn around(&self, areas: &BTreeSet<AreaId>) -> Option<Bbox> {
        areas.iter().map(|id| self.areas.get(*id).bbox).reduce(|a, b| a.union(&b))
    }

    /// Calls `each` for the households of a rectangle that lie in a scope, and where each is. Costs what it finds there, not what the
    /// map holds.
    pub(super) fn visible(&self, scope: &Scope, rect: &LatticeRect, mut each: impl FnMut(HouseholdId, Lattice)) {
        let Scope::Areas(areas) = scope else {
            self.points.within(rect, |spot| each(HouseholdId(spot.id), spot.at));
            return;
        };
        let around = self.around(areas).and_then(|around| LatticeRect::of_bbox(&around).intersection(rect));
        let Some(rect) = around else { return };
        self.points.within(&rect, |spot| {
            let id = HouseholdId(spot.id);
            if scope.holds(self.households.area(id)) {
                each(id, spot.at);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_scopes_have_in_common_what_both_hold() {
        let areas = |ids: &[u32]| Scope::Areas(ids.iter().map(|id| AreaId(*id)).collect());
        assert_eq!(areas(&[1, 2, 3]).both(areas(&[2, 3, 4])), areas(&[2, 3]));
        assert_eq!(areas(&[1]).both(areas(&[2])), areas(&[]));
        assert_eq!(Scope::Everywhere.both(areas(&[2])), areas(&[2]));
        assert_eq!(areas(&[1]).both(Scope::Everywhere), areas(&[1]));
        assert_eq!(Scope::Everywhere.both(Scope::Everywhere), Scope::Everywhere);
    }
}
