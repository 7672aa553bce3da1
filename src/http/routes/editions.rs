//! What is published, and who does.

use super::super::editions;
use super::super::operation::{Described, Operation, Parameter, Rule, Verb};
use super::{CAMPAIGN, LEVEL, api, created, json, reads};
use crate::model::Right;
use axum::routing::{get, post};

pub const OPERATIONS: [Operation; 3] = [
    api(
        Verb::Get,
        "/api/editions",
        Rule::Needs(Right::Published),
        || get(editions::list),
        reads(
            "editions",
            "What was published, the newest first: when, and how many areas were shown",
            &[json("editions")],
        ),
    ),
    api(
        Verb::Get,
        "/api/editions/preview",
        Rule::Needs(Right::Publish),
        || get(editions::preview),
        Described {
            parameters: &[
                Parameter { what: "About this campaign.", needed: true, ..CAMPAIGN },
                Parameter { what: "Down to areas of this level; that of the editions before without it.", ..LEVEL },
            ],
            refuses: &[404],
            ..reads(
                "preview_edition",
                "What an edition would show if it were published now",
                &[json("edition_preview")],
            )
        },
    ),
    api(
        Verb::Post,
        "/api/editions",
        Rule::Needs(Right::Publish),
        || post(editions::publish),
        Described {
            body: "new_edition",
            refuses: &[404],
            ..reads("publish_edition", "Publish figures of areas, as of now", &[created("edition")])
        },
    ),
];
