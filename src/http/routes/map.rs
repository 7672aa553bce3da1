//! What is asked of the map, and what is entered.

use super::super::operation::{Described, Gives, Operation, Parameter, Rule, Takes, Verb, XLSX};
use super::super::{areas, coverage, households, info, worklist};
use super::{AS_OF, CAMPAIGN, FROM, LANG, LEVEL, TO, api, json, reads};
use crate::model::Right;
use axum::routing::get;

pub const OPERATIONS: [Operation; 9] = [
    api(
        Verb::Get,
        "/api/info",
        Rule::Open,
        || get(info::info),
        reads("info", "What the service holds, and how recent it is", &[json("info")]),
    ),
    api(Verb::Get, "/api/me", Rule::Open, || get(info::me), reads("me", "Who asks, and what they may", &[json("me")])),
    api(
        Verb::Get,
        "/api/coverage",
        Rule::Needs(Right::Published),
        || get(coverage::coverage),
        Described {
            id: "coverage",
            summary: "How many eligible households of each area have a counted visit: by outcome and as of now, or as it was published",
            parameters: &[
                CAMPAIGN,
                LEVEL,
                Parameter {
                    name: "within",
                    what: "This area and those below it only: its code.",
                    takes: Takes::Text,
                    needed: false,
                    example: "7001",
                },
                Parameter {
                    name: "bbox",
                    what: "Areas that touch this rectangle only: west, south, east, north in degrees; west above east \
                               crosses the antimeridian.",
                    takes: Takes::Numbers(4),
                    needed: false,
                    example: "9.47,47.04,9.64,47.28",
                },
                AS_OF,
                FROM,
                TO,
                Parameter {
                    name: "f",
                    what: "The form of the answer.",
                    takes: Takes::Word(&["json", "geojson", "csv"]),
                    needed: false,
                    example: "json",
                },
            ],
            body: "",
            gives: &[
                json("coverage"),
                Gives { status: 200, media: "application/geo+json", schema: "coverage_features" },
                Gives { status: 200, media: "text/csv", schema: "" },
            ],
            refuses: &[404],
        },
    ),
    api(
        Verb::Get,
        "/api/areas/{code}",
        Rule::Needs(Right::Areas),
        || get(areas::area),
        Described {
            parameters: &[
                Parameter {
                    name: "code",
                    what: "Code of the area.",
                    takes: Takes::Text,
                    needed: true,
                    example: "7001",
                },
                AS_OF,
            ],
            refuses: &[404],
            ..reads("area", "One area with its figures and the areas below it", &[json("area")])
        },
    ),
    api(
        Verb::Get,
        "/api/search",
        Rule::Open,
        || get(info::search),
        Described {
            parameters: &[
                Parameter {
                    name: "q",
                    what: "What is looked for: part of a name or code, 1 to 100 characters.",
                    takes: Takes::Text,
                    needed: true,
                    example: "vaduz",
                },
                Parameter {
                    name: "limit",
                    what: "Most of what is found.",
                    takes: Takes::Whole { least: 1, most: 50, default: Some(10) },
                    needed: false,
                    example: "10",
                },
                AS_OF,
            ],
            ..reads("search", "Areas, and the households that you may see, by name, code or address", &[json("found")])
        },
    ),
    api(
        Verb::Get,
        "/api/unvisited",
        Rule::Needs(Right::Households),
        || get(households::unvisited),
        Described {
            id: "unvisited",
            summary: "Households that nobody reached, of the areas that you may see",
            parameters: &[
                CAMPAIGN,
                Parameter {
                    name: "area",
                    what: "Within this area only: its code.",
                    takes: Takes::Text,
                    needed: false,
                    example: "7001",
                },
                Parameter {
                    name: "near",
                    what: "The nearest to this place first: lon,lat in degrees.",
                    takes: Takes::Numbers(2),
                    needed: false,
                    example: "9.52,47.14",
                },
                Parameter {
                    name: "limit",
                    what: "Most of the list; total counts them all.",
                    takes: Takes::Whole { least: 1, most: 1_000, default: Some(100) },
                    needed: false,
                    example: "100",
                },
                AS_OF,
            ],
            body: "",
            gives: &[json("unvisited")],
            refuses: &[404],
        },
    ),
    api(
        Verb::Get,
        "/api/worklist",
        Rule::Needs(Right::Visit),
        || get(worklist::worklist),
        Described {
            id: "worklist",
            summary: "Whom to call on next, why, and in which order to walk",
            parameters: &[
                CAMPAIGN,
                Parameter {
                    name: "member",
                    what: "Of the areas of this user, as far as they are yours, less what is assigned to others of the teams once some is assigned to this one: a name by which somebody signs in. A member's own list is told so too.",
                    takes: Takes::Text,
                    needed: false,
                    example: "li",
                },
                Parameter {
                    name: "area",
                    what: "Within this area only: its code. Needed where more than 20,000 households are yours.",
                    takes: Takes::Text,
                    needed: false,
                    example: "7001",
                },
                Parameter {
                    name: "near",
                    what: "Where the walk begins: lon,lat in degrees. Without it, where that makes it shortest.",
                    takes: Takes::Numbers(2),
                    needed: false,
                    example: "9.52,47.14",
                },
                Parameter {
                    name: "limit",
                    what: "Most of the list; waiting counts them all.",
                    takes: Takes::Whole { least: 1, most: 300, default: Some(30) },
                    needed: false,
                    example: "30",
                },
                AS_OF,
                Parameter {
                    name: "f",
                    what: "The form of the answer.",
                    takes: Takes::Word(&["json", "gpx", "xlsx"]),
                    needed: false,
                    example: "json",
                },
                LANG,
            ],
            body: "",
            gives: &[
                json("worklist"),
                Gives { status: 200, media: "application/gpx+xml", schema: "" },
                Gives { status: 200, media: XLSX, schema: "" },
            ],
            refuses: &[404],
        },
    ),
    api(
        Verb::Get,
        "/api/households/{code}",
        Rule::Needs(Right::Households),
        || get(households::household),
        Described {
            parameters: &[
                Parameter {
                    name: "code",
                    what: "Code of the household.",
                    takes: Takes::Text,
                    needed: true,
                    example: "H000001",
                },
                AS_OF,
            ],
            refuses: &[404],
            ..reads(
                "household",
                "One household with its visits; personal fields for who may see them",
                &[json("household")],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/check",
        Rule::Needs(Right::Administer),
        || get(info::check),
        reads("check", "The digest of the living state", &[json("check")]),
    ),
];
