//! `/api/teams`.

use super::extract::{Body, Params, Path, as_of, day};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, Caller, TeamReport, TeamsQuery, TeamsReport};
use crate::model::{Charge, Code, Membership, ModelError, Team};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

const DAY: &str = "a day, such as 2026-10-05";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamsParams {
    area: Option<String>,
    on: Option<String>,
    as_of: Option<String>,
}

pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<TeamsParams>,
) -> Result<Json<TeamsReport>, Problem> {
    let (on, as_of) = (day("on", params.on.as_deref())?, as_of(params.as_of.as_deref())?);
    Ok(Json(app.teams(&caller, &TeamsQuery { area: params.area, on, as_of }).await?))
}

fn membership(value: Value) -> Result<Membership, ModelError> {
    let mut one = Members::of("members", value)?;
    let user = one.needed("user", "the name of a user")?;
    let (from, to) = (one.needed("from", DAY)?, one.optional("to", DAY)?);
    one.end("members", "user, from, to")?;
    Ok(Membership { user, from, to })
}

fn charge(value: Value) -> Result<Charge, ModelError> {
    let mut one = Members::of("areas", value)?;
    let area = one.needed("area", "the code of an area")?;
    let (from, to) = (one.needed("from", DAY)?, one.optional("to", DAY)?);
    one.end("areas", "area, from, to")?;
    Ok(Charge { area, from, to })
}

pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<(StatusCode, Json<TeamReport>), Problem> {
    let code = Code::new(&code)?;
    let mut body = Members::of("team", body)?;
    let name = body.needed("name", "a text")?;
    let members: Vec<Value> = body.optional("members", "an array of members")?.unwrap_or_default();
    let areas: Vec<Value> = body.optional("areas", "an array of areas")?.unwrap_or_default();
    body.end("team", "name, members, areas")?;
    let members = members.into_iter().map(membership).collect::<Result<_, _>>()?;
    let areas = areas.into_iter().map(charge).collect::<Result<_, _>>()?;
    let (report, new) = app.put_team(&caller, Team { code, name, members, areas }).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(report)))
}
