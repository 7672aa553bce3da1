//! The page, its styles and glyphs.

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
