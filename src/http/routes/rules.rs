//! Siting rules.

use super::super::operation::{Described, Gives, Operation, Parameter, RULE_TEXT, Rule, Takes, Verb};
use super::super::rules;
use super::{api, json, reads};
use crate::model::Right;
use axum::routing::{get, post};

pub const OPERATIONS: [Operation; 3] = [
    api(
        Verb::Get,
        "/api/rules",
        Rule::Open,
        || get(rules::list),
        reads("rules", "The siting rules that come with the program, each with source and year", &[json("rules")]),
    ),
    api(
        Verb::Get,
        "/api/rules/{id}",
        Rule::Open,
        || get(rules::one),
        Described {
            parameters: &[
                Parameter {
                    name: "id",
                    what: "Id of the rule set.",
                    takes: Takes::Text,
                    needed: true,
                    example: "cn-hebi-2012",
                },
                Parameter {
                    name: "f",
                    what: "The form of the answer: toml is a file that stands alone, to begin an own set with.",
                    takes: Takes::Word(&["json", "toml"]),
                    needed: false,
                    example: "json",
                },
            ],
            gives: &[json("rule_set"), Gives { status: 200, media: "application/toml", schema: "" }],
            refuses: &[404],
            ..reads("rule_set", "One rule set: each rule in words, with its numbers as written and in metres", &[])
        },
    ),
    api(
        Verb::Post,
        "/api/rules/check",
        Rule::Needs(Right::Draw),
        || post(rules::check),
        Described {
            body: RULE_TEXT,
            ..reads(
                "check_rules",
                "Check a rule set of one's own: the set as it was read, or all that is wrong with it by line and key",
                &[json("rule_set")],
            )
        },
    ),
];
