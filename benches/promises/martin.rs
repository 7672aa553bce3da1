//! The same tiles from Martin and PostGIS, as `make compare` sets them up: asked for in turns, with one load tool and one list.
//!
//! Theirs are all points of a tile with the attributes code and status. Ours are all households as far as a tile holds some
//! thousand, and cells with exact counts where it holds more.

use super::cached;
use super::client::{Load, get_gzip, load};
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, kilobytes, median, whole};
use super::tiles::{CONNECTIONS, LARGEST, LONGEST, SAME, around, path};
use super::wrk::drive;
use melonmap::geom::TileId;
use std::net::SocketAddr;

/// Where their two servers listen, one without a cache and one with it; and what they are, for the table.
const ANEW: &str = "MELONMAP_BENCH_MARTIN";
const CACHED: &str = "MELONMAP_BENCH_MARTIN_CACHED";
const VERSIONS: &str = "MELONMAP_BENCH_MARTIN_VERSIONS";

/// What is asked of a zoom: so many times their rate. Below that, nothing but a rate like that of zoom 8.
struct Zoom {
    z: u8,
    /// Rounds, different tiles, and requests to each of the two: theirs take up to seconds.
    rounds: usize,
    different: usize,
    theirs: usize,
    ours: usize,
    times: Option<f64>,
}

const fn zoom(z: u8, rounds: usize, requests: [usize; 3], times: Option<f64>) -> Zoom {
    Zoom { z, rounds, different: requests[0], theirs: requests[1], ours: requests[2], times }
}

const ZOOMS: [Zoom; 11] = [
    zoom(0, 1, [1, 8, 2_000], None),
    zoom(1, 1, [2, 8, 2_000], None),
    zoom(2, 1, [2, 8, 2_000], None),
    zoom(3, 1, [2, 8, 2_000], None),
    zoom(4, 1, [4, 8, 2_000], None),
    zoom(5, 1, [6, 8, 2_000], None),
    zoom(6, 3, [12, 12, 2_000], None),
    zoom(8, 3, [60, 60, 2_000], Some(50.0)),
    zoom(10, 3, [400, 400, 4_000], Some(50.0)),
    zoom(12, 3, [2_000, 2_000, 8_000], Some(15.0)),
    zoom(14, 3, [2_000, 6_000, 16_000], Some(8.0)),
];
/// Cached: rounds, the length of each in seconds, and how many times their rate.
const ROUNDS: usize = 3;
const SECONDS: u32 = 5;
const TIMES: f64 = 10.0;

/// One of the two.
#[derive(Clone, Copy)]
struct Side<'a> {
    address: SocketAddr,
    token: &'a str,
    path: fn(TileId) -> String,
}

/// What some rounds of one of the two met.
#[derive(Default)]
struct Met {
    rates: Vec<f64>,
    slow: f64,
    largest: u64,
}

impl Met {
    fn add(&mut self, load: &Load) {
        self.rates.push(load.rate());
        self.slow = self.slow.max(load.quantile(0.99));
        self.largest = self.largest.max(load.largest);
    }

    fn rate(&self) -> f64 {
        median(&self.rates)
    }
}

/// Zoom by zoom without caches, then the caches.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let said = |name| std::env::var(name).map_err(|_| format!("{name} is not set: this part is for `make compare`"));
    let divided = ground.divided()?;
    let theirs = |name| Outcome::Ok(Side { address: said(name)?.parse()?, token: "none", path: of_theirs });
    let ours = |server: &Server| Side { address: server.address, token: &divided.token, path };
    table.figure("beside", said(VERSIONS)?);
    let server = Server::start(&divided.store, 0)?;
    let (martin, melonmap) = (theirs(ANEW)?, ours(&server));
    let mut rates = Vec::new();
    for zoom in &ZOOMS {
        rates.push((zoom.z, compare(ground, table, zoom, martin, melonmap)?));
    }
    let at_eight = rates.iter().find(|(z, _)| *z == 8).map_or(f64::INFINITY, |(_, rate)| *rate);
    let least = rates.iter().filter(|(z, _)| *z <= 6).map(|(_, rate)| *rate).fold(f64::INFINITY, f64::min);
    let measured = format!("{:.0}%: {}/s beside {}/s", least / at_eight * 100.0, whole(least), whole(at_eight));
    table.promise("ours: the slowest of zooms 0 to 6 beside zoom 8", "≥ 90 %", measured, least >= SAME * at_eight);
    drop(server);
    let server = Server::start(&divided.store, 512)?;
    caches(ground, table, theirs(CACHED)?, ours(&server))
}

