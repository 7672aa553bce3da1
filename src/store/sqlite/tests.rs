use super::*;
use crate::store::contract::{batch, contract_tests, everything};
use crate::store::{Entry, Location, Store};

contract_tests! {{
    let dir = tempfile::tempdir().unwrap();
    move || open(&dir.path().join("data.db")).unwrap()
}}

fn at(path: &Path) -> Location {
    Location::Sqlite(path.to_owned())
}

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(&at(path), OpenMode::Create, "test")
}

/// Refused, whatever the mode, and left byte for byte with nothing beside it.
fn refused(path: &Path) -> StoreError {
    let (before, beside) = (fs::read(path).unwrap(), names(path));
    assert!(Store::open(&at(path), OpenMode::Existing, "test").is_err());
    assert!(Store::open_read_only(&at(path)).is_err());
    let error = open(path).err().expect("it is refused");
    assert_eq!((fs::read(path).unwrap(), names(path)), (before, beside));
    error
}

fn names(path: &Path) -> Vec<std::ffi::OsString> {
    let mut names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    names
}

/// A store of ten changes that was altered by somebody who knew how to take the guards away.
fn altered(sql: &str) -> Result<Head, StoreError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    open(&path).unwrap().append(&[batch(10)]).unwrap();
    let c = Connection::open(&path).unwrap();
    c.execute_batch("DROP TRIGGER change_is_never_updated; DROP TRIGGER change_is_never_deleted").unwrap();
    c.execute_batch(sql).unwrap();
    drop(c);
    Store::open_read_only(&at(&path)).and_then(|store| store.verify(|_| ()))
}

#[test]
fn whatever_is_altered_is_found_at_its_number() {
    let swap = "UPDATE change SET seq = 99 WHERE seq = 4; UPDATE change SET seq = 4 WHERE seq = 7;
                UPDATE change SET seq = 7 WHERE seq = 99";
    for (sql, first) in [
        ("UPDATE change SET body = replace(body, ':4', ':5') WHERE seq = 5", 5),
        ("UPDATE change SET author = 'somebody' WHERE seq = 10", 10),
        ("UPDATE change SET at = '2026-10-05T08:00:00.123457Z' WHERE seq = 1", 1),
        ("UPDATE change SET kind = 'visit' WHERE seq = 2", 2),
        ("UPDATE change SET key = 'H2', author = author || 'x' WHERE seq = 2", 2),
        ("UPDATE change SET hash = zeroblob(32) WHERE seq = 3", 3),
        ("UPDATE change SET hash = x'00' WHERE seq = 10", 10),
        ("DELETE FROM change WHERE seq = 1", 1),
        ("DELETE FROM change WHERE seq = 6", 6),
        ("UPDATE change SET seq = 12 WHERE seq = 10", 10),
        ("INSERT INTO change SELECT 11, at, author, kind, key, body, hash FROM change WHERE seq = 10", 11),
        ("REPLACE INTO change SELECT seq, at, '', kind, key, body, hash FROM change WHERE seq = 8", 8),
        (swap, 4),
    ] {
        match altered(sql) {
            Err(StoreError::Broken { seq, .. }) => assert_eq!(seq, first, "{sql}"),
            other => panic!("{sql}: {other:?}"),
        }
    }
    assert_eq!(altered("").unwrap().seq, 10);
    assert_eq!(altered("DELETE FROM change WHERE seq > 7").unwrap().seq, 7, "a shorter store is no broken one");
}

#[test]
fn a_page_that_the_disk_has_lost_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    open(&path).unwrap().append(&[batch(2_000)]).unwrap();
    let mut file = fs::read(&path).unwrap();
    let (page, middle) = (usize::try_from(PAGE).unwrap(), file.len() / 2);
    file[middle - middle % page..][..page].fill(0);
    fs::write(&path, file).unwrap();
    let store = open_reader(&path);
    let Err(StoreError::Broken { seq, .. }) = store.verify(|_| ()) else { panic!("a page is lost") };
    assert!((2..2_000).contains(&seq), "{seq}");
    let read = store.read::<StoreError>(1, |_| Ok(()));
    assert!(matches!(read, Err(StoreError::Broken { seq: same, .. }) if same == seq), "{read:?}");
}

#[test]
fn hand_written_sql_cannot_update_or_delete() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    let mut store = open(&path).unwrap();
    store.append(&[batch(3)]).unwrap();
    let c = Connection::open(&path).unwrap();
    for sql in ["UPDATE change SET author = ''", "DELETE FROM change", "DELETE FROM change WHERE seq = 3"] {
        let told = c.execute_batch(sql).unwrap_err().to_string();
        assert!(told.contains("a change is never"), "{sql}: {told}");
    }
}

