//! The mapping files: at a commit, from the object database of a repository, or in a folder as it stands; and the way
//! there from a remote.
//!
//! Nothing is checked out or run: no filter, no hook, no helper. What is no plain small text is a problem with its path,
//! and never part of the mappings. Knows nothing of what the files say.

mod error;
mod folder;
mod gather;
mod git;
mod remote;
mod repository;
mod signers;
mod start;
mod watch;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use crate::problem::Problem;

pub use error::SnapshotError;
pub use remote::{Access, Address, BadAddress, Limits, Remote, RemoteClone, RemoteError, is_branch_name};
pub use repository::MappingRepository;
pub use signers::Signers;
pub use start::start_repository;
pub use watch::{NotWatched, Watch, Watched};

/// A larger mapping file is refused: a row takes a hundred bytes.
pub const LARGEST_FILE: usize = 1024 * 1024;

/// More than this in all files together is refused.
pub const LARGEST_TOTAL: usize = 16 * 1024 * 1024;

/// More mapping files than this are refused.
pub const MOST_FILES: usize = 5_000;

/// The mapping files of one commit, or of a folder as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingFiles {
    /// Where they come from.
    pub commit: Commit,
    /// The branch, where they were read by its name or as it is checked out.
    pub branch: Option<Arc<str>>,
    /// The files, sorted by path.
    pub files: Vec<MappingFile>,
    /// Notes on what else lies in the folder and was left out.
    pub ignored: Vec<Problem>,
    /// What must not lie there. With any of these the mappings as a whole are refused: a file that is left out looks
    /// like rows that were removed.
    pub problems: Vec<Problem>,
}

/// One mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingFile {
    /// Its path, relative to the repository, with slashes.
    pub path: Arc<str>,
    /// Its text.
    pub text: String,
}

/// Which commit mappings come from. Shown as the plan document has it: `SHA`, `SHA+changes` or `none`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commit {
    /// Exactly that commit.
    At(CommitId),
    /// A working directory whose mapping files differ from that commit.
    Changed(CommitId),
    /// A folder that is no repository, or has no commit yet.
    None,
}

/// The full name of a commit, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(Arc<str>);

impl CommitId {
    /// The full name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Commit {
    /// The commit that the mappings are, or were edited from.
    #[must_use]
    pub fn id(&self) -> Option<&CommitId> {
        match self {
            Self::At(id) | Self::Changed(id) => Some(id),
            Self::None => None,
        }
    }
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(id) => id.fmt(f),
            Self::Changed(id) => write!(f, "{id}+changes"),
            Self::None => f.write_str("none"),
        }
    }
}

impl MappingFiles {
    /// What headers say of them: `main@7c1e9a4`, `main@7c1e9a4+changes`, `7c1e9a4` or `none`.
    #[must_use]
    pub fn header(&self) -> String {
        let branch = self.branch.as_ref().map(|branch| format!("{branch}@")).unwrap_or_default();
        match &self.commit {
            Commit::At(id) => format!("{branch}{}", id.short()),
            Commit::Changed(id) => format!("{branch}{}+changes", id.short()),
            Commit::None => "none".to_owned(),
        }
    }
}
