//! What the service holds, who calls, what a word finds.

use super::extract::{Params, as_of, whole};
use super::problem::Problem;
use crate::app::{App, Caller, Info, SearchHit};
use crate::model::{Code, ModelError, Reach, Right, Role};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// No parameter at all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}

pub async fn info(State(app): State<App>, caller: Caller, Params(NoParams {}): Params<NoParams>) -> Json<Info> {
    Json(app.info(&caller))
}

#[derive(Serialize)]
pub struct Me {
    name: String,
    role: Role,
    areas: Vec<Code>,
    may: Vec<Right>,
}

pub async fn me(caller: Caller, Params(NoParams {}): Params<NoParams>) -> Json<Me> {
    let grant = caller.grant();
    let may = Right::ALL.into_iter().filter(|right| grant.reach(*right) != Reach::Nowhere).collect();
    Json(Me { name: grant.name.clone(), role: grant.role, areas: grant.areas.clone(), may })
}

#[derive(Serialize)]
pub struct Check {
    seq: u64,
    digest: String,
}

/// The digest of the living state; holds the lock for a while, so only who runs the service may ask.
pub async fn check(State(app): State<App>, Params(NoParams {}): Params<NoParams>) -> Result<Json<Check>, Problem> {
    let (seq, digest) = app.work(App::digest).await?;
    Ok(Json(Check { seq, digest }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchParams {
    q: Option<String>,
    limit: Option<String>,
    as_of: Option<String>,
}

#[derive(Serialize)]
pub struct SearchAnswer {
    results: Vec<SearchHit>,
}

/// Longest text that is searched for, characters.
const MAX_TEXT: usize = 100;

pub async fn search(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<SearchParams>,
) -> Result<Json<SearchAnswer>, Problem> {
    let text = params.q.unwrap_or_default().trim().to_owned();
    if text.is_empty() || text.chars().count() > MAX_TEXT {
        return Err(ModelError::new("q", &text, format!("a text of 1 to {MAX_TEXT} characters")).into());
    }
    let limit = whole("limit", params.limit.as_deref(), 1, 50, 10)? as usize;
    let map = app.map(&caller, as_of(params.as_of.as_deref())?).await?;
    let results = app.work(move |app| app.read_search(&caller, &map, &text, limit)).await??;
    Ok(Json(SearchAnswer { results }))
}
