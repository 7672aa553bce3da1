//! What every answer tells a browser to refuse.

use axum::Router;
use axum::http::{HeaderName, HeaderValue};
use tower_http::set_header::SetResponseHeaderLayer;

/// The page loads nothing from elsewhere, and runs no script and takes no style that stands in a document: `MapLibre` sets the
/// styles of its elements one by one, which this allows. Its icons are `data:` pictures in its style sheet.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; \
                   connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// On every answer.
const ALWAYS: [(&str, &str); 7] = [
    ("content-security-policy", CSP),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// For a year this host is asked over TLS only; told where the service itself speaks it. A proxy that does tells so itself.
const HSTS: (&str, &str) = ("strict-transport-security", "max-age=31536000");

/// Sets them where a handler has not set its own.
pub fn headers<S: Clone + Send + Sync + 'static>(router: Router<S>, tls: bool) -> Router<S> {
    let all = ALWAYS.into_iter().chain(tls.then_some(HSTS));
    all.fold(router, |router, (name, value)| {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        router.layer(SetResponseHeaderLayer::if_not_present(name, value))
    })
}
