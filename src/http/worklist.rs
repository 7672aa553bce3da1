//! `/api/worklist` in JSON and GPX, and as a workbook.

use super::extract::{Params, as_of, campaign, parse, place, whole};
use super::operation::XLSX;
use super::problem::Problem;
use crate::app::{App, Caller, WorklistQuery};
use crate::model::ModelError;
use crate::model::ledger::Lang;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorklistParams {
    campaign: Option<String>,
    member: Option<String>,
    area: Option<String>,
    near: Option<String>,
    limit: Option<String>,
    as_of: Option<String>,
    f: Option<String>,
    lang: Option<String>,
}

pub async fn worklist(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<WorklistParams>,
) -> Result<Response, Problem> {
    let query = WorklistQuery {
        campaign: campaign(params.campaign.as_deref())?,
        member: params.member,
        area: params.area,
        near: place("near", params.near.as_deref())?,
        limit: whole("limit", params.limit.as_deref(), 1, 300, 30)? as usize,
        as_of: as_of(params.as_of.as_deref())?,
    };
    let form = params.f.unwrap_or_else(|| "json".into());
    if !["json", "gpx", "xlsx"].contains(&form.as_str()) {
        return Err(ModelError::new("f", &form, "one of json, gpx, xlsx").into());
    }
    let lang: Lang = parse(params.lang.as_deref())?.unwrap_or_default();
    let report = app.read_worklist(&caller, query).await?;
    let written = move |app: &App| -> Result<Response, Problem> {
        let head = [(header::CACHE_CONTROL, "private, no-store")];
        if form == "json" {
            return Ok((head, Json(report)).into_response());
        }
        if form == "xlsx" {
            let of_file =
                [(header::CONTENT_TYPE, XLSX), (header::CONTENT_DISPOSITION, "attachment; filename=\"worklist.xlsx\"")];
            return Ok((head, of_file, app.worklist_xlsx(&report, lang)?).into_response());
        }
        let of_file = [
            (header::CONTENT_TYPE, "application/gpx+xml"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"worklist.gpx\""),
        ];
        Ok((head, of_file, app.worklist_gpx(&report)?).into_response())
    };
    app.work(written).await?
}
