//! Promise: a country's visits are there seconds after the start, any rate is read, and so is any rate as it was.

use super::client::{get, load};
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, count, megabytes};
use geo::Translate;
use jiff::{SignedDuration, Timestamp};
use melonmap::app::{self, open_store};
use melonmap::geom::LonLat;
use melonmap::model::{
    Answer, Area, Campaign, CampaignId, Change, Code, Confided, Household, Kind, Outcome as Came, Satisfaction, Status,
    TargetChange, Visit,
};
use melonmap::store::{Batch, Entry};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::path::Path;
use uuid::Uuid;

/// Visits, in two campaigns of three weeks each.
const VISITS: u32 = 5_000_000;
/// Households that were asked whether they are satisfied.
const ANSWERS: u32 = 100_000;
/// Visits that came in at one moment.
const TOGETHER: u32 = 10_000;
/// Times that are asked about, each once.
const TIMES: u32 = 24;

/// An Area that is redrawn when all visits are there, and households that move then.
const REDRAWN: &str = "G00100";
const MOVED: usize = 100;

/// Seconds, milliseconds, milliseconds.
const LONGEST_START: f64 = 10.0;
const LONGEST_RATE: f64 = 10.0;
const LONGEST_THEN: f64 = 200.0;

/// Plays the visits into a copy of the store with grids, serves it, asks.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let store = ground.dir().join("fivemillion.db");
    std::fs::copy(&divided.store, &store)?;
    let began = Timestamp::now() + SignedDuration::from_secs(1);
    let codes: Vec<Code> = ground.points.sample.iter().map(|(code, _)| Code::new(code)).collect::<Result<_, _>>()?;
    play(&store, &codes, began)?;
    redraw(&store, &ground.points.sample, began + SignedDuration::from_secs(10))?;
    let server = Server::start(&store, 0)?;
    let kept = server.metric("melonmap_visits ", &divided.token)?;
    let measured = format!("{:.1} s, {}", server.ready, megabytes(server.resident()));
    let what = format!("start with 1.68M households and {} visits to ready", count(kept));
    table.promise(what, "≤ 10 s", measured, kept == u64::from(VISITS) && server.ready <= LONGEST_START);

    let grid = REDRAWN;
    let ask = |path: String| get(&path, &divided.token);
    let now: Vec<_> = (0..400).map(|n| ask(format!("/api/coverage?within={grid}&campaign={}", n % 2 + 1))).collect();
    let rates = load(server.address, 1, now, |answer| answer.status == 200)?;
    let took = rates.quantile(0.99);
    table.promise("coverage with them, p99", "≤ 10 ms", format!("{took:.1} ms"), took <= LONGEST_RATE);
    let asked = |n: u32| ask(format!("/api/satisfaction?level=grid&within={grid}&campaign={}", n % 2 + 1));
    let rates = load(server.address, 1, (0..100).map(asked).collect(), |answer| answer.status == 200)?;
    let took = rates.quantile(0.99);
    let what = format!("satisfaction, of {} answers, p99", count(u64::from(ANSWERS)));
    table.promise(what, "≤ 10 ms", format!("{took:.1} ms"), took <= LONGEST_RATE);

    // Each time for the first time: nothing of it is kept.
    let step = VISITS / TOGETHER / TIMES;
    let at = |n: u32| began + SignedDuration::from_millis(i64::from(n * step) * 10 + 5);
    let path = |n: u32| format!("/api/coverage?within={grid}&campaign={}&as_of={}", n % 2 + 1, at(n));
    let then = load(server.address, 1, (1..TIMES).map(|n| ask(path(n))).collect(), |answer| answer.status == 200)?;
    let (middle, longest) = (then.quantile(0.5), then.quantile(1.0));
    let measured = format!("{middle:.0} ms, longest {longest:.0} ms");
    let what = format!("any rate as of a time, asked for the first time, a border and {MOVED} households moved since");
    table.promise(what, "≤ 200 ms", measured, longest <= LONGEST_THEN);

    let day = |n: u32| (began - SignedDuration::from_hours(24 * i64::from(n))).to_string()[..10].to_owned();
    let path = |n: u32| format!("/api/coverage?within={grid}&campaign=1&from={}&to={}", day(n + 7), day(n));
    let period = load(server.address, 1, (1..TIMES).map(|n| ask(path(n))).collect(), |answer| answer.status == 200)?;
    let (middle, longest) = (period.quantile(0.5), period.quantile(1.0));
    let measured = format!("{middle:.0} ms, longest {longest:.0} ms");
    table.promise("any rate of a period of a week", "≤ 200 ms", measured, longest <= LONGEST_THEN);
    Ok(())
}

