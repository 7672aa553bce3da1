//! Promise: a visit is durable before it is answered, and thousands a second are.

use super::client::{Connection, Load, load, post};
use super::data::Points;
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, count, whole};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

/// Phones that send one visit at a time.
const PHONES: usize = 64;
/// Visits that they send, after some to warm up.
const SINGLE: usize = 150_000;
const WARM: usize = 5_000;
/// Visits of one phone's week, and how many phones send them at a time.
const BATCH: usize = 500;
const BATCHES: usize = 800;
const SENDERS: usize = 8;

/// What comes of them, each as often as it stands here.
const OUTCOMES: [&str; 6] = ["visited", "visited", "visited", "partly", "not_home", "refused"];

/// What is asked for: a second, milliseconds, a second.
const LEAST_SINGLE: f64 = 10_000.0;
const LONGEST: f64 = 30.0;
const LEAST_BATCHED: f64 = 60_000.0;

/// Both ways of sending, then SIGKILL and a look at what the store still knows.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let store = ground.dir().join("visited.db");
    std::fs::copy(&divided.store, &store)?;
    let server = Server::start(&store, 128)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(server.address).await?;
        found_campaign(&mut connection, &divided.token).await
    })?;
    let mut visits = Visits::new(&ground.points, 1);
    let mut send = |number: usize, size: usize, connections: usize| -> Outcome<Load> {
        let requests = (0..number).map(|_| visits.batch(size, &divided.token)).collect();
        load(server.address, connections, requests, move |answer| {
            answer.status == 200 && answer.body.windows(8).filter(|w| w == b"\"stored\"").count() == size
        })
    };
    send(WARM, 1, PHONES)?;
    let single = send(SINGLE, 1, PHONES)?;
    let rate = single.rate();
    let measured = format!("{}/s, p50 {:.1} ms", whole(rate), single.quantile(0.5));
    let what = format!("visits durable before their answer, {PHONES} connections, one at a time");
    table.promise(what, "≥ 10,000/s", measured, rate >= LEAST_SINGLE);
    let (slow, slowest) = (single.quantile(0.99), single.quantile(1.0));
    table.promise("their p99", "< 30 ms", format!("{slow:.1} ms, slowest {slowest:.0} ms"), slow < LONGEST);
    let batched = send(BATCHES, BATCH, SENDERS)?;
    #[allow(clippy::cast_precision_loss)] // a few hundred
    let rate = batched.rate() * BATCH as f64;
    let measured =
        format!("{}/s, p50 {:.0} ms, p99 {:.0} ms", whole(rate), batched.quantile(0.5), batched.quantile(0.99));
    let what = format!("visits in batches of {BATCH}, {SENDERS} connections");
    table.promise(what, "≥ 60,000/s", measured, rate >= LEAST_BATCHED);
    server.kill()?;
    let answered = (WARM + SINGLE + BATCHES * BATCH) as u64;
    let again = Server::start(&store, 128)?;
    let kept = again.metric("melonmap_visits ", &divided.token)?;
    let measured = format!("{}, started again in {:.1} s", count(kept), again.ready);
    table.promise("of them in the store after SIGKILL", count(answered), measured, kept == answered);
    Ok(())
}

/// Founds the campaign that all visits are for, the first one of its store: the week before now.
pub async fn found_campaign(connection: &mut Connection, token: &str) -> Outcome {
    let today = jiff::Zoned::now().date();
    let week = jiff::Span::new().days(7);
    let body = format!(r#"{{"name":"Bench","theme":"","from":"{}","to":"{today}"}}"#, today.checked_sub(week)?);
    let status = connection.ask(&post("/api/campaigns", token, &body)).await?.status;
    if status == 201 { Ok(()) } else { Err(format!("the campaign was answered with {status}").into()) }
}

/// Visits to random households, each with an id of its own.
pub struct Visits<'a> {
    points: &'a Points,
    rng: StdRng,
    now: Timestamp,
}

impl<'a> Visits<'a> {
    /// From a seed.
    pub fn new(points: &'a Points, seed: u64) -> Visits<'a> {
        Visits { points, rng: StdRng::seed_from_u64(seed), now: Timestamp::now() }
    }

    /// One to a household that counts, as a request.
    pub fn request(&mut self, household: &str, token: &str) -> Vec<u8> {
        let body = self.visit(household, "visited");
        post("/api/visits", token, &body)
    }

    /// Some to random households, as one request.
    pub fn batch(&mut self, size: usize, token: &str) -> Vec<u8> {
        let points = self.points;
        let mut one = || {
            let (code, _) = &points.sample[self.rng.random_range(0..points.sample.len())];
            let outcome = OUTCOMES[self.rng.random_range(0..OUTCOMES.len())];
            self.visit(code, outcome)
        };
        let body = match size {
            1 => one(),
            _ => format!("[{}]", (0..size).map(|_| one()).collect::<Vec<_>>().join(",")),
        };
        post("/api/visits", token, &body)
    }

    fn visit(&mut self, household: &str, outcome: &str) -> String {
        let id = Uuid::from_u128(self.rng.random());
        let at = self.now - SignedDuration::from_secs(self.rng.random_range(0..86_400));
        format!(r#"{{"id":"{id}","household":"{household}","campaign":1,"at":"{at:.0}","outcome":"{outcome}"}}"#)
    }
}
