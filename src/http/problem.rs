//! Problem details (RFC 9457): the only place that picks a status.

use crate::app::{AppError, RuleFaults};
use crate::model::ModelError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;

/// An error as it leaves. One word wide, so that a handler's result stays small.
#[derive(Debug, Clone)]
pub struct Problem(Box<Details>);

#[derive(Debug, Clone, Serialize)]
struct Details {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    /// All that is wrong with a text, where its lines are what a person mends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Fault>,
    /// What came first, where something did.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    first: Option<First>,
    /// When to come again, seconds: a header, not a member.
    #[serde(skip)]
    retry_after: Option<u64>,
    /// The methods that are taken: a header, not a member.
    #[serde(skip)]
    allow: Option<&'static str>,
}

/// The change that came first, for who lost to it.
#[derive(Debug, Clone, Serialize)]
struct First {
    version: u64,
    by: String,
    at: Timestamp,
}

/// What is wrong in one line of a text.
#[derive(Debug, Clone, Serialize)]
struct Fault {
    line: usize,
    key: String,
    reason: String,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        let title = status.canonical_reason().unwrap_or("Error");
        let (detail, status) = (detail.into(), status.as_u16());
        Problem(Box::new(Details {
            kind: "about:blank",
            title,
            status,
            detail,
            field: None,
            value: None,
            expected: None,
            problems: Vec::new(),
            first: None,
            retry_after: None,
            allow: None,
        }))
    }

    /// A value that cannot be: names field, value and what was expected.
    pub fn invalid(error: ModelError) -> Problem {
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, error.to_string());
        problem.0.field = Some(error.field.to_owned());
        problem.0.value = Some(error.value);
        problem.0.expected = Some(error.expected);
        problem
    }

    /// A rule set that cannot be: names line and key of all that is wrong, and the first of them as the field.
    fn rules(faults: RuleFaults) -> Problem {
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, faults.to_string());
        problem.0.field = faults.0.first().map(|fault| fault.key.clone());
        let lines = faults.0.into_iter().map(|fault| Fault { line: fault.line, key: fault.key, reason: fault.reason });
        problem.0.problems = lines.collect();
        problem
    }

    /// A change that has to say which version it is a change of.
    pub fn which_version() -> Problem {
        let detail =
            "the header If-Match is missing: expected the ETag of what was read, so that nobody's change is lost";
        Problem::new(StatusCode::PRECONDITION_REQUIRED, detail)
    }

    /// A method that is not taken here, and those that are.
    pub fn read_only(detail: impl Into<String>, allow: &'static str) -> Problem {
        let mut problem = Problem::method_not_allowed(detail);
        problem.0.allow = Some(allow);
        problem
    }

    /// Another came first.
    fn too_late(status: StatusCode, detail: String, first: First) -> Problem {
        let mut problem = Problem::new(status, detail);
        problem.0.first = Some(first);
        problem
    }

    /// A request that cannot be read at all.
    pub fn unreadable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    /// A refusal that the framework found, with its own status.
    pub fn refused(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem::new(status, detail)
    }

    pub fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, detail)
    }

    pub fn method_not_allowed(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
    }

    pub fn not_acceptable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_ACCEPTABLE, detail)
    }

    pub fn url_too_long(length: usize, most: usize) -> Problem {
        Problem::new(StatusCode::URI_TOO_LONG, format!("the URL has {length} bytes: at most {most} are read"))
    }

    /// Somebody takes more than his share; he may come again after so many seconds.
    pub fn too_many(detail: impl Into<String>, retry_after: impl Into<u64>) -> Problem {
        Problem::again(StatusCode::TOO_MANY_REQUESTS, detail, retry_after)
    }

    /// More is asked for than can be answered; whoever comes again after so many seconds may be answered.
    pub fn overloaded(detail: impl Into<String>, retry_after: impl Into<u64>) -> Problem {
        Problem::again(StatusCode::SERVICE_UNAVAILABLE, detail, retry_after)
    }

    fn again(status: StatusCode, detail: impl Into<String>, retry_after: impl Into<u64>) -> Problem {
        let mut problem = Problem::new(status, detail);
        problem.0.retry_after = Some(retry_after.into());
        problem
    }

    /// A body that did not come in time.
    pub fn too_slow(waited: Duration) -> Problem {
        let detail = format!("the body did not come within {} s", waited.as_secs_f64());
        Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
    }

    pub fn body_too_long(most: usize) -> Problem {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {most} bytes, which are not read"))
    }

    /// A change that another site's page would have made with this browser's cookie.
    pub fn foreign() -> Problem {
        let detail = "a cookie does not speak for a change that another site asks for: expected Sec-Fetch-Site \
                      same-origin, or an Origin that is this host";
        Problem::new(StatusCode::FORBIDDEN, detail)
    }

    pub fn internal() -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "a fault of this program; it is in the log")
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_string(&self.0).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(allow) = self.0.allow {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer realm=\"melonmap\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        let again = self.0.retry_after.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(5));
        if let Some(seconds) = again {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::REQUEST_TIMEOUT {
            // What would still come of the body is not the next request.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl From<ModelError> for Problem {
    fn from(error: ModelError) -> Problem {
        Problem::invalid(error)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Problem {
        let detail = error.to_string();
        match error {
            AppError::Invalid(error) => Problem::invalid(error),
            AppError::Rules(faults) => Problem::rules(faults),
            AppError::Changed { version, by, at, .. } => {
                Problem::too_late(StatusCode::PRECONDITION_FAILED, detail, First { version, by, at })
            }
            AppError::Taken { version, by, at, .. } => {
                Problem::too_late(StatusCode::CONFLICT, detail, First { version, by, at })
            }
            AppError::Layers(_) | AppError::NotFound { .. } => Problem::new(StatusCode::NOT_FOUND, detail),
            AppError::Token
            | AppError::TokenNeeded(_)
            | AppError::Outside(_)
            | AppError::Link
            | AppError::Password
            | AppError::Session => Problem::new(StatusCode::UNAUTHORIZED, detail),
            AppError::Slow(_) => {
                let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, detail);
                problem.0.retry_after = error.retry_after();
                problem
            }
            AppError::Forbidden { .. } | AppError::NotSignedIn => Problem::new(StatusCode::FORBIDDEN, detail),
            AppError::TooLong(_) | AppError::Geom(_) | AppError::Format(_) | AppError::BadRows { .. } => {
                Problem::new(StatusCode::BAD_REQUEST, detail)
            }
            AppError::Outdated { .. } => Problem::new(StatusCode::CONFLICT, detail),
            AppError::NotReady { .. } => Problem::again(StatusCode::CONFLICT, detail, 1u64),
            AppError::Stopped(_) => {
                tracing::error!(detail, "changes are not taken");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "changes cannot be stored at the moment: try again later")
            }
            AppError::Store(_)
            | AppError::Damaged(_)
            | AppError::Fault
            | AppError::Interrupted
            | AppError::State(_)
            | AppError::Analysis(_)
            | AppError::KeyFile { .. }
            | AppError::KeyNeeded
            | AppError::File { .. } => {
                tracing::error!(detail, "a request failed");
                Problem::internal()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_took_too_long_is_one_that_cannot_be_and_not_a_fault_of_the_server() {
        let problem = Problem::from(AppError::TooLong(Duration::from_secs(2)));
        assert_eq!(problem.status(), StatusCode::BAD_REQUEST);
        assert!(problem.0.detail.contains("2 s") && problem.0.detail.contains("bbox"), "{}", problem.0.detail);
    }
}
