//! Plans: where stalls may stand.

use super::super::operation::{Described, Gives, Operation, Parameter, Rule, Takes, Verb};
use super::super::plans;
use super::{api, created, json, reads};
use crate::model::Right;
use axum::routing::{delete, get, post, put};

const ID: Parameter =
    Parameter { name: "id", what: "Number of the plan.", takes: Takes::Text, needed: true, example: "1" };

/// An operation that reads one plan.
const fn of_one(id: &'static str, summary: &'static str, gives: &'static [Gives]) -> Described {
    Described { parameters: &[ID], refuses: &[404], ..reads(id, summary, gives) }
}

const fn degrees(name: &'static str, example: &'static str) -> Parameter {
    Parameter { name, what: "Where, in degrees.", takes: Takes::Text, needed: true, example }
}

pub const OPERATIONS: [Operation; 11] = [
    api(
        Verb::Get,
        "/api/plans",
        Rule::Needs(Right::Plans),
        || get(plans::list),
        reads("plans", "The plans", &[json("plans")]),
    ),
    api(
        Verb::Post,
        "/api/plans",
        Rule::Needs(Right::Draw),
        || post(plans::found),
        Described {
            body: "new_plan",
            refuses: &[404],
            ..reads("found_plan", "Found a plan; its lawful places are computed at once", &[created("plan")])
        },
    ),
    api(
        Verb::Get,
        "/api/plans/{id}",
        Rule::Needs(Right::Plans),
        || get(plans::one),
        of_one("plan", "A plan: stalls, and what each rule costs, as far as they are computed", &[json("plan")]),
    ),
    api(
        Verb::Put,
        "/api/plans/{id}",
        Rule::Needs(Right::Draw),
        || put(plans::change),
        Described {
            body: "new_plan",
            refuses: &[404, 412, 428],
            ..of_one("change_plan", "Change a plan that is still as the header If-Match says", &[json("plan")])
        },
    ),
    api(
        Verb::Put,
        "/api/plans/{id}/run",
        Rule::Needs(Right::Draw),
        || put(plans::run),
        of_one("run_plan", "Begin the computation of a plan that was stopped, or failed, once more", &[json("plan")]),
    ),
    api(
        Verb::Delete,
        "/api/plans/{id}/run",
        Rule::Needs(Right::Draw),
        || delete(plans::stop),
        of_one(
            "stop_plan",
            "Stop the computation of a plan until it, its drawings or its ground change; what is computed stays",
            &[json("plan")],
        ),
    ),
    api(
        Verb::Get,
        "/api/plans/{id}/rules",
        Rule::Needs(Right::Plans),
        || get(plans::rules),
        of_one(
            "plan_rules",
            "The text of a plan's rules",
            &[Gives { status: 200, media: "application/toml", schema: "" }],
        ),
    ),
    api(
        Verb::Get,
        "/api/plans/{id}/legal",
        Rule::Needs(Right::Plans),
        || get(plans::legal),
        Described {
            parameters: &[
                ID,
                Parameter {
                    name: "f",
                    what: "The form of the answer.",
                    takes: Takes::Word(&["geojson", "fgb", "kml", "gpx", "pmtiles"]),
                    needed: false,
                    example: "geojson",
                },
            ],
            refuses: &[404, 409],
            ..of_one(
                "plan_legal",
                "The lawful places of a plan, with what was drawn for it",
                &[
                    Gives { status: 200, media: "application/geo+json", schema: "legal_features" },
                    Gives { status: 200, media: "application/flatgeobuf", schema: "" },
                    Gives { status: 200, media: "application/vnd.google-earth.kml+xml", schema: "" },
                    Gives { status: 200, media: "application/gpx+xml", schema: "" },
                    Gives { status: 200, media: "application/vnd.pmtiles", schema: "" },
                ],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/plans/{id}/tiles",
        Rule::Needs(Right::Plans),
        || get(plans::tilejson),
        of_one("plan_tilejson", "TileJSON of a plan's tiles", &[json("tilejson")]),
    ),
    api(
        Verb::Get,
        "/api/plans/{id}/tiles/{z}/{x}/{y}",
        Rule::Needs(Right::Plans),
        || get(plans::tile),
        Described {
            parameters: &[
                ID,
                Parameter { name: "z", what: "Zoom.", takes: Takes::Text, needed: true, example: "14" },
                Parameter { name: "x", what: "Column.", takes: Takes::Text, needed: true, example: "8625" },
                Parameter { name: "y", what: "Row.", takes: Takes::Text, needed: true, example: "5745" },
            ],
            refuses: &[404, 409],
            ..of_one(
                "plan_tile",
                "A tile of a plan: lawful places, or stalls counted in cells, zones and spots",
                &[
                    Gives { status: 200, media: "application/vnd.mapbox-vector-tile", schema: "" },
                    Gives { status: 204, media: "", schema: "" },
                ],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/why",
        Rule::Needs(Right::Plans),
        || get(plans::why),
        Described {
            parameters: &[
                Parameter { name: "plan", what: "Number of the plan.", takes: Takes::Text, needed: true, example: "1" },
                degrees("lon", "9.5225"),
                degrees("lat", "47.14"),
            ],
            refuses: &[404, 409],
            ..reads("why", "Why a stall may stand at a place, or may not, and the nearest where it may", &[json("why")])
        },
    ),
];
