//! The ledger at the machine itself, by commands and without a server.

use super::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// The county without a server.
fn county() -> Scratch {
    let scratch = Scratch::new();
    County::found(&scratch);
    scratch
}

/// A ledger as the command writes it.
fn exported(scratch: &Scratch, flags: &[&str]) -> Vec<u8> {
    let path = scratch.path("out.xlsx");
    let out = path.to_str().unwrap();
    scratch.run(&[&["export", "ledger", out, "--force"], flags].concat()).done();
    fs::read(path).unwrap()
}

/// What the command says of a ledger that comes back.
fn imported(scratch: &Scratch, file: &[u8], flags: &[&str]) -> crate::house::Ran {
    let path = scratch.file("back.xlsx", file);
    scratch.run(&[&["import", "ledger", path.to_str().unwrap()], flags].concat())
}

#[test]
fn a_command_writes_the_same_ledger_as_the_door_and_notes_that_it_was_read() {
    let scratch = county();
    let file = exported(&scratch, &["--area", GRIDS[0], "--author", "Office Li"]);
    let mode = fs::metadata(scratch.path("out.xlsx")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}: its owner alone");
    let trail = scratch.run(&["audit"]).out;
    assert!(trail.lines().any(|line| line.contains("Office Li") && line.contains(",read,ledger,10,")), "{trail}");
    // Without an area it is the one that lies in no other.
    let whole = exported(&scratch, &[]);
    assert_eq!(texts(&whole).iter().filter(|text| text.starts_with("HH")).count(), 40);
    let chinese = exported(&scratch, &["--area", GRIDS[0], "--lang", "zh"]);
    assert!(texts(&chinese).iter().any(|text| text == "户编码"));
    let token = scratch.run(&["token", "create", "--role", "admin"]).done().to_owned();
    let server = Server::start(&scratch);
    let door = server.client(Some(&token)).get(&format!("/api/ledger?area={}", GRIDS[0])).body;
    assert_eq!(cells(&door, "Ledger"), cells(&file, "Ledger"));
}

#[test]
fn a_ledger_that_comes_back_is_told_by_cell_and_stored_when_somebody_says_so() {
    let scratch = county();
    let out = exported(&scratch, &["--area", GRIDS[0]]);
    let ran = imported(&scratch, &out, &[]);
    assert!(ran.done().starts_with("10 rows: 0 changed") && ran.done().contains("nothing to store"), "{ran:?}");
    let edits = [("F4", "5人"), ("F5", "drei"), ("E6", ""), ("L7", "Nobody"), ("B8", "HH99")];
    let file = edited(&out, &edits);
    let ran = imported(&scratch, &file, &[]);
    for line in [
        "change\tF4\tHH00\tpersons\t4\t5",
        "problem\tF5\tpersons\tdrei\tnot_persons\texpected a whole number from 0 to 999",
        "change\tE6\tHH02\taddress\tMelon Lane 1702\t-",
        "unmatched\t8\tHH99\tMelon Lane 1704\tHH04\t1",
    ] {
        assert!(ran.out.lines().any(|said| said == line), "{line}: {}", ran.out);
    }
    assert!(ran.out.lines().any(|line| line.starts_with("problem\tL7\tcaller\tNobody\tnot_taken\t")), "{}", ran.out);
    assert!(ran.done().contains("nothing stored: --take"), "{ran:?}");
    assert_eq!(
        cells(&exported(&scratch, &["--area", GRIDS[0]]), "Ledger"),
        cells(&out, "Ledger"),
        "nothing was stored"
    );

    assert!(imported(&scratch, &file, &["--take"]).done().contains("; 1 households stored;"));
    let now = cells(&exported(&scratch, &["--area", GRIDS[0]]), "Ledger");
    assert_eq!((now["F4"].text(), now["E6"].text()), ("5".into(), "Melon Lane 1702".into()), "an empty cell is left");
    assert!(imported(&scratch, &file, &["--take", "--emptied"]).done().contains("; 1 households stored;"));
    assert!(!cells(&exported(&scratch, &["--area", GRIDS[0]]), "Ledger").contains_key("E6"));
    scratch.proved();
}

