//! A tenant, resolved from the settings: where its mappings, its usage and its ConnectWise are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::mappings::Revision;
use crate::settings;
use crate::settings::repository::Place;
use crate::snapshot::{MappingFiles, MappingRepository, RemoteClone, SnapshotError};
use crate::sources::Source;

/// One ConnectWise instance with its mapping repository and usage sources.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its name in the settings.
    pub name: Arc<str>,
    /// Where its mappings are.
    pub repository: Repository,
    /// Its usage sources.
    pub sources: BTreeMap<Arc<str>, Source>,
}

/// Where mappings are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// A clone, a working directory, or a plain folder.
    pub path: PathBuf,
    /// The mapping folder in it.
    pub folder: String,
    /// The branch whose newest commit is in force; without one the working directory as it stands.
    pub branch: Option<Arc<str>>,
    /// The keys that every commit must be signed by one of.
    pub signers: Option<PathBuf>,
    /// The remote that the path is a clone of.
    pub remote: Option<settings::Repository>,
}

impl Repository {
    /// The repository that the settings name. A remote is read out of its bare clone, once that was [fetched](Self::fetch).
    #[must_use]
    pub fn new(kept: &settings::Repository) -> Self {
        Self {
            path: kept.path().to_owned(),
            folder: kept.folder.clone(),
            branch: kept.branch.clone(),
            signers: kept.signers.clone(),
            remote: match kept.place {
                Place::Path(_) => None,
                Place::Remote(_) => Some(kept.clone()),
            },
        }
    }

    /// What it is called for people: its path, or its address without credentials.
    #[must_use]
    pub fn shown(&self) -> String {
        self.remote.as_ref().map_or_else(|| self.path.display().to_string(), settings::Repository::shown)
    }

    /// Fetches the branch of a remote; a repository on this machine has nothing to fetch. The credentials are read for
    /// each fetch, so that one which was replaced is used at once. Costs one question when nothing is new, and blocks for a
    /// minute at most.
    ///
    /// # Errors
    ///
    /// When the remote cannot be reached or gives nothing. The commit that was fetched last stays in force.
    pub fn fetch(&self) -> Result<(), SnapshotError> {
        let Some(kept) = &self.remote else { return Ok(()) };
        let Some(remote) = kept.remote().map_err(SnapshotError::Credentials)? else { return Ok(()) };
        RemoteClone::open(remote, &self.path)?.fetch()?;
        Ok(())
    }

    /// The mapping files in force: those of the branch, else of the working directory as it stands.
    ///
    /// # Errors
    ///
    /// When there are none to read.
    pub fn read(&self) -> Result<MappingFiles, SnapshotError> {
        self.read_from(&MappingRepository::open(&self.path, &self.folder)?)
    }

    /// The mapping files of a revision.
    ///
    /// # Errors
    ///
    /// When there is no such revision, or it cannot be read.
    pub fn read_at(&self, revision: &Revision) -> Result<MappingFiles, SnapshotError> {
        match revision {
            Revision::WorkingDirectory => self.read(),
            Revision::Commit(revision) => {
                MappingRepository::open(&self.path, &self.folder)?.read_commit(revision)
            }
        }
    }

    pub(super) fn read_from(&self, opened: &MappingRepository) -> Result<MappingFiles, SnapshotError> {
        match &self.branch {
            Some(branch) => opened.read_branch(branch),
            None => opened.read_folder(),
        }
    }
}
