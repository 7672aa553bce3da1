//! What a `kill -9` leaves. The test binary starts itself again as the victim, named by one test and one variable.

use super::contract::{batch, everything};
use super::sqlite::Sqlite;
use super::{Batch, Entry, Head, Location, OpenMode, Store, StoreError};
use crate::model::Kind;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Tells the victim what to do to which store: `visits data.db`.
const ORDER: &str = "MELONMAP_TEST_VICTIM";

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(&Location::Sqlite(path.to_owned()), OpenMode::Create, "the victim")
}

fn visit(n: usize) -> Batch {
    Batch {
        entries: vec![Entry { kind: Kind::Visit, key: format!("V{n}"), body: format!("{{\"n\":{n}}}") }],
        ..batch(0)
    }
}

/// Not a test by itself: does nothing unless it was started as the victim, and then works until it is killed.
#[test]
fn victim() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let (task, path) = order.split_once(' ').unwrap();
    let sqlite = Sqlite::open(Path::new(path), OpenMode::Create, "the victim").unwrap();
    let mut store = Store::over(sqlite.with_cache(64)).unwrap();
    // Not `println!`, which the test harness keeps to itself.
    let mut answer = std::io::stdout();
    match task {
        "visits" => {
            for n in 0.. {
                let range = store.append(&[visit(n)]).unwrap();
                writeln!(answer, "\nanswered {}", range.start).unwrap();
            }
        }
        "import" => {
            let mut import = store.import().unwrap();
            for n in 0.. {
                import.push(batch(4_096)).unwrap();
                writeln!(answer, "\nanswered {n}").unwrap();
            }
        }
        _ => panic!("no such task: {task}"),
    }
}

/// A child that is killed when its test ends, however it ends.
struct Victim(Child);

impl Victim {
    fn start(task: &str, store: &Path) -> Victim {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["store::crash::victim", "--exact", "--nocapture", "--test-threads=1"])
            .env(ORDER, format!("{task} {}", store.display()))
            .stdout(Stdio::piped())
            .spawn();
        Victim(child.unwrap())
    }

    /// Waits for so many answers, calls `meanwhile`, kills, and gives the last number that was answered.
    fn kill_after(mut self, answers: usize, meanwhile: impl FnOnce(&Child)) -> u64 {
        let lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        let mut answered = lines.map_while(Result::ok).filter_map(|l| l.strip_prefix("answered ")?.parse().ok());
        let enough = answered.by_ref().take(answers).last();
        meanwhile(&self.0);
        self.0.kill().unwrap();
        // What it still managed to say counts as answered too.
        answered.last().or(enough).expect("the victim answered before it was killed")
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_killed_stream_of_visits_loses_none_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    let answered = Victim::start("visits", &path).kill_after(300, |_| ());
    let store = open(&path).unwrap();
    let kept = store.verify(|_| ()).unwrap();
    assert!(kept.seq >= answered, "{answered} were answered, {} are kept", kept.seq);
    assert!(kept.seq <= answered + 1, "one at most was on its way");
    for (seq, change) in everything(&store) {
        assert_eq!(change, visit(usize::try_from(seq).unwrap() - 1));
    }
}

#[test]
fn a_killed_import_leaves_the_store_as_it_was_and_open_to_the_next_writer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    let mut store = open(&path).unwrap();
    store.append(&[batch(50)]).unwrap();
    let before = store.head();
    drop(store);
    let small = std::fs::metadata(&path).unwrap().len();
    // Its cache has long overflowed into the file: the crash leaves a file that has to be rolled back.
    Victim::start("import", &path).kill_after(8, |_| {
        assert!(std::fs::metadata(&path).unwrap().len() > 2 * small, "the import had not yet touched the file");
    });
    // Whoever looks first undoes it, even a reader.
    assert_eq!(head_of_a_reader(&path), before);
    let mut store = open(&path).unwrap();
    assert_eq!(store.verify(|_| ()).unwrap(), before);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), small);
    assert_eq!(store.append(&[batch(1)]).unwrap(), 51..52);
}

fn head_of_a_reader(path: &Path) -> Head {
    Store::open_read_only(&Location::Sqlite(path.to_owned())).unwrap().head()
}

#[test]
fn a_second_process_is_told_which_one_holds_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    Victim::start("visits", &path).kill_after(1, |child| {
        let told = open(&path).err().expect("the victim holds the store").to_string();
        let by = format!("in use by process {} (the victim)", child.id());
        assert!(told.ends_with(&by), "{told}");
    });
    open(&path).unwrap();
}
