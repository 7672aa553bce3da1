//! Promise: while people write, tiles stay quick and are right at the next request, and a write costs the cache only what it
//! changed.

use super::client::{Connection, get_gzip, load};
use super::data::Points;
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, count, whole};
use super::tally::{Seen, look};
use super::tiles::{CONNECTIONS, DEEPEST, around, ask, path};
use super::visits::{Visits, found_campaign};
use melonmap::geom::{LonLat, TileId, World};
use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// How long.
const TIME: Duration = Duration::from_mins(1);
/// After each visit the tiles of every zoom that hold its household, and so many others: with them 95 of 100 requests are tiles.
const OTHERS: usize = 2;
/// Zooms of the others, and of the tiles that fill the cache; so many of each.
const FILLED: [u8; 5] = [8, 10, 12, 14, 16];
const DIFFERENT: usize = 500;
/// Visits at most in that time.
const PLANNED: usize = 60_000;
/// Visits after which the whole cache is asked for again.
const LOOKS: usize = 5;

/// What is asked for: milliseconds; a share of the cache.
const LONGEST: f64 = 30.0;
const KEPT: f64 = 0.95;

/// Visits of a tile.
#[derive(Default, Clone, Copy)]
struct Told {
    sent: u32,
    answered: u32,
}

/// A visit as it is sent, and where.
struct Planned {
    at: LonLat,
    request: Vec<u8>,
}

/// What all askers share; they are on one thread.
struct Shared {
    address: SocketAddr,
    token: String,
    planned: Vec<Planned>,
    next: usize,
    others: Vec<TileId>,
    told: HashMap<TileId, Told>,
    /// Of tiles and of visits, milliseconds.
    took: Vec<f64>,
    writes: Vec<f64>,
    seen: Sender<Seen>,
}

/// A minute of both, then what a single visit takes from the cache.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let store = ground.dir().join("mixed.db");
    std::fs::copy(&divided.store, &store)?;
    let server = Server::start(&store, 512)?;
    let others: Vec<TileId> = FILLED.iter().flat_map(|z| around(&ground.points, *z, DIFFERENT)).collect();
    ask(&server, &divided.token, &others, 0)?;
    let (seen, seeing) = channel();
    // Looking takes longer than asking, and must not hold up who asks.
    let looking = std::thread::spawn(move || look(&seeing).map_err(|e| e.to_string()));
    let shared = Shared {
        address: server.address,
        token: divided.token.clone(),
        planned: planned(&ground.points, &divided.token),
        next: 0,
        others,
        told: HashMap::new(),
        took: Vec::new(),
        writes: Vec::new(),
        seen,
    };
    let Shared { mut took, mut writes, planned, next, others, seen, .. } = minute(shared)?;
    drop(seen); // that was all
    let (looked, wrong) = looking.join().map_err(|_| "who looks at tiles gave up")??;
    took.sort_unstable_by(f64::total_cmp);
    writes.sort_unstable_by(f64::total_cmp);
    let p99 = |took: &[f64]| took[took.len() * 99 / 100];
    #[allow(clippy::cast_precision_loss)] // for people
    let rate = took.len() as f64 / TIME.as_secs_f64();
    let measured = format!(
        "{:.1} ms at {} tiles/s; {} visits, p99 {:.1} ms",
        p99(&took),
        whole(rate),
        count(writes.len() as u64),
        p99(&writes)
    );
    let what = format!("95 % tiles, 5 % visits for a minute, {CONNECTIONS} connections: p99 of the tiles");
    table.promise(what, "< 30 ms", measured, p99(&took) < LONGEST);
    let what = "every visit in the next answer of each tile that it touches, all zooms";
    let measured = format!("{} of {} tiles were right", count(looked - wrong), count(looked));
    table.promise(what, "all", measured, wrong == 0 && looked > 0);
    let kept = kept(&server, &divided.token, &others, &planned[next..])?;
    let what = format!("of {} cached tiles still there after a visit, fewest of {LOOKS}", count(others.len() as u64));
    table.promise(what, "≥ 95 %", format!("{:.1}%", kept * 100.0), kept >= KEPT);
    Ok(())
}

