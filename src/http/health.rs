//! Is it alive, is it ready, and why not.

use crate::app::{App, Caller, memory_resident};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

pub async fn live() -> Json<Value> {
    Json(json!({"status": "live"}))
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    parts: Parts,
}

/// What must be `ok` for the service to be of use.
#[derive(Serialize)]
struct Parts {
    loading: Loading,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    writer_queue: Option<Queue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopping: Option<Part>,
}

#[derive(Serialize)]
struct Part {
    ok: bool,
}

#[derive(Serialize)]
struct Queue {
    ok: bool,
    length: usize,
}

/// The state on its way from the store into memory.
#[derive(Serialize)]
pub struct Loading {
    ok: bool,
    /// Of the whole process, bytes; absent where the system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_bytes: Option<u64>,
}

impl Loading {
    /// Not there yet.
    pub fn now() -> Loading {
        Loading { ok: false, memory_bytes: memory_resident() }
    }
}

pub async fn ready(State(app): State<App>) -> Response {
    let now = app.readiness();
    let parts = Parts {
        loading: Loading { ok: true, memory_bytes: memory_resident() },
        store: Some(Part { ok: now.store }),
        writer_queue: Some(Queue { ok: now.queue_keeps_up, length: now.queue }),
        stopping: Some(Part { ok: !now.stopping }),
    };
    let well = now.store && now.queue_keeps_up && !now.stopping;
    let status = if well { "ready" } else { "not_ready" };
    answer(well, &Ready { status, seq: Some(app.info(&Caller::public()).seq), parts })
}

/// The answer while the state is being loaded.
pub fn not_ready(loading: Loading) -> Response {
    let parts = Parts { loading, store: None, writer_queue: None, stopping: None };
    answer(false, &Ready { status: "not_ready", seq: None, parts })
}

fn answer(well: bool, ready: &Ready) -> Response {
    if well {
        return Json(ready).into_response();
    }
    let again = [(header::RETRY_AFTER, HeaderValue::from_static("1"))];
    (StatusCode::SERVICE_UNAVAILABLE, again, Json(ready)).into_response()
}
