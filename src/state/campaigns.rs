//! Campaigns by number, and the households that are the target of each.

use super::households::{HouseholdId, Households};
use super::{State, Version};
use crate::model::{Campaign, CampaignId, Code, OutcomeCounts, Status, TargetChange};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// All campaigns.
#[derive(Default)]
pub struct Campaigns {
    by_id: BTreeMap<CampaignId, Campaign>,
    targets: BTreeMap<CampaignId, Target>,
}

/// The households that a campaign is to reach: fixed by a first decision, altered by later ones.
#[derive(Debug, Default)]
pub struct Target {
    /// A bit for each household, by number.
    members: Vec<u64>,
    count: u32,
    decisions: Vec<Decision>,
    /// When the first decision came in.
    since: Option<Timestamp>,
    /// Who came and went after the first decision, in that order.
    turned: Vec<(Timestamp, HouseholdId)>,
}

/// A decision on a target, as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Its change.
    pub version: Version,
    /// Everybody eligible was made the target.
    pub all: bool,
    /// Households that became part of the target.
    pub added: u32,
    /// Households that are no longer.
    pub removed: u32,
    /// Why.
    pub reason: String,
}

/// Who became part of a target by a decision, and who is no longer.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// Nothing was fixed before.
    pub first: bool,
    pub added: Vec<HouseholdId>,
    pub removed: Vec<HouseholdId>,
}

impl Target {
    /// Whether a household is part of it.
    #[must_use]
    pub fn holds(&self, HouseholdId(n): HouseholdId) -> bool {
        self.members.get(n as usize / 64).is_some_and(|word| word >> (n % 64) & 1 == 1)
    }

    /// How many households are part of it.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Whether nobody is part of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What was decided, in order.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// It as it was at a time: a bit for each household, by number; `None` where nothing was decided yet.
    pub(super) fn at(&self, at: Timestamp) -> Option<Target> {
        if self.since.is_none_or(|since| since > at) {
            return None;
        }
        let mut then = Target { members: self.members.clone(), count: self.count, ..Target::default() };
        let later = self.turned.partition_point(|(came, _)| *came <= at);
        for (_, id) in self.turned[later..].iter().rev() {
            then.set(*id, !then.holds(*id));
        }
        Some(then)
    }

    /// Its households, by number.
    pub(super) fn members(&self) -> impl Iterator<Item = HouseholdId> + '_ {
        let bits = |(n, word): (usize, &u64)| {
            let word = *word;
            let first = u32::try_from(n * 64).expect("numbers are u32");
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| HouseholdId(first + bit))
        };
        self.members.iter().enumerate().flat_map(bits)
    }

    /// Takes a household in or out; whether that is new.
    fn set(&mut self, id: HouseholdId, inside: bool) -> bool {
        if self.holds(id) == inside {
            return false;
        }
        let word = id.0 as usize / 64;
        if word >= self.members.len() {
            self.members.resize(word + 1, 0);
        }
        self.members[word] ^= 1 << (id.0 % 64);
        if inside {
            self.count += 1;
        } else {
            self.count -= 1;
        }
        true
    }
}

impl Campaigns {
    pub(super) fn put(&mut self, campaign: Campaign) {
        self.by_id.insert(campaign.id, campaign);
    }

