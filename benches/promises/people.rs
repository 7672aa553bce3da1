//! Promise: a list for today and a plan of who calls on whom are there while somebody waits, also where a county is dense.

use super::assigning::through_the_door;
use super::ground::{Ground, Outcome};
use super::kernels::timed;
use super::table::{Table, count};
use geo::Coord;
use melonmap::analysis::assignment::{self, Household, Member, assign};
use melonmap::analysis::rates::funnel::{Chance, Funnel};
use melonmap::analysis::rates::rank::rank_intervals;
use melonmap::analysis::rates::{Confidence, Rate};
use melonmap::analysis::tour::{Ends, Terms, Waiting, today};
use melonmap::geom::{LonLat, Plane};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Households of a county.
const HOUSEHOLDS: usize = 17_000;
/// Who call on them.
const MEMBERS: usize = 200;
/// Of a list for a day.
const LISTED: usize = 300;
/// Townships that are compared.
const AREAS: usize = 300;

/// What is asked for: milliseconds, milliseconds, seconds.
const LONGEST_LIST: f64 = 100.0;
const LONGEST_COMPARISON: f64 = 10.0;
const LONGEST_PLAN: f64 = 5.0;

/// The postcodes that are nearest to the middle of London stand for a county's households.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let middle = LonLat::new(-0.1276, 51.5072)?;
    let plane = Plane::around(middle);
    let mut places: Vec<Coord<f64>> = ground
        .points
        .sample
        .iter()
        .filter(|(_, at)| (at.lon() - middle.lon()).abs() < 1.0 && (at.lat() - middle.lat()).abs() < 1.0)
        .map(|(_, at)| plane.project(Coord { x: at.lon(), y: at.lat() }))
        .collect();
    places.sort_by(|a, b| a.x.hypot(a.y).total_cmp(&b.x.hypot(b.y)));
    places.truncate(HOUSEHOLDS);
    if places.len() < HOUSEHOLDS {
        table.figure("list for today, who calls on whom", "not measured: the points at hand are not Britain's");
        return Ok(());
    }
    let mut rng = SmallRng::seed_from_u64(6);
    list(ground, table, &places, &mut rng)?;
    let households = plan(table, &places, &mut rng)?;
    through_the_door(ground, table, &plane, &households)?;
    compared(ground, table, &mut rng)
}

fn list(ground: &Ground, table: &mut Table, places: &[Coord<f64>], rng: &mut SmallRng) -> Outcome {
    let mut wait = |at: &Coord<f64>| {
        let (need, due) =
            (rng.random_bool(0.01).then_some(-2), rng.random_bool(0.3).then(|| rng.random_range(-20..20)));
        Waiting { at: *at, need, due, visited: due.is_some() }
    };
    let waiting: Vec<Waiting> = places.iter().map(&mut wait).collect();
    let ends = Ends { start: Some(Coord { x: 0.0, y: 0.0 }), back: false };
    let took = timed(ground, "worklist", |b| b.iter(|| black_box(today(&waiting, ends, LISTED, &Terms::default()))))?;
    let listed = today(&waiting, ends, LISTED, &Terms::default())?.items.len();
    let what = format!("list of {LISTED} of {} who wait, with their walk", count(waiting.len() as u64));
    let met = listed == LISTED && took * 1e3 <= LONGEST_LIST;
    table.promise(what, "≤ 100 ms", format!("{:.0} ms", took * 1e3), met);
    Ok(())
}

/// As it is in a county that was divided before: neighbours know one member, but for one in six.
fn plan(table: &mut Table, places: &[Coord<f64>], rng: &mut SmallRng) -> Outcome<Vec<Household>> {
    #[allow(clippy::cast_possible_truncation)] // metres
    let block = |at: &Coord<f64>| ((at.x / 700.0).floor() as i64, (at.y / 700.0).floor() as i64);
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|n| block(&places[*n]));
    let each = places.len() / MEMBERS;
    let mut households: Vec<Household> = Vec::with_capacity(places.len());
    for (place, n) in order.into_iter().enumerate() {
        let member =
            if rng.random_bool(1.0 / 6.0) { rng.random_range(0..MEMBERS) } else { (place / each).min(MEMBERS - 1) };
        let minutes = [15.0, 20.0, 40.0][rng.random_range(0..3)];
        households.push(Household { at: places[n], minutes, known: Some(u32::try_from(member)?) });
    }
    let members = vec![Member { at: None, share: 1.0 }; MEMBERS];
    let start = Instant::now();
    let plan = assign(&households, &members, &assignment::Terms::default(), &AtomicBool::new(false))?;
    let took = start.elapsed().as_secs_f64();
    let what = format!("{} households to {MEMBERS} members, balanced within 10 %", count(places.len() as u64));
    table.promise(what, "≤ 5 s", format!("{took:.1} s"), took <= LONGEST_PLAN);
    let over = (plan.cost / plan.bound - 1.0) * 100.0;
    let changed = count(plan.handovers.len() as u64);
    table.figure(
        "of them with another member than before; cost over the least possible",
        format!("{changed}; {over:.2} %"),
    );
    Ok(households)
}

fn compared(ground: &Ground, table: &mut Table, rng: &mut SmallRng) -> Outcome {
    let rates: Vec<Rate> = (0..AREAS)
        .map(|_| {
            let of = rng.random_range(2_000..9_000);
            Rate::new(rng.random_range(of / 4..of / 2), of)
        })
        .collect::<Result<_, _>>()?;
    let all = || -> Outcome<usize> {
        let funnel = Funnel::of(&rates, Chance::dealt(&rates).ok_or("nothing is eligible")?)?;
        black_box(funnel.curve(2_000, 9_000, 60));
        Ok(funnel.units.len() + rank_intervals(&rates, Confidence::P95)?.len())
    };
    let took = timed(ground, "rates", |b| b.iter(|| black_box(all().is_ok())))?;
    let what =
        format!("{} areas of some 5,500 households compared: funnel and rank intervals", count(all()? as u64 / 2));
    table.promise(what, "≤ 10 ms", format!("{:.1} ms", took * 1e3), took * 1e3 <= LONGEST_COMPARISON);
    Ok(())
}
