//! On what it is measured.

use super::ground::Outcome;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Processor, cores, memory, system, day, and what one fsync costs where the stores lie.
pub fn describe(dir: &Path) -> Outcome<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |text: &str, name: &str| {
        text.lines().find(|l| l.starts_with(name)).and_then(|l| l.split(':').nth(1)).map(|v| v.trim().to_owned())
    };
    let model = field(&cpu, "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let sha = if cpu.contains(" sha_ni") { "with" } else { "without" };
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: f64 = field(&memory, "MemTotal").and_then(|m| m.split(' ').next()?.parse().ok()).unwrap_or(0.0);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let today = jiff::Zoned::now().date();
    let [median, slow] = fsync(dir)?;
    Ok(format!(
        "Machine: {model}, {cores} cores ({sha} SHA instructions), {:.0} GB, {}; load before {load}; one fsync of 4 KiB \
         {median:.2} ms (99 of 100 within {slow:.2} ms); {today}; melonmap {}",
        kib * 1024.0 / 1e9,
        std::env::consts::OS,
        env!("CARGO_PKG_VERSION"),
    ))
}

/// Milliseconds until 4 KiB at the end of a file are durable: the median and the slowest but one of a hundred.
fn fsync(dir: &Path) -> Outcome<[f64; 2]> {
    let path = dir.join("fsync");
    let mut file = File::create(&path)?;
    let mut took = Vec::with_capacity(200);
    for _ in 0..200 {
        let start = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    std::fs::remove_file(&path)?;
    took.sort_unstable_by(f64::total_cmp);
    Ok([took[100], took[197]])
}
