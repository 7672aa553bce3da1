//! What households of the demo answered when they were asked whether they are satisfied: a sample of those that were reached in each
//! stage, asked by inspectors, who are in no Team and called on nobody.

use super::{SAMPLE_MARK, SEED};
use crate::app::AppError;
use crate::model::{Answer, CampaignId, Change, Code, Level, Role, Satisfaction, User, UserName};
use crate::state::State;
use hashbrown::{HashMap, HashSet};
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::sync::Arc;

/// Of the households that were reached, the share that is asked.
const ASKED: f64 = 0.1;
/// Of those the share that does not answer.
const SILENT: f64 = 0.18;
/// Of those who answer the share that is satisfied.
const SATISFIED: f64 = 0.82;
/// The place, in the order of codes, of the township that differs for real, and by how much.
const DIFFERENT: (usize, f64) = (3, -0.24);
/// The place of the township in which hardly anybody was asked yet, and the share there.
const BEGUN: (usize, f64) = (9, 0.012);
/// Who asks.
const NAMES: [&str; 2] = ["Vera I.", "Hugo I."];
/// After so many hours at most somebody asks.
const WITHIN_HOURS: i64 = 60;

/// A household that was reached: which, when, in which campaign.
pub struct Reached {
    pub household: Code,
    pub at: Timestamp,
    pub campaign: CampaignId,
}

/// What somebody did of whom the demo tells.
type Done = (Arc<str>, Change);

/// The inspectors as users, and who of them asked what; each household at most once about a campaign, after it was reached and before
/// now.
pub fn asked(state: &State, reached: Vec<Reached>, now: Timestamp) -> Result<(Vec<Change>, Vec<Done>), AppError> {
    // Of its own, so that the sample visits stay what they are.
    let mut rng = StdRng::seed_from_u64(SEED + 1);
    let names = NAMES.map(|name| UserName::new(&format!("{name} ({SAMPLE_MARK})")));
    let [one, other] = names;
    let names = [one?, other?];
    let inspector = |name: &UserName| {
        Change::UserPut(User { name: name.clone(), role: Role::Inspector, areas: Vec::new(), password: None })
    };
    let townships = super::codes(state, Level::Township);
    let places: HashMap<_, usize> =
        townships.iter().enumerate().filter_map(|(n, code)| Some((state.area(code.as_str())?, n))).collect();
    let (mut answers, mut known) = (Vec::new(), HashSet::new());
    for Reached { household, at, campaign } in reached {
        let Some(area) = state.household(household.as_str()).and_then(|one| one.area) else { continue };
        let Some(place) = state.areas_above(area).find_map(|(id, _)| places.get(&id).copied()) else { continue };
        let (share, satisfied) = match place {
            place if place == BEGUN.0 => (BEGUN.1, 1.0),
            place if place == DIFFERENT.0 => (ASKED, SATISFIED + DIFFERENT.1),
            _ => (ASKED, SATISFIED),
        };
        let later = at + SignedDuration::from_mins(rng.random_range(120..WITHIN_HOURS * 60));
        if !rng.random_bool(share) || later >= now || !known.insert((household.clone(), campaign)) {
            continue;
        }
        let answer = match rng.random::<f64>() {
            luck if luck < SILENT => Satisfaction::NoAnswer,
            _ if rng.random_bool(satisfied) => Satisfaction::Satisfied,
            _ => Satisfaction::NotSatisfied,
        };
        let id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
        let author: Arc<str> = names[place % names.len()].as_str().into();
        let at = Timestamp::from_second(later.as_second()).unwrap_or(later);
        let answer = Answer { id, household, campaign: Some(campaign), at, answer }.check()?;
        answers.push((author, Change::Answered(answer)));
    }
    Ok((names.iter().map(inspector).collect(), answers))
}
