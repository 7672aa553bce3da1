//! Stores that cannot be written: each told by name, each left as it was.

use crate::house::{County, Scratch, Server, command, program, repository, without_settings};
use rusqlite::Connection;
use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Stdio};

fn founded() -> Scratch {
    let scratch = Scratch::new();
    let good = scratch.file("good.csv", County::households());
    scratch.import("households", &good, &[]).done();
    scratch
}

#[test]
fn while_a_server_holds_the_store_every_writer_is_told_which_process_that_is() {
    let scratch = founded();
    // Somebody can sign in, so that the server has no first link to write.
    scratch.run(&["token", "create", "--role", "admin"]).done();
    let server = Server::start(&scratch);
    let holder = format!("process {} (melonmap serve)", server.process());
    let more = scratch.file("more.csv", "code,x,y\nB1,119.4,28.4\n");
    let second = scratch.unchanged(|| scratch.import("households", &more, &[]));
    second.refused(1, &["map.db is in use by", &holder]);
    for args in [
        &["token", "create", "--role", "admin"][..],
        &["areas", "divide", "--within", "township"],
        &["describe", "--name", "x"],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        scratch.unchanged(|| scratch.run(args)).refused(1, &["is in use by", &holder]);
    }
    // Who only looks may look.
    scratch.run(&["token", "list"]).done();
    let digest = scratch.proved();
    server.stop();
    assert_eq!(scratch.proved(), digest);
    scratch.import("households", &more, &[]).done();
}

#[test]
fn a_second_import_is_told_of_the_first_and_the_first_goes_on() {
    let scratch = founded();
    let fifo = scratch.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut first = command();
    first.args(["import", "households"]).arg(&fifo).arg("--store").arg(scratch.store()).args(["--author", "the first"]);
    let first = first.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Opening waits until the first import reads. More than a buffer is written, so that it has begun when this returns.
    let mut rows = File::options().write(true).open(&fifo).unwrap();
    let line = |i: usize| format!("F{i},119.4{i:06},28.41\n");
    rows.write_all(b"code,x,y\n").unwrap();
    let begin: String = (0..20_000).map(line).collect();
    rows.write_all(begin.as_bytes()).unwrap();
    let held = scratch.path("map.db.lock");
    let holder = format!("process {} (melonmap import)", first.id());
    while !fs::read_to_string(&held).unwrap_or_default().contains(&holder) {
        std::thread::yield_now();
    }
    let more = scratch.file("more.csv", "code,x,y\nB1,119.4,28.4\n");
    scratch.import("households", &more, &[]).refused(1, &["is in use by", &holder]);
    rows.write_all(line(20_000).as_bytes()).unwrap();
    drop(rows);
    let ended = crate::house::Ran::of(&first.wait_with_output().unwrap());
    assert!(ended.done().starts_with("20,001 rows: 20,001 kept (20,001 new"), "{ended:?}");
    assert_eq!(scratch.ask("SELECT count(*) FROM household"), ["20041"]);
    scratch.import("households", &more, &[]).done();
    scratch.proved();
}

/// Every command, on a store that it must refuse.
#[track_caller]
fn all_refuse(scratch: &Scratch, names: &[&str]) {
    let before = fs::read(scratch.store()).unwrap();
    let file = scratch.file("more.csv", "code,x,y\nB1,119.4,28.4\n");
    scratch.import("households", &file, &[]).refused(1, names);
    for args in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["check"],
        &["areas", "check"],
        &["areas", "divide", "--within", "township"],
        &["token", "list"],
        &["token", "create", "--role", "admin"],
        &["describe", "--name", "x"],
    ] {
        scratch.run(args).refused(1, names);
    }
    assert!(fs::read(scratch.store()).unwrap() == before, "the file has changed");
}

#[test]
fn a_store_of_a_newer_version_is_refused_and_left_byte_for_byte() {
    let scratch = founded();
    Connection::open(scratch.store()).unwrap().pragma_update(None, "user_version", 2).unwrap();
    all_refuse(&scratch, &["map.db has format 2, this version knows up to 1: use a newer melonmap"]);
}

#[test]
fn what_is_no_store_is_refused_and_left_byte_for_byte() {
    let scratch = Scratch::new();
    scratch.file(
        "map.db",
        "Dear diary, this file is a text and no database. It is long enough to be one, though: 100 bytes.\n",
    );
    all_refuse(&scratch, &["map.db is not a Melonmap store"]);
    scratch.file("map.db", "");
    all_refuse(&scratch, &["map.db is not a Melonmap store: it is empty"]);
    fs::remove_file(scratch.store()).unwrap();
    Connection::open(scratch.store()).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    all_refuse(&scratch, &["map.db is not a Melonmap store: it is a database of another program"]);
}

#[test]
fn a_store_that_is_not_there_is_founded_by_an_import_only() {
    let scratch = Scratch::new();
    for args in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["check"],
        &["areas", "check"],
        &["areas", "divide", "--within", "township"],
        &["token", "list"],
        &["token", "create", "--role", "admin"],
    ] {
        scratch.run(args).refused(1, &["map.db does not exist"]);
        assert!(!scratch.store().exists(), "{args:?}");
    }
    scratch.run(&["check", "--store", "postgres://melon:hush@db/map"]).refused(1, &["PostgreSQL"]);
}

#[test]
fn a_full_disk_ends_an_import_with_a_clear_error_and_the_store_as_it_was() {
    let scratch = founded();
    // No file may grow beyond this many blocks of 512 bytes: what a quota does, without a disk to fill. The signal that goes with
    // it is ignored, so that the program is told as by a full disk.
    let script = "trap '' XFSZ; ulimit -f 600; exec \"$0\" \"$@\"";
    let mut limited = without_settings(Command::new("sh"));
    limited.args(["-c", script]).arg(program()).args(["import", "households"]);
    limited.arg(repository("data/liechtenstein/households.csv.gz")).arg("--store").arg(scratch.store());
    let ran = scratch.unchanged(|| crate::house::Ran::of(&limited.output().unwrap()));
    ran.refused(1, &["cannot write", "map.db", "disk"]);
    assert_eq!(scratch.ask("SELECT count(*) FROM household"), ["40"]);
    scratch.proved();
    // With room again it goes in.
    let ran = scratch.import("households", &repository("data/liechtenstein/households.csv.gz"), &[]);
    assert!(ran.done().starts_with("17,039 rows: 17,039 kept (17,039 new"), "{ran:?}");
    scratch.proved();
}
