//! What cannot be beaten: an axum handler that answers everything with one body, in a process of its own. This program is that
//! process when its first argument says so.

use super::client::RUNTIME_STARTS;
use super::ground::Outcome;
use super::process::address_of;
use axum::Router;
use axum::body::Bytes;
use axum::serve::ListenerExt;
use std::io::Write;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// The first argument of that process; the second is the size of the body, bytes.
pub const ARGUMENT: &str = "constant-body";

/// Serves until it is killed, on a free port that it tells.
pub fn serve(bytes: usize) -> Outcome {
    // Compressed tiles look like noise; what they are does not matter to who copies them.
    let body = Bytes::from(vec![0x5a_u8; bytes]);
    let router = Router::new().fallback(move || std::future::ready(body.clone()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect(RUNTIME_STARTS);
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
        let listener = listener.tap_io(|stream| {
            // As the service does; a connection on which this cannot be set is closed already.
            let _ = stream.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    })
}

/// That process, until it is dropped.
pub struct Constant {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Constant {
    /// Starts it with a body of so many bytes.
    pub fn start(bytes: u64) -> Outcome<Constant> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([ARGUMENT, &bytes.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let address = address_of(&mut child)?;
        Ok(Constant { child, address })
    }
}

impl Drop for Constant {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
