//! Promise: six times a country's points need no more memory each, and their tiles no more time.

use super::data::{BAD, Points};
use super::ground::{Ground, Outcome, import};
use super::process::{Server, run};
use super::table::{Table, count, kilobytes, megabytes};
use super::tiles::{CONNECTIONS, DEEPEST, LARGEST, LONGEST, around, ask};

/// How many rows.
const ROWS: u64 = 10_000_000;
/// Zooms of the tiles that are asked for before memory is looked at, and how many of each.
const ZOOMS: [u8; 4] = [6, 9, 12, 14];
const EACH: usize = 100;
/// Tiles of each zoom whose times are looked at, and requests for them.
const DIFFERENT: usize = 1_000;
const REQUESTS: usize = 1_000;

/// What is asked for: bytes a household.
const MOST_MEMORY: f64 = 120.0;

/// Points of a fixed seed, taken in and served as the others are.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let points = Points::generated(&ground.dir().join("ten-million.csv.gz"), ROWS)?;
    let store = ground.dir().join("ten-million.db");
    let took = import(&points, &store)?;
    let measured = format!("{:.0} s, peak {}", took.seconds, megabytes(took.peak));
    table.figure(format!("import of {} points, generated from a fixed seed", count(ROWS)), measured);
    let path = store.to_string_lossy();
    let token = run(["token", "create", "--store", &path, "--role", "admin"])?.said.trim().to_owned();
    {
        let server = Server::start(&store, 128)?;
        let tiles: Vec<_> = ZOOMS.iter().flat_map(|z| around(&points, *z, EACH)).collect();
        ask(&server, &token, &tiles, 0)?;
        #[allow(clippy::cast_precision_loss)] // for people
        let each = server.resident() as f64 / (ROWS - BAD) as f64;
        let measured =
            format!("{each:.0} bytes, {} in all, ready after {:.1} s", megabytes(server.resident()), server.ready);
        let what = format!("memory a household of {}, all included, after 400 tiles", count(ROWS - BAD));
        table.promise(what, "≤ 120 bytes", measured, each > 0.0 && each <= MOST_MEMORY);
    }
    let server = Server::start(&store, 0)?;
    let (mut slow, mut largest) = ((0.0, 0), (0, 0));
    for z in 0..=DEEPEST {
        let anew = ask(&server, &token, &around(&points, z, DIFFERENT), REQUESTS)?;
        if anew.quantile(0.99) > slow.0 {
            slow = (anew.quantile(0.99), z);
        }
        largest = largest.max((anew.largest, z));
    }
    let what =
        format!("their tiles at zooms 0 to {DEEPEST} made anew, {CONNECTIONS} connections: slowest p99, largest");
    let measured = format!("{:.1} ms at zoom {}; {} at zoom {}", slow.0, slow.1, kilobytes(largest.0), largest.1);
    table.promise(what, "< 20 ms, ≤ 500 kB", measured, slow.0 < LONGEST && largest.0 <= LARGEST);
    Ok(())
}
