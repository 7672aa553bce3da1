//! `/api/campaigns`.

use super::extract::{Body, Params};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, Caller, CampaignReport};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
pub struct Campaigns {
    campaigns: Vec<CampaignReport>,
}

pub async fn list(State(app): State<App>, Params(NoParams {}): Params<NoParams>) -> Json<Campaigns> {
    Json(Campaigns { campaigns: app.campaigns() })
}

pub async fn found(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(new): Body<Value>,
) -> Result<(StatusCode, Json<CampaignReport>), Problem> {
    let mut new = Members::of("campaign", new)?;
    let day = "a day, such as 2026-10-05";
    let (name, theme) = (new.needed("name", "a text")?, new.optional("theme", "a text")?.unwrap_or_default());
    let (from, to): (Date, Date) = (new.needed("from", day)?, new.needed("to", day)?);
    let revisit_days = new.optional("revisit_days", "days, a whole number from 1 to 3650")?;
    new.end("campaign", "name, theme, from, to, revisit_days")?;
    let campaign = app.found_campaign(&caller, name, theme, from, to, revisit_days).await?;
    Ok((StatusCode::CREATED, Json(campaign)))
}
