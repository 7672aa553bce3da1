//! The editions of the demo: figures of the stage at hand, published at the end of each week of sample visits, and now.

use super::AUTHOR;
use super::fieldwork::{PLAYED, STAGE_DAYS};
use crate::app::AppError;
use crate::app::publish::{EditionSpec, publish_in};
use crate::model::{CampaignId, Change, Kind};
use crate::state::{Loader, State};
use crate::store::{Record, Store};
use hashbrown::HashSet;
use jiff::{SignedDuration, Timestamp};

const WEEK: i64 = 7;

/// Publishes them; how many.
pub fn publish(store: &mut Store, now: Timestamp) -> Result<usize, AppError> {
    let midnight = now - SignedDuration::from_secs(now.as_second() % 86_400);
    let ends = (1..=PLAYED / WEEK).map(|week| week * WEEK).chain([PLAYED]);
    let mut editions = 0;
    for day in ends {
        let at = midnight - SignedDuration::from_hours(24 * (PLAYED - day));
        let campaign = CampaignId(if day <= STAGE_DAYS { 1 } else { 2 });
        let state = as_of(store, at)?;
        publish_in(store, &state, EditionSpec { campaign, level: None }, AUTHOR, at)?;
        editions += 1;
    }
    Ok(editions)
}

/// The map with the visits up to a moment. They were all entered at once: a state of that time would have none.
fn as_of(store: &Store, at: Timestamp) -> Result<State, AppError> {
    let (mut loader, mut made) = (Loader::new(), HashSet::new());
    let wanted = |kind| {
        let of_figures = matches!(kind, Kind::Campaign | Kind::Target | Kind::Visit | Kind::VisitEnd | Kind::Edition);
        of_figures || matches!(kind, Kind::Area | Kind::AreaEnd | Kind::Household)
    };
    store.read(1, |record: Record<'_>| -> Result<(), AppError> {
        if !wanted(record.kind) {
            return Ok(());
        }
        let change = Change::read(record.kind, record.body)?;
        match &change {
            Change::VisitMade(visit) if visit.at > at => return Ok(()),
            Change::VisitMade(visit) => {
                made.insert(visit.id);
            }
            Change::VisitWithdrawn(end) if !made.contains(&end.id) => return Ok(()),
            _ => {}
        }
        Ok(loader.push(record.seq, record.at, record.author, change)?)
    })?;
    Ok(loader.finish())
}
