//! What every answer tells a browser to refuse.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The page loads nothing from elsewhere, and runs no script and takes no style that stands in a document: `MapLibre` sets the
/// styles of its elements one by one, which this allows. Its icons are `data:` pictures in its style sheet.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; \
                   connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// On every answer.
static ALWAYS: [(HeaderName, HeaderValue); 7] = [
    (HeaderName::from_static("content-security-policy"), HeaderValue::from_static(CSP)),
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// For a year this host is asked over TLS only; told where the service itself speaks it. A proxy that does tells so itself.
static HSTS: (HeaderName, HeaderValue) =
    (HeaderName::from_static("strict-transport-security"), HeaderValue::from_static("max-age=31536000"));

/// Sets them where a handler has not set its own.
pub fn headers(answer: &mut HeaderMap, tls: bool) {
    for (name, value) in ALWAYS.iter().chain(tls.then_some(&HSTS)) {
        answer.entry(name).or_insert_with(|| value.clone());
    }
}
