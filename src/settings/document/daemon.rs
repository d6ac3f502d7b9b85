//! What the daemon is told, as written: where it listens, and who may ring.
//!
//! The doc comments here are what an editor shows.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{SecretDocument, Written};

/// Where something listens
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::settings) enum ListenDocument {
    /// An address and a port, such as 127.0.0.1:8480
    Address(Written),
    /// The same with encryption, a proxy, names and a login
    Full(FullListenDocument),
}

/// Where something listens, with encryption, a proxy, names and a login
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct FullListenDocument {
    /// An address and a port, such as 0.0.0.0:8480
    pub(in crate::settings) address: Written,
    /// A certificate and its key; needed beyond loopback, unless a proxy encrypts
    pub(in crate::settings) tls: Option<TlsDocument>,
    /// A proxy in front of it that encrypts
    pub(in crate::settings) proxy: Option<ProxyDocument>,
    /// The host names it is asked by, such as trueup.example.com; loopback names are always known
    #[serde(default)]
    pub(in crate::settings) names: Vec<Written>,
    /// The file of the users that may look, one line each as trueup user prints it; needed beyond loopback, unless people log
    /// in at the proxy; relative to this file
    pub(in crate::settings) users: Option<Written>,
}

/// A proxy in front of a listener. Only this one is believed about who asks
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct ProxyDocument {
    /// The addresses it connects from, such as 10.0.0.5: each a single one, not a network, so the proxy needs one that stays
    #[schemars(length(min = 1))]
    pub(in crate::settings) addresses: Vec<Written>,
    /// The header in which it names the user who logged in at it, such as X-Forwarded-User; takes the place of users. The proxy
    /// must set or clear it in every request: else it is a login for whoever sends it
    pub(in crate::settings) user_header: Option<Written>,
}

/// A certificate and its key
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct TlsDocument {
    /// The certificate chain in PEM; relative to this file
    pub(in crate::settings) certificate: Written,
    /// Its private key in PEM, a file that only its owner may read; relative to this file
    pub(in crate::settings) key: Written,
}

/// Where the metrics are read
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct MetricsDocument {
    /// A listener for the metrics alone; they stand beside the status page when left out
    pub(in crate::settings) listen: Option<ListenDocument>,
    /// The token that who reads them must send; needed beyond loopback
    pub(in crate::settings) token: Option<SecretDocument>,
}

/// Somebody who says that there is something new
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct HookDocument {
    /// Who rings
    pub(in crate::settings) kind: HookKindDocument,
    /// The tenants that then look again; all when left out
    #[serde(default)]
    pub(in crate::settings) tenants: Vec<Written>,
    /// The secrets that are shared with who rings, at least 32 bytes each; two while one replaces the other
    #[schemars(length(min = 1))]
    pub(in crate::settings) secrets: Vec<SecretDocument>,
    /// Only pushes to this branch count; every push when left out
    pub(in crate::settings) branch: Option<Written>,
}

/// Who rings
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::settings) enum HookKindDocument {
    /// GitHub, by its X-Hub-Signature-256
    Github,
    /// GitLab
    Gitlab,
    /// Gitea
    Gitea,
    /// Forgejo
    Forgejo,
    /// Bitbucket
    Bitbucket,
    /// Azure DevOps
    AzureDevops,
    /// Anything else that signs the body: X-Trueup-Signature: sha256=HEX, its HMAC-SHA-256 by the secret
    Plain,
    /// A callback of ConnectWise
    Connectwise,
}
