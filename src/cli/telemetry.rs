//! What the process says of itself: a log on standard error, and traces over OTLP where that is switched on. The only file that
//! knows OpenTelemetry.

use super::Failure;
use crate::config::ServeArgs;
use async_trait::async_trait;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::time::Duration;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Longest time for a collector to take a batch.
const PATIENCE: Duration = Duration::from_secs(5);
/// The spans that leave the process: those of requests, which carry route, method and status. What libraries and other rooms
/// note stays here.
const EXPORTED: &str = "melonmap::request";

/// Sends what is left of the traces when it is dropped.
pub struct Traces(Option<SdkTracerProvider>);

impl Drop for Traces {
    fn drop(&mut self) {
        if let Some(provider) = &self.0
            && let Err(error) = provider.shutdown_with_timeout(PATIENCE)
        {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// JSON lines on standard error, `MELONMAP_LOG` setting the level as `RUST_LOG` would; and traces, where an endpoint is set.
pub fn start(args: &ServeArgs) -> Result<Traces, Failure> {
    let filter = EnvFilter::try_from_env("MELONMAP_LOG").unwrap_or_else(|_| EnvFilter::new("melonmap=info"));
    // At its finest this library writes out headers, and a token is one of them.
    let filter = filter.add_directive("h2=off".parse()?);
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).with_filter(filter);
    let provider = args.outside.otlp_endpoint.as_deref().map(provider).transpose()?;
    let spans = provider.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("melonmap"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|of| of.is_span() && of.target() == EXPORTED))
    });
    // A second subscriber in one process happens only in tests; the first one stands.
    let _ = tracing_subscriber::registry().with(lines).with(spans).try_init();
    Ok(Traces(provider))
}

/// Sends spans in batches, from a thread of its own: a collector that is slow or away slows nobody.
fn provider(endpoint: &str) -> Result<SdkTracerProvider, Failure> {
    let endpoint = traces_url(endpoint)?;
    let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build().into();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Collector(agent))
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .with_timeout(PATIENCE)
        .build()?;
    let resource = Resource::builder_empty()
        .with_service_name("melonmap")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build())
}

/// The URL that takes traces: the one given, or its usual path where it has none.
fn traces_url(endpoint: &str) -> Result<String, Failure> {
    let sort = || format!("--otlp-endpoint: '{endpoint}' is no URL such as http://127.0.0.1:4318");
    let rest = endpoint.strip_prefix("http://").or_else(|| endpoint.strip_prefix("https://")).ok_or_else(sort)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() {
        return Err(sort().into());
    }
    Ok(if path.is_empty() { format!("{}/v1/traces", endpoint.trim_end_matches('/')) } else { endpoint.to_owned() })
}

/// The way to the collector. It blocks, which is right on the thread of the batches.
#[derive(Debug)]
struct Collector(ureq::Agent);

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let mut answer = self.0.run(Request::from_parts(parts, &body[..]))?;
        let said = answer.body_mut().read_to_vec()?;
        let (parts, _) = answer.into_parts();
        Ok(Response::from_parts(parts, Bytes::from(said)))
    }
}

#[cfg(test)]
mod tests {
    use super::traces_url;

    #[test]
    fn an_endpoint_without_a_path_is_given_the_usual_one() {
        for (given, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
            ("https://collector.example/otlp/v1/traces", "https://collector.example/otlp/v1/traces"),
        ] {
            assert_eq!(traces_url(given).unwrap(), expected);
        }
        for wrong in ["127.0.0.1:4318", "grpc://127.0.0.1", "http://", ""] {
            assert!(traces_url(wrong).unwrap_err().to_string().contains(wrong));
        }
    }
}
