//! `melonmap export`.

use super::args::{ExportCommand, ExportTilesArgs};
use super::{Failure, say};
use crate::app::{OutFile, TileExport, TileExportSpec, TileExported, TileProgress, open_store_to_look};
use crate::model::{CampaignId, Code, Role, written};
use indicatif::{DecimalBytes, ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often a line tells how far it is, where there is no terminal.
const TOLD: Duration = Duration::from_secs(10);

pub fn run(command: &ExportCommand) -> Result<(), Failure> {
    match command {
        ExportCommand::Tiles(args) => tiles(args),
        ExportCommand::Ledger(args) => super::ledger::export(args),
    }
}

fn tiles(args: &ExportTilesArgs) -> Result<(), Failure> {
    let start = Instant::now();
    let spec = TileExportSpec {
        layers: args.layers.clone(),
        zooms: args.zooms.as_deref().map(written::zooms).transpose()?,
        within: args.within.clone(),
        campaign: args.campaign.map(CampaignId),
        level: args.level.as_deref().map(str::parse).transpose()?,
        filter: args.filter.clone(),
        role: args.role.as_deref().map_or(Ok(Role::Public), str::parse)?,
        areas: args.areas.iter().map(|code| Code::new(code)).collect::<Result<_, _>>()?,
    };
    let out = OutFile::new(&args.out, args.force)?;
    let export = TileExport::new(open_store_to_look(&args.store.store)?, &spec)?;
    // Before this a signal ends the process at once: there is nothing to clean up.
    let stop = super::stop::asked()?;
    let bar = bar()?;
    let mut last = start;
    let going = || !stop.load(Ordering::Relaxed);
    let exported = export.write(&out, &going, |progress| {
        bar.set_length(progress.all);
        bar.set_position(progress.made);
        bar.set_message(format!("{} tiles, {}", say::count(progress.tiles), DecimalBytes(progress.bytes)));
        if bar.is_hidden() && last.elapsed() >= TOLD {
            last = Instant::now();
            say::note(halfway(progress));
        }
    });
    bar.finish_and_clear();
    say::line(told(args, &exported?, start.elapsed().as_secs_f64()));
    Ok(())
}

fn halfway(progress: &TileProgress) -> String {
    let TileProgress { all, made, tiles, bytes } = *progress;
    let n = say::count;
    format!("  {} of {} looked at: {} tiles, {}", n(made), n(all), n(tiles), DecimalBytes(bytes))
}

/// The last line: what is in it.
fn told(args: &ExportTilesArgs, exported: &TileExported, seconds: f64) -> String {
    let TileExported { tiles, different, bytes, zooms } = exported;
    let n = |n: &u64| say::count(*n);
    format!(
        "{}: {} tiles of zoom {} to {}, {} different; {} bytes; {seconds:.1} s",
        args.out.display(),
        n(tiles),
        zooms.start(),
        zooms.end(),
        n(different),
        n(bytes)
    )
}

/// A bar on a terminal; nothing else where there is none.
fn bar() -> Result<ProgressBar, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{bar:32} {percent:>3}% {human_pos} of {human_len}: {msg}, {eta} left")?;
    Ok(ProgressBar::new(0).with_style(style))
}
