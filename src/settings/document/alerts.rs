//! Whom the daemon tells when something needs somebody, as written. The doc comments here are what an editor shows.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{SecretDocument, Written};

/// Somebody who is told when a tenant's standing changes
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct AlertDocument {
    /// The way to them
    pub(in crate::settings) to: ChannelDocument,
    /// The least that is told; attention when left out
    pub(in crate::settings) least: Option<LeastDocument>,
    /// The tenants that it is about; all when left out
    #[serde(default)]
    pub(in crate::settings) tenants: Vec<Written>,
}

/// The least that is told
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::settings) enum LeastDocument {
    /// Whatever somebody should look at, held lines among it
    Attention,
    /// Only what keeps bills from being right
    Bad,
}

/// The way to somebody
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::settings) enum ChannelDocument {
    /// Signed JSON to a web address
    Webhook(WebhookDocument),
    /// A Slack incoming webhook
    Slack(ChatDocument),
    /// A Microsoft Teams workflow
    Teams(ChatDocument),
    /// Mail
    Mail(MailDocument),
    /// Tickets on a service board of a tenant's ConnectWise
    Tickets(TicketsDocument),
}

/// Signed JSON to a web address
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct WebhookDocument {
    /// The address
    pub(in crate::settings) url: SecretDocument,
    /// What the body is signed with, at least 16 characters
    pub(in crate::settings) secret: SecretDocument,
    /// A private certificate authority in PEM, trusted beside those of the system; relative to this file
    pub(in crate::settings) ca_file: Option<Written>,
}

/// A channel of a chat
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct ChatDocument {
    /// The address that posts to the channel; whoever has it can post, so it is a secret
    pub(in crate::settings) url: SecretDocument,
}

/// Mail
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct MailDocument {
    /// The relay's host name, as in its certificate
    pub(in crate::settings) host: Written,
    /// Its port; the usual one of its security when left out
    pub(in crate::settings) port: Option<u16>,
    /// How the way to it is protected; starttls when left out
    pub(in crate::settings) security: Option<MailSecurityDocument>,
    /// The user to log in as
    pub(in crate::settings) user: Option<Written>,
    /// The user's password
    pub(in crate::settings) password: Option<SecretDocument>,
    /// Who writes, such as trueup@msp.example
    pub(in crate::settings) from: Written,
    /// Who is written to
    #[schemars(length(min = 1))]
    pub(in crate::settings) to: Vec<Written>,
    /// A private certificate authority in PEM, trusted beside those of the system; relative to this file
    pub(in crate::settings) ca_file: Option<Written>,
}

/// How the way to a mail relay is protected
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::settings) enum MailSecurityDocument {
    /// STARTTLS, and nothing is sent without it
    Starttls,
    /// TLS from the first byte
    Tls,
    /// None: for a relay on this machine only
    PlainLoopback,
}

/// Tickets on a service board of a tenant's ConnectWise
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct TicketsDocument {
    /// The tenant whose ConnectWise it is; its API member needs Service Tickets: Add and Inquire
    pub(in crate::settings) tenant: Written,
    /// The name of the board
    pub(in crate::settings) board: Written,
    /// The Company ID that tickets are for
    pub(in crate::settings) company: Written,
}
