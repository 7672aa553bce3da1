//! The store in a SQLite file: the only file that knows SQLite.
//!
//! People's entries go through a write-ahead log, synced at every commit: one fsync each, readers never wait. An import
//! goes through a rollback journal instead, where SQLite writes each new page once and not twice; the way back is taken
//! when it ends. Both ways are atomic and durable. If somebody reads while an import begins, the import stays with the
//! log.

use super::backend::{Backend, Load, Row};
use super::chain::{Texts, written};
use super::lock::{Lock, beside};
use super::record::Reading;
use super::{Batch, Hash, Head, Location, OpenMode, StoreError};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Marks a file as ours ("MELN"), where `file` and SQLite's own tools look for it.
const APPLICATION_ID: i64 = 0x4D45_4C4E;

/// Format that this version writes and the latest that it reads.
const FORMAT: i64 = 1;

/// Page size, bytes.
const PAGE: i64 = 4096;

/// How long to wait for another program that has the file open, such as a person's `sqlite3`.
const PATIENCE: Duration = Duration::from_secs(5);

/// Page cache, KiB. An import that overflows it writes to the file early; a larger one made no import faster.
const CACHE: i64 = 16 * 1024;

/// Length that the write-ahead log is cut to when it has been much longer, bytes.
const LOG_LIMIT: i64 = 64 * 1024 * 1024;

const INSERT: &str = "INSERT INTO change (seq, at, author, kind, key, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// A SQLite file that is open.
pub(super) struct Sqlite {
    // Fields are dropped in this order: the file is closed before the next writer may come.
    connection: Connection,
    path: PathBuf,
    /// The file is not in its write-ahead log, and the way there has not been granted yet.
    out_of_log: bool,
    /// `None` for a reader.
    lock: Option<Lock>,
}

impl Sqlite {
    /// Opens the file for writing, or founds it if `mode` says so.
    pub fn open(path: &Path, mode: OpenMode, purpose: &str) -> Result<Sqlite, StoreError> {
        // An absolute path also keeps SQLite from seeing a meaning in names such as `:memory:`.
        let path = std::path::absolute(path).map_err(StoreError::io("find", path))?;
        let exists = path.try_exists().map_err(StoreError::io("open", &path))?;
        if !exists && mode == OpenMode::Existing {
            return Err(StoreError::Missing { path });
        }
        // One file has one lock, by whatever link it is reached.
        let path = if exists { fs::canonicalize(&path).map_err(StoreError::io("open", &path))? } else { path };
        if exists {
            recognise(&path)?;
        }
        let lock = Lock::take(&path, purpose)?;
        if !path.try_exists().map_err(StoreError::io("open", &path))? {
            found(&path)?;
        }
        Sqlite::connect(path, Some(lock))
    }

    /// Opens the file beside a writer. What a crash left half done is undone; no change is written.
    pub fn open_read_only(path: &Path) -> Result<Sqlite, StoreError> {
        let path = fs::canonicalize(path).map_err(StoreError::io("open", path))?;
        recognise(&path)?;
        Sqlite::connect(path, None)
    }

    /// With a cache so small that an import overflows it at once.
    #[cfg(test)]
    pub fn with_cache(self, kib: i64) -> Sqlite {
        self.connection.pragma_update(None, "cache_size", -kib).unwrap();
        self
    }

