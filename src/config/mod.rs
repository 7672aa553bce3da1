//! Every setting of a server, with its unit, range and default; flags and environment are resolved here, once.
//!
//! Invariant: below this room a setting is a plain value. This room knows nothing of stores, states or requests.

mod bearing;
mod key;
mod oidc;
mod outside;

pub use bearing::BearingArgs;
pub use key::KeyArgs;
pub use oidc::OidcArgs;
pub use outside::OutsideArgs;

use crate::app::{AppError, AppSettings, read_keys};
use clap::Args;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How a server runs.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", env = "MELONMAP_LISTEN")]
    pub listen: SocketAddr,
    /// Room for tiles in memory, MB; 0 turns the cache off
    #[arg(long, value_name = "MB", default_value_t = 128, env = "MELONMAP_TILE_CACHE_MB", value_parser = clap::value_parser!(u64).range(0..=65_536))]
    pub tile_cache_mb: u64,
    /// Longest request body, MB
    #[arg(long, value_name = "MB", default_value_t = 8, env = "MELONMAP_BODY_MB", value_parser = clap::value_parser!(u64).range(1..=1_024))]
    pub body_mb: u64,
    /// Longest time for an answer, seconds
    #[arg(long, value_name = "S", default_value_t = 30, env = "MELONMAP_TIMEOUT_S", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub timeout_s: u64,
    /// Longest time that running requests have to finish after a signal to stop, seconds
    #[arg(long, value_name = "S", default_value_t = 10, env = "MELONMAP_STOP_S", value_parser = clap::value_parser!(u64).range(0..=600))]
    pub stop_s: u64,
    /// Threads that answer requests; 0 takes one for each core
    #[arg(long, value_name = "N", default_value_t = 0, env = "MELONMAP_THREADS", value_parser = clap::value_parser!(u64).range(0..=256))]
    pub threads: u64,
    /// What it bears.
    #[command(flatten)]
    pub bearing: BearingArgs,
    /// How it is reached.
    #[command(flatten)]
    pub outside: OutsideArgs,
    /// An outside identity provider.
    #[command(flatten)]
    pub oidc: OidcArgs,
    /// What opens contacts and needs of households.
    #[command(flatten)]
    pub key: KeyArgs,
}

/// Requests a second of one address: a map page at its busiest takes some 50.
const ADDRESS_RATE: u32 = 200;
/// Requests a second of one token.
const TOKEN_RATE: u32 = 100;

/// One megabyte of a setting, bytes.
const MEGABYTE: u64 = 1_000_000;

impl ServeArgs {
    /// What the app is told; reads the key file, where there is one.
    pub fn app(&self) -> Result<AppSettings, AppError> {
        let keys = self.key.file().map(|file| read_keys(&file)).transpose()?.unwrap_or_default();
        let tile_cache_bytes = self.tile_cache_mb * MEGABYTE;
        Ok(AppSettings { tile_cache_bytes, outside: self.oidc.outside(), keys: Arc::new(keys) })
    }

    /// Threads for work that takes a while: one for each core, because each keeps memory of its own; two at least, so that
    /// a long piece of work leaves room for short ones.
    #[must_use]
    pub fn workers(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        usize::try_from(self.threads).ok().filter(|n| *n > 0).unwrap_or(cores).max(2)
    }

    /// What the HTTP floor is told; reads certificate and key.
    pub fn http(&self) -> Result<crate::http::HttpSettings, crate::http::TlsError> {
        let many = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let (bearing, outside) = (&self.bearing, &self.outside);
        // Nobody else comes in here, or a proxy of this machine does, which brings everybody from one address.
        let alone = self.listen.ip().is_loopback();
        Ok(crate::http::HttpSettings {
            body_bytes: many(self.body_mb * MEGABYTE),
            request_timeout: Duration::from_secs(self.timeout_s),
            stop_timeout: Duration::from_secs(self.stop_s),
            client_timeout: Duration::from_secs(bearing.client_timeout_s),
            max_running: many(bearing.max_running),
            max_connections: many(bearing.max_connections),
            address_rate: bearing.address_rate.unwrap_or(if alone { 0 } else { ADDRESS_RATE }),
            token_rate: bearing.token_rate.unwrap_or(if alone { 0 } else { TOKEN_RATE }),
            live_streams: many(bearing.live_streams),
            live_streams_each: many(bearing.live_streams_each),
            base_path: outside.base_path.clone(),
            trusted_proxies: outside.trusted_proxies.clone(),
            tls: outside.tls()?,
        })
    }
}
