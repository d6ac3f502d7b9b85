//! The certificate and key of a listener.
//!
//! TLS 1.2 or newer, and HTTP/1.1 only: without HTTP/2 there is no flood by HTTP/2.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{self, ServerConfig};

use super::WebError;
use super::private::read_private;

/// Where certificate and key are, as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, followed by those that signed it.
    pub certificate: PathBuf,
    /// Its private key. Only its owner may read it.
    pub key: PathBuf,
}

/// Reads certificate and key.
///
/// # Errors
///
/// When a file cannot be read, is open to others, or holds something else, and when the two do not fit.
pub fn load_tls(tls: &Tls) -> Result<Arc<ServerConfig>, WebError> {
    let unusable = |path: &PathBuf, reason: String| WebError::Unusable { path: path.clone(), reason };
    let certificate = std::fs::read(&tls.certificate)
        .map_err(|source| WebError::Unreadable { path: tls.certificate.clone(), source })?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&certificate)
        .collect::<Result<_, _>>()
        .map_err(|_| unusable(&tls.certificate, "it is no PEM file".to_owned()))?;
    if chain.is_empty() {
        return Err(unusable(&tls.certificate, "it holds no certificate".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(&read_private(&tls.key)?)
        .map_err(|_| unusable(&tls.key, "it holds no private key as PEM".to_owned()))?;
    let refused = |error: rustls::Error| unusable(&tls.certificate, error.to_string());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(refused)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(refused)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
