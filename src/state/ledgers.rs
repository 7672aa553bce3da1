//! Layouts of ledgers by the Area that they are kept for, and the households that stand in one.

use super::areas::AreaId;
use super::find::Eligible;
use super::households::HouseholdId;
use super::{Scope, State};
use crate::model::ledger::LedgerTemplate;
use crate::model::{CampaignId, Code};
use std::collections::BTreeMap;

/// All layouts.
#[derive(Default)]
pub struct Ledgers(BTreeMap<Code, LedgerTemplate>);

impl Ledgers {
    pub(super) fn put(&mut self, template: LedgerTemplate) {
        self.0.insert(template.area.clone(), template);
    }

    pub(super) fn get(&self, area: &Code) -> Option<&LedgerTemplate> {
        self.0.get(area)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &LedgerTemplate> {
        self.0.values()
    }
}

impl State {
    /// The layouts of ledgers that somebody made, by the code of their Area.
    pub fn ledger_templates(&self) -> impl Iterator<Item = &LedgerTemplate> {
        self.ledgers.all()
    }

    /// The layout for an Area: its own, or that of the nearest Area above it.
    #[must_use]
    pub fn ledger_template(&self, area: AreaId) -> Option<&LedgerTemplate> {
        self.areas.chain(Some(area)).find_map(|id| self.ledgers.get(&self.areas.get(id).area.code))
    }

    /// The households of a scope and an Area, whatever their status, in the order in which they were founded, with the visit that
    /// stands for each in a campaign; `None` where there are more than `most`. Costs what lies there; of the whole map a look at each.
    #[must_use]
    pub fn listed(
        &self,
        campaign: Option<CampaignId>,
        within: Option<AreaId>,
        scope: &Scope,
        most: usize,
    ) -> Option<Vec<Eligible<'_>>> {
        let any = |_: &HouseholdId| true;
        let ids: Vec<HouseholdId> = match (within, scope) {
            (Some(area), _) => self.lying_in(self.with_below(area), scope, any),
            (None, Scope::Areas(areas)) => self.lying_in(areas.iter().copied(), scope, any),
            (None, Scope::Everywhere) => self.households.ids().take(most + 1).collect(),
        };
        let one = |id| Eligible { household: self.households.view(id), visit: self.visits.standing(campaign, id) };
        (ids.len() <= most).then(|| ids.into_iter().map(one).collect())
    }

    /// One household with the visit that stands for it in a campaign.
    #[must_use]
    pub fn listed_one(&self, campaign: Option<CampaignId>, code: &str) -> Option<Eligible<'_>> {
        let household = self.household(code)?;
        Some(Eligible { household, visit: self.visits.standing(campaign, household.id) })
    }
}
