//! A client that costs little beside the server that it asks: connections kept alive, one request at a time on each, one
//! thread, requests written beforehand.

use super::ground::Outcome;
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Why a runtime is expected to start.
pub const RUNTIME_STARTS: &str = "a machine that cannot start a runtime cannot be measured";

/// An answer, until the next request on its connection.
pub struct Answer<'a> {
    /// 200 and so on.
    pub status: u16,
    head: &'a str,
    /// As it came.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The value of a header.
    pub fn field(&self, name: &str) -> Option<&str> {
        field(self.head, name)
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// What a load of requests met.
pub struct Load {
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Of each request, milliseconds, ascending.
    pub took: Vec<f64>,
    /// Answers that were not as they should be.
    pub wrong: usize,
    /// Of all bodies.
    pub bytes: u64,
    /// Of the largest body.
    pub largest: u64,
}

impl Load {
    /// A share of the requests took no longer than this, milliseconds.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a place in the list
    pub fn quantile(&self, share: f64) -> f64 {
        let place = (self.took.len() as f64 * share) as usize;
        self.took[place.min(self.took.len() - 1)]
    }

    /// Requests a second.
    #[allow(clippy::cast_precision_loss)] // for people
    pub fn rate(&self) -> f64 {
        self.took.len() as f64 / self.seconds
    }
}

/// A GET with a token, as a browser asks.
pub fn get(path: &str, token: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
    )
    .into_bytes()
}

/// A GET with a token whose answer may be gzipped and nothing else: what every server of tiles knows.
pub fn get_gzip(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nAccept-Encoding: gzip\r\n\r\n")
        .into_bytes()
}

/// A GET with a token whose answer is not compressed, to be read.
pub fn get_plain(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
}

/// A POST of JSON with a token.
pub fn post(path: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Sends requests over so many connections, each connection the next one when it has its answer. `right` looks at each answer.
pub fn load(
    address: SocketAddr,
    connections: usize,
    requests: Vec<Vec<u8>>,
    right: impl Fn(&Answer<'_>) -> bool + 'static,
) -> Outcome<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (requests, right, next) = (Rc::new(requests), Rc::new(right), Rc::new(Cell::new(0)));
    LocalSet::new().block_on(&runtime, async move {
        let mut open = Vec::with_capacity(connections);
        for _ in 0..connections {
            open.push(Connection::open(address).await?);
        }
        let start = Instant::now();
        let workers = open.into_iter().map(|mut connection| {
            let (requests, right, next) = (Rc::clone(&requests), Rc::clone(&right), Rc::clone(&next));
            tokio::task::spawn_local(async move {
                let mut mine = Load { seconds: 0.0, took: Vec::new(), wrong: 0, bytes: 0, largest: 0 };
                loop {
                    let i = next.replace(next.get() + 1);
                    let Some(request) = requests.get(i) else { break };
                    let asked = Instant::now();
                    let answer = connection.ask(request).await?;
                    mine.took.push(asked.elapsed().as_secs_f64() * 1e3);
                    mine.bytes += answer.body.len() as u64;
                    mine.largest = mine.largest.max(answer.body.len() as u64);
                    mine.wrong += usize::from(!right(&answer));
                }
                std::io::Result::Ok(mine)
            })
        });
        let workers: Vec<_> = workers.collect();
        let mut all = Load { seconds: 0.0, took: Vec::with_capacity(requests.len()), wrong: 0, bytes: 0, largest: 0 };
        for worker in workers {
            let mut mine = worker.await??;
            all.took.append(&mut mine.took);
            all.wrong += mine.wrong;
            all.bytes += mine.bytes;
            all.largest = all.largest.max(mine.largest);
        }
        all.seconds = start.elapsed().as_secs_f64();
        all.took.sort_unstable_by(f64::total_cmp);
        if all.wrong > 0 {
            return Err(format!("{} of {} answers were not as they should be", all.wrong, all.took.len()).into());
        }
        Ok(all)
    })
}

/// One connection. Knows as much of HTTP/1.1 as this server sends; the body of a chunked answer keeps its
/// chunks' heads.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Opens one.
    pub async fn open(address: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(1 << 16) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> std::io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            self.read().await?;
        };
        let text = head_of(&self.buffer[..head])?;
        let status = text.get(9..12).and_then(|s| s.parse().ok()).ok_or_else(|| broken("without a status"))?;
        let chunked = field(text, "transfer-encoding").is_some();
        let length = match field(text, "content-length") {
            Some(length) => length.parse().map_err(|_| broken("with a length that is no number"))?,
            None if chunked || matches!(status, 204 | 304) => 0,
            None => return Err(broken("without a length")),
        };
        while self.buffer.len() < head + length || chunked && !self.buffer.ends_with(b"\r\n0\r\n\r\n") {
            self.read().await?;
        }
        Ok(Answer { status, head: head_of(&self.buffer[..head])?, body: &self.buffer[head..] })
    }

    async fn read(&mut self) -> std::io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

fn broken(what: &str) -> std::io::Error {
    std::io::Error::other(format!("an answer {what}"))
}

fn head_of(bytes: &[u8]) -> std::io::Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| broken("with a head that is no text"))
}
