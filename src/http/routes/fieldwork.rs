//! What is done in the field, and who does it: campaigns, Teams, visits.

use super::super::operation::{Described, Operation, Parameter, Rule, Takes, Verb};
use super::super::{campaigns, teams, visits};
use super::{AS_OF, NO_CONTENT, api, created, json, reads};
use crate::model::Right;
use axum::routing::{get, post, put};

const CAMPAIGN_ID: Parameter =
    Parameter { name: "id", what: "Number of the campaign.", takes: Takes::Text, needed: true, example: "1" };

pub const OPERATIONS: [Operation; 9] = [
    api(
        Verb::Get,
        "/api/campaigns",
        Rule::Open,
        || get(campaigns::list),
        Described { parameters: &[AS_OF], ..reads("campaigns", "The campaigns", &[json("campaigns")]) },
    ),
    api(
        Verb::Post,
        "/api/campaigns",
        Rule::Needs(Right::Campaign),
        || post(campaigns::found),
        Described { body: "new_campaign", ..reads("found_campaign", "Found a campaign", &[created("campaign")]) },
    ),
    api(
        Verb::Put,
        "/api/campaigns/{id}",
        Rule::Needs(Right::Campaign),
        || put(campaigns::change),
        Described {
            parameters: &[CAMPAIGN_ID],
            body: "changed_campaign",
            refuses: &[404],
            ..reads("change_campaign", "Change what a campaign says of itself, or close it", &[json("campaign")])
        },
    ),
    api(
        Verb::Get,
        "/api/campaigns/{id}/target",
        Rule::Needs(Right::Campaign),
        || get(campaigns::read_target),
        Described {
            parameters: &[CAMPAIGN_ID, AS_OF],
            refuses: &[404],
            ..reads(
                "campaign_target",
                "The target of a campaign: how many households, what was decided, and what waits for a decision",
                &[json("target")],
            )
        },
    ),
    api(
        Verb::Post,
        "/api/campaigns/{id}/target",
        Rule::Needs(Right::Campaign),
        || post(campaigns::decide),
        Described {
            parameters: &[CAMPAIGN_ID],
            body: "target_decision",
            refuses: &[404],
            ..reads(
                "decide_target",
                "Decide which households become part of a target, or are no longer",
                &[json("target")],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/teams",
        Rule::Needs(Right::Teams),
        || get(teams::list),
        Described {
            parameters: &[
                Parameter {
                    name: "area",
                    what: "Those that answered for this area, or for one above it.",
                    takes: Takes::Text,
                    needed: false,
                    example: "7005",
                },
                Parameter {
                    name: "on",
                    what: "The day; without it today, or that of as_of.",
                    takes: Takes::Text,
                    needed: false,
                    example: "2026-10-05",
                },
                AS_OF,
            ],
            ..reads("teams", "Teams: who answers for which areas, from when to when", &[json("teams")])
        },
    ),
    api(
        Verb::Put,
        "/api/teams/{code}",
        Rule::Needs(Right::Teams),
        || put(teams::put),
        Described {
            parameters: &[Parameter {
                name: "code",
                what: "Identity of the team.",
                takes: Takes::Text,
                needed: true,
                example: "team-1",
            }],
            body: "new_team",
            ..reads(
                "put_team",
                "Found a team or change it; what began before today stays, but for its last day",
                &[json("team"), created("team")],
            )
        },
    ),
    api(
        Verb::Post,
        "/api/visits/{id}/withdrawal",
        Rule::Needs(Right::Visit),
        || post(visits::withdraw),
        Described {
            parameters: &[Parameter {
                name: "id",
                what: "UUID of the visit.",
                takes: Takes::Text,
                needed: true,
                example: "018f3b6e-0000-7000-8000-000000000001",
            }],
            body: "withdrawal",
            refuses: &[404],
            ..reads("withdraw_visit", "Take back a visit that never took place", &[NO_CONTENT])
        },
    ),
    api(
        Verb::Post,
        "/api/visits",
        Rule::Needs(Right::Visit),
        || post(visits::log),
        Described {
            body: "visits",
            ..reads(
                "log_visits",
                "Log a visit, or up to 5,000: each is stored or refused by itself, and durable before the answer",
                &[json("logged")],
            )
        },
    ),
];
