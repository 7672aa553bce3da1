//! What all operations share, put around the table of them.

use super::door::{Gate, Rates, Seats, admit, seated, within_rate};
use super::guard::guard;
use super::hits::Hits;
use super::metrics::Metrics;
use super::observe::observe;
use super::operation::{Lane, Operation, Rule};
use super::problem::Problem;
use super::routes::operations;
use super::settings::HttpSettings;
use crate::app::App;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::Uri;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use axum::{Extension, Router};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Longest path and query, bytes: a layer list, a bounding box and a name fit many times over.
const MAX_URL: usize = 8_192;

/// The service's URLs over an app, and what answers before them.
pub fn router(app: App, settings: &HttpSettings) -> (Router, Hits) {
    let gate = Gate::new(settings.max_running, settings.body_bytes, settings.client_timeout, settings.request_timeout);
    let rates = Rates::new(settings.address_rate, settings.token_rate);
    let seats = Seats::new(settings.live_streams, settings.live_streams_each);
    let metrics = Metrics::new(app.clone(), Arc::clone(&gate), Arc::clone(&rates), Arc::clone(&seats));
    let hits = Hits::new(app.clone(), Arc::clone(&rates), Arc::clone(&metrics));
    let lane = |lane: Lane| {
        operations()
            .filter(|o| o.lane == lane)
            .fold(Router::new(), |router, operation| router.route(operation.path, ruled(operation, &app)))
    };
    let plain = lane(Lane::Plain)
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(1_024).and(NotForContentType::IMAGES)));
    let live = lane(Lane::Live).layer(middleware::from_fn_with_state(seats, seated));
    let watched = lane(Lane::Watched).layer(Extension(Arc::clone(&metrics)));
    let all = lane(Lane::Tiles)
        .merge(plain)
        .layer(middleware::from_fn_with_state(gate, admit))
        .merge(live)
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(rates, within_rate))
        .merge(watched)
        .layer(DefaultBodyLimit::max(settings.body_bytes))
        .layer(middleware::from_fn(short_url))
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()));
    (all.layer(middleware::from_fn_with_state(metrics, observe)).with_state(app), hits)
}

/// The handler of an operation behind its rule.
fn ruled(operation: &Operation, app: &App) -> MethodRouter<App> {
    let handler = (operation.handler)();
    match operation.rule {
        Rule::Needs(right) => handler.layer(middleware::from_fn_with_state((app.clone(), right), guard)),
        Rule::Open | Rule::ByRights => handler,
    }
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
