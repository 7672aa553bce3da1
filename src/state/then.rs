//! Figures as they were: tallies of all Areas from the columns, without a state of that time.

use super::areas::{AreaId, AreasThen};
use super::best::Best;
use super::campaigns::Target;
use super::visits::VisitId;
use super::{HouseholdId, State};
use crate::geom::{LatticeRect, LonLat};
use crate::model::{CampaignId, Outcome, OutcomeCounts, Tally};
use hashbrown::HashMap;
use jiff::Timestamp;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// Visits that are looked at between two letting-goes of the lock: some milliseconds.
const STEP: u32 = 250_000;
/// Most households whose Areas of then are found while somebody waits, and most borders times households: some 50 ms.
const MOST_OTHER: usize = 50_000;
const MOST_TESTS: usize = 10_000_000;

/// On the way back to a time: what stood for each household then, by the visits looked at so far.
///
/// Visits stay as they came in, and what changes of them and of households is written down with its time; so the state may be let go
/// and live on between two steps, and the figures are those of the time all the same.
pub struct Turnback {
    at: Timestamp,
    campaign: Option<CampaignId>,
    /// Microseconds in which a visit took place that is looked at.
    period: Option<Range<i64>>,
    /// Visits that had come in by then, and how many of them were looked at.
    visits: u32,
    looked: u32,
    /// A bit for each visit that stood no more.
    ended: Vec<u64>,
    best: Best,
}

/// The tallies of all Areas in one campaign, or over all visits, as they were at a time.
pub struct Then(Vec<Tally>);

impl State {
    /// The Areas as they were at a time; as they are without one.
    #[must_use]
    pub fn areas_then(&self, at: Option<Timestamp>) -> AreasThen<'_> {
        self.areas.then(at)
    }

    /// Whether the columns tell the figures of a time soon: since then few households moved or came to another Area. Costs what lies in
    /// the rectangles of Areas that changed since.
    #[must_use]
    pub fn tells(&self, at: Timestamp) -> bool {
        let areas = self.areas.then(Some(at));
        self.others_then(at, &areas, MOST_OTHER).is_some_and(|others| others.len() * areas.changes() <= MOST_TESTS)
    }

    /// The households that were there at a time and may have lain in another Area, with where they were; `None` for more than `most`.
    fn others_then(&self, at: Timestamp, areas: &AreasThen<'_>, most: usize) -> Option<HashMap<HouseholdId, LonLat>> {
        let (mut others, known) = (self.households.moved_since(at), self.households.come_by(at));
        for (bbox, changed) in areas.touched() {
            if others.len() > most {
                return None;
            }
            self.points.within(&LatticeRect::of_bbox(&bbox), |spot| {
                let id = HouseholdId(spot.id);
                if spot.id < known && areas.may_be_other(self.households.area(id), changed) {
                    others.entry(id).or_insert_with(|| self.households.at(id));
                }
            });
        }
        (others.len() <= most).then_some(others)
    }

    /// The lowest Area of each household that was there at a time, by number, as it was then.
    pub(super) fn lowest_then(&self, at: Timestamp, areas: &AreasThen<'_>) -> Cow<'_, [Option<AreaId>]> {
        let lowest = &self.households.areas()[..self.households.come_by(at) as usize];
        let others = self.others_then(at, areas, usize::MAX).unwrap_or_default();
        if others.is_empty() {
            return Cow::Borrowed(lowest);
        }
        let grounds = areas.grounds();
        let others: Vec<(HouseholdId, LonLat)> = others.into_iter().collect();
        let found: Vec<_> = others.into_par_iter().map(|(id, place)| (id, grounds.locate(place))).collect();
        let mut lowest = lowest.to_vec();
        for (HouseholdId(n), area) in found {
            if let Some(known) = lowest.get_mut(n as usize) {
                *known = area;
            }
        }
        Cow::Owned(lowest)
    }

    /// Begins to count figures as they were at a time, of all visits or of those that took place in a period.
    #[must_use]
    pub fn turn_back(&self, at: Timestamp, campaign: Option<CampaignId>, period: Option<Range<Timestamp>>) -> Turnback {
        let visits = self.visits.come_by(at);
        let mut ended = vec![0u64; visits as usize / 64 + 1];
        for VisitId(n) in self.visits.ended_by(at).filter(|visit| visit.0 < visits) {
            ended[n as usize / 64] |= 1 << (n % 64);
        }
        let best = Best::new(self.households.come_by(at) as usize);
        let period = period.map(|of| of.start.as_microsecond()..of.end.as_microsecond());
        Turnback { at, campaign, period, visits, looked: 0, ended, best }
    }
}

