use crate::analysis::AnalysisError;
use crate::formats::FormatError;
use crate::formats::ruleset::RuleFaults;
use crate::geom::GeomError;
use crate::model::{ModelError, Right, Role};
use crate::state::StateError;
use crate::store::StoreError;
use crate::tiles::TilesError;
use jiff::Timestamp;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// Why a use case ended without its result.
#[derive(Debug, Error)]
pub enum AppError {
    /// A value that cannot be.
    #[error(transparent)]
    Invalid(#[from] ModelError),
    /// Something that another changed since it was read.
    #[error("{what} '{name}' was changed by {by} at {at:.0}, since it was read: it is at version {version} now")]
    Changed {
        /// Which sort of thing.
        what: &'static str,
        /// Its identity.
        name: String,
        /// The number of its last change.
        version: u64,
        /// Who made that.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// Something new whose identity another has.
    #[error("{what} '{name}' is there already: by {by} at {at:.0}, version {version}")]
    Taken {
        /// Which sort of thing.
        what: &'static str,
        /// Its identity.
        name: String,
        /// The number of its last change.
        version: u64,
        /// Who made that.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// A layer list that cannot be.
    #[error(transparent)]
    Layers(#[from] TilesError),
    /// Something asked for by name that is not there.
    #[error("{what} '{name}' is not known")]
    NotFound {
        /// Which sort of thing.
        what: &'static str,
        /// As asked.
        name: String,
    },
    /// A token that opens nothing: unknown, revoked or expired.
    #[error("the token is not known, was revoked or has expired")]
    Token,
    /// A token of an outside identity provider that grants nothing here.
    #[error("the identity provider's token is not accepted: {0}")]
    Outside(&'static str),
    /// A one-time link that opens nothing.
    #[error("the sign-in link is not known, was used or has expired")]
    Link,
    /// A name and password that do not belong together, or a name that nobody has: in the same words.
    #[error("the name or the password is not right")]
    Password,
    /// A session that has ended.
    #[error("the session has ended: sign in again")]
    Session,
    /// Something that only a person with a session has.
    #[error("this is for a person who signed in by a link or a password: a token has none")]
    NotSignedIn,
    /// Too many wrong passwords.
    #[error("too many wrong passwords: wait {} s", whole_seconds(*.0))]
    Slow(Duration),
    /// No token, where the right needs one.
    #[error("this needs a sign-in or a token of a role that may use the right '{}'", right_name(*.0))]
    TokenNeeded(Right),
    /// A role that may not.
    #[error("the role {role} may not use the right '{}' here", right_name(*right))]
    Forbidden {
        /// Whose.
        role: Role,
        /// What was tried.
        right: Right,
    },
    /// A file that cannot be imported.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A rule set that cannot be, with all that is wrong with it.
    #[error(transparent)]
    Rules(#[from] RuleFaults),
    /// Rows that cannot be imported, without leave to skip them.
    #[error("{bad} of {rows} rows are bad; nothing was imported (--skip-bad imports the others)")]
    BadRows {
        /// How many.
        bad: u64,
        /// Of how many.
        rows: u64,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store holds a change that does not follow from those before.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A state that refused a change; a fault of this program where it was checked before.
    #[error(transparent)]
    State(#[from] StateError),
    /// An analysis that has no answer.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A coordinate reference system that is none.
    #[error(transparent)]
    Geom(#[from] GeomError),
    /// The writer has stopped: the service is going down, or its store failed.
    #[error("changes are not taken any more: {0}")]
    Stopped(String),
    /// A question that was given up.
    #[error("the answer took longer than {} s and was given up: ask for less, for instance within a bbox", .0.as_secs())]
    TooLong(std::time::Duration),
    /// Something that stands on what is not so any more.
    #[error("the {what} is out of date: {why}; nothing was written: make another")]
    Outdated {
        /// What.
        what: &'static str,
        /// What is not as it was.
        why: &'static str,
    },
    /// Something that is still being made.
    #[error("{what} are still being computed: ask again in a second")]
    NotReady {
        /// What.
        what: &'static str,
    },
    /// Work that was told to stop.
    #[error("interrupted: nothing was written")]
    Interrupted,
    /// Work that ended in a panic, which the log tells of.
    #[error("a fault of this program")]
    Fault,
    /// A key file that cannot be used. Its content is never repeated.
    #[error("the key file {}: {what}", path.display())]
    KeyFile {
        /// Which.
        path: PathBuf,
        /// What is wrong, and what was expected.
        what: String,
    },
    /// Something to be sealed, and no key file.
    #[error("contacts and needs of households are sealed, and there is no key: name a file with --key FILE")]
    KeyNeeded,
    /// A file that cannot be written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl AppError {
    /// How long to wait before trying again, seconds, where that is the reason.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        if let AppError::Slow(wait) = self { Some(whole_seconds(*wait)) } else { None }
    }

    /// Whether another process holds the store: a service that could be asked instead.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self, AppError::Store(StoreError::Locked { .. }))
    }
}

fn right_name(right: Right) -> String {
    serde_json::to_value(right).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Seconds, rounded up: who waits that long does not come too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
