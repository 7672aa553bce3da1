//! Promise: a planner sees what a rule costs at once, for a whole small country and for a dense city, and why a place is refused.
//!
//! Each town is measured in a process of its own, on two threads, so that its memory is its own. Where `MELONMAP_BENCH_SHAPELY` names
//! a Python with Shapely (`benches/compare-legal.sh` makes one), `benches/legal.py` does the same operations with GEOS in the same
//! run, from the same lines and shapes in metres.

mod dump;
mod pack;

use super::ground::{Ground, Outcome};
use super::process::own_peak;
use super::table::{Table, count, median, megabytes};
use melonmap::analysis::legal::{Forbidden, Legal, Plan, Rule, Update, Watch};
use pack::Town;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// The first argument of the process of a town; its name and a folder follow.
pub const ARGUMENT: &str = "legal-town";
/// Each time is the middle one of so many.
const ROUNDS: usize = 5;
/// Cores that the numbers are promised for.
const THREADS: usize = 2;

/// What is asked for: seconds, bytes, milliseconds; how often Shapely's time is ours; parts of the area.
const LONGEST_COUNTRY: f64 = 1.0;
const LONGEST_CITY: f64 = 5.0;
const MOST_MEMORY: f64 = 1e9;
const LONGEST_CHANGE: f64 = 200.0;
const LONGEST_WHY: f64 = 5.0;
const FASTER: f64 = 2.0;
const MOST_APART: f64 = 1e-3;

/// Both towns; Firenze where its pack is at hand.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let dir = ground.dir().join("legal");
    std::fs::create_dir_all(&dir)?;
    for name in ["liechtenstein", "firenze"] {
        let Some(said) = town_apart(name, &dir)? else {
            table.figure(
                format!("legal space of {name}"),
                "not measured: its pack is not at hand (MELONMAP_BENCH_PACKS)",
            );
            continue;
        };
        let figure = |field: &str| said[field].as_f64().ok_or(format!("{name} tells no {field}"));
        let whole = |field: &str| said[field].as_u64().map(count).ok_or(format!("{name} tells no {field}"));
        let what = format!(
            "legal space of {name}: {} streets, {} buildings, {} things of {} rules near {} sides",
            whole("streets")?,
            whole("buildings")?,
            whole("things")?,
            whole("rules")?,
            whole("sides")?,
        );
        let (seconds, longest) = (figure("build_s")?, if name == "firenze" { LONGEST_CITY } else { LONGEST_COUNTRY });
        table.promise(what, format!("≤ {longest} s"), format!("{seconds:.2} s"), seconds <= longest);
        let memory = figure("peak")?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bytes
        let shown = megabytes(memory as u64);
        table.promise(format!("{name}: memory of that process, at most"), "≤ 1 GB", shown, memory <= MOST_MEMORY);
        table.figure(
            format!("{name}: lawful"),
            format!(
                "{} stalls in {} places, {:.0} m, {:.0} m²",
                whole("stalls")?,
                whole("places")?,
                figure("length")?,
                figure("area")?
            ),
        );
        for (field, what) in [
            ("zone_ms", "one zone moved, and all stalls and costs told again"),
            ("rule_ms", "the rule with most things changed, and all stalls and costs told again"),
            ("street_ms", "the rule of all crossroads changed, and all stalls and costs told again"),
        ] {
            let took = figure(field)?;
            let strips = whole(&field.replace("_ms", "_sides"))?;
            let (what, measured) = (format!("{name}: {what}"), format!("{took:.0} ms ({strips} sides anew)"));
            if name == "firenze" {
                table.figure(what, measured);
            } else {
                table.promise(what, "≤ 200 ms", measured, took <= LONGEST_CHANGE);
            }
        }
        let why = figure("why_ms")?;
        table.promise(format!("{name}: why, p99"), "≤ 5 ms", format!("{why:.3} ms"), why <= LONGEST_WHY);
        compared(name, &dir, seconds, table)?;
    }
    Ok(())
}

