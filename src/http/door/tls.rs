//! TLS by the service itself: the only file that knows `rustls`.

use parking_lot::RwLock;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

/// The protocols offered, the better one first.
const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why a certificate or its key cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file is not there, or holds no certificate or key in PEM.
    #[error("{file}: {source}")]
    File {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// The file holds no certificate.
    #[error("{0} holds no certificate in PEM")]
    Empty(PathBuf),
    /// Certificate and key do not belong together, or are of a kind that is not used any more.
    #[error("the certificate and its key: {0}")]
    Unfit(#[from] rustls::Error),
}

/// A certificate and its key, from their files; may be read again while the service runs.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads both files.
    pub fn load(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
        let config = RwLock::new(read(certificate, key)?);
        Ok(Tls { certificate: certificate.to_owned(), key: key.to_owned(), config })
    }

    /// Reads both files again, for connections from now on. After an error all is as it was.
    pub fn reload(&self) -> Result<(), TlsError> {
        let config = read(&self.certificate, &self.key)?;
        *self.config.write() = config;
        Ok(())
    }

    /// Greets a client, and tells whether it wants HTTP/2; `None` where it does not finish in time, or wants something else.
    pub async fn accept<S>(&self, stream: S, patience: Duration) -> Option<(TlsStream<S>, bool)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = Arc::clone(&self.config.read());
        let greeted = timeout(patience, TlsAcceptor::from(config).accept(stream)).await;
        let stream = greeted.ok()?.ok()?;
        let second = stream.get_ref().1.alpn_protocol() == Some(ALPN[0]);
        Some((stream, second))
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let fault = |file: &Path| {
        let file = file.to_owned();
        move |source| TlsError::File { file, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate).map_err(fault(certificate))?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(fault(certificate))?;
    if chain.is_empty() {
        return Err(TlsError::Empty(certificate.to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(fault(key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = ALPN.map(<[u8]>::to_vec).into();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::generate_simple_self_signed;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    /// A certificate for `localhost`, its files, and what believes it.
    fn certified() -> (tempfile::TempDir, Tls, RootCertStore) {
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (certificate, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let tls = Tls::load(&certificate, &key).unwrap();
        (dir, tls, roots)
    }

    /// What a client that offers these protocols agrees on: HTTP/2 or not, or nothing.
    async fn agreed(tls: &Tls, roots: RootCertStore, offered: &[&[u8]]) -> Option<bool> {
        let mut client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.alpn_protocols = offered.iter().map(|p| p.to_vec()).collect();
        let (near, far) = tokio::io::duplex(1 << 16);
        let connect = TlsConnector::from(Arc::new(client)).connect("localhost".try_into().unwrap(), near);
        let (accepted, _connected) = tokio::join!(tls.accept(far, Duration::from_secs(5)), connect);
        accepted.map(|(_, second)| second)
    }

    #[tokio::test]
    async fn the_better_protocol_that_both_speak_is_agreed_on() {
        let (_dir, tls, roots) = certified();
        for (offered, expected) in [
            (&[b"h2".as_slice(), b"http/1.1"][..], Some(true)),
            (&[b"http/1.1", b"h2"], Some(true)),
            (&[b"http/1.1"], Some(false)),
            (&[], Some(false)),
            (&[b"spdy/1"], None),
        ] {
            assert_eq!(agreed(&tls, roots.clone(), offered).await, expected, "{offered:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_greet_is_given_up() {
        let (_dir, tls, _) = certified();
        let (_near, far) = tokio::io::duplex(1 << 10);
        assert!(tls.accept(far, Duration::from_secs(5)).await.is_none());
    }

    #[test]
    fn a_certificate_and_the_key_of_another_are_refused() {
        let ((one, ..), (other, ..)) = (certified(), certified());
        let refused = Tls::load(&one.path().join("cert.pem"), &other.path().join("key.pem"));
        assert!(matches!(refused, Err(TlsError::Unfit(_))));
        let missing = Tls::load(&one.path().join("none.pem"), &one.path().join("key.pem"));
        assert!(missing.err().unwrap().to_string().contains("none.pem"));
    }
}
