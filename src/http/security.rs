//! What every answer tells a browser to refuse.

use super::tiles::MVT;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The page loads nothing from elsewhere, and runs no script and takes no style that stands in a document: `MapLibre` sets the
/// styles of its elements one by one, which this allows. Its icons are `data:` pictures in its style sheet.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; \
                   connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// On every answer.
static ALWAYS: [(HeaderName, HeaderValue); 2] = [
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// On every answer that a browser may show by itself, from which it may go on: all but tiles, of which there are hundreds a screen.
static DOCUMENTS: [(HeaderName, HeaderValue); 5] = [
    (HeaderName::from_static("content-security-policy"), HeaderValue::from_static(CSP)),
    (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// For a year this host is asked over TLS only; told where the service itself speaks it. A proxy that does tells so itself.
static HSTS: (HeaderName, HeaderValue) =
    (HeaderName::from_static("strict-transport-security"), HeaderValue::from_static("max-age=31536000"));

/// Sets them where a handler has not set its own.
pub fn headers(answer: &mut HeaderMap, tls: bool) {
    let document = answer.get(header::CONTENT_TYPE).is_none_or(|kind| kind != MVT);
    let documents = if document { DOCUMENTS.as_slice() } else { &[] };
    for (name, value) in ALWAYS.iter().chain(documents).chain(tls.then_some(&HSTS)) {
        answer.entry(name).or_insert_with(|| value.clone());
    }
}
