//! What the daemon is told: where it listens, and who may ring.
//!
//! Plain values, checked. Opens nothing and reads no secret.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use super::secret::Secret;

/// Where something listens, and who may ask there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address and port.
    pub address: SocketAddr,
    /// A certificate and its key.
    pub tls: Option<Tls>,
    /// A proxy in front that encrypts.
    pub proxy: Option<Proxy>,
    /// The host names it is asked by, besides loopback names and its own address.
    pub names: Vec<Arc<str>>,
    /// The file of the users that may look.
    pub users: Option<PathBuf>,
}

impl Listen {
    /// An address alone.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self { address, tls: None, proxy: None, names: Vec::new(), users: None }
    }
}

/// A proxy in front of a listener. Only this one is believed about who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// The addresses it connects from, at least one.
    pub addresses: Vec<IpAddr>,
    /// The header in which it names the user who logged in at it.
    pub user_header: Option<Arc<str>>,
}

/// A certificate chain and its private key, both in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The file of the chain.
    pub certificate: PathBuf,
    /// The file of the key, which only its owner may read.
    pub key: PathBuf,
}

/// Where the metrics are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// A listener for them alone; `None` puts them beside the status page.
    pub listen: Option<Listen>,
    /// The token that who reads them must send.
    pub token: Option<Secret>,
}

/// Somebody who says that there is something new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Who rings.
    pub kind: HookKind,
    /// The tenants that then look again, at least one.
    pub tenants: Vec<Arc<str>>,
    /// The secrets that are shared with who rings, at least one.
    pub secrets: Vec<Secret>,
    /// Only pushes to this branch count.
    pub branch: Option<Arc<str>>,
}

/// Who rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    /// GitHub.
    Github,
    /// GitLab.
    Gitlab,
    /// Gitea.
    Gitea,
    /// Forgejo.
    Forgejo,
    /// Bitbucket.
    Bitbucket,
    /// Azure DevOps.
    AzureDevops,
    /// Anything else.
    Plain,
    /// A callback of ConnectWise.
    Connectwise,
}
