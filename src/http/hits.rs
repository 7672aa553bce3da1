//! A tile of the cache, or one that is made in less than a millisecond, leaves before the router: there is next to nothing to work on,
//! so that it waits for no turn and no other thread, and no trace is begun.
//!
//! It goes through the same rate, and is counted under the same route, as one that is made. Everything else, refusals as well, is
//! the router's: it says why.

use super::door::Rates;
use super::metrics::{Alike, Metrics};
use super::tiles::{TileParams, coding, respond};
use crate::app::{App, Caller, TokenHash};
use crate::model::written;
use axum::http::{HeaderMap, HeaderValue, Method, Request, header};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

/// Longest path and query that are looked at, bytes; longer ones are the router's to refuse, or to answer.
const LONGEST: usize = 512;

/// As the router names it.
const ROUTE: &str = "/tiles/{layers}/{z}/{x}/{y}";

/// What answers such requests.
#[derive(Clone)]
pub struct Hits {
    app: App,
    rates: Arc<Rates>,
    metrics: Arc<Metrics>,
    answered: Alike,
}

impl Hits {
    /// Over what the router counts with.
    pub fn new(app: App, rates: Arc<Rates>, metrics: Arc<Metrics>) -> Hits {
        let answered = metrics.alike("GET", ROUTE);
        Hits { app, rates, metrics, answered }
    }

    /// The answer to who asks, from an address and over a connection, for a tile that is there, or is made quickly, in a coding that
    /// they take; `None` for all other requests.
    pub fn answer<B>(&self, request: &Request<B>, from: IpAddr, over: &ShownToken) -> Option<Response> {
        let start = Instant::now();
        let asked = request.uri().path_and_query().filter(|_| request.method() == Method::GET)?;
        let path = asked.path().strip_prefix("/tiles/").filter(|_| asked.as_str().len() <= LONGEST)?;
        let mut parts = path.split('/');
        let mut part = || parts.next();
        let (layers, z, x, y) = (part()?, part()?, part()?, part()?);
        if part().is_some() {
            return None;
        }
        let params = match asked.query() {
            None => TileParams::default(),
            Some(query) => serde_urlencoded::from_str(query).ok()?,
        };
        let wanted = params.of_tile(self.app.layers(layers).ok()?, written::tile(z, x, y).ok()?).ok()?;
        let headers = request.headers();
        let caller = self.caller(headers, over)?;
        let coding = coding(headers).ok()?;
        let cached = self.app.cached_tile(&caller, &wanted, coding);
        if cached.is_none() && !self.app.tile_is_quick(&caller, &wanted, coding) {
            return None;
        }
        let answer = match self.rates.count(from, headers) {
            Ok(()) => {
                let body = cached.or_else(|| self.app.quick_tile(&caller, &wanted, coding))?;
                respond(headers, &body, coding, self.app.tile_is_public(wanted.layers)).into_response()
            }
            Err(problem) => problem.into_response(),
        };
        if answer.status().is_success() {
            self.answered.end(start.elapsed());
        } else {
            self.metrics.end("GET", ROUTE.to_owned(), answer.status().as_u16(), start.elapsed());
        }
        Some(answer)
    }

    /// The public, or the bearer of a token of ours.
    fn caller(&self, headers: &HeaderMap, over: &ShownToken) -> Option<Caller> {
        let Some(named) = headers.get(header::AUTHORIZATION) else {
            return (!headers.contains_key(header::COOKIE)).then(Caller::public);
        };
        over.hashed(named, |token| self.app.bearer(token).ok())?
    }
}

/// The token that a connection showed last: its next request most often shows the same, and to hash it takes as long as to find the
/// tile. Whom it belongs to is asked each time.
#[derive(Default)]
pub struct ShownToken(Mutex<Option<(Vec<u8>, TokenHash)>>);

impl ShownToken {
    /// Gives the hash of the token in a header to `then`; `None` where there is no token in it.
    fn hashed<T>(&self, named: &HeaderValue, then: impl FnOnce(&TokenHash) -> T) -> Option<T> {
        let mut last = self.0.lock();
        if last.as_ref().is_none_or(|(known, _)| !alike(known, named.as_bytes())) {
            let secret = named.to_str().ok()?.strip_prefix("Bearer ")?.trim();
            // Copied: a header is a part of the connection's buffer, which it would keep.
            *last = Some((named.as_bytes().to_vec(), TokenHash::of(secret)));
        }
        last.as_ref().map(|(_, hash)| then(hash))
    }
}

/// Whether two are equal, in a time that does not tell how far they are: a proxy may send several people over one connection.
fn alike(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_remembers_the_last_token_and_no_other() {
        let shown = ShownToken::default();
        let hash = |header: &str| {
            let named = HeaderValue::from_str(header).unwrap();
            shown.hashed(&named, TokenHash::clone)
        };
        for (header, secret) in [
            ("Bearer mm_a", Some("mm_a")),
            ("Bearer mm_a", Some("mm_a")),
            ("Bearer mm_b", Some("mm_b")),
            ("Basic eDp5", None),
            ("Bearer mm_b ", Some("mm_b")),
            ("Bearer mm_a", Some("mm_a")),
        ] {
            assert_eq!(hash(header), secret.map(TokenHash::of), "{header}");
        }
    }

    #[test]
    fn only_equal_headers_are_alike() {
        assert!(alike(b"Bearer x", b"Bearer x") && alike(b"", b""));
        assert!(!alike(b"Bearer x", b"Bearer y") && !alike(b"Bearer x", b"Bearer "));
    }
}
