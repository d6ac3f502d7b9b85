//! What every HTTP client of ours has in common: it follows no redirect, repeats nothing by itself, encrypts unless it
//! reaches loopback, and believes the system's certificate authorities and at most one private one.
//!
//! Knows neither what is asked nor of whom. Time-outs, credentials and the words for people are the caller's.

use std::error::Error;
use std::io;

use reqwest::{Certificate, Client, ClientBuilder};

/// How far a client reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This machine only, over plain HTTP: no certificate store is needed, and no proxy asked.
    Loopback,
    /// Any host, over TLS only.
    World,
}

/// Begins a client. `authority` is a private certificate authority in PEM, trusted beside those of the system.
///
/// # Errors
///
/// Why the authority cannot be used, in words that are not made printable yet. One without any certificate is refused too: it
/// would be read and ignored.
pub fn client(reach: Reach, authority: Option<&[u8]>) -> Result<ClientBuilder, String> {
    install_crypto();
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    match (reach, authority) {
        (Reach::Loopback, _) => Ok(builder.tls_certs_only([]).no_proxy()),
        (Reach::World, None) => Ok(builder.https_only(true)),
        (Reach::World, Some(pem)) => {
            let found = Certificate::from_pem_bundle(pem).map_err(|error| cause(&error))?;
            if found.is_empty() {
                return Err("the certificate authority's file holds no certificate".to_owned());
            }
            Ok(builder.https_only(true).tls_certs_merge(found))
        }
    }
}

/// Chooses ring as this process's cryptography. May be called any number of times; the first call decides.
pub fn install_crypto() {
    // The only error is that a provider stands already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The innermost cause of an error, which is the one that says something; the outer ones repeat the address. It may come
/// from outside, and is not made printable yet.
#[must_use]
pub fn cause(error: &reqwest::Error) -> String {
    let mut source = error.source();
    let mut text = None;
    while let Some(inner) = source {
        text = Some(inner.to_string());
        source = inner.source();
    }
    text.unwrap_or_else(|| "the request could not be made".to_owned())
}

/// Whether the certificate, and not the network, was the reason.
#[must_use]
pub fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if refuses_certificate(cause) {
            return true;
        }
        source = cause.source();
    }
    false
}

/// Whether an error is a refused certificate, in any number of I/O errors: their `source` passes over what they hold.
fn refuses_certificate(error: &(dyn Error + 'static)) -> bool {
    if let Some(refused) = error.downcast_ref::<rustls::Error>() {
        return matches!(refused, rustls::Error::InvalidCertificate(_));
    }
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    held.is_some_and(|held| refuses_certificate(held))
}

#[cfg(test)]
mod tests {
    use super::{Reach, client, refuses_certificate};
    use std::io;

    #[test]
    fn a_refused_certificate_is_found_however_deep_it_is_wrapped() {
        let refused = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);

        assert!(refuses_certificate(&io::Error::other(io::Error::other(refused))));
        assert!(!refuses_certificate(&io::Error::other(rustls::Error::DecryptError)));
        assert!(!refuses_certificate(&io::Error::from(io::ErrorKind::ConnectionRefused)));
    }

    #[test]
    fn an_authority_without_a_certificate_is_refused_and_not_ignored() {
        let refused = client(Reach::World, Some(b"no certificate")).map(|_| ());

        assert_eq!(refused, Err("the certificate authority's file holds no certificate".to_owned()));
        assert!(client(Reach::World, None).is_ok());
    }
}
