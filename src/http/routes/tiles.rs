//! What map clients load all day, and what watches the service.

use super::super::operation::{About, Described, Gives, Lane, Operation, Parameter, Rule, Takes, Verb};
use super::super::{health, live, metrics, tiles};
use super::{CAMPAIGN, JSON, LEVEL, NO_CONTENT, json, reads};
use axum::routing::get;

const LAYERS: Parameter = Parameter {
    name: "layers",
    what: "Names of layers by commas: areas, context, households.",
    takes: Takes::Text,
    needed: true,
    example: "areas,context",
};

/// A number of a tile; what is too great for the zoom is a 404, as map clients expect.
const fn number(name: &'static str, what: &'static str, most: u32, example: &'static str) -> Parameter {
    Parameter { name, what, takes: Takes::Whole { least: 0, most, default: None }, needed: true, example }
}

const fn watched(path: &'static str, about: Described) -> Operation {
    Operation {
        verb: Verb::Get,
        path,
        rule: Rule::Open,
        lane: Lane::Watched,
        about: About::Api(about),
        handler: || get(health::live),
    }
}

pub const OPERATIONS: [Operation; 6] = [
    Operation {
        verb: Verb::Get,
        path: "/tiles/{layers}",
        rule: Rule::ByRights,
        lane: Lane::Tiles,
        about: About::Api(Described {
            parameters: &[LAYERS, CAMPAIGN, LEVEL],
            refuses: &[403, 404],
            ..reads("tilejson", "TileJSON 3.0 of some layers", &[json("tilejson")])
        }),
        handler: || get(tiles::tilejson),
    },
    Operation {
        verb: Verb::Get,
        path: "/tiles/{layers}/{z}/{x}/{y}",
        rule: Rule::ByRights,
        lane: Lane::Tiles,
        about: About::Api(Described {
            parameters: &[
                LAYERS,
                number("z", "Zoom.", 30, "14"),
                number("x", "Column from the west.", u32::MAX, "8625"),
                number("y", "Row from the north.", u32::MAX, "5755"),
                CAMPAIGN,
                LEVEL,
            ],
            refuses: &[403, 404, 406],
            ..reads(
                "tile",
                "A Mapbox vector tile, as fresh as the last change; 204 where nothing is",
                &[Gives { status: 200, media: "application/vnd.mapbox-vector-tile", schema: "" }, NO_CONTENT],
            )
        }),
        handler: || get(tiles::tile),
    },
    Operation {
        verb: Verb::Get,
        path: "/live",
        rule: Rule::ByRights,
        lane: Lane::Live,
        about: About::Api(reads(
            "live",
            "Server-sent events: which tiles and areas a change touched; the header Last-Event-ID catches up",
            &[Gives { status: 200, media: "text/event-stream", schema: "" }],
        )),
        handler: || get(live::live),
    },
    watched("/health/live", reads("alive", "Whether the process answers", &[json("alive")])),
    Operation {
        handler: || get(health::ready),
        ..watched(
            "/health/ready",
            reads(
                "ready",
                "Whether it is of use, and if not (503), why",
                &[json("ready"), Gives { status: 503, media: JSON, schema: "ready" }],
            ),
        )
    },
    Operation {
        handler: || get(metrics::metrics),
        ..watched(
            "/metrics",
            reads(
                "metrics",
                "Metrics for Prometheus, in the OpenMetrics text format",
                &[Gives { status: 200, media: "application/openmetrics-text", schema: "" }],
            ),
        )
    },
];
