//! Reads of one instance: as many at once as allowed, repeated where that can help, at the code base of now.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use reqwest::{Method, header};

use super::answer::Answer;
use super::freshness::Strictness;
use super::pace::Held;
use super::progress::Detour;
use super::retry::Retry;
use super::transport::{Failure, FailureKind, Largest, Transport};
use super::{ConnectWiseError, Instance, Options, Resource, company_info};

/// A read: what about, where, and how.
pub(super) struct Ask<'a> {
    /// What is asked for.
    pub(super) resource: Resource,
    /// Where it is, below the API.
    pub(super) path: &'a str,
    /// The query.
    pub(super) query: Vec<(&'static str, String)>,
    /// How.
    pub(super) form: Form,
    /// How much rests on it.
    pub(super) strictness: Strictness,
}

/// The forms a read can take.
#[derive(Clone)]
pub(super) enum Form {
    /// One record.
    Record,
    /// A page of a list, in the order of numbers.
    Page,
    /// The same, as the member that writes.
    PageForWriter,
    /// Several lists by one request, whose body is this. It is a POST that changes nothing.
    Bundle(Bytes),
}

impl Form {
    /// How large its answer may be.
    fn largest(&self) -> Largest {
        match self {
            Self::Record => Largest::Record,
            Self::Page | Self::PageForWriter | Self::Bundle(_) => Largest::List,
        }
    }
}

/// What is known of one instance while it is read.
pub(super) struct Session {
    pub(super) transport: Transport,
    company: String,
    instance: Mutex<Instance>,
    detours: Mutex<BTreeSet<Detour>>,
    retry: Retry,
}

impl Session {
    /// Asks the site where its API is. No key is sent for that.
    pub(super) async fn open(options: Options) -> Result<Self, ConnectWiseError> {
        let transport = Transport::new(&options)?;
        let retry = Retry::new(options.retry_pause);
        let instance = retry.repeating(|| find(&transport, &options.company)).await?;
        Ok(Self {
            transport,
            company: options.company,
            instance: Mutex::new(instance),
            detours: Mutex::default(),
            retry,
        })
    }

    /// Which instance answers.
    pub(super) fn instance(&self) -> Instance {
        unpoisoned(&self.instance).clone()
    }

    /// Where its API is now.
    pub(super) fn codebase(&self) -> String {
        unpoisoned(&self.instance).codebase.clone()
    }

    /// The quick ways that were refused so far.
    pub(super) fn detours(&self) -> BTreeSet<Detour> {
        unpoisoned(&self.detours).clone()
    }

    /// Remembers that a quick way is refused; true the first time.
    pub(super) fn take_detour(&self, detour: Detour) -> bool {
        unpoisoned(&self.detours).insert(detour)
    }

    /// Reads, and gives the JSON text of a good answer, from where the API is now.
    ///
    /// It is followed once. An API that moves again meanwhile is an error, and what it does not find there is not taken
    /// for gone.
    pub(super) async fn read(&self, ask: &Ask<'_>) -> Result<Answer, ConnectWiseError> {
        let codebase = self.codebase();
        let read = self.retry.repeating(|| self.read_once(ask, &codebase)).await;
        let Some(found) = self.moved_from(&codebase, &read).await? else { return read };
        let read = self.retry.repeating(|| self.read_once(ask, &found)).await;
        match self.moved_from(&found, &read).await? {
            Some(_) => Err(ConnectWiseError::Moved { resource: ask.resource }),
            None => read,
        }
    }

    /// Where the API is instead, if a read found nothing because it moved. An upgrade of the site moves it, and everything
    /// that is asked for at the old place is then not found; nothing may be taken for gone before this is known.
    async fn moved_from(
        &self,
        codebase: &str,
        read: &Result<Answer, ConnectWiseError>,
    ) -> Result<Option<String>, ConnectWiseError> {
        let Err(ConnectWiseError::NotFound { .. } | ConnectWiseError::NotRouted { .. }) = read else {
            return Ok(None);
        };
        let found = self.retry.repeating(|| find(&self.transport, &self.company)).await?;
        let moved = (found.codebase != codebase).then(|| found.codebase.clone());
        *unpoisoned(&self.instance) = found;
        Ok(moved)
    }