#[test]
fn a_command_overwrites_nothing_that_changed_on_the_map_meanwhile() {
    let scratch = county();
    let out = exported(&scratch, &["--area", GRIDS[0]]);
    imported(&scratch, &edited(&out, &[("F4", "5")]), &["--take"]).done();
    let ran = imported(&scratch, &edited(&out, &[("F4", "6"), ("F5", "6")]), &["--take"]);
    assert!(ran.out.lines().any(|line| line == "conflict\tF4\tHH00\tpersons\t5\t6\t4"), "{}", ran.out);
    assert!(ran.done().contains("1 conflicts") && ran.done().contains("; 1 households stored;"), "{ran:?}");
    let now = cells(&exported(&scratch, &["--area", GRIDS[0]]), "Ledger");
    assert_eq!((now["F4"].text(), now["F5"].text()), ("5".into(), "6".into()));
    // Who brings a file that does not say when it was written takes its differences knowingly or not at all.
    let bare = Sheet::new(&["Code", "Persons"]).row(&["HH00", "7"]).done();
    imported(&scratch, &bare, &["--take"]).refused(1, &["does not say when it was written", "--undated"]);
    assert_eq!(cells(&exported(&scratch, &["--area", GRIDS[0]]), "Ledger")["F4"].text(), "5");
    assert!(imported(&scratch, &bare, &["--take", "--undated"]).done().contains("; 1 households stored;"));
    let ran = scratch.run_with_input(&["import", "ledger", "-"], &bare);
    assert!(ran.done().starts_with("1 rows: 0 changed"), "{ran:?}");
}

#[test]
fn what_cannot_be_is_refused_by_name_and_writes_nothing() {
    let scratch = county();
    let path = scratch.file("out.xlsx", "theirs");
    let out = path.to_str().unwrap();
    scratch.unchanged(|| {
        scratch.run(&["export", "ledger", out]).refused(1, &["out.xlsx", "--force"]);
        scratch.run(&["export", "ledger", out, "--force", "--area", "nowhere"]).refused(1, &["nowhere"]);
        scratch.run(&["export", "ledger", out, "--force", "--lang", "de"]).refused(1, &["lang", "de", "en, zh"]);
        scratch.run(&["export", "ledger", out, "--force", "--campaign", "9"]).refused(1, &["campaign", "9"]);
        scratch.run(&["import", "ledger", out]).refused(1, &["out.xlsx", "no zip archive"]);
        scratch.run(&["import", "ledger", "none.xlsx"]).refused(1, &["none.xlsx"]);
        scratch.run(&["import", "ledger", out, "--emptied"]).refused(2, &["--take"]);
        scratch.run(&["import", "ledger"]).refused(2, &["FILE"]);
        scratch.run(&["import"]).refused(2, &["<WHAT>"]);
        scratch.run(&["import", "areas", out, "ledger"]).refused(2, &["ledger"]);
    });
    assert_eq!(fs::read(&path).unwrap(), b"theirs");
    let missing = scratch.path("none.db");
    let store = ["--store", missing.to_str().unwrap()];
    scratch.run(&[&["export", "ledger", out, "--force"][..], &store].concat()).refused(1, &["none.db"]);
    assert!(!missing.exists(), "no store is founded");
    // A server holds the store: what was read could not be noted, and who asks is sent to the page.
    let server = Server::start(&scratch);
    scratch.run(&["export", "ledger", out, "--force"]).refused(1, &["melonmap serve", "from the page"]);
    scratch.run(&["import", "ledger", out, "--take"]).refused(1, &["melonmap serve", "to the page"]);
    server.stop();
}

#[test]
fn the_store_may_be_named_by_the_environment() {
    let scratch = county();
    let file = scratch.file("back.xlsx", exported(&scratch, &["--area", GRIDS[0]]));
    let run = |args: &[&str]| {
        let output = crate::house::command().args(args).env("MELONMAP_STORE", scratch.store()).output().unwrap();
        crate::house::Ran::of(&output)
    };
    assert!(run(&["import", "ledger", file.to_str().unwrap()]).done().starts_with("10 rows: 0 changed"));
    let households = scratch.file("households.csv", County::households());
    assert!(run(&["import", "households", households.to_str().unwrap()]).done().contains("nothing changed"));
}

#[test]
fn confided_texts_are_not_printed() {
    let scratch = county();
    let file = Sheet::new(&["Code", "Contact"]).row(&["HH00", "+423 777"]).done();
    let ran = imported(&scratch, &file, &[]);
    assert!(ran.out.lines().any(|line| line == "change\tB2\tHH00\tcontact\t-\t…"), "{}", ran.out);
    assert!(!format!("{ran:?}").contains("777"));
}
