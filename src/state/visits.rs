//! Visits in columns, and which of them stands for a household in a campaign.

mod loading;

use super::arrivals::Arrivals;
use super::households::HouseholdId;
use super::text::Codes;
use crate::model::{CampaignId, Outcome, Sealed, Visit};
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::hash::BuildHasher;
use uuid::Uuid;

/// The number of a visit, in the order in which they came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// How long it took, if that was said. Personal.
    pub minutes: Option<u16>,
    /// The caller stood far from the household.
    pub far: bool,
    /// What the household was found to need. Personal.
    pub needs: Option<&'a Sealed>,
    /// Why it stands no more.
    pub void: Option<Void>,
}

/// Why a visit stands no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Void {
    /// This one corrects it.
    Corrected(Uuid),
    /// It never took place.
    Withdrawn,
}

/// Since when a visit stands no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ended {
    at: Timestamp,
    /// The one that corrects it.
    by: Option<VisitId>,
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
    /// A fingerprint of what is not held here, by which another visit under the same id is told; note and position stay in the store.
    rest: Vec<u32>,
    minutes: Vec<u16>,
    /// Of those few during which a need was found.
    needs: HashMap<VisitId, Sealed>,
    /// Those few that were made far from the household.
    far: HashMap<VisitId, ()>,
    /// Those few that stand no more.
    ended: HashMap<VisitId, Ended>,
    arrived: Arrivals,
    names: Codes,
    /// The visit to the same household before this one.
    previous: Vec<Option<VisitId>>,
    last: HashMap<HouseholdId, VisitId>,
    by_id: HashTable<u32>,
    hasher: DefaultHashBuilder,
    standings: HashMap<Option<CampaignId>, Standings>,
}

type Standings = HashMap<HouseholdId, VisitId>;

/// Stands for "nobody said" in the column of minutes.
const UNKNOWN: u16 = u16::MAX;

/// What a visit, or its end, did to a standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// In which campaign; `None` is over all visits.
    pub campaign: Option<CampaignId>,
    /// The outcome that stood before.
    pub before: Option<Outcome>,
    /// The outcome that stands now.
    pub after: Option<Outcome>,
}

/// What became of a visit that was to be added.
enum Added {
    /// Its id was known.
    Known,
    New {
        number: VisitId,
        /// The one that it corrects.
        corrected: Option<VisitId>,
    },
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

    /// Whether a known visit says all that another says: sent again, it is the same.
    pub(super) fn is(&self, visit: &Visit) -> bool {
        let same = |VisitId(n): VisitId| {
            let (i, campaign) = (n as usize, visit.campaign.map_or(0, |c| c.0));
            self.outcome[i] == visit.outcome
                && self.at[i] == visit.at.as_microsecond()
                && self.campaign[i] == campaign
                && self.rest[i] == self.fingerprint(visit)
        };
        self.find(visit.id).is_some_and(same)
    }

    /// Of all that a few visits have and most have not; how far the household was is no news of the visit.
    #[allow(clippy::cast_possible_truncation)] // 32 bits of the hash are enough to tell two texts of one visit apart
    fn fingerprint(&self, visit: &Visit) -> u32 {
        let Visit { note, needs, minutes, fix, corrects, .. } = visit;
        if (note, needs, minutes, fix, corrects) == (&None, &None, &None, &None, &None) {
            return 0;
        }
        let fix = fix.map(|fix| [fix.at.lon(), fix.at.lat(), fix.accuracy_m].map(f64::to_bits));
        self.hasher.hash_one((note, needs.as_ref().map(Sealed::parts), minutes, fix, corrects)) as u32
    }

