//! `/api/campaigns`.

use super::extract::{Body, Params};
use super::info::NoParams;
use super::problem::Problem;
use crate::app::{App, Caller, CampaignReport};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub struct Campaigns {
    campaigns: Vec<CampaignReport>,
}

pub async fn list(State(app): State<App>, Params(NoParams {}): Params<NoParams>) -> Json<Campaigns> {
    Json(Campaigns { campaigns: app.campaigns() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCampaign {
    name: String,
    #[serde(default)]
    theme: String,
    from: Date,
    to: Date,
}

pub async fn found(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(new): Body<NewCampaign>,
) -> Result<(StatusCode, Json<CampaignReport>), Problem> {
    let campaign = app.found_campaign(&caller, new.name, new.theme, new.from, new.to).await?;
    Ok((StatusCode::CREATED, Json(campaign)))
}
