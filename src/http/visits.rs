//! `POST /api/visits`.

use super::extract::{Body, Params};
use super::info::NoParams;
use super::problem::Problem;
use crate::app::{App, Caller, VisitInput, VisitReply};
use crate::model::{CampaignId, Code, ModelError, Outcome};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Most visits in one request: a phone's week; it is answered as a whole.
const MOST: usize = 5_000;

/// A visit as a client writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: Uuid,
    household: Code,
    #[serde(default)]
    campaign: Option<CampaignId>,
    at: Timestamp,
    outcome: Outcome,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    More(Vec<Value>),
    One(Value),
}

#[derive(Serialize)]
pub struct Answer {
    results: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    id: Value,
    #[serde(rename = "result")]
    became: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub async fn log(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<OneOrMore>,
) -> Result<Json<Answer>, Problem> {
    let values = match body {
        OneOrMore::One(value) => vec![value],
        OneOrMore::More(values) => values,
    };
    if values.is_empty() || values.len() > MOST {
        return Err(ModelError::new("visits", values.len(), format!("1 to {MOST} visits in one request")).into());
    }
    // One that cannot be read is refused by itself; the others go in.
    let mut results = Vec::with_capacity(values.len());
    let mut readable = Vec::with_capacity(values.len());
    for value in values {
        let id = value.get("id").cloned().unwrap_or(Value::Null);
        match serde_json::from_value::<Written>(value) {
            Ok(written) => {
                let Written { id: uuid, household, campaign, at, outcome, note } = written;
                readable.push((results.len(), VisitInput { id: uuid, household, campaign, at, outcome, note }));
                results.push(Line { id, became: "stored", reason: None });
            }
            Err(e) => results.push(Line { id, became: "refused", reason: Some(e.to_string()) }),
        }
    }
    let (places, inputs): (Vec<usize>, Vec<VisitInput>) = readable.into_iter().unzip();
    let replies = app.log_visits(&caller, inputs).await?;
    for (place, reply) in places.into_iter().zip(replies) {
        (results[place].became, results[place].reason) = match reply {
            VisitReply::Stored => ("stored", None),
            VisitReply::Repeated => ("repeated", None),
            VisitReply::Refused(refusal) => ("refused", Some(refusal.to_string())),
        };
    }
    Ok(Json(Answer { results }))
}
