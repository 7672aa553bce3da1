//! What a server bears: limits against too much at once.

use clap::Args;

/// How much is asked for at once, and how long a client may take.
#[derive(Debug, Clone, Args)]
pub struct BearingArgs {
    /// Most requests worked on at a time; others wait for their turn, half a second at most
    #[arg(long, value_name = "N", default_value_t = 64, env = "MELONMAP_MAX_RUNNING", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub max_running: u64,
    /// Most connections; one address may hold a quarter of them
    #[arg(long, value_name = "N", default_value_t = 4_096, env = "MELONMAP_MAX_CONNECTIONS", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub max_connections: u64,
    /// Requests a second of one address, ten seconds' worth at once; 0 sets no limit [default: 200, or none where it listens
    /// to this machine alone]
    #[arg(long, value_name = "N", env = "MELONMAP_ADDRESS_RATE", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub address_rate: Option<u32>,
    /// Requests a second of one token, ten seconds' worth at once; 0 sets no limit [default: 100, or none where it listens to
    /// this machine alone]
    #[arg(long, value_name = "N", env = "MELONMAP_TOKEN_RATE", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub token_rate: Option<u32>,
    /// Longest time that a client may take to send its headers or its body, or to take what it is sent, seconds
    #[arg(long, value_name = "S", default_value_t = 15, env = "MELONMAP_CLIENT_TIMEOUT_S", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub client_timeout_s: u64,
    /// Most live streams
    #[arg(long, value_name = "N", default_value_t = 2_048, env = "MELONMAP_LIVE_STREAMS", value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    pub live_streams: u64,
    /// Most live streams of one address: an office may be behind one
    #[arg(long, value_name = "N", default_value_t = 128, env = "MELONMAP_LIVE_STREAMS_EACH", value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    pub live_streams_each: u64,
}
