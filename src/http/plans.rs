//! `/api/plans` and `/api/why`.

use super::extract::{Body, Params, Path};
use super::info::NoParams;
use super::members::Members;
use super::precondition::{expected, tag};
use super::problem::Problem;
use crate::app::{App, Caller, PlanInput, PlanListed, PlanReport, RulesInput, WhyReport, WithinInput};
use crate::geom::LonLat;
use crate::model::{ModelError, PlanId, Shape, written};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use geo::{CoordsIter as _, Geometry, MultiPolygon};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize)]
pub struct Plans {
    plans: Vec<PlanListed>,
}

pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<Plans>, Problem> {
    Ok(Json(Plans { plans: app.work(move |app| app.plans(&caller)).await?? }))
}

pub async fn found(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(NoParams {}): Params<NoParams>,
    Body(new): Body<Value>,
) -> Result<Response, Problem> {
    let (plan, version) = app.found_plan(&caller, read(new)?).await?;
    let place = format!("{}/api/plans/{}", super::door::base(&headers), plan.line.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], reply(&plan, version)).into_response())
}

pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    headers: HeaderMap,
    Body(new): Body<Value>,
) -> Result<Response, Problem> {
    let (plan, version) = app.change_plan(&caller, number(&id)?, expected(&headers)?, read(new)?).await?;
    Ok(reply(&plan, version))
}

pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let (plan, version) = app.plan(&caller, number(&id)?).await?;
    Ok(reply(&plan, version))
}

pub async fn stop(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let (plan, version) = app.stop_plan(&caller, number(&id)?).await?;
    Ok(reply(&plan, version))
}

pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let (plan, version) = app.run_plan(&caller, number(&id)?).await?;
    Ok(reply(&plan, version))
}

/// A report whose `ETag` is the version of the plan, by which it is changed; how far its result is may differ under one version.
fn reply(plan: &PlanReport, version: u64) -> Response {
    let head =
        [(header::ETAG, tag(version, "")), (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    (head, Json(plan)).into_response()
}

/// A plan as a client writes it.
fn read(value: Value) -> Result<PlanInput, ModelError> {
    let mut members = Members::of("plan", value)?;
    let preset: Option<String> = members.optional("rules", "the id of a rule set")?;
    let text: Option<String> = members.optional("rules_text", "the text of a rule set")?;
    let rules = match (preset, text) {
        (Some(id), None) => RulesInput::Preset(id),
        (None, Some(text)) => RulesInput::Text(text),
        (None, None) => {
            return Err(ModelError::new("rules", "", "the id of a rule set, or rules_text with one of your own"));
        }
        (Some(id), Some(_)) => return Err(ModelError::new("rules", id, "absent where rules_text is given")),
    };
    let within = within(members.needed("within", "the code of an area, or a GeoJSON Polygon or MultiPolygon")?)?;
    let plan = PlanInput {
        name: members.needed("name", "a text")?,
        rules,
        within,
        zones_only: members.optional("zones_only", "true or false")?.unwrap_or_default(),
        widths: members
            .optional(
                "widths",
                "an object of streets, such as {\"w123\": {\"carriageway\": 6.5, \"left\": 2, \"right\": 0}} in metres",
            )?
            .unwrap_or_default(),
        phase: members.optional::<String>("phase", "a text")?.map(|phase| phase.parse()).transpose()?,
        reason: members.optional("reason", "a text")?.unwrap_or_default(),
    };
    members.end("plan", "name, rules, rules_text, within, zones_only, widths, phase, reason")?;
    Ok(plan)
}

fn within(value: Value) -> Result<WithinInput, ModelError> {
    let expected = "the code of an area, or a GeoJSON Polygon or MultiPolygon in degrees";
    if let Value::String(code) = value {
        return Ok(WithinInput::Area(code));
    }
    let shape = Shape::deserialize(&value).map_err(|_| ModelError::new("within", &value, expected))?;
    let surface = match Geometry::from(shape) {
        Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
        Geometry::MultiPolygon(surface) => surface,
        _ => return Err(ModelError::new("within", "another shape", expected)),
    };
    match surface.coords_iter().find(|at| LonLat::new(at.x, at.y).is_err()) {
        Some(at) => {
            Err(ModelError::new("within", format!("{}, {}", at.x, at.y), "longitudes and latitudes in degrees"))
        }
        None => Ok(WithinInput::Surface(surface)),
    }
}

pub async fn rules(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    Ok(([(header::CONTENT_TYPE, "application/toml")], app.plan_rules(&caller, number(&id)?)?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalParams {
    f: Option<String>,
}

pub async fn legal(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<LegalParams>,
) -> Result<Response, Problem> {
    let id = number(&id)?;
    let form = params.f.as_deref().unwrap_or("geojson").parse()?;
    let file = app.work(move |app| app.plan_file(&caller, id, form)).await??;
    let named = format!("attachment; filename=\"plan-{id}.{}\"", form.extension());
    let head = [(header::CONTENT_TYPE, form.media().to_owned()), (header::CONTENT_DISPOSITION, named)];
    // GeoJSON is read by programs; the others are files to keep.
    let shown = usize::from(form.extension() != "geojson") + 1;
    let mut response = file.into_response();
    for (name, value) in head.into_iter().take(shown) {
        response.headers_mut().insert(name, value.parse().map_err(|_| Problem::internal())?);
    }
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhyParams {
    plan: Option<String>,
    lon: Option<String>,
    lat: Option<String>,
}

pub async fn why(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<WhyParams>,
) -> Result<Json<WhyReport>, Problem> {
    let plan = number(params.plan.as_deref().unwrap_or_default())?;
    let degrees = |field: &'static str, text: Option<String>| {
        let text = text.unwrap_or_default();
        text.parse::<f64>().map_err(|_| ModelError::new(field, text, "degrees, such as 9.5225"))
    };
    let (lon, lat) = (degrees("lon", params.lon)?, degrees("lat", params.lat)?);
    let at = LonLat::new(lon, lat).map_err(|e| ModelError::geom("lon, lat", format!("{lon}, {lat}"), &e))?;
    Ok(Json(app.work(move |app| app.why(&caller, plan, at)).await??))
}

pub async fn tilejson(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let id = number(&id)?;
    let url = format!("{}/api/plans/{id}/tiles/{{z}}/{{x}}/{{y}}", super::door::base(&headers));
    let document = app.plan_tilejson(&caller, id, url)?;
    Ok(([(header::CACHE_CONTROL, "private, no-cache")], Json(document)).into_response())
}

pub async fn tile(
    State(app): State<App>,
    caller: Caller,
    Path((id, z, x, y)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let (id, tile, coding) = (number(&id)?, written::tile(&z, &x, &y)?, super::tiles::coding(&headers)?);
    let make = move |app: &App| {
        let body = app.plan_tile(&caller, id, tile)?;
        body.make_ready(coding);
        Ok::<_, crate::app::AppError>(body)
    };
    let body = app.work(make).await??;
    super::tiles::respond(&headers, &body, coding, false)
}

fn number(id: &str) -> Result<PlanId, ModelError> {
    id.parse().map(PlanId).map_err(|_| ModelError::new("plan", id, "the number of a plan"))
}