    /// Whether a visit stands no more.
    pub(super) fn is_void(&self, id: VisitId) -> bool {
        self.ended.contains_key(&id)
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
            minutes: Some(self.minutes[i]).filter(|minutes| *minutes != UNKNOWN),
            far: self.far.contains_key(&VisitId(n)),
            needs: self.needs.get(&VisitId(n)),
            void: self.ended.get(&VisitId(n)).map(|ended| match ended.by {
                Some(by) => Void::Corrected(self.id[by.0 as usize]),
                None => Void::Withdrawn,
            }),
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

    /// How many visits had come in by a time.
    pub(super) fn come_by(&self, at: Timestamp) -> u32 {
        self.arrived.by(at, self.len())
    }

    /// The visits that stood no more at a time.
    pub(super) fn ended_by(&self, at: Timestamp) -> impl Iterator<Item = VisitId> + '_ {
        self.ended.iter().filter(move |(_, ended)| ended.at <= at).map(|(visit, _)| *visit)
    }

    /// What standing is told by, of a range of visits: household, rank, and number; of one campaign or all.
    pub(super) fn ranked(
        &self,
        range: std::ops::Range<u32>,
        campaign: Option<CampaignId>,
    ) -> impl Iterator<Item = (HouseholdId, (bool, i64), VisitId)> + '_ {
        let of = move |n: &u32| campaign.is_none_or(|campaign| self.campaign[*n as usize] == campaign.0);
        range.filter(of).map(|n| {
            let i = n as usize;
            (self.household[i], (self.outcome[i].counts(), self.at[i]), VisitId(n))
        })
    }

    /// The client's id of a visit, and its outcome.
    pub(super) fn id_of(&self, VisitId(n): VisitId) -> (Uuid, Outcome) {
        (self.id[n as usize], self.outcome[n as usize])
    }

    /// Who made a visit, and its outcome.
    pub(super) fn by(&self, VisitId(n): VisitId) -> (&str, Outcome) {
        (self.names.get(self.by[n as usize]), self.outcome[n as usize])
    }

    /// Every household on which somebody called in one campaign, with the outcome that stands for it.
    pub(super) fn standings_of(
        &self,
        campaign: Option<CampaignId>,
    ) -> impl Iterator<Item = (HouseholdId, Outcome)> + '_ {
        let standings = self.standings.get(&campaign).into_iter().flatten();
        standings.map(|(household, visit)| (*household, self.outcome[visit.0 as usize]))
    }

    /// The counted visits of a campaign that stand, in the order in which they came in: to which household, and when in microseconds.
    pub(super) fn counted(&self, campaign: CampaignId) -> impl Iterator<Item = (HouseholdId, i64)> + '_ {
        let all = self.campaign.iter().zip(&self.outcome).zip(self.household.iter().zip(&self.at)).zip(0u32..);
        let stands = move |((of, outcome), n): ((&u32, &Outcome), u32)| {
            *of == campaign.0 && outcome.counts() && !self.is_void(VisitId(n))
        };
        all.filter(move |((visit, _), n)| stands((*visit, *n))).map(|((_, (household, at)), _)| (*household, *at))
    }

    /// Adds a visit that came in at a time; the standings that it turned. A visit whose id is known changes nothing. `None` where
    /// there are no numbers left.
    pub(super) fn put(
        &mut self,
        household: HouseholdId,
        visit: &Visit,
        by: &str,
        came: Timestamp,
    ) -> Option<Vec<Turn>> {
        let Added::New { number, corrected } = self.add(household, visit, by, came)? else { return Some(Vec::new()) };
        self.previous.push(self.last.insert(household, number));
        if let Some(old) = corrected {
            return Some(self.end(old, Ended { at: came, by: Some(number) }));
        }
        let mut turns = Vec::with_capacity(2);
        turns.extend(self.stand(None, household, number));
        if visit.campaign.is_some() {
            turns.extend(self.stand(visit.campaign, household, number));
        }
        Some(turns)
    }

    /// Writes a visit into the columns; neither into the row of those to its household nor among what stands. `None` where there are
    /// no numbers left.
    fn add(&mut self, household: HouseholdId, visit: &Visit, by: &str, came: Timestamp) -> Option<Added> {
        let corrected = visit.corrects.and_then(|id| self.find(id));
        let (ids, hasher) = (&self.id, &self.hasher);
        let hash = |n: &u32| hasher.hash_one(ids[*n as usize]);
        let Entry::Vacant(free) = self.by_id.entry(hasher.hash_one(visit.id), |n| ids[*n as usize] == visit.id, hash)
        else {
            return Some(Added::Known);
        };
        let n = u32::try_from(self.id.len()).ok().filter(|n| *n < u32::MAX)?;
        // Whoever corrects it, the caller remains who called.
        let by = match corrected {
            Some(old) => self.by[old.0 as usize],
            None => self.names.number(by)?,
        };
        free.insert(n);
        self.arrived.note(came, n);
        self.id.push(visit.id);
        self.household.push(household);
        self.at.push(visit.at.as_microsecond());
        self.outcome.push(visit.outcome);
        self.campaign.push(visit.campaign.map_or(0, |c| c.0));
        self.by.push(by);
        self.rest.push(self.fingerprint(visit));
        self.minutes.push(visit.minutes.unwrap_or(UNKNOWN));
        if let Some(needs) = &visit.needs {
            self.needs.insert(VisitId(n), needs.clone());
        }
        if visit.is_far() {
            self.far.insert(VisitId(n), ());
        }
        Some(Added::New { number: VisitId(n), corrected })
    }

    /// Takes back a visit that never took place; its household and the standings that this turned. `None` where it is not known.
    pub(super) fn withdraw(&mut self, id: Uuid, at: Timestamp) -> Option<(HouseholdId, Vec<Turn>)> {
        let visit = self.find(id)?;
        Some((self.household_of(visit), self.end(visit, Ended { at, by: None })))
    }

    /// A visit stands no more: looks again at all visits to its household, wherever it or what corrects it may have stood.
    fn end(&mut self, visit: VisitId, ended: Ended) -> Vec<Turn> {
        self.ended.entry(visit).or_insert(ended);
        let campaign = |visit: VisitId| self.view(visit).campaign;
        let campaigns: BTreeSet<Option<CampaignId>> =
            [None, campaign(visit), ended.by.and_then(campaign)].into_iter().collect();
        let household = self.household_of(visit);
        campaigns.into_iter().filter_map(|campaign| self.stand_again(campaign, household)).collect()
    }

    /// Of two visits the one that stands is counted, or later; of two at one moment, the same on every machine.
    fn rank(&self, VisitId(n): VisitId) -> (bool, i64, Uuid) {
        let i = n as usize;
        (self.outcome[i].counts(), self.at[i], self.id[i])
    }

    fn stand(&mut self, campaign: Option<CampaignId>, household: HouseholdId, new: VisitId) -> Option<Turn> {
        let old = self.standings.get(&campaign).and_then(|s| s.get(&household)).copied();
        if old.is_some_and(|old| self.rank(old) > self.rank(new)) {
            return None;
        }
        self.standings.entry(campaign).or_default().insert(household, new);
        let outcome = |v: VisitId| self.outcome[v.0 as usize];
        Some(Turn { campaign, before: old.map(outcome), after: Some(outcome(new)) })
    }

    fn stand_again(&mut self, campaign: Option<CampaignId>, household: HouseholdId) -> Option<Turn> {
        let of = |visit: &VisitId| campaign.is_none_or(|c| self.campaign[visit.0 as usize] == c.0);
        let stands = |visit: &VisitId| !self.is_void(*visit) && of(visit);
        let new = self.numbers_of(household).map(VisitId).filter(stands).max_by_key(|visit| self.rank(*visit));
        let standings = self.standings.entry(campaign).or_default();
        let old = match new {
            Some(new) => standings.insert(household, new),
            None => standings.remove(&household),
        };
        let outcome = |v: VisitId| self.outcome[v.0 as usize];
        (old != new).then(|| Turn { campaign, before: old.map(outcome), after: new.map(outcome) })
    }
}

#[cfg(test)]
mod tests;
