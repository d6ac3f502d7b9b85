//! One HTTP exchange with the configured site: addresses, keys, limits, and what went wrong on the way.
//!
//! Every request is sent once, follows no redirect, and goes nowhere but to the configured site. Repeating is
//! decided above, for reads only.

mod deadline;
mod keys;
mod site;
mod unpack;

use std::sync::MutexGuard;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::HeaderValue;
use reqwest::{Client, Method, RequestBuilder, Response, header};

pub(super) use self::deadline::Deadline;
use self::keys::Keys;
pub(super) use self::keys::Redaction;
use self::site::Site;
use super::answer::Answer;
use super::freshness::Freshness;
use super::meter::Meter;
use super::pace::{Held, NoRoom, Pace, Room, Turn};
use super::wire::readable;
use super::{ConnectWiseError, Options};
use crate::outbound::{self, Reach, Route, cause, encryption, is_untrusted};

/// The versioned media type, so that an upgrade of the site does not change what we are sent.
const ACCEPT: &str = "application/vnd.connectwise.com+json; version=2026.4";
/// How large an answer may be, packed and unpacked.
///
/// At most twice `reads_at_once` are received at once, eight unless the settings say otherwise. Each takes the packed and
/// the unpacked body at worst, and a buffer that grows may be twice what it holds: together a gigabyte at the very most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Largest {
    /// One record, a count, a description, or what became of a write.
    Record,
    /// A page of 1,000 additions takes about a third of a megabyte, and a bundle may hold fifty of them.
    List,
}

impl Largest {
    /// In bytes.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Record => 4 << 20,
            Self::List => 32 << 20,
        }
    }
}

/// How long a connection may take to stand, at most: when it does not, it is sure that nothing was sent.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// The way to one site.
pub(super) struct Transport {
    site: Site,
    keys: Keys,
    reads: Client,
    writes: Client,
    requests: AtomicU64,
    pub(super) meter: Meter,
    pace: Pace,
}

/// Which of the two ways a request takes.
#[derive(Clone, Copy)]
enum Way {
    /// Connections are kept and shared.
    Read,
    /// A connection of its own. A kept one may have been closed at the far end just as it is used, and the HTTP
    /// library would then send the request again on another; on a fresh one it never does.
    Write,
}

/// Why an exchange gave no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What happened.
    pub(super) kind: FailureKind,
    /// What the network or the library said.
    pub(super) cause: String,
}

/// What kept the answer away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// No connection stood, so no byte of the request was sent.
    NotConnected,
    /// The certificate was not accepted, so no byte of the request was sent.
    Untrusted,
    /// It took too long; the request may have been sent.
    Timeout,
    /// The connection broke; the request may have been sent.
    Broken,
    /// The answer was over the limit.
    TooLarge,
    /// The answer could not be unpacked.
    Unreadable,
}

impl Transport {
    /// The way to the site of the options. Sends nothing.
    pub(super) fn new(options: &Options) -> Result<Self, ConnectWiseError> {
        Ok(Self {
            site: Site::parse(&options.site)?,
            keys: Keys::new(options)?,
            reads: client(options, Way::Read)?,
            writes: client(options, Way::Write)?,
            requests: AtomicU64::new(0),
            meter: options.meter.clone(),
            pace: options.pace.clone(),
        })
    }

    /// Whether the keys of these options are those that it reads with, at the same site.
    pub(super) fn reads_by(&self, options: &Options) -> bool {
        let keys = Keys::new(options).is_ok_and(|keys| {
            keys.reading() == self.keys.reading() && keys.client_id() == self.keys.client_id()
        });
        keys && Site::parse(&options.site).is_ok_and(|site| site.address(&[]) == self.site.address(&[]))
    }

    /// How many requests were made.
    pub(super) fn requests_made(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// A request without keys to a public address of the site.
    pub(super) fn public(&self, segments: &[&str]) -> RequestBuilder {
        self.reads
            .get(self.site.address(segments))
            .header(header::ACCEPT, "application/json")
            .header(header::CACHE_CONTROL, "no-cache")
    }

    /// A read below the API of a code base.
    pub(super) fn reading(&self, method: Method, codebase: &str, path: &str) -> RequestBuilder {
        self.keyed(&self.reads, self.keys.reading(), method, codebase, path)
    }

    /// A read with the keys that write: what they may do can only be asked with them.
    pub(super) fn checking(&self, codebase: &str, path: &str) -> RequestBuilder {
        self.keyed(&self.reads, self.keys.writing(), Method::GET, codebase, path)
    }

    /// Whether writes are made with keys of their own.
    pub(super) fn has_write_keys(&self) -> bool {
        self.keys.writing() != self.keys.reading()
    }

    /// A write below the API of a code base, on a connection of its own.
    pub(super) fn writing(&self, method: Method, codebase: &str, path: &str) -> RequestBuilder {
        self.keyed(&self.writes, self.keys.writing(), method, codebase, path)
    }

    fn keyed(
        &self,
        client: &Client,
        authorization: HeaderValue,
        method: Method,
        codebase: &str,
        path: &str,
    ) -> RequestBuilder {
        let versions = format!("{codebase}/apis/3.0/{path}");
        let segments: Vec<&str> = versions.split('/').collect();
        client
            .request(method, self.site.address(&segments))
            .header(header::ACCEPT, ACCEPT)
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::ACCEPT_ENCODING, unpack::ACCEPTED)
            .header(header::AUTHORIZATION, authorization)
            .header("clientId", self.keys.client_id())
    }

