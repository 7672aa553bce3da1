//! `melonmap export tiles`, as somebody at a command line meets it.

mod contents;
mod interrupted;
mod refused;

use crate::archive::Archive;
use crate::house::{Ran, Scratch};
use std::fs;

/// Runs the export to `out.pmtiles` of the scratch.
fn export(scratch: &Scratch, flags: &[&str]) -> Ran {
    let out = scratch.path("out.pmtiles");
    let mut args = vec!["export", "tiles", out.to_str().unwrap()];
    args.extend(flags);
    scratch.run(&args)
}

/// What the export wrote there, which it may replace.
#[track_caller]
fn exported(scratch: &Scratch, flags: &[&str]) -> Archive {
    let mut flags = flags.to_vec();
    flags.push("--force");
    export(scratch, &flags).done();
    Archive::read(&fs::read(scratch.path("out.pmtiles")).unwrap())
}

/// Names of what lies in the scratch beside the store and its own files.
fn beside(scratch: &Scratch) -> Vec<String> {
    let names = fs::read_dir(scratch.path(".")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("map.db") && name != "server.log").collect();
    names.sort();
    names
}
