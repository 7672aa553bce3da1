//! `/api/unvisited` and `/api/households/{code}`.

use super::extract::{Params, Path, campaign, place, whole};
use super::info::NoParams;
use super::problem::Problem;
use crate::app::{App, Caller, HouseholdReport, UnvisitedQuery, UnvisitedReport};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnvisitedParams {
    campaign: Option<String>,
    area: Option<String>,
    near: Option<String>,
    limit: Option<String>,
}

pub async fn unvisited(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<UnvisitedParams>,
) -> Result<impl IntoResponse, Problem> {
    let query = UnvisitedQuery {
        campaign: campaign(params.campaign.as_deref())?,
        area: params.area,
        near: place("near", params.near.as_deref())?,
        limit: whole("limit", params.limit.as_deref(), 1, 1_000, 100)? as usize,
    };
    let report: UnvisitedReport = app.work(move |app| app.read_unvisited(&caller, &query)).await??;
    Ok(([(header::CACHE_CONTROL, "private, no-store")], Json(report)))
}

pub async fn household(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<impl IntoResponse, Problem> {
    let report: HouseholdReport = app.read_household(&caller, &code).await?;
    Ok(([(header::CACHE_CONTROL, "private, no-store")], Json(report)))
}
