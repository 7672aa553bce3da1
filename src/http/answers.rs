//! `/api/answers`, `/api/satisfaction` and `/api/codes`.

use super::extract::{Body, Params, as_of, campaign, parse, when};
use super::info::NoParams;
use super::members::Members;
use super::problem::Problem;
use super::visits::{Logged, OneOrMore};
use crate::app::{AnswerReply, App, Caller, CodesQuery, CodesReport, SatisfactionQuery, SatisfactionReport};
use crate::model::{Answer, Level, ModelError};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

/// An answer as a client writes it.
fn read(value: Value) -> Result<Answer, ModelError> {
    let mut members = Members::of("answer", value)?;
    let answer = Answer {
        id: members.needed("id", "a UUID made for this answer")?,
        household: members.needed("household", "the code of a household")?,
        campaign: members.optional("campaign", "the number of a campaign")?,
        at: members.needed("at", "a time with its zone, such as 2026-10-05T08:00:00Z")?,
        answer: members.needed::<String>("answer", "satisfied, not_satisfied or no_answer")?.parse()?,
    };
    members.end("answer", "id, household, campaign, at, answer")?;
    Ok(answer)
}

pub async fn log(
    State(app): State<App>,
    caller: Caller,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<OneOrMore>,
) -> Result<Json<Logged>, Problem> {
    let (mut logged, places, answers) = Logged::read("answers", body, read)?;
    for (place, reply) in places.into_iter().zip(app.log_answers(&caller, answers).await?) {
        match reply {
            AnswerReply::Stored => {}
            AnswerReply::Repeated => logged.repeated(place),
            AnswerReply::Refused(refusal) => logged.refused(place, &refusal),
        }
    }
    Ok(Json(logged))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SatisfactionParams {
    campaign: Option<String>,
    level: Option<String>,
    within: Option<String>,
    as_of: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub async fn satisfaction(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<SatisfactionParams>,
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
}

pub async fn codes(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<CodesParams>,
) -> Result<Json<CodesReport>, Problem> {
    let query = CodesQuery {
        campaign: campaign(params.campaign.as_deref())?,
        within: params.within,
        as_of: as_of(params.as_of.as_deref())?,
    };
    Ok(Json(app.codes(&caller, query).await?))
}
