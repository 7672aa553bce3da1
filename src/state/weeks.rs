//! How far a campaign had come by the end of each of its weeks.

use super::State;
use super::areas::AreaId;
use super::coverage::Covered;
use crate::model::{CampaignId, Level};
use jiff::Timestamp;

/// Most weeks that are told apart: two years and a quarter.
pub const MOST_WEEKS: usize = 120;

/// Stands for "not reached" among the weeks of households.
const NEVER: u8 = u8::MAX;

/// One Area, and how many of its households had been reached by the end of each week.
pub struct ReachedByWeek<'a> {
    /// The Area, with its figures of now.
    pub covered: Covered<'a>,
    /// Never falling; the last equals the households that are reached now.
    pub by_week: Vec<u32>,
}

impl State {
    /// The households of each living Area of a level that a campaign had reached by the end of each week, by the time of the visit
    /// itself: one that came in late counts in the week in which it took place.
    ///
    /// `ends` are the first moments after each week, rising; what took place after the last counts in it. Of more than
    /// [`MOST_WEEKS`] only the first that many are looked at. Who counts is told by the target of now, in all weeks.
    ///
    /// Looks once at every visit and once at every household, in columns, and takes a byte for each household meanwhile.
    #[must_use]
    pub fn reached_by_week(
        &self,
        campaign: CampaignId,
        level: Level,
        within: Option<AreaId>,
        ends: &[Timestamp],
    ) -> Vec<ReachedByWeek<'_>> {
        let ends: Vec<i64> = ends.iter().take(MOST_WEEKS).map(|end| end.as_microsecond()).collect();
        let covered = self.coverage(Some(campaign), Some(level), within, None);
        let mut counts = vec![vec![0u32; ends.len()]; covered.len()];
        if let Some(last) = ends.len().checked_sub(1) {
            let mut first = vec![NEVER; self.households.len()];
            for (household, at) in self.visits.counted(campaign) {
                let week = ends.partition_point(|end| *end <= at).min(last);
                let week = u8::try_from(week).expect("there are no more than MOST_WEEKS");
                let known = &mut first[household.0 as usize];
                *known = week.min(*known);
            }
            let places = self.places(&covered);
            for (id, week) in self.households.ids().zip(first) {
                let place = self.households.area(id).and_then(|area| places[area.0 as usize]);
                if let Some(place) = place.filter(|_| week != NEVER && self.counts_in(Some(campaign), id)) {
                    counts[place][usize::from(week)] += 1;
                }
            }
        }
        let sum = |weeks: Vec<u32>| {
            let add = |sum: &mut u32, new: u32| {
                *sum += new;
                Some(*sum)
            };
            weeks.into_iter().scan(0, add).collect()
        };
        covered.into_iter().zip(counts).map(|(covered, weeks)| ReachedByWeek { covered, by_week: sum(weeks) }).collect()
    }

    /// For every Area, by number, which of some Areas of one level it is or lies in.
    fn places(&self, some: &[Covered<'_>]) -> Vec<Option<usize>> {
        let mut own = vec![None; self.areas.ids().count()];
        for (place, one) in some.iter().enumerate() {
            own[one.id.0 as usize] = Some(place);
        }
        let above = |id: AreaId| self.areas.chain(Some(id)).find_map(|id| own[id.0 as usize]);
        self.areas.ids().map(above).collect()
    }
}
