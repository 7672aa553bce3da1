//! Where this service is seen from outside, and who asks: by itself, or as a trusted proxy tells.
//!
//! `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` are believed only of a peer that is listed; `Forwarded` (RFC 7239) only
//! where there is none of those. A proxy must set or append to what it sends, as all do, and drop the other kind. Of a list of
//! addresses the last one that is no trusted proxy is the visitor: what stands before it anybody may have written.

use super::super::problem::Problem;
use axum::extract::{ConnectInfo, Request};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// The house's own header: scheme, host and base path as the visitor sees them. Set at the door on every request, whatever
/// the client had sent under its name.
const BASE: HeaderName = HeaderName::from_static("x-melonmap-base");

/// The path under which everything is found: empty, or `/map` and the like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BasePath {
    type Err = String;

    fn from_str(text: &str) -> Result<BasePath, String> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
        let segment = |s: &str| !s.is_empty() && s != "." && s != ".." && s.bytes().all(sound);
        let whole = path.is_empty() || path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment));
        if whole && path.len() <= 200 {
            Ok(BasePath(path.to_owned()))
        } else {
            Err("a path such as /map: letters, digits, - _ . ~ between slashes, at most 200".to_owned())
        }
    }
}

/// Addresses that are believed when they say for whom they ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl FromStr for Proxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Proxies, String> {
        let one = |part: &str| {
            let net = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            net.map_err(|_| format!("'{part}' is no address or network such as 10.0.0.0/8 or ::1"))
        };
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(one).collect::<Result<_, _>>().map(Proxies)
    }
}

impl Proxies {
    /// Whether an address is listed.
    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }
}

/// What a proxy tells, in headers. Behind the door `X-Forwarded-Proto` says what is true, and the others are gone.
const TOLD: [&str; 5] = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix", "forwarded"];

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// Where from; behind a trusted proxy, as it tells.
    pub address: IpAddr,
}

impl Visitor {
    /// Who sent a request; whoever did not come through the door counts as this machine itself.
    pub fn of(request: &Request) -> Visitor {
        let known = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Visitor { address: known.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip()) }
    }
}

/// The URL, without a slash at its end, under which the visitor of a request finds the page; for links.
pub fn base(headers: &HeaderMap) -> String {
    let known = headers.get(BASE).and_then(|v| v.to_str().ok()).map(str::to_owned);
    known.unwrap_or_else(|| format!("http://{}", sound_host(headers.get(header::HOST).and_then(|v| v.to_str().ok()))))
}

/// A host as a URL may have it; what is none becomes one that leads nowhere else.
fn sound_host(host: Option<&str>) -> &str {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    host.filter(|host| !host.is_empty() && host.bytes().all(sound)).unwrap_or("localhost")
}

/// What a proxy tells of a request.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    address: Option<IpAddr>,
    scheme: Option<&'static str>,
    host: Option<String>,
    prefix: Option<BasePath>,
}

fn scheme(text: &str) -> Option<&'static str> {
    ["http", "https"].into_iter().find(|known| known.eq_ignore_ascii_case(text))
}

/// All values of a header as one list, in order.
fn list(headers: &HeaderMap, name: &str) -> Vec<String> {
    let texts = headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
    texts.flat_map(|text| text.split(',')).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// An address with or without port, brackets and quotes.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches('"');
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|a| a.ip())).map(|a: IpAddr| a.to_canonical())
}

/// The last of a chain of addresses that is no trusted proxy; the first one where all are. What cannot be read ends the chain.
fn visitor(chain: &[String], trusted: &Proxies) -> Option<IpAddr> {
    let mut last = None;
    for text in chain.iter().rev() {
        let Some(address) = address(text) else { break };
        last = Some(address);
        if !trusted.trust(address) {
            break;
        }
    }
    last
}

fn told(headers: &HeaderMap, trusted: &Proxies) -> Told {
    let last = |name: &str| list(headers, name).pop();
    let (chain, proto, host) = (list(headers, "x-forwarded-for"), last("x-forwarded-proto"), last("x-forwarded-host"));
    let prefix = last("x-forwarded-prefix").and_then(|text| text.parse().ok());
    if !chain.is_empty() || proto.is_some() || host.is_some() {
        let scheme = proto.as_deref().and_then(scheme);
        return Told { address: visitor(&chain, trusted), scheme, host, prefix };
    }
    let hops = list(headers, "forwarded");
    let field = |hop: &str, name: &str| {
        let mut pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
        let found = pairs.find(|(known, _)| known.trim().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().trim_matches('"').to_owned())
    };
    let chain: Vec<String> = hops.iter().map(|hop| field(hop, "for").unwrap_or_default()).collect();
    let of_last = |name: &str| hops.last().and_then(|hop| field(hop, name));
    Told {
        address: visitor(&chain, trusted),
        scheme: of_last("proto").as_deref().and_then(scheme),
        host: of_last("host"),
        prefix,
    }
}

