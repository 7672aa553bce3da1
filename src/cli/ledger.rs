//! `melonmap export ledger` and `melonmap import ledger`.

use super::args::StoreArgs;
use super::ledgerargs::{ExportLedgerArgs, ImportLedgerArgs};
use super::{Failure, say};
use crate::app::{
    AppError, ChangedField, Decided, LedgerApplied, LedgerCheck, LedgerOnce, LedgerQuery, LedgerTake, OutFile,
    open_store, read_keys,
};
use crate::config::KeyArgs;
use crate::model::CampaignId;
use crate::model::ledger::LedgerField;
use bytes::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// More than a workbook may have: that it is longer is told by who reads it.
const MOST: u64 = 64 << 20;
/// What stands for a value that is not printed.
const CONFIDED: &str = "…";
/// What stands for nothing.
const NOTHING: &str = "-";

pub fn export(args: &ExportLedgerArgs) -> Result<(), Failure> {
    let start = Instant::now();
    let (lang, campaign) = (args.lang.parse()?, args.campaign.map(CampaignId));
    let out = OutFile::new(&args.out, args.force)?;
    let once = open(&args.store, &args.key, &args.author, "melonmap export ledger", "take the ledger from the page")?;
    let written = || {
        let area = args.area.clone().map_or_else(|| once.whole(), Ok)?;
        once.write(&LedgerQuery { area, campaign, lang })
    };
    let (written, closed) = (written(), once.closed_households());
    // The note that it was read is durable before anybody has it.
    runtime()?.block_on(once.close());
    let file = written?;
    out.write_private(&file.bytes)?;
    if closed > 0 {
        let n = say::count(closed as u64);
        say::note(format_args!(
            "contacts or needs of {n} households of the map stay closed: no key at hand opens them"
        ));
    }
    say::line(format_args!(
        "{}: {} households; {} bytes; {:.1} s",
        args.out.display(),
        say::count(file.households),
        say::count(file.bytes.len() as u64),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

pub fn import(args: &ImportLedgerArgs) -> Result<(), Failure> {
    let start = Instant::now();
    let file = read(&args.file)?;
    let once = open(&args.store, &args.key, &args.author, "melonmap import ledger", "bring the ledger to the page")?;
    let runtime = runtime()?;
    let bar = bar()?;
    let done = runtime.block_on(async {
        let done = compare_and_take(args, &once, file, &bar).await;
        once.close().await;
        done
    });
    bar.finish_and_clear();
    let Done { report, stored, left } = done?;
    tell(&report);
    for (decided, became) in &left {
        say::line(line(&["left", decided.code.as_str(), &why(became)]));
    }
    say::line(format_args!("{}; {:.1} s", told(args, &report, stored), start.elapsed().as_secs_f64()));
    if !left.is_empty() {
        return Err(format!("{} households were not stored", say::count(left.len() as u64)).into());
    }
    if args.take && report.origin.is_none() && !args.undated && report.counts.changed > 0 {
        let text = "nothing was taken: the file does not say when it was written, so that nobody can tell what the office changed \
                    from what the map changed; --undated takes every difference";
        return Err(text.into());
    }
    Ok(())
}

struct Done {
    /// What differed before anything was stored.
    report: LedgerCheck,
    stored: u64,
    left: Vec<(Decided, LedgerApplied)>,
}

async fn compare_and_take(
    args: &ImportLedgerArgs,
    once: &LedgerOnce,
    file: Bytes,
    bar: &ProgressBar,
) -> Result<Done, Failure> {
    let named = |e: AppError| Failure::from(format!("{}: {e}", name(&args.file)));
    bar.set_message("comparing");
    let report = once.check(file.clone()).await.map_err(named)?;
    let mut done = Done { report, stored: 0, left: Vec::new() };
    let take = LedgerTake { emptied: args.emptied, undated: args.undated };
    let mut decided = if args.take { done.report.decisions(take) } else { Vec::new() };
    while !decided.is_empty() {
        let (before, all) = (done.stored, decided.len() as u64);
        let results = once
            .take(decided, |n| bar.set_message(format!("{} of {} stored", say::count(n as u64), say::count(all))))
            .await?;
        for (decided, became) in results {
            match became {
                LedgerApplied::Stored | LedgerApplied::Same => done.stored += 1,
                other => done.left.push((decided, other)),
            }
        }
        // A check lists so many changes and no more: what it did not list is in the next.
        let listed_all = done.report.changes.len() as u64 == done.report.counts.changed;
        if listed_all || done.stored == before {
            break;
        }
        let next = once.check(file.clone()).await.map_err(named)?.decisions(take);
        decided = next.into_iter().filter(|one| !done.left.iter().any(|(left, _)| left.code == one.code)).collect();
    }
    Ok(done)
}

/// Opens a store for its one writer. Where a server holds it, tells what to do instead.
fn open(store: &StoreArgs, key: &KeyArgs, author: &str, purpose: &str, instead: &str) -> Result<LedgerOnce, Failure> {
    let keys = key.file().map(|file| read_keys(&file)).transpose()?.unwrap_or_default();
    let store = open_store(&store.store, false, purpose)
        .map_err(|error| if error.is_held() { Failure::from(format!("{error}: {instead}")) } else { error.into() })?;
    Ok(LedgerOnce::open(store, keys, author)?)
}

fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn name(file: &Path) -> String {
    if file.as_os_str() == "-" { "standard input".to_owned() } else { file.display().to_string() }
}

fn read(file: &Path) -> Result<Bytes, Failure> {
    let failed = |e: io::Error| Failure::from(format!("{}: {e}", name(file)));
    let input: Box<dyn Read> =
        if file.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(file).map_err(failed)?) };
    let mut bytes = Vec::new();
    input.take(MOST).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes.into())
}