    pub(super) fn get(&self, id: CampaignId) -> Option<&Campaign> {
        self.by_id.get(&id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Campaign> {
        self.by_id.values()
    }

    pub(super) fn next_id(&self) -> CampaignId {
        CampaignId(self.by_id.last_key_value().map_or(0, |(id, _)| id.0) + 1)
    }

    /// The target of a campaign; `None` where it was never fixed and follows the households.
    pub(super) fn target(&self, id: CampaignId) -> Option<&Target> {
        self.targets.get(&id)
    }

    pub(super) fn targets(&self) -> impl Iterator<Item = (CampaignId, &Target)> {
        self.targets.iter().map(|(id, target)| (*id, target))
    }

    /// The campaigns of whose target a household is part.
    pub(super) fn aiming_at(&self, id: HouseholdId) -> impl Iterator<Item = CampaignId> + '_ {
        self.targets.iter().filter(move |(_, target)| target.holds(id)).map(|(id, _)| *id)
    }

    /// Whether a household stands in the denominator of a campaign, or of all visits: it is part of its target, or eligible where
    /// none was fixed.
    pub(super) fn counts(&self, campaign: Option<CampaignId>, id: HouseholdId, status: Status) -> bool {
        match campaign.and_then(|campaign| self.target(campaign)) {
            Some(target) => target.holds(id),
            None => status.eligible(),
        }
    }

    /// Takes a decision; who it concerns. `Err` is the code of a household that is not known.
    pub(super) fn decide(
        &mut self,
        change: &TargetChange,
        households: &Households,
        version: Version,
        came: Timestamp,
    ) -> Result<Decided, Code> {
        let known = |code: &Code| households.find(code.as_str()).ok_or_else(|| code.clone());
        let named = |codes: &[Code]| codes.iter().map(known).collect::<Result<Vec<HouseholdId>, Code>>();
        let (add, remove) = (named(&change.add)?, named(&change.remove)?);
        let first = !self.targets.contains_key(&change.campaign);
        let target = self.targets.entry(change.campaign).or_default();
        let mut decided = Decided { first, ..Decided::default() };
        if change.all {
            for id in households.ids() {
                let eligible = households.status(id).eligible();
                if target.set(id, eligible) {
                    let list = if eligible { &mut decided.added } else { &mut decided.removed };
                    list.push(id);
                }
            }
        }
        decided.added.extend(add.into_iter().filter(|id| target.set(*id, true)));
        decided.removed.extend(remove.into_iter().filter(|id| target.set(*id, false)));
        if first {
            target.since = Some(came);
        } else {
            let turned = decided.added.iter().chain(&decided.removed);
            target.turned.extend(turned.map(|id| (came, *id)));
        }
        let count = |ids: &[HouseholdId]| u32::try_from(ids.len()).expect("numbers are u32");
        target.decisions.push(Decision {
            version,
            all: change.all,
            added: count(&decided.added),
            removed: count(&decided.removed),
            reason: change.reason.clone(),
        });
        Ok(decided)
    }
}

impl State {
    /// The target of a campaign; `None` where it was never fixed and follows the households.
    #[must_use]
    pub fn target(&self, id: CampaignId) -> Option<&Target> {
        self.campaigns.target(id)
    }

    /// Whether a household stands in the denominator of a campaign, or of all visits.
    #[must_use]
    pub fn counts_in(&self, campaign: Option<CampaignId>, id: HouseholdId) -> bool {
        self.campaigns.counts(campaign, id, self.households.status(id))
    }

    /// Counts in Areas and cells what a decision changed. The target is as after it.
    pub(super) fn aim(&mut self, campaign: CampaignId, decided: &Decided) {
        if decided.first {
            // Until now whoever is eligible was counted.
            let standings: Vec<_> = self.visits.standings_of(Some(campaign)).collect();
            for (id, outcome) in standings {
                if self.households.status(id).eligible() {
                    let (area, one) = (self.households.area(id), OutcomeCounts::one(outcome));
                    self.areas.tally_outcomes(Some(campaign), area, one, false);
                }
            }
            self.areas.aim(campaign);
            self.pyramid.aim(campaign);
        }
        for (ids, add) in [(&decided.added, true), (&decided.removed, false)] {
            for id in ids {
                self.target_one(campaign, *id, add);
            }
        }
    }

    /// Adds (or takes away) what one household of a target contributes to the figures of its campaign.
    pub(super) fn target_one(&mut self, campaign: CampaignId, id: HouseholdId, add: bool) {
        let (at, area) = (self.households.lattice(id), self.households.area(id));
        let outcome = self.visits.outcome(Some(campaign), id);
        self.areas.tally_target(campaign, area, 1, add);
        if let Some(outcome) = outcome {
            self.areas.tally_outcomes(Some(campaign), area, OutcomeCounts::one(outcome), add);
        }
        self.pyramid.target(campaign, at, self.households.status(id), outcome, add);
    }
}
