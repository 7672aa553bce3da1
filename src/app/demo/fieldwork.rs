//! A campaign of six weeks in two stages, as far as it has come: five weeks are over, the second stage runs now. Members of Teams
//! call where their Teams answer; two townships differ for real, the others by chance alone.

use super::answers::{self, Reached};
use super::crews::Crews;
use super::{AUTHOR, SAMPLE_MARK, SEED, since};
use crate::app::AppError;
use crate::app::confided::Sealer;
use crate::geom::haversine;
use crate::model::{Campaign, CampaignId, Change, Code, Confided, Fix, Level, Outcome, TargetChange, UserName, Visit};
use crate::state::{AreaId, HouseholdView, State};
use crate::store::{Batch, Entry, Store};
use hashbrown::HashMap;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::sync::Arc;

/// Days of a stage.
pub const STAGE_DAYS: i64 = 21;
/// Whole days that were played; today is the one after.
pub const PLAYED: i64 = 34;
/// When people call: from 8 to 19, seconds of a day, UTC.
const CALLING: std::ops::Range<i64> = 28_800..68_400;
/// Of those on whom somebody called, the share that was reached.
const REACHED: f64 = 0.9;
/// The share of eligible households that is reached in each stage, as far as it has come.
const REACH: [f64; 2] = [0.70, 0.42];
/// How far a grid may lie from its township, which has the same share as the others nevertheless.
const GRIDS_APART: f64 = 0.14;
/// The places, in the order of codes, of the townships that differ, and by how much.
const DIFFERENT: [(usize, f64); 2] = [(2, -0.13), (7, 0.12)];
/// After so many days somebody calls again where a need was found.
const NEED_DAYS: i64 = 7;
/// Of the visits of a stage's last days the share that came in after its end.
const LATE: f64 = 0.08;
/// Visits that are corrected or withdrawn.
const MENDED: usize = 5;

/// What was played.
pub struct Played {
    /// How many visits.
    pub visits: usize,
    /// A member of a Team, who can be signed in.
    pub member: Option<UserName>,
}

/// Plays it into a store. `state` has its Areas and households; nothing else is there but people.
pub fn play(store: &mut Store, state: &State, sealer: &Sealer<'_>, now: Timestamp) -> Result<Played, AppError> {
    let midnight = now - SignedDuration::from_secs(now.as_second().rem_euclid(86_400));
    let start = midnight - days(PLAYED);
    let crews = Crews::new(state, date(start), date(start + days(STAGE_DAYS)))?;
    let mut played = Stages {
        state,
        crews: &crews,
        sealer,
        rng: StdRng::seed_from_u64(SEED),
        start,
        mendable: Vec::new(),
        reached: Vec::new(),
        visits: 0,
    };
    let mut batches = vec![batch(now, AUTHOR, &crews.changes())];
    let (one, late) = played.call(1)?;
    let (two, _) = played.call(2)?;
    batches.push(batch(now, AUTHOR, &[played.campaign(1, false)?, target(1)]));
    batches.append(&mut one.batches(now));
    batches.push(batch(now, AUTHOR, &[played.campaign(2, false)?, target(2)]));
    batches.append(&mut late.batches(now));
    batches.append(&mut two.batches(now));
    batches.push(batch(now, AUTHOR, &since::come_and_gone(state)?));
    let mended = since::mended(std::mem::take(&mut played.mendable), &mut played.rng)?;
    played.visits += mended.iter().filter(|(_, change)| matches!(change, Change::VisitMade(_))).count();
    batches.extend(mended.into_iter().map(|(author, change)| batch(now, &author, &[change])));
    let (inspectors, answers) = answers::asked(state, std::mem::take(&mut played.reached), now)?;
    batches.push(batch(now, AUTHOR, &inspectors));
    batches.extend(answers.chunk_by(|(a, _), (b, _)| a == b).map(|some| Batch {
        at: now,
        author: Arc::clone(&some[0].0),
        entries: some.iter().map(|(_, change)| Entry::from(change)).collect(),
    }));
    // Late visits are in: it takes no more.
    batches.push(batch(now, AUTHOR, &[played.campaign(1, true)?]));
    store.append(&batches)?;
    Ok(Played { visits: played.visits, member: crews.somebody().cloned() })
}

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

