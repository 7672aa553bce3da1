//! Areas compared.

use super::super::operation::{Described, Operation, Parameter, Rule, Takes, Verb};
use super::super::rates;
use super::{CAMPAIGN, LEVEL, api, json, reads};
use crate::model::Right;
use axum::routing::get;

const fn area(name: &'static str, what: &'static str, example: &'static str) -> Parameter {
    Parameter { name, what, takes: Takes::Text, needed: true, example }
}

pub const OPERATIONS: [Operation; 2] = [
    api(
        Verb::Get,
        "/api/rates",
        Rule::Needs(Right::Rates),
        || get(rates::rates),
        Described {
            parameters: &[
                CAMPAIGN,
                Parameter { what: "Areas of this level; townships without it.", ..LEVEL },
                Parameter {
                    name: "within",
                    what: "This area and those below it only: its code.",
                    takes: Takes::Text,
                    needed: false,
                    example: "438",
                },
            ],
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
        "/api/rates/difference",
        Rule::Needs(Right::Rates),
        || get(rates::difference),
        Described {
            parameters: &[CAMPAIGN, area("a", "Code of an area.", "7001"), area("b", "Code of another area.", "7002")],
            refuses: &[404],
            ..reads(
                "difference",
                "Whether the coverage of two areas differs by more than chance",
                &[json("difference")],
            )
        },
    ),
];
