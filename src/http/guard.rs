//! The rule of an operation, asked before its handler runs: nothing is parsed for who may not ask.

use super::problem::Problem;
use crate::app::{App, Caller};
use crate::model::Right;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// Lets a request through if its caller has the right somewhere.
pub async fn guard(
    State((app, right)): State<(App, Right)>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    caller.require(right)?;
    parts.extensions.insert(caller);
    Ok(next.run(Request::from_parts(parts, body)).await)
}
