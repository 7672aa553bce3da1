//! What answers: at first only that it is coming up, then the router.

use super::super::health::{self, Loading};
use super::super::hits::Hits;
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

    /// Answers a request of a peer, which came over TLS or not.
    pub(super) async fn answer(&self, request: Request<Body>, peer: IpAddr, secure: bool) -> Response {
        let mut answer = self.unadorned(request, peer, secure).await;
        security::headers(answer.headers_mut(), self.0.settings.tls.is_some());
        answer
    }

    async fn unadorned(&self, mut request: Request<Body>, peer: IpAddr, secure: bool) -> Response {
        let settings = &self.0.settings;
        // Nothing is told by a proxy, and no path to be taken away.
        let direct = settings.base_path == BasePath::default() && !settings.trusted_proxies.trust(peer);
        let hit = |request: &Request<Body>, from| self.0.open.get()?.hits.answer(request, from);
        if direct && let Some(answer) = hit(&request, peer.to_canonical()) {
            return answer;
        }
        if let Err(answer) = proxy::enter(&mut request, peer, secure, &settings.base_path, &settings.trusted_proxies) {
            return *answer;
        }
        if !direct && let Some(answer) = hit(&request, Visitor::of(&request).address) {
            return answer;
        }
        let router = self.0.open.get().map_or_else(|| self.0.loading.clone(), |open| open.router.clone());
        router.oneshot(request).await.unwrap_or_else(|impossible| match impossible {}).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::Value;

    async fn ask(house: &House, path: &str) -> (u16, String, Value) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = house.answer(request, "127.0.0.1".parse().unwrap(), false).await;
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
