//! `melonmap areas`.

use super::args::{AreasCheckArgs, DivideArgs};
use super::{Failure, say};
use crate::app::{DivideSpec, Limits, check_areas, divide_areas};
use crate::geom::Meters;
use crate::model::Code;

pub fn divide(args: &DivideArgs) -> Result<(), Failure> {
    let mut store = super::serve::open_store(&args.store.store, false, "melonmap areas divide")?;
    let spec = DivideSpec {
        within: args.within.parse()?,
        households: args.households,
        replace: args.replace,
        author: args.author.clone(),
    };
    let done = divide_areas(&mut store, &spec)?;
    let [fewest, middle, most] = done.households;
    say::line(format_args!(
        "{} grids in {} areas of level {}; households a grid: fewest {fewest}, median {middle}, most {most}",
        done.grids, done.parents, spec.within
    ));
    if !done.over.is_empty() {
        say::line(format_args!(
            "{} grids have more than {}: no line parts households at one place: {}",
            done.over.len(),
            spec.households,
            done.over.join(", ")
        ));
    }
    if done.outside > 0 {
        say::line(format_args!("{} households lie in none of these areas", done.outside));
    }
    Ok(())
}

pub fn check(args: &AreasCheckArgs) -> Result<(), Failure> {
    let store = crate::app::open_store_to_look(&args.store.store)?;
    for (name, value) in [("--tolerance-m2", args.tolerance_m2), ("--sliver-m", args.sliver_m)] {
        if !(value.is_finite() && value >= 0.0) {
            return Err(format!("{name}: '{value}' is not a number from 0").into());
        }
    }
    let limits = Limits { tolerance_m2: args.tolerance_m2, sliver: Meters(args.sliver_m) };
    let findings = check_areas(&store, &limits)?;
    for f in &findings {
        let codes: Vec<&str> = f.codes.iter().map(Code::as_str).collect();
        let (lon, lat) = (f.at.lon(), f.at.lat());
        say::line(format_args!("{}\t{:.1} m²\tat {lon:.6},{lat:.6}\t{}", f.kind.as_str(), f.area_m2, codes.join(" ")));
    }
    if findings.is_empty() {
        say::line("no gaps, overlaps, slivers or orphans");
        return Ok(());
    }
    Err(format!("{} faults found", findings.len()).into())
}
