//! `/api/areas/{code}`.

use super::extract::{Params, Path};
use super::info::NoParams;
use super::problem::Problem;
use crate::app::{App, AreaReport, Caller};
use axum::Json;
use axum::extract::State;

pub async fn area(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<AreaReport>, Problem> {
    Ok(Json(app.area(&caller, &code)?))
}
