//! `/api/teams/{code}/assignment`.

use super::extract::{Body, Params, Path, as_of};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, AssignmentSpec, AssignmentTaken, Caller};
use crate::model::{CampaignId, Code, ModelError, UserName};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What names somebody's households is kept by nobody on the way.
fn private(report: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "private, no-store")], Json(report)).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadParams {
    area: Option<String>,
    as_of: Option<String>,
}

pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(ReadParams { area, as_of: then }): Params<ReadParams>,
) -> Result<Response, Problem> {
    let report = app.assignment(&caller, &code, area, as_of(then.as_deref())?).await?;
    // A county's is some megabytes.
    Ok(app.work(move |_| private(report)).await?)
}

fn share(value: Value) -> Result<(UserName, f64), ModelError> {
    let mut one = Members::of("shares", value)?;
    let user = one.needed("user", "the name of a member")?;
    let share = one.needed("share", "a number, 1 for an equal share")?;
    one.end("shares", "user, share")?;
    Ok((user, share))
}

pub async fn plan(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<Response, Problem> {
    let mut body = Members::of("plan", body)?;
    let campaign: Option<u32> = body.optional("campaign", "the number of a campaign")?;
    let shares: Vec<Value> = body.optional("shares", "an array of members with their shares")?.unwrap_or_default();
    let spec = AssignmentSpec {
        campaign: campaign.map(CampaignId),
        area: body.optional("area", "the code of an area")?,
        threshold_m: body.optional("threshold_m", "metres, a number")?,
        tolerance: body.optional("tolerance", "a part, a number")?,
        shares: shares.into_iter().map(share).collect::<Result<_, _>>()?,
    };
    body.end("plan", "campaign, area, threshold_m, tolerance, shares")?;
    let plan = app.plan_assignment(&caller, &code, spec).await?;
    // A county's is some megabytes.
    Ok(app.work(move |_| private(plan)).await?)
}

pub async fn give(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<Json<AssignmentTaken>, Problem> {
    let mut body = Members::of("assignment", body)?;
    let plan: Option<String> = body.optional("plan", "the digits of a plan")?;
    let member: Option<UserName> = body.optional("member", "the name of a member")?;
    let households: Option<Vec<Code>> = body.optional("households", "an array of codes of households")?;
    body.end("assignment", "plan, member, households")?;
    let taken = match (plan, member, households) {
        (Some(plan), None, None) => app.take_assignment(&caller, &code, &plan).await?,
        (None, member, Some(households)) => app.hand_over(&caller, &code, member, households).await?,
        (plan, _, _) => {
            let value = if plan.is_some() { "plan and more" } else { "neither" };
            return Err(ModelError::new("plan", value, "either plan, or households with or without a member").into());
        }
    };
    Ok(Json(taken))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoParams {
    plan: Option<String>,
}

pub async fn undo(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(UndoParams { plan }): Params<UndoParams>,
) -> Result<Json<AssignmentTaken>, Problem> {
    let plan = plan.ok_or_else(|| ModelError::new("plan", "", "the digits of the plan that is taken back"))?;
    Ok(Json(app.undo_assignment(&caller, &code, &plan).await?))
}