/// Takes a request in: notes who asks (as [`ConnectInfo`]) and under which URL, and takes the base path away. The answer where
/// it is not under it.
///
/// `/health` and `/metrics` are found without the base path as well: who watches comes by no proxy.
pub fn enter(
    request: &mut Request,
    peer: IpAddr,
    secure: bool,
    own: &BasePath,
    trusted: &Proxies,
) -> Result<(), Box<Response>> {
    let told = if trusted.trust(peer) { told(request.headers(), trusted) } else { Told::default() };
    let scheme = told.scheme.unwrap_or(if secure { "https" } else { "http" });
    let stripped = told.prefix.is_some();
    let prefix = told.prefix.unwrap_or_else(|| own.clone()).0;
    let named = request.headers().get(header::HOST).and_then(|v| v.to_str().ok());
    // Over HTTP/2 the host stands in the URI.
    let named = named.or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str));
    let host = sound_host(told.host.as_deref().or(named));
    let base = format!("{scheme}://{host}{prefix}");
    let value = HeaderValue::from_str(&base).map_err(|_| Box::new(Problem::internal().into_response()))?;
    let headers = request.headers_mut();
    for name in TOLD {
        headers.remove(name);
    }
    headers.insert("x-forwarded-proto", HeaderValue::from_static(scheme));
    headers.insert(BASE, value);
    let address = told.address.unwrap_or_else(|| peer.to_canonical());
    // Nobody asks for the port, and a proxy does not tell it.
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 0)));
    let path = request.uri().path();
    let Some(inner) = path.strip_prefix(own.0.as_str()) else {
        let watched = path == "/metrics" || path.starts_with("/health/");
        if watched || stripped {
            return Ok(());
        }
        let detail = format!("nothing is at {path}: everything is under {}/", own.0);
        return Err(Box::new(Problem::not_found(detail).into_response()));
    };
    if own.0.is_empty() {
        return Ok(());
    }
    if inner.is_empty() {
        // The page names its files relative to the slash.
        return Err(Box::new(Redirect::permanent(&format!("{prefix}/")).into_response()));
    }
    if !inner.starts_with('/') {
        let detail = format!("nothing is at {path}: everything is under {}/", own.0);
        return Err(Box::new(Problem::not_found(detail).into_response()));
    }
    let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
    let rest = PathAndQuery::from_str(&format!("{inner}{query}"));
    let rest = rest.map_err(|_| Box::new(Problem::unreadable("the URL cannot be read").into_response()))?;
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(rest);
    *request.uri_mut() =
        Uri::from_parts(parts).map_err(|_| Box::new(Problem::unreadable("the URL cannot be read").into_response()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    const PROXY: &str = "10.0.0.1";
    const STRANGER: &str = "192.0.2.7";

    /// What becomes of a request: the visitor, the base of links and the path inside; or the status of the refusal.
    fn entered(peer: &str, uri: &str, own: &str, headers: &[(&str, &str)]) -> Result<(String, String, String), u16> {
        let mut request = Request::get(uri).header("host", "inner:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let trusted = "10.0.0.0/8, ::1".parse().unwrap();
        enter(&mut request, peer.parse().unwrap(), false, &own.parse().unwrap(), &trusted)
            .map_err(|response| response.status().as_u16())?;
        let address = Visitor::of(&request).address.to_string();
        // Whoever looks at headers behind the door is not deceived.
        let truth = base(request.headers()).split("://").next().map(str::to_owned);
        assert_eq!(request.headers().get("x-forwarded-proto").and_then(|v| v.to_str().ok()), truth.as_deref());
        assert!(!request.headers().contains_key("x-forwarded-for") && !request.headers().contains_key("forwarded"));
        Ok((address, base(request.headers()), request.uri().to_string()))
    }

    fn check(peer: &str, own: &str, headers: &[(&str, &str)], address: &str, base: &str) {
        let (a, b, _) = entered(peer, &format!("{own}/x"), own, headers).unwrap();
        assert_eq!((a.as_str(), b.as_str()), (address, base), "{peer} {headers:?}");
    }

    #[test]
    fn a_trusted_proxy_tells_for_whom_it_asks() {
        let all = [
            ("x-forwarded-for", "198.51.100.9"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "map.example"),
            ("x-forwarded-prefix", "/people/"),
        ];
        check(PROXY, "", &all, "198.51.100.9", "https://map.example/people");
        check("::ffff:10.0.0.1", "", &all, "198.51.100.9", "https://map.example/people");
        check(PROXY, "/map", &all[..3], "198.51.100.9", "https://map.example/map");
        let standard = [("forwarded", "for=1.2.3.4, for=\"[2001:db8::1]:4711\";proto=https;host=map.example")];
        check(PROXY, "", &standard, "2001:db8::1", "https://map.example");
        check(PROXY, "", &[("x-forwarded-for", "198.51.100.9:5000")], "198.51.100.9", "http://inner:8080");
    }

    #[test]
    fn nobody_else_is_believed() {
        let lies = [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-prefix", "/evil"),
            ("forwarded", "for=127.0.0.1;host=evil.example;proto=https"),
            ("x-melonmap-base", "https://evil.example"),
        ];
        check(STRANGER, "", &lies, STRANGER, "http://inner:8080");
        check(STRANGER, "/map", &lies, STRANGER, "http://inner:8080/map");
    }

    #[test]
    fn what_stands_before_the_last_stranger_is_not_believed() {
        for (chain, address) in [
            ("127.0.0.1, 198.51.100.9", "198.51.100.9"),
            ("127.0.0.1, 198.51.100.9, 10.3.3.3", "198.51.100.9"),
            ("198.51.100.9, unknown, 10.3.3.3", "10.3.3.3"),
            ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
            ("rubbish", PROXY),
        ] {
            check(PROXY, "", &[("x-forwarded-for", chain)], address, "http://inner:8080");
        }
        // A proxy that was given one kind and sets the other: what it sets is what counts.
        let both = [("forwarded", "for=127.0.0.1"), ("x-forwarded-for", "198.51.100.9")];
        check(PROXY, "", &both, "198.51.100.9", "http://inner:8080");
    }

    #[test]
    fn rubbish_from_a_proxy_makes_no_link() {
        let rubbish = [
            ("x-forwarded-proto", "gopher"),
            ("x-forwarded-host", "a b\"><"),
            ("x-forwarded-prefix", "//evil.example"),
        ];
        check(PROXY, "", &rubbish, PROXY, "http://localhost");
    }

    #[test]
    fn everything_is_under_the_base_path() {
        let inner = |uri: &str, headers| entered(PROXY, uri, "/a/map", headers).map(|(_, _, path)| path);
        assert_eq!(inner("/a/map/tiles/areas?level=grid", &[]), Ok("/tiles/areas?level=grid".into()));
        assert_eq!(inner("/a/map/", &[]), Ok("/".into()));
        assert_eq!(inner("/a/map", &[]), Err(308));
        for outside in ["/", "/a", "/a/mapped", "/tiles/areas", "/a/ma"] {
            assert_eq!(inner(outside, &[]), Err(404), "{outside}");
        }
        assert_eq!(inner("/health/live", &[]), Ok("/health/live".into()));
        assert_eq!(inner("/metrics", &[]), Ok("/metrics".into()));
        assert_eq!(inner("/tiles/areas", &[("x-forwarded-prefix", "/b")]), Ok("/tiles/areas".into()));
    }

    #[test]
    fn a_base_path_and_a_list_of_proxies_are_read_or_refused() {
        for good in ["", "/", "/map", "/map/", "/a/b-c_d.e~f"] {
            assert!(good.parse::<BasePath>().is_ok(), "{good}");
        }
        for bad in ["map", "//", "/a//b", "/a/../b", "/a?b", "/a b", "/ü", "//evil.example"] {
            assert!(bad.parse::<BasePath>().is_err(), "{bad}");
        }
        assert!("10.0.0.0/8,::1, 192.0.2.1".parse::<Proxies>().is_ok());
        for bad in ["10.0.0.0/33", "localhost", "10.0.0.0/8;::1", "*"] {
            assert!(bad.parse::<Proxies>().unwrap_err().contains("address or network"), "{bad}");
        }
        assert!(!"".parse::<Proxies>().unwrap().trust("127.0.0.1".parse().unwrap()), "nobody is trusted by default");
    }
}
