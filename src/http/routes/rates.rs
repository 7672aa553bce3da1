//! Areas compared.

use super::super::operation::{Described, Operation, Parameter, Rule, Takes, Verb};
use super::super::{answers, rates};
use super::{AS_OF, CAMPAIGN, FROM, LEVEL, TO, api, json, reads};
use crate::model::Right;
use axum::routing::{get, post};

const fn area(name: &'static str, what: &'static str, example: &'static str) -> Parameter {
    Parameter { name, what, takes: Takes::Text, needed: true, example }
}

/// Of compared areas.
const OF_LEVEL: Parameter = Parameter { what: "Areas of this level; townships without it.", ..LEVEL };

const WITHIN: Parameter = Parameter {
    name: "within",
    what: "This area and those below it only: its code.",
    takes: Takes::Text,
    needed: false,
    example: "438",
};

pub const OPERATIONS: [Operation; 6] = [
    api(
        Verb::Get,
        "/api/rates",
        Rule::Needs(Right::Rates),
        || get(rates::rates),
        Described {
            parameters: &[CAMPAIGN, OF_LEVEL, WITHIN, AS_OF, FROM, TO],
            refuses: &[404],
            ..reads(
                "rates",
                "Coverage of the areas of a level beside one another: which stand out by more than chance, and ranks as intervals",
                &[json("rates")],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/coverage/weeks",
        Rule::Needs(Right::Rates),
        || get(rates::weeks),
        Described {
            parameters: &[
                Parameter { what: "Of this campaign.", needed: true, ..CAMPAIGN },
                OF_LEVEL,
                Parameter {
                    what: "This area and those below it only: its code; needed where a level has more than 2,000 areas.",
                    ..WITHIN
                },
                AS_OF,
            ],
            refuses: &[404],
            ..reads(
                "weeks",
                "How many households of each area a campaign had reached by the end of each of its weeks, by the times of the visits",
                &[json("weeks")],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/rates/difference",
        Rule::Needs(Right::Rates),
        || get(rates::difference),
        Described {
            parameters: &[
                CAMPAIGN,
                area("a", "Code of an area.", "7001"),
                area("b", "Code of another area.", "7002"),
                AS_OF,
                FROM,
                TO,
            ],
            refuses: &[404],
            ..reads(
                "difference",
                "Whether the coverage of two areas differs by more than chance",
                &[json("difference")],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/satisfaction",
        Rule::Needs(Right::Rates),
        || get(rates::satisfaction),
        Described {
            parameters: &[CAMPAIGN, OF_LEVEL, WITHIN, AS_OF, FROM, TO],
            refuses: &[404],
            ..reads(
                "satisfaction",
                "Satisfaction of the areas of a level, with its interval and the share that did not answer",
                &[json("satisfaction")],
            )
        },
    ),
    api(
        Verb::Post,
        "/api/answers",
        Rule::Needs(Right::Ask),
        || post(answers::log),
        Described {
            body: "answers",
            ..reads(
                "log_answers",
                "Keep what a household answered, or up to 5,000: whoever called on it, or is in a team that answers for it, may not ask",
                &[json("logged")],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/codes",
        Rule::Needs(Right::Codes),
        || get(rates::codes),
        Described {
            parameters: &[CAMPAIGN, WITHIN, AS_OF, FROM, TO],
            refuses: &[404],
            ..reads(
                "codes",
                "What each member codes as vacant, demolished or duplicate, and whose share stands out",
                &[json("codes")],
            )
        },
    ),
];
