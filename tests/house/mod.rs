//! What the tests share: the program under test, a scratch folder, a small made county, a running server, a client.
//!
//! The program is the one that cargo built; `MELONMAP_BIN` names another, such as a release build.

mod browser;
mod client;
mod county;
mod mercator;
mod server;
mod wide;

pub use browser::{Browser, link};
pub use client::{Client, Events, Reply, event};
pub use county::{County, GRIDS, Home, TOWNSHIPS, home, homes, sequence};
pub use mercator::{said, tile};
pub use server::Server;
pub use wide::{NAMES, Wide};

use melonmap::store::{Head, Location, Store};
use rusqlite::Connection;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What the names of all settings begin with: those of whoever runs the tests must not reach the program.
const SETTING: &str = "MELONMAP_";

/// The program under test.
pub fn program() -> PathBuf {
    std::env::var_os("MELONMAP_BIN").map_or_else(|| env!("CARGO_BIN_EXE_melonmap").into(), PathBuf::from)
}

/// The program, free of the settings of whoever runs the tests.
pub fn command() -> Command {
    without_settings(Command::new(program()))
}

pub fn without_settings(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(SETTING.as_bytes())) {
        command.env_remove(name);
    }
    command
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub fn gzipped(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: &Output) -> Ran {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("what is printed is text");
        Ran { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Done; gives the result's last line.
    #[track_caller]
    pub fn done(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out.lines().last().unwrap_or_default()
    }

    /// Not done (1) or not understood (2), told in words that name every one of these.
    #[track_caller]
    pub fn refused(&self, code: i32, names: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for name in names {
            assert!(self.err.contains(name), "does not tell '{name}': {}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}

/// A folder that goes away, with a store in it.
pub struct Scratch {
    dir: TempDir,
}

impl Scratch {
    pub fn new() -> Scratch {
        Scratch { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn store(&self) -> PathBuf {
        self.path("map.db")
    }

    /// Writes a file and gives its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Runs the program with the store, or without where the arguments name one or the command has none.
    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        Ran::of(&self.with_store(args).output().unwrap())
    }

    /// Runs the program with the store and this standard input.
    pub fn run_with_input<S: AsRef<OsStr>>(&self, args: &[S], input: &[u8]) -> Ran {
        let input = self.file("standard-input", input);
        Ran::of(&self.with_store(args).stdin(File::open(input).unwrap()).output().unwrap())
    }

    fn with_store<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = command();
        command.args(args).stdin(Stdio::null());
        let storeless = args.first().is_some_and(|first| first.as_ref() == "rules");
        if !storeless && !args.iter().any(|arg| arg.as_ref() == "--store") {
            command.arg("--store").arg(self.store());
        }
        command
    }

    /// Imports with more flags.
    pub fn import(&self, kind: &str, file: &Path, flags: &[&str]) -> Ran {
        let mut args: Vec<&OsStr> = vec!["import".as_ref(), kind.as_ref(), file.as_os_str()];
        args.extend(flags.iter().map(OsStr::new));
        self.run(&args)
    }

    /// What the store says of itself: number and hash of its last change. A store that is not there is an empty one.
    pub fn head(&self) -> (u64, String) {
        let path = self.store();
        let head =
            if path.exists() { Store::open_read_only(&Location::Sqlite(path)).unwrap().head() } else { Head::EMPTY };
        (head.seq, head.hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// A question to the store as a person with `sqlite3` would put it: the first column, a line a row.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        let store = Connection::open(self.store()).unwrap();
        let mut asked = store.prepare(sql).unwrap();
        let text = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
            Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Null => String::new(),
                rusqlite::types::ValueRef::Integer(n) => n.to_string(),
                rusqlite::types::ValueRef::Real(x) => x.to_string(),
                rusqlite::types::ValueRef::Text(t) | rusqlite::types::ValueRef::Blob(t) => {
                    String::from_utf8_lossy(t).into_owned()
                }
            })
        };
        asked.query_map([], text).unwrap().map(Result::unwrap).collect()
    }

    /// `melonmap check`: the digest of the state, once all is proved.
    #[track_caller]
    pub fn proved(&self) -> String {
        let ran = self.run(&["check"]);
        let last = ran.done();
        last.rsplit_once("digest ").unwrap_or_else(|| panic!("{ran:?}")).1.to_owned()
    }

    /// Whatever `act` does, the store has the changes that it had.
    #[track_caller]
    pub fn unchanged<T>(&self, act: impl FnOnce() -> T) -> T {
        let before = self.head();
        let result = act();
        assert_eq!(self.head(), before, "the store has changed");
        result
    }
}
