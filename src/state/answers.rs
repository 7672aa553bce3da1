//! What households answered, and which answer stands for each.

use super::areas::AreaId;
use super::arrivals::Arrivals;
use super::households::{HouseholdId, Households};
use super::{State, StateError, Verdict};
use crate::model::{Answer, AnswerCounts, CampaignId, ModelError, Outcome, Satisfaction};
use hashbrown::HashMap;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use uuid::Uuid;

/// All answers, in the order in which they came in, and which of them stands for a household in a campaign.
#[derive(Debug, Default)]
pub struct Answers {
    all: Vec<(HouseholdId, Answer)>,
    by_id: HashMap<Uuid, u32>,
    arrived: Arrivals,
    standings: HashMap<Option<CampaignId>, HashMap<HouseholdId, u32>>,
}

/// What an answer did to a standing: what stood for its household before, and what stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub household: HouseholdId,
    pub campaign: Option<CampaignId>,
    pub before: Option<Satisfaction>,
    pub after: Satisfaction,
}

/// What the households of each Area, with all below it, answered.
#[derive(Debug)]
pub struct Answered(Vec<AnswerCounts>);

impl Answered {
    /// In an Area and all below. An Area founded later had nobody.
    #[must_use]
    pub fn of(&self, id: AreaId) -> AnswerCounts {
        self.0.get(id.0 as usize).copied().unwrap_or_default()
    }
}

/// Of two answers of a household the last stands; of two at one moment the one with the greater id.
fn later(one: &Answer, other: &Answer) -> bool {
    (one.at, one.id) > (other.at, other.id)
}

impl Answers {
    /// Adds an answer that came in at a time; the standing that it turned. One whose id is known changes nothing.
    pub(super) fn put(
        &mut self,
        answer: Answer,
        households: &Households,
        came: Timestamp,
    ) -> Result<Option<Said>, StateError> {
        let id = households.find(answer.household.as_str());
        let household = id.ok_or_else(|| StateError::Household(answer.household.clone()))?;
        if self.by_id.contains_key(&answer.id) {
            return Ok(None);
        }
        let n = u32::try_from(self.all.len()).map_err(|_| StateError::Full("answers"))?;
        self.arrived.note(came, n);
        self.by_id.insert(answer.id, n);
        let (campaign, after) = (answer.campaign, answer.answer);
        self.all.push((household, answer));
        let standings = self.standings.entry(campaign).or_default();
        let before = standings.get(&household).map(|stands| &self.all[*stands as usize].1);
        if before.is_some_and(|before| !later(&self.all[n as usize].1, before)) {
            return Ok(None);
        }
        let before = before.map(|before| before.answer);
        standings.insert(household, n);
        Ok(Some(Said { household, campaign, before, after }))
    }

    fn get(&self, id: Uuid) -> Option<&Answer> {
        self.by_id.get(&id).map(|n| &self.all[*n as usize].1)
    }

    /// The answers that stand for a household, in every campaign that asked it and about the work as a whole.
    pub(super) fn of(&self, household: HouseholdId) -> impl Iterator<Item = (Option<CampaignId>, Satisfaction)> + '_ {
        let standing = move |(campaign, standings): (&Option<CampaignId>, &HashMap<HouseholdId, u32>)| {
            standings.get(&household).map(|n| (*campaign, self.all[*n as usize].1.answer))
        };
        self.standings.iter().filter_map(standing)
    }

    /// Every household that was asked with the answer that stands for it, campaign by campaign.
    pub(super) fn all_standings(
        &self,
    ) -> impl Iterator<Item = (Option<CampaignId>, impl Iterator<Item = (HouseholdId, Satisfaction)> + '_)> {
        self.standings
            .iter()
            .map(|(campaign, s)| (*campaign, s.iter().map(|(h, n)| (*h, self.all[*n as usize].1.answer))))
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
            if later(answer, standing) {
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
    /// What the households of an Area and all below it answered about a campaign. Counts nothing.
    #[must_use]
    pub fn answers_in(&self, id: AreaId, campaign: Option<CampaignId>) -> AnswerCounts {
        self.areas.answers(id, campaign)
    }

    /// What the households of each Area, with all below it, had answered about a campaign by a time, as far as it had come in; and of
    /// a period, what was said in it. Looks at each answer.
    #[must_use]
    pub fn answered(
        &self,
        campaign: Option<CampaignId>,
        at: Option<Timestamp>,
        period: Option<&Range<Timestamp>>,
    ) -> Answered {
        let areas = self.areas.then(at);
        let lowest = at.map_or(Cow::Borrowed(self.households.areas()), |at| self.lowest_then(at, &areas));
        // Of each Area alone, then added up: an answer costs the same however deep its Area lies.
        let mut own = vec![AnswerCounts::default(); self.areas.ids().count()];
        for (HouseholdId(n), answer) in self.answers.standing(campaign, at, period) {
            if let Some(area) = lowest.get(n as usize).copied().flatten() {
                own[area.0 as usize] += AnswerCounts::one(answer);
            }
        }
        let mut all = vec![AnswerCounts::default(); own.len()];
        for (id, counts) in self.areas.ids().zip(own).filter(|(_, counts)| counts.asked > 0) {
            for above in areas.chain(Some(id)) {
                all[above.0 as usize] += counts;
            }
        }
        Answered(all)
    }

    /// Counts in Areas that another answer stands for a household now.
    pub(super) fn said(&mut self, said: Said) {
        let Said { household, campaign, before, after } = said;
        let area = self.households.area(household);
        for (answer, add) in [(before, false), (Some(after), true)] {
            if let Some(answer) = answer {
                self.areas.tally_answers(campaign, area, AnswerCounts::one(answer), add);
            }
        }
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
