//! The load tool `wrk`, for answers that leave so fast that a client of our own would be what is measured.

use super::ground::Outcome;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// What asks for the paths of a list, in wrk's own language.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/promises/list.lua");

/// What a stretch of it met.
pub struct Driven {
    /// Answers a second.
    pub rate: f64,
    /// Milliseconds within which 99 of 100 came.
    pub p99: f64,
}

/// Asks for some paths in turn, for so many seconds, on one thread; an error where any answer was not a 2xx or was shorter than
/// `least` bytes on average, head included.
pub fn drive(
    dir: &Path,
    (address, token): (SocketAddr, &str),
    connections: usize,
    seconds: u32,
    paths: &[String],
    least: u64,
) -> Outcome<Driven> {
    let list = dir.join("paths");
    std::fs::write(&list, paths.join("\n"))?;
    let ran = Command::new("wrk")
        .args(["-t", "1", "-c", &connections.to_string(), "-d", &format!("{seconds}s"), "-s", SCRIPT])
        .args(["-H", &format!("Authorization: Bearer {token}"), "-H", "Accept-Encoding: gzip"])
        .arg(format!("http://{address}"))
        .arg("--")
        .arg(&list)
        .output()
        .map_err(|e| format!("wrk does not run ({e}): Debian has it in the package wrk"))?;
    let said = String::from_utf8_lossy(&ran.stdout);
    let line = said.lines().find_map(|line| line.strip_prefix("measured ")).unwrap_or_default();
    let numbers = line.split(' ').map(str::parse).collect::<Result<Vec<u64>, _>>().unwrap_or_default();
    let [requests, microseconds, bytes, wrong, p99] = numbers[..] else {
        return Err(format!("wrk told no figures: {said}{}", String::from_utf8_lossy(&ran.stderr)).into());
    };
    if requests == 0 || wrong > 0 || bytes / requests < least {
        return Err(format!("of {requests} answers with {bytes} bytes {wrong} were not as they should be").into());
    }
    #[allow(clippy::cast_precision_loss)] // for people
    Ok(Driven { rate: requests as f64 * 1e6 / microseconds as f64, p99: p99 as f64 / 1e3 })
}
