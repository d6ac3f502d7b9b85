//! Whom the daemon tells when something needs somebody.
//!
//! Plain values, checked. Sends nothing and reads no secret; certificates are read when they are needed.

use std::path::PathBuf;
use std::sync::Arc;

use super::access::certificates;
use super::secret::Secret;
use crate::problem::Problem;

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
        /// A private certificate authority.
        ca_file: Option<PathBuf>,
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

impl Channel {
    /// Reads the private certificate authority, where one is set.
    ///
    /// # Errors
    ///
    /// When the file is not there, or is none that could hold certificates.
    pub fn certificate_authority(&self) -> Result<Option<Vec<u8>>, Problem> {
        match self {
            Self::Webhook { ca_file, .. } | Self::Mail(Mail { ca_file, .. }) => {
                ca_file.as_deref().map(certificates).transpose()
            }
            Self::Slack { .. } | Self::Teams { .. } | Self::Tickets { .. } => Ok(None),
        }
    }
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
    /// A private certificate authority.
    pub ca_file: Option<PathBuf>,
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
