//! What is noted of every request: its method, the route as the router names it, its status and how long it took. Never a value
//! of path or query, and nothing of a body: a code or a word that is searched for can be personal.

use super::metrics::Metrics;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, info_span};

/// What a request to nowhere is noted under.
const NO_ROUTE: &str = "none";

/// A method by a name of a closed list: anybody may invent another.
fn name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| method.as_str() == *known).unwrap_or("other")
}

/// Counts and times a request, in a span that a trace may show.
pub async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let method = name(request.method());
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let span = info_span!(
        target: "melonmap::request",
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    let start = Instant::now();
    let running = metrics.begin();
    let response = next.run(request).instrument(span.clone()).await;
    drop(running);
    let (status, took) = (response.status(), start.elapsed());
    span.record("http.response.status_code", status.as_u16());
    let micros = took.as_micros();
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let _entered = span.enter();
    // Shed load is no fault of the program, and there may be thousands of such answers a second.
    if status.is_server_error() && status != axum::http::StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(method, route, status = status.as_u16(), micros, "request failed");
    } else {
        tracing::debug!(method, route, status = status.as_u16(), micros, "request");
    }
    metrics.end(method, route, status.as_u16(), took);
    response
}
