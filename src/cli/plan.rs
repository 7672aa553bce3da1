//! `melonmap plan`.

use super::args::PlanArgs;
use super::{Failure, say};
use crate::app::{
    Computed, Drawings, OutFile, PlanForm, PlanSpec, RulesInput, Watch, WithinInput, open_store_to_look, plan_once,
};
use crate::model::{ModelError, Shape};
use geo::{Geometry, MultiPolygon};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Instant;

pub fn run(args: &PlanArgs) -> Result<(), Failure> {
    let start = Instant::now();
    let form = form(&args.out)?;
    let out = OutFile::new(&args.out, args.force)?;
    let spec = PlanSpec { rules: rules(&args.rules)?, within: within(&args.within)? };
    let store = open_store_to_look(&args.store.store)?;
    let stop = super::stop::asked()?;
    let bar = bar()?;
    let progress = |done: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 0 to 1
        bar.set_position((done * 1000.0) as u64);
    };
    let (computed, attribution) = plan_once(&store, spec, &Watch { stop: &stop, progress: &progress })?;
    bar.finish_and_clear();
    let bytes = computed.file(&Drawings::default(), form, &attribution)?;
    out.write(&bytes)?;
    told(&computed);
    say::line(format_args!(
        "{}: {} bytes; {:.1} s",
        args.out.display(),
        say::count(bytes.len() as u64),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// What comes out, and what each rule costs.
fn told(computed: &Computed) {
    let report = computed.report();
    let n = |n: u64| say::count(n);
    say::line(format_args!(
        "{} stalls on {:.0} m of {} streets; {} with no rule",
        n(report.stalls),
        report.length_m,
        n(report.streets as u64),
        n(report.without_rules.stalls)
    ));
    if !report.by_rule.is_empty() {
        say::line("stalls that each rule costs:");
    }
    for cost in &report.by_rule {
        let [in_order, alone, freed] = [cost.in_order, cost.alone, cost.freed].map(|lost| lost.stalls);
        say::line(format_args!("  {:<28} {in_order:>9} in order {alone:>9} alone {freed:>9} regained", cost.rule));
    }
    if !report.unmeasured.is_empty() {
        let keys: Vec<&str> = report.unmeasured.iter().map(|line| line.rule.as_str()).collect();
        say::line(format_args!("no map can check: {}", keys.join(", ")));
    }
    let assumed = report.assumed;
    say::line(format_args!("widths assumed on {} of {} streets", n(assumed.streets as u64), n(assumed.of as u64)));
}

fn form(out: &Path) -> Result<PlanForm, Failure> {
    let extension = out.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let form = extension.parse::<PlanForm>();
    Ok(form.map_err(|e| ModelError::new("out", out.display(), format!("a name that ends in {}", e.expected)))?)
}

/// A file where there is one of that name, else the id of a set of the program.
fn rules(named: &str) -> Result<RulesInput, Failure> {
    let file = Path::new(named);
    if file.extension().is_some_and(|e| e == "toml") || file.is_file() {
        let text = std::fs::read_to_string(file).map_err(|e| format!("{named}: {e}"))?;
        return Ok(RulesInput::Text(text));
    }
    Ok(RulesInput::Preset(named.to_owned()))
}

/// A GeoJSON file where there is one of that name, else the code of an area.
fn within(named: &str) -> Result<WithinInput, Failure> {
    let file = Path::new(named);
    if !file.is_file() {
        return Ok(WithinInput::Area(named.to_owned()));
    }
    let text = std::fs::read_to_string(file).map_err(|e| format!("{named}: {e}"))?;
    let expected = "a GeoJSON Polygon or MultiPolygon, or a Feature of one";
    let refuse = || ModelError::new("within", named, expected);
    let mut value: serde_json::Value = serde_json::from_str(&text).map_err(|_| refuse())?;
    if value["type"] == "Feature" {
        value = value["geometry"].take();
    }
    let shape: Shape = serde_json::from_value(value).map_err(|_| refuse())?;
    match Geometry::from(shape) {
        Geometry::Polygon(polygon) => Ok(WithinInput::Surface(MultiPolygon(vec![polygon]))),
        Geometry::MultiPolygon(surface) => Ok(WithinInput::Surface(surface)),
        _ => Err(refuse().into()),
    }
}

/// A bar on a terminal; nothing else where there is none.
fn bar() -> Result<ProgressBar, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    Ok(ProgressBar::new(1000)
        .with_style(ProgressStyle::with_template("{bar:32} {percent:>3}% of the streets, {eta} left")?))
}
