//! Every route, and what all of them share.

use super::door::{Gate, Rates, Seats, admit, seated, within_rate};
use super::metrics::Metrics;
use super::observe::observe;
use super::problem::Problem;
use super::settings::HttpSettings;
use super::{
    areas, campaigns, coverage, health, households, info, live, page, people, security, session, tiles, visits,
};
use crate::app::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::Uri;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Longest path and query, bytes: a layer list, a bounding box and a name fit many times over.
const MAX_URL: usize = 8_192;

/// The service's URLs over an app.
pub fn router(app: App, settings: &HttpSettings) -> Router {
    let gate = Gate::new(settings.max_running, settings.body_bytes, settings.client_timeout, settings.request_timeout);
    let rates = Rates::new(settings.address_rate, settings.token_rate);
    let seats = Seats::new(settings.live_streams, settings.live_streams_each);
    let metrics = Metrics::new(app.clone(), Arc::clone(&gate), Arc::clone(&rates), Arc::clone(&seats));
    // Tiles carry their own coding and ETag.
    let tiles = Router::new()
        .route("/tiles/{layers}", get(tiles::tilejson))
        .route("/tiles/{layers}/{z}/{x}/{y}", get(tiles::tile));
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
        .merge(super::ogc::routes())
        .route("/api/session", get(session::who).post(session::begin).delete(session::end))
        .route("/api/session/password", put(session::password))
        .route("/api/tokens", get(people::tokens).post(people::make_token))
        .route("/api/tokens/{id}", delete(people::end_token))
        .route("/api/users", get(people::users).post(people::put_user))
        .route("/api/users/{name}", delete(people::disable_user))
        .route("/api/users/{name}/link", post(people::link_user))
        .route("/", get(page::index))
        .route("/web/{*path}", get(page::web))
        .route("/styles/{name}", get(page::style))
        .route("/glyphs/{fontstack}/{range}", get(page::glyphs))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(1_024).and(NotForContentType::IMAGES)));
    // An event stream has no end that a gate could wait for: what is counted is how many there are.
    let live = Router::new().route("/live", get(live::live)).layer(middleware::from_fn_with_state(seats, seated));
    // Who watches the service is answered however much others ask.
    let shown = Arc::clone(&metrics);
    let watched = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(async move || shown.answer()));
    let all = tiles
        .merge(rest)
        .layer(middleware::from_fn_with_state(gate, admit))
        .merge(live)
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(rates, within_rate))
        .merge(watched)
        .layer(DefaultBodyLimit::max(settings.body_bytes))
        .layer(middleware::from_fn(short_url))
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()));
    security::headers(all, settings.tls.is_some())
        .layer(middleware::from_fn_with_state(metrics, observe))
        .with_state(app)
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
