//! Lists: households that nobody reached, and what a word finds.

use super::areas::AreaId;
use super::households::{HouseholdId, HouseholdView};
use super::pyramid::Kinds;
use super::row::Row;
use super::visits::VisitView;
use super::{Scope, State};
use crate::geom::{Lattice, LatticeRect, LonLat, Meters, haversine};
use crate::model::collection::Collection;
use crate::model::filter::Filter;
use crate::model::{CampaignId, Confided, Household, Level, Sealed};

/// A household without a counted visit.
pub struct Unvisited<'a> {
    /// The household.
    pub household: HouseholdView<'a>,
    /// The visit that stands for it, if somebody called.
    pub standing: Option<VisitView<'a>>,
    /// From the place asked about.
    pub distance: Option<Meters>,
}

/// A household that counts, and what stands for it.
pub struct Eligible<'a> {
    /// The household.
    pub household: HouseholdView<'a>,
    /// The visit that stands for it, if somebody called.
    pub visit: Option<VisitView<'a>>,
}

/// What a search found.
pub enum Found<'a> {
    /// A living Area.
    Area(AreaId),
    /// A household.
    Household(HouseholdView<'a>),
}

impl State {
    /// How many eligible households of a scope and an Area have no counted visit. From tallies; a scope of several Areas adds the topmost of them.
    #[must_use]
    pub fn unvisited_count(&self, campaign: Option<CampaignId>, within: Option<AreaId>, scope: &Scope) -> u64 {
        let unvisited = |id: AreaId| u64::from(self.areas.tally(id, campaign).unvisited());
        match (within, scope) {
            (Some(id), Scope::Everywhere) => unvisited(id),
            (Some(id), scope) if scope.holds(Some(id)) => unvisited(id),
            (None, Scope::Everywhere) => {
                let world = crate::geom::TileId::WORLD;
                self.pyramid.cell(world, campaign, Kinds::ALL).map_or(0, |(_, tally)| u64::from(tally.unvisited()))
            }
            (within, Scope::Areas(areas)) => {
                let topmost = areas.iter().filter(|id| {
                    let outer: Vec<AreaId> = self.areas.chain(Some(**id)).skip(1).collect();
                    let inside = within.is_none_or(|within| outer.contains(&within));
                    inside && !outer.iter().any(|id| areas.contains(id))
                });
                topmost.map(|id| unvisited(*id)).sum()
            }
        }
    }