    fn connect(path: PathBuf, lock: Option<Lock>) -> Result<Sqlite, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(explain("open", &path))?;
        // A new file has no log yet, nor has one whose import was killed.
        let mut sqlite = Sqlite { connection, path, out_of_log: lock.is_some(), lock };
        sqlite.prepare().map_err(sqlite.explain("open"))?;
        sqlite.enter_log();
        Ok(sqlite)
    }

    fn prepare(&self) -> rusqlite::Result<()> {
        let c = &self.connection;
        c.busy_timeout(PATIENCE)?;
        c.pragma_update(None, "cache_size", -CACHE)?;
        if self.lock.is_none() {
            // The log belongs to the writer: a reader that leaves last does not move it into the file.
            c.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            return c.pragma_update(None, "query_only", true);
        }
        // In the log this is FULL; outside of it, the end of a rollback journal is synced as well.
        c.pragma_update(None, "synchronous", "EXTRA")?;
        // Where fsync does not reach the platter (macOS), ask for what does.
        c.pragma_update(None, "fullfsync", true)?;
        c.pragma_update(None, "checkpoint_fullfsync", true)?;
        c.pragma_update(None, "journal_size_limit", LOG_LIMIT)
    }

    /// Asks for a journal mode and says whether it was granted: while others read, the old one stays.
    fn journal(&self, mode: &str) -> rusqlite::Result<bool> {
        let asked = self.connection.pragma_update_and_check(None, "journal_mode", mode, |row| row.get::<_, String>(0));
        match asked {
            Ok(now) => Ok(now.eq_ignore_ascii_case(mode)),
            Err(e) if is_busy(&e) => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Goes to the log, at opening and after an import. A log that is refused now, because somebody reads, is asked for
    /// again by the next transaction, which is as durable without it.
    fn enter_log(&mut self) {
        self.out_of_log = self.out_of_log && !matches!(self.journal("WAL"), Ok(true));
    }

    fn explain(&self, doing: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
        explain(doing, &self.path)
    }
}

impl Backend for Sqlite {
    fn location(&self) -> Location {
        Location::Sqlite(self.path.clone())
    }

    fn head(&self) -> Result<Head, StoreError> {
        let last = "SELECT seq FROM change ORDER BY seq DESC LIMIT 1";
        let last = self.connection.query_row(last, [], |row| row.get::<_, i64>(0)).optional();
        let Some(last) = last.map_err(self.explain("read"))? else { return Ok(Head::EMPTY) };
        let last = u64::try_from(last).map_err(|_| broken(0, format!("its number is {last}")))?;
        let mut head = Err(broken(last, "it cannot be found by its number"));
        self.rows(last, &mut |row| {
            head = Reading::default().head(row);
            ControlFlow::Break(())
        })?;
        head
    }

    fn rows(&self, from: u64, each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>) -> Result<(), StoreError> {
        let mut next = from;
        let explain = |seq: u64, e: rusqlite::Error| match e.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::TypeMismatch) | None => broken(seq, e.to_string()),
            Some(_) => self.explain("read")(e),
        };
        let select = "SELECT seq, at, author, kind, key, body, hash FROM change WHERE seq >= ?1 ORDER BY seq";
        let mut select = self.connection.prepare_cached(select).map_err(|e| explain(next, e))?;
        let first = i64::try_from(from).unwrap_or(i64::MAX);
        let mut rows = select.query([first]).map_err(|e| explain(next, e))?;
        while let Some(row) = rows.next().map_err(|e| explain(next, e))? {
            let row = columns(row).map_err(|e| explain(next, e))?;
            next = row.seq + 1;
            if each(row).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn begin(&mut self, load: Load) -> Result<(), StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::ReadOnly { path: self.path.clone() });
        }
        self.enter_log();
        self.out_of_log |= load == Load::Many && self.journal("TRUNCATE").map_err(self.explain("write"))?;
        let begin = if load == Load::Many && self.out_of_log { "BEGIN EXCLUSIVE" } else { "BEGIN IMMEDIATE" };
        self.connection.execute_batch(begin).map_err(self.explain("write"))
    }

    fn write(&mut self, first: u64, batch: &Batch, hashes: &[Hash]) -> Result<(), StoreError> {
        let written = || {
            let mut insert = self.connection.prepare_cached(INSERT)?;
            insert.raw_bind_parameter(2, written(batch.at))?;
            insert.raw_bind_parameter(3, &*batch.author)?;
            let mut kind = None;
            for ((entry, hash), seq) in batch.entries.iter().zip(hashes).zip(first..) {
                // What is bound stays bound: SQLite copies each text at every binding.
                if kind.replace(entry.kind) != Some(entry.kind) {
                    insert.raw_bind_parameter(4, entry.kind.as_str())?;
                }
                insert.raw_bind_parameter(1, seq)?;
                insert.raw_bind_parameter(5, entry.key.as_str())?;
                insert.raw_bind_parameter(6, entry.body.as_str())?;
                insert.raw_bind_parameter(7, hash.as_slice())?;
                insert.raw_execute()?;
            }
            Ok(())
        };
        written().map_err(|e: rusqlite::Error| match e.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => broken(first, "somebody else has written to the store"),
            _ => self.explain("write")(e),
        })
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("COMMIT").map_err(self.explain("write"))?;
        self.enter_log();
        Ok(())
    }

    fn rollback(&mut self) {
        // SQLite has already rolled back by itself after some errors. If it cannot now, it does when the file is next
        // opened; until then every `begin` fails.
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.enter_log();
    }
}

