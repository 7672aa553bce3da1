//! Items made, replaced and taken away: OGC API Features Part 4 (20-002), for the collections that are drawn. Bodies are in CRS84.

use super::document::Form;
use super::geojson::Writing;
use super::items::{head, item_url};
use crate::app::{App, AppError, Caller, DrawingInput, Drawn, Expects};
use crate::geom::offered::OfferedCrs;
use crate::http::door::base as origin;
use crate::http::extract::{Body, Params, Path};
use crate::http::info::NoParams;
use crate::http::members::Members;
use crate::http::precondition::{expected, tag};
use crate::http::problem::Problem;
use crate::model::collection::Collection;
use crate::model::rule::{Hours, Season, ZoneClass};
use crate::model::{Code, ModelError, PlanId};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

/// What may be asked of the items of a collection that is drawn, and of another.
const ITEMS: [&str; 2] = ["GET, HEAD, OPTIONS, POST", "GET, HEAD, OPTIONS"];
/// The same of one item.
const ITEM: [&str; 2] = ["GET, HEAD, OPTIONS, PUT, DELETE", "GET, HEAD, OPTIONS"];

/// One of the two, for what the collection is.
fn allowed(of: [&'static str; 2], collection: Collection) -> &'static str {
    if collection.is_drawn() { of[0] } else { of[1] }
}

pub async fn items_options(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    options(ITEMS, app.collection(&caller, &name)?)
}

pub async fn item_options(
    State(app): State<App>,
    caller: Caller,
    Path((name, _)): Path<(String, String)>,
) -> Result<Response, Problem> {
    options(ITEM, app.collection(&caller, &name)?)
}

#[allow(clippy::unnecessary_wraps)] // a handler's result
fn options(of: [&'static str; 2], collection: Collection) -> Result<Response, Problem> {
    Ok((StatusCode::OK, [(header::ALLOW, allowed(of, collection))]).into_response())
}

/// A collection whose items can be changed; 405 for another.
fn drawn(app: &App, caller: &Caller, name: &str, of: [&'static str; 2]) -> Result<Collection, Problem> {
    let collection = app.collection(caller, name)?;
    if collection.is_drawn() {
        return Ok(collection);
    }
    Err(Problem::read_only(format!("items of '{name}' are not changed here"), allowed(of, collection)))
}

pub async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<Response, Problem> {
    let collection = drawn(&app, &caller, &name, ITEMS)?;
    let input = read(collection, &headers, body, None)?;
    let code = app.draw(&caller, input, Expects::Absent).await?;
    stored(&app, &caller, &headers, collection, &code, StatusCode::CREATED).await
}

pub async fn replace(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((name, id)): Path<(String, String)>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<Response, Problem> {
    let collection = drawn(&app, &caller, &name, ITEM)?;
    let expects = expected(&headers)?;
    let input = read(collection, &headers, body, Some(there(collection, &id)?))?;
    let code = app.draw(&caller, input, expects).await.map_err(|error| match error {
        // What is not there cannot be as If-Match says (20-002, /req/create-replace-delete/put-rid-exception B).
        AppError::NotFound { .. } => Problem::refused(StatusCode::PRECONDITION_FAILED, error.to_string()),
        error => error.into(),
    })?;
    stored(&app, &caller, &headers, collection, &code, StatusCode::OK).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveParams {
    reason: Option<String>,
}

pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((name, id)): Path<(String, String)>,
    Params(RemoveParams { reason }): Params<RemoveParams>,
) -> Result<Response, Problem> {
    let collection = drawn(&app, &caller, &name, ITEM)?;
    let (expects, code, reason) = (expected(&headers)?, there(collection, &id)?, reason.unwrap_or_default());
    app.end_drawing(&caller, collection, code, reason, expects).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// An id in a path; what cannot be one is not there.
fn there(collection: Collection, id: &str) -> Result<Code, Problem> {
    let unknown = |_| Problem::not_found(format!("{} '{}' is not known", collection.item(), id.escape_debug()));
    Code::new(id).map_err(unknown)
}

/// The item as it stands after a change, with where it is and its version.
async fn stored(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    collection: Collection,
    code: &Code,
    status: StatusCode,
) -> Result<Response, Problem> {
    let mut feature = app.read_item(caller, collection, code.as_str(), None).await?;
    let base = format!("{}/ogc/collections/{}", origin(headers), collection.as_str());
    let mut head = head(OfferedCrs::CRS84, Form::Json, &base);
    head.extend(feature.version.map(|version| (header::ETAG, tag(version, ""))));
    let place = if status == StatusCode::CREATED { header::LOCATION } else { header::CONTENT_LOCATION };
    head.extend(HeaderValue::from_str(&item_url(&base, code.as_str())).ok().map(|url| (place, url)));
    let writing = Writing { properties: None, crs: OfferedCrs::CRS84, fg: false };
    let written = writing.write(&mut feature, None);
    Ok((status, head, serde_json::to_string(&written).map_err(|_| Problem::internal())?).into_response())
}

/// A Feature as a client writes it; `id` is that of the path.
fn read(
    collection: Collection,
    headers: &HeaderMap,
    body: Value,
    id: Option<Code>,
) -> Result<DrawingInput, ModelError> {
    in_crs84(headers, &body)?;
    let mut feature = Members::of("feature", body)?;
    let kind: String = feature.needed("type", "Feature")?;
    if kind != "Feature" {
        return Err(ModelError::new("type", kind, "Feature"));
    }
    let geometry: Value = feature.needed("geometry", "a GeoJSON geometry")?;
    let mut properties = Members::of("properties", feature.needed("properties", "a JSON object")?)?;
    let given = [
        ("id", feature.optional::<Code>("id", "a code")?),
        ("code", properties.optional::<Code>("code", "a code, the same as the id")?),
    ];
    let mut code = id;
    for (field, given) in given.into_iter().filter_map(|(field, given)| Some((field, given?))) {
        if code.as_ref().is_some_and(|code| *code != given) {
            return Err(ModelError::new(field, given, "the id of the item, or absent"));
        }
        code = Some(given);
    }
    let what = match collection {
        Collection::Spots => Drawn::Spot(properties.needed("stalls", "a whole number from 1")?),
        _ => Drawn::Zone(class(&properties.needed::<String>("class", "one of allowed, restricted, forbidden")?)?),
    };
    let input = DrawingInput {
        code,
        plan: PlanId(properties.needed("plan", "the number of a plan")?),
        what,
        name: properties.optional("name", "a text")?.unwrap_or_default(),
        hours: properties.optional::<Vec<String>>("hours", HOURS)?.map(|spans| Hours::new(&spans)).transpose()?,
        season: properties.optional::<Vec<String>>("season", SEASON)?.map(|days| Season::new(&days)).transpose()?,
        reason: properties.optional("reason", "a text")?.unwrap_or_default(),
        geometry: geometry.to_string(),
    };
    // Who sends back what was read sends these as well; they are the map's to say.
    properties.optional::<Value>("by", "")?;
    properties.optional::<Value>("changed_at", "")?;
    let own = if collection == Collection::Spots { "stalls" } else { "class" };
    properties.end("properties", &format!("plan, {own}, name, hours, season, reason"))?;
    Ok(input)
}

const HOURS: &str = "a list of spans such as Mo-Fr 07:00-19:00";
const SEASON: &str = "a list of days such as 05-15..08-31";

/// The model names the class of a zone as rules do.
fn class(name: &str) -> Result<ZoneClass, ModelError> {
    name.parse::<ZoneClass>().map_err(|refusal| ModelError { field: "class", ..refusal })
}

/// Refuses a body in another CRS, declared by header or member.
fn in_crs84(headers: &HeaderMap, body: &Value) -> Result<(), ModelError> {
    let expected = format!("absent or {}: bodies are in that", OfferedCrs::CRS84.uri());
    let declared = headers.get("content-crs").map(|value| value.to_str().unwrap_or("?").trim_matches(['<', '>']));
    if let Some(crs) = declared.filter(|crs| *crs != OfferedCrs::CRS84.uri()) {
        return Err(ModelError::new("Content-Crs", crs, expected));
    }
    for field in ["crs", "coordRefSys"] {
        let member = body.get(field).filter(|value| !value.is_null());
        if let Some(crs) = member.filter(|value| value.as_str() != Some(&OfferedCrs::CRS84.uri())) {
            return Err(ModelError::new(field, crs, expected));
        }
    }
    Ok(())
}