fn date(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn batch(at: Timestamp, author: &str, changes: &[Change]) -> Batch {
    Batch { at, author: author.into(), entries: changes.iter().map(Entry::from).collect() }
}

fn target(stage: u32) -> Change {
    let reason = format!("{SAMPLE_MARK}: fixed when the campaign was founded 建立时确定");
    Change::TargetChanged(TargetChange { campaign: CampaignId(stage), all: true, reason, ..TargetChange::default() })
}

/// Visits with who made them.
#[derive(Default)]
struct Logged(Vec<(Arc<str>, Visit)>);

impl Logged {
    /// A batch for each author, in each in the order of time.
    fn batches(mut self, now: Timestamp) -> Vec<Batch> {
        self.0.sort_by(|(a, one), (b, other)| a.cmp(b).then(one.at.cmp(&other.at)));
        let of_one = |some: &[(Arc<str>, Visit)]| Batch {
            at: now,
            author: Arc::clone(&some[0].0),
            entries: some.iter().map(|(_, visit)| Entry::from(&Change::VisitMade(visit.clone()))).collect(),
        };
        self.0.chunk_by(|(a, _), (b, _)| a == b).map(of_one).collect()
    }
}

struct Stages<'a> {
    state: &'a State,
    crews: &'a Crews,
    sealer: &'a Sealer<'a>,
    rng: StdRng,
    start: Timestamp,
    /// Some visits that are mended later.
    mendable: Vec<(Arc<str>, Visit)>,
    /// Households that may be asked how it was.
    reached: Vec<Reached>,
    visits: usize,
}

