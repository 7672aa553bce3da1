//! What map clients load all day, and what watches the service.

use super::super::operation::{Described, Gives, Lane, Operation, Parameter, Rule, Takes, Verb};
use super::super::tiles::MVT;
use super::super::{health, live, metrics, tiles};
use super::{AS_OF, CAMPAIGN, JSON, LEVEL, NO_CONTENT, api, json, reads};
use crate::model::Right;
use axum::routing::get;

const LAYERS: Parameter = Parameter {
    name: "layers",
    what: "Names of layers by commas: areas, context, households.",
    takes: Takes::Text,
    needed: true,
    example: "areas,context",
};

const FILTER: Parameter = Parameter {
    name: "filter",
    what: "What passes this CQL2 text only, over the fields of the collection of each layer, as /ogc lists them for you; outcomes \
           and figures are those of the campaign.",
    takes: Takes::Text,
    needed: false,
    example: "code <> '7001'",
};

/// A number of a tile; what is too great for the zoom is a 404, as map clients expect.
const fn number(name: &'static str, what: &'static str, most: u32, example: &'static str) -> Parameter {
    Parameter { name, what, takes: Takes::Whole { least: 0, most, default: None }, needed: true, example }
}

pub const OPERATIONS: [Operation; 6] = [
    api(
        Verb::Get,
        "/tiles/{layers}",
        Rule::ByRights,
        || get(tiles::tilejson),
        Described {
            parameters: &[LAYERS, CAMPAIGN, LEVEL, FILTER, AS_OF],
            refuses: &[403, 404],
            ..reads("tilejson", "TileJSON 3.0 of some layers", &[json("tilejson")])
        },
    )
    .on(Lane::Tiles),
    api(
        Verb::Get,
        "/tiles/{layers}/{z}/{x}/{y}",
        Rule::ByRights,
        || get(tiles::tile),
        Described {
            parameters: &[
                LAYERS,
                number("z", "Zoom.", 30, "14"),
                number("x", "Column from the west.", u32::MAX, "8625"),
                number("y", "Row from the north.", u32::MAX, "5755"),
                CAMPAIGN,
                LEVEL,
                FILTER,
                AS_OF,
            ],
            refuses: &[403, 404, 406],
            ..reads(
                "tile",
                "A Mapbox vector tile, as fresh as the last change; 204 where nothing is",
                &[Gives { status: 200, media: MVT, schema: "" }, NO_CONTENT],
            )
        },
    )
    .on(Lane::Tiles),
    api(
        Verb::Get,
        "/live",
        Rule::ByRights,
        || get(live::live),
        reads(
            "live",
            "Server-sent events: which tiles and areas a change touched; the header Last-Event-ID catches up",
            &[Gives { status: 200, media: "text/event-stream", schema: "" }],
        ),
    )
    .on(Lane::Live),
    api(
        Verb::Get,
        "/health/live",
        Rule::Open,
        || get(health::live),
        reads("alive", "Whether the process answers", &[json("alive")]),
    )
    .on(Lane::Watched),
    api(
        Verb::Get,
        "/health/ready",
        Rule::Open,
        || get(health::ready),
        reads(
            "ready",
            "Whether it is of use, and if not (503), why",
            &[json("ready"), Gives { status: 503, media: JSON, schema: "ready" }],
        ),
    )
    .on(Lane::Watched),
    api(
        Verb::Get,
        "/metrics",
        Rule::Needs(Right::Administer),
        || get(metrics::metrics),
        reads(
            "metrics",
            "Metrics for Prometheus, in the OpenMetrics text format",
            &[Gives { status: 200, media: "application/openmetrics-text", schema: "" }],
        ),
    )
    .on(Lane::Watched),
];
