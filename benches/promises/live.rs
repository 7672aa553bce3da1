//! Promise: ten thousand pages that listen do not slow a tile, and one that does not read costs nothing and is told to catch up.

use super::client::{Load, load};
use super::data::Points;
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::streams::{Streams, is_reset, listen};
use super::table::{Table, count, median, megabytes, whole};
use super::tiles::{around, ask};
use super::visits::{Visits, found_campaign};
use melonmap::geom::TileId;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::LocalSet;

/// Streams that are open.
const STREAMS: usize = 10_000;
/// Rounds without and with them, tiles of zoom 14 and requests for them in each.
const ROUNDS: usize = 3;
const DIFFERENT: usize = 500;
const REQUESTS: usize = 40_000;
/// Between two visits of which all streams are told.
const PAUSE: Duration = Duration::from_secs(1);
/// Streams that do not read, and what they are told meanwhile: events of so many visits each,
/// 7 MB in all, where a socket takes 4 MB; too few visits for an event that tells everybody to read everything again.
const STALLED: usize = 100;
const EVENTS: usize = 2_500;
const TOGETHER: usize = 20;
/// How soon such a stream is told once it reads: what its socket took comes first.
const SOON: Duration = Duration::from_secs(30);

/// What is asked for: a share of the rate without streams: two runs of one thing differ by as much here; milliseconds; bytes.
const LEAST_SHARE: f64 = 0.9;
const LONGEST: f64 = 20.0;
const MOST_GROWTH: u64 = 64_000_000;

/// Limits that let one address hold so many: it may have a quarter of all connections. Who does not read is cut off after some
/// seconds; here later, to see what it is told.
const SETTINGS: [(&str, &str); 4] = [
    ("MELONMAP_CLIENT_TIMEOUT_S", "120"),
    ("MELONMAP_MAX_CONNECTIONS", "41000"),
    ("MELONMAP_LIVE_STREAMS", "10200"),
    ("MELONMAP_LIVE_STREAMS_EACH", "10200"),
];

/// Without and with streams in turns, then with visits, then with streams that do not read.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    enough_files()?;
    let divided = ground.divided()?;
    let (token, store) = (&divided.token, ground.dir().join("live.db"));
    std::fs::copy(&divided.store, &store)?;
    let server = Server::start_with(&store, 512, &SETTINGS)?;
    let tiles = around(&ground.points, 14, DIFFERENT);
    let turn = || ask(&server, token, &tiles, REQUESTS);
    turn()?;
    let (mut shares, mut slow, mut rates, mut memory) = (Vec::new(), [0.0_f64; 2], Vec::new(), 0);
    for _ in 0..ROUNDS {
        let alone = turn()?;
        let before = server.resident();
        let streams = Streams::open(server.address, STREAMS, token)?;
        memory = server.resident().saturating_sub(before).max(memory);
        let listened = turn()?;
        streams.close(&server, token)?;
        shares.push(listened.rate() / alone.rate());
        rates.push(listened.rate());
        slow = [slow[0].max(alone.quantile(0.99)), slow[1].max(listened.quantile(0.99))];
    }
    let share = median(&shares);
    let measured = format!(
        "{:.0}%: {}/s, p99 {:.1} ms, without them {:.1} ms",
        share * 100.0,
        whole(median(&rates)),
        slow[1],
        slow[0]
    );
    let what = format!("rate of cached tiles while {} streams are open", count(STREAMS as u64));
    table.promise(what, "≥ 90 % of that without, p99 < 20 ms", measured, share >= LEAST_SHARE && slow[1] < LONGEST);
    table.figure("memory of such a stream", format!("{:.1} kB", thousands(memory) / thousands(STREAMS as u64) / 1e3));
    let streams = Streams::open(server.address, STREAMS, token)?;
    let told = while_visited(&server, &ground.points, token, &tiles)?;
    let behind = streams.close(&server, token)?;
    let slow = told.quantile(0.99);
    let measured = format!("{slow:.1} ms at {}/s; {behind} streams fell behind", whole(told.rate()));
    let what = "the same while each second a visit is told to all of them: p99";
    table.promise(what, "< 20 ms", measured, slow < LONGEST);
    stalled(&server, &ground.points, token, table)
}

/// Tiles while one connection sends a visit now and then.
fn while_visited(server: &Server, points: &Points, token: &str, tiles: &[TileId]) -> Outcome<Load> {
    let over = AtomicBool::new(false);
    let mut visits = Visits::new(points, 13);
    let mut planned = points.sample.iter().step_by(541).map(|(code, _)| visits.request(code, token));
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            found(server, token).map_err(|e| e.to_string())?;
            while !over.load(Ordering::Relaxed) {
                let visit = planned.next().ok_or("more visits went through than were planned")?;
                load(server.address, 1, vec![visit], |answer| answer.status == 200).map_err(|e| e.to_string())?;
                std::thread::sleep(PAUSE);
            }
            Ok::<(), String>(())
        });
        let asked = ask(server, token, tiles, 4 * REQUESTS);
        over.store(true, Ordering::Relaxed);
        writing.join().map_err(|_| "who writes gave up")??;
        asked
    })
}

fn found(server: &Server, token: &str) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = super::client::Connection::open(server.address).await?;
        found_campaign(&mut connection, token).await
    })
}

/// Streams that stop reading while very much is told, and read again; beside them one that always reads.
fn stalled(server: &Server, points: &Points, token: &str, table: &mut Table) -> Outcome {
    let mut visits = Visits::new(points, 17);
    let requests = (0..EVENTS).map(|_| visits.batch(TOGETHER, token)).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut streams = Vec::with_capacity(STALLED);
    runtime.block_on(async {
        for _ in 0..STALLED {
            streams.push(listen(server.address, token).await?);
        }
        std::io::Result::Ok(())
    })?;
    let reader = Streams::open(server.address, 1, token)?;
    let before = server.resident();
    load(server.address, 1, requests, |answer| answer.status == 200)?;
    let grown = server.resident().saturating_sub(before);
    let told = LocalSet::new().block_on(&runtime, async move {
        let told = |stream| tokio::time::timeout(SOON, is_reset(stream));
        let readers: Vec<_> = streams.into_iter().map(|stream| tokio::task::spawn_local(told(stream))).collect();
        let mut all = 0;
        for reader in readers {
            all += usize::from(matches!(reader.await, Ok(Ok(true))));
        }
        all
    });
    let of_reader = reader.close(server, token)?;
    let what = format!("{STALLED} streams that do not read {} events: told to catch up", count(EVENTS as u64));
    let measured = format!("{told} of {STALLED}; of one that reads {of_reader}");
    table.promise(what, "all; none", measured, told == STALLED && of_reader == 0);
    table.promise("growth of memory meanwhile", "≤ 64 MB", megabytes(grown), grown <= MOST_GROWTH);
    Ok(())
}

/// Each process holds one end of every stream.
fn enough_files() -> Outcome {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files: Option<usize> =
        limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok());
    match files {
        Some(files) if files < STREAMS + 1_000 => {
            Err(format!("{files} files may be open, {} are needed: ulimit -n", STREAMS + 1_000).into())
        }
        _ => Ok(()),
    }
}

#[allow(clippy::cast_precision_loss)] // for people
fn thousands(n: u64) -> f64 {
    n as f64
}