/// A border moves by some 100 m, and so do some households.
fn redraw(store: &Path, places: &[(String, LonLat)], at: Timestamp) -> Outcome {
    let mut store = open_store(&store.to_string_lossy(), false, "bench")?;
    let areas = app::load(&store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd))?;
    let id = areas.area(REDRAWN).ok_or("the store has no such area")?;
    let mut area = Area::clone(&areas.covered(id, None).entry.area);
    area.geometry = area.geometry.translate(0.001, 0.001);
    let mut entries = vec![Entry::from(&Change::AreaPut(area))];
    for (code, place) in places.iter().step_by(places.len() / MOVED).take(MOVED) {
        let (code, at) = (Code::new(code)?, LonLat::new(place.lon() + 0.001, place.lat())?);
        let (status, confided) = (Status::Occupied, Confided::default());
        let household = Household { code, at, address: None, status, persons: None, confided };
        entries.push(Entry::from(&Change::HouseholdPut(household)));
    }
    store.append(&[Batch { at, author: "bench".into(), entries }])?;
    Ok(())
}

/// Some households are called on more than once, most never; every tenth of them is known to this bench.
fn play(store: &Path, codes: &[Code], began: Timestamp) -> Outcome {
    let mut store = open_store(&store.to_string_lossy(), false, "bench")?;
    let mut rng = SmallRng::seed_from_u64(5);
    let today = began.to_zoned(jiff::tz::TimeZone::UTC).date();
    let from = today.checked_sub(jiff::Span::new().days(42))?;
    let mut first = Vec::new();
    for id in [1, 2] {
        let (name, theme) = (format!("Stage {id}"), String::new());
        let (revisit_days, need_days, closed, id) = (None, None, false, CampaignId(id));
        let campaign = Campaign { id, name, theme, from, to: today, revisit_days, need_days, closed };
        let target = TargetChange { campaign: id, all: true, reason: "bench".into(), ..TargetChange::default() };
        first.extend([Entry::from(&Change::CampaignPut(campaign)), Entry::from(&Change::TargetChanged(target))]);
    }
    store.append(&[Batch { at: began, author: "bench".into(), entries: first }])?;
    let outcomes = [Came::Visited, Came::Visited, Came::Partly, Came::NotHome, Came::Refused];
    for n in 0..VISITS / TOGETHER {
        let campaign = Some(CampaignId(if n < VISITS / TOGETHER / 2 { 1 } else { 2 }));
        let mut visit = || {
            let household = codes[rng.random_range(0..codes.len())].clone();
            let at = began - SignedDuration::from_secs(rng.random_range(0..42 * 86_400));
            let id = Uuid::from_u128(rng.random());
            let visit = Visit::plain(id, household, campaign, at, outcomes[rng.random_range(0..outcomes.len())]);
            Entry::from(&Change::VisitMade(visit))
        };
        let entries = (0..TOGETHER).map(|_| visit()).collect();
        let at = began + SignedDuration::from_millis(i64::from(n) * 10);
        store.append(&[Batch { at, author: format!("member {}", n % 200).into(), entries }])?;
    }
    let at = began + SignedDuration::from_millis(i64::from(VISITS / TOGETHER) * 10);
    let said = [Satisfaction::Satisfied, Satisfaction::Satisfied, Satisfaction::NotSatisfied, Satisfaction::NoAnswer];
    let mut answer = |n: u32| {
        let household = codes[rng.random_range(0..codes.len())].clone();
        let (id, campaign) = (Uuid::from_u128(rng.random()), Some(CampaignId(n % 2 + 1)));
        let answer = said[rng.random_range(0..said.len())];
        Entry::from(&Change::Answered(Answer { id, household, campaign, at: began, answer }))
    };
    let entries = (0..ANSWERS).map(&mut answer).collect();
    store.append(&[Batch { at, author: "inspector".into(), entries }])?;
    Ok(())
}
