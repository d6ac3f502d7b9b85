//! Finds the repository, its commits and branches, and reads mappings from it.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use git2::{BranchType, ErrorCode, Oid, Repository, RepositoryOpenFlags};

use super::gather::Gathered;
use super::git::{commit_id, damaged};
use super::{Commit, CommitId, MappingFile, MappingFiles, SnapshotError, folder, git};

/// Where the mappings of a tenant are kept: a repository, bare or checked out, or a plain folder.
pub struct MappingRepository {
    /// The path in the settings.
    path: PathBuf,
    /// The directory that paths are relative to; `None` when nothing is checked out.
    root: Option<PathBuf>,
    /// The mapping folder, relative to the repository, with slashes.
    folder: String,
    /// `None` for a plain folder.
    repository: Option<Repository>,
}

impl MappingRepository {
    /// Opens the repository at `path`, or the one that `path` lies in when it holds the mapping folder.
    ///
    /// # Errors
    ///
    /// When there is no such folder, or a repository there that cannot be trusted or read.
    pub fn open(path: &Path, folder: &str) -> Result<Self, SnapshotError> {
        let folder = inside(folder)?;
        if !fs::metadata(path).is_ok_and(|seen| seen.is_dir()) {
            return Err(SnapshotError::NoSuchPath { path: path.to_owned() });
        }
        let checked_out = path.join(".git").exists();
        if let Some(repository) = open(path)? {
            let root = checked_out.then(|| path.to_owned());
            return Ok(Self { path: path.to_owned(), root, folder, repository: Some(repository) });
        }
        if let Some((root, folder, repository)) = above(path, &folder) {
            return Ok(Self {
                path: path.to_owned(),
                root: Some(root),
                folder,
                repository: Some(repository),
            });
        }
        Ok(Self { path: path.to_owned(), root: Some(path.to_owned()), folder, repository: None })
    }

    /// The mapping files of a revision: a commit, branch, tag, or anything that git resolves to a commit.
    ///
    /// # Errors
    ///
    /// When there is no such revision, or no mapping folder in it.
    pub fn read_commit(&self, revision: &str) -> Result<MappingFiles, SnapshotError> {
        let repository = self.repository()?;
        let id = find(repository, revision)?;
        let gathered = git::read(repository, id, &self.folder)?;
        let branch = match revision {
            "HEAD" => self.branch(),
            name if repository.find_branch(name, BranchType::Local).is_ok() => Some(name.into()),
            // A bare clone is read by its commits, and its one branch should be named all the same.
            _ if repository.is_bare() && find(repository, "HEAD").is_ok_and(|tip| tip == id) => self.branch(),
            _ => None,
        };
        Ok(mapping_files(Commit::At(commit_id(id)), branch, gathered))
    }

    /// The mapping files as they stand in the working directory or plain folder. A bare repository has only commits:
    /// there it is the newest one.
    ///
    /// # Errors
    ///
    /// When the mapping folder is not there or cannot be read.
    pub fn read_folder(&self) -> Result<MappingFiles, SnapshotError> {
        let Some(root) = &self.root else { return self.read_commit("HEAD") };
        let gathered = folder::read(root, &self.folder)?;
        let commit = match self.head()? {
            None => Commit::None,
            Some((repository, id)) if self.is_committed(repository, id, &gathered) => {
                Commit::At(commit_id(id))
            }
            Some((_, id)) => Commit::Changed(commit_id(id)),
        };
        Ok(mapping_files(commit, self.branch(), gathered))
    }

    /// The mapping files of the newest commit of a branch, and of nothing else that has its name.
    ///
    /// # Errors
    ///
    /// When there is no such branch, or no mapping folder in it.
    pub fn read_branch(&self, branch: &str) -> Result<MappingFiles, SnapshotError> {
        let files = self.read_commit(&format!("refs/heads/{branch}"))?;
        Ok(MappingFiles { branch: Some(branch.into()), ..files })
    }

