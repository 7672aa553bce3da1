//! Every operation there is.

mod assignment;
mod editions;
mod fieldwork;
mod ledger;
mod map;
mod page;
mod people;
mod plans;
mod rates;
mod rules;
mod tiles;

use super::ogc;
use super::operation::{About, Described, Gives, Operation, Parameter, Rule, Takes, Verb};
use crate::app::App;
use axum::routing::MethodRouter;

/// All of them, in the order in which the description lists them.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    [
        &map::OPERATIONS[..],
        &ledger::OPERATIONS,
        &fieldwork::OPERATIONS,
        &editions::OPERATIONS,
        &assignment::OPERATIONS,
        &rates::OPERATIONS,
        &rules::OPERATIONS,
        &plans::OPERATIONS,
        &people::OPERATIONS,
        &tiles::OPERATIONS,
        &ogc::OPERATIONS,
        &ogc::TILES,
        &page::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}

const JSON: &str = "application/json";

/// An answer of 200 in JSON.
const fn json(schema: &'static str) -> Gives {
    Gives { status: 200, media: JSON, schema }
}

/// What was made.
const fn created(schema: &'static str) -> Gives {
    Gives { status: 201, media: JSON, schema }
}

const NO_CONTENT: Gives = Gives { status: 204, media: "", schema: "" };

/// An operation that is described here.
const fn api(
    verb: Verb,
    path: &'static str,
    rule: Rule,
    handler: fn() -> MethodRouter<App>,
    about: Described,
) -> Operation {
    Operation::new(verb, path, rule, handler, About::Api(about))
}

/// A reading operation without parameters.
const fn reads(id: &'static str, summary: &'static str, gives: &'static [Gives]) -> Described {
    Described { id, summary, parameters: &[], body: "", gives, refuses: &[] }
}

const CAMPAIGN: Parameter = Parameter {
    name: "campaign",
    what: "Visits of this campaign only; without it, all visits.",
    takes: Takes::Whole { least: 1, most: u32::MAX, default: None },
    needed: false,
    example: "1",
};

const LANG: Parameter = Parameter {
    name: "lang",
    what: "The language of a workbook, where the office keeps no layout of its own.",
    takes: Takes::Word(&["en", "zh"]),
    needed: false,
    example: "en",
};

/// First day of what took place.
const FROM: Parameter = Parameter {
    name: "from",
    what: "Of what took place on this day or later, whenever it came in; for who sees figures as they are.",
    takes: Takes::Text,
    needed: false,
    example: "2026-10-05",
};

/// Last day of what took place.
const TO: Parameter =
    Parameter { name: "to", what: "Of what took place on this day or before.", example: "2026-10-11", ..FROM };

pub const AS_OF: Parameter = Parameter {
    name: "as_of",
    what: "Of the map as it was at this time (RFC 3339), not after now: what had been recorded by then, for who signed in. The first \
           question about a time may take seconds.",
    takes: Takes::Text,
    needed: false,
    example: "2026-11-01T08:00:00Z",
};

const LEVEL: Parameter = Parameter {
    name: "level",
    what: "Areas of this level only.",
    takes: Takes::Word(&["county", "township", "village", "grid"]),
    needed: false,
    example: "township",
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_operations_share_a_place_or_a_name() {
        let (mut places, mut names) = (HashSet::new(), HashSet::new());
        for operation in operations() {
            assert!(places.insert((operation.verb.as_str(), operation.path)), "{}", operation.path);
            if let About::Api(described) = operation.about {
                assert!(names.insert(described.id), "{}", described.id);
            }
        }
    }

    #[test]
    fn every_parameter_of_a_path_is_described() {
        for operation in operations() {
            let About::Api(described) = operation.about else { continue };
            for name in operation.path_parameters() {
                let found = described.parameters.iter().find(|p| p.name == name);
                assert!(found.is_some_and(|p| p.needed), "{}: {name}", operation.path);
            }
        }
    }

    #[test]
    fn whatever_changes_the_map_needs_a_right() {
        for operation in operations().filter(|o| !o.verb.only_reads()) {
            let own_session = operation.path.starts_with("/api/session");
            assert!(own_session || matches!(operation.rule, Rule::Needs(_)), "{}", operation.path);
        }
    }
}