impl Turnback {
    /// Looks at the next visits; whether there are more. Costs some milliseconds.
    pub fn step(&mut self, state: &State) -> bool {
        let end = self.visits.min(self.looked.saturating_add(STEP));
        for (household, key, visit) in state.visits.ranked(self.looked..end, self.campaign) {
            let VisitId(n) = visit;
            let took_place = self.period.as_ref().is_none_or(|period| period.contains(&key.1));
            if !took_place || self.ended[n as usize / 64] >> (n % 64) & 1 == 1 {
                continue;
            }
            self.best.take(&state.visits, household, key, visit);
        }
        self.looked = end;
        self.looked < self.visits
    }

    /// What became of the households that each member called on last, within an Area: how many, and how many with each outcome; by
    /// name. Once there are no more visits; looks at each household.
    #[must_use]
    pub fn outcomes_by_member<'a>(
        &self,
        state: &'a State,
        within: impl Fn(Option<AreaId>) -> bool,
    ) -> BTreeMap<&'a str, [u32; Outcome::COUNT]> {
        let mut counts: BTreeMap<&str, [u32; Outcome::COUNT]> = BTreeMap::new();
        for (n, visit) in (0u32..).zip(self.best.each()) {
            if let Some(visit) = visit.filter(|_| within(state.households.area(HouseholdId(n)))) {
                let (by, outcome) = state.visits.by(visit);
                counts.entry(by).or_default()[outcome as usize] += 1;
            }
        }
        counts
    }

    /// The figures in the Areas of then, once there are no more visits. Looks at each household; where the columns do not tell that time
    /// soon ([`State::tells`]), it takes as long as finding those anew that moved or whose Areas did.
    #[must_use]
    pub fn finish(self, state: &State) -> Then {
        let areas = state.areas.then(Some(self.at));
        let lowest = state.lowest_then(self.at, &areas);
        let statuses = state.households.statuses_at(self.at);
        let target: Option<Target> =
            self.campaign.and_then(|campaign| state.campaigns.target(campaign)).and_then(|target| target.at(self.at));
        let mut own = vec![Tally::default(); state.areas.ids().count()];
        for (((n, visit), status), area) in (0u32..).zip(self.best.each()).zip(statuses).zip(lowest.iter()) {
            let (id, Some(area)) = (HouseholdId(n), area) else { continue };
            let tally = &mut own[area.0 as usize];
            tally.households += 1;
            let counts = target.as_ref().map_or(status.eligible(), |target| target.holds(id));
            if counts {
                tally.eligible += 1;
                if let Some(visit) = visit {
                    tally.outcomes += OutcomeCounts::one(state.visits.id_of(visit).1);
                }
            }
        }
        let mut all = vec![Tally::default(); own.len()];
        for (id, tally) in state.areas.ids().zip(own).filter(|(_, tally)| tally.households > 0) {
            for above in areas.chain(Some(id)) {
                all[above.0 as usize] += tally;
            }
        }
        Then(all)
    }
}

impl Then {
    /// The tally of an Area and all below it. An Area founded later had nobody.
    #[must_use]
    pub fn tally(&self, id: AreaId) -> Tally {
        self.0.get(id.0 as usize).copied().unwrap_or_default()
    }
}
