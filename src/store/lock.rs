//! One writer: a lock file beside the store.
//!
//! The operating system lifts the lock when its process ends, however it ends, so nobody ever has to clean up. The file
//! itself stays: removing it would let two writers lock two files of one name.

use super::StoreError;
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The right to write, held until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    held: File,
}

impl Drop for Lock {
    /// Lets go at once: closing alone would wait for a program that another thread is just starting, which shares the open file until
    /// it runs.
    fn drop(&mut self) {
        let _ = self.held.unlock(); // what fails here ends with the process
    }
}

impl Lock {
    /// Longest note that is read back, bytes: enough for a number and a purpose.
    const NOTE: u64 = 200;

    /// Takes the lock of `store` or names who holds it. `purpose` is what the next one will read, such as `melonmap
    /// serve`.
    pub fn take(store: &Path, purpose: &str) -> Result<Lock, StoreError> {
        let path = beside(store, "lock");
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(StoreError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { path: store.to_owned(), by: holder(&file) });
            }
            Err(TryLockError::Error(source)) => return Err(StoreError::io("lock", &path)(source)),
        }
        // The note is a courtesy to the next one; the lock holds without it, so a full disk does not keep a store shut.
        let _ = file.set_len(0).and_then(|()| writeln!(file, "process {} ({purpose})", std::process::id()));
        Ok(Lock { held: file })
    }
}

/// The path with one more extension: `data.db` and `lock` give `data.db.lock`.
pub(super) fn beside(store: &Path, extension: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// What the holder wrote of itself.
fn holder(file: &File) -> String {
    let mut note = String::new();
    match file.take(Lock::NOTE).read_to_string(&mut note) {
        Ok(_) if !note.trim().is_empty() => note.trim().to_owned(),
        _ => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_one_is_told_who_was_first_until_the_first_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("data.db");
        let first = Lock::take(&store, "melonmap serve").unwrap();
        let told = Lock::take(&store, "melonmap import").unwrap_err().to_string();
        let expected = format!("data.db is in use by process {} (melonmap serve)", std::process::id());
        assert!(told.ends_with(&expected), "{told}");
        drop(first);
        Lock::take(&store, "melonmap import").unwrap();
    }

    #[test]
    fn who_lets_go_lets_go_whoever_shares_the_open_file() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("data.db");
        let first = Lock::take(&store, "melonmap serve").unwrap();
        let _shared = first.held.try_clone().unwrap();
        drop(first);
        Lock::take(&store, "melonmap import").unwrap();
    }
}
