//! Hooks: a forge or ConnectWise says that something happened, and a tenant looks sooner than it would have.
//!
//! A hint to look, and nothing more. What a delivery says is never used: the fetch and the reading that follow say what
//! is. So a forged, repeated, late, reordered or lost delivery changes when something is seen and never what is written,
//! and lost ones are covered by the timer.
//!
//! # What is proven, and how
//!
//! A hook exists only with a secret of at least [`SHORTEST_SECRET`] bytes; without one, its address is not there. It may
//! have two, so that a secret can be changed at the sender and here one after the other. The proof is over the bytes as
//! they came, is compared in constant time, and comes before anything is read:
//!
//! | sender | proof |
//! | --- | --- |
//! | GitHub | `X-Hub-Signature-256: sha256=HEX`, HMAC-SHA-256 of the body |
//! | Gitea, Forgejo | `X-Forgejo-Signature` or `X-Gitea-Signature: HEX`, else as GitHub |
//! | Bitbucket | `X-Hub-Signature: sha256=HEX` |
//! | GitLab | a secret token in `X-Gitlab-Token`; or, for a secret that begins with `whsec_`, `webhook-signature: v1,BASE64` over `ID.TIMESTAMP.BODY` |
//! | Azure DevOps | basic authentication with the secret as password and any user name |
//! | plain | `X-Trueup-Signature: sha256=HEX`; `X-Trueup-Delivery` may carry an id |
//! | ConnectWise | the secret in the callback's address, or `x-content-signature` |
//!
//! SHA-1 is refused everywhere.
//!
//! # ConnectWise callbacks
//!
//! ConnectWise signs a callback by a key that is to be fetched from the address in the callback's own `key_url`. Going to
//! an address that an unproven message names would let anybody send the daemon anywhere, so **that address is never gone
//! to**, not even when it looks like ConnectWise's. Two ways are left, and either is enough:
//!
//! - The callback is registered with the secret in its address: `https://HOST/hooks/NAME?token=SECRET&recordId=`.
//!   ConnectWise sends it back with every callback and appends the record's number. Over TLS nobody else sees it.
//! - The secret is the signing key itself, copied by hand: then `x-content-signature` is verified, which is the Base64 of
//!   an HMAC-SHA-256 of the body, keyed by the SHA-256 of the signing key.
//!
//! A callback without either proof is refused like any other. Since the address may hold a secret, whoever logs requests
//! of this listener must leave out what stands behind the question mark.
//!
//! # What is answered
//!
//! `202` for whatever is proven, `404` for everything else (a hook that is not there, a wrong secret, a wrong method, too
//! large a body where the listener lets it through), and `429` for an address that failed too often and never proved
//! itself. All without a body, so that a stranger learns nothing; the operator finds the reason in the log.
//!
//! # How often it rings
//!
//! At most once in ten seconds for each hook, whatever comes. What comes sooner waits, all of it as one, and rings when the
//! ten seconds are over. A delivery that was heard in the last three days rings no more.

mod bell;
mod counts;
mod deliveries;
mod desk;
mod encoding;
mod failures;
mod key;
mod payload;
mod refusal;
mod throttle;
mod verify;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use secrecy::SecretString;

pub use counts::{Count, Outcome};
pub use key::SHORTEST_SECRET;
pub use refusal::Refusal;

use crate::reconciler::standing::Event;
use crate::settings::daemon::HookKind;
use bell::Ring;
use desk::Desk;
use key::Key;
use throttle::SPACING;

/// A hook as the operator set it up.
#[derive(Debug)]
pub struct Hook {
    /// Its address is `/hooks/NAME`, letter by letter: small letters, digits and hyphens do best.
    pub name: Arc<str>,
    /// Who sends to it.
    pub kind: HookKind,
    /// The tenants it rings.
    pub tenants: Vec<Arc<str>>,
    /// Its secrets, any of which is enough. Those that are not [good enough](is_good_enough) do not count, and without one
    /// that does the hook does not exist.
    pub secrets: Vec<SecretString>,
    /// The branch of its tenants, so that pushes to others do not ring. `None`: every delivery rings, as it must when its
    /// tenants follow different branches.
    pub branch: Option<Arc<str>>,
}

/// Whether a secret is good enough for a hook: at least [`SHORTEST_SECRET`] bytes, and a signing token of GitLab
/// (`whsec_…`) must hold a key of as many.
#[must_use]
pub fn is_good_enough(kind: HookKind, secret: &SecretString) -> bool {
    Key::new(kind, secret).is_some()
}

/// The hooks that exist. Clones are the same.
#[derive(Clone)]
pub struct Hooks {
    desk: Arc<Desk>,
}

impl Hooks {
    /// Hooks that ring by `ring`, which is told the tenant and must not wait:
    ///
    /// ```ignore
    /// Hooks::new(hooks, move |tenant, event| {
    ///     if let Some(queue) = queues.get(tenant) {
    ///         queue.push(event);
    ///     }
    /// })
    /// ```
    pub fn new(hooks: Vec<Hook>, ring: impl Fn(&str, Event) + Send + Sync + 'static) -> Self {
        Self::spaced(hooks, Arc::new(ring), SPACING)
    }

    fn spaced(hooks: Vec<Hook>, ring: Ring, spacing: Duration) -> Self {
        Self { desk: Arc::new(Desk::new(hooks, &ring, spacing)) }
    }

    /// The names of the hooks that exist. With none of them, nothing needs to listen.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.desk.names().map(AsRef::as_ref)
    }

    /// Answers everything that reaches the hooks' own listener, which needs
    /// [`Limits::WEBHOOK_BODY_BYTES`](crate::web::Limits::WEBHOOK_BODY_BYTES) for a body.
    ///
    /// Failures are counted by the address of the [`Caller`](crate::web::Caller). Behind a proxy that the listener does not
    /// believe, all senders share one account.
    pub fn router(&self) -> Router {
        Router::new().fallback(desk::answer).with_state(Arc::clone(&self.desk))
    }

    /// How many deliveries came to what since the start, for who embeds the hooks. The daemon writes each to its log.
    #[must_use]
    pub fn counts(&self) -> Vec<Count> {
        self.desk.counts().all()
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.names()).finish()
    }
}
