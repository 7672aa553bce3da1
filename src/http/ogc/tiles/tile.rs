//! A tile: that of `/tiles`, by row and column.

use super::MVT_FORM;
use super::asked::{self, Asked, layer_of_collection, layers_of_map};
use crate::app::{App, Caller, TileLayers, tileset_has_zoom};
use crate::geom::TileId;
use crate::http::extract::{Params, Path};
use crate::http::problem::Problem;
use crate::http::tiles::answer;
use crate::model::ModelError;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

pub async fn of_map(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((matrix, row, column)): Path<(String, String, String)>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let asked = Asked::read(pairs, true)?;
    let layers = layers_of_map(&app, &caller, asked.collections.as_deref())?;
    let by_role = asked.collections.is_none();
    let tile = asked::tile(&matrix, &row, &column)?;
    let mut response = one(&app, &caller, &headers, layers, tile, asked).await?;
    if by_role {
        // Which layers these are follows from who asks, public as each of them may be.
        let head = response.headers_mut();
        head.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        head.insert(header::VARY, HeaderValue::from_static("Accept-Encoding, Authorization, Cookie"));
    }
    Ok(response)
}

pub async fn of_collection(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((name, matrix, row, column)): Path<(String, String, String, String)>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (_, layers) = layer_of_collection(&app, &caller, &name)?;
    let asked = Asked::read(pairs, false)?;
    let tile = asked::tile(&matrix, &row, &column)?;
    one(&app, &caller, &headers, layers, tile, asked).await
}

async fn one(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    layers: TileLayers,
    tile: TileId,
    asked: Asked,
) -> Result<Response, Problem> {
    if let Some(form) = asked.form.as_deref().filter(|form| *form != MVT_FORM) {
        return Err(ModelError::new("f", form, MVT_FORM).into());
    }
    let beyond = || {
        let (z, row, column) = (tile.z(), tile.y(), tile.x());
        Problem::not_found(format!("tile matrix {z}, row {row}, column {column} is beyond the limits of this tileset"))
    };
    let request = asked.tile.of_tile(layers, tile)?;
    if !tileset_has_zoom(layers, tile.z()) {
        return Err(beyond());
    }
    let response = answer(app, caller, headers, request).await?;
    // Whatever shows something lies within the limits, so that only an empty tile need be asked.
    if response.status() == StatusCode::NO_CONTENT && !app.tileset_has(caller, layers, tile) {
        return Err(beyond());
    }
    Ok(response)
}