/// What GEOS makes of the same.
fn compared(name: &str, dir: &Path, ours: f64, table: &mut Table) -> Outcome {
    let Some(python) = std::env::var_os("MELONMAP_BENCH_SHAPELY") else {
        table.figure(format!("{name}: beside Shapely"), "not measured: benches/compare-legal.sh does");
        return Ok(());
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/legal.py");
    let ran = Command::new(python).arg(script).arg(dir.join(name)).stderr(Stdio::inherit()).output()?;
    if !ran.status.success() {
        return Err(format!("legal.py {}", ran.status).into());
    }
    let said: Value = serde_json::from_slice(&ran.stdout)?;
    let figure = |field: &str| said[field].as_f64().ok_or(format!("legal.py tells no {field}"));
    let (alone, threads) = (figure("seconds")?, figure("seconds_threads")?);
    let (apart, versions) = (figure("apart")?, said["versions"].as_str().unwrap_or_default());
    let what = format!("{name}: the same with {versions}, its circles in 8 segments a quarter, on {THREADS} threads");
    let measured = format!("{threads:.2} s, {:.1} × ours (on one thread, as it comes: {alone:.2} s)", threads / ours);
    table.promise(what, "≥ 2 × ours", measured, threads.min(alone) >= FASTER * ours);
    let what = format!("{name}: lawful area that only one of both has, GEOS's circles as fine as ours");
    let measured = format!("{:.4} % (with 8 segments {:.4} %)", apart * 100.0, figure("apart_coarse")? * 100.0);
    table.promise(what, "≤ 0.1 %", measured, apart <= MOST_APART);
    table.figure(format!("{name}: sides that differ by more than 0.1 m²"), figure("sides_apart")?.to_string());
    Ok(())
}

/// Runs the process of a town; `None` where its pack is not at hand.
fn town_apart(name: &str, dir: &Path) -> Outcome<Option<Value>> {
    let Some(pack) = pack::find(name) else { return Ok(None) };
    let dir = dir.join(name);
    std::fs::create_dir_all(&dir)?;
    let ran = Command::new(std::env::current_exe()?)
        .args([ARGUMENT.as_ref(), pack.as_os_str(), dir.as_os_str()])
        .env("RAYON_NUM_THREADS", THREADS.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    if !ran.status.success() {
        return Err(format!("the process of {name} {}", ran.status).into());
    }
    Ok(Some(serde_json::from_slice(&ran.stdout)?))
}

/// The process of a town: measures, tells figures as JSON, and leaves in the folder what it measured.
pub fn town(pack: &str, dir: &str) -> Outcome {
    let town = Town::read(Path::new(pack))?;
    let order = town.rules();
    let mut seconds = Vec::new();
    let mut legal = built(&town)?;
    for _ in 0..ROUNDS {
        let (streets, forbidden) = (town.streets.clone(), town.forbidden.clone());
        let start = Instant::now();
        legal = Legal::build(streets, forbidden, &Watch { stop: &AtomicBool::new(false), progress: &|_| {} })?;
        let plan = legal.plan(&town.terms, &order)?;
        seconds.push(start.elapsed().as_secs_f64());
        drop(plan);
    }
    let peak = own_peak();
    let plan = legal.plan(&town.terms, &order)?;
    dump::write(Path::new(dir), &town, &plan)?;
    let (zone, zone_sides) = changed(&mut legal, &town, pack::ZONE, moved)?;
    let (rule, rule_sides) = changed(&mut legal, &town, pack::BUILDING, |things, n| farther(things, n, 0.1))?;
    let (street, street_sides) = changed(&mut legal, &town, pack::JUNCTION, |things, n| farther(things, n, 1.0))?;
    let figures = json!({
        "streets": town.streets.len(),
        "buildings": town.buildings,
        "things": town.forbidden.len(),
        "rules": order.len(),
        "sides": town.streets.iter().flat_map(|s| &s.sides).flatten().count(),
        "build_s": median(&seconds),
        "peak": peak,
        "stalls": plan.all.stalls,
        "places": plan.places.len(),
        "length": plan.all.length,
        "area": plan.places.iter().map(|p| p.area).sum::<f64>(),
        "zone_ms": zone, "zone_sides": zone_sides,
        "rule_ms": rule, "rule_sides": rule_sides,
        "street_ms": street, "street_sides": street_sides,
        "why_ms": asked_why(&legal, &town, &plan),
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

fn built(town: &Town) -> Outcome<Legal> {
    let watch = Watch { stop: &AtomicBool::new(false), progress: &|_| {} };
    Ok(Legal::build(town.streets.clone(), town.forbidden.clone(), &watch)?)
}

/// Changes a rule so many times and tells the plan again: milliseconds, and the sides that were computed anew.
fn changed(
    legal: &mut Legal,
    town: &Town,
    rule: Rule,
    change: impl Fn(&mut [Forbidden], usize),
) -> Outcome<(f64, usize)> {
    let (mut took, mut sides) = (Vec::new(), 0);
    for n in 0..ROUNDS {
        let mut things: Vec<Forbidden> = town.forbidden.iter().filter(|t| t.rule == rule).cloned().collect();
        change(&mut things, n);
        let start = Instant::now();
        let update = Update { rules: vec![(rule, things)], ..Update::default() };
        let watch = Watch { stop: &AtomicBool::new(false), progress: &|_| {} };
        sides = legal.update(update, &watch)?;
        legal.plan(&town.terms, &town.rules())?;
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok((median(&took), sides))
}

/// Moves the first thing 30 m east, more each time.
fn moved(things: &mut [Forbidden], n: usize) {
    use geo::Translate;
    #[allow(clippy::cast_precision_loss)] // a few
    let by = 30.0 * (n + 1) as f64;
    things[0].geometry.translate_mut(by, 0.0);
}

/// Asks for more distance from everything, more each time.
fn farther(things: &mut [Forbidden], n: usize, step: f64) {
    #[allow(clippy::cast_precision_loss)] // a few
    let by = step * (n + 1) as f64;
    for thing in things {
        thing.distance += by;
    }
}

/// The slowest but one of a hundred askers, milliseconds, of whom each stands beside a street.
fn asked_why(legal: &Legal, town: &Town, plan: &Plan) -> f64 {
    let mut took = Vec::new();
    for street in town.streets.iter().filter(|s| !s.line.is_empty()).step_by(town.streets.len() / 1_000 + 1) {
        let at = street.line[street.line.len() / 2] + geo::Coord { x: 4.0, y: 3.0 };
        let start = Instant::now();
        std::hint::black_box(legal.why(plan, at));
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_unstable_by(f64::total_cmp);
    took[took.len() * 99 / 100]
}
