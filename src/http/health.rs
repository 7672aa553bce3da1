//! Is it alive, is it ready, how does it do.

use super::problem::Problem;
use crate::app::App;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};

pub async fn live() -> Json<Value> {
    Json(json!({"status": "live"}))
}

pub async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.ready()?;
    Ok(Json(json!({"status": "ready", "seq": app.info().seq})))
}

/// In the text format of Prometheus; counts only, of nobody in particular.
pub async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let (households, visits, context) = app.counts();
    let cache = app.cache_stats();
    let lines = [
        ("melonmap_changes_total", "counter", "Changes in the store.", app.info().seq),
        ("melonmap_households", "gauge", "Households on the map.", households as u64),
        ("melonmap_visits", "gauge", "Visits on the map.", visits as u64),
        ("melonmap_context_features", "gauge", "Features of the base map.", context as u64),
        ("melonmap_tile_cache_hits_total", "counter", "Tiles answered from the cache.", cache.hits),
        ("melonmap_tile_cache_misses_total", "counter", "Tiles worked out.", cache.misses),
        ("melonmap_tile_cache_bytes", "gauge", "Bytes in the tile cache.", cache.bytes),
        ("melonmap_tile_cache_entries", "gauge", "Tiles in the cache.", cache.entries),
    ];
    let text = lines.into_iter().fold(String::new(), |text, (name, kind, help, value)| {
        text + &format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n")
    });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}
