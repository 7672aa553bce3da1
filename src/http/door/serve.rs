//! The listener: takes connections in while there is room, and stops when told, finishing what it has begun.

use super::connection;
use super::house::House;
use super::seats::Seats;
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

/// The share of all connections that one address may hold: 1 of so many.
const SHARE: usize = 4;
/// After a connection could not be taken: the system has no room, and asking it again at once would not help.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` resolves, then lets what runs finish, at most [`super::super::HttpSettings::stop_timeout`].
pub async fn serve(house: House, listener: TcpListener, stop: impl Future<Output = ()>) {
    let settings = house.settings().clone();
    let seats = Seats::new(settings.max_connections, settings.max_connections.div_ceil(SHARE));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, peer.ip()),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(PAUSE).await;
                continue;
            }
        };
        let trusted = settings.trusted_proxies.trust(peer);
        let seat = if trusted { seats.take_any(peer) } else { seats.take(peer) };
        // Who finds no seat is hung up on: an answer would take what there is none of.
        if let Some(seat) = seat {
            tokio::spawn(connection::serve(house.clone(), stream, peer, seat, graceful.watcher()));
        }
    }
    drop(listener);
    house.close();
    let _ = timeout(settings.stop_timeout, graceful.shutdown()).await;
}
