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

pub use html::{page as frame, text};
pub use openapi::{paths, refusals, schemas, security, security_schemes};

use super::operation::{About, Lane, Operation, Rule, Verb};
use axum::routing::get;
use schema::Listed;

/// All of `/ogc` is read; which collections there are, their rights say.
const fn reads(path: &'static str) -> Operation {
    let handler = || get(landing::landing);
    Operation { verb: Verb::Get, path, rule: Rule::ByRights, lane: Lane::Plain, about: About::Ogc, handler }
}

/// The operations below `/ogc`.
pub const OPERATIONS: [Operation; 11] = [
    reads("/ogc"),
    // OWSLib ends the address of every service with a slash.
    Operation { about: About::Page, ..reads("/ogc/") },
    Operation { handler: || get(landing::conformance), ..reads("/ogc/conformance") },
    Operation { handler: || get(openapi::document), ..reads("/ogc/api") },
    Operation { handler: || get(collections::list), ..reads("/ogc/collections") },
    Operation { handler: || get(collections::one), ..reads("/ogc/collections/{collection}") },
    Operation { handler: || schema::document(Listed::Queryables), ..reads("/ogc/collections/{collection}/queryables") },
    Operation { handler: || schema::document(Listed::Sortables), ..reads("/ogc/collections/{collection}/sortables") },
    Operation { handler: || schema::document(Listed::Schema), ..reads("/ogc/collections/{collection}/schema") },
    Operation { handler: || get(items::items), ..reads("/ogc/collections/{collection}/items") },
    Operation { handler: || get(items::item), ..reads("/ogc/collections/{collection}/items/{item}") },
];
