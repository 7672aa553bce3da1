//! `/api/coverage` in JSON, GeoJSON and CSV.

use super::extract::{Params, bbox, campaign, parse, when};
use super::problem::Problem;
use crate::app::{App, Caller, CoverageQuery, CoverageReport};
use crate::model::{ModelError, Shape};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageParams {
    campaign: Option<String>,
    level: Option<String>,
    within: Option<String>,
    bbox: Option<String>,
    as_of: Option<String>,
    from: Option<String>,
    to: Option<String>,
    f: Option<String>,
}

pub async fn coverage(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<CoverageParams>,
) -> Result<Response, Problem> {
    let query = CoverageQuery {
        campaign: campaign(params.campaign.as_deref())?,
        level: parse(params.level.as_deref())?,
        within: params.within,
        bbox: bbox(params.bbox.as_deref())?,
    };
    let form = params.f.unwrap_or_else(|| "json".into());
    if !["json", "geojson", "csv"].contains(&form.as_str()) {
        return Err(ModelError::new("f", &form, "one of json, geojson, csv").into());
    }
    let when = when(params.as_of.as_deref(), params.from.as_deref(), params.to.as_deref())?;
    let then = if when.is_kept() { None } else { Some(app.coverage_then(&caller, query.clone(), when).await?) };
    let work = move |app: &App| -> Result<Response, Problem> {
        let report = then.map_or_else(|| app.coverage(&caller, &query), Ok)?;
        Ok(match form.as_str() {
            "geojson" => {
                ([(header::CONTENT_TYPE, "application/geo+json")], geojson(&report).to_string()).into_response()
            }
            "csv" => ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], app.coverage_csv(&report)).into_response(),
            _ => Json(report).into_response(),
        })
    };
    app.work(work).await?
}

fn geojson(report: &CoverageReport) -> Value {
    let feature = |area: &crate::app::AreaCoverage| {
        let geometry = Shape::from(&area.area.geometry);
        json!({"type": "Feature", "id": area.area.code, "properties": area, "geometry": geometry})
    };
    let features: Vec<Value> = report.areas.iter().map(feature).collect();
    let mut collection = json!({
        "type": "FeatureCollection",
        "campaign": report.campaign,
        "as_of": report.as_of,
        "features": features,
    });
    if let Some(period) = report.period {
        collection["period"] = json!(period);
    }
    if let Some(edition) = report.edition {
        collection["edition"] = json!(edition);
    }
    collection
}
