//! Visits in columns, and which of them stands for a household in a campaign.

use super::households::HouseholdId;
use super::text::Codes;
use crate::model::{CampaignId, Outcome, Visit};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use jiff::Timestamp;
use std::hash::BuildHasher;
use uuid::Uuid;

/// The number of a visit, in the order in which they came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitId(pub(super) u32);

/// One visit, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VisitView<'a> {
    /// Made by the client.
    pub id: Uuid,
    /// When it took place.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// For which campaign.
    pub campaign: Option<CampaignId>,
    /// Who called. Personal.
    pub by: &'a str,
}

/// The columns, and the ways in by id and by household.
#[derive(Default)]
pub struct Visits {
    id: Vec<Uuid>,
    household: Vec<HouseholdId>,
    at: Vec<i64>,
    outcome: Vec<Outcome>,
    campaign: Vec<u32>,
    by: Vec<u32>,
    /// A fingerprint of the note, by which another one under the same id is told; the note itself stays in the store.
    note: Vec<u32>,
    names: Codes,
    /// The visit to the same household before this one.
    previous: Vec<Option<VisitId>>,
    last: HashMap<HouseholdId, VisitId>,
    by_id: HashTable<u32>,
    hasher: DefaultHashBuilder,
    standings: HashMap<Option<CampaignId>, Standings>,
}

type Standings = HashMap<HouseholdId, VisitId>;

/// What a visit did to a standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// In which campaign; `None` is over all visits.
    pub campaign: Option<CampaignId>,
    /// The outcome that stood before.
    pub before: Option<Outcome>,
    /// The outcome that stands now.
    pub after: Outcome,
}

impl Visits {
    fn find(&self, id: Uuid) -> Option<VisitId> {
        let hash = self.hasher.hash_one(id);
        self.by_id.find(hash, |n| self.id[*n as usize] == id).map(|n| VisitId(*n))
    }

    pub(super) fn len(&self) -> usize {
        self.id.len()
    }

    /// The visit with a client's id, with its household.
    pub(super) fn get(&self, id: Uuid) -> Option<(HouseholdId, VisitView<'_>)> {
        let visit = self.find(id)?;
        Some((self.household[visit.0 as usize], self.view(visit)))
    }

    /// Whether a known visit came with this note.
    pub(super) fn has_note(&self, id: Uuid, note: Option<&str>) -> bool {
        self.find(id).is_some_and(|visit| self.note[visit.0 as usize] == self.fingerprint(note))
    }

    #[allow(clippy::cast_possible_truncation)] // 32 bits of the hash are enough to tell two notes of one visit apart
    fn fingerprint(&self, note: Option<&str>) -> u32 {
        note.map_or(0, |note| self.hasher.hash_one(note) as u32)
    }

    /// The number of the visit with a client's id.
    pub(super) fn number(&self, id: Uuid) -> Option<VisitId> {
        self.find(id)
    }

    /// The household that a visit went to.
    pub(super) fn household_of(&self, VisitId(n): VisitId) -> HouseholdId {
        self.household[n as usize]
    }

