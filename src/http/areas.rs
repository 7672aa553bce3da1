//! `/api/areas/{code}`.

use super::extract::{AsOfParams, Params, Path, as_of};
use super::problem::Problem;
use crate::app::{App, AreaReport, Caller};
use axum::Json;
use axum::extract::State;

pub async fn area(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(params): Params<AsOfParams>,
) -> Result<Json<AreaReport>, Problem> {
    let as_of = as_of(params.as_of.as_deref())?;
    Ok(Json(app.area(&caller, &code, as_of).await?))
}
