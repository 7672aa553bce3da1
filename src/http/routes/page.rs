//! The page's files, and the description of all this.

use super::super::operation::{About, Described, Gives, Lane, Operation, Rule, Verb};
use super::super::{describe, page};
use super::reads;
use axum::routing::get;

const fn file(path: &'static str) -> Operation {
    Operation {
        verb: Verb::Get,
        path,
        rule: Rule::Open,
        lane: Lane::Plain,
        about: About::Page,
        handler: || get(page::index),
    }
}

const fn described(path: &'static str, about: Described) -> Operation {
    Operation { about: About::Api(about), ..file(path) }
}

pub const OPERATIONS: [Operation; 6] = [
    Operation {
        handler: || get(describe::document),
        ..described(
            "/api/openapi.json",
            reads(
                "openapi",
                "This description, in OpenAPI 3.1",
                &[Gives { status: 200, media: describe::OPENAPI, schema: "openapi" }],
            ),
        )
    },
    Operation {
        handler: || get(describe::docs),
        ..described(
            "/api/docs",
            reads("docs", "This description as a page", &[Gives { status: 200, media: "text/html", schema: "" }]),
        )
    },
    file("/"),
    Operation { handler: || get(page::web), ..file("/web/{*path}") },
    Operation { handler: || get(page::style), ..file("/styles/{name}") },
    Operation { handler: || get(page::glyphs), ..file("/glyphs/{fontstack}/{range}") },
];