    /// Whether commits are all there is: nothing is checked out.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.root.is_none()
    }

    /// The commit that a revision names.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn resolve(&self, revision: &str) -> Result<CommitId, SnapshotError> {
        find(self.repository()?, revision).map(commit_id)
    }

    /// Whether a commit is `ancestor` or descends from it. An ancestor that the repository no longer has was rewritten
    /// away: nothing descends from it.
    ///
    /// # Errors
    ///
    /// When the repository has no such `commit`, or cannot be read.
    pub fn is_descendant(&self, commit: &CommitId, ancestor: &str) -> Result<bool, SnapshotError> {
        let repository = self.repository()?;
        let commit = find(repository, commit.as_str())?;
        let ancestor = match Oid::from_str(ancestor).map(|id| repository.find_commit(id)) {
            Ok(Ok(ancestor)) => ancestor.id(),
            Ok(Err(error)) if error.code() == ErrorCode::NotFound => return Ok(false),
            Ok(Err(error)) => return Err(damaged(error)),
            Err(_) => return Err(SnapshotError::NoSuchRevision { revision: ancestor.to_owned() }),
        };
        if commit == ancestor {
            return Ok(true);
        }
        repository.graph_descendant_of(commit, ancestor).map_err(damaged)
    }

    /// The branch that is checked out.
    #[must_use]
    pub fn branch(&self) -> Option<Arc<str>> {
        let head = self.repository.as_ref()?.head().ok()?;
        head.is_branch().then(|| head.shorthand().ok().map(Into::into)).flatten()
    }

    /// The repository, unless it is a plain folder.
    pub(super) fn repository(&self) -> Result<&Repository, SnapshotError> {
        self.repository.as_ref().ok_or_else(|| SnapshotError::NotARepository { path: self.path.clone() })
    }

    /// The newest commit, where there is a repository with one.
    fn head(&self) -> Result<Option<(&Repository, Oid)>, SnapshotError> {
        let Some(repository) = &self.repository else { return Ok(None) };
        match find(repository, "HEAD") {
            Ok(id) => Ok(Some((repository, id))),
            Err(SnapshotError::UnbornHead) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the folder holds what the commit holds. Line breaks may differ, as git converts them on some systems.
    fn is_committed(&self, repository: &Repository, id: Oid, found: &Gathered) -> bool {
        let Ok(committed) = git::read(repository, id, &self.folder) else { return false };
        let same = |(one, other): (&MappingFile, &MappingFile)| {
            one.path == other.path && one.text.lines().eq(other.text.lines())
        };
        committed.problems.is_empty()
            && found.problems.is_empty()
            && committed.files.len() == found.files.len()
            && committed.files.iter().zip(&found.files).all(same)
    }
}

fn mapping_files(commit: Commit, branch: Option<Arc<str>>, gathered: Gathered) -> MappingFiles {
    let Gathered { files, ignored, problems, .. } = gathered;
    MappingFiles { commit, branch, files, ignored, problems }
}

/// The folder as a clean relative path with slashes.
fn inside(folder: &str) -> Result<String, SnapshotError> {
    let bad = || SnapshotError::BadFolder { folder: folder.to_owned() };
    let mut names = Vec::new();
    for part in Path::new(folder).components() {
        match part {
            Component::Normal(name) => names.push(name.to_str().ok_or_else(bad)?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Err(bad()),
        }
    }
    Ok(names.join("/"))
}

/// The repository at exactly that path.
///
/// Never searched for above, and never by environment variables, so that no other repository is read by accident.
fn open(path: &Path) -> Result<Option<Repository>, SnapshotError> {
    let nowhere: [&Path; 0] = [];
    match Repository::open_ext(path, RepositoryOpenFlags::NO_SEARCH, nowhere) {
        Ok(repository) => Ok(Some(repository)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) if error.code() == ErrorCode::Owner => {
            Err(SnapshotError::ForeignOwner { path: path.to_owned() })
        }
        Err(error) => Err(damaged(error)),
    }
}

/// The repository that a path lies in, if it has committed the mapping folder there. One that has not is unrelated.
fn above(path: &Path, folder: &str) -> Option<(PathBuf, String, Repository)> {
    let path = fs::canonicalize(path).ok()?;
    let root = path.ancestors().skip(1).find(|root| root.join(".git").exists())?;
    let below = path.strip_prefix(root).ok()?.join(folder);
    let folder = inside(below.to_str()?).ok()?;
    let repository = open(root).ok()??;
    let head = find(&repository, "HEAD").ok()?;
    let tree = repository.find_commit(head).and_then(|commit| commit.tree()).ok()?;
    tree.get_path(Path::new(&folder)).ok()?;
    drop(tree);
    Some((root.to_owned(), folder, repository))
}

fn find(repository: &Repository, revision: &str) -> Result<Oid, SnapshotError> {
    let named = |error: git2::Error| {
        let revision = revision.to_owned();
        match error.code() {
            ErrorCode::NotFound | ErrorCode::InvalidSpec if is_unborn(repository) => {
                SnapshotError::UnbornHead
            }
            ErrorCode::UnbornBranch => SnapshotError::UnbornHead,
            ErrorCode::NotFound | ErrorCode::InvalidSpec => SnapshotError::NoSuchRevision { revision },
            ErrorCode::Ambiguous => SnapshotError::AmbiguousRevision { revision },
            _ => damaged(error),
        }
    };
    // A NUL cannot be passed on to the library, and no revision has one.
    if revision.contains('\0') {
        return Err(SnapshotError::NoSuchRevision { revision: revision.to_owned() });
    }
    let object = repository.revparse_single(revision).map_err(named)?;
    let commit = object.peel_to_commit();
    commit.map(|commit| commit.id()).map_err(|_| SnapshotError::NotACommit { revision: revision.to_owned() })
}

/// Whether the repository has no commit yet, which explains every revision that is not found.
fn is_unborn(repository: &Repository) -> bool {
    repository.head().is_err_and(|error| error.code() == ErrorCode::UnbornBranch)
}
