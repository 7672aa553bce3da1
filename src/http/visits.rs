//! `/api/visits`: logged, corrected by a later one, withdrawn.

use super::extract::{Body, Params, Path};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use crate::app::{App, Caller, VisitFlag, VisitInput, VisitReply};
use crate::model::{Fix, ModelError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::fmt;

/// Most visits in one request: a phone's week; it is answered as a whole.
const MOST: usize = 5_000;

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

pub enum OneOrMore {
    More(Vec<Value>),
    One(Value),
}

impl<'de> Deserialize<'de> for OneOrMore {
    /// By the first bracket: the two forms of an untagged enum would be tried on a copy of the whole.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<OneOrMore, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = OneOrMore;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a visit or an array of visits")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, visits: A) -> Result<OneOrMore, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(visits)).map(OneOrMore::More)
            }

            fn visit_map<A: MapAccess<'de>>(self, visit: A) -> Result<OneOrMore, A::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(visit)).map(OneOrMore::One)
            }
        }
        from.deserialize_any(First)
    }
}

/// What became of each of a list, in its order.
#[derive(Serialize)]
pub struct Logged {
    results: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    id: Value,
    #[serde(rename = "result")]
    became: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<VisitFlag>,
}

impl Logged {
    /// Reads each by itself: one that cannot be read is refused, the others are given with their places. Refuses an empty list and one
    /// of more than 5,000.
    pub fn read<T>(
        field: &'static str,
        body: OneOrMore,
        read: impl Fn(Value) -> Result<T, ModelError>,
    ) -> Result<(Logged, Vec<usize>, Vec<T>), ModelError> {
        let values = match body {
            OneOrMore::One(value) => vec![value],
            OneOrMore::More(values) => values,
        };
        if values.is_empty() || values.len() > MOST {
            return Err(ModelError::new(field, values.len(), format!("1 to {MOST} {field} in one request")));
        }
        let mut logged = Logged { results: Vec::with_capacity(values.len()) };
        let mut readable = Vec::with_capacity(values.len());
        for (place, value) in values.into_iter().enumerate() {
            let id = value.get("id").cloned().unwrap_or(Value::Null);
            logged.results.push(Line { id, became: "stored", reason: None, flags: Vec::new() });
            match read(value) {
                Ok(input) => readable.push((place, input)),
                Err(refusal) => logged.refused(place, &refusal),
            }
        }
        let (places, inputs) = readable.into_iter().unzip();
        Ok((logged, places, inputs))
    }

    pub fn refused(&mut self, place: usize, refusal: &ModelError) {
        (self.results[place].became, self.results[place].reason) = ("refused", Some(refusal.to_string()));
    }

    pub fn repeated(&mut self, place: usize) {
        self.results[place].became = "repeated";
    }
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
            VisitReply::Stored(flags) => logged.results[place].flags = flags,
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
