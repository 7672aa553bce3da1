//! Who signs in, and who may ask.

use super::super::operation::{Described, Operation, Parameter, Rule, Takes, Verb};
use super::super::{people, session};
use super::{NO_CONTENT, api, created, json, reads};
use crate::model::Right;
use axum::routing::{delete, get, post, put};

const ADMINISTER: Rule = Rule::Needs(Right::Administer);

const fn named(name: &'static str, what: &'static str, example: &'static str) -> Parameter {
    Parameter { name, what, takes: Takes::Text, needed: true, example }
}

const USER: Parameter = named("name", "Name of the user.", "li");

pub const OPERATIONS: [Operation; 11] = [
    api(
        Verb::Get,
        "/api/session",
        Rule::Open,
        || get(session::who),
        reads("session", "Who asks, and when their session ends by itself", &[json("who")]),
    ),
    api(
        Verb::Post,
        "/api/session",
        Rule::Open,
        || post(session::begin),
        Described {
            body: "credential",
            refuses: &[403],
            ..reads(
                "sign_in",
                "Sign in by a one-time link or a name and a password: sets a cookie that scripts cannot read",
                &[created("who")],
            )
        },
    ),
    api(
        Verb::Delete,
        "/api/session",
        Rule::Open,
        || delete(session::end),
        Described { refuses: &[403], ..reads("sign_out", "End the session and take its cookie away", &[NO_CONTENT]) },
    ),
    api(
        Verb::Put,
        "/api/session/password",
        Rule::Open,
        || put(session::password),
        Described {
            body: "new_password",
            refuses: &[403],
            ..reads("set_password", "Change one's own password: every other session of theirs ends", &[json("who")])
        },
    ),
    api(
        Verb::Get,
        "/api/tokens",
        ADMINISTER,
        || get(people::tokens),
        Described { ..reads("tokens", "The tokens of programs, never their secrets", &[json("tokens")]) },
    ),
    api(
        Verb::Post,
        "/api/tokens",
        ADMINISTER,
        || post(people::make_token),
        Described {
            body: "new_token",
            ..reads("make_token", "Make a token; its secret is shown this once", &[created("secret")])
        },
    ),
    api(
        Verb::Delete,
        "/api/tokens/{id}",
        ADMINISTER,
        || delete(people::end_token),
        Described {
            parameters: &[named("id", "Number of the token, as the list shows it.", "0192f0c1a2b3")],
            refuses: &[404],
            ..reads("end_token", "Revoke a token: it opens nothing at the next request", &[NO_CONTENT])
        },
    ),
    api(Verb::Get, "/api/users", ADMINISTER, || get(people::users), reads("users", "The users", &[json("users")])),
    api(
        Verb::Post,
        "/api/users",
        ADMINISTER,
        || post(people::put_user),
        Described {
            body: "new_user",
            ..reads(
                "put_user",
                "Let a user in (201), or give one another role and other areas (200)",
                &[json("user"), created("user")],
            )
        },
    ),
    api(
        Verb::Delete,
        "/api/users/{name}",
        ADMINISTER,
        || delete(people::disable_user),
        Described {
            parameters: &[USER],
            refuses: &[404],
            ..reads("disable_user", "Disable a user: all sessions and links end at the next request", &[NO_CONTENT])
        },
    ),
    api(
        Verb::Post,
        "/api/users/{name}/link",
        ADMINISTER,
        || post(people::link_user),
        Described {
            parameters: &[USER],
            refuses: &[404],
            ..reads("link_user", "Make a one-time sign-in link; its secret is shown this once", &[created("secret")])
        },
    ),
];
