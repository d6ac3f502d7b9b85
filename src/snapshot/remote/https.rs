//! Git over HTTPS: two requests, with credentials that go to the configured host and nowhere else.
//!
//! Follows no redirect and accepts no certificate that does not hold. Knows nothing of what is in a pack.

use std::io::{self, Read, Write};
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};

use super::error::shown;
use super::exchange::{Exchange, FarEnd};
use super::{Access, Remote, RemoteError};
use crate::outbound::{self, Addresses, Reach, Route, cause, is_untrusted};

/// Some forges speak git only to what calls itself git.
const USER_AGENT: &str = concat!("git/2 (trueup/", env!("CARGO_PKG_VERSION"), ")");

const LISTED: &str = "application/x-git-upload-pack-advertisement";
const ASKED: &str = "application/x-git-upload-pack-request";
const FETCHED: &str = "application/x-git-upload-pack-result";

/// The largest request: what is wanted and what is here already.
const LARGEST_REQUEST: usize = 16 << 20;

/// A web server and what opens it.
pub(super) struct Web {
    client: Client,
    url: Url,
    login: Option<(String, SecretString)>,
}

impl Web {
    pub(super) fn new(url: Url, remote: &Remote) -> Result<Self, RemoteError> {
        let login = match &remote.access {
            Access::Basic { username, password } => Some((username.clone(), password.clone())),
            Access::Open | Access::Key { .. } => None,
        };
        Ok(Self { client: client(&url, remote)?, url, login })
    }

    fn address(&self, below: &str) -> Url {
        let mut url = self.url.clone();
        let path = format!("{}/{below}", self.url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    fn opened(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header(CACHE_CONTROL, "no-cache");
        match &self.login {
            Some((user, password)) => request.basic_auth(user, Some(password.expose_secret())),
            None => request,
        }
    }
}

fn client(url: &Url, remote: &Remote) -> Result<Client, RemoteError> {
    let unusable = |cause: String| RemoteError::CertificateStore { cause: shown(&cause) };
    let reach = if url.scheme() == "http" { Reach::Loopback } else { Reach::World };
    // A forge of one's own stands in a private network; never on this machine by another name.
    let route = Route {
        reach,
        authority: remote.certificate_authority.as_deref(),
        addresses: Addresses::Private,
        proxy: remote.proxy.as_ref(),
    };
    outbound::client(route)
        .map_err(unusable)?
        .user_agent(USER_AGENT)
        .no_gzip()
        .http1_only()
        .connect_timeout(remote.limits.time / 2)
        .build()
        .map_err(|error| unusable(cause(&error)))
}

/// One request and its answer: what is written is asked, once, at the first read.
pub(super) struct WebStream {
    exchange: Arc<Exchange>,
    asked: Vec<u8>,
    answer: Option<Response>,
    kind: Kind,
    rest: Bytes,
}

#[derive(Clone, Copy)]
enum Kind {
    List,
    Fetch,
}

impl WebStream {
    /// Asks for the refs.
    pub(super) fn list(exchange: Arc<Exchange>) -> io::Result<Self> {
        let web = web(&exchange)?;
        let mut url = web.address("info/refs");
        url.set_query(Some("service=git-upload-pack"));
        let answer = send(&exchange, web.opened(web.client.get(url)), LISTED)?;
        Ok(Self { exchange, asked: Vec::new(), answer: Some(answer), kind: Kind::List, rest: Bytes::new() })
    }

    /// Will ask for history.
    pub(super) fn fetch(exchange: Arc<Exchange>) -> Self {
        Self { exchange, asked: Vec::new(), answer: None, kind: Kind::Fetch, rest: Bytes::new() }
    }

    fn answer(&mut self) -> io::Result<&mut Response> {
        if self.answer.is_none() {
            let web = web(&self.exchange)?;
            let request = web.client.post(web.address("git-upload-pack"));
            let request = web.opened(request).header(CONTENT_TYPE, ASKED);
            let request = request.body(std::mem::take(&mut self.asked));
            self.answer = Some(send(&self.exchange, request, FETCHED)?);
        }
        self.answer.as_mut().ok_or_else(|| io::Error::other("there is no answer"))
    }
}

impl Read for WebStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            let exchange = Arc::clone(&self.exchange);
            let answer = self.answer()?;
            let chunk = exchange.wait(answer.chunk())?;
            let Some(chunk) = chunk.map_err(|error| broken(&exchange, &error))? else { return Ok(0) };
            match self.kind {
                Kind::List => exchange.listed(chunk.len())?,
                Kind::Fetch => exchange.received(chunk.len())?,
            }
            self.rest = chunk;
        }
        let length = buffer.len().min(self.rest.len());
        buffer[..length].copy_from_slice(&self.rest.split_to(length));
        Ok(length)
    }
}

impl Write for WebStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.asked.len() + bytes.len() > LARGEST_REQUEST {
            return Err(io::Error::other("the request is too large"));
        }
        self.asked.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn web(exchange: &Exchange) -> io::Result<&Web> {
    match &exchange.far_end {
        FarEnd::Web(web) => Ok(web),
        FarEnd::Shell(_) | FarEnd::Local => Err(io::Error::other("the far end is no web server")),
    }
}

/// Sends a request and looks at the head of its answer.
fn send(exchange: &Exchange, request: RequestBuilder, kind: &str) -> io::Result<Response> {
    let answer = exchange.wait(request.send())?.map_err(|error| broken(exchange, &error))?;
    let place = exchange.place.clone();
    let told = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let error = match answer.status() {
        StatusCode::OK if told == kind => return Ok(answer),
        StatusCode::OK => RemoteError::Refused { place, answer: "something that is not git".to_owned() },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => RemoteError::AccessDenied { place },
        StatusCode::NOT_FOUND | StatusCode::GONE => RemoteError::NotFound { place },
        status if status.is_redirection() => RemoteError::Moved { place, to: moved_to(&answer) },
        status => RemoteError::Refused { place, answer: format!("with status {}", status.as_u16()) },
    };
    Err(exchange.fail(error))
}

/// Where a redirect points, without what could be a secret in it.
fn moved_to(answer: &Response) -> String {
    let to = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    match to.and_then(|to| answer.url().join(to).ok()) {
        Some(to) => shown(&format!("{}://{}{}", to.scheme(), to.host_str().unwrap_or_default(), to.path())),
        None => "an address that cannot be read".to_owned(),
    }
}

fn broken(exchange: &Exchange, error: &reqwest::Error) -> io::Error {
    let (place, cause) = (exchange.place.clone(), shown_cause(error));
    exchange.fail(if is_untrusted(error) {
        RemoteError::Untrusted { place, cause }
    } else {
        RemoteError::Unreachable { place, cause }
    })
}

/// What went wrong at the bottom of it, for people.
fn shown_cause(error: &reqwest::Error) -> String {
    shown(&cause(error))
}
