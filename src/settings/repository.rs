//! Where mappings are, and what a remote needs to be opened.
//!
//! Secrets are named here and read when a fetch needs them, so that one which was replaced is used at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::OutboundProxy;
use super::access::certificates;
use super::secret::{Secret, resolve};
use crate::problem::Problem;
use crate::snapshot::{Access, Address, Limits, Remote};

/// How often a repository is looked at when the settings leave it out.
pub const POLL: Duration = Duration::from_secs(60);

/// Where the mappings of a tenant are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// On this machine or elsewhere.
    pub place: Place,
    /// The mapping folder in it, with slashes.
    pub folder: String,
    /// The branch whose newest commit is in force. `None`: the working directory as it stands, or the default branch of
    /// a remote.
    pub branch: Option<Arc<str>>,
    /// The keys that every commit must be signed by one of.
    pub signers: Option<PathBuf>,
    /// How often it is looked at.
    pub poll: Duration,
}

/// On this machine or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A local clone, bare or checked out, or a plain folder.
    Path(PathBuf),
    /// A remote.
    Remote(Box<RemotePlace>),
}

/// A remote, and where it is fetched to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemotePlace {
    /// Its address, without credentials.
    pub address: Address,
    /// What it is opened with.
    pub access: RemoteAccess,
    /// A private certificate authority, in PEM.
    pub ca_file: Option<PathBuf>,
    /// The folder of the bare clone.
    pub clone: PathBuf,
    /// The proxy on the way to it.
    pub proxy: Option<OutboundProxy>,
}

/// What a remote is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteAccess {
    /// Nothing.
    Open,
    /// A token.
    Token(Secret),
    /// A user name and a password.
    Basic {
        /// The user name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A private key for ssh.
    Ssh {
        /// The file with the private key.
        key: PathBuf,
        /// The file with the keys of the hosts that are trusted.
        known_hosts: PathBuf,
    },
}

impl Repository {
    /// The folder that is read: the path itself, or the bare clone of the remote.
    #[must_use]
    pub fn path(&self) -> &Path {
        match &self.place {
            Place::Path(path) => path,
            Place::Remote(remote) => &remote.clone,
        }
    }

    /// What it is called for people: its path, or its address without credentials.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.place {
            Place::Path(path) => path.display().to_string(),
            Place::Remote(remote) => remote.address.to_string(),
        }
    }

    /// The remote with all it is opened with, read now; `None` for one on this machine.
    ///
    /// # Errors
    ///
    /// When a secret or the certificate authority cannot be read.
    pub fn remote(&self) -> Result<Option<Remote>, Problem> {
        let Place::Remote(remote) = &self.place else { return Ok(None) };
        let RemotePlace { address, access, ca_file, clone: _, proxy } = &**remote;
        let access = match access {
            RemoteAccess::Open => Access::Open,
            RemoteAccess::Token(token) => Access::token(resolve(token)?),
            RemoteAccess::Basic { username, password } => {
                Access::Basic { username: username.clone(), password: resolve(password)? }
            }
            RemoteAccess::Ssh { key, known_hosts } => {
                Access::Key { key: key.clone(), known_hosts: known_hosts.clone() }
            }
        };
        Ok(Some(Remote {
            address: address.clone(),
            branch: self.branch.clone(),
            access,
            certificate_authority: ca_file.as_deref().map(certificates).transpose()?,
            proxy: proxy.as_ref().map(OutboundProxy::read).transpose()?,
            limits: Limits::default(),
        }))
    }
}
