//! Who of a Team calls on whom.

use super::super::assignment;
use super::super::operation::{Described, Operation, Parameter, Rule, Takes, Verb};
use super::{AS_OF, api, json, reads};
use crate::model::Right;
use axum::routing::{delete, get, post};

const TEAM: Parameter =
    Parameter { name: "code", what: "Identity of the team.", takes: Takes::Text, needed: true, example: "team-1" };

const AREA: Parameter = Parameter {
    name: "area",
    what: "Within this area only: its code. Needed where the team has more than 50,000 households.",
    takes: Takes::Text,
    needed: false,
    example: "7001",
};

const PLAN: Parameter = Parameter {
    name: "plan",
    what: "The digits of the plan that is taken back.",
    takes: Takes::Text,
    needed: true,
    example: "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
};

pub const OPERATIONS: [Operation; 4] = [
    api(
        Verb::Get,
        "/api/teams/{code}/assignment",
        Rule::Needs(Right::Teams),
        || get(assignment::read),
        Described {
            parameters: &[TEAM, AREA, AS_OF],
            refuses: &[404],
            ..reads("assignment", "Who of a team calls on whom, and on whom nobody does", &[json("assignment")])
        },
    ),
    api(
        Verb::Post,
        "/api/teams/{code}/assignment/plan",
        Rule::Needs(Right::Teams),
        || post(assignment::plan),
        Described {
            parameters: &[TEAM],
            body: "assignment_terms",
            refuses: &[404],
            ..reads(
                "plan_assignment",
                "Plan who of a team is to call on whom, balanced by effort; nothing is assigned by it",
                &[json("assignment_plan")],
            )
        },
    ),
    api(
        Verb::Post,
        "/api/teams/{code}/assignment",
        Rule::Needs(Right::Teams),
        || post(assignment::give),
        Described {
            parameters: &[TEAM],
            body: "new_assignment",
            refuses: &[404, 409],
            ..reads(
                "assign",
                "Take a plan, or give some households to a member by hand; all of it or nothing",
                &[json("assigned")],
            )
        },
    ),
    api(
        Verb::Delete,
        "/api/teams/{code}/assignment",
        Rule::Needs(Right::Teams),
        || delete(assignment::undo),
        Described {
            parameters: &[TEAM, PLAN],
            refuses: &[404, 409],
            ..reads(
                "undo_assignment",
                "Take back what a plan gave: each household goes to whoever called on it before",
                &[json("assigned")],
            )
        },
    ),
];