    /// Waits for leave to send a request.
    pub(super) async fn turn(&self) -> Result<Turn, Held> {
        let turn = self.pace.turn().await?;
        self.meter.throttled(turn.held);
        Ok(turn)
    }

    /// Waits for room for a request that must not wait.
    pub(super) async fn room(&self) -> Result<Room, Held> {
        self.pace.room().await
    }

    /// Room for a request that must not wait, if there is some.
    pub(super) fn room_now(&self) -> Result<Room, NoRoom> {
        self.pace.room_now()
    }

    /// What is known of the far end's clock, by all that ask it.
    pub(super) fn freshness(&self) -> MutexGuard<'_, Freshness> {
        self.pace.freshness()
    }

    /// Sends a request, once, and receives the answer whole. The pace learns from what comes of it.
    pub(super) async fn exchange(
        &self,
        request: RequestBuilder,
        turn: Turn,
        largest: Largest,
    ) -> Result<Answer, Failure> {
        let exchanged = self.exchanged(request, largest).await;
        match &exchanged {
            Ok(answer) if answer.status == 429 => turn.throttled(answer.retry_after()),
            Err(Failure { kind: FailureKind::Timeout, .. }) => turn.timed_out(),
            Ok(_) => turn.answered(),
            Err(_) => drop(turn),
        }
        exchanged
    }

    /// The same for a write, whose connection must stand by that time; later it is not sent.
    pub(super) async fn exchange_by(
        &self,
        by: Option<Deadline>,
        request: RequestBuilder,
        turn: Turn,
    ) -> Result<Answer, Failure> {
        match by {
            Some(by) => deadline::connected_by(by, self.exchange(request, turn, Largest::Record)).await,
            None => self.exchange(request, turn, Largest::Record).await,
        }
    }

    async fn exchanged(&self, request: RequestBuilder, largest: Largest) -> Result<Answer, Failure> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mut response = request.send().await.map_err(|error| {
            self.meter.unanswered();
            failure(&error)
        })?;
        let status = response.status().as_u16();
        self.meter.answered(status, sent_at(response.headers()), Timestamp::now());
        self.meter.came_by(encryption(&response));
        let received = received(&mut response, largest).await;
        let headers = std::mem::take(response.headers_mut());
        let (body, lost) = match received.and_then(|packed| unpacked(&headers, packed, largest)) {
            Ok(body) => (body, None),
            Err(failure) if response.status().is_success() => return Err(failure),
            // What a refusal means is said by its status, whatever became of its text.
            Err(Failure { cause, .. }) => (Bytes::new(), Some(cause)),
        };
        Ok(Answer { status, headers, body, lost, redaction: self.keys.redaction() })
    }
}

/// The body of an answer, as it was sent.
async fn received(response: &mut Response, largest: Largest) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > largest.bytes() {
            let cause = format!("more than {} bytes", largest.bytes());
            return Err(Failure { kind: FailureKind::TooLarge, cause });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The body of an answer, unpacked.
fn unpacked(headers: &header::HeaderMap, packed: Bytes, largest: Largest) -> Result<Bytes, Failure> {
    let encoding = headers.get(header::CONTENT_ENCODING).map(|name| name.to_str().unwrap_or("unreadable"));
    unpack::unpacked(encoding, packed, largest).map_err(|(kind, cause)| Failure { kind, cause })
}

/// When an answer was sent, by the clock of the far end.
fn sent_at(headers: &header::HeaderMap) -> Option<Timestamp> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    rfc2822::parse(date.trim()).ok().map(|at| at.timestamp())
}

fn client(options: &Options, way: Way) -> Result<Client, ConnectWiseError> {
    let unusable = |cause: String| ConnectWiseError::CertificateStore { cause: readable(&cause) };
    let reach = if Site::parse(&options.site)?.is_plain() { Reach::Loopback } else { Reach::World };
    let route = Route {
        reach,
        authority: options.certificate_authority.as_deref(),
        addresses: options.addresses,
        proxy: options.proxy.as_ref(),
    };
    let builder = outbound::client(route)
        .map_err(unusable)?
        .user_agent(concat!("trueup/", env!("CARGO_PKG_VERSION")))
        .no_gzip()
        .timeout(options.request_timeout)
        .connect_timeout(LONGEST_CONNECT.min(options.request_timeout / 2));
    let builder = match way {
        Way::Read => builder.pool_max_idle_per_host(options.pace.most_at_once()),
        Way::Write => deadline::heeding(builder.pool_max_idle_per_host(0).http1_only()),
    };
    builder.build().map_err(|error| unusable(cause(&error)))
}

fn failure(error: &reqwest::Error) -> Failure {
    let kind = if error.is_connect() {
        if is_untrusted(error) { FailureKind::Untrusted } else { FailureKind::NotConnected }
    } else if error.is_timeout() {
        FailureKind::Timeout
    } else {
        FailureKind::Broken
    };
    Failure { kind, cause: readable(&cause(error)) }
}