    /// The numbers of the visits to a household, the last first.
    pub(super) fn numbers_of(&self, household: HouseholdId) -> impl Iterator<Item = u32> + '_ {
        let first = self.last.get(&household).copied();
        std::iter::successors(first, |v| self.previous[v.0 as usize]).map(|v| v.0)
    }

    pub(super) fn view(&self, VisitId(n): VisitId) -> VisitView<'_> {
        let i = n as usize;
        VisitView {
            id: self.id[i],
            at: Timestamp::from_microsecond(self.at[i]).expect("it was a Timestamp when it was added"),
            outcome: self.outcome[i],
            campaign: (self.campaign[i] > 0).then(|| CampaignId(self.campaign[i])),
            by: self.names.get(self.by[i]),
        }
    }

    /// The visits to a household, the last to come in first.
    pub(super) fn of(&self, household: HouseholdId) -> impl Iterator<Item = VisitView<'_>> {
        self.numbers_of(household).map(|n| self.view(VisitId(n)))
    }

    /// The visit that stands for a household: the last counted one, else the last; in a campaign, or over all visits.
    pub(super) fn standing(&self, campaign: Option<CampaignId>, household: HouseholdId) -> Option<VisitView<'_>> {
        self.standings.get(&campaign)?.get(&household).map(|v| self.view(*v))
    }

    /// The outcome that stands for a household.
    pub(super) fn outcome(&self, campaign: Option<CampaignId>, household: HouseholdId) -> Option<Outcome> {
        self.standings.get(&campaign)?.get(&household).map(|v| self.outcome[v.0 as usize])
    }

    /// The outcomes that stand for a household, in every campaign that called on it and over all.
    pub(super) fn outcomes(&self, household: HouseholdId) -> impl Iterator<Item = (Option<CampaignId>, Outcome)> + '_ {
        self.standings.iter().filter_map(move |(campaign, standings)| {
            standings.get(&household).map(|v| (*campaign, self.outcome[v.0 as usize]))
        })
    }

    /// Every household with the outcome that stands for it, campaign by campaign.
    pub(super) fn all_standings(
        &self,
    ) -> impl Iterator<Item = (Option<CampaignId>, impl Iterator<Item = (HouseholdId, Outcome)> + '_)> {
        self.standings.iter().map(|(campaign, s)| (*campaign, s.iter().map(|(h, v)| (*h, self.outcome[v.0 as usize]))))
    }

    /// Adds a visit; the standings that it turned. A visit whose id is known changes nothing. `None` where there are no numbers left.
    pub(super) fn put(&mut self, household: HouseholdId, visit: &Visit, by: &str) -> Option<Vec<Turn>> {
        if self.find(visit.id).is_some() {
            return Some(Vec::new());
        }
        let n = u32::try_from(self.id.len()).ok().filter(|n| *n < u32::MAX)?;
        let by = self.names.number(by)?;
        self.id.push(visit.id);
        self.household.push(household);
        self.at.push(visit.at.as_microsecond());
        self.outcome.push(visit.outcome);
        self.campaign.push(visit.campaign.map_or(0, |c| c.0));
        self.by.push(by);
        self.note.push(self.fingerprint(visit.note.as_deref()));
        self.previous.push(self.last.insert(household, VisitId(n)));
        let (ids, hasher) = (&self.id, &self.hasher);
        self.by_id.insert_unique(hasher.hash_one(visit.id), n, |n| hasher.hash_one(ids[*n as usize]));
        let mut turns = Vec::with_capacity(2);
        turns.extend(self.stand(None, household, VisitId(n)));
        if visit.campaign.is_some() {
            turns.extend(self.stand(visit.campaign, household, VisitId(n)));
        }
        Some(turns)
    }

    fn stand(&mut self, campaign: Option<CampaignId>, household: HouseholdId, new: VisitId) -> Option<Turn> {
        let rank = |v: VisitId| {
            let i = v.0 as usize;
            (self.outcome[i].counts(), self.at[i], self.id[i])
        };
        let old = self.standings.get(&campaign).and_then(|s| s.get(&household)).copied();
        if old.is_some_and(|old| rank(old) > rank(new)) {
            return None;
        }
        self.standings.entry(campaign).or_default().insert(household, new);
        let outcome = |v: VisitId| self.outcome[v.0 as usize];
        Some(Turn { campaign, before: old.map(outcome), after: outcome(new) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Code;
    use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};

    fn visit(n: u128, minute: i64, outcome: Outcome) -> Visit {
        let at = Timestamp::from_second(1_760_000_000 + minute * 60).unwrap();
        let household = Code::new("H").unwrap();
        Visit { id: Uuid::from_u128(n), household, campaign: Some(CampaignId(1)), at, outcome, note: None }
    }

    #[test]
    fn the_last_counted_visit_stands_whatever_the_order_in_which_they_come() {
        let mut all = vec![
            visit(1, 0, Outcome::NotHome),
            visit(2, 10, Outcome::Partly),
            visit(3, 20, Outcome::Visited),
            visit(4, 30, Outcome::Refused),
            visit(5, 20, Outcome::Visited),
        ];
        let mut rng = SmallRng::seed_from_u64(7);
        for _ in 0..20 {
            all.shuffle(&mut rng);
            let mut visits = Visits::default();
            for v in &all {
                visits.put(HouseholdId(0), v, "a").unwrap();
            }
            let standing = visits.standing(Some(CampaignId(1)), HouseholdId(0)).unwrap();
            assert_eq!((standing.id, standing.outcome), (Uuid::from_u128(5), Outcome::Visited));
            assert_eq!(visits.outcome(None, HouseholdId(0)), Some(Outcome::Visited));
            assert_eq!(visits.of(HouseholdId(0)).count(), 5);
        }
    }

    #[test]
    fn a_repeated_visit_turns_nothing() {
        let mut visits = Visits::default();
        let v = visit(1, 0, Outcome::NotHome);
        assert_eq!(visits.put(HouseholdId(3), &v, "a").unwrap().len(), 2);
        assert_eq!(visits.put(HouseholdId(3), &v, "b").unwrap(), []);
        assert_eq!(visits.len(), 1);
    }
}
