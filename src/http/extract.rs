//! Extractors are the guard: what passes them is in range.

use super::cookie;
use super::operation::XLSX;
use super::problem::Problem;
use crate::app::{App, Caller, Period, When};
use crate::geom::{Bbox, LonLat};
use crate::model::ModelError;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// The address that a request came from, where the listener tells it.
pub struct Address(pub Option<IpAddr>);

impl Address {
    fn of(parts: &Parts) -> Option<IpAddr> {
        parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
    }
}

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Address, Infallible> {
        Ok(Address(Address::of(parts)))
    }
}

/// Who calls: the bearer of a token, else who signed in by this browser, else the public.
impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
        if let Some(known) = parts.extensions.remove::<Caller>() {
            return Ok(known); // the rule of the operation asked who it is
        }
        let from = Address::of(parts);
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
            let Some(secret) = cookie::secret(&parts.headers) else { return Ok(Caller::public().at(from)) };
            if !cookie::may_speak(parts) {
                return Err(Problem::foreign());
            }
            return Ok(app.session(secret)?.at(from));
        };
        let secret = value.to_str().ok().and_then(|v| {
            let (scheme, secret) = v.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
        });
        let unreadable =
            || Problem::refused(StatusCode::UNAUTHORIZED, "the header Authorization is not of the form 'Bearer TOKEN'");
        let secret = secret.ok_or_else(unreadable)?;
        // Three parts with dots between are a signed token of somebody else; none of ours has a dot.
        let caller =
            if secret.split('.').count() == 3 { app.outside_caller(secret).await } else { app.caller(Some(secret)) };
        Ok(caller?.at(from))
    }
}

/// The query's parameters, each by its name; an unknown one, or one given twice, is refused.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Params<T>, Problem> {
        let Query(params) = Query::<T>::from_request_parts(parts, app).await.map_err(|e: QueryRejection| {
            use std::error::Error;
            let reason = e.source().map_or_else(|| e.to_string(), ToString::to_string);
            Problem::unreadable(format!("the query cannot be read: {reason}"))
        })?;
        Ok(Params(params))
    }
}

/// What the route names in the path.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Path<T>, Problem> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        let axum::extract::Path(named) = read
            .map_err(|e: PathRejection| Problem::unreadable(format!("the path cannot be read: {}", e.body_text())))?;
        Ok(Path(named))
    }
}

/// A JSON body within the limit, whatever its declared type is as long as it says JSON.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Body<T>, Problem> {
        let essence = essence(&request);
        if essence != "application/json" && !essence.ends_with("+json") {
            let detail = format!("Content-Type: '{}' is not application/json", essence.escape_debug());
            return Err(Problem::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let bytes = bytes(request, app).await?;
        let parsed = serde_json::from_slice(&bytes);
        parsed.map(Body).map_err(|e| Problem::unreadable(format!("the body is not the JSON expected: {e}")))
    }
}

/// A text in TOML within the limit, as it came.
pub struct Toml(pub Bytes);

impl FromRequest<App> for Toml {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Toml, Problem> {
        let essence = essence(&request);
        if essence != "application/toml" && essence != "text/plain" {
            let detail = format!("Content-Type: '{}' is not application/toml", essence.escape_debug());
            return Err(Problem::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        bytes(request, app).await.map(Toml)
    }
}

/// A workbook within the limit, as it came; `application/octet-stream` is what a system sends that does not know the ending.
pub struct Workbook(pub Bytes);

impl FromRequest<App> for Workbook {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Workbook, Problem> {
        let essence = essence(&request);
        if essence != XLSX && essence != "application/octet-stream" {
            let detail = format!("Content-Type: '{}' is not {XLSX}", essence.escape_debug());
            return Err(Problem::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        bytes(request, app).await.map(Workbook)
    }
}

/// The media type that a request declares, without its parameters.
fn essence(request: &Request) -> String {
    let declared = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn bytes(request: Request, app: &App) -> Result<Bytes, Problem> {
    let read = Bytes::from_request(request, app).await;
    read.map_err(|e: BytesRejection| Problem::refused(e.status(), e.body_text()))
}

/// Parses a parameter that is text for people and a type for the house.
pub fn parse<T: FromStr<Err = ModelError>>(text: Option<&str>) -> Result<Option<T>, Problem> {
    text.map(str::parse).transpose().map_err(Problem::invalid)
}

/// A whole number within bounds.
pub fn whole(field: &'static str, text: Option<&str>, least: u32, most: u32, default: u32) -> Result<u32, Problem> {
    let Some(text) = text else { return Ok(default) };
    let number = text.parse().ok().filter(|n| (least..=most).contains(n));
    number.ok_or_else(|| ModelError::new(field, text, format!("a whole number from {least} to {most}")).into())
}

fn numbers<const N: usize>(field: &'static str, text: &str, expected: &str) -> Result<[f64; N], Problem> {
    let refuse = || ModelError::new(field, text, expected);
    let parts: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse::<f64>()).collect();
    let parts = parts.map_err(|_| refuse())?;
    let parts: [f64; N] = parts.try_into().map_err(|_| refuse())?;
    if parts.iter().all(|n| n.is_finite()) { Ok(parts) } else { Err(refuse().into()) }
}

/// `west,south,east,north` in degrees; west may be greater than east: over the antimeridian.
pub fn bbox(text: Option<&str>) -> Result<Option<Bbox>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let [west, south, east, north] = numbers("bbox", text, "four numbers: west,south,east,north in degrees")?;
    Bbox::new(west, south, east, north).map(Some).map_err(|e| ModelError::geom("bbox", text, &e).into())
}

/// `lon,lat` in degrees.
pub fn place(field: &'static str, text: Option<&str>) -> Result<Option<LonLat>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let [lon, lat] = numbers(field, text, "two numbers: lon,lat in degrees")?;
    LonLat::new(lon, lat).map(Some).map_err(|e| ModelError::geom(field, text, &e).into())
}

/// The parameters of an operation that takes a time and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOfParams {
    pub as_of: Option<String>,
}

/// A time that answers are true of.
pub fn as_of(text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let refused = || ModelError::new("as_of", text, "a time such as 2026-11-01T08:00:00Z (a + is written %2B)");
    text.parse().map(Some).map_err(|_| refused().into())
}

/// A day where the service runs.
pub fn day(field: &'static str, text: Option<&str>) -> Result<Option<Date>, Problem> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| ModelError::new(field, text, "a day, such as 2026-10-05").into())
}

/// What time figures are about.
pub fn when(as_of: Option<&str>, from: Option<&str>, to: Option<&str>) -> Result<When, Problem> {
    let period = Period::of(day("from", from)?, day("to", to)?)?;
    Ok(When { as_of: self::as_of(as_of)?, period })
}

/// The number of a campaign.
pub fn campaign(text: Option<&str>) -> Result<Option<crate::model::CampaignId>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok().filter(|n| *n > 0).map(crate::model::CampaignId);
    number.map(Some).ok_or_else(|| ModelError::new("campaign", text, "the number of a campaign").into())
}