#[test]
fn a_row_that_somebody_else_added_stops_the_writer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    let mut store = open(&path).unwrap();
    store.append(&[batch(1)]).unwrap();
    let c = Connection::open(&path).unwrap();
    c.execute("INSERT INTO change SELECT 2, at, author, kind, key, body, hash FROM change", []).unwrap();
    assert!(matches!(store.append(&[batch(1)]), Err(StoreError::Broken { seq: 2, .. })));
    assert_eq!(store.head().seq, 1);
}

#[test]
fn people_see_the_latest_of_each_thing_with_the_fields_that_the_model_writes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    let mut store = open(&path).unwrap();
    let household = |address: &str| {
        let written = format!(r#"{{"code":"H1","lon":9.5,"lat":47.1,"address":"{address}"}}"#);
        Entry::from(&crate::model::Change::read(crate::model::Kind::Household, &written).unwrap())
    };
    let visit = r#"{"id":"018f3b6e-0000-7000-8000-000000000001","household":"H1","at":"2026-10-05T08:00:00Z","outcome":"not_home"}"#;
    let visit = Entry::from(&crate::model::Change::read(crate::model::Kind::Visit, visit).unwrap());
    let entries = vec![household("Old Street"), household("西瓜路 1"), visit];
    store.append(&[Batch { entries, ..batch(0) }]).unwrap();
    let c = Connection::open(&path).unwrap();
    let row = |sql: &str| c.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    let seen = "SELECT group_concat(concat_ws('|', code, lon, lat, address, status, seq)) FROM household";
    assert_eq!(row(seen), "H1|9.5|47.1|西瓜路 1|occupied|2");
    let seen = "SELECT group_concat(concat_ws('|', household, at, outcome, author, seq)) FROM visit";
    assert_eq!(row(seen), "H1|2026-10-05T08:00:00Z|not_home|陈 of grid 12|3");
}

#[test]
fn a_newer_store_is_refused_and_left_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("100% new? #1.db");
    open(&path).unwrap().append(&[batch(3)]).unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", FORMAT + 1).unwrap();
    match refused(&path) {
        StoreError::Newer { found, known, .. } => assert_eq!((found, known), (FORMAT + 1, FORMAT)),
        other => panic!("{other}"),
    }
}

#[test]
fn a_file_of_another_program_is_refused_and_left_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("photo.jpg");
    for (content, why) in
        [(&b""[..], "it is empty"), (&[7; 5000], "no SQLite database"), (b"hello", "no SQLite database")]
    {
        fs::write(&path, content).unwrap();
        let told = refused(&path).to_string();
        assert!(told.contains("is not a Melonmap store") && told.contains(why), "{told}");
    }
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE change (seq)").unwrap();
    assert!(refused(&path).to_string().contains("another program"));
}

#[test]
fn a_store_that_should_exist_is_not_founded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    for refused in [Store::open(&at(&path), OpenMode::Existing, "test"), Store::open_read_only(&at(&path))] {
        assert!(matches!(refused.err(), Some(StoreError::Missing { .. })));
    }
    assert!(matches!(open(&dir.path().join("no/data.db")).err(), Some(StoreError::Missing { .. })));
    assert!(names(&path).is_empty());
}

#[test]
fn one_writer_at_a_time_and_readers_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    let mut store = open(&path).unwrap();
    store.append(&[batch(3)]).unwrap();
    assert!(matches!(open(&path).err(), Some(StoreError::Locked { .. })));
    let mut reader = Store::open_read_only(&at(&path)).unwrap();
    assert!(matches!(reader.append(&[batch(1)]), Err(StoreError::ReadOnly { .. })));
    assert!(matches!(reader.import().err(), Some(StoreError::ReadOnly { .. })));
    store.append(&[batch(1)]).unwrap();
    assert_eq!(everything(&reader).len(), 4);
    assert_eq!(reader.verify(|_| ()).unwrap(), store.head());
    // With somebody looking on, an import takes the slower way and is whole all the same.
    let mut import = store.import().unwrap();
    import.push(batch(9_000)).unwrap();
    assert_eq!(everything(&reader).len(), 4);
    import.commit().unwrap();
    assert_eq!(reader.verify(|_| ()).unwrap(), store.head());
    assert_eq!(store.head().seq, 9_004);
    assert!(store_is_in_its_log(&path));
    drop(reader);
    // The slower way ends with its reader.
    let mut import = store.import().unwrap();
    import.push(batch(9_000)).unwrap();
    import.commit().unwrap();
    assert!(store_is_in_its_log(&path));
    store.append(&[batch(1)]).unwrap();
    drop(store);
    assert_eq!(open(&path).unwrap().verify(|_| ()).unwrap().seq, 18_005);
    assert_eq!(names(&path), ["data.db", "data.db.lock"]);
}

