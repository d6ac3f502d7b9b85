//! Who is told, of what, and by which way: plain values of the settings, checked before anything is sent.
//!
//! One arm for each way of sending. No `Debug` here shows an address or a secret.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::error::{NotifierError, Undelivered};
use super::mail::Relay;
use super::notice::Notice;
use super::ticket::{ReadOptions, Tickets};
use super::webhook::Webhook;
use super::{slack, teams, webhook};
use crate::outbound::Proxy;
use crate::reconciler::standing::Level;

/// How long one attempt may take. A notice is small; who needs longer is not there.
pub(super) const ATTEMPT: Duration = Duration::from_secs(10);

/// Somebody who is told.
pub struct Notifier {
    name: Arc<str>,
    least: Level,
    tenants: Option<BTreeSet<Arc<str>>>,
    way: Way,
}

/// The way to somebody, as it is set.
pub enum Channel {
    /// A JSON document, signed, to an address of the operator's.
    Webhook {
        /// Where to: https, or http on loopback.
        url: SecretString,
        /// What the signature is made with, at least 16 characters.
        signing_key: SecretString,
        /// A private certificate authority in PEM, trusted beside those of the system.
        certificate_authority: Option<Vec<u8>>,
    },
    /// An incoming webhook of Slack, or of a chat that takes the same.
    Slack {
        /// The address that Slack gave; whoever has it can post.
        url: SecretString,
    },
    /// A Teams workflow that posts what a webhook receives.
    Teams {
        /// The address that the workflow gave; whoever has it can post.
        url: SecretString,
    },
    /// Mail.
    Mail(MailOptions),
    /// Tickets on a service board of ConnectWise.
    Tickets {
        /// How it is reached. The API member needs Service Tickets: Add and Inquire.
        connectwise: ReadOptions,
        /// The name of the board.
        board: String,
        /// The identifier of the company that tickets are for.
        company: String,
    },
}

/// How mail is sent.
pub struct MailOptions {
    /// The relay's host name, as in its certificate.
    pub host: String,
    /// Its port; the usual one of its security when left out.
    pub port: Option<u16>,
    /// How the way to it is protected.
    pub security: MailSecurity,
    /// User and password, where the relay asks for them.
    pub credentials: Option<(String, SecretString)>,
    /// Who writes, such as `trueup <trueup@msp.example>`.
    pub from: String,
    /// Who is written to.
    pub to: Vec<String>,
    /// A private certificate authority in PEM, trusted beside those of the system.
    pub certificate_authority: Option<Vec<u8>>,
}

/// How the way to a mail relay is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// STARTTLS, and nothing is sent without it. Usually port 587.
    StartTls,
    /// TLS from the first byte. Usually port 465.
    Tls,
    /// None: for a relay on this machine only. Usually port 25.
    PlainLoopback,
}

enum Way {
    Webhook(Webhook),
    Slack(Webhook),
    Teams(Webhook),
    Mail(Relay),
    Tickets(Tickets),
}

impl Notifier {
    /// Somebody who is told what is at least so bad, of these tenants or, with `None`, of all.
    ///
    /// # Errors
    ///
    /// Settings that cannot be used. Nothing is sent.
    pub fn new(
        name: &str,
        least: Level,
        tenants: Option<BTreeSet<Arc<str>>>,
        channel: Channel,
    ) -> Result<Self, NotifierError> {
        Self::through(None, name, least, tenants, channel)
    }

    /// The same, where what goes over the web goes through a proxy.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn through(
        proxy: Option<&Proxy>,
        name: &str,
        least: Level,
        tenants: Option<BTreeSet<Arc<str>>>,
        channel: Channel,
    ) -> Result<Self, NotifierError> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
            return Err(NotifierError::Name);
        }
        let way = match channel {
            Channel::Webhook { url, signing_key, certificate_authority } => {
                let signed = Webhook::signed(&url, signing_key, certificate_authority.as_deref(), proxy)?;
                Way::Webhook(signed)
            }
            Channel::Slack { url } => Way::Slack(Webhook::open(&url, proxy)?),
            Channel::Teams { url } => Way::Teams(Webhook::open(&url, proxy)?),
            Channel::Mail(options) => Way::Mail(Relay::new(&options)?),
            Channel::Tickets { connectwise, board, company } => {
                Way::Tickets(Tickets::new(connectwise, board, company)?)
            }
        };
        Ok(Self { name: name.into(), least, tenants, way })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// How bad what it is told is at least.
    pub(super) fn least(&self) -> Level {
        self.least
    }

    /// What of a notice concerns it; nothing where nothing does.
    pub(super) fn part_of(&self, notice: &Notice) -> Option<Notice> {
        let concerned = self.tenants.as_ref().is_none_or(|tenants| tenants.contains(&notice.tenant));
        if concerned { notice.at_least(self.least) } else { None }
    }

    /// One attempt to deliver. `state` is where the way may keep what it has to remember.
    pub(super) async fn deliver(&self, notice: &Notice, state: &Path) -> Result<(), Undelivered> {
        match &self.way {
            Way::Webhook(to) => to.post(webhook::document(notice), &notice.delivery, notice.at).await,
            Way::Slack(to) => to.post(slack::message(notice), &notice.delivery, notice.at).await,
            Way::Teams(to) => to.post(teams::message(notice), &notice.delivery, notice.at).await,
            Way::Mail(relay) => relay.send(notice).await,
            Way::Tickets(tickets) => tickets.open(notice, state).await,
        }
    }
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.way {
            Way::Webhook(_) => "webhook",
            Way::Slack(_) => "slack",
            Way::Teams(_) => "teams",
            Way::Mail(_) => "mail",
            Way::Tickets(_) => "tickets",
        };
        f.debug_struct("Notifier").field("name", &self.name).field("way", &way).finish_non_exhaustive()
    }
}
