//! How a server is reached from outside, and whom it tells how it does.

use crate::http::{BasePath, Proxies, Tls, TlsError};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// Proxies, TLS, traces.
#[derive(Debug, Clone, Args)]
pub struct OutsideArgs {
    /// The path under which everything is found, such as /map, where a proxy passes it on
    #[arg(long, value_name = "PATH", default_value = "", env = "MELONMAP_BASE_PATH", hide_default_value = true)]
    pub base_path: BasePath,
    /// Addresses and networks of proxies whose X-Forwarded-For, -Proto, -Host and -Prefix, or Forwarded, are believed
    #[arg(
        long,
        value_name = "CIDR,…",
        default_value = "",
        env = "MELONMAP_TRUSTED_PROXIES",
        hide_default_value = true
    )]
    pub trusted_proxies: Proxies,
    /// Certificate chain in PEM: serve over TLS; read again at SIGHUP
    #[arg(long, value_name = "FILE", env = "MELONMAP_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", env = "MELONMAP_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Send OpenTelemetry traces there by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; routes and times, no values
    #[arg(long, value_name = "URL", env = "MELONMAP_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,
}

impl OutsideArgs {
    /// Certificate and key, where they are given.
    pub fn tls(&self) -> Result<Option<Arc<Tls>>, TlsError> {
        let both = self.tls_cert.as_ref().zip(self.tls_key.as_ref());
        both.map(|(certificate, key)| Tls::load(certificate, key).map(Arc::new)).transpose()
    }
}
