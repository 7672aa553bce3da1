//! An export that is cut short leaves what was there.

use super::beside;
use crate::house::{County, Ran, Scratch, command};
use std::fs;
use std::process::{Child, Command, Stdio};

/// An export of millions of tiles that has begun to write.
fn begun(scratch: &Scratch) -> Child {
    let mut command = command();
    command.args(["export", "tiles", "--force", "--layers", "areas,context", "--zooms", "0-21", "--store"]);
    command.arg(scratch.store()).arg(scratch.path("out.pmtiles"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let written = || beside(scratch).iter().any(|name| has_bytes(scratch, name));
    while !written() {
        std::thread::yield_now();
    }
    child
}

/// Whether this is the part of an archive, with tiles in it.
fn has_bytes(scratch: &Scratch, name: &str) -> bool {
    name.strip_prefix(".out.pmtiles.").is_some_and(|rest| rest.split_once('.').is_some_and(|(_, end)| end == "part"))
        && fs::metadata(scratch.path(name)).is_ok_and(|part| part.len() > 20_000)
}

fn tell(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_signal_to_stop_leaves_the_older_archive_and_no_half_one() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let scratch = Scratch::new();
        County::found(&scratch);
        let old = scratch.file("out.pmtiles", "an older one");
        let child = begun(&scratch);
        tell(&child, signal);
        Ran::of(&child.wait_with_output().unwrap()).refused(1, &["interrupted: nothing was written"]);
        assert_eq!(
            (fs::read_to_string(&old).unwrap(), beside(&scratch)),
            ("an older one".into(), vec!["out.pmtiles".into()])
        );
    }
}

#[test]
fn a_kill_leaves_the_older_archive_and_a_part_under_another_name_which_is_in_nobodys_way() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let old = scratch.file("out.pmtiles", "an older one");
    let mut child = begun(&scratch);
    tell(&child, "-KILL");
    child.wait().unwrap();
    let left = beside(&scratch);
    assert!(left.len() == 2 && has_bytes(&scratch, &left[0]) && left[1] == "out.pmtiles", "{left:?}");
    assert_eq!(fs::read_to_string(&old).unwrap(), "an older one");
    super::exported(&scratch, &["--layers", "areas"]);
    assert_eq!(beside(&scratch), left);
}
