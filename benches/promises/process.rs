//! The program as a process of its own, as a person runs it.

use super::ground::Outcome;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The binary, built by cargo with the profile of this bench.
const PROGRAM: &str = env!("CARGO_BIN_EXE_melonmap");

/// What a command did.
pub struct Ran {
    /// From the start of the process to its end.
    pub seconds: f64,
    /// Most memory that it had, bytes; 0 where the system does not tell.
    pub peak: u64,
    /// What it said.
    pub said: String,
}

/// Runs a command to its end; an error where it fails.
pub fn run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Outcome<Ran> {
    let start = Instant::now();
    let mut child =
        Command::new(PROGRAM).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let reading = |pipe: Box<dyn Read + Send>| {
        thread::spawn(move || {
            let mut text = String::new();
            BufReader::new(pipe).read_to_string(&mut text).map(|_| text)
        })
    };
    let (out, err) = (child.stdout.take().expect("it is piped"), child.stderr.take().expect("it is piped"));
    let (out, err) = (reading(Box::new(out)), reading(Box::new(err)));
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // The high-water mark only rises: what the last look misses is what the last milliseconds added to it.
        peak = memory(child.id(), "VmHWM:").max(peak);
        thread::sleep(Duration::from_millis(4));
    };
    let seconds = start.elapsed().as_secs_f64();
    let text = |reader: thread::JoinHandle<std::io::Result<String>>| reader.join().expect("a reader does not panic");
    let (said, complained) = (text(out)?, text(err)?);
    if status.success() {
        Ok(Ran { seconds, peak, said })
    } else {
        Err(format!("melonmap {status}: {complained}").into())
    }
}

/// Most memory that this process had, bytes; 0 where the system does not tell.
pub fn own_peak() -> u64 {
    memory(std::process::id(), "VmHWM:")
}

/// A line of `/proc/PID/status`, bytes; 0 where there is none.
fn memory(pid: u32, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Where a server listens that tells it in its first line; one that does not is ended.
pub fn address_of(child: &mut Child) -> Outcome<SocketAddr> {
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line)?;
    let address = line.trim().rsplit("http://").next().unwrap_or_default().parse();
    address.map_err(|_| {
        let _ = child.kill();
        format!("the server did not tell its address: {line:?}").into()
    })
}

/// A server that runs until it is dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Seconds from the start of the process until `/health/ready` answered 200.
    pub ready: f64,
}

impl Server {
    /// Starts `melonmap serve` over a store on a free port of this machine.
    pub fn start(store: &Path, tile_cache_mb: u32) -> Outcome<Server> {
        Server::start_with(store, tile_cache_mb, &[])
    }

    /// The same with some settings by their names in the environment.
    pub fn start_with(store: &Path, tile_cache_mb: u32, settings: &[(&str, &str)]) -> Outcome<Server> {
        let start = Instant::now();
        let mut child = Command::new(PROGRAM)
            .arg("serve")
            .args([OsStr::new("--store"), store.as_os_str()])
            .args(["--listen", "127.0.0.1:0", "--tile-cache-mb", &tile_cache_mb.to_string()])
            .envs([("MELONMAP_LOG", "off"), ("MELONMAP_ADDRESS_RATE", "0"), ("MELONMAP_TOKEN_RATE", "0")])
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let address = address_of(&mut child)?;
        let mut server = Server { child, address, ready: f64::NAN };
        let answer = server.get("/health/ready")?;
        if !answer.starts_with("HTTP/1.1 200") {
            return Err(format!("the server is not ready: {answer}").into());
        }
        server.ready = start.elapsed().as_secs_f64();
        Ok(server)
    }

    /// An answer with its head, asked on a connection of its own.
    pub fn get(&self, path: &str) -> Outcome<String> {
        self.send(path, "")
    }

    fn send(&self, path: &str, head: &str) -> Outcome<String> {
        let mut stream = TcpStream::connect(self.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n{head}\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// A figure of `/metrics`, for who runs the service.
    pub fn metric(&self, name: &str, token: &str) -> Outcome<u64> {
        let metrics = self.send("/metrics", &format!("Authorization: Bearer {token}\r\n"))?;
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.ok_or_else(|| format!("/metrics tells no {name}").into())
    }

    /// Memory that it has now, bytes.
    pub fn resident(&self) -> u64 {
        memory(self.child.id(), "VmRSS:")
    }

    /// Ends it as a power cut would: SIGKILL, at once.
    pub fn kill(mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is to be saved: what it answered is durable.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
