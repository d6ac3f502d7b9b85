//! One hook at work: from a request to a ring.
//!
//! Reads nothing of the body before the method, the size and the proof were judged, in this order. Rings for whoever is
//! behind it and knows nothing of what they do.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, header};
use futures_util::StreamExt;
use tokio::time;

use super::deliveries::{Deliveries, Sighting};
use super::key::Key;
use super::payload::{Aim, aim};
use super::throttle::{Throttle, Turn};
use super::verify::{Delivery, Verified, verify};
use super::{Hook, Outcome, Refusal};
use crate::reconciler::standing::Event;
use crate::settings::daemon::HookKind;
use crate::web::Limits;

/// Pushes of thousands of commits are larger. They are refused, and found by the next look anyway.
const LARGEST_BODY: usize = Limits::WEBHOOK_BODY_BYTES;

/// A body that takes longer keeps its place from others.
const BODY_TIME: Duration = Duration::from_secs(10);

/// How a tenant is rung.
pub(super) type Ring = Arc<dyn Fn(&str, Event) + Send + Sync>;

/// A hook that exists.
pub(super) struct Bell {
    kind: HookKind,
    keys: Vec<Key>,
    tenants: Vec<Arc<str>>,
    branch: Option<Arc<str>>,
    deliveries: Mutex<Deliveries>,
    throttle: Mutex<Throttle>,
    ring: Ring,
}

impl Bell {
    /// `None` when the hook has no secret that is good enough: then it does not exist.
    pub(super) fn new(hook: Hook, ring: Ring, spacing: Duration) -> Option<Self> {
        let Hook { name: _, kind, tenants, secrets, branch } = hook;
        let keys: Vec<Key> = secrets.iter().filter_map(|secret| Key::new(kind, secret)).collect();
        (!keys.is_empty()).then(|| Self {
            kind,
            keys,
            tenants,
            branch,
            deliveries: Mutex::default(),
            throttle: Mutex::new(Throttle::every(spacing)),
            ring,
        })
    }

    /// Takes a delivery.
    ///
    /// # Errors
    ///
    /// Why it is refused.
    pub(super) async fn take(self: &Arc<Self>, request: Request) -> Result<Outcome, Refusal> {
        if *request.method() != Method::POST {
            return Err(Refusal::Method);
        }
        let (head, body) = request.into_parts();
        let declared = head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let declared = declared.and_then(|digits| digits.parse::<u64>().ok());
        if declared.is_some_and(|length| length > LARGEST_BODY as u64) {
            return Err(Refusal::TooLarge);
        }
        let body = time::timeout(BODY_TIME, read(body)).await.map_err(|_| Refusal::Broken)??;

        let query = head.uri.query().unwrap_or_default();
        let delivery = Delivery { headers: &head.headers, query, body: &body };
        let verified = verify(self.kind, delivery, &self.keys)?;
        let (outcome, appointment) = self.hear(&verified, time::Instant::now().into_std());
        if let Some(at) = appointment {
            self.keep_at(at);
        }
        Ok(outcome)
    }

    /// Decides what a proven delivery comes to, and rings if it may now. Else it may say when to [`Bell::keep`].
    pub(super) fn hear(&self, verified: &Verified<'_>, now: Instant) -> (Outcome, Option<Instant>) {
        if let Some(id) = verified.id() {
            let mut deliveries = self.deliveries.lock().unwrap_or_else(PoisonError::into_inner);
            match deliveries.see(id, verified.body(), now) {
                Sighting::First => {}
                Sighting::Repeated => return (Outcome::Repeated, None),
            }
        }
        if self.branch.as_ref().is_some_and(|branch| aim(verified, branch) == Aim::Elsewhere) {
            return (Outcome::Elsewhere, None);
        }
        match self.throttled(|throttle| throttle.ask(now)) {
            Turn::Now => {
                self.ring();
                (Outcome::Rang, None)
            }
            Turn::At(at) => (Outcome::Delayed, Some(at)),
            Turn::Waiting => (Outcome::Joined, None),
        }
    }

    /// Rings for all that came too soon.
    pub(super) fn keep(&self, now: Instant) {
        match self.throttled(|throttle| throttle.keep(now)) {
            Turn::Now => self.ring(),
            Turn::At(_) | Turn::Waiting => {}
        }
    }

    fn ring(&self) {
        let event = match self.kind {
            HookKind::Connectwise => Event::Callback,
            HookKind::Github
            | HookKind::Gitlab
            | HookKind::Gitea
            | HookKind::Forgejo
            | HookKind::Bitbucket
            | HookKind::AzureDevops
            | HookKind::Plain => Event::Hook,
        };
        for tenant in &self.tenants {
            (self.ring)(tenant, event);
        }
    }

    /// There is at most one such task of a hook: the throttle tells nobody else to wait meanwhile.
    fn keep_at(self: &Arc<Self>, at: Instant) {
        let bell = Arc::clone(self);
        tokio::spawn(async move {
            time::sleep_until(at.into()).await;
            bell.keep(time::Instant::now().into_std());
        });
    }

    fn throttled(&self, work: impl FnOnce(&mut Throttle) -> Turn) -> Turn {
        work(&mut self.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The bytes of a body, as they came: never decompressed, never decoded.
async fn read(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk: Bytes = chunk.map_err(|_| Refusal::Broken)?;
        if bytes.len() + chunk.len() > LARGEST_BODY {
            return Err(Refusal::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
