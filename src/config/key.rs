//! Where the keys of what households confide are.

use clap::Args;
use std::env::var_os;
use std::path::PathBuf;

/// The key file.
#[derive(Debug, Clone, Args)]
pub struct KeyArgs {
    /// File of the keys that seal contacts and needs of households, founded at first need; keep it, apart from the store and its
    /// backups [default: melonmap/key in the folder of your settings, ~/.config or `XDG_CONFIG_HOME`]
    #[arg(long, value_name = "FILE", env = "MELONMAP_KEY_FILE")]
    pub key: Option<PathBuf>,
}

impl KeyArgs {
    /// The file that was named, or the usual one; `None` where there is neither, as for a user without a home.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        let named = |name: &str| var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
        let settings = || named("XDG_CONFIG_HOME").or_else(|| Some(named("HOME")?.join(".config")));
        self.key.clone().or_else(|| Some(settings()?.join("melonmap/key")))
    }
}
