//! What households answered, and which answer stands for each.

use super::areas::AreaId;
use super::arrivals::Arrivals;
use super::households::{HouseholdId, Households};
use super::{State, StateError, Verdict};
use crate::model::{Answer, CampaignId, ModelError, Outcome, Satisfaction};
use hashbrown::HashMap;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::{Add, Range};
use uuid::Uuid;

/// All answers, in the order in which they came in.
#[derive(Debug, Default)]
pub struct Answers {
    all: Vec<(HouseholdId, Answer)>,
    by_id: HashMap<Uuid, u32>,
    arrived: Arrivals,
}

/// How many households were asked, and what they said: counts that add.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Asked at all.
    pub asked: u32,
    /// Of them said anything.
    pub answered: u32,
    /// Of those satisfied.
    pub satisfied: u32,
}

impl Add for Asked {
    type Output = Asked;

    fn add(self, other: Asked) -> Asked {
        Asked {
            asked: self.asked + other.asked,
            answered: self.answered + other.answered,
            satisfied: self.satisfied + other.satisfied,
        }
    }
}

impl Answers {
    /// Adds an answer that came in at a time; one whose id is known changes nothing.
    pub(super) fn put(&mut self, answer: Answer, households: &Households, came: Timestamp) -> Result<(), StateError> {
        let id = households.find(answer.household.as_str());
        let id = id.ok_or_else(|| StateError::Household(answer.household.clone()))?;
        if self.by_id.contains_key(&answer.id) {
            return Ok(());
        }
        let n = u32::try_from(self.all.len()).map_err(|_| StateError::Full("answers"))?;
        self.arrived.note(came, n);
        self.by_id.insert(answer.id, n);
        self.all.push((id, answer));
        Ok(())
    }

    fn get(&self, id: Uuid) -> Option<&Answer> {
        self.by_id.get(&id).map(|n| &self.all[*n as usize].1)
    }

    /// The last answer of each household about a campaign, of those that had come in by a time and of those given in a period.
    fn standing(
        &self,
        campaign: Option<CampaignId>,
        at: Option<Timestamp>,
        period: Option<&Range<Timestamp>>,
    ) -> impl Iterator<Item = (HouseholdId, Satisfaction)> + '_ {
        let known = at.map_or(self.all.len(), |at| self.arrived.by(at, self.all.len()) as usize);
        let mut last: HashMap<HouseholdId, &Answer> = HashMap::new();
        let of =
            |answer: &Answer| answer.campaign == campaign && period.is_none_or(|period| period.contains(&answer.at));
        for (household, answer) in self.all[..known].iter().filter(|(_, answer)| of(answer)) {
            let standing = last.entry(*household).or_insert(answer);
            if (answer.at, answer.id) > (standing.at, standing.id) {
                *standing = answer;
            }
        }
        last.into_iter().map(|(household, answer)| (household, answer.answer))
    }

    /// Everything, in a fixed order: for comparing two states.
    pub(super) fn rows(&self) -> &[(HouseholdId, Answer)] {
        &self.all
    }
}

impl State {
    /// What the households of each Area, with all below it, answered about a campaign; by a time, as far as it had come in, and of a
    /// period, what was said in it. Areas in which nobody was asked are left out. Looks at each answer.
    #[must_use]
    pub fn answered(
        &self,
        campaign: Option<CampaignId>,
        at: Option<Timestamp>,
        period: Option<&Range<Timestamp>>,
    ) -> BTreeMap<AreaId, Asked> {
        // Of each Area alone, then added up: an answer costs the same however deep its Area lies.
        let mut own = vec![Asked::default(); self.areas.ids().count()];
        for (household, answer) in self.answers.standing(campaign, at, period) {
            if let Some(area) = self.households.area(household) {
                let count = &mut own[area.0 as usize];
                count.asked += 1;
                count.answered += u32::from(answer != Satisfaction::NoAnswer);
                count.satisfied += u32::from(answer == Satisfaction::Satisfied);
            }
        }
        let mut counts: BTreeMap<AreaId, Asked> = BTreeMap::new();
        for (id, asked) in self.areas.ids().zip(own).filter(|(_, one)| one.asked > 0) {
            for area in self.areas.chain(Some(id)) {
                let count = counts.entry(area).or_default();
                *count = *count + asked;
            }
        }
        counts
    }

    /// What became of the households that each member called on last in a campaign, within an Area: how many, and how many with each
    /// outcome; by name. Looks at each household on which somebody called.
    #[must_use]
    pub fn outcomes_by_member(
        &self,
        campaign: Option<CampaignId>,
        within: impl Fn(Option<AreaId>) -> bool,
    ) -> BTreeMap<&str, [u32; Outcome::COUNT]> {
        let mut counts: BTreeMap<&str, [u32; Outcome::COUNT]> = BTreeMap::new();
        for (household, _) in self.visits.standings_of(campaign) {
            if !within(self.households.area(household)) {
                continue;
            }
            if let Some(visit) = self.visits.standing(campaign, household) {
                counts.entry(visit.by).or_default()[visit.outcome as usize] += 1;
            }
        }
        counts
    }

    /// Whether somebody called on a household, whatever came of it.
    #[must_use]
    pub fn called_by(&self, household: HouseholdId, name: &str) -> bool {
        self.visits.of(household).any(|visit| visit.by == name)
    }

    pub(super) fn judge_answer(&self, answer: &Answer) -> Result<Verdict, ModelError> {
        if self.households.find(answer.household.as_str()).is_none() {
            return Err(ModelError::new("household", &answer.household, "the code of a known household"));
        }
        if let Some(id) = answer.campaign.filter(|id| self.campaigns.get(*id).is_none()) {
            return Err(ModelError::new("campaign", id, "the number of a known campaign"));
        }
        match self.answers.get(answer.id) {
            None => Ok(Verdict::New),
            Some(known) if known == answer => Ok(Verdict::Same),
            Some(_) => Err(ModelError::new("id", answer.id, "new: another answer was stored under this id")),
        }
    }
}
