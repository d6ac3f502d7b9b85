//! Where all deliveries arrive: finds the hook, and gives every sender one of three answers, each without a word.
//!
//! `202` for whatever is proven, `404` for everything else, and `429` for an address that got too many of those and never a `202`. A hook
//! that is not there, a wrong secret and a wrong method look the same, so that nobody learns which hooks there are.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use tokio::time::Instant;

use super::bell::{Bell, Ring};
use super::counts::Counts;
use super::failures::Failures;
use super::{Hook, Outcome, Refusal};
use crate::web::Caller;

/// All hooks that exist, and what was seen of senders.
pub(super) struct Desk {
    bells: BTreeMap<Arc<str>, Arc<Bell>>,
    failures: Mutex<Failures>,
    counts: Counts,
}

impl Desk {
    /// Of two hooks of one name, the first stands.
    pub(super) fn new(hooks: Vec<Hook>, ring: &Ring, spacing: Duration) -> Self {
        let mut bells = BTreeMap::new();
        for hook in hooks {
            let name = Arc::clone(&hook.name);
            if let Some(bell) = Bell::new(hook, Arc::clone(ring), spacing) {
                bells.entry(name).or_insert_with(|| Arc::new(bell));
            }
        }
        Self { bells, failures: Mutex::default(), counts: Counts::default() }
    }

    /// The names of the hooks that exist.
    pub(super) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.bells.keys()
    }

    /// The counters.
    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The hook of an address. Its name stands there letter by letter; nothing is decoded.
    fn bell(&self, path: &str) -> Option<(&Arc<str>, &Arc<Bell>)> {
        self.bells.get_key_value(path.strip_prefix("/hooks/")?)
    }

    fn failures<T>(&self, work: impl FnOnce(&mut Failures) -> T) -> T {
        work(&mut self.failures.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Answers a request.
pub(super) async fn answer(State(desk): State<Arc<Desk>>, request: Request) -> StatusCode {
    let address = address(&request);
    if desk.failures(|failures| failures.are_too_many(address, Instant::now().into_std())) {
        desk.counts.add(None, Outcome::Limited);
        return StatusCode::TOO_MANY_REQUESTS;
    }
    let (hook, result) = match desk.bell(request.uri().path()) {
        Some((name, bell)) => (Some(name), bell.take(request).await),
        None => (None, Err(Refusal::Unknown)),
    };
    match result {
        Ok(outcome) => {
            desk.counts.add(hook, outcome);
            desk.failures(|failures| failures.forgive(address, Instant::now().into_std()));
            tracing::info!(hook = hook.map(AsRef::as_ref), outcome = outcome.as_str(), "hook heard");
            StatusCode::ACCEPTED
        }
        Err(refusal) => {
            desk.counts.add(hook, Outcome::Refused(refusal));
            desk.failures(|failures| failures.note(address, Instant::now().into_std()));
            tracing::warn!(hook = hook.map(AsRef::as_ref), reason = refusal.as_str(), %address, "hook refused");
            StatusCode::NOT_FOUND
        }
    }
}

/// Where a request came from. All of which nobody says it share one account.
fn address(request: &Request) -> IpAddr {
    let caller = request.extensions().get::<Caller>();
    caller.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |caller| caller.address)
}
