//! Who signs in, and who may ask.

use super::super::operation::{About, Described, Lane, Operation, Parameter, Rule, Takes, Verb};
use super::super::{people, session};
use super::{NO_CONTENT, created, json, reads};
use crate::model::Right;
use axum::routing::{delete, get, post, put};

const ADMINISTER: Rule = Rule::Needs(Right::Administer);

const fn named(name: &'static str, what: &'static str, example: &'static str) -> Parameter {
    Parameter { name, what, takes: Takes::Text, needed: true, example }
}

const USER: Parameter = named("name", "Name of the user.", "li");

const fn of_people(verb: Verb, path: &'static str, rule: Rule, about: Described) -> Operation {
    Operation { verb, path, rule, lane: Lane::Plain, about: About::Api(about), handler: || get(session::who) }
}

pub const OPERATIONS: [Operation; 11] = [
    of_people(
        Verb::Get,
        "/api/session",
        Rule::Open,
        reads("session", "Who asks, and when their session ends by itself", &[json("who")]),
    ),
    Operation {
        handler: || post(session::begin),
        ..of_people(
            Verb::Post,
            "/api/session",
            Rule::Open,
            Described {
                body: "credential",
                refuses: &[403],
                ..reads(
                    "sign_in",
                    "Sign in by a one-time link or a name and a password: sets a cookie that scripts cannot read",
                    &[created("who")],
                )
            },
        )
    },
    Operation {
        handler: || delete(session::end),
        ..of_people(
            Verb::Delete,
            "/api/session",
            Rule::Open,
            Described {
                refuses: &[403],
                ..reads("sign_out", "End the session and take its cookie away", &[NO_CONTENT])
            },
        )
    },
    Operation {
        handler: || put(session::password),
        ..of_people(
            Verb::Put,
            "/api/session/password",
            Rule::Open,
            Described {
                body: "new_password",
                refuses: &[403],
                ..reads("set_password", "Change one's own password: every other session of theirs ends", &[json("who")])
            },
        )
    },
    Operation {
        handler: || get(people::tokens),
        ..of_people(
            Verb::Get,
            "/api/tokens",
            ADMINISTER,
            Described {
                refuses: &[403],
                ..reads("tokens", "The tokens of programs, never their secrets", &[json("tokens")])
            },
        )
    },
    Operation {
        handler: || post(people::make_token),
        ..of_people(
            Verb::Post,
            "/api/tokens",
            ADMINISTER,
            Described {
                body: "new_token",
                refuses: &[403],
                ..reads("make_token", "Make a token; its secret is shown this once", &[created("secret")])
            },
        )
    },
    Operation {
        handler: || delete(people::end_token),
        ..of_people(
            Verb::Delete,
            "/api/tokens/{id}",
            ADMINISTER,
            Described {
                parameters: &[named("id", "Number of the token, as the list shows it.", "0192f0c1a2b3")],
                refuses: &[403, 404],
                ..reads("end_token", "Revoke a token: it opens nothing at the next request", &[NO_CONTENT])
            },
        )
    },
    Operation {
        handler: || get(people::users),
        ..of_people(
            Verb::Get,
            "/api/users",
            ADMINISTER,
            Described { refuses: &[403], ..reads("users", "The users", &[json("users")]) },
        )
    },
    Operation {
        handler: || post(people::put_user),
        ..of_people(
            Verb::Post,
            "/api/users",
            ADMINISTER,
            Described {
                body: "new_user",
                refuses: &[403],
                ..reads(
                    "put_user",
                    "Let a user in (201), or give one another role and other areas (200)",
                    &[json("user"), created("user")],
                )
            },
        )
    },
    Operation {
        handler: || delete(people::disable_user),
        ..of_people(
            Verb::Delete,
            "/api/users/{name}",
            ADMINISTER,
            Described {
                parameters: &[USER],
                refuses: &[403, 404],
                ..reads("disable_user", "Disable a user: all sessions and links end at the next request", &[NO_CONTENT])
            },
        )
    },
    Operation {
        handler: || post(people::link_user),
        ..of_people(
            Verb::Post,
            "/api/users/{name}/link",
            ADMINISTER,
            Described {
                parameters: &[USER],
                refuses: &[403, 404],
                ..reads(
                    "link_user",
                    "Make a one-time sign-in link; its secret is shown this once",
                    &[created("secret")],
                )
            },
        )
    },
];
