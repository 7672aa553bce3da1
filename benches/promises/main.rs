//! Every promise of the README, measured: `make bench`, or `cargo bench --bench promises`.
//!
//! Prints one table – what, asked, measured, verdict – and ends with a status other than 0 where a number that was asked for
//! is missed. Names of parts (`import start polygons coverage kernels tiles items stream fresh visits overload`) measure those
//! alone: `cargo bench --bench promises -- import visits`.
//!
//! Programs are measured from outside, as processes of their own; what has no door of its own is measured by criterion. The
//! machine should have nothing else to do: nothing here is corrected for what others take.

mod cells;
mod client;
mod coverage;
mod data;
mod fresh;
mod ground;
mod import;
mod items;
mod kernels;
mod machine;
mod overload;
mod polygons;
mod process;
mod start;
mod stream;
mod table;
mod tiles;
mod visits;

use ground::{Ground, Outcome};
use std::process::ExitCode;
use table::Table;

type Part = fn(&mut Ground, &mut Table) -> Outcome;

/// In this order: the import makes the store that the others use, and visits change it.
const PARTS: [(&str, Part); 11] = [
    ("import", import::measure),
    ("start", start::measure),
    ("polygons", polygons::measure),
    ("coverage", coverage::measure),
    ("kernels", kernels::measure),
    ("tiles", tiles::measure),
    ("items", items::measure),
    ("stream", stream::measure),
    ("fresh", fresh::measure),
    ("visits", visits::measure),
    ("overload", overload::measure),
];

fn main() -> ExitCode {
    // Cargo adds flags of its own, such as --bench.
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    if let Some(unknown) = asked.iter().find(|name| !PARTS.iter().any(|(part, _)| part == name)) {
        eprintln!("there is no part {unknown}: {}", PARTS.map(|(part, _)| part).join(", "));
        return ExitCode::from(2);
    }
    match run(&asked) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("the bench could not be run: {e}");
            ExitCode::from(2)
        }
    }
}

/// Whether every number that was asked for was met.
fn run(asked: &[String]) -> Outcome<bool> {
    let mut ground = Ground::prepare()?;
    let mut table = Table::new(machine::describe(ground.dir())?, ground.points.source.clone());
    for (name, part) in PARTS {
        if asked.is_empty() || asked.iter().any(|a| a == name) {
            part(&mut ground, &mut table)?;
        }
    }
    table.print()?;
    Ok(table.met())
}
