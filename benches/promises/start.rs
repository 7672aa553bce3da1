//! Promise: a country is served from little memory, seconds after the start.

use super::client::{Load, get, load};
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, listed, median, megabytes};
use super::tiles::around;

/// From the start of the process to the first 200 of `/health/ready`, seconds.
const LONGEST: f64 = 4.0;
/// Resident memory while serving, bytes.
const MOST_MEMORY: u64 = 300_000_000;
/// Zooms of the tiles that are asked for before memory is looked at.
const ZOOMS: [u8; 4] = [6, 9, 12, 14];

/// Three starts of the points alone, and one of the points with their grids.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let store = ground.dir().join("served.db");
    std::fs::copy(ground.households()?, &store)?;
    let path = store.to_string_lossy();
    let token = super::process::run(["token", "create", "--store", &path, "--role", "admin"])?.said;
    let (mut seconds, mut at_once, mut later) = (Vec::new(), 0, 0);
    for _ in 0..3 {
        let server = Server::start(&store, 128)?;
        seconds.push(server.ready);
        at_once = server.resident().max(at_once);
        ask_for_tiles(ground, &server, token.trim())?;
        later = server.resident().max(later);
    }
    let middle = median(&seconds);
    let measured = format!("{middle:.2} s (median of {})", listed(&seconds));
    table.promise("start of that store to ready", "≤ 4 s", measured, middle <= LONGEST);
    let measured = format!("{} after the start, {} after 400 tiles", megabytes(at_once), megabytes(later));
    table.promise("serving it, resident memory", "≤ 300 MB", measured, later > 0 && later.max(at_once) <= MOST_MEMORY);
    let divided = ground.divided()?;
    let server = Server::start(&divided.store, 128)?;
    ask_for_tiles(ground, &server, &divided.token)?;
    let measured = format!("{:.2} s, {} after 400 tiles", server.ready, megabytes(server.resident()));
    table.figure("the same with 20,000 grids: start and memory", measured);
    Ok(())
}

fn ask_for_tiles(ground: &Ground, server: &Server, token: &str) -> Outcome<Load> {
    let tiles = ZOOMS.iter().flat_map(|z| around(&ground.points, *z, 100));
    let requests = tiles.map(|tile| get(&format!("/tiles/areas,households/{tile}"), token)).collect();
    load(server.address, 8, requests, |answer| matches!(answer.status, 200 | 204))
}
