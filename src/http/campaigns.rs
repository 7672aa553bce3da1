//! `/api/campaigns` and the target of each.

use super::extract::{AsOfParams, Body, Params, Path, as_of};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, Caller, CampaignInput, CampaignReport, TargetDecision, TargetInput, TargetReport};
use crate::model::{CampaignId, Code, ModelError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

const DAY: &str = "a day, such as 2026-10-05";
const DAYS: &str = "days, a whole number from 1 to 3650";
const CODES: &str = "an array of codes of households";

#[derive(Serialize)]
pub struct Campaigns {
    campaigns: Vec<CampaignReport>,
}

pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<AsOfParams>,
) -> Result<Json<Campaigns>, Problem> {
    Ok(Json(Campaigns { campaigns: app.campaigns(&caller, as_of(params.as_of.as_deref())?).await? }))
}

fn input(members: &mut Members) -> Result<CampaignInput, ModelError> {
    Ok(CampaignInput {
        name: members.needed("name", "a text")?,
        theme: members.optional("theme", "a text")?.unwrap_or_default(),
        from: members.needed("from", DAY)?,
        to: members.needed("to", DAY)?,
        revisit_days: members.optional("revisit_days", DAYS)?,
        need_days: members.optional("need_days", DAYS)?,
        closed: members.optional("closed", "true or false")?.unwrap_or(false),
    })
}

/// Everybody, where nothing is said.
fn target(value: Option<Value>) -> Result<TargetInput, ModelError> {
    let Some(value) = value else { return Ok(TargetInput::All) };
    let mut members = Members::of("target", value)?;
    let filter: Option<String> = members.optional("filter", "a filter over households, CQL2 text")?;
    let households: Option<Vec<Code>> = members.optional("households", CODES)?;
    members.end("target", "filter, households")?;
    match (filter, households) {
        (None, None) => Ok(TargetInput::All),
        (Some(filter), None) => Ok(TargetInput::Filter(filter)),
        (None, Some(households)) => Ok(TargetInput::List(households)),
        (Some(_), Some(_)) => Err(ModelError::new("target", "filter and households", "one of the two")),
    }
}

pub async fn found(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(new): Body<Value>,
) -> Result<(StatusCode, Json<CampaignReport>), Problem> {
    let mut new = Members::of("campaign", new)?;
    let input = input(&mut new)?;
    let target = target(new.optional("target", "an object with filter or households")?)?;
    new.end("campaign", "name, theme, from, to, revisit_days, need_days, closed, target")?;
    Ok((StatusCode::CREATED, Json(app.found_campaign(&caller, input, target).await?)))
}

pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<Json<CampaignReport>, Problem> {
    let mut body = Members::of("campaign", body)?;
    let input = input(&mut body)?;
    body.end("campaign", "name, theme, from, to, revisit_days, need_days, closed")?;
    Ok(Json(app.change_campaign(&caller, number(&id)?, input).await?))
}

fn number(id: &str) -> Result<CampaignId, ModelError> {
    id.parse().map(CampaignId).map_err(|_| ModelError::new("id", id, "the number of a campaign"))
}

pub async fn read_target(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<AsOfParams>,
) -> Result<Json<TargetReport>, Problem> {
    let (id, as_of) = (number(&id)?, as_of(params.as_of.as_deref())?);
    Ok(Json(app.target(&caller, id, as_of).await?))
}

pub async fn decide(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<Json<TargetReport>, Problem> {
    let mut body = Members::of("decision", body)?;
    let decision = TargetDecision {
        all: body.optional("all", "true or false")?.unwrap_or(false),
        add: body.optional("add", CODES)?.unwrap_or_default(),
        remove: body.optional("remove", CODES)?.unwrap_or_default(),
        reason: body.needed("reason", "a text that says why")?,
    };
    body.end("decision", "all, add, remove, reason")?;
    Ok(Json(app.decide_target(&caller, number(&id)?, decision).await?))
}
