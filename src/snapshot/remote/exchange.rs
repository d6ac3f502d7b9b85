//! One exchange with a remote: its time, what arrived so far, and why it ended.
//!
//! Keeps the limits for every way of reaching a remote, and remembers what went wrong in our own words: the git library
//! passes on only a text.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, timeout_at};

use super::address::Way;
use super::error::shown;
use super::https::Web;
use super::ssh::Shell;
use super::{Limits, Remote, RemoteError, transport};

/// An exchange that is under way.
pub(super) struct Exchange {
    pub(super) far_end: FarEnd,
    pub(super) place: String,
    limits: Limits,
    url: String,
    runtime: Runtime,
    until: Instant,
    received: AtomicU64,
    failure: Mutex<Option<RemoteError>>,
}

/// What is at the other end.
pub(super) enum FarEnd {
    /// A web server.
    Web(Web),
    /// A host that `ssh` goes to.
    Shell(Shell),
    /// A repository on this machine, which the git library reads itself.
    Local,
}

/// Why an exchange ended.
pub(super) enum Trouble {
    /// The git library said so; what we know ourselves is better.
    Git(git2::Error),
    /// We know.
    Known(RemoteError),
}

impl From<git2::Error> for Trouble {
    fn from(error: git2::Error) -> Self {
        Self::Git(error)
    }
}

impl From<RemoteError> for Trouble {
    fn from(error: RemoteError) -> Self {
        Self::Known(error)
    }
}

impl Exchange {
    /// Runs one exchange to its end. Must not be called from asynchronous code.
    pub(super) fn run<T>(
        remote: &Remote,
        work: impl FnOnce(&Self) -> Result<T, Trouble>,
    ) -> Result<T, RemoteError> {
        let exchange = Arc::new(Self::begin(remote)?);
        let done = transport::during(&exchange, || work(&exchange));
        done.map_err(|trouble| exchange.explain(trouble))
    }

    fn begin(remote: &Remote) -> Result<Self, RemoteError> {
        let place = remote.address.to_string();
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|cause| RemoteError::Unreachable { place: place.clone(), cause: cause.to_string() })?;
        let (far_end, url) = match &remote.address.way {
            Way::Web(url) => (FarEnd::Web(Web::new(url.clone(), remote)?), transport::URL.to_owned()),
            Way::Ssh(login) => (
                FarEnd::Shell(Shell::new(login, &remote.access, remote.limits.time)?),
                transport::URL.to_owned(),
            ),
            Way::Local => (FarEnd::Local, place.clone()),
        };
        let until = Instant::now() + remote.limits.time;
        let (received, failure) = (AtomicU64::new(0), Mutex::new(None));
        Ok(Self { far_end, place, limits: remote.limits, url, runtime, until, received, failure })
    }

    /// The address that the git library is given: its own for this machine, else one that leads here and nowhere else.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for something within the time of the exchange.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> io::Result<T> {
        let done = self.runtime.block_on(async { timeout_at(self.until, work).await });
        done.map_err(|_| self.too_slow())
    }

    /// Waits for something that closes the exchange, whatever its time.
    pub(super) fn close(&self, work: impl Future<Output = ()>) {
        self.runtime.block_on(work);
    }

    /// Counts bytes of the list of refs.
    pub(super) fn listed(&self, bytes: usize) -> io::Result<()> {
        self.count(bytes, self.limits.listed, "of refs")
    }

    /// Counts bytes of history.
    pub(super) fn received(&self, bytes: usize) -> io::Result<()> {
        self.count(bytes, self.limits.received + self.limits.listed, "of history")
    }

    /// Whether neither the time nor the size is over the limit, where the git library counts itself.
    pub(super) fn goes_on(&self, received: u64) -> bool {
        if Instant::now() >= self.until {
            self.too_slow();
            return false;
        }
        received <= self.limits.received || {
            self.too_large(self.limits.received, "of history");
            false
        }
    }

    /// Remembers why the exchange ends, and ends it: the git library passes on only that it did.
    pub(super) fn fail(&self, error: RemoteError) -> io::Error {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        io::Error::other("the exchange was ended")
    }

    fn count(&self, bytes: usize, limit: u64, what: &str) -> io::Result<()> {
        let before = self.received.fetch_add(bytes as u64, Ordering::Relaxed);
        if before + bytes as u64 > limit { Err(self.too_large(limit, what)) } else { Ok(()) }
    }

    fn too_slow(&self) -> io::Error {
        self.fail(RemoteError::TooSlow { place: self.place.clone(), seconds: self.limits.time.as_secs() })
    }

    fn too_large(&self, limit: u64, what: &str) -> io::Error {
        let limit = format!("{limit} bytes {what}");
        self.fail(RemoteError::TooLarge { place: self.place.clone(), limit })
    }

    /// Whether the git library found no repository on this machine.
    fn is_missing(&self, error: &git2::Error) -> bool {
        let missing = [git2::ErrorClass::Os, git2::ErrorClass::Repository].contains(&error.class());
        matches!(self.far_end, FarEnd::Local)
            && error.code() != git2::ErrorCode::Owner
            && (missing || error.code() == git2::ErrorCode::NotFound)
    }

    fn explain(&self, trouble: Trouble) -> RemoteError {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        let place = || self.place.clone();
        match (failure, trouble) {
            (Some(known), _) | (None, Trouble::Known(known)) => known,
            (None, Trouble::Git(error)) if self.is_missing(&error) => {
                RemoteError::NotFound { place: place() }
            }
            (None, Trouble::Git(error)) if error.code() == git2::ErrorCode::Owner => {
                let answer = "that it belongs to another user".to_owned();
                RemoteError::Refused { place: place(), answer }
            }
            (None, Trouble::Git(error)) => {
                RemoteError::Broken { place: place(), detail: shown(error.message()) }
            }
        }
    }
}
