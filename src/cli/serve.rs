//! `melonmap serve`.

use super::args::ServeStoreArgs;
use super::{Failure, say, telemetry};
use crate::app::{App, AppError, State, Store, load, open_store as open};
use crate::config::ServeArgs;
use crate::http::{self, Tls};
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

pub fn run(args: &ServeStoreArgs) -> Result<(), Failure> {
    let _traces = telemetry::start(&args.serve)?;
    let store = open_store(&args.store.store, false, "melonmap serve")?;
    serve(store, &args.serve, |url| {
        say::line(format_args!("serving {} at {url}", args.store.store));
        Ok(())
    })
}

/// Opens a store for its one writer.
pub fn open_store(location: &str, create: bool, purpose: &str) -> Result<Store, Failure> {
    Ok(open(location, create, purpose)?)
}

/// Loads the state and serves until a signal to stop; `ready` is told the URL once requests are answered.
///
/// It listens from the beginning: who asks while the state is loaded hears that it is on its way.
pub fn serve(store: Store, args: &ServeArgs, ready: impl FnOnce(&str) -> Result<(), Failure>) -> Result<(), Failure> {
    let (settings, of_app) = (args.http()?, args.app()?);
    let tls = settings.tls.clone();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if args.threads > 0 {
        runtime.worker_threads(usize::try_from(args.threads)?);
    }
    runtime.max_blocking_threads(args.workers());
    runtime.enable_all().build()?.block_on(async {
        let listener =
            TcpListener::bind(args.listen).await.map_err(|e| format!("cannot listen on {}: {e}", args.listen))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}{}", listener.local_addr()?, args.outside.base_path);
        let house = http::House::new(settings);
        let (tell, told) = oneshot::channel::<()>();
        let stop = async {
            // Ends as well when loading fails, and with it what is told.
            let _ = told.await;
        };
        let serving = tokio::spawn(http::serve(house.clone(), listener, stop));
        // Until it is loaded a signal ends the process at once: there is nothing to finish.
        let (store, state) = tokio::task::spawn_blocking(move || loaded(store)).await??;
        let app = App::start(store, state, &of_app);
        let closed = app.closed_households();
        if closed > 0 {
            tracing::warn!(households = closed, "contacts or needs stay closed: no key at hand opens them, see --key");
        }
        let (mut stop, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        if let Some(tls) = tls {
            read_again(tls)?;
        }
        house.open(app.clone());
        ready(&url)?;
        app.begin_plans();
        if let Some(link) = app.first_link().await? {
            say::line(format_args!(
                "nobody can sign in yet: this link signs in the administrator, once, within 24 hours; it is shown only now\n  \
                 {url}/#link={}\n(another one: stop the server, then `melonmap user link admin`)",
                link.secret
            ));
        }
        tokio::select! {
            _ = stop.recv() => (),
            _ = interrupt.recv() => (),
        }
        tracing::info!("stopping: running requests are finished first");
        // The listener lives until it hears this.
        let _ = tell.send(());
        let served = serving.await;
        app.stop().await;
        Ok(served?)
    })
}

/// The state of a store, and the store.
fn loaded(store: Store) -> Result<(Store, State), AppError> {
    let start = Instant::now();
    let state = load(&store, |_| true)?;
    let (households, visits, context) = state.counts();
    let (seq, seconds) = (state.seq(), start.elapsed().as_secs_f64());
    tracing::info!(seq, households, visits, context, seconds, "loaded the store");
    Ok((store, state))
}

/// Reads the certificate again at every SIGHUP; one that cannot be used leaves the old one in use.
fn read_again(tls: Arc<Tls>) -> Result<(), Failure> {
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match tls.reload() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::error!(%error, "the certificate was not read again: the old one is used"),
            }
        }
    });
    Ok(())
}
