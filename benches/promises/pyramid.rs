//! Promise: the tallies of all tiles are there soon after the start, and a visit costs them microseconds.

use super::data::{BAD, ROWS};
use super::ground::{Ground, Outcome};
use super::kernels::timed;
use super::table::{Table, count, listed, median};
use criterion::BatchSize;
use jiff::Timestamp;
use melonmap::model::{Change, Code, Confided, Household, Outcome as Came, Visit};
use melonmap::state::{Loader, State};
use std::hint::black_box;
use std::time::Instant;
use uuid::Uuid;

/// What is asked for: seconds for all points, microseconds for one visit.
const LONGEST: f64 = 2.0;
const LONGEST_VISIT: f64 = 20.0;

/// Through the state's own doors: building at the end of a load, which builds the index of points besides, and the one way in.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let mut state = ground.state()?;
    let mut seconds = Vec::new();
    for _ in 0..3 {
        let loader = households(&state)?;
        let start = Instant::now();
        black_box(loader.finish());
        seconds.push(start.elapsed().as_secs_f64());
    }
    let middle = median(&seconds);
    let what = format!("the pyramid of {} points, with their index, built", count(ROWS - BAD));
    table.promise(what, "≤ 2 s", format!("{middle:.2} s (median of {})", listed(&seconds)), middle <= LONGEST);
    let mut seq = state.seq();
    let codes: Vec<Code> = ground.points.sample.iter().map(|(code, _)| Code::new(code)).collect::<Result<_, _>>()?;
    let took = timed(ground, "apply-visit", |b| {
        b.iter_batched(
            || {
                seq += 1;
                let household = codes[usize::try_from(seq).unwrap_or(0) * 7_919 % codes.len()].clone();
                let (id, at) = (Uuid::from_u128(seq.into()), Timestamp::UNIX_EPOCH);
                let visit = Visit::plain(id, household, None, at, Came::Visited);
                (seq, Change::VisitMade(visit))
            },
            |(seq, change)| black_box(state.apply(seq, Timestamp::UNIX_EPOCH, "bench", change).map(|_| ())),
            BatchSize::SmallInput,
        );
    })?;
    let measured = format!("{:.1} µs", took * 1e6);
    table.promise(
        "a visit into the pyramid and every other tally above it, in memory",
        "≤ 20 µs",
        measured,
        took * 1e6 <= LONGEST_VISIT,
    );
    Ok(())
}

/// The households of a state, ready to be built again, without its areas.
fn households(state: &State) -> Outcome<Loader> {
    let mut loader = Loader::new();
    for (seq, view) in (1..).zip(state.households()) {
        let household = Household {
            code: Code::new(view.code)?,
            at: view.at,
            address: None,
            status: view.status,
            persons: None,
            confided: Confided::default(),
        };
        loader.push(seq, Timestamp::UNIX_EPOCH, "bench", Change::HouseholdPut(household))?;
    }
    Ok(loader)
}
