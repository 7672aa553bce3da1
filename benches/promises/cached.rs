//! Promise: a tile of the cache leaves nearly as fast as a constant body.

use super::constant::Constant;
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, median, whole};
use super::tiles::{around, ask, path};
use super::wrk::drive;

/// Askers at a time, rounds, and the length of each, seconds.
pub const CONNECTIONS: usize = 32;
const ROUNDS: usize = 5;
const SECONDS: u32 = 4;
/// Where a person looks for a street.
pub const ZOOM: u8 = 14;
/// Different tiles.
pub const DIFFERENT: usize = 500;

/// What is asked for: a share of the rate of a constant body.
const LEAST: f64 = 0.8;

/// The constant body and the tiles take turns, with one list of paths, one load tool and bodies of one mean size.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let server = Server::start(&divided.store, 512)?;
    let tiles = around(&ground.points, ZOOM, DIFFERENT);
    // Fills the cache, and looks at each answer once.
    let load = ask(&server, &divided.token, &tiles, 0)?;
    let bytes = load.bytes / load.took.len() as u64;
    let constant = Constant::start(bytes)?;
    let paths: Vec<String> = tiles.into_iter().map(path).collect();
    let (mut shares, mut most, mut rates, mut slow) = (Vec::new(), Vec::new(), Vec::new(), 0.0_f64);
    // The first round warms up.
    for round in 0..=ROUNDS {
        let turn = |address| drive(ground.dir(), (address, &divided.token), CONNECTIONS, SECONDS, &paths, bytes);
        let (theirs, ours) = (turn(constant.address)?, turn(server.address)?);
        if round > 0 {
            shares.push(ours.rate / theirs.rate);
            most.push(theirs.rate);
            rates.push(ours.rate);
            slow = slow.max(ours.p99);
        }
    }
    let share = median(&shares);
    let what =
        format!("cached tiles of zoom {ZOOM} beside a constant body of {bytes} bytes, {CONNECTIONS} connections, wrk");
    let measured = format!(
        "{:.0}%: {}/s beside {}/s, p99 {slow:.1} ms (medians of {ROUNDS} rounds in turns)",
        share * 100.0,
        whole(median(&rates)),
        whole(median(&most))
    );
    table.promise(what, "≥ 80 % of its rate", measured, share >= LEAST);
    Ok(())
}
