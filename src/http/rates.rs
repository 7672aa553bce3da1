//! `/api/rates`, `/api/rates/difference`, `/api/coverage/weeks`, `/api/satisfaction` and `/api/codes`.

use super::extract::{Params, as_of, campaign, parse, when};
use super::problem::Problem;
use crate::app::{
    App, Caller, CodesQuery, CodesReport, DifferenceReport, RatesQuery, RatesReport, SatisfactionQuery,
    SatisfactionReport, WeeksQuery, WeeksReport,
};
use crate::model::{Level, ModelError};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiguresParams {
    campaign: Option<String>,
    level: Option<String>,
    within: Option<String>,
    as_of: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub async fn rates(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<FiguresParams>,
) -> Result<Json<Arc<RatesReport>>, Problem> {
    let query = RatesQuery {
        campaign: campaign(params.campaign.as_deref())?,
        level: parse(params.level.as_deref())?.unwrap_or(Level::Township),
        within: params.within,
        when: when(params.as_of.as_deref(), params.from.as_deref(), params.to.as_deref())?,
    };
    Ok(Json(app.rates(&caller, query).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeksParams {
    campaign: Option<String>,
    level: Option<String>,
    within: Option<String>,
    as_of: Option<String>,
}

pub async fn weeks(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<WeeksParams>,
) -> Result<Json<WeeksReport>, Problem> {
    let needed = || ModelError::new("campaign", "nothing", "the number of a campaign");
    let query = WeeksQuery {
        campaign: campaign(params.campaign.as_deref())?.ok_or_else(needed)?,
        level: parse(params.level.as_deref())?.unwrap_or(Level::Township),
        within: params.within,
        as_of: as_of(params.as_of.as_deref())?,
    };
    Ok(Json(app.weeks(&caller, query).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DifferenceParams {
    campaign: Option<String>,
    a: Option<String>,
    b: Option<String>,
    as_of: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub async fn difference(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<DifferenceParams>,
) -> Result<Json<DifferenceReport>, Problem> {
    let campaign = campaign(params.campaign.as_deref())?;
    let needed = |field: &'static str, code: Option<String>| {
        code.ok_or_else(|| ModelError::new(field, "nothing", "the code of a living area"))
    };
    let (a, b) = (needed("a", params.a)?, needed("b", params.b)?);
    let when = when(params.as_of.as_deref(), params.from.as_deref(), params.to.as_deref())?;
    Ok(Json(app.difference(&caller, [a, b], campaign, when).await?))
}

pub async fn satisfaction(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<FiguresParams>,
) -> Result<Json<SatisfactionReport>, Problem> {
    let query = SatisfactionQuery {
        campaign: campaign(params.campaign.as_deref())?,
        level: parse(params.level.as_deref())?.unwrap_or(Level::Township),
        within: params.within,
        when: when(params.as_of.as_deref(), params.from.as_deref(), params.to.as_deref())?,
    };
    Ok(Json(app.satisfaction(&caller, query).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodesParams {
    campaign: Option<String>,
    within: Option<String>,
    as_of: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub async fn codes(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<CodesParams>,
) -> Result<Json<CodesReport>, Problem> {
    let query = CodesQuery {
        campaign: campaign(params.campaign.as_deref())?,
        within: params.within,
        when: when(params.as_of.as_deref(), params.from.as_deref(), params.to.as_deref())?,
    };
    Ok(Json(app.codes(&caller, query).await?))
}
