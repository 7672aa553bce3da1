//! OGC API Features under `/ogc`: Part 1 (17-069r4), Part 2 CRS (18-058r1), Part 3 filtering (19-079r2), Part 4 create, replace, delete
//! (20-002), Part 5 schemas (23-058r1); and OGC API Tiles (20-057).
//!
//! Everything here is made from the registry of collections in `model::collection`: a collection that is added there is served
//! here, with its schema, queryables and description.

mod collections;
mod document;
mod edit;
mod geojson;
mod html;
mod items;
mod landing;
mod openapi;
mod query;
mod schema;
mod stream;
mod tiles;

pub use html::{page as frame, text};
pub use openapi::{paths, refusals, schemas, security, security_schemes};

use super::operation::{About, Operation, Rule, Verb};
use crate::app::App;
use crate::model::Right;
use axum::routing::{MethodRouter, delete, get, options, post, put};
use schema::Listed;

/// What is read; which collections there are, their rights say.
const fn reads(path: &'static str, handler: fn() -> MethodRouter<App>) -> Operation {
    Operation::new(Verb::Get, path, Rule::ByRights, handler, About::Ogc)
}

/// What planners change.
const fn draws(verb: Verb, path: &'static str, handler: fn() -> MethodRouter<App>) -> Operation {
    Operation::new(verb, path, Rule::Needs(Right::Draw), handler, About::Ogc)
}

/// What may be asked of a place.
const fn tells(path: &'static str, handler: fn() -> MethodRouter<App>) -> Operation {
    Operation::new(Verb::Options, path, Rule::ByRights, handler, About::Page)
}

/// Those of tiles.
pub const TILES: [Operation; 8] = tiles::OPERATIONS;

/// The operations below `/ogc` but those of tiles.
pub const OPERATIONS: [Operation; 16] = [
    reads("/ogc", || get(landing::landing)),
    // OWSLib ends the address of every service with a slash.
    Operation::new(Verb::Get, "/ogc/", Rule::ByRights, || get(landing::landing), About::Page),
    reads("/ogc/conformance", || get(landing::conformance)),
    reads("/ogc/api", || get(openapi::document)),
    reads("/ogc/collections", || get(collections::list)),
    reads("/ogc/collections/{collection}", || get(collections::one)),
    reads("/ogc/collections/{collection}/queryables", || schema::document(Listed::Queryables)),
    reads("/ogc/collections/{collection}/sortables", || schema::document(Listed::Sortables)),
    reads("/ogc/collections/{collection}/schema", || schema::document(Listed::Schema)),
    reads("/ogc/collections/{collection}/items", || get(items::items)),
    reads("/ogc/collections/{collection}/items/{item}", || get(items::item)),
    draws(Verb::Post, "/ogc/collections/{collection}/items", || post(edit::create)),
    draws(Verb::Put, "/ogc/collections/{collection}/items/{item}", || put(edit::replace)),
    draws(Verb::Delete, "/ogc/collections/{collection}/items/{item}", || delete(edit::remove)),
    tells("/ogc/collections/{collection}/items", || options(edit::items_options)),
    tells("/ogc/collections/{collection}/items/{item}", || options(edit::item_options)),
];
