//! The listener: starts, and stops when told, finishing what it has begun.

use super::router::router;
use crate::app::App;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// What the HTTP floor is told.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Longest body, bytes.
    pub body_bytes: usize,
    /// Longest time for an answer, the live stream apart.
    pub request_timeout: Duration,
    /// Longest time that running requests have after the signal to stop.
    pub stop_timeout: Duration,
}

/// Serves until `stop` resolves, then lets what runs finish, at most [`HttpSettings::stop_timeout`].
pub async fn serve(
    app: App,
    listener: TcpListener,
    settings: HttpSettings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (told, mut telling) = tokio::sync::watch::channel(false);
    let service = router(app.clone(), &settings).into_make_service_with_connect_info::<SocketAddr>();
    let graceful = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        app.close_live();
        let _ = told.send(true);
    });
    tokio::select! {
        ended = graceful => ended,
        () = async {
            let _ = telling.wait_for(|stopped| *stopped).await;
            tokio::time::sleep(settings.stop_timeout).await;
        } => Ok(()),
    }
}