/// Values with tabs between; none of them breaks the line or the terminal.
fn line(values: &[&str]) -> String {
    let plain = |value: &&str| match *value {
        value if value.contains(char::is_control) => value.escape_debug().to_string(),
        value => value.to_owned(),
    };
    values.iter().map(plain).collect::<Vec<_>>().join("\t")
}

/// A value of a field: what households confide is not for a terminal, nor for what keeps its lines.
fn shown(field: LedgerField, value: Option<&String>) -> &str {
    match value {
        None => NOTHING,
        Some(_) if field.confided().is_some() => CONFIDED,
        Some(value) => value,
    }
}

/// What the file differs in.
fn tell(report: &LedgerCheck) {
    for (what, rows) in [("change", &report.changes), ("conflict", &report.conflicts)] {
        for row in rows {
            for ChangedField { field, cell, map, ledger, before } in &row.fields {
                let mut values = vec![what, cell, row.code.as_str(), field.as_str()];
                values.extend([shown(*field, map.as_ref()), shown(*field, ledger.as_ref())]);
                values.extend(before.as_ref().filter(|_| what == "conflict").map(|was| shown(*field, was.as_ref())));
                say::line(line(&values));
            }
        }
    }
    for row in &report.unmatched {
        let likest = row.candidates.first();
        let (number, score) = (row.row.to_string(), likest.map(|one| one.score.to_string()));
        let text = |text: Option<&str>| text.unwrap_or(NOTHING).to_owned();
        let values =
            [text(row.code.as_deref()), text(row.address.as_deref()), text(likest.map(|one| one.code.as_str()))];
        let [code, address, like] = &values;
        say::line(line(&["unmatched", &number, code, address, like, score.as_deref().unwrap_or(NOTHING)]));
    }
    for one in &report.problems {
        say::line(line(&["problem", &one.cell, one.field.as_str(), &one.value, one.fault.kind(), &one.reason]));
    }
}

/// Why a household was not stored.
fn why(became: &LedgerApplied) -> String {
    match became {
        LedgerApplied::Refused(refusal) => refusal.to_string(),
        _ => "the map changed since the ledger was compared".to_owned(),
    }
}

/// The last line: what there was, and what was stored.
fn told(args: &ImportLedgerArgs, report: &LedgerCheck, stored: u64) -> String {
    let n = say::count;
    let counts = &report.counts;
    let became = match (args.take, counts.changed) {
        (true, _) => format!("{} households stored", n(stored)),
        (false, 0) => "nothing to store".to_owned(),
        (false, _) => "nothing stored: --take stores what only the office changed".to_owned(),
    };
    format!(
        "{} rows: {} changed, {} conflicts, {} of no known household, {} problems, {} the same; {became}",
        n(counts.rows),
        n(counts.changed),
        n(counts.conflicts),
        n(counts.unmatched),
        n(counts.problems),
        n(counts.unchanged),
    )
}

/// On a terminal what is being done; nothing else where there is none.
fn bar() -> Result<ProgressBar, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg} {elapsed}")?);
    bar.enable_steady_tick(Duration::from_millis(100));
    Ok(bar)
}
