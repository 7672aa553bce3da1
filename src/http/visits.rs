//! `/api/visits`: logged, corrected by a later one, withdrawn.

use super::extract::{Body, Params, Path};
use super::info::NoParams;
use super::logged::{Logged, OneOrMore};
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, Caller, VisitInput, VisitReply};
use crate::model::{Fix, ModelError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

/// A visit as a client writes it.
fn read(value: Value) -> Result<VisitInput, ModelError> {
    let mut members = Members::of("visit", value)?;
    let visit = VisitInput {
        id: members.needed("id", "a UUID made for this visit")?,
        household: members.needed("household", "the code of a household")?,
        campaign: members.optional("campaign", "the number of a campaign")?,
        at: members.needed("at", "a time with its zone, such as 2026-10-05T08:00:00Z")?,
        outcome: members.needed::<String>("outcome", "the name of an outcome")?.parse()?,
        note: members.optional("note", "a text")?,
        needs: members.optional("needs", "a text, a need a line")?,
        minutes: members.optional("minutes", "minutes, a whole number from 0 to 720")?,
        fix: members.optional("position", "an object with lon, lat and accuracy_m")?.map(position).transpose()?,
        corrects: members.optional("corrects", "the id of the visit that it corrects")?,
    };
    members.end("visit", "id, household, campaign, at, outcome, note, needs, minutes, position, corrects")?;
    Ok(visit)
}

/// Where the caller stood.
fn position(value: Value) -> Result<Fix, ModelError> {
    let mut members = Members::of("position", value)?;
    let mut number = |field, expected| members.needed::<f64>(field, expected);
    let (lon, lat) = (number("lon", "degrees east")?, number("lat", "degrees north")?);
    let accuracy_m = number("accuracy_m", "metres, 0 to 100000")?;
    members.end("position", "lon, lat, accuracy_m")?;
    Fix::new(lon, lat, accuracy_m)
}

pub async fn log(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<OneOrMore>,
) -> Result<Json<Logged>, Problem> {
    let (mut logged, places, visits) = Logged::read("visits", body, read)?;
    for (place, reply) in places.into_iter().zip(app.log_visits(&caller, visits).await?) {
        match reply {
            VisitReply::Stored(flags) => logged.flagged(place, flags),
            VisitReply::Repeated => logged.repeated(place),
            VisitReply::Refused(refusal) => logged.refused(place, &refusal),
        }
    }
    Ok(Json(logged))
}

pub async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<Value>,
) -> Result<StatusCode, Problem> {
    let id = id.parse().map_err(|_| ModelError::new("id", &id, "the UUID of a visit"))?;
    let mut body = Members::of("withdrawal", body)?;
    let reason = body.needed("reason", "a text that says why")?;
    body.end("withdrawal", "reason")?;
    app.withdraw_visit(&caller, id, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
