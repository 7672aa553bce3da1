//! The ledger, out and in.

use super::super::ledger;
use super::super::operation::{Described, Gives, LEDGER_FILE, Operation, Parameter, Rule, Takes, Verb, XLSX};
use super::{CAMPAIGN, LANG, api, json, reads};
use crate::model::Right;
use axum::routing::{get, post, put};

pub const OPERATIONS: [Operation; 6] = [
    api(
        Verb::Get,
        "/api/ledger",
        Rule::Needs(Right::Ledger),
        || get(ledger::out),
        Described {
            id: "ledger",
            summary: "The households of an area as a workbook, in the layout of its office",
            parameters: &[
                Parameter {
                    name: "area",
                    what: "This area and all below it, as far as they are yours: its code; at most 50,000 households.",
                    takes: Takes::Text,
                    needed: true,
                    example: "7001",
                },
                CAMPAIGN,
                LANG,
            ],
            body: "",
            gives: &[Gives { status: 200, media: XLSX, schema: "" }],
            refuses: &[404],
        },
    ),
    api(
        Verb::Post,
        "/api/ledger/check",
        Rule::Needs(Right::Ledger),
        || post(ledger::check),
        Described {
            body: LEDGER_FILE,
            ..reads(
                "check_ledger",
                "What a workbook would change, row by row, with conflicts and problems by cell; nothing is written",
                &[json("ledger_check")],
            )
        },
    ),
    api(
        Verb::Post,
        "/api/ledger/apply",
        Rule::Needs(Right::Ledger),
        || post(ledger::apply),
        Described {
            body: "ledger_decisions",
            ..reads(
                "apply_ledger",
                "Store what a person decided, up to 5,000 households, each by itself and only where the map still says \
                 what the person saw",
                &[json("ledger_applied")],
            )
        },
    ),
    api(
        Verb::Get,
        "/api/ledger/layouts",
        Rule::Needs(Right::Ledger),
        || get(ledger::layouts),
        reads(
            "ledger_layouts",
            "The layouts of ledgers, and what is used where there is none",
            &[json("ledger_layouts")],
        ),
    ),
    api(
        Verb::Put,
        "/api/ledger/layouts/{area}",
        Rule::Needs(Right::LedgerLayout),
        || put(ledger::keep_layout),
        Described {
            parameters: &[Parameter {
                name: "area",
                what: "For which area, and all below it that have none of their own: its code.",
                takes: Takes::Text,
                needed: true,
                example: "438000",
            }],
            body: "new_ledger_layout",
            refuses: &[404],
            ..reads("keep_ledger_layout", "Keep the layout of an area's ledger", &[json("ledger_layout")])
        },
    ),
    api(
        Verb::Post,
        "/api/ledger/layouts/read",
        Rule::Needs(Right::LedgerLayout),
        || post(ledger::propose_layout),
        Described {
            body: LEDGER_FILE,
            ..reads(
                "read_ledger_layout",
                "Read the layout off an office's own workbook, for a person to confirm; nothing is kept",
                &[json("ledger_proposal")],
            )
        },
    ),
];
