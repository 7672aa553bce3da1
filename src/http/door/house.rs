//! What answers: at first only that it is coming up, then the router.

use super::super::health::{self, Loading};
use super::super::hits::{Hits, ShownToken};
use super::super::problem::Problem;
use super::super::router::router;
use super::super::security;
use super::super::settings::HttpSettings;
use super::proxy::{self, BasePath, Visitor};
use crate::app::App;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

/// The service as connections see it. Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<Rooms>);

struct Rooms {
    settings: HttpSettings,
    loading: Router,
    open: OnceLock<Open>,
}

struct Open {
    app: App,
    router: Router,
    hits: Hits,
}

impl House {
    /// A house that is not open yet: it tells that it lives and is not ready, and sends everybody else away for a while.
    pub fn new(settings: HttpSettings) -> House {
        let coming = async || Problem::overloaded("the map is being loaded: try again", 1u32);
        let loading = Router::new()
            .route("/health/live", get(health::live))
            .route("/health/ready", get(async || health::not_ready(Loading::now())))
            .fallback(coming);
        House(Arc::new(Rooms { settings, loading, open: OnceLock::new() }))
    }

    /// Opens it; a second time does nothing.
    pub fn open(&self, app: App) {
        let (router, hits) = router(app.clone(), &self.0.settings);
        let _ = self.0.open.set(Open { app, router, hits });
    }

    pub(super) fn settings(&self) -> &HttpSettings {
        &self.0.settings
    }

    /// Ends the live feeds and is not ready any more.
    pub(super) fn close(&self) {
        if let Some(open) = self.0.open.get() {
            open.app.close_live();
        }
    }

    /// The answer to a request of a peer that need not wait for anything, if it is one.
    pub(super) fn at_once<B>(&self, request: &Request<B>, peer: IpAddr, shown: &ShownToken) -> Option<Response> {
        // A proxy tells for whom it asks, and a base path is taken away: both are looked at first.
        let answer = self.is_direct(peer).then(|| self.hit(request, peer.to_canonical(), shown)).flatten()?;
        Some(self.adorned(answer))
    }

    /// Answers any other request, which came over a connection, with TLS or without.
    pub(super) async fn answer(
        &self,
        mut request: Request<Body>,
        peer: IpAddr,
        secure: bool,
        shown: &ShownToken,
    ) -> Response {
        let settings = &self.0.settings;
        let entered = proxy::enter(&mut request, peer, secure, &settings.base_path, &settings.trusted_proxies);
        let hit = |request: &Request<Body>| self.hit(request, Visitor::of(request).address, shown);
        let answer = match entered {
            Err(answer) => *answer,
            Ok(()) => match if self.is_direct(peer) { None } else { hit(&request) } {
                Some(answer) => answer,
                None => self.routed(request).await,
            },
        };
        self.adorned(answer)
    }

    /// Whether nothing is told by a proxy, and no path is to be taken away.
    fn is_direct(&self, peer: IpAddr) -> bool {
        let settings = &self.0.settings;
        settings.base_path == BasePath::default() && !settings.trusted_proxies.trust(peer)
    }

    fn hit<B>(&self, request: &Request<B>, from: IpAddr, shown: &ShownToken) -> Option<Response> {
        self.0.open.get()?.hits.answer(request, from, shown)
    }

    async fn routed(&self, request: Request<Body>) -> Response {
        let router = self.0.open.get().map_or_else(|| self.0.loading.clone(), |open| open.router.clone());
        router.oneshot(request).await.unwrap_or_else(|impossible| match impossible {}).into_response()
    }

    fn adorned(&self, mut answer: Response) -> Response {
        security::headers(answer.headers_mut(), self.0.settings.tls.is_some());
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::Value;

    async fn ask(house: &House, path: &str) -> (u16, String, Value) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = house.answer(request, "127.0.0.1".parse().unwrap(), false, &ShownToken::default()).await;
        let again = answer.headers().get("retry-after").map_or("", |v| v.to_str().unwrap()).to_owned();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1 << 16).await.unwrap();
        (status, again, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn while_the_map_is_loaded_the_house_says_so() {
        let house = House::new(HttpSettings::of_a_test());
        assert_eq!(ask(&house, "/health/live").await.0, 200);
        let (status, again, ready) = ask(&house, "/health/ready").await;
        assert_eq!((status, again.as_str(), &ready["status"]), (503, "1", &Value::from("not_ready")));
        assert_eq!(ready["parts"]["loading"]["ok"], false);
        assert!(ready["parts"]["loading"]["memory_bytes"].as_u64().is_none_or(|bytes| bytes > 0), "{ready}");
        for path in ["/", "/api/info", "/tiles/areas/0/0/0", "/live"] {
            let (status, again, problem) = ask(&house, path).await;
            assert_eq!((status, again.as_str(), &problem["status"]), (503, "1", &Value::from(503)), "{path}");
        }
    }
}
