//! What cannot be exported: told by field, value and what was expected, and nothing is written.

use super::{beside, export};
use crate::house::{County, GRIDS, Ran, Scratch, program, without_settings};
use std::fs;
use std::process::Command;

#[test]
fn a_request_that_cannot_be_is_refused_by_name_and_nothing_is_written() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let areas = ["--layers", "areas"];
    let deep = format!("{}visited > 1{}", "(".repeat(1_000), ")".repeat(1_000));
    let cases: [(&[&str], i32, &[&str]); 24] = [
        (&[], 2, &["--layers"]),
        (&["--layers", "rivers"], 1, &["'rivers' is not a layer: expected areas, households, context"]),
        (&["--layers", ""], 1, &["'' is not a layer"]),
        (&[areas[0], areas[1], "--zooms", "14-0"], 1, &["zooms: '14-0' is not a zoom from 0 to 22, or the first"]),
        (&[areas[0], areas[1], "--zooms", "0-99"], 1, &["zooms: '0-99' is not a zoom from 0 to 22"]),
        (&[areas[0], areas[1], "--zooms", "-1"], 1, &["zooms: '-1' is not"]),
        (&[areas[0], areas[1], "--zooms", "0-"], 1, &["zooms: '0-' is not"]),
        (&[areas[0], areas[1], "--zooms", "1-2-3"], 1, &["zooms: '1-2-3' is not"]),
        (&[areas[0], areas[1], "--zooms", "many"], 1, &["zooms: 'many' is not"]),
        (
            &[areas[0], areas[1], "--within", "X9"],
            1,
            &["within: 'X9' is not the code of an area, or west,south,east,north"],
        ),
        (&[areas[0], areas[1], "--within", "1,2,3"], 1, &["within: '1,2,3' is not four numbers"]),
        (&[areas[0], areas[1], "--within", "9,48,10,47"], 1, &["within: '9,48,10,47' is not"]),
        (&[areas[0], areas[1], "--within", "-190,0,0,1"], 1, &["within: '-190,0,0,1' is not"]),
        (
            &[areas[0], areas[1], "--within", "-10,0,0,1", "--zooms", "3-9"],
            1,
            &["none of those asked for shows anything"],
        ),
        (
            &[areas[0], areas[1], "--campaign", "7"],
            1,
            &["campaign: '7' is not the number of a campaign: there is none"],
        ),
        (&[areas[0], areas[1], "--campaign", "first"], 2, &["--campaign", "first"]),
        (&[areas[0], areas[1], "--level", "street"], 1, &["level: 'street' is not"]),
        (&[areas[0], areas[1], "--filter", "colour = 'red'"], 1, &["colour"]),
        (&[areas[0], areas[1], "--filter", &deep], 1, &["nest"]),
        (&[areas[0], areas[1], "--role", "king"], 1, &["role: 'king' is not one of public, member"]),
        (&[areas[0], areas[1], "--role", "member"], 1, &["area: 'none' is not at least one area for the role member"]),
        (&[areas[0], areas[1], "--role", "member", "--area", "X9"], 1, &["area: 'X9' is not the code of an area"]),
        (&[areas[0], areas[1], "--area", GRIDS[0]], 2, &["--role"]),
        (&["--layers", "households", "--role", "analyst", "--filter", "persons > 3"], 1, &["persons"]),
    ];
    for (flags, code, told) in cases {
        export(&scratch, flags).refused(code, told);
        assert!(beside(&scratch).is_empty(), "{flags:?}: {:?}", beside(&scratch));
    }
    let none = scratch.path("none.db");
    let ran = export(&scratch, &["--layers", "areas", "--store", none.to_str().unwrap()]);
    ran.refused(1, &["none.db does not exist"]);
}

#[test]
fn an_area_that_has_ended_is_no_place_any_more() {
    let scratch = Scratch::new();
    County::found(&scratch);
    scratch.run(&["areas", "divide", "--within", "township", "--replace"]).done();
    // One grid takes in both of the township now.
    for flags in [["--within", GRIDS[1], "--role", "admin"], ["--area", GRIDS[1], "--role", "member"]] {
        export(&scratch, &[&["--layers", "areas"][..], &flags].concat()).refused(1, &[GRIDS[1], "the code of an area"]);
    }
}

#[test]
fn a_place_where_it_cannot_be_written_is_told_by_its_path_and_left_alone() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let old = scratch.file("out.pmtiles", "an older one");
    fs::create_dir(scratch.path("folder")).unwrap();
    for (out, force, told) in [
        (old.clone(), &[][..], "out.pmtiles: exists already: --force replaces it"),
        (scratch.path("folder"), &["--force"], "folder: is a folder: expected the path of a file"),
        (scratch.path("none/out.pmtiles"), &["--force"], "none/out.pmtiles: its folder does not exist"),
        ("/dev/null".into(), &["--force"], "/dev/null: is no plain file"),
        // Nobody can write there, the super-user neither.
        ("/proc/out.pmtiles".into(), &[], "/proc/out.pmtiles: "),
    ] {
        let mut args = vec!["export", "tiles", out.to_str().unwrap(), "--layers", "areas"];
        args.extend(force);
        scratch.run(&args).refused(1, &[told]);
    }
    assert_eq!(fs::read_to_string(&old).unwrap(), "an older one");
    assert_eq!(beside(&scratch), ["folder", "out.pmtiles"]);
    super::exported(&scratch, &["--layers", "areas"]);
}

#[test]
fn a_full_disk_ends_it_with_a_clear_error_and_what_was_there_stays() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let old = scratch.file("out.pmtiles", "an older one");
    // No file may grow beyond this many blocks of 512 bytes: what a quota does, without a disk to fill. The signal that goes with
    // it is ignored, so that the program is told as by a full disk. The store needs 64 of them for the file that its readers share.
    for blocks in [70, 100] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut limited = without_settings(Command::new("sh"));
        limited.args(["-c", &script]).arg(program()).args([
            "export",
            "tiles",
            "--force",
            "--layers",
            "areas,context",
            "--role",
            "admin",
        ]);
        limited.args(["--zooms", "0-18", "--store"]).arg(scratch.store()).arg(&old);
        Ran::of(&limited.output().unwrap()).refused(1, &["out.pmtiles: ", "too large"]);
        assert_eq!(
            (fs::read_to_string(&old).unwrap(), beside(&scratch)),
            ("an older one".into(), vec!["out.pmtiles".into()])
        );
    }
}
