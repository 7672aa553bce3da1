//! `/tiles/{layers}` and `/tiles/{layers}/{z}/{x}/{y}`.

use super::accept;
use super::extract::{Params, Path, as_of, campaign, parse};
use super::problem::Problem;
use crate::app::{App, Caller, TileBody, TileCoding, TileLayers, TileRequest};
use crate::geom::TileId;
use crate::model::{Level, written};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct TileParams {
    campaign: Option<String>,
    level: Option<String>,
    filter: Option<String>,
    as_of: Option<String>,
}

pub async fn tilejson(
    State(app): State<App>,
    caller: Caller,
    Path(layers): Path<String>,
    headers: HeaderMap,
    Params(params): Params<TileParams>,
) -> Result<Response, Problem> {
    let (_, _) = (campaign(params.campaign.as_deref())?, parse::<Level>(params.level.as_deref())?);
    let layers = app.layers(&layers)?;
    let base = super::door::base(&headers);
    let named = [
        ("campaign", &params.campaign),
        ("level", &params.level),
        ("filter", &params.filter),
        ("as_of", &params.as_of),
    ];
    let given: Vec<(&str, &String)> =
        named.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))).collect();
    let query = serde_urlencoded::to_string(given).map_err(|_| Problem::internal())?;
    let query = if query.is_empty() { query } else { format!("?{query}") };
    let url = format!("{base}/tiles/{layers}/{{z}}/{{x}}/{{y}}{query}");
    let as_of = as_of(params.as_of.as_deref())?;
    let document = app.tilejson(&caller, layers, params.filter.as_deref(), as_of, url)?;
    Ok(([(header::CACHE_CONTROL, "no-cache"), (header::VARY, "Authorization, Cookie")], Json(document)).into_response())
}

pub async fn tile(
    State(app): State<App>,
    caller: Caller,
    Path((layers, z, x, y)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    Params(params): Params<TileParams>,
) -> Result<Response, Problem> {
    let layers = app.layers(&layers)?;
    let tile = written::tile(&z, &x, &y)?;
    answer(&app, &caller, &headers, params.of_tile(layers, tile)?).await
}

impl TileParams {
    /// What they ask for of a tile.
    pub fn of_tile(self, layers: TileLayers, tile: TileId) -> Result<TileRequest, Problem> {
        let (campaign, level) = (campaign(self.campaign.as_deref())?, parse(self.level.as_deref())?);
        Ok(TileRequest { layers, tile, campaign, level, filter: self.filter, as_of: as_of(self.as_of.as_deref())? })
    }
}

/// A tile in the coding that the headers ask for, or that it is the one they know; 204 where nothing is in it.
pub async fn answer(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    request: TileRequest,
) -> Result<Response, Problem> {
    let coding = coding(headers)?;
    let public = app.tile_is_public(request.layers) && request.as_of.is_none();
    let body = app.tile(caller, request, coding).await?;
    respond(headers, &body, coding, public)
}

/// The coding that the headers ask for.
pub fn coding(headers: &HeaderMap) -> Result<TileCoding, Problem> {
    let accepted = headers.get(header::ACCEPT_ENCODING).map(|v| v.to_str().unwrap_or_default());
    let no_coding =
        || Problem::not_acceptable("tiles are sent as zstd, br, gzip or identity, and Accept-Encoding takes none");
    let name = accept::coding(accepted).ok_or_else(no_coding)?;
    Ok(TileCoding::named(name).unwrap_or(TileCoding::Identity))
}

/// A tile that is ready, in a coding; `public` where everybody is shown the same.
pub fn respond(headers: &HeaderMap, body: &TileBody, coding: TileCoding, public: bool) -> Result<Response, Problem> {
    // With room for what the door adds.
    let mut head = HeaderMap::with_capacity(12);
    // A change may come before the next request: every answer is asked about again, cheaply, by its ETag.
    let caching = if public { "public, no-cache" } else { "private, no-cache" };
    let vary = if public { "Accept-Encoding" } else { "Accept-Encoding, Authorization, Cookie" };
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    head.insert(header::VARY, HeaderValue::from_static(vary));
    if body.is_empty() {
        return Ok((StatusCode::NO_CONTENT, head).into_response());
    }
    let value = |text| HeaderValue::from_maybe_shared(text).map_err(|_| Problem::internal());
    head.insert(FEATURES, value(body.told())?);
    let etag = value(body.etag(coding))?;
    let same = headers.get(header::IF_NONE_MATCH).is_some_and(|known| matches(known, &etag));
    head.insert(header::ETAG, etag);
    let (status, sent) = if same {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static(MVT));
        if coding != TileCoding::Identity {
            head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
        }
        (StatusCode::OK, Body::from(body.bytes(coding)))
    };
    let mut response = Response::new(sent);
    (*response.status_mut(), *response.headers_mut()) = (status, head);
    Ok(response)
}

/// How many features stand for how many things, layer by layer: a dictionary of RFC 9651, such as `households=256;of=48721`.
const FEATURES: HeaderName = HeaderName::from_static("tile-features");

/// The media type of a vector tile, as IANA lists it.
pub const MVT: &str = "application/vnd.mapbox-vector-tile";

/// Whether one of the tags of `If-None-Match` is this one; compared weakly, as RFC 9110 § 13.1.2 asks.
fn matches(list: &HeaderValue, etag: &HeaderValue) -> bool {
    let list = list.to_str().unwrap_or_default();
    list.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
