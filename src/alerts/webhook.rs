//! Posts JSON to an address of the operator's, and says what the generic document is.
//!
//! One request an attempt: no redirect is followed, nothing is repeated by the library, the answer's body is not read.
//! `https` always, `http` to loopback only.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::{Client, Url, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;

use super::error::{NotifierError, Undelivered};
use super::notice::{Item, Notice};
use super::notifier::ATTEMPT;
use super::words::outside;
use crate::outbound::{self, Addresses, Proxy, Reach, Route, cause};

/// The shortest signing key: what is shorter can be tried out.
const SHORTEST_KEY: usize = 16;

/// An address to post to. Has no `Debug`.
pub(super) struct Webhook {
    client: Client,
    url: Url,
    signing_key: Option<SecretString>,
}

impl Webhook {
    /// An address whose receiver checks a signature.
    pub(super) fn signed(
        url: &SecretString,
        signing_key: SecretString,
        certificate_authority: Option<&[u8]>,
        proxy: Option<&Proxy>,
    ) -> Result<Self, NotifierError> {
        if signing_key.expose_secret().len() < SHORTEST_KEY {
            return Err(NotifierError::ShortKey);
        }
        let url = address(url)?;
        let client = client(&url, certificate_authority, proxy)?;
        Ok(Self { client, url, signing_key: Some(signing_key) })
    }

    /// An address that is a secret itself.
    pub(super) fn open(url: &SecretString, proxy: Option<&Proxy>) -> Result<Self, NotifierError> {
        let url = address(url)?;
        Ok(Self { client: client(&url, None, proxy)?, url, signing_key: None })
    }

    /// Posts a document, once.
    pub(super) async fn post(
        &self,
        document: Value,
        delivery: &str,
        at: Timestamp,
    ) -> Result<(), Undelivered> {
        let body = serde_json::to_vec(&document).expect("a JSON value is always JSON");
        let mut request = self.client.post(self.url.clone()).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = &self.signing_key {
            let time = at.as_second().to_string();
            let signature = signature(key, delivery, &time, &body);
            request = request
                .header("trueup-delivery", delivery)
                .header("trueup-timestamp", time)
                .header("trueup-signature", signature);
        }
        match request.body(body).send().await {
            Ok(response) => judged(response.status().as_u16()),
            Err(error) => Err(Undelivered::for_now(unanswered(&error))),
        }
    }
}

/// `v1=` and the HMAC-SHA-256, in hex, of delivery, timestamp and body with a full stop between them. The time is part
/// of it, so that an old notice cannot be sent again as a new one.
fn signature(key: &SecretString, delivery: &str, time: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    for part in [delivery.as_bytes(), b".", time.as_bytes(), b".", body] {
        mac.update(part);
    }
    let bytes = mac.finalize().into_bytes();
    format!("v1={}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// What a status means.
fn judged(status: u16) -> Result<(), Undelivered> {
    match status {
        200..=299 => Ok(()),
        300..=399 => Err(Undelivered::for_good(format!("it redirects ({status}), which is not followed"))),
        408 | 425 | 429 | 500..=599 => Err(Undelivered::for_now(format!("it answered {status}"))),
        _ => Err(Undelivered::for_good(format!("it answered {status}"))),
    }
}

/// Why no answer came: the innermost cause, since the outer ones repeat the address.
fn unanswered(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} seconds", ATTEMPT.as_secs());
    }
    outside(&cause(error))
}

fn address(url: &SecretString) -> Result<Url, NotifierError> {
    let refused = |what| NotifierError::Address { what };
    let url: Url = url.expose_secret().parse().map_err(|_| refused("is no address"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("holds a user or a password"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(url.host_str().unwrap_or_default()) => Ok(url),
        "http" => Err(refused("must be https; http is for loopback addresses only")),
        _ => Err(refused("must be https")),
    }
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn client(url: &Url, authority: Option<&[u8]>, proxy: Option<&Proxy>) -> Result<Client, NotifierError> {
    let unusable = |cause: String| NotifierError::CertificateStore { cause: outside(&cause) };
    let reach = if url.scheme() == "http" { Reach::Loopback } else { Reach::World };
    // Chats of one's own stand in private networks; nothing that could be misled is told where it was delivered.
    outbound::client(Route { reach, authority, addresses: Addresses::Private, proxy })
        .map_err(unusable)?
        .user_agent(concat!("trueup/", env!("CARGO_PKG_VERSION")))
        .pool_max_idle_per_host(0)
        .timeout(ATTEMPT)
        .connect_timeout(ATTEMPT / 2)
        .build()
        .map_err(|error| unusable(cause(&error)))
}

/// The document of a notice, `trueup.alert/1`.
pub(super) fn document(notice: &Notice) -> Value {
    json!({
        "format": "trueup.alert/1",
        "delivery": notice.delivery,
        "at": notice.at.to_string(),
        "tenant": *notice.tenant,
        "instance": notice.instance,
        "health": { "level": notice.health.level.as_str(), "sentence": notice.health.sentence },
        "title": notice.title(),
        "items": notice.items.iter().map(item).collect::<Vec<_>>(),
        "page": notice.page,
    })
}

fn item(item: &Item) -> Value {
    json!({
        "kind": item.tone.as_str(),
        "key": item.key,
        "level": item.level.as_str(),
        "what": item.what,
        "means": item.means,
        "action": item.action,
        "details": item.details,
    })
}

#[cfg(test)]
mod tests;
