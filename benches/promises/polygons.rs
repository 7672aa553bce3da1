//! Promise: every household finds its polygon at once, however irregular the polygons.

use super::cells::CELLS;
use super::data::{BAD, ROWS};
use super::ground::{Ground, Outcome};
use super::kernels::timed;
use super::table::{Table, count};
use std::hint::black_box;

/// For all of them, on all cores, milliseconds.
const LONGEST: f64 = 500.0;

/// The state's own way, which runs at every start.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let seconds = ground.divided()?.seconds;
    table.figure(format!("import of {} polygons, command to durable", count(CELLS as u64)), format!("{seconds:.1} s"));
    let state = ground.state()?;
    let took = timed(ground, "assignment", |b| b.iter(|| black_box(state.assignment())))?;
    let mut members = vec![0_u64; CELLS];
    for area in state.assignment().into_iter().flatten() {
        members[area.0 as usize] += 1;
    }
    let (found, empty) = (members.iter().sum::<u64>(), members.iter().filter(|n| **n == 0).count());
    let what = format!("{} points to {} Voronoi polygons, all cores", count(ROWS - BAD), count(CELLS as u64));
    let measured = format!("{:.0} ms", took * 1e3);
    table.promise(what, "≤ 500 ms", measured, took * 1e3 <= LONGEST);
    let measured = format!("{}, {empty} polygons empty", count(found));
    table.promise("of them, points with a polygon", count(ROWS - BAD), measured, found == ROWS - BAD && empty == 0);
    Ok(())
}
