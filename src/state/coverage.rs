//! Coverage of Areas, read from tallies.

use super::State;
use super::areas::{AreaEntry, AreaId};
use super::index::WorldRect;
use crate::geom::Bbox;
use crate::model::{Area, Campaign, CampaignId, ContextFeature, Level, Tally};
use std::sync::Arc;

/// An Area and its tally.
pub struct Covered<'a> {
    /// Its number.
    pub id: AreaId,
    /// The Area.
    pub entry: &'a AreaEntry,
    /// Of it and all below.
    pub tally: Tally,
}

impl State {
    /// The coverage of living Areas, in the order of level and code: of one level or all, within an Area (itself included),
    /// touching a rectangle. Costs what it lists; no household is counted.
    #[must_use]
    pub fn coverage(
        &self,
        campaign: Option<CampaignId>,
        level: Option<Level>,
        within: Option<AreaId>,
        bbox: Option<&Bbox>,
    ) -> Vec<Covered<'_>> {
        let mut ids: Vec<AreaId> = match (within, bbox) {
            (Some(id), _) => {
                let mut ids = self.below(&self.areas.get(id).area.code);
                ids.insert(id);
                ids.into_iter().collect()
            }
            (None, Some(bbox)) => {
                bbox.parts().flat_map(|part| self.areas.touching(&WorldRect::of(&part)).collect::<Vec<_>>()).collect()
            }
            (None, None) => self.areas.living().map(|(id, _)| id).collect(),
        };
        ids.retain(|id| {
            let entry = self.areas.get(*id);
            entry.in_force
                && level.is_none_or(|level| entry.area.level == level)
                && bbox.is_none_or(|bbox| bbox.intersects(&entry.bbox))
        });
        let key = |id: &AreaId| {
            let area = &self.areas.get(*id).area;
            (area.level, &area.code)
        };
        ids.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        ids.dedup();
        ids.into_iter().map(|id| self.covered(id, campaign)).collect()
    }

    /// The coverage of one Area.
    #[must_use]
    pub fn covered(&self, id: AreaId, campaign: Option<CampaignId>) -> Covered<'_> {
        Covered { id, entry: self.areas.get(id), tally: self.areas.tally(id, campaign) }
    }

    /// The number of the Area with a code, ended ones included.
    #[must_use]
    pub fn area(&self, code: &str) -> Option<AreaId> {
        self.areas.find(code)
    }

    /// The lowest living Area that holds a position; of two on one level, the one with the smaller code.
    #[must_use]
    pub fn area_at(&self, at: crate::geom::LonLat) -> Option<AreaId> {
        self.areas.locate(at)
    }

    /// The living Areas directly below one.
    pub fn area_children(&self, id: AreaId) -> impl Iterator<Item = &Area> {
        let children = self.areas.children(&self.areas.get(id).area.code);
        children.map(|child| self.areas.get(child)).filter(|entry| entry.in_force).map(|entry| entry.area.as_ref())
    }

    /// Whether an Area is another, or below it.
    #[must_use]
    pub fn is_below(&self, area: Option<AreaId>, within: AreaId) -> bool {
        self.areas.chain(area).any(|id| id == within)
    }

    /// An Area and those that it belongs to, from the lowest up.
    pub fn area_chain(&self, id: Option<AreaId>) -> impl Iterator<Item = &AreaEntry> {
        self.areas.chain(id).map(|id| self.areas.get(id))
    }

    /// The living Areas that one belongs to, from the narrowest up.
    pub fn areas_above(&self, id: AreaId) -> impl Iterator<Item = (AreaId, &AreaEntry)> {
        let chain = self.areas.chain(self.areas.get(id).parent);
        chain.map(|id| (id, self.areas.get(id))).filter(|(_, entry)| entry.in_force)
    }

    /// The living Areas.
    pub fn living_areas(&self) -> impl Iterator<Item = (AreaId, &AreaEntry)> {
        self.areas.living()
    }

    /// How many living Areas a level has.
    #[must_use]
    pub fn level_count(&self, level: Level) -> u32 {
        self.areas.level(level).0
    }

    /// The smallest rectangle around all living Areas, or all households where there are none.
    #[must_use]
    pub fn extent(&self) -> Option<Bbox> {
        let areas = self.areas.living().map(|(_, entry)| entry.bbox).reduce(|a, b| a.union(&b));
        areas.or_else(|| {
            let point = |id| {
                let at = self.households.at(id);
                Bbox::new(at.lon(), at.lat(), at.lon(), at.lat()).expect("a point is a rectangle")
            };
            self.households.ids().map(point).reduce(|a, b| a.union(&b))
        })
    }

    /// The smallest rectangle around all context features; looks at each.
    #[must_use]
    pub fn context_extent(&self) -> Option<Bbox> {
        self.context.extent()
    }

    /// The context features whose rectangle touches one, in the order of their numbers.
    #[must_use]
    pub fn context_in(&self, bbox: &Bbox) -> Vec<Arc<ContextFeature>> {
        let touching = self.context.touching(&WorldRect::of(bbox));
        touching.into_iter().filter_map(|id| self.context.get(id).map(Arc::clone)).collect()
    }

    /// All campaigns, by number.
    pub fn campaigns(&self) -> impl Iterator<Item = &Campaign> {
        self.campaigns.all()
    }

    /// A campaign by number.
    #[must_use]
    pub fn campaign(&self, id: CampaignId) -> Option<&Campaign> {
        self.campaigns.get(id)
    }

    /// The number that the next campaign takes.
    #[must_use]
    pub fn next_campaign(&self) -> CampaignId {
        self.campaigns.next_id()
    }

    /// How many households, visits and context features there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.households.len(), self.visits.len(), self.context.len())
    }
}
