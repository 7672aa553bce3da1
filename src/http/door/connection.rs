//! One connection: from its first byte to its last, with an end to every wait.

use super::super::hits::ShownToken;
use super::house::House;
use super::seats::Seat;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;

/// Longest head of a request, bytes: the longest URL, a token and what browsers add, twice over.
const MAX_HEAD: usize = 32 << 10;
/// Most headers.
const MAX_HEADERS: usize = 100;
/// Requests at a time on one connection of HTTP/2: a screen of tiles.
const MAX_STREAMS: u32 = 128;

/// A stream that gives up where it waits for too long.
type Patient = Pin<Box<TimeoutStream<TcpStream>>>;

/// Serves a connection until it ends; the seat is free again then.
pub async fn serve(house: House, stream: TcpStream, peer: IpAddr, seat: Seat, watcher: Watcher) {
    let patience = house.settings().client_timeout;
    // Small answers leave at once. A connection on which this cannot be set is closed already.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience));
    let stream: Patient = Box::pin(stream);
    // How a connection ends is the client's affair: it hung up, was too slow, or spoke something else.
    let _ended = match house.settings().tls.clone() {
        None => first(stream, house, peer, false, patience, watcher).await,
        Some(tls) => match tls.accept(stream, patience).await {
            Some((mut stream, true)) => {
                // Pings come at half this time: who does not answer them has gone.
                stream.get_mut().0.as_mut().set_read_timeout_pinned(Some(patience));
                second(stream, house, peer, patience, watcher).await
            }
            Some((stream, false)) => first(stream, house, peer, true, patience, watcher).await,
            None => Ok(()),
        },
    };
    drop(seat);
}

/// HTTP/1.1. Its own timeout ends a head that does not come, and a connection that nobody uses.
async fn first<S>(
    stream: S,
    house: House,
    peer: IpAddr,
    secure: bool,
    patience: Duration,
    watcher: Watcher,
) -> hyper::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let shown = Arc::new(ShownToken::default());
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD)
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| answer(&house, request, peer, secure, &shown)),
        );
    watcher.watch(connection).await
}

/// HTTP/2, which browsers speak only over TLS.
async fn second<S>(stream: S, house: House, peer: IpAddr, patience: Duration, watcher: Watcher) -> hyper::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let shown = Arc::new(ShownToken::default());
    let service = service_fn(move |request| answer(&house, request, peer, true, &shown));
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(patience / 2)
        .keep_alive_timeout(patience / 2)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
        .serve_connection(TokioIo::new(stream), service);
    watcher.watch(connection).await
}

/// Boxed where it has to wait: what only hands out a tile is not to be moved about with room for all that others do.
fn answer(
    house: &House,
    request: Request<Incoming>,
    peer: IpAddr,
    secure: bool,
    shown: &Arc<ShownToken>,
) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send + use<> {
    let answer = house.at_once(&request, peer, shown).ok_or_else(|| {
        let (house, shown) = (house.clone(), Arc::clone(shown));
        Box::pin(async move { house.answer(request.map(Body::new), peer, secure, &shown).await })
    });
    async move {
        Ok(match answer {
            Ok(answer) => answer,
            Err(later) => later.await,
        })
    }
}
