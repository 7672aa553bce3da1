//! `/api/users` and `/api/tokens`: who may ask, for who runs the service.

use super::extract::{Body, Params, Path};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, Caller, NewSecret, UserLine};
use crate::model::{Code, Grant, ModelError, Role, Token, TokenId, UserName};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

const PRIVATE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "private, no-store")];

/// A token as lists show it: never its secret nor the hash of it.
#[derive(Serialize)]
struct TokenLine {
    id: TokenId,
    name: String,
    role: Role,
    areas: Vec<Code>,
    expires: Option<Timestamp>,
}

#[derive(Serialize)]
struct Tokens {
    tokens: Vec<TokenLine>,
}

#[derive(Serialize)]
struct Users {
    users: Vec<UserAnswer>,
}

#[derive(Serialize)]
struct UserAnswer {
    name: UserName,
    role: Role,
    areas: Vec<Code>,
    has_password: bool,
}

impl From<UserLine> for UserAnswer {
    fn from(UserLine { name, role, areas, has_password }: UserLine) -> UserAnswer {
        UserAnswer { name, role, areas, has_password }
    }
}

/// A secret, shown once.
#[derive(Serialize)]
struct Shown {
    id: TokenId,
    secret: String,
    expires: Option<Timestamp>,
}

impl From<NewSecret> for Shown {
    fn from(NewSecret { id, secret, expires }: NewSecret) -> Shown {
        Shown { id, secret, expires }
    }
}

/// What a user or token is given: a name, a role, Areas.
fn grant(members: &mut Members) -> Result<(String, Role, Vec<Code>), ModelError> {
    let name = members.needed("name", "a name")?;
    let role = members.needed::<String>("role", "the name of a role")?.parse()?;
    let areas = members.optional("areas", "a list of codes of areas")?.unwrap_or_default();
    Ok((name, role, areas))
}

pub async fn tokens(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
) -> Result<impl IntoResponse, Problem> {
    let line = |Token { id, grant, expires, .. }: Token| {
        let Grant { name, role, areas } = grant;
        TokenLine { id, name, role, areas, expires }
    };
    let tokens = app.tokens(&caller)?.into_iter().map(line).collect();
    Ok((PRIVATE, Json(Tokens { tokens })))
}

pub async fn make_token(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<impl IntoResponse, Problem> {
    let mut members = Members::of("token", body)?;
    let (name, role, areas) = grant(&mut members)?;
    let expires = members.optional("expires", "a time with its zone, such as 2027-01-01T00:00:00Z")?;
    members.end("token", "name, role, areas, expires")?;
    let made = app.make_token(&caller, Grant { name, role, areas }, expires).await?;
    Ok((StatusCode::CREATED, PRIVATE, Json(Shown::from(made))))
}

pub async fn end_token(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    app.end_token(&caller, TokenId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn users(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
) -> Result<impl IntoResponse, Problem> {
    let users = app.users(&caller)?.into_iter().map(UserAnswer::from).collect();
    Ok((PRIVATE, Json(Users { users })))
}

/// Lets a user in (201), or gives one another role and other Areas (200).
pub async fn put_user(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<impl IntoResponse, Problem> {
    let mut members = Members::of("user", body)?;
    let (name, role, areas) = grant(&mut members)?;
    members.end("user", "name, role, areas")?;
    let (user, new) = app.put_user(&caller, UserName::new(&name)?, role, areas).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, PRIVATE, Json(UserAnswer::from(user))))
}

pub async fn disable_user(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    app.disable_user(&caller, UserName::new(&name)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn link_user(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<impl IntoResponse, Problem> {
    let link = app.link_user(&caller, UserName::new(&name)?).await?;
    Ok((StatusCode::CREATED, PRIVATE, Json(Shown::from(link))))
}
