//! `/metrics`: counts of nobody in particular, in the text format of `OpenMetrics`, which Prometheus reads. The only file that
//! knows the crate that writes it.
//!
//! Labels are the router's own templates, methods, classes of status and names of layers: their number has a bound, and none
//! of them is a value that somebody sent.

use super::door::{Gate, Rates, Seats};
use crate::app::{App, Spread, Vitals};
use axum::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Upper bounds of the times of answers, seconds.
const SECONDS: [f64; 11] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The media type of `OpenMetrics` 1.0.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tiles {
    layers: String,
    cache: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
    arch: &'static str,
    os: &'static str,
}

/// Everything that is counted, ready to be written out.
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Request, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
}

/// A request that is being answered, for as long as this lives.
pub struct Running(Gauge);

/// Requests of one route that were answered with success.
#[derive(Clone)]
pub struct Alike {
    requests: Counter,
    seconds: Histogram,
}

impl Alike {
    /// One more was answered.
    pub fn end(&self, took: Duration) {
        self.requests.inc();
        self.seconds.observe(took.as_secs_f64());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Over what is counted elsewhere.
    pub fn new(app: App, gate: Arc<Gate>, rates: Arc<Rates>, streams: Arc<Seats>) -> Arc<Metrics> {
        let requests = Family::default();
        let seconds: Family<Request, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(SECONDS));
        let in_flight = Gauge::default();
        let mut registry = Registry::with_prefix("melonmap");
        registry.register("http_requests", "Requests answered, by route, method and class of status", requests.clone());
        registry.register("http_request_duration_seconds", "Time until the answer began, seconds", seconds.clone());
        registry.register(
            "http_in_flight",
            "Requests that are being answered or wait for their turn",
            in_flight.clone(),
        );
        registry.register_collector(Box::new(Pulled { app, gate, rates, streams }));
        Arc::new(Metrics { registry, requests, seconds, in_flight })
    }

    /// A request begins.
    pub fn begin(&self) -> Running {
        self.in_flight.inc();
        Running(self.in_flight.clone())
    }

    /// A request was answered.
    pub fn end(&self, method: &'static str, route: String, status: u16, took: Duration) {
        let status = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        let labels = Request { method, route, status };
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// What many requests that end alike are counted by, without a look for it each time.
    pub fn alike(&self, method: &'static str, route: &str) -> Alike {
        let labels = Request { method, route: route.to_owned(), status: "2xx" };
        Alike {
            requests: self.requests.get_or_create_owned(&labels),
            seconds: self.seconds.get_or_create_owned(&labels),
        }
    }

    /// All of it as text.
    fn answer(&self) -> impl IntoResponse + use<> {
        let mut said = String::new();
        // Writing to a text does not fail.
        let _ = text::encode(&mut said, &self.registry);
        ([(header::CONTENT_TYPE, MEDIA_TYPE)], said)
    }
}

/// `/metrics`.
pub async fn metrics(Extension(metrics): Extension<Arc<Metrics>>) -> impl IntoResponse {
    metrics.answer()
}

/// What others count, read when it is asked for.
struct Pulled {
    app: App,
    gate: Arc<Gate>,
    rates: Arc<Rates>,
    streams: Arc<Seats>,
}

impl fmt::Debug for Pulled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pulled").finish_non_exhaustive()
    }
}

impl Collector for Pulled {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> fmt::Result {
        let (households, visits, context) = self.app.counts();
        let cache = self.app.cache_stats();
        let vitals = self.app.vitals();
        for (name, help, value) in [
            ("households", "Households on the map", households as u64),
            ("visits", "Visits on the map", visits as u64),
            ("context_features", "Features of the base map", context as u64),
            ("tile_cache_bytes", "Bytes in the tile cache", cache.bytes),
            ("tile_cache_entries", "Tiles in the cache", cache.entries),
            ("writer_queue", "Calls that wait to be stored", vitals.queue as u64),
            ("live_listeners", "Live streams that are open", vitals.listeners as u64),
            ("live_seats_taken", "Live streams that count against the limit", self.streams.taken() as u64),
            ("http_running", "Requests that have their turn", self.gate.running() as u64),
        ] {
            to.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)?;
        }
        if let Some(bytes) = vitals.memory {
            to.encode_descriptor("memory_resident_bytes", "Memory of the process", None, MetricType::Gauge)?
                .encode_gauge(&bytes)?;
        }
        for (name, help, value) in [
            ("changes", "Changes in the store", self.app.changes()),
            ("tile_cache_hits", "Tiles answered from the cache", cache.hits),
            ("tile_cache_misses", "Tiles worked out", cache.misses),
            ("http_shed", "Requests sent away because of load", self.gate.shed()),
            ("http_limited", "Requests refused because their sender asks too often", self.rates.limited()),
        ] {
            let counter = ConstCounter::new(value);
            counter.encode(to.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        tiles(&mut to, &vitals)?;
        spread(&mut to, "store_append_duration_seconds", "Time until a group of changes was durable", &vitals.append)?;
        spread(&mut to, "store_group_changes", "Changes that were made durable together", &vitals.groups)?;
        let build =
            Build { version: env!("CARGO_PKG_VERSION"), arch: std::env::consts::ARCH, os: std::env::consts::OS };
        to.encode_descriptor("build", "The program", None, MetricType::Info)?.encode_info(&build)
    }
}

fn tiles(to: &mut DescriptorEncoder<'_>, vitals: &Vitals) -> fmt::Result {
    let mut family = to.encode_descriptor("tiles", "Tiles answered, by their layers", None, MetricType::Counter)?;
    for (layers, hits, misses) in &vitals.tiles {
        for (cache, value) in [("hit", *hits), ("miss", *misses)] {
            let labels = Tiles { layers: layers.clone(), cache };
            ConstCounter::new(value).encode(family.encode_family(&labels)?)?;
        }
    }
    Ok(())
}

fn spread(to: &mut DescriptorEncoder<'_>, name: &str, help: &str, spread: &Spread) -> fmt::Result {
    let count = spread.buckets.iter().map(|(_, n)| n).sum();
    let mut histogram = to.encode_descriptor(name, help, None, MetricType::Histogram)?;
    histogram.encode_histogram::<NoLabelSet>(spread.sum, count, &spread.buckets, None)
}
