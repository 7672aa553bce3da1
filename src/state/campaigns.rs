//! Campaigns by number.

use crate::model::{Campaign, CampaignId};
use std::collections::BTreeMap;

/// All campaigns.
#[derive(Default)]
pub struct Campaigns(BTreeMap<CampaignId, Campaign>);

impl Campaigns {
    pub(super) fn put(&mut self, campaign: Campaign) {
        self.0.insert(campaign.id, campaign);
    }

    pub(super) fn get(&self, id: CampaignId) -> Option<&Campaign> {
        self.0.get(&id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Campaign> {
        self.0.values()
    }

    pub(super) fn next_id(&self) -> CampaignId {
        CampaignId(self.0.last_key_value().map_or(0, |(id, _)| id.0) + 1)
    }
}
