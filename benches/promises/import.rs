//! Promise: a country's points go in with one command, in half of PostGIS' time and little memory.

use super::data::{BAD, ROWS};
use super::ground::{Ground, Outcome};
use super::table::{Table, count, listed, median};

/// What PostgreSQL 15 with PostGIS needed for copy, transform and index, seconds; `make bench-postgis` measures it anew.
const POSTGIS: f64 = 15.0;
/// Peak memory, bytes.
const MOST_MEMORY: u64 = 1_200_000_000;

/// Three rounds, from the command to its end: then all is durable.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let store = ground.dir().join("households.db");
    let (mut seconds, mut peak, mut said) = (Vec::new(), 0, String::new());
    for _ in 0..3 {
        let ran = ground.import(&store)?;
        seconds.push(ran.seconds);
        peak = ran.peak.max(peak);
        ran.said.lines().last().unwrap_or_default().clone_into(&mut said);
    }
    let middle = median(&seconds);
    let measured = format!("{middle:.1} s (median of {})", listed(&seconds));
    let what = format!("import of {} points, gzipped CSV, EPSG:27700, command to durable", count(ROWS));
    table.promise(&what, format!("≤ {POSTGIS} s, PostGIS' time"), &measured, middle <= POSTGIS);
    table.promise("the same, the aim", format!("≤ {} s, half of it", POSTGIS / 2.0), measured, middle <= POSTGIS / 2.0);
    let (kept, bad) = (count(ROWS - BAD), count(BAD));
    let right = said.contains(&format!("{kept} kept")) && said.contains(&format!("{bad} bad"));
    table.promise("its last line", format!("{kept} kept, {bad} bad"), format!("“{said}”"), right);
    #[allow(clippy::cast_precision_loss)] // for people
    let measured = format!("{:.0} MB", peak as f64 / 1e6);
    table.promise("its peak memory", "≤ 1,200 MB", measured, peak > 0 && peak <= MOST_MEMORY);
    Ok(())
}