    /// Up to `limit` eligible households without a counted visit: nearest first where a place is given, else in the order in which they were founded.
    #[must_use]
    pub fn unvisited(
        &self,
        campaign: Option<CampaignId>,
        within: Option<AreaId>,
        near: Option<LonLat>,
        scope: &Scope,
        limit: usize,
    ) -> Vec<Unvisited<'_>> {
        let wanted = |id: &HouseholdId| {
            self.counts_in(campaign, *id)
                && !self.visits.outcome(campaign, *id).is_some_and(crate::model::Outcome::counts)
                && scope.holds(self.households.area(*id))
                && within.is_none_or(|area| self.areas.chain(self.households.area(*id)).any(|a| a == area))
        };
        let ids: Vec<HouseholdId> = match (near, within) {
            (Some(near), _) => {
                let nearest = self.points.nearest(Lattice::of(near)).map(|spot| HouseholdId(spot.id));
                nearest.filter(wanted).take(limit).collect()
            }
            (None, Some(area)) => {
                let mut ids = self.lying_in(self.with_below(area), scope, wanted);
                ids.truncate(limit);
                ids
            }
            (None, None) => self.households.ids().filter(wanted).take(limit).collect(),
        };
        let mut list: Vec<Unvisited<'_>> = ids
            .into_iter()
            .map(|id| Unvisited {
                household: self.households.view(id),
                standing: self.visits.standing(campaign, id),
                distance: near.map(|near| haversine(near, self.households.at(id))),
            })
            .collect();
        if near.is_some() {
            let meters = |u: &Unvisited<'_>| u.distance.map_or(0.0, |d| d.0);
            list.sort_by(|a, b| meters(a).total_cmp(&meters(b)));
        }
        list
    }

    /// The eligible households of a scope and an Area, in the order in which they were founded, with the visit that stands for each in
    /// a campaign; `None` where there are more than `most`. Costs what lies there; of the whole map a look at each household.
    #[must_use]
    pub fn eligible(
        &self,
        campaign: Option<CampaignId>,
        within: Option<AreaId>,
        scope: &Scope,
        most: usize,
    ) -> Option<Vec<Eligible<'_>>> {
        let counts = |id: &HouseholdId| self.counts_in(campaign, *id);
        let ids: Vec<HouseholdId> = match (within, scope) {
            (Some(area), _) => self.lying_in(self.with_below(area), scope, counts),
            (None, Scope::Areas(areas)) => self.lying_in(areas.iter().copied(), scope, counts),
            (None, Scope::Everywhere) => self.households.ids().filter(counts).take(most + 1).collect(),
        };
        let one = |id| Eligible { household: self.households.view(id), visit: self.visits.standing(campaign, id) };
        (ids.len() <= most).then(|| ids.into_iter().map(one).collect())
    }

    /// An Area and all below it.
    pub(super) fn with_below(&self, area: AreaId) -> impl Iterator<Item = AreaId> {
        self.below(&self.areas.get(area).area.code).into_iter().chain([area])
    }

    /// The households of a scope that lie in one of some Areas, and not deeper, and are wanted; in the order in which they were founded.
    pub(super) fn lying_in(
        &self,
        areas: impl Iterator<Item = AreaId>,
        scope: &Scope,
        wanted: impl Fn(&HouseholdId) -> bool,
    ) -> Vec<HouseholdId> {
        let mut ids = Vec::new();
        for area in areas.filter(|area| scope.holds(Some(*area))) {
            let rect = LatticeRect::of_bbox(&self.areas.get(area).bbox);
            self.points.within(&rect, |spot| {
                let id = HouseholdId(spot.id);
                if self.households.area(id) == Some(area) && wanted(&id) {
                    ids.push(id);
                }
            });
        }
        ids.sort_unstable();
        ids
    }

    /// The codes of the eligible households of a scope that pass a filter, in the order in which they were founded. Looks at each
    /// household of the map.
    #[must_use]
    pub fn passing_households(&self, scope: &Scope, filter: &Filter) -> Vec<&str> {
        let passes = |id: &HouseholdId| {
            self.households.status(*id).eligible()
                && scope.holds(self.households.area(*id))
                && filter.matches(&Row::new(self, Collection::Households, id.0))
        };
        self.households.ids().filter(passes).map(|id| self.households.code(id)).collect()
    }

    /// A household by code, whatever its status.
    #[must_use]
    pub fn household(&self, code: &str) -> Option<HouseholdView<'_>> {
        self.households.find(code).map(|id| self.households.view(id))
    }

    /// A visit by the client's id, with its household.
    #[must_use]
    pub fn visit(&self, id: uuid::Uuid) -> Option<(HouseholdView<'_>, VisitView<'_>)> {
        self.visits.get(id).map(|(of, visit)| (self.households.view(of), visit))
    }

    /// A household by code, as it would stand in a change.
    #[must_use]
    pub fn household_whole(&self, code: &str) -> Option<Household> {
        self.households.find(code).map(|id| self.households.whole(id))
    }

    /// The households with their lowest Area, in the order in which they were founded.
    pub fn households(&self) -> impl DoubleEndedIterator<Item = HouseholdView<'_>> {
        self.households.ids().map(|id| self.households.view(id))
    }

    /// What households confided, in no order; those that confided nothing are left out.
    pub fn all_confided(&self) -> impl Iterator<Item = &Confided<Sealed>> {
        self.households.all_confided()
    }

    /// The visits to a household, the last to come in first.
    pub fn visits_to(&self, id: HouseholdId) -> impl Iterator<Item = VisitView<'_>> {
        self.visits.of(id)
    }

    /// Areas by code or name, then households of a scope by code: exact first, then those that begin with the text, then
    /// Areas that hold it; of equals the larger Area first, then by code. Looks at every code; 1.7 million take some 10 ms.
    #[must_use]
    pub fn search(&self, text: &str, scope: Option<&Scope>, limit: usize) -> Vec<Found<'_>> {
        let folded = text.to_lowercase();
        let mut areas: Vec<(u8, Level, &str, AreaId)> = self
            .areas
            .living()
            .filter_map(|(id, entry)| {
                let (code, name) = (entry.area.code.as_str(), entry.area.name.to_lowercase());
                let rank = match () {
                    () if code == text || name == folded => 0,
                    () if code.starts_with(text) || name.starts_with(&folded) => 1,
                    () if name.contains(&folded) || code.ends_with(text) => 2,
                    () => return None,
                };
                Some((rank, entry.area.level, code, id))
            })
            .collect();
        areas.sort_unstable();
        let mut found: Vec<Found<'_>> = areas.into_iter().take(limit).map(|(_, _, _, id)| Found::Area(id)).collect();
        if let Some(scope) = scope {
            let exact = self.households.find(text).filter(|id| scope.holds(self.households.area(*id)));
            let begins = self.households.ids().filter(|id| {
                Some(*id) != exact
                    && self.households.code(*id).starts_with(text)
                    && scope.holds(self.households.area(*id))
            });
            let room = limit.saturating_sub(found.len());
            found.extend(
                exact.into_iter().chain(begins).take(room).map(|id| Found::Household(self.households.view(id))),
            );
        }
        found
    }
}
