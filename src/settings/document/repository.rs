//! Where mappings are, as written.
//!
//! The doc comments here are what an editor shows.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{SecretDocument, Written, WrittenDuration};

/// Where mappings are: a remote by its url, or a local clone or plain folder by its path
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct RepositoryDocument {
    /// The path of a local clone, bare or checked out, or of a plain folder; relative to this file
    pub(in crate::settings) path: Option<Written>,
    /// The address of a remote, without credentials: https://…, ssh://…, user@host:path or file://…
    pub(in crate::settings) url: Option<Written>,
    /// The branch whose newest commit is planned; when left out the default branch of a remote, or a local working directory as it stands
    pub(in crate::settings) branch: Option<Written>,
    /// The mapping folder in it; mappings when left out
    pub(in crate::settings) folder: Option<Written>,
    /// What a remote is opened with: token and basic for https, ssh for ssh
    pub(in crate::settings) access: Option<RemoteAccessDocument>,
    /// A private certificate authority in PEM, trusted beside those of the system; relative to this file
    pub(in crate::settings) ca_file: Option<Written>,
    /// The keys that may sign commits, as an OpenSSH allowed_signers file; every commit must then be signed by one; relative to this file
    pub(in crate::settings) signers: Option<Written>,
    /// How often trueup run looks for new commits; 60s when left out
    pub(in crate::settings) poll: Option<WrittenDuration>,
    /// The folder a remote is fetched to; beside the journal when left out; relative to this file
    pub(in crate::settings) clone: Option<Written>,
}

/// What a remote is opened with
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::settings) enum RemoteAccessDocument {
    /// A token of the forge, with read access to this repository; for https
    Token(SecretDocument),
    /// A user name and a password; for https
    Basic(BasicDocument),
    /// A private key, and the hosts that are known; for ssh
    Ssh(SshDocument),
}

/// A user name and a password
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct BasicDocument {
    /// The user name
    pub(in crate::settings) username: Written,
    /// The password, or a token where a forge wants a user name beside it
    pub(in crate::settings) password: SecretDocument,
}

/// A private key, and the hosts that are known
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct SshDocument {
    /// The file with the private key, without a passphrase; relative to this file
    pub(in crate::settings) key: Written,
    /// The file with the keys of the hosts that are trusted, as ssh-keyscan prints them; relative to this file
    pub(in crate::settings) known_hosts: Written,
}
