//! Promise: a rate is read, not counted; it costs the same for a thousand households and for millions.

use super::cells::CELLS;
use super::client::{get, load};
use super::data::{BAD, ROWS};
use super::ground::{Ground, Outcome};
use super::kernels::timed;
use super::process::Server;
use super::table::{Table, count};
use jiff::Timestamp;
use melonmap::model::{Change, Code, Confided, Household, Level, Status};
use melonmap::state::{Loader, State};
use std::hint::black_box;

/// For all of them, milliseconds.
const LONGEST: f64 = 10.0;
/// How much longer with 1,685 times the households; what two runs of one thing differ by here.
const MOST_RATIO: f64 = 1.25;

/// From the tallies of all grids, in this process; and the answer as it leaves.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let state = ground.state()?;
    let all = |state: &State| {
        let covered = state.coverage(None, Some(Level::Grid), None, None);
        covered.iter().map(|c| u64::from(c.tally.eligible)).sum::<u64>()
    };
    let took = timed(ground, "coverage", |b| b.iter(|| black_box(all(&state))))?;
    let (eligible, listed) = (all(&state), state.coverage(None, Some(Level::Grid), None, None).len());
    let right = eligible == ROWS - BAD && listed == CELLS;
    let what = format!("coverage of {} areas from tallies, {} households", count(CELLS as u64), count(eligible));
    table.promise(what, "≤ 10 ms", format!("{:.1} ms", took * 1e3), right && took * 1e3 <= LONGEST);
    let few = thousand(ground, &state)?;
    let less = timed(ground, "coverage-of-a-thousand", |b| b.iter(|| black_box(all(&few))))?;
    let ratio = took / less;
    let measured = format!("{:.1} ms, ratio {ratio:.2}", less * 1e3);
    table.promise(
        "the same areas with 1,000 households",
        format!("ratio ≤ {MOST_RATIO}"),
        measured,
        ratio <= MOST_RATIO,
    );
    drop((state, few));
    let divided = ground.divided()?;
    let server = Server::start(&divided.store, 0)?;
    let requests = vec![get("/api/coverage?level=grid", &divided.token); 40];
    let answers = load(server.address, 1, requests, |answer| answer.status == 200)?;
    let (bytes, median) = (answers.bytes / 40, answers.quantile(0.5));
    let measured = format!("{median:.0} ms, {:.1} MB", f64::from(u32::try_from(bytes)?) / 1e6);
    table.figure("the same as JSON over HTTP, one asker", measured);
    Ok(())
}

/// The same areas with the first thousand households.
fn thousand(ground: &Ground, state: &State) -> Outcome<State> {
    let mut few = Loader::new();
    let areas = state.living_areas().map(|(_, entry)| Change::AreaPut(entry.area.as_ref().clone()));
    let households = ground.points.sample.iter().take(1_000).map(|(code, at)| {
        let code = Code::new(code)?;
        Ok(Change::HouseholdPut(Household {
            code,
            at: *at,
            address: None,
            status: Status::Occupied,
            persons: None,
            confided: Confided::default(),
        }))
    });
    let households: Outcome<Vec<Change>> = households.collect();
    for (seq, change) in (1..).zip(areas.chain(households?)) {
        few.push(seq, Timestamp::UNIX_EPOCH, "bench", change)?;
    }
    Ok(few.finish())
}
