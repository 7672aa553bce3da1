//! How tiles are cut: the tile matrix sets, of which there is one.

use super::super::document::{Form, Link, form};
use super::super::landing::{FormParams, answer, own_links};
use super::{CRS, MATRIX_SET, html};
use crate::geom::TileMatrix;
use crate::http::door::base as origin;
use crate::http::extract::Params;
use crate::http::problem::Problem;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;

/// As the OGC's register names it.
const TITLE: &str = "Google Maps Compatible for the World";
const SCALE_SET: &str = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible";

/// A tile matrix (17-083r4).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    id: String,
    scale_denominator: f64,
    cell_size: f64,
    corner_of_origin: &'static str,
    point_of_origin: [f64; 2],
    tile_width: u32,
    tile_height: u32,
    matrix_width: u32,
    matrix_height: u32,
}

impl From<TileMatrix> for Definition {
    fn from(matrix: TileMatrix) -> Definition {
        Definition {
            id: matrix.z().to_string(),
            scale_denominator: matrix.scale_denominator(),
            cell_size: matrix.cell_size(),
            corner_of_origin: "topLeft",
            point_of_origin: TileMatrix::ORIGIN,
            tile_width: TileMatrix::TILE_CELLS,
            tile_height: TileMatrix::TILE_CELLS,
            matrix_width: matrix.side(),
            matrix_height: matrix.side(),
        }
    }
}

pub async fn list(headers: HeaderMap, Params(params): Params<FormParams>) -> Result<Response, Problem> {
    let form = form(params.f.as_deref(), &headers, &Form::DOCUMENT)?;
    let url = format!("{}/ogc/tileMatrixSets", origin(&headers));
    let links = own_links(&url, form);
    let one = Link::new("self", "application/json", format!("{url}/WebMercatorQuad"), "The definition");
    let document = json!({
        "links": links,
        "tileMatrixSets": [{ "id": "WebMercatorQuad", "title": TITLE, "uri": MATRIX_SET, "crs": CRS, "links": [one] }],
    });
    Ok(answer(form, &document, || html::matrix_sets(TITLE, &links)))
}

pub async fn one(headers: HeaderMap, Params(params): Params<FormParams>) -> Result<Response, Problem> {
    let form = form(params.f.as_deref(), &headers, &Form::DOCUMENT)?;
    let matrices: Vec<Definition> = TileMatrix::all().map(Definition::from).collect();
    let document = json!({
        "id": "WebMercatorQuad",
        "title": TITLE,
        "uri": MATRIX_SET,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": SCALE_SET,
        "tileMatrices": matrices,
    });
    let links = own_links(&format!("{}/ogc/tileMatrixSets/WebMercatorQuad", origin(&headers)), form);
    Ok(answer(form, &document, || html::matrix_set(TITLE, &links)))
}
