//! Why mapping files could not be read at all.

use std::io;
use std::path::PathBuf;

use super::RemoteError;
use crate::problem::{Code, Problem};

/// A situation in which there are no mappings to read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The path of the repository is not there.
    #[error("{} is no folder", path.display())]
    NoSuchPath {
        /// The path in the settings.
        path: PathBuf,
    },
    /// The folder leads out of the repository.
    #[error("{folder:?} is no folder inside a repository")]
    BadFolder {
        /// The folder in the settings.
        folder: String,
    },
    /// The mapping folder is not there.
    #[error("there is no folder {folder} in {place}")]
    NoSuchFolder {
        /// The folder, relative to the repository.
        folder: String,
        /// The commit or directory.
        place: String,
    },
    /// The mapping folder, or a folder above it, is a symbolic link.
    #[error("{} is a symbolic link", path.display())]
    LinkedFolder {
        /// The link.
        path: PathBuf,
    },
    /// A revision was asked for, and there are none.
    #[error("{} is not a git repository", path.display())]
    NotARepository {
        /// The path in the settings.
        path: PathBuf,
    },
    /// The repository belongs to another user, who could have put anything into it.
    #[error("{} belongs to another user", path.display())]
    ForeignOwner {
        /// The path of the repository.
        path: PathBuf,
    },
    /// Nothing is called like that.
    #[error("there is no revision {revision:?}")]
    NoSuchRevision {
        /// What was asked for.
        revision: String,
    },
    /// Several things are.
    #[error("the revision {revision:?} is ambiguous")]
    AmbiguousRevision {
        /// What was asked for.
        revision: String,
    },
    /// It is a file or a folder.
    #[error("{revision:?} is not a commit")]
    NotACommit {
        /// What was asked for.
        revision: String,
    },
    /// The repository has no commit yet.
    #[error("the repository has no commit yet")]
    UnbornHead,
    /// The repository cannot be read.
    #[error("the repository cannot be read: {detail}")]
    Damaged {
        /// What the git library said.
        detail: String,
    },
    /// A remote gave nothing new.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// What a remote is opened with cannot be read.
    #[error("{}", .0.message)]
    Credentials(Problem),
    /// The system refused.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl SnapshotError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Remote(error) => return error.hint(),
            Self::Credentials(problem) => return problem.hint.clone().unwrap_or_default(),
            Self::NoSuchPath { .. } => "relative paths start at the settings file; check repository.path",
            Self::BadFolder { .. } => "write a path below the repository, such as mappings",
            Self::NoSuchFolder { .. } => "check repository.folder in the settings, and the branch",
            Self::LinkedFolder { .. } => "name the folder that it points to",
            Self::NotARepository { .. } => {
                "leave --commit out to read the folder as it stands, or run git init"
            }
            Self::ForeignOwner { path } => {
                return format!(
                    "run trueup as its owner, or trust it: git config --global --add safe.directory {}",
                    path.display()
                );
            }
            Self::NoSuchRevision { .. } => "git log --all lists them; a shallow clone holds only the newest",
            Self::AmbiguousRevision { .. } => {
                "write more digits, or refs/heads/ or refs/tags/ before the name"
            }
            Self::NotACommit { .. } => "name a commit, a branch or a tag",
            Self::UnbornHead => "commit the mappings first",
            Self::Damaged { .. } => "git fsck says more; a fresh clone repairs it",
            Self::Unreadable { .. } => "let the user that trueup runs as read it",
        }
        .to_owned()
    }

    /// The same for people, with what to do about it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        if let Self::Credentials(problem) = self {
            return problem.clone();
        }
        Problem::error(Code::Unreadable, "", self.to_string()).with_hint(self.hint())
    }
}
