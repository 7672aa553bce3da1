//! Very many visits at once: what stands, and which came before which, is found when all are there.

use super::super::best::Best;
use super::{Added, Ended, Standings, VisitId, Visits};
use crate::model::{CampaignId, Visit};
use crate::state::HouseholdId;
use hashbrown::HashMap;
use jiff::Timestamp;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Visits {
    /// [`Visits::put`] of a long run, which [`Visits::settle`] ends: until then nothing stands.
    pub(in super::super) fn load(
        &mut self,
        household: HouseholdId,
        visit: &Visit,
        by: &str,
        came: Timestamp,
    ) -> Option<()> {
        if let Added::New { number, corrected: Some(old) } = self.add(household, visit, by, came)? {
            self.ended.entry(old).or_insert(Ended { at: came, by: Some(number) });
        }
        Some(())
    }

    /// [`Visits::withdraw`] in such a run.
    pub(in super::super) fn load_end(&mut self, id: Uuid, at: Timestamp) -> Option<()> {
        let visit = self.find(id)?;
        self.ended.entry(visit).or_insert(Ended { at, by: None });
        Some(())
    }

    /// Finds what stands, over all visits and in each campaign, and the visit before each: in columns, where one at a time would look
    /// all over memory.
    pub(in super::super) fn settle(&mut self, households: usize) {
        let mut last: Vec<Option<VisitId>> = vec![None; households];
        let visits = self.household.iter().zip(0u32..);
        self.previous = visits.map(|(household, n)| last[household.0 as usize].replace(VisitId(n))).collect();
        self.last = by_household(last.into_iter());
        let mut campaigns = BTreeSet::from([0]);
        // Neighbours are mostly of one campaign.
        campaigns.extend(self.campaign.chunk_by(|a, b| a == b).map(|same| same[0]));
        let found: Vec<_> = campaigns
            .into_par_iter()
            .map(|id| {
                let campaign = (id > 0).then_some(CampaignId(id));
                (campaign, self.standing_anew(campaign, households))
            })
            .collect();
        self.standings = found.into_iter().filter(|(_, standings)| !standings.is_empty()).collect();
    }

    fn standing_anew(&self, campaign: Option<CampaignId>, households: usize) -> Standings {
        let all = 0..u32::try_from(self.len()).expect("numbers are u32");
        let mut best = Best::new(households);
        for (household, rank, visit) in self.ranked(all, campaign).filter(|(.., visit)| !self.is_void(*visit)) {
            best.take(self, household, rank, visit);
        }
        by_household(best.each())
    }
}

/// From one for each household, or none.
fn by_household(visits: impl Iterator<Item = Option<VisitId>> + Clone) -> HashMap<HouseholdId, VisitId> {
    let mut found = HashMap::with_capacity(visits.clone().flatten().count());
    found.extend((0u32..).zip(visits).filter_map(|(n, visit)| Some((HouseholdId(n), visit?))));
    found
}