impl Stages<'_> {
    fn campaign(&self, id: u32, closed: bool) -> Result<Change, AppError> {
        let (name, theme) = match id {
            1 => ("Stage 1", "Know every household 户户走到"),
            _ => ("Stage 2", "Ready for winter 温暖过冬"),
        };
        let from = self.start + days(STAGE_DAYS * i64::from(id - 1));
        let campaign = Campaign {
            id: CampaignId(id),
            name: format!("{name} · {SAMPLE_MARK}"),
            theme: theme.into(),
            from: date(from),
            to: date(from + days(STAGE_DAYS - 1)),
            revisit_days: None,
            need_days: u16::try_from(NEED_DAYS).ok(),
            closed,
        };
        Ok(Change::CampaignPut(campaign.check()?))
    }

    /// The visits of a stage, and those that came in after its end.
    fn call(&mut self, id: u32) -> Result<(Logged, Logged), AppError> {
        let from = self.start + days(STAGE_DAYS * i64::from(id - 1));
        let length = STAGE_DAYS.min(PLAYED - STAGE_DAYS * i64::from(id - 1));
        let shares = self.shares(REACH[id as usize - 1]);
        let (mut logged, mut late) = (Logged::default(), Logged::default());
        let state = self.state;
        for household in state.households().filter(|one| one.status.eligible()) {
            let Some(grid) = household.area else { continue };
            let Some((share, pace)) = shares.get(&grid) else { continue };
            if !self.rng.random_bool((share / REACHED).clamp(0.0, 1.0)) {
                continue;
            }
            let day = self.day(length, *pace);
            let at = from + days(day) + SignedDuration::from_secs(self.rng.random_range(CALLING));
            for (by, visit) in self.calls(&household, grid, id, at, from + days(length))? {
                let after_end = id == 1 && day >= length - 4 && self.rng.random_bool(LATE);
                if after_end { &mut late } else { &mut logged }.0.push((by, visit));
            }
        }
        self.visits += logged.0.len() + late.0.len();
        let counted = logged.0.iter().filter(|(_, visit)| visit.outcome.counts());
        let reached =
            |visit: &Visit| Reached { household: visit.household.clone(), at: visit.at, campaign: CampaignId(id) };
        self.reached.extend(counted.map(|(_, visit)| reached(visit)));
        let mendable = logged.0.iter().filter(|(_, visit)| visit.outcome == Outcome::Visited && visit.fix.is_none());
        self.mendable = mendable.step_by(701).take(MENDED).cloned().collect();
        Ok((logged, late))
    }

    /// A day of a stage, from 0.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // of some twenty days
    fn day(&mut self, length: i64, pace: f64) -> i64 {
        let day = (length as f64 * self.rng.random::<f64>().powf(pace)).floor() as i64;
        day.min(length - 1)
    }

    /// For each grid, the share that is reached, and how early in the stage people call: 1 is evenly, more is early.
    fn shares(&mut self, reach: f64) -> HashMap<AreaId, (f64, f64)> {
        let mut shares = HashMap::new();
        for (n, township) in super::codes(self.state, Level::Township).iter().enumerate() {
            let Some(above) = self.state.area(township.as_str()) else { continue };
            let apart: f64 = DIFFERENT.iter().filter(|(place, _)| *place == n).map(|(_, by)| by).sum();
            let pace = self.rng.random_range(0.7..1.6);
            let lies_in = |id: AreaId| self.state.areas_above(id).any(|(id, _)| id == above);
            let mut grids: Vec<(AreaId, f64)> = self
                .state
                .living_areas()
                .filter(|(id, entry)| entry.area.level == Level::Grid && lies_in(*id))
                .map(|(id, _)| (id, f64::from(self.state.covered(id, None).tally.eligible)))
                .collect();
            grids.sort_unstable_by_key(|(id, _)| id.0);
            let offs: Vec<f64> = grids.iter().map(|_| self.rng.random_range(-GRIDS_APART..GRIDS_APART)).collect();
            let all: f64 = grids.iter().map(|(_, size)| size).sum();
            let mean = grids.iter().zip(&offs).map(|((_, size), off)| size * off).sum::<f64>() / all.max(1.0);
            shares.extend(grids.iter().zip(&offs).map(|((id, _), off)| (*id, (reach + apart + off - mean, pace))));
        }
        shares
    }

    /// The calls on one household: one that found nobody at home first, it may be, and one more after a need was found.
    fn calls(
        &mut self,
        household: &HouseholdView<'_>,
        grid: AreaId,
        id: u32,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Arc<str>, Visit)>, AppError> {
        let Some(by) = self.crews.caller(grid, date(at)) else { return Ok(Vec::new()) };
        let (author, mut at, mut calls): (Arc<str>, _, _) = (by.as_str().into(), at, Vec::with_capacity(3));
        if self.rng.random_bool(0.2) {
            calls.push((Arc::clone(&author), self.visit(household, id, at, Outcome::NotHome)?));
            at += SignedDuration::from_secs(self.rng.random_range(600..7_000));
        }
        let outcome = match self.rng.random_range(0..100) {
            0..=79 => Outcome::Visited,
            80..=89 => Outcome::Partly,
            // One of all writes "vacant" where others say what they found: somebody may want to ask why.
            90.. if self.crews.another() == Some(by) => Outcome::Vacant,
            90..=94 => Outcome::NotHome,
            95..=97 => Outcome::Refused,
            98 => Outcome::Deferred,
            _ => Outcome::MovedAway,
        };
        let mut visit = self.visit(household, id, at, outcome)?;
        if outcome.counts() && self.rng.random_bool(0.03) {
            let needs = Some(format!("{SAMPLE_MARK}: {}", NEEDS[self.rng.random_range(0..NEEDS.len())]));
            visit.needs = self.sealer.seal(&visit.household, &Confided { contact: None, needs })?.needs;
            let again = at + days(NEED_DAYS + self.rng.random_range(-1..2));
            let there = self.crews.caller(grid, date(again)).filter(|_| again < until);
            if let Some(by) = there {
                calls.push((by.as_str().into(), self.visit(household, id, again, Outcome::Visited)?));
            }
        }
        calls.push((author, visit));
        Ok(calls)
    }

    fn visit(
        &mut self,
        one: &HouseholdView<'_>,
        stage: u32,
        at: Timestamp,
        outcome: Outcome,
    ) -> Result<Visit, AppError> {
        let rng = &mut self.rng;
        let id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        let minutes = (outcome.counts() && rng.random_bool(0.6)).then(|| rng.random_range(4..45));
        // Few phones tell where they are; one in a thousand is somewhere else.
        let off = match rng.random_range(0..1_000) {
            0 => 0.03,
            1..=120 => 0.0004,
            _ => 0.0,
        };
        let fix = if off > 0.0 {
            let (lon, lat) = (one.at.lon() + rng.random_range(-off..off), one.at.lat() + off / 2.0);
            Some(Fix::new(lon, lat, rng.random_range(8.0..40.0f64).round())?)
        } else {
            None
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // some kilometres at most
        let away_m = fix.map(|fix| haversine(fix.at, one.at).0.round() as u32);
        let plain = Visit::plain(id, Code::new(one.code)?, Some(CampaignId(stage)), at, outcome);
        Ok(Visit { minutes, fix, away_m, ..plain }.check()?)
    }
}

/// What households of the demo were found to need.
const NEEDS: [&str; 4] = [
    "firewood before the frost 入冬前需要柴火",
    "a ride to the doctor 就医用车",
    "help with the heating form 帮忙填写取暖补贴表",
    "somebody who looks in once a week 每周有人探望",
];