fn store_is_in_its_log(path: &Path) -> bool {
    let c = Connection::open(path).unwrap();
    c.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap() == "wal"
}

#[cfg(unix)]
#[test]
fn a_store_reached_by_a_link_is_the_same_store() {
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = (dir.path().join("data.db"), dir.path().join("link.db"));
    let _held = open(&path).unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(open(&link).err(), Some(StoreError::Locked { .. })));
}

#[test]
fn a_store_whose_log_was_half_moved_into_the_file_by_a_crash_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (path, copy) = (dir.path().join("data.db"), dir.path().join("copy.db"));
    let mut store = open(&path).unwrap();
    store.append(&[batch(500)]).unwrap();
    fs::copy(beside_wal(&path), beside_wal(&copy)).unwrap();
    // Page 1 has been moved and counts all pages; the pages themselves have not.
    let (mut file, log) = (fs::read(&path).unwrap(), fs::read(beside_wal(&path)).unwrap());
    let page = usize::try_from(PAGE).unwrap();
    let first_page = log[32..].chunks_exact(24 + page).rfind(|frame| frame[..4] == [0, 0, 0, 1]).unwrap();
    file[..page].copy_from_slice(&first_page[24..]);
    fs::write(&copy, file).unwrap();
    for opened in [Store::open_read_only(&at(&copy)), open(&copy)] {
        assert_eq!(opened.unwrap().verify(|_| ()).unwrap(), store.head());
    }
}

fn beside_wal(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

#[test]
fn a_store_half_founded_by_a_crash_is_founded_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    fs::write(beside(&path, "new"), [7; 5000]).unwrap();
    fs::write(beside(&path, "new-journal"), [7; 700]).unwrap();
    open(&path).unwrap().append(&[batch(1)]).unwrap();
    assert_eq!(names(&path), ["data.db", "data.db.lock"]);
}

/// A store with so many free pages left, as on a disk that is nearly full.
fn nearly_full(path: &Path, pages: i64) -> (Store, impl Fn(&Store)) {
    let sqlite = Sqlite::open(path, OpenMode::Existing, "test").unwrap();
    let used: i64 = sqlite.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    sqlite.connection.pragma_update(None, "max_page_count", used + pages).unwrap();
    let before = everything(&open_reader(path));
    let check = move |store: &Store| {
        assert_eq!(everything(store), before);
        assert_eq!(store.verify(|_| ()).unwrap(), store.head());
    };
    (Store::over(sqlite).unwrap(), check)
}

fn open_reader(path: &Path) -> Store {
    Store::open_read_only(&at(path)).unwrap()
}

#[test]
fn a_full_disk_refuses_an_append_whole_and_the_store_stays_usable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    open(&path).unwrap().append(&[batch(20)]).unwrap();
    let (mut store, is_unchanged) = nearly_full(&path, 4);
    let error = store.append(&[batch(1), batch(500)]).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    is_unchanged(&store);
    assert_eq!(store.append(&[batch(1)]).unwrap(), 21..22, "a small one still fits");
    drop(store);
    assert_eq!(open(&path).unwrap().verify(|_| ()).unwrap().seq, 21);
}

#[test]
fn a_full_disk_refuses_an_import_whole_and_the_store_stays_usable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.db");
    open(&path).unwrap().append(&[batch(20)]).unwrap();
    let (mut store, is_unchanged) = nearly_full(&path, 100);
    let mut import = store.import().unwrap();
    let error = (0..10).find_map(|_| import.push(batch(3_000)).err()).expect("100 pages do not hold 30,000 changes");
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(matches!(import.push(batch(1)), Err(StoreError::Abandoned)));
    assert!(matches!(import.commit(), Err(StoreError::Abandoned)));
    is_unchanged(&store);
    assert_eq!(store.append(&[batch(1)]).unwrap(), 21..22, "a small one still fits");
    drop(store);
    assert_eq!(open(&path).unwrap().verify(|_| ()).unwrap().seq, 21);
}
