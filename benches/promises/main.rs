//! Every promise of the README, measured: `make bench`, or `cargo bench --bench promises`.
//!
//! Prints one table – what, asked, measured, verdict – and ends with a status other than 0 where a number that was asked for
//! is missed. Names of parts measure those alone: `cargo bench --bench promises -- import visits`; a name that is not known is
//! answered with all of them. The part `martin` needs other servers beside this one and is measured only where it is named:
//! `make compare` does. `points` alone tells where the file of the points is, and makes it where there is none.
//!
//! Programs are measured from outside, as processes of their own; what has no door of its own is measured by criterion. The
//! machine should have nothing else to do: nothing here is corrected for what others take.

mod assigning;
mod cached;
mod cells;
mod client;
mod constant;
mod coverage;
mod data;
mod filters;
mod fivemillion;
mod fresh;
mod ground;
mod import;
mod items;
mod kernels;
mod ledger;
mod legal;
mod live;
mod machine;
mod martin;
mod mix;
mod osm;
mod overload;
mod people;
mod polygons;
mod process;
mod pyramid;
mod start;
mod stream;
mod streams;
mod table;
mod tally;
mod tenmillion;
mod tiles;
mod visits;
mod wrk;

/// Writes OpenStreetMap extracts, for tests as well.
#[path = "../../src/formats/osm/writer.rs"]
#[allow(dead_code)] // the tests use the rest of it
mod extract;

use ground::{Ground, Outcome};
use std::io::Write;
use std::process::ExitCode;
use table::Table;

/// That of the program, so that what the constant body is served with has no other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Part = fn(&mut Ground, &mut Table) -> Outcome;

/// In this order: the import makes the store that the others use, and visits change it.
const PARTS: [(&str, Part); 23] = [
    ("import", import::measure),
    ("osm", osm::measure),
    ("start", start::measure),
    ("polygons", polygons::measure),
    ("coverage", coverage::measure),
    ("people", people::measure),
    ("ledger", ledger::measure),
    ("fivemillion", fivemillion::measure),
    ("pyramid", pyramid::measure),
    ("kernels", kernels::measure),
    ("legal", legal::measure),
    ("tiles", tiles::measure),
    ("cached", cached::measure),
    ("filters", filters::measure),
    ("items", items::measure),
    ("stream", stream::measure),
    ("fresh", fresh::measure),
    ("mix", mix::measure),
    ("live", live::measure),
    ("visits", visits::measure),
    ("overload", overload::measure),
    ("ten-million", tenmillion::measure),
    (ASKED_FOR, martin::measure),
];
/// The part that is measured only where it is named.
const ASKED_FOR: &str = "martin";

fn main() -> ExitCode {
    // Cargo adds flags of its own, such as --bench.
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let done = match asked.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [constant::ARGUMENT, bytes] => constant_body(bytes),
        ["points"] => points(),
        [legal::ARGUMENT, pack, dir] => legal::town(pack, dir).map(|()| true),
        _ => run(&asked),
    };
    match done {
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
    if let Some(unknown) = asked.iter().find(|name| !PARTS.iter().any(|(part, _)| part == name)) {
        return Err(format!("there is no part {unknown}: {}", PARTS.map(|(part, _)| part).join(", ")).into());
    }
    let mut ground = Ground::prepare()?;
    let mut table = Table::new(machine::describe(ground.dir())?, ground.points.source.clone());
    for (name, part) in PARTS {
        if asked.iter().any(|a| a == name) || asked.is_empty() && name != ASKED_FOR {
            part(&mut ground, &mut table)?;
        }
    }
    table.print()?;
    Ok(table.met())
}

fn constant_body(bytes: &str) -> Outcome<bool> {
    constant::serve(bytes.parse()?).map(|()| true)
}

fn points() -> Outcome<bool> {
    let ground = Ground::prepare()?;
    writeln!(std::io::stdout(), "{}", ground.points.file.display())?;
    Ok(true)
}
