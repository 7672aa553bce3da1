//! Promise: a tile that is made anew leaves soon, weighs little, and costs the same at every low zoom.

use super::client::{Load, get_gzip, load};
use super::data::Points;
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, count, kilobytes, whole};
use melonmap::geom::{TileId, World};
use std::collections::{HashMap, HashSet};

/// Askers at a time.
pub const CONNECTIONS: usize = 8;
/// The zooms of households.
pub const DEEPEST: u8 = 18;
/// Different tiles of a zoom at most, and requests for them.
const DIFFERENT: usize = 2_000;
const REQUESTS: usize = 2_000;
/// The fullest tiles of a zoom, which are asked for first.
const FULLEST: usize = 50;

/// What is asked for: milliseconds, bytes with gzip, a share of the rate of zoom 8 that a lower zoom has at least: two runs of
/// one thing differ by as much here.
pub const LONGEST: f64 = 20.0;
pub const LARGEST: u64 = 500_000;
pub const SAME: f64 = 0.9;

/// Different tiles in which points of the sample lie, at most so many, in a mixed order.
pub fn around(points: &Points, z: u8, most: usize) -> Vec<TileId> {
    let mut seen = HashSet::new();
    // A prime step mixes the order of the file, which is by place.
    let n = points.sample.len();
    let mixed = (0..n).map(|i| points.sample[i * 7_919 % n].1);
    mixed.map(|at| TileId::at(World::of(at), z)).filter(|tile| seen.insert(*tile)).take(most).collect()
}

/// The tiles with the most points of the sample, the fullest first.
fn fullest(points: &Points, z: u8) -> Vec<TileId> {
    let mut counts: HashMap<TileId, u32> = HashMap::new();
    for (_, at) in &points.sample {
        *counts.entry(TileId::at(World::of(*at), z)).or_default() += 1;
    }
    let mut tiles: Vec<_> = counts.into_iter().collect();
    tiles.sort_unstable_by_key(|(tile, n)| (std::cmp::Reverse(*n), *tile));
    tiles.into_iter().take(FULLEST).map(|(tile, _)| tile).collect()
}

/// Households of every zoom without a cache, for a role that sees them all.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let server = Server::start(&divided.store, 0)?;
    let mut rates = Vec::new();
    for z in 0..=DEEPEST {
        let first = ask(&server, &divided.token, &fullest(&ground.points, z), 0)?;
        let tiles = around(&ground.points, z, DIFFERENT);
        let anew = ask(&server, &divided.token, &tiles, REQUESTS)?;
        let (slow, largest) = (anew.quantile(0.99), anew.largest.max(first.largest));
        let measured = format!(
            "{}/s, p50 {:.1} ms, p99 {slow:.1} ms; largest {}",
            whole(anew.rate()),
            anew.quantile(0.5),
            kilobytes(largest)
        );
        let what = format!(
            "tiles of `households` at zoom {z} made anew, {} different, {CONNECTIONS} connections",
            count(tiles.len() as u64)
        );
        table.promise(what, "p99 < 20 ms, ≤ 500 kB", measured, slow < LONGEST && largest <= LARGEST);
        rates.push(anew.rate());
    }
    let least = rates[..=6].iter().copied().fold(f64::INFINITY, f64::min);
    let measured = format!("{:.0}%: {}/s beside {}/s", least / rates[8] * 100.0, whole(least), whole(rates[8]));
    table.promise("the slowest of zooms 0 to 6 beside zoom 8", "≥ 90 %", measured, least >= SAME * rates[8]);
    Ok(())
}

/// So many requests for some tiles in turn; each tile once at least.
pub fn ask(server: &Server, token: &str, tiles: &[TileId], requests: usize) -> Outcome<Load> {
    let turns = tiles.iter().cycle().take(requests.max(tiles.len()));
    let requests = turns.map(|tile| get_gzip(&path(*tile), token)).collect();
    load(server.address, CONNECTIONS, requests, |answer| answer.status == 200 && !answer.body.is_empty())
}

/// Where a tile of households is.
pub fn path(tile: TileId) -> String {
    format!("/tiles/households/{tile}")
}
