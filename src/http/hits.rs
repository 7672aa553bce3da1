//! A tile of the cache leaves before the router: there is nothing to work on, so that it waits for no turn, and no trace is begun.
//!
//! It goes through the same rate, and is counted under the same route, as one that is made. Everything else, refusals as well, is
//! the router's: it says why.

use super::door::Rates;
use super::metrics::Metrics;
use super::tiles::{TileParams, coding, respond};
use crate::app::{App, Caller};
use crate::model::written;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

/// Longest path and query that are looked at, bytes; longer ones are the router's to refuse, or to answer.
const LONGEST: usize = 512;

/// As the router names it.
const ROUTE: &str = "/tiles/{layers}/{z}/{x}/{y}";

/// What answers from the cache.
#[derive(Clone)]
pub struct Hits {
    app: App,
    rates: Arc<Rates>,
    metrics: Arc<Metrics>,
}

impl Hits {
    /// Over what the router counts with.
    pub fn new(app: App, rates: Arc<Rates>, metrics: Arc<Metrics>) -> Hits {
        Hits { app, rates, metrics }
    }

    /// The answer to who asks, from an address, for a tile that is there in a coding that they take; `None` for all other requests.
    pub fn answer(&self, request: &Request<Body>, from: IpAddr) -> Option<Response> {
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
        let caller = self.caller(headers)?;
        let coding = coding(headers).ok()?;
        let body = self.app.cached_tile(&caller, &wanted, coding)?;
        let answer = match self.rates.count(from, headers) {
            Ok(()) => respond(headers, &body, coding, self.app.tile_is_public(wanted.layers)).into_response(),
            Err(problem) => problem.into_response(),
        };
        self.metrics.end("GET", ROUTE.to_owned(), answer.status().as_u16(), start.elapsed());
        Some(answer)
    }

    /// The public, or the bearer of a token of ours.
    fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        let Some(named) = headers.get(header::AUTHORIZATION) else {
            return (!headers.contains_key(header::COOKIE)).then(Caller::public);
        };
        let secret = named.to_str().ok()?.strip_prefix("Bearer ")?.trim();
        self.app.caller(Some(secret)).ok()
    }
}
