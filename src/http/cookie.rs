//! The session cookie, and what keeps other sites from using it.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use jiff::Timestamp;

/// Its name over plain HTTP, on a machine of one's own.
pub const PLAIN: &str = "melonmap";
/// Its name over TLS: browsers take it from this host alone, with `Secure` and `Path=/` (RFC 6265bis § 4.1.3.2).
pub const HOST: &str = "__Host-melonmap";

/// Whether the browser came over TLS, as far as the proxy in front says. Who lies here gets a cookie of another name, for themselves.
fn over_tls(headers: &HeaderMap) -> bool {
    let first = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.split(',').next());
    first("x-forwarded-proto").is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

/// The session's secret that a request carries.
pub fn secret(headers: &HeaderMap) -> Option<&str> {
    let name = if over_tls(headers) { HOST } else { PLAIN };
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(n, _)| *n == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// A cookie with a session's secret, kept until the session ends; scripts do not see it, other sites do not send it.
pub fn set(headers: &HeaderMap, secret: &str, seconds: i64) -> String {
    let (name, secure) = if over_tls(headers) { (HOST, "; Secure") } else { (PLAIN, "") };
    format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}", seconds.max(0))
}

/// A cookie that takes the session's away.
pub fn cleared(headers: &HeaderMap) -> String {
    set(headers, "", 0)
}

/// Seconds from now until a moment, none where it has passed.
pub fn seconds_until(end: Timestamp) -> i64 {
    end.as_second().saturating_sub(Timestamp::now().as_second()).max(0)
}

/// Whether a request that changes something came from the page itself, so that a cookie may speak for its sender.
///
/// Browsers say so in `Sec-Fetch-Site`; older ones in `Origin`, which must then name this host. A request with neither is no
/// browser's, and whoever wrote it can send a token instead.
pub fn may_speak(parts: &Parts) -> bool {
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(&parts.method);
    safe || own_site(&parts.headers).unwrap_or(false)
}

/// Whether another site's page sent this, as far as the browser says.
pub fn is_foreign(headers: &HeaderMap) -> bool {
    own_site(headers) == Some(false)
}

/// `None` where no browser says anything.
fn own_site(headers: &HeaderMap) -> Option<bool> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = text("origin")?;
    let host = origin.split_once("://").map(|(_, host)| host);
    Some(host.is_some() && host == text("host"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue, Request};

    fn parts(method: &str, headers: &[(&'static str, &str)]) -> Parts {
        let (mut parts, ()) = Request::builder().method(method).uri("/").body(()).unwrap().into_parts();
        for (name, value) in headers {
            parts.headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        parts
    }

    #[test]
    fn a_cookie_speaks_for_a_change_only_from_the_page_itself() {
        for (method, headers, expected) in [
            ("GET", vec![], true),
            ("GET", vec![("sec-fetch-site", "cross-site")], true),
            ("POST", vec![], false),
            ("POST", vec![("sec-fetch-site", "same-origin")], true),
            ("POST", vec![("sec-fetch-site", "none")], true),
            ("POST", vec![("sec-fetch-site", "same-site")], false),
            ("DELETE", vec![("sec-fetch-site", "cross-site"), ("origin", "http://a:1"), ("host", "a:1")], false),
            ("POST", vec![("origin", "http://a:1"), ("host", "a:1")], true),
            ("POST", vec![("origin", "http://a:2"), ("host", "a:1")], false),
            ("POST", vec![("origin", "http://a:1.evil.example"), ("host", "a:1")], false),
            ("POST", vec![("origin", "null"), ("host", "a:1")], false),
            ("POST", vec![("origin", "http://a:1")], false),
            ("PUT", vec![("host", "a:1")], false),
        ] {
            assert_eq!(may_speak(&parts(method, &headers)), expected, "{method} {headers:?}");
        }
    }

    #[test]
    fn the_cookie_of_this_host_is_read_and_over_tls_no_other() {
        let tls = ("x-forwarded-proto", "https");
        for (headers, expected) in [
            (vec![("cookie", "melonmap=ms_1")], Some("ms_1")),
            (vec![("cookie", "a=b; melonmap=ms_1; c=d")], Some("ms_1")),
            (vec![("cookie", "a=b"), ("cookie", "melonmap=ms_1")], Some("ms_1")),
            (vec![("cookie", "melonmap=")], None),
            (vec![("cookie", "xmelonmap=ms_1; nothing")], None),
            (vec![("cookie", "__Host-melonmap=ms_2; melonmap=ms_1")], Some("ms_1")),
            (vec![("cookie", "melonmap=ms_1; __Host-melonmap=ms_2"), tls], Some("ms_2")),
            (vec![("cookie", "melonmap=ms_1"), tls], None),
        ] {
            assert_eq!(secret(&parts("GET", &headers).headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let plain = parts("GET", &[]).headers;
        assert_eq!(set(&plain, "ms_1", 60), "melonmap=ms_1; Path=/; HttpOnly; SameSite=Strict; Max-Age=60");
        let tls = parts("GET", &[("x-forwarded-proto", "https")]).headers;
        assert_eq!(cleared(&tls), "__Host-melonmap=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure");
    }
}
