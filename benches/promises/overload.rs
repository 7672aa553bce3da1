//! Promise: asked for ten times what it can do, it still does what it can, soon and in bounded memory, and is itself again at
//! once.

use super::client::{Connection, get};
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, count, whole};
use super::tiles::around;
use super::visits::{Visits, found_campaign};
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// Connections among which the best rate is looked for.
const CONNECTIONS: [usize; 4] = [8, 16, 32, 64];
/// How many times as many there are in the overload.
const TIMES: usize = 10;
/// How long each number is tried, after as many requests as fill the cache, and how long the overload lasts.
const WARM: Duration = Duration::from_secs(10);
const TRIED: Duration = Duration::from_secs(3);
const OVERLOAD: Duration = Duration::from_secs(10);
/// How soon after it the service must be itself again.
const RECOVERY: Duration = Duration::from_secs(5);
/// Requests that are taken in turn; a visit that comes round again is one that is known.
const REQUESTS: usize = 50_000;

/// What is asked for: a share of the best rate, milliseconds, a share of the memory before.
const LEAST_SHARE: f64 = 0.8;
const LONGEST: f64 = 1_000.0;
const MOST_MEMORY: f64 = 1.5;

/// Good answers of a stretch of time.
struct Stretch {
    seconds: f64,
    /// Milliseconds each, ascending.
    good: Vec<f64>,
    /// Sent away with 503 and a time to come again.
    shed: usize,
    /// Anything else.
    wrong: usize,
}

impl Stretch {
    #[allow(clippy::cast_precision_loss)] // for people
    fn rate(&self) -> f64 {
        self.good.len() as f64 / self.seconds
    }

    fn p99(&self) -> f64 {
        self.good.get(self.good.len() * 99 / 100).copied().unwrap_or(f64::INFINITY)
    }
}

/// Looks for the best rate, asks for ten times as much, and looks again.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let store = ground.dir().join("overload.db");
    std::fs::copy(&divided.store, &store)?;
    let server = Server::start(&store, 64)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(server.address).await?;
        found_campaign(&mut connection, &divided.token).await
    })?;
    let requests = Rc::new(mix(ground, &divided.token));
    let ask = |connections: usize, time: Duration| stretch(&server, connections, time, &requests);
    ask(CONNECTIONS[1], WARM)?;
    let mut best = (0, 0.0);
    for connections in CONNECTIONS {
        let rate = ask(connections, TRIED)?.rate();
        if rate > best.1 {
            best = (connections, rate);
        }
    }
    let (connections, rate) = best;
    let before = server.resident();
    let overload = ask(connections * TIMES, OVERLOAD)?;
    let after = server.resident();
    let start = Instant::now();
    let again = loop {
        let again = ask(connections, Duration::from_secs(1))?;
        if again.rate() >= LEAST_SHARE * rate || start.elapsed() > RECOVERY {
            break again;
        }
    };
    let what = format!("good answers at {TIMES} times the load, {} connections", connections * TIMES);
    let share = overload.rate() / rate;
    let measured = format!(
        "{:.0}% of {}/s; {} sent away, {} otherwise wrong",
        share * 100.0,
        whole(rate),
        count(overload.shed as u64),
        overload.wrong
    );
    table.promise(what, "≥ 80 % of the best rate", measured, share >= LEAST_SHARE && overload.wrong == 0);
    table.promise("their p99", "< 1 s", format!("{:.0} ms", overload.p99()), overload.p99() < LONGEST);
    #[allow(clippy::cast_precision_loss)] // for people
    let grown = after as f64 / before as f64;
    table.promise("memory after it", "≤ 1.5 times", format!("{grown:.2} times"), grown <= MOST_MEMORY);
    let measured = format!("{:.0}% after {:.1} s", again.rate() / rate * 100.0, start.elapsed().as_secs_f64());
    table.promise("itself again", "within 5 s", measured, again.rate() >= LEAST_SHARE * rate);
    Ok(())
}

/// Of ten requests eight are tiles, one is the coverage of a small rectangle and one a visit.
fn mix(ground: &Ground, token: &str) -> Vec<Vec<u8>> {
    let tiles: Vec<_> = [12, 14].into_iter().flat_map(|z| around(&ground.points, z, 1_000)).collect();
    let mut visits = Visits::new(&ground.points, 7);
    let sample = &ground.points.sample;
    let one = |i: usize| {
        let (code, at) = &sample[i * 7_919 % sample.len()];
        match i % 10 {
            0 => visits.request(code, token),
            1 => {
                let (west, south) = (at.lon(), at.lat());
                let bbox = format!("{west:.4},{south:.4},{:.4},{:.4}", west + 0.01, south + 0.01);
                get(&format!("/api/coverage?level=grid&bbox={bbox}"), token)
            }
            _ => get(&format!("/tiles/households/{}", tiles[i % tiles.len()]), token),
        }
    };
    (0..REQUESTS).map(one).collect()
}

/// So many connections ask one request after another until the time is over.
fn stretch(server: &Server, connections: usize, time: Duration, requests: &Rc<Vec<Vec<u8>>>) -> Outcome<Stretch> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (next, address) = (Rc::new(Cell::new(0)), server.address);
    LocalSet::new().block_on(&runtime, async move {
        let start = Instant::now();
        let askers: Vec<_> = (0..connections)
            .map(|_| {
                let (requests, next) = (Rc::clone(requests), Rc::clone(&next));
                tokio::task::spawn_local(async move {
                    let mut mine = Stretch { seconds: 0.0, good: Vec::new(), shed: 0, wrong: 0 };
                    let mut connection = Connection::open(address).await?;
                    while start.elapsed() < time {
                        let request = &requests[next.replace(next.get() + 1) % requests.len()];
                        let asked = Instant::now();
                        let answer = connection.ask(request).await?;
                        match answer.status {
                            200 | 204 => mine.good.push(asked.elapsed().as_secs_f64() * 1e3),
                            503 if answer.field("retry-after").is_some() => mine.shed += 1,
                            _ => mine.wrong += 1,
                        }
                    }
                    std::io::Result::Ok(mine)
                })
            })
            .collect();
        let mut all = Stretch { seconds: 0.0, good: Vec::new(), shed: 0, wrong: 0 };
        for asker in askers {
            let mut mine = asker.await??;
            all.good.append(&mut mine.good);
            all.shed += mine.shed;
            all.wrong += mine.wrong;
        }
        all.seconds = start.elapsed().as_secs_f64();
        all.good.sort_unstable_by(f64::total_cmp);
        Ok(all)
    })
}
