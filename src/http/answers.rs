//! `/api/answers`.

use super::extract::{Body, Params};
use super::info::NoParams;
use super::logged::{Logged, OneOrMore};
use super::members::Members;
use super::problem::Problem;
use crate::app::{AnswerReply, App, Caller};
use crate::model::{Answer, ModelError};
use axum::Json;
use axum::extract::State;
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
