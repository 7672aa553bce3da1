//! `/api/editions` and `/api/editions/preview`.

use super::extract::{Body, Params, campaign, parse};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, Caller, EditionList, EditionPreview, EditionReport, EditionSpec};
use crate::model::{CampaignId, Level, ModelError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

/// What is said where it is not said which campaign.
const NAMED: &str = "the number of a campaign";

pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<EditionList>, Problem> {
    Ok(Json(app.work(move |app| app.editions(&caller)).await??))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionParams {
    campaign: Option<String>,
    level: Option<String>,
}

pub async fn preview(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<EditionParams>,
) -> Result<Json<EditionPreview>, Problem> {
    let campaign =
        campaign(params.campaign.as_deref())?.ok_or_else(|| ModelError::new("campaign", "nothing", NAMED))?;
    let spec = EditionSpec { campaign, level: parse(params.level.as_deref())? };
    Ok(Json(app.preview_edition(&caller, spec).await?))
}

pub async fn publish(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(new): Body<Value>,
) -> Result<(StatusCode, Json<EditionReport>), Problem> {
    let mut new = Members::of("edition", new)?;
    let campaign: CampaignId = new.needed("campaign", NAMED)?;
    let level: Option<Level> = new.optional("level", "county, township, village or grid")?;
    new.end("edition", "campaign, level")?;
    Ok((StatusCode::CREATED, Json(app.publish_edition(&caller, EditionSpec { campaign, level }).await?)))
}
