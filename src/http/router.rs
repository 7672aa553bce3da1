//! Every route, and what all of them share.

use super::problem::Problem;
use super::serve::HttpSettings;
use super::{areas, campaigns, coverage, health, households, info, live, page, people, session, tiles, visits};
use crate::app::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// Longest path and query, bytes: a layer list, a bounding box and a name fit many times over.
const MAX_URL: usize = 8_192;

/// The service's URLs over an app.
pub fn router(app: App, settings: &HttpSettings) -> Router {
    // Tiles carry their own coding and ETag; an event stream has no end that a timeout could wait for.
    let tiles = Router::new()
        .route("/tiles/{layers}", get(tiles::tilejson))
        .route("/tiles/{layers}/{z}/{x}/{y}", get(tiles::tile));
    let live = Router::new().route("/live", get(live::live));
    let rest = Router::new()
        .route("/api/info", get(info::info))
        .route("/api/me", get(info::me))
        .route("/api/check", get(info::check))
        .route("/api/search", get(info::search))
        .route("/api/coverage", get(coverage::coverage))
        .route("/api/areas/{code}", get(areas::area))
        .route("/api/unvisited", get(households::unvisited))
        .route("/api/households/{code}", get(households::household))
        .route("/api/campaigns", get(campaigns::list).post(campaigns::found))
        .route("/api/visits", post(visits::log))
        .route("/api/session", get(session::who).post(session::begin).delete(session::end))
        .route("/api/tokens", get(people::tokens).post(people::make_token))
        .route("/api/tokens/{id}", delete(people::end_token))
        .route("/api/users", get(people::users).post(people::put_user))
        .route("/api/users/{name}", delete(people::disable_user))
        .route("/api/users/{name}/link", post(people::link_user))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/", get(page::index))
        .route("/web/{*path}", get(page::web))
        .route("/styles/{name}", get(page::style))
        .route("/glyphs/{fontstack}/{range}", get(page::glyphs))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(1_024).and(NotForContentType::IMAGES)));
    let timed = tiles
        .merge(rest)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, settings.request_timeout));
    timed
        .merge(live)
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(settings.body_bytes))
        .layer(middleware::from_fn(short_url))
        .layer(security("content-security-policy", CSP))
        .layer(security("x-content-type-options", "nosniff"))
        .layer(security("referrer-policy", "no-referrer"))
        .layer(security("x-frame-options", "DENY"))
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .layer(middleware::from_fn(log))
        .with_state(app)
}

/// The page loads nothing from elsewhere and runs no script that stands in a document.
const CSP: &str = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self' \
                   'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

fn security(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

async fn not_found(uri: Uri) -> Problem {
    Problem::not_found(format!("nothing is at {}", uri.path()))
}

async fn wrong_method(uri: Uri) -> Problem {
    Problem::method_not_allowed(format!("{} does not take this method", uri.path()))
}

async fn short_url(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |p| p.as_str().len());
    if length > MAX_URL {
        return Problem::url_too_long(length, MAX_URL).into_response();
    }
    next.run(request).await
}

/// One line a request: the route as the router names it, never its values – a code or a query can be personal.
async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.uri().path().split('/').nth(1).unwrap_or_default().to_owned();
    let start = std::time::Instant::now();
    let response = next.run(request).await;
    let (status, micros) = (response.status().as_u16(), start.elapsed().as_micros());
    if response.status().is_server_error() {
        tracing::error!(%method, route, status, micros, "request failed");
    } else {
        tracing::debug!(%method, route, status, micros, "request");
    }
    response
}