fn of_theirs(tile: TileId) -> String {
    format!("/place/{tile}")
}

/// One zoom in turns; gives our rate.
fn compare(ground: &Ground, table: &mut Table, zoom: &Zoom, martin: Side, melonmap: Side) -> Outcome<f64> {
    let tiles = around(&ground.points, zoom.z, zoom.different);
    let (mut theirs, mut ours) = (Met::default(), Met::default());
    // Both have read what they need once; seconds each are too long for that at zooms where every tile reads nearly all.
    for side in [martin, melonmap] {
        ask(side, &tiles, if zoom.rounds > 1 { tiles.len().min(zoom.theirs) } else { 1 })?;
    }
    for _ in 0..zoom.rounds {
        theirs.add(&ask(martin, &tiles, zoom.theirs)?);
        ours.add(&ask(melonmap, &tiles, zoom.ours)?);
    }
    let ratio = ours.rate() / theirs.rate();
    let rate = |rate: f64| if rate < 100.0 { format!("{rate:.1}") } else { whole(rate) };
    let measured = format!(
        "**{}** times: {}/s, {}/s; p99 {:.0} ms, {:.1} ms; largest {}, {}",
        rate(ratio),
        rate(theirs.rate()),
        rate(ours.rate()),
        theirs.slow,
        ours.slow,
        kilobytes(theirs.largest),
        kilobytes(ours.largest)
    );
    let what = format!("zoom {}, made anew, {} tiles, {CONNECTIONS} connections: theirs, ours", zoom.z, tiles.len());
    let bounds = "p99 < 20 ms, ≤ 500 kB";
    let asked = zoom.times.map_or_else(|| bounds.to_owned(), |times| format!("≥ {times:.0} times, {bounds}"));
    let met = zoom.times.is_none_or(|least| ratio >= least) && ours.slow < LONGEST && ours.largest <= LARGEST;
    table.promise(what, asked, measured, met);
    Ok(ours.rate())
}

fn ask(side: Side, tiles: &[TileId], requests: usize) -> Outcome<Load> {
    let requests = tiles.iter().cycle().take(requests).map(|tile| get_gzip(&(side.path)(*tile), side.token)).collect();
    load(side.address, CONNECTIONS, requests, |answer| answer.status == 200 && !answer.body.is_empty())
}

fn caches(ground: &Ground, table: &mut Table, martin: Side, melonmap: Side) -> Outcome {
    let tiles = around(&ground.points, cached::ZOOM, cached::DIFFERENT);
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    let turn = |side: Side| {
        // Fills the cache and looks at each answer, before the first round.
        let load = ask(side, &tiles, tiles.len())?;
        let paths: Vec<String> = tiles.iter().map(|tile| (side.path)(*tile)).collect();
        let least = load.bytes / load.took.len() as u64;
        drive(ground.dir(), (side.address, side.token), cached::CONNECTIONS, SECONDS, &paths, least)
    };
    for _ in 0..ROUNDS {
        theirs.push(turn(martin)?.rate);
        ours.push(turn(melonmap)?.rate);
    }
    let ratio = median(&ours) / median(&theirs);
    let measured = format!("**{ratio:.1}** times: {}/s, {}/s", whole(median(&theirs)), whole(median(&ours)));
    let what = format!(
        "zoom {}, cached, {} tiles, {} connections, wrk: theirs, ours",
        cached::ZOOM,
        tiles.len(),
        cached::CONNECTIONS
    );
    table.promise(what, format!("≥ {TIMES:.0} times"), measured, ratio >= TIMES);
    Ok(())
}
