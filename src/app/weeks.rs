//! How coverage grew over the weeks of a campaign, area by area.

use super::access::{day, start_of};
use super::named::{campaign_of, living};
use super::past::Map;
use super::{App, AppError, Caller};
use crate::model::{Area, Campaign, CampaignId, Code, Level, ModelError, Right};
use crate::state::MOST_WEEKS;
use jiff::{Timestamp, ToSpan, civil::Date};
use serde::Serialize;
use std::sync::Arc;

/// Days of a week of a campaign, counted from its first day.
const WEEK: i64 = 7;
/// Most areas that are told of at once: so many lines, of so many weeks, are some 2 MB.
const MOST_AREAS: usize = 2_000;

/// Which areas' weeks.
#[derive(Debug, Clone)]
pub struct WeeksQuery {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// Of which level.
    pub level: Level,
    /// Within this Area.
    pub within: Option<String>,
    /// As it was then; `None` is now.
    pub as_of: Option<Timestamp>,
}

/// How far a campaign had come by the end of each of its weeks.
#[derive(Debug, Clone, Serialize)]
pub struct WeeksReport {
    /// Which.
    pub campaign: CampaignId,
    /// When this was true.
    pub as_of: Timestamp,
    /// Of the areas.
    pub level: Level,
    /// The weeks that have begun, of more than 120 the last 120; each begins on the campaign's first day of a week.
    pub weeks: Vec<Week>,
    /// All areas as one.
    pub overall: Grown,
    /// In the order of their codes.
    pub areas: Vec<AreaWeeks>,
}

/// A week of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Week {
    /// Its number, from 1.
    pub number: u32,
    /// First day.
    pub from: Date,
    /// Last day; the campaign's own for its last week.
    pub to: Date,
}

/// A figure that grows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Grown {
    /// Eligible households, by the target of now.
    pub eligible: u32,
    /// Of them, those with a counted visit by the end of each week.
    pub reached: Vec<u32>,
}

/// The weeks of one area.
#[derive(Debug, Clone, Serialize)]
pub struct AreaWeeks {
    /// Identity.
    pub code: Code,
    /// For people.
    pub name: String,
    /// How far down it stands.
    pub level: Level,
    /// The Area that it belongs to.
    pub parent: Option<Code>,
    /// Its figures.
    #[serde(flatten)]
    pub grown: Grown,
}

impl App {
    /// Coverage by the end of each week that has begun, by the times of the visits themselves: one that came in late counts in the
    /// week in which it took place. Looks once at every visit and every household, under the read lock.
    ///
    /// Refuses a level of more than 2,000 areas: an Area narrows it down.
    pub async fn weeks(&self, caller: &Caller, query: WeeksQuery) -> Result<WeeksReport, AppError> {
        caller.require(Right::Rates)?;
        let map = self.map(caller, query.as_of).await?;
        self.work(move |app| app.weeks_on(&map, &query)).await?
    }

    fn weeks_on(&self, map: &Map, query: &WeeksQuery) -> Result<WeeksReport, AppError> {
        let as_of = query.as_of.unwrap_or_else(Timestamp::now);
        let (weeks, grown) = self.look(map, |state| {
            let campaign = campaign_of(state, query.campaign)?;
            let weeks = weeks(campaign, day(as_of));
            let ends: Vec<Timestamp> = weeks.iter().map(|week| start_of(week.to.saturating_add(1.day()))).collect();
            let within = query.within.as_deref().map(|code| living(state, code)).transpose()?;
            let areas = state.coverage(Some(campaign.id), Some(query.level), within, None).len();
            if areas > MOST_AREAS {
                let said = query.within.as_deref().unwrap_or("nothing");
                let expected = format!("the code of an area with at most {MOST_AREAS} areas of this level");
                return Err(AppError::from(ModelError::new("within", said, expected)));
            }
            let reached = state.reached_by_week(campaign.id, query.level, within, &ends);
            let one = |one: crate::state::ReachedByWeek<'_>| {
                let grown = Grown { eligible: one.covered.tally.eligible, reached: one.by_week };
                (Arc::clone(&one.covered.entry.area), grown)
            };
            Ok((weeks, reached.into_iter().map(one).collect::<Vec<_>>()))
        })?;
        let mut overall = Grown { eligible: 0, reached: vec![0; weeks.len()] };
        for (_, one) in &grown {
            overall.eligible += one.eligible;
            overall.reached.iter_mut().zip(&one.reached).for_each(|(sum, n)| *sum += n);
        }
        let line = |(area, grown): (Arc<Area>, Grown)| {
            let Area { code, name, level, parent, .. } = area.as_ref();
            AreaWeeks { code: code.clone(), name: name.clone(), level: *level, parent: parent.clone(), grown }
        };
        let areas = grown.into_iter().map(line).collect();
        let WeeksQuery { campaign, level, .. } = *query;
        Ok(WeeksReport { campaign, as_of, level, weeks, overall, areas })
    }
}

/// The weeks of a campaign that have begun on a day.
fn weeks(campaign: &Campaign, today: Date) -> Vec<Week> {
    let last = campaign.to.min(today);
    let all = campaign.from.series(WEEK.days()).take_while(|from| *from <= last);
    let week = |(from, number): (Date, u32)| {
        let to = from.saturating_add((WEEK - 1).days()).min(campaign.to);
        Week { number, from, to }
    };
    let mut weeks: Vec<Week> = all.zip(1..).map(week).collect();
    weeks.split_off(weeks.len().saturating_sub(MOST_WEEKS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn campaign(from: Date, to: Date) -> Campaign {
        let (name, theme) = ("Stage 1".to_owned(), String::new());
        Campaign { id: CampaignId(1), name, theme, from, to, revisit_days: None, need_days: None, closed: false }
    }

    #[test]
    fn weeks_begin_on_the_campaigns_first_day_of_the_week_and_end_with_it() {
        let one = campaign(date(2026, 10, 7), date(2026, 10, 24));
        let said = |today| weeks(&one, today).iter().map(|w| (w.number, w.from.day(), w.to.day())).collect::<Vec<_>>();
        assert_eq!(said(date(2026, 10, 6)), []);
        assert_eq!(said(date(2026, 10, 7)), [(1, 7, 13)]);
        assert_eq!(said(date(2026, 10, 14)), [(1, 7, 13), (2, 14, 20)]);
        assert_eq!(said(date(2030, 1, 1)), [(1, 7, 13), (2, 14, 20), (3, 21, 24)]);
    }

    #[test]
    fn of_a_campaign_without_an_end_the_last_weeks_are_told() {
        let one = campaign(date(2020, 1, 1), date(9999, 12, 31));
        let said = weeks(&one, date(2026, 10, 7));
        // 2,471 days are 353 weeks: the next begins that day.
        assert_eq!((said.len(), said[0].number, said[119].number), (MOST_WEEKS, 235, 354));
        assert!(said[119].from <= date(2026, 10, 7) && said[119].to >= date(2026, 10, 7));
        assert!(weeks(&one, date(9999, 12, 31)).last().unwrap().to <= date(9999, 12, 31));
    }
}