    async fn read_once(&self, ask: &Ask<'_>, codebase: &str) -> Result<Answer, ConnectWiseError> {
        let turn = self.transport.turn().await.map_err(throttled)?;
        let request = match &ask.form {
            Form::Record => self.transport.reading(Method::GET, codebase, ask.path),
            Form::Page => self
                .transport
                .reading(Method::GET, codebase, ask.path)
                .header("pagination-type", "forward-only"),
            Form::PageForWriter => {
                self.transport.checking(codebase, ask.path).header("pagination-type", "forward-only")
            }
            Form::Bundle(body) => self
                .transport
                .reading(Method::POST, codebase, ask.path)
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.clone()),
        };
        let asked = Instant::now();
        let sent = self.transport.exchange(request.query(&ask.query), turn, ask.form.largest()).await;
        let answer = sent.map_err(|failure| read_failure(failure, ask.resource))?;
        answer.json(ask.resource)?;
        self.judge_age(&answer, asked, ask)?;
        Ok(answer)
    }

    /// Learns what time it is at the far end from the answer to a write, if it was acknowledged: nothing on the way can have
    /// kept that, while a refusal may be of something on the way, by its own clock.
    pub(super) fn learn_time(&self, answer: &Answer) {
        if let (200..=299, Some(dated)) = (answer.status, answer.dated()) {
            self.transport.freshness().learn(dated, Instant::now());
        }
    }

    /// Refuses an answer that was made before it was asked for.
    fn judge_age(&self, answer: &Answer, asked: Instant, ask: &Ask<'_>) -> Result<(), ConnectWiseError> {
        let Some(dated) = answer.dated() else { return Ok(()) };
        let early = self.transport.freshness().judge(dated, asked, Instant::now(), ask.strictness);
        let Some(early) = early else { return Ok(()) };
        let what = format!(
            "dated {} seconds before the clock of an earlier answer: a stored copy, or servers whose clocks differ",
            early.as_secs()
        );
        Err(ConnectWiseError::BadAnswer { resource: ask.resource, what })
    }
}

/// Reads the public description of the instance.
async fn find(transport: &Transport, company: &str) -> Result<Instance, ConnectWiseError> {
    let resource = Resource::CompanyInfo;
    let request = transport.public(&["login", "companyinfo", company]);
    let turn = transport.turn().await.map_err(throttled)?;
    let answer = transport
        .exchange(request, turn, Largest::Record)
        .await
        .map_err(|failure| read_failure(failure, resource))?;
    if let Some(named) = company_info::another(answer.json(resource)?, company) {
        let what = format!("the description of another company, {named}");
        return Err(ConnectWiseError::BadAnswer { resource, what });
    }
    let found = company_info::read(answer.json(resource)?)
        .map_err(|unreadable| ConnectWiseError::BadAnswer { resource, what: unreadable.0 })?;
    found.ok_or_else(|| ConnectWiseError::UnknownCompany { company: company.to_owned() })
}

/// ConnectWise asked for a pause that is too long to wait for.
fn throttled(held: Held) -> ConnectWiseError {
    ConnectWiseError::Throttled { retry_after: Some(held.0) }
}

/// What a failed exchange means for a read.
fn read_failure(failure: Failure, resource: Resource) -> ConnectWiseError {
    let Failure { kind, cause } = failure;
    match kind {
        FailureKind::NotConnected | FailureKind::Broken => ConnectWiseError::Unreachable { cause },
        FailureKind::Untrusted => ConnectWiseError::Untrusted { cause },
        FailureKind::Timeout => ConnectWiseError::Timeout { resource },
        FailureKind::TooLarge => ConnectWiseError::TooLarge { resource, cause },
        FailureKind::Unreadable => ConnectWiseError::BadAnswer { resource, what: cause },
    }
}

/// The value behind a lock. None of ours is left half changed, so a panic elsewhere does not matter.
pub(super) fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