/// To different households, so that each visit changes something.
fn planned(points: &Points, token: &str) -> Vec<Planned> {
    let mut visits = Visits::new(points, 11);
    let n = points.sample.len();
    (0..n.min(PLANNED))
        .map(|i| &points.sample[i * 541 % n])
        .map(|(code, at)| Planned { at: *at, request: visits.request(code, token) })
        .collect()
}

fn minute(shared: Shared) -> Outcome<Shared> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let shared = Rc::new(RefCell::new(shared));
    LocalSet::new().block_on(&runtime, async {
        let (address, token) = (shared.borrow().address, shared.borrow().token.clone());
        found_campaign(&mut Connection::open(address).await?, &token).await?;
        let end = Instant::now() + TIME;
        let askers: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let shared = Rc::clone(&shared);
                tokio::task::spawn_local(async move { asker(&shared, end).await.map_err(|e| e.to_string()) })
            })
            .collect();
        for asker in askers {
            asker.await??;
        }
        Outcome::Ok(())
    })?;
    let shared = Rc::into_inner(shared).ok_or("an asker is still there")?;
    Ok(shared.into_inner())
}

/// A visit, then its tiles and some others, until the time is over.
async fn asker(shared: &RefCell<Shared>, end: Instant) -> Outcome {
    let (address, token) = (shared.borrow().address, shared.borrow().token.clone());
    let mut connection = Connection::open(address).await?;
    while Instant::now() < end {
        let (at, visit, others) = {
            let shared = &mut *shared.borrow_mut();
            let i = shared.next;
            shared.next += 1;
            let planned = shared.planned.get(i).ok_or("more visits went through than were planned")?;
            let others: Vec<TileId> =
                (0..OTHERS).map(|n| shared.others[(i * OTHERS + n) * 7_919 % shared.others.len()]).collect();
            (planned.at, planned.request.clone(), others)
        };
        let tiles: Vec<TileId> = (0..=DEEPEST).map(|z| TileId::at(World::of(at), z)).collect();
        let told = |change: fn(&mut Told)| {
            let mut shared = shared.borrow_mut();
            for tile in &tiles {
                change(shared.told.entry(*tile).or_default());
            }
        };
        told(|told| told.sent += 1);
        let asked = Instant::now();
        let stored = connection.ask(&visit).await?;
        if stored.status != 200 || !stored.body.windows(8).any(|w| w == b"\"stored\"") {
            return Err(format!("a visit was answered with {}", stored.status).into());
        }
        shared.borrow_mut().writes.push(asked.elapsed().as_secs_f64() * 1e3);
        told(|told| told.answered += 1);
        for (tile, looked_at) in tiles.iter().map(|tile| (*tile, true)).chain(others.iter().map(|tile| (*tile, false)))
        {
            let request = get_gzip(&path(tile), &token);
            let answered = shared.borrow().told.get(&tile).copied().unwrap_or_default().answered;
            let asked = Instant::now();
            let answer = connection.ask(&request).await?;
            let took = asked.elapsed().as_secs_f64() * 1e3;
            if answer.status != 200 {
                return Err(format!("tile {tile} was answered with {}", answer.status).into());
            }
            let mut shared = shared.borrow_mut();
            shared.took.push(took);
            let sent = shared.told.get(&tile).copied().unwrap_or_default().sent;
            if looked_at {
                shared.seen.send(Seen { tile, body: answer.body.to_vec(), answered, sent })?;
            }
        }
    }
    Ok(())
}

/// The smallest share of the tiles that came from the cache after one visit.
fn kept(server: &Server, token: &str, tiles: &[TileId], planned: &[Planned]) -> Outcome<f64> {
    let mut fewest = 1.0_f64;
    ask(server, token, tiles, 0)?;
    for visit in planned.iter().take(LOOKS) {
        load(server.address, 1, vec![visit.request.clone()], |answer| answer.status == 200)?;
        let before = server.metric("melonmap_tile_cache_misses_total ", token)?;
        ask(server, token, tiles, 0)?;
        let missed = server.metric("melonmap_tile_cache_misses_total ", token)? - before;
        #[allow(clippy::cast_precision_loss)] // some thousands
        let kept = 1.0 - missed as f64 / tiles.len() as f64;
        fewest = fewest.min(kept);
    }
    Ok(fewest)
}
