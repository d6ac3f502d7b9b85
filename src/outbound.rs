//! What every HTTP client of ours has in common: it follows no redirect, repeats nothing by itself, encrypts unless it
//! reaches loopback, speaks TLS 1.2 at least, believes the system's certificate authorities and at most one private one,
//! connects to no address that a name should not mean, and takes a proxy from nobody but its caller.
//!
//! There is no way to switch any of this off.
//!
//! Knows neither what is asked nor of whom. Time-outs, credentials and the words for people are the caller's.

mod addresses;
mod encryption;
mod proxy;

#[cfg(test)]
mod tests;

use std::error::Error;
use std::io;
use std::sync::Arc;

use reqwest::{Certificate, Client, ClientBuilder, Url, tls};

use addresses::{Guard, Lookup, Rule, system};

pub use addresses::{Addresses, RefusedAddress, is_refused_address};
pub use encryption::{Encryption, encryption};
pub use proxy::Proxy;

/// How far a client reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This machine only, over plain HTTP: no certificate store is needed, and no proxy asked.
    Loopback,
    /// Any host, over TLS only.
    World,
}

/// The way a client takes.
#[derive(Clone, Copy, Debug)]
pub struct Route<'r> {
    /// How far it reaches.
    pub reach: Reach,
    /// A private certificate authority in PEM, trusted beside those of the system.
    pub authority: Option<&'r [u8]>,
    /// What the names of its far ends may mean. Behind a proxy that is the proxy's to decide.
    pub addresses: Addresses,
    /// The proxy on the way. There is none to loopback.
    pub proxy: Option<&'r Proxy>,
}

/// Begins a client.
///
/// # Errors
///
/// Why the authority or the proxy cannot be used, in words that are not made printable yet. An authority without any
/// certificate is refused too: it would be read and ignored.
pub fn client(route: Route<'_>) -> Result<ClientBuilder, String> {
    client_by(route, system())
}

/// The same, with another way of looking names up.
fn client_by(route: Route<'_>, lookup: Lookup) -> Result<ClientBuilder, String> {
    let Route { reach, authority, addresses, proxy } = route;
    install_crypto();
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .tls_info(true)
        .tls_version_min(tls::Version::TLS_1_2);
    let guard = |allowed, proxy| Arc::new(Guard { allowed, proxy, lookup });
    if reach == Reach::Loopback {
        return Ok(builder.tls_certs_only([]).dns_resolver(guard(Rule::Loopback, None)));
    }
    let host = proxy.and_then(Proxy::host);
    let mut builder = builder.https_only(true).dns_resolver(guard(Rule::World(addresses), host));
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy.made()?);
    }
    let Some(pem) = authority else { return Ok(builder) };
    let found = Certificate::from_pem_bundle(pem).map_err(|error| cause(&error))?;
    if found.is_empty() {
        return Err("the certificate authority's file holds no certificate".to_owned());
    }
    Ok(builder.tls_certs_merge(found))
}

/// A site in the one way that all its spellings have in common: without a closing slash, a host in lower case, and no port
/// that goes without saying.
#[must_use]
pub fn origin(site: &str) -> String {
    let plain = || site.trim_end_matches('/').to_ascii_lowercase();
    Url::parse(site).map_or_else(|_| plain(), |url| url.origin().ascii_serialization())
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
