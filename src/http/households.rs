//! `/api/unvisited` and `/api/households/{code}`.

use super::extract::{AsOfParams, Params, Path, as_of, campaign, place, whole};
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
    as_of: Option<String>,
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
        as_of: as_of(params.as_of.as_deref())?,
    };
    let report: UnvisitedReport = app.read_unvisited(&caller, query).await?;
    Ok(([(header::CACHE_CONTROL, "private, no-store")], Json(report)))
}

pub async fn household(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(params): Params<AsOfParams>,
) -> Result<impl IntoResponse, Problem> {
    let as_of = as_of(params.as_of.as_deref())?;
    let report: HouseholdReport = app.read_household(&caller, &code, as_of).await?;
    Ok(([(header::CACHE_CONTROL, "private, no-store")], Json(report)))
}
