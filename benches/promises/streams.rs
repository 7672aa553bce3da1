//! Very many clients that listen to `/live`, on a thread of their own.

use super::ground::Outcome;
use super::process::Server;
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

/// Longest wait for the server to have seen a stream end.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an event says whose reader is to read everything again.
const RESET: &[u8] = b"\"reset\":true";

/// Streams that read and forget what they are told, until they are closed.
pub struct Streams {
    close: oneshot::Sender<()>,
    /// Gives how many were told to read everything again.
    thread: JoinHandle<Result<u64, String>>,
}

impl Streams {
    /// Opens so many; gives them when all are being answered.
    pub fn open(address: SocketAddr, number: usize, token: &str) -> Outcome<Streams> {
        let (close, closed) = oneshot::channel();
        let (opened, open) = std::sync::mpsc::channel();
        let token = token.to_owned();
        let thread: JoinHandle<Result<u64, String>> = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
            LocalSet::new().block_on(&runtime, async move {
                let resets = Rc::new(Cell::new(0));
                for _ in 0..number {
                    let stream = listen(address, &token).await.map_err(|e| e.to_string())?;
                    let resets = Rc::clone(&resets);
                    tokio::task::spawn_local(async move {
                        if is_reset(stream).await {
                            resets.set(resets.get() + 1);
                        }
                    });
                }
                let _ = opened.send(());
                // Ends as well when its other end is dropped.
                let _ = closed.await;
                Ok(resets.get())
            })
        });
        if open.recv().is_err() {
            let why = thread.join().map_err(|_| "who listens gave up")?.err();
            return Err(why.unwrap_or_default().into());
        }
        Ok(Streams { close, thread })
    }

    /// Closes them and waits until the server knows; gives how many had been told to read everything again.
    pub fn close(self, server: &Server, token: &str) -> Outcome<u64> {
        let _ = self.close.send(());
        let resets = self.thread.join().map_err(|_| "who listens gave up")??;
        let start = Instant::now();
        while server.metric("melonmap_live_listeners ", token)? > 0 {
            if start.elapsed() > PATIENCE {
                return Err("the server keeps streams that were closed".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(resets)
    }
}

/// A stream whose head was read.
pub async fn listen(address: SocketAddr, token: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /live HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    if head.get(9..12) == Some(b"200") {
        return Ok(stream);
    }
    Err(std::io::Error::other(format!("a stream was answered with {}", String::from_utf8_lossy(&head))))
}

/// Reads until an event says that everything is to be read again: `true`; or until the end.
pub async fn is_reset(mut stream: TcpStream) -> bool {
    let mut text = Vec::new();
    loop {
        match stream.read_buf(&mut text).await {
            Ok(n) if n > 0 => {}
            _ => return false,
        }
        if text.windows(RESET.len()).any(|w| w == RESET) {
            return true;
        }
        // It may have been cut in two.
        let read = text.len().saturating_sub(RESET.len() - 1);
        text.drain(..read);
    }
}
