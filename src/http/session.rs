//! `/api/session`: signing in, who am I, signing out.

use super::cookie;
use super::extract::{Address, Body, Params};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, Caller, Credential};
use crate::model::{Code, ModelError, Reach, Right, Role};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Who asks. Never a secret.
#[derive(Serialize)]
pub struct Who {
    name: String,
    role: Role,
    areas: Vec<Code>,
    may: Vec<Right>,
    /// Of a session; a token or the public has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
}

impl Who {
    fn is(caller: &Caller) -> Who {
        let grant = caller.grant();
        let may = Right::ALL.into_iter().filter(|right| grant.reach(*right) != Reach::Nowhere).collect();
        let (name, areas) = (grant.name.clone(), grant.areas.clone());
        Who { name, role: grant.role, areas, may, expires: caller.session_ends() }
    }
}

const PRIVATE: (HeaderName, &str) = (header::CACHE_CONTROL, "private, no-store");

pub async fn who(caller: Caller, Params(NoParams {}): Params<NoParams>) -> impl IntoResponse {
    ([PRIVATE], Json(Who::is(&caller)))
}

/// Reads a link, or a name and a password.
fn credential(body: Value) -> Result<Credential, ModelError> {
    let mut members = Members::of("session", body)?;
    if let Some(secret) = members.secret("link", "the secret of a sign-in link")? {
        members.end("session", "link, or name and password")?;
        return Ok(Credential::Link(secret));
    }
    let name = members.needed("name", "the name of a user, or link the secret of a sign-in link")?;
    let expected = "the password of the user";
    let password = members.secret("password", expected)?.ok_or_else(|| ModelError::new("password", "", expected))?;
    members.end("session", "link, or name and password")?;
    Ok(Credential::Password { name, password })
}

pub async fn begin(
    State(app): State<App>,
    headers: HeaderMap,
    Address(from): Address,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<impl IntoResponse, Problem> {
    if cookie::is_foreign(&headers) {
        return Err(Problem::foreign());
    }
    let (session, caller) = app.sign_in(credential(body)?, from).await?;
    let seconds = session.expires.map_or(0, cookie::seconds_until);
    let set = cookie::set(&headers, &session.secret, seconds);
    Ok((StatusCode::CREATED, [PRIVATE, (header::SET_COOKIE, &set)], Json(Who::is(&caller))).into_response())
}

/// Another password for who signed in. Their sessions end; the one that begins has its cookie in the answer.
pub async fn password(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<impl IntoResponse, Problem> {
    let mut members = Members::of("password", body)?;
    let old = members.secret("old", "your present password")?;
    let expected = "the password to have from now on";
    let new = members.secret("new", expected)?.ok_or_else(|| ModelError::new("new", "", expected))?;
    members.end("password", "old, new")?;
    let (session, caller) = app.change_password(&caller, old, new).await?;
    let set = cookie::set(&headers, &session.secret, session.expires.map_or(0, cookie::seconds_until));
    Ok(([PRIVATE, (header::SET_COOKIE, &set)], Json(Who::is(&caller))).into_response())
}

/// What the browser's own cache holds of this service is erased: tiles that were the person's are kept there to be asked about again.
/// Not its storage: visits of others wait there, and the choice of language and theme; the page erases what is this person's.
/// A browser heeds it where the service is reached by HTTPS, or on the machine itself.
const CLEARED: (HeaderName, &str) = (HeaderName::from_static("clear-site-data"), "\"cache\"");

/// Takes the cookie away whatever it was worth; a session that it opened is over.
pub async fn end(
    State(app): State<App>,
    headers: HeaderMap,
    Address(from): Address,
    Params(NoParams {}): Params<NoParams>,
) -> Result<impl IntoResponse, Problem> {
    if cookie::is_foreign(&headers) {
        return Err(Problem::foreign());
    }
    if let Some(caller) = cookie::secret(&headers).and_then(|secret| app.session(secret).ok()) {
        app.sign_out(&caller.at(from)).await?;
    }
    Ok((StatusCode::NO_CONTENT, [CLEARED], [(header::SET_COOKIE, cookie::cleared(&headers))]))
}
