//! How often one address and one token may ask: the only file that knows the crate that counts.

use super::super::problem::Problem;
use super::proxy::Visitor;
use crate::app::neighbourhood;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Seconds' worth of requests that may come at once: a map that opens asks for a screen of tiles of three layers.
const BURST_S: u32 = 10;
/// Most addresses, or tokens, that are counted each by itself, some 10 MB; beyond it those who come share [`SHARED`] counts.
const MOST_KEYS: usize = 100_000;
const SHARED: u64 = 4_096;
/// Requests between two looks at how many are counted.
const LOOK_EVERY: u64 = 1_024;

/// The counts of addresses and of tokens.
pub struct Rates {
    addresses: Option<Rate>,
    tokens: Option<Rate>,
    hasher: RandomState,
    limited: AtomicU64,
}

/// One limit, and whom it counts.
struct Rate {
    limiter: DefaultKeyedRateLimiter<u64>,
    seen: AtomicU64,
    most: usize,
}

impl Rate {
    /// `None` where no limit is set: 0.
    fn new(a_second: u32, most: usize) -> Option<Rate> {
        let a_second = NonZeroU32::new(a_second)?;
        let burst = a_second.saturating_mul(NonZeroU32::new(BURST_S)?);
        let quota = Quota::per_second(a_second).allow_burst(burst);
        Some(Rate { limiter: RateLimiter::dashmap(quota), seen: AtomicU64::new(0), most })
    }

    /// Counts one request; seconds to wait where it is one too many.
    fn count(&self, key: u64) -> Result<(), u32> {
        if self.seen.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY) && self.limiter.len() > self.most {
            // Whoever may ask again as if he had never asked is as good as unknown.
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        let key = if self.limiter.len() > self.most { key % SHARED } else { key };
        self.limiter.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now()).as_secs();
            u32::try_from(wait).unwrap_or(u32::MAX).saturating_add(1)
        })
    }
}

impl Rates {
    /// Requests a second of one address and of one token, [`BURST_S`] seconds' worth at once; 0 sets no limit.
    pub fn new(address: u32, token: u32) -> Arc<Rates> {
        let (addresses, tokens) = (Rate::new(address, MOST_KEYS), Rate::new(token, MOST_KEYS));
        Arc::new(Rates { addresses, tokens, hasher: RandomState::new(), limited: AtomicU64::new(0) })
    }

    /// Counts one request against its address and against who it says it is, known or not.
    pub fn count(&self, address: IpAddr, headers: &HeaderMap) -> Result<(), Problem> {
        let refuse = |who: &str, wait: u32| {
            self.limited.fetch_add(1, Ordering::Relaxed);
            Problem::too_many(format!("too many requests from this {who}: wait {wait} s"), wait)
        };
        if let Some(rate) = &self.addresses {
            let key = self.hasher.hash_one(neighbourhood(address));
            rate.count(key).map_err(|wait| refuse("address", wait))?;
        }
        let named = headers.get(header::AUTHORIZATION).or_else(|| headers.get(header::COOKIE));
        if let (Some(rate), Some(named)) = (&self.tokens, named) {
            // A hash under a secret of this process: what is kept cannot be turned back into a token.
            rate.count(self.hasher.hash_one(named)).map_err(|wait| refuse("token", wait))?;
        }
        Ok(())
    }

    /// Requests that were refused.
    pub fn limited(&self) -> u64 {
        self.limited.load(Ordering::Relaxed)
    }
}

/// Refuses who asks too often with 429.
pub async fn within_rate(State(rates): State<Arc<Rates>>, request: Request, next: Next) -> Response {
    match rates.count(Visitor::of(&request).address, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, StatusCode};

    fn token(secret: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(secret).unwrap())])
    }

    /// How many of 100 requests pass; far fewer than that come back in the time that this takes.
    fn passing(rates: &Rates, address: &str, headers: &HeaderMap) -> usize {
        (0..100).filter(|_| rates.count(address.parse().unwrap(), headers).is_ok()).count()
    }

    #[test]
    fn an_address_has_its_burst_and_no_more_and_others_have_theirs() {
        let rates = Rates::new(1, 0);
        assert_eq!(passing(&rates, "192.0.2.1", &HeaderMap::new()), BURST_S as usize);
        assert_eq!(passing(&rates, "192.0.2.1", &token("Bearer a")), 0, "a token is no way round");
        assert_eq!(passing(&rates, "192.0.2.2", &HeaderMap::new()), BURST_S as usize);
        assert_eq!(passing(&rates, "2001:db8::1", &HeaderMap::new()), BURST_S as usize);
        assert_eq!(passing(&rates, "2001:db8::2", &HeaderMap::new()), 0, "the same /64");
        assert_eq!(rates.limited(), 90 + 100 + 90 + 90 + 100);
    }

    #[test]
    fn a_token_is_counted_over_all_addresses() {
        let rates = Rates::new(0, 1);
        assert_eq!(passing(&rates, "192.0.2.1", &token("Bearer a")), BURST_S as usize);
        assert_eq!(passing(&rates, "192.0.2.2", &token("Bearer a")), 0);
        assert_eq!(passing(&rates, "192.0.2.2", &token("Bearer b")), BURST_S as usize);
        assert_eq!(passing(&rates, "192.0.2.2", &HeaderMap::new()), 100, "nobody in particular");
        let problem = rates.count("192.0.2.1".parse().unwrap(), &token("Bearer a")).unwrap_err();
        assert_eq!(problem.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(!format!("{problem:?}").contains("Bearer"));
    }

    #[test]
    fn without_a_limit_everything_passes() {
        assert_eq!(passing(&Rates::new(0, 0), "192.0.2.1", &token("Bearer a")), 100);
    }

    #[test]
    fn strangers_without_number_take_memory_with_a_bound() {
        let rate = Rate::new(1, 1_000).unwrap();
        for key in 0..100_000 {
            let _ = rate.count(key + SHARED);
        }
        assert!(rate.limiter.len() <= 1_001 + usize::try_from(SHARED).unwrap(), "{}", rate.limiter.len());
    }
}
