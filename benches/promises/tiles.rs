//! How many tiles a second leave the server, made anew and from its cache. Nothing is asked of these figures.

use super::client::{Load, get, load};
use super::data::Points;
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, count};
use melonmap::geom::{TileId, World};
use std::collections::HashSet;

/// Askers at a time.
const CONNECTIONS: usize = 8;
/// Zoom, different tiles at most, requests for tiles that are made anew.
const ZOOMS: [(u8, usize, usize); 5] =
    [(6, 10, 200), (8, 100, 400), (10, 500, 1_000), (12, 2_000, 2_000), (14, 2_000, 2_000)];
/// Requests for tiles of the cache.
const CACHED: usize = 20_000;

/// Different tiles in which points of the sample lie, at most so many, in a mixed order.
pub fn around(points: &Points, z: u8, most: usize) -> Vec<TileId> {
    let mut seen = HashSet::new();
    // A prime step mixes the order of the file, which is by place.
    let n = points.sample.len();
    let mixed = (0..n).map(|i| points.sample[i * 7_919 % n].1);
    mixed.map(|at| TileId::at(World::of(at), z)).filter(|tile| seen.insert(*tile)).take(most).collect()
}

/// Households of every zoom, for a role that sees them all, as a browser asks: compressed.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let mut anew = Vec::new();
    {
        let server = Server::start(&divided.store, 0)?;
        for (z, most, requests) in ZOOMS {
            anew.push(ask(ground, &server, &divided.token, z, most, requests)?);
        }
    }
    let server = Server::start(&divided.store, 512)?;
    for ((z, most, _), anew) in ZOOMS.into_iter().zip(anew) {
        let tiles = around(&ground.points, z, most).len();
        // Once through all of them fills the cache.
        ask(ground, &server, &divided.token, z, most, tiles)?;
        let kept = ask(ground, &server, &divided.token, z, most, CACHED)?;
        let rate = |load: &Load| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // for people
            let rate = load.rate() as u64;
            format!("{}/s, p99 {:.1} ms", count(rate), load.quantile(0.99))
        };
        let kilobytes = anew.bytes / anew.took.len() as u64 / 1_000;
        let measured = format!("made anew {}; cached {}; {kilobytes} kB each", rate(&anew), rate(&kept));
        table.figure(
            format!("tiles of `households` at zoom {z}, {tiles} different, {CONNECTIONS} connections"),
            measured,
        );
    }
    Ok(())
}

fn ask(ground: &Ground, server: &Server, token: &str, z: u8, most: usize, requests: usize) -> Outcome<Load> {
    let tiles = around(&ground.points, z, most);
    let paths = tiles.iter().cycle().take(requests);
    let requests = paths.map(|tile| get(&format!("/tiles/households/{tile}"), token)).collect();
    load(server.address, CONNECTIONS, requests, |answer| answer.status == 200 && !answer.body.is_empty())
}
