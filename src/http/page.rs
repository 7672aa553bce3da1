//! The page, its styles and glyphs, and the worker that keeps them for a phone without network.

use super::extract::Path;
use super::problem::Problem;
use crate::app::{App, Asset};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub async fn index(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    file(app.assets().web("index.html"), "/", &headers)
}

pub async fn web(State(app): State<App>, Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    file(app.assets().web(&path), &path, &headers)
}

pub async fn style(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let json = std::path::Path::new(&name).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    file(app.assets().style(&name).filter(|_| json), &name, &headers)
}

/// Glyphs of a range; an empty one where the font has none, as map clients expect.
pub async fn glyphs(
    State(app): State<App>,
    Path((fontstack, range)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let font = fontstack.split(',').next().unwrap_or_default().trim();
    file(app.assets().style(&format!("glyphs/{font}/{range}")), &range, &headers)
}

/// The service worker, at the root of what it answers for. It begins with the list of the page's files and their hashes, so that the
/// browser finds another worker whenever one of them is another, and nobody keeps that list by hand.
pub async fn worker(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let shell = app.assets().shell().ok_or_else(|| Problem::not_found("no file 'sw.js'".to_owned()))?;
    let list = serde_json::to_string(&shell).map_err(|_| Problem::internal())?;
    let mut bytes = format!("self.SHELL = {list};\n").into_bytes();
    bytes.extend_from_slice(&shell.worker);
    let media_type = "text/javascript".to_owned();
    file(Some(Asset { bytes: bytes.into(), media_type, sha256: shell.version }), "sw.js", &headers)
}

fn file(asset: Option<Asset>, name: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let asset = asset.ok_or_else(|| Problem::not_found(format!("no file '{}'", name.escape_debug())))?;
    let etag = format!("\"{}\"", &asset.sha256[..16]);
    let mut head = HeaderMap::new();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Problem::internal());
    head.insert(header::ETAG, value(&etag)?);
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    head.insert(header::CONTENT_TYPE, value(&asset.media_type)?);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    Ok((head, asset.bytes.into_owned()).into_response())
}
