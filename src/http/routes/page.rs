//! The page's files, and the description of all this.

use super::super::operation::{About, Gives, Operation, Rule, Verb};
use super::super::{describe, page};
use super::{api, reads};
use axum::routing::get;

pub const OPERATIONS: [Operation; 7] = [
    api(
        Verb::Get,
        "/api/openapi.json",
        Rule::Open,
        || get(describe::document),
        reads(
            "openapi",
            "This description, in OpenAPI 3.1",
            &[Gives { status: 200, media: describe::OPENAPI, schema: "openapi" }],
        ),
    ),
    api(
        Verb::Get,
        "/api/docs",
        Rule::Open,
        || get(describe::docs),
        reads("docs", "This description as a page", &[Gives { status: 200, media: "text/html", schema: "" }]),
    ),
    Operation::new(Verb::Get, "/", Rule::Open, || get(page::index), About::Page),
    Operation::new(Verb::Get, "/sw.js", Rule::Open, || get(page::worker), About::Page),
    Operation::new(Verb::Get, "/web/{*path}", Rule::Open, || get(page::web), About::Page),
    Operation::new(Verb::Get, "/styles/{name}", Rule::Open, || get(page::style), About::Page),
    Operation::new(Verb::Get, "/glyphs/{fontstack}/{range}", Rule::Open, || get(page::glyphs), About::Page),
];
