//! `melonmap import`.

use super::args::{ImportArgs, What};
use super::ledgerargs::{ImportCommand, ImportOther};
use super::{Failure, say};
use crate::app::{AppError, ImportInput, ImportSpec, ImportSummary, run_import};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read};
use std::time::Instant;

/// Bad rows that are printed; the report has all of them.
const PRINTED: u64 = 10;

pub fn run(command: &ImportCommand) -> Result<(), Failure> {
    match command {
        ImportCommand::Rows(args) => rows(args),
        ImportCommand::Other(ImportOther::Ledger(args)) => super::ledger::import(args),
    }
}

fn rows(args: &ImportArgs) -> Result<(), Failure> {
    let start = Instant::now();
    let crs = args.crs.as_deref().map(str::parse).transpose()?;
    let kind = match args.what {
        What::Areas => crate::app::ImportKind::Areas,
        What::Households => crate::app::ImportKind::Households,
        What::Context => crate::app::ImportKind::Context,
    };
    let spec = ImportSpec {
        kind,
        mapping: crate::app::Mapping::parse(&args.columns, &args.constants)?,
        crs,
        repair: args.repair,
        within: args.within.as_deref().map(crate::app::ImportPart::read).transpose()?,
        skip_bad: args.skip_bad,
        author: args.author.clone(),
        key: args.key.file(),
    };
    let bar = bar(args)?;
    let input = open(args, &bar)?;
    if let Some(operation) = spec.describe_crs()? {
        say::note(operation);
    }
    let unwritable = |path: &std::path::Path, e: io::Error| format!("{}: {e}", path.display());
    let report = args.report.as_ref().map(|path| {
        let file = File::create(path).and_then(|file| crate::app::Report::new(BufWriter::new(file)));
        file.map_err(|e| unwritable(path, e))
    });
    let mut report = report.transpose()?;
    let mut store = super::serve::open_store(&args.store.store, true, "melonmap import")?;
    let mut printed = 0;
    let mut unwritten = None;
    let summary = run_import(
        &mut store,
        input,
        &spec,
        |problem| {
            printed += 1;
            if printed <= PRINTED {
                bar.suspend(|| say::note(format_args!("  {problem}")));
            }
            if let Some(report) = &mut report
                && let Err(e) = report.write(problem)
            {
                unwritten = Some(e);
            }
        },
        |rows| bar.set_message(format!("{} rows", say::count(rows))),
    );
    bar.finish_and_clear();
    if printed > PRINTED {
        say::note(format_args!("  … and {} more bad rows", say::count(printed - PRINTED)));
    }
    if let Some(report) = report {
        report.finish()?;
    }
    if let Some(e) = unwritten {
        return Err(format!("the report could not be written: {e}").into());
    }
    let summary = summary.map_err(|e| match e {
        AppError::Format(e) => Failure::from(format!("{}: {e}", name(args))),
        other => other.into(),
    })?;
    say::line(told(&summary, start.elapsed().as_secs_f64()));
    Ok(())
}

/// The last line: what there was, what went in, what did not.
fn told(summary: &ImportSummary, seconds: f64) -> String {
    let ImportSummary { rows, new, changed, same, outside, bad, repaired } = *summary;
    let n = say::count;
    let kept = rows - bad - outside;
    let outside = if outside > 0 { format!(", {} outside", n(outside)) } else { String::new() };
    if kept > 0 && new + changed == 0 {
        return format!("{} rows: all known, nothing changed{outside}; {} bad; {seconds:.1} s", n(rows), n(bad));
    }
    let repaired = if repaired > 0 { format!(", {} repaired", n(repaired)) } else { String::new() };
    format!(
        "{} rows: {} kept ({} new, {} changed, {} the same{repaired}){outside}, {} bad; {seconds:.1} s",
        n(rows),
        n(kept),
        n(new),
        n(changed),
        n(same),
        n(bad)
    )
}

/// A bar on a terminal; nothing else where there is none: the last line says it all.
fn bar(args: &ImportArgs) -> Result<ProgressBar, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let length = std::fs::metadata(&args.file).ok().map(|m| m.len()).filter(|_| args.file.as_os_str() != "-");
    Ok(match length {
        Some(length) => ProgressBar::new(length)
            .with_style(ProgressStyle::with_template("{bar:32} {percent:>3}% {msg}, {bytes_per_sec}, {eta} left")?),
        None => ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg} {elapsed}")?),
    })
}

/// The file, for people.
fn name(args: &ImportArgs) -> std::borrow::Cow<'_, str> {
    if args.file.as_os_str() == "-" { "standard input".into() } else { args.file.to_string_lossy() }
}

fn open(args: &ImportArgs, bar: &ProgressBar) -> Result<ImportInput, Failure> {
    let name = name(args);
    let (input, hint): (Box<dyn Read + Send>, Option<&str>) = if args.file.as_os_str() == "-" {
        (Box::new(bar.wrap_read(io::stdin())), None)
    } else {
        let file = File::open(&args.file).map_err(|e| format!("{name}: {e}"))?;
        (Box::new(bar.wrap_read(file)), Some(&name))
    };
    Ok(crate::app::open_input(input, hint).map_err(|e| format!("{name}: {e}"))?)
}
