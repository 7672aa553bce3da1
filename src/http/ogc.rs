//! OGC API Features under `/ogc`: Part 1 (17-069r4), Part 2 CRS (18-058r1), Part 3 filtering (19-079r2), Part 5 schemas (23-058r1).
//!
//! Everything here is made from the registry of collections in `model::collection`: a collection that is added there is served
//! here, with its schema, queryables and description.

mod collections;
mod document;
mod geojson;
mod html;
mod items;
mod landing;
mod openapi;
mod query;
mod schema;
mod stream;

use crate::app::App;
use axum::Router;
use axum::routing::get;

/// The routes, below `/ogc`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ogc", get(landing::landing))
        // OWSLib ends the address of every service with a slash.
        .route("/ogc/", get(landing::landing))
        .route("/ogc/conformance", get(landing::conformance))
        .route("/ogc/api", get(openapi::document))
        .route("/ogc/collections", get(collections::list))
        .route("/ogc/collections/{collection}", get(collections::one))
        .route("/ogc/collections/{collection}/queryables", get(schema::queryables))
        .route("/ogc/collections/{collection}/sortables", get(schema::sortables))
        .route("/ogc/collections/{collection}/schema", get(schema::schema))
        .route("/ogc/collections/{collection}/items", get(items::items))
        .route("/ogc/collections/{collection}/items/{item}", get(items::item))
}
