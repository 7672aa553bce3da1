//! What the HTTP floor is told.

use super::door::{BasePath, Proxies, Tls};
use std::sync::Arc;
use std::time::Duration;

/// How the service answers, and what it bears.
#[derive(Clone)]
pub struct HttpSettings {
    /// Longest body, bytes.
    pub body_bytes: usize,
    /// Longest time for an answer, the live stream apart.
    pub request_timeout: Duration,
    /// Longest time that running requests have after the signal to stop.
    pub stop_timeout: Duration,
    /// Longest time that a client may take to greet, to send its headers, to send its body, or to take what it is sent.
    pub client_timeout: Duration,
    /// Most requests that are worked on at a time, 1 or more.
    pub max_running: usize,
    /// Most connections, 1 or more; one address may hold a quarter.
    pub max_connections: usize,
    /// Requests a second of one address; 0 sets no limit.
    pub address_rate: u32,
    /// Requests a second of one token; 0 sets no limit.
    pub token_rate: u32,
    /// Most live streams.
    pub live_streams: usize,
    /// Most live streams of one address.
    pub live_streams_each: usize,
    /// The path under which everything is found.
    pub base_path: BasePath,
    /// Who is believed when he says for whom he asks.
    pub trusted_proxies: Proxies,
    /// Certificate and key; without them the service speaks plain HTTP.
    pub tls: Option<Arc<Tls>>,
}

#[cfg(test)]
impl HttpSettings {
    /// Bears a lot, trusts nobody, speaks plain HTTP.
    pub fn of_a_test() -> HttpSettings {
        HttpSettings {
            body_bytes: 1 << 20,
            request_timeout: Duration::from_secs(30),
            stop_timeout: Duration::from_secs(1),
            client_timeout: Duration::from_secs(15),
            max_running: 64,
            max_connections: 64,
            address_rate: 0,
            token_rate: 0,
            live_streams: 64,
            live_streams_each: 64,
            base_path: BasePath::default(),
            trusted_proxies: Proxies::default(),
            tls: None,
        }
    }
}
