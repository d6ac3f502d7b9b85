//! Whom the daemon tells when something needs somebody.
//!
//! Plain values, checked. Sends nothing and reads no secret.

use std::sync::Arc;

use super::secret::Secret;

/// Somebody who is told when a tenant's standing changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The way to them.
    pub to: Channel,
    /// The least that is told.
    pub least: Least,
    /// The tenants that it is about; `None` for all.
    pub tenants: Option<Vec<Arc<str>>>,
}

/// The least that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Least {
    /// Whatever somebody should look at.
    Attention,
    /// Only what keeps bills from being right.
    Bad,
}

/// The way to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Signed JSON to a web address.
    Webhook {
        /// The address.
        url: Secret,
        /// What the body is signed with.
        secret: Secret,
    },
    /// A Slack incoming webhook.
    Slack {
        /// The address that posts.
        url: Secret,
    },
    /// A Microsoft Teams workflow.
    Teams {
        /// The address that posts.
        url: Secret,
    },
    /// Mail.
    Mail(Mail),
    /// Tickets on a service board.
    Tickets {
        /// The tenant whose ConnectWise it is.
        tenant: Arc<str>,
        /// The name of the board.
        board: Arc<str>,
        /// The Company ID that tickets are for.
        company: Arc<str>,
    },
}

/// How mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The relay's host name.
    pub host: Arc<str>,
    /// Its port; the usual one when left out.
    pub port: Option<u16>,
    /// How the way to it is protected.
    pub security: MailSecurity,
    /// The user and the password.
    pub credentials: Option<(Arc<str>, Secret)>,
    /// Who writes.
    pub from: Arc<str>,
    /// Who is written to, at least one.
    pub to: Vec<Arc<str>>,
}

/// How the way to a mail relay is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// STARTTLS, and nothing is sent without it.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None, on this machine only.
    PlainLoopback,
}