/// Refuses what is no store or a newer one, and leaves no trace beside it: `immutable` takes no lock and starts no log.
///
/// It goes through SQLite and not through [`File`], because closing a second handle of a file drops the locks that this
/// process holds on it.
fn recognise(path: &Path) -> Result<(), StoreError> {
    let refused = |why: String| StoreError::NotAStore { path: path.to_owned(), why };
    let read = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let c = Connection::open_with_flags(uri(path), flags)?;
        // A crash while the log was moved into the file may leave a header that counts more pages than there are. The
        // log still has them, but is not looked at here; this makes SQLite overlook the difference.
        c.pragma_update(None, "writable_schema", true)?;
        let number = |name| c.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        Ok((number("application_id")?, number("user_version")?))
    };
    match read() {
        Ok((APPLICATION_ID, FORMAT)) => Ok(()),
        Ok((APPLICATION_ID, found)) if found > FORMAT => {
            Err(StoreError::Newer { path: path.to_owned(), found, known: FORMAT })
        }
        Ok((APPLICATION_ID, found)) => Err(refused(format!("its format is {found}"))),
        Ok(_) if fs::metadata(path).is_ok_and(|file| file.len() == 0) => Err(refused("it is empty".to_owned())),
        Ok(_) => Err(refused("it is a database of another program".to_owned())),
        Err(e) => Err(explain("open", path)(e)),
    }
}

/// The path as a URI that changes nothing when it is opened.
fn uri(path: &Path) -> String {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?immutable=1")
}

/// Founds a store under another name and then gives it its own, so that it exists whole or not at all.
fn found(path: &Path) -> Result<(), StoreError> {
    let new = beside(path, "new");
    for left_over in [new.clone(), beside(path, "new-journal")] {
        match fs::remove_file(&left_over) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::io("remove", &left_over)(e)),
            _ => {}
        }
    }
    let write = || {
        let c = Connection::open(&new)?;
        c.pragma_update(None, "page_size", PAGE)?;
        c.pragma_update(None, "synchronous", "FULL")?;
        c.pragma_update(None, "fullfsync", true)?;
        let schema = include_str!("schema.sql");
        c.execute_batch(&format!(
            "BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; {schema} COMMIT;"
        ))
    };
    write().map_err(|e| {
        // It may be the disk that is full: leave nothing there. What cannot be removed is removed by the next attempt.
        let _ = fs::remove_file(&new);
        explain("found", path)(e)
    })?;
    fs::rename(&new, path).map_err(StoreError::io("found", path))?;
    // The name is durable once the directory is; Windows sees to that by itself.
    if let (true, Some(parent)) = (cfg!(unix), path.parent()) {
        File::open(parent).and_then(|dir| dir.sync_all()).map_err(StoreError::io("found", path))?;
    }
    Ok(())
}

fn columns<'a>(row: &'a rusqlite::Row<'_>) -> rusqlite::Result<Row<'a>> {
    let text = |i| Ok::<&str, rusqlite::Error>(row.get_ref(i)?.as_str()?);
    let texts = Texts { at: text(1)?, author: text(2)?, kind: text(3)?, key: text(4)?, body: text(5)? };
    Ok(Row { seq: row.get(0)?, texts, hash: row.get_ref(6)?.as_blob()? })
}

fn broken(seq: u64, why: impl Into<String>) -> StoreError {
    StoreError::Broken { seq, why: why.into() }
}

fn is_busy(e: &rusqlite::Error) -> bool {
    matches!(e.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn explain(doing: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    move |e| match e.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path },
        Some(ErrorCode::NotADatabase) => StoreError::NotAStore { path, why: "it is no SQLite database".to_owned() },
        Some(_) if is_busy(&e) => StoreError::Locked { path, by: "another program that has it open".to_owned() },
        _ => StoreError::Database { doing, path, source: e.into() },
    }
}

#[cfg(test)]
mod tests;
