//! Why a remote could not be asked, or its branch not be fetched. No message holds a secret or the user of an address.

use std::path::PathBuf;

use crate::problem::printable;

/// More of what a remote says is cut.
const LONGEST: usize = 512;

/// A situation in which a remote gave nothing new. The last good commit stays in force in each of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// No connection stood, or it broke.
    #[error("{place} cannot be reached: {cause}")]
    Unreachable {
        /// The address.
        place: String,
        /// What the network said.
        cause: String,
    },
    /// The certificate was not accepted.
    #[error("the certificate of {place} is not trusted: {cause}")]
    Untrusted {
        /// The address.
        place: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The key of the host is unknown, or another one than before.
    #[error("the host key of {place} is not among the known hosts")]
    UnknownHostKey {
        /// The address.
        place: String,
    },
    /// The credentials were refused, or none were given.
    #[error("{place} refused access")]
    AccessDenied {
        /// The address.
        place: String,
    },
    /// There is no such repository, or it is hidden from these credentials.
    #[error("there is no repository at {place}, or it is hidden from these credentials")]
    NotFound {
        /// The address.
        place: String,
    },
    /// The remote points to another address, which is not followed.
    #[error("{place} has moved to {to}")]
    Moved {
        /// The address.
        place: String,
        /// Where it points, without its query.
        to: String,
    },
    /// The remote answered with something else.
    #[error("{place} answered {answer}")]
    Refused {
        /// The address.
        place: String,
        /// The status or the words of the remote.
        answer: String,
    },
    /// It took longer than it may.
    #[error("{place} took longer than {seconds} seconds")]
    TooSlow {
        /// The address.
        place: String,
        /// The limit.
        seconds: u64,
    },
    /// It is larger than it may be.
    #[error("{place} has more than {limit}")]
    TooLarge {
        /// The address.
        place: String,
        /// The limit.
        limit: String,
    },
    /// The remote has no commit at all.
    #[error("the repository at {place} has no commit yet")]
    NoCommit {
        /// The address.
        place: String,
    },
    /// There is no such branch. It may have been deleted.
    #[error("{place} has no branch {branch}")]
    NoBranch {
        /// The address.
        place: String,
        /// The branch.
        branch: String,
    },
    /// No branch was named, and the remote names none either.
    #[error("{place} names no default branch")]
    NoDefaultBranch {
        /// The address.
        place: String,
    },
    /// What arrived is no whole git history.
    #[error("{place} sent no whole history: {detail}")]
    Broken {
        /// The address.
        place: String,
        /// What the git library said.
        detail: String,
    },
    /// The certificates to trust cannot be used.
    #[error("the certificates to trust cannot be used: {cause}")]
    CertificateStore {
        /// What the library said.
        cause: String,
    },
    /// The program `ssh` could not be started, or not be told these paths.
    #[error("ssh cannot be started: {cause}")]
    NoSsh {
        /// Why.
        cause: String,
    },
    /// The bare clone cannot be used.
    #[error("the clone {} cannot be used: {detail}", path.display())]
    Clone {
        /// Its folder.
        path: PathBuf,
        /// What the git library or the system said.
        detail: String,
    },
}

impl RemoteError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Unreachable { .. } => "check repository.url, the network, and whether the host is up",
            Self::Untrusted { .. } => {
                "name its certificate authority in repository.ca_file; certificates are always checked"
            }
            Self::UnknownHostKey { .. } => {
                "compare the key with what the host publishes, and add it to the file known_hosts names"
            }
            Self::AccessDenied { .. } => {
                "check repository.access: the token or key may have expired, and needs no more than read access"
            }
            Self::NotFound { .. } => "check repository.url and what repository.access may read",
            Self::Moved { .. } => "no redirect is followed; if it is right, write it into repository.url",
            Self::Refused { .. } => "check repository.url; the far end's log says more",
            Self::TooSlow { .. } => "try again; if it stays slow, check the network",
            Self::TooLarge { .. } => "mappings are small; keep them in a repository of their own",
            Self::NoCommit { .. } => "push the mappings first",
            Self::NoBranch { .. } => "check repository.branch; it may have been deleted or renamed",
            Self::NoDefaultBranch { .. } => "name the branch in repository.branch",
            Self::Broken { .. } => "try again; git fsck on the far end says more",
            Self::CertificateStore { .. } => {
                "install the ca-certificates of the system, or check repository.ca_file"
            }
            Self::NoSsh { .. } => "install the OpenSSH client, and check the paths in repository.access",
            Self::Clone { path, .. } => {
                return format!(
                    "let trueup own the folder, or remove it: it is fetched anew into {}",
                    path.display()
                );
            }
        }
        .to_owned()
    }
}

/// Foreign text made safe to show: on one line, printable and cut.
pub(super) fn shown(text: &str) -> String {
    let printable = printable(text.trim());
    match printable.char_indices().nth(LONGEST) {
        None => printable.into_owned(),
        Some((end, _)) => format!("{}…", &printable[..end]),
    }
}
