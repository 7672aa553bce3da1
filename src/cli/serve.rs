//! `melonmap serve`.

use super::args::ServeStoreArgs;
use super::{Failure, say};
use crate::app::{App, Store, load, open_store as open};
use crate::config::ServeArgs;
use crate::http;
use std::net::SocketAddr;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

pub fn run(args: &ServeStoreArgs) -> Result<(), Failure> {
    log_to_stderr();
    let store = open_store(&args.store.store, false, "melonmap serve")?;
    serve(store, &args.serve, |address| {
        say::line(format_args!("serving {} at http://{address}", args.store.store));
        Ok(())
    })
}

/// Opens a store for its one writer.
pub fn open_store(location: &str, create: bool, purpose: &str) -> Result<Store, Failure> {
    Ok(open(location, create, purpose)?)
}

/// Loads the state and serves until a signal to stop; `ready` is told the address once requests are answered.
pub fn serve(
    store: Store,
    args: &ServeArgs,
    ready: impl FnOnce(SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let start = Instant::now();
    let state = load(&store, |_| true)?;
    let (households, visits, context) = state.counts();
    tracing::info!(
        seq = state.seq(),
        households,
        visits,
        context,
        seconds = start.elapsed().as_secs_f64(),
        "loaded the store"
    );
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if args.threads > 0 {
        runtime.worker_threads(usize::try_from(args.threads)?);
    }
    runtime.max_blocking_threads(args.workers());
    runtime.enable_all().build()?.block_on(async {
        let listener =
            TcpListener::bind(args.listen).await.map_err(|e| format!("cannot listen on {}: {e}", args.listen))?;
        let address = listener.local_addr()?;
        let app = App::start(store, state, &args.app());
        let (mut stop, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        ready(address)?;
        if let Some(link) = app.first_link().await? {
            say::line(format_args!(
                "nobody can sign in yet: this link signs in the administrator, once, within 24 hours; it is shown only now\n  \
                 http://{address}/#link={}\n(another one: stop the server, then `melonmap user link admin`)",
                link.secret
            ));
        }
        let told = async move {
            tokio::select! {
                _ = stop.recv() => (),
                _ = interrupt.recv() => (),
            }
            tracing::info!("stopping: running requests are finished first");
        };
        let served = http::serve(app.clone(), listener, args.http(), told).await;
        app.stop().await;
        Ok(served?)
    })
}

/// JSON lines on standard error; `MELONMAP_LOG` sets the level as `RUST_LOG` would.
pub fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("MELONMAP_LOG").unwrap_or_else(|_| EnvFilter::new("melonmap=info"));
    // A second subscriber in one process happens only in tests; the first one stands.
    let _ = tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_env_filter(filter).try_init();
}
