use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why the store refused. Whatever is refused has left the store as it was.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A location that names no store.
    #[error("'{given}' names no store: expected a file such as data.db or sqlite:data.db")]
    Location {
        /// As it came.
        given: String,
    },
    /// A location for which this version has no backend. The address is not repeated: it may hold a password.
    #[error("this version has no {scheme} backend: expected a file such as data.db or sqlite:data.db")]
    NoBackend {
        /// What stood before the colon.
        scheme: String,
    },
    /// No file where a store was expected.
    #[error("{} does not exist", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file that something else wrote.
    #[error("{} is not a Melonmap store: {why}", path.display())]
    NotAStore {
        /// Which file.
        path: PathBuf,
        /// What it is instead.
        why: String,
    },
    /// A store that a later version wrote.
    #[error("{} has format {found}, this version knows up to {known}: use a newer melonmap", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The latest format that this version reads and writes.
        known: i64,
    },
    /// Somebody else has it.
    #[error("{} is in use by {by}", path.display())]
    Locked {
        /// Which store.
        path: PathBuf,
        /// Who holds it: process number and purpose where they are known.
        by: String,
    },
    /// A write to a store that was opened for reading, or that this user may not write.
    #[error("{} can only be read", path.display())]
    ReadOnly {
        /// Which store.
        path: PathBuf,
    },
    /// No room on the disk. Nothing of what was being written is kept; what was answered before is.
    #[error("the disk that holds {} is full: nothing was written", path.display())]
    Full {
        /// Which store.
        path: PathBuf,
    },
    /// An import that goes on after an error.
    #[error("this import has failed before: nothing of it is kept")]
    Abandoned,
    /// A change that is not what was written, or not where it was written.
    #[error("change {seq} is broken: {why}")]
    Broken {
        /// The first sequence number at which the chain does not hold.
        seq: u64,
        /// What was found there.
        why: String,
    },
    /// The operating system refused a file.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// What it says.
        #[source]
        source: io::Error,
    },
    /// The database refused for a reason that has no name here.
    #[error("cannot {doing} {}", path.display())]
    Database {
        /// What was tried.
        doing: &'static str,
        /// On which store.
        path: PathBuf,
        /// What it says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Names what was tried on which file when the operating system refused.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { path },
            io::ErrorKind::NotFound => StoreError::Missing { path },
            _ => StoreError::Io { doing, path, source },
        }
    }
}
