//! Counts of every Area with all below it, campaign by campaign.

use super::{AreaId, Areas};
use crate::model::{AnswerCounts, CampaignId, OutcomeCounts};
use hashbrown::HashMap;
use std::ops::{AddAssign, SubAssign};

/// A count of each Area, by number, in the campaigns that have any.
#[derive(Debug)]
pub struct Sums<T>(HashMap<Option<CampaignId>, Vec<T>>);

impl<T> Default for Sums<T> {
    fn default() -> Sums<T> {
        Sums(HashMap::new())
    }
}

impl<T: Copy + Default + AddAssign + SubAssign> Sums<T> {
    /// An Area was founded: nobody is counted in it yet.
    pub fn founded(&mut self) {
        self.0.values_mut().for_each(|counts| counts.push(T::default()));
    }

    /// From now on a campaign has counts, of nobody yet, in so many Areas.
    fn begin(&mut self, campaign: Option<CampaignId>, areas: usize) -> &mut [T] {
        self.0.entry(campaign).or_insert_with(|| vec![T::default(); areas])
    }

    /// The count of an Area; `None` where the campaign has none.
    pub fn of(&self, campaign: Option<CampaignId>, id: AreaId) -> Option<T> {
        self.0.get(&campaign).map(|counts| counts[id.0 as usize])
    }

    /// Adds (or takes away) in a chain.
    fn tally(&mut self, campaign: Option<CampaignId>, chain: &[AreaId], areas: usize, count: T, add: bool) {
        let counts = self.begin(campaign, areas);
        for id in chain {
            if add {
                counts[id.0 as usize] += count;
            } else {
                counts[id.0 as usize] -= count;
            }
        }
    }
}

impl Areas {
    /// From now on a campaign has a target of its own, of nobody yet.
    pub(in super::super) fn aim(&mut self, campaign: CampaignId) {
        self.targets.begin(Some(campaign), self.entries.len());
    }

    /// Adds (or takes away) households of a campaign's target in a chain.
    pub(in super::super) fn tally_target(
        &mut self,
        campaign: CampaignId,
        lowest: Option<AreaId>,
        households: u32,
        add: bool,
    ) {
        let chain: Vec<AreaId> = self.chain(lowest).collect();
        self.targets.tally(Some(campaign), &chain, self.entries.len(), households, add);
    }

    /// Adds (or takes away) outcomes in a chain.
    pub(in super::super) fn tally_outcomes(
        &mut self,
        campaign: Option<CampaignId>,
        lowest: Option<AreaId>,
        counts: OutcomeCounts,
        add: bool,
    ) {
        let chain: Vec<AreaId> = self.chain(lowest).collect();
        self.outcomes.tally(campaign, &chain, self.entries.len(), counts, add);
    }

    /// Adds (or takes away) answers in a chain.
    pub(in super::super) fn tally_answers(
        &mut self,
        campaign: Option<CampaignId>,
        lowest: Option<AreaId>,
        counts: AnswerCounts,
        add: bool,
    ) {
        let chain: Vec<AreaId> = self.chain(lowest).collect();
        self.answers.tally(campaign, &chain, self.entries.len(), counts, add);
    }
}
