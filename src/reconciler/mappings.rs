//! The mappings that are in force: those of a commit, or of the working directory, unless they remove too much.
//!
//! Reads texts and compares commits. Knows nothing of what the rows mean.

use std::sync::Arc;

use jiff::Timestamp;

use super::tenant::Repository;
use crate::mapping::{Catalog, MappingFile, read_catalog};
use crate::plan::{Ancestry, config_shrink};
use crate::problem::{Code, Problem, Reason};
use crate::snapshot::{Commit, CommitId, MappingFiles, MappingRepository, Signers, SnapshotError};

/// Which mappings to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// What is in force: the working directory as it stands, or the newest commit of the branch that is followed.
    WorkingDirectory,
    /// A commit, by anything git can resolve.
    Commit(String),
}

/// Why there are no mappings to plan by.
#[derive(Debug, thiserror::Error)]
pub enum MappingsError {
    /// The repository could not be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The files are there, and wrong.
    #[error("The mappings are invalid")]
    Invalid(InvalidMappings),
    /// Not everybody who changed them may.
    #[error("The commit {commit} is refused")]
    Unsigned {
        /// The commit, `SHA+changes` or `none`.
        commit: Arc<str>,
        /// A problem for each commit that nobody allowed has signed.
        problems: Vec<Problem>,
    },
}

/// Mapping files that cannot be used.
#[derive(Debug)]
pub struct InvalidMappings {
    /// Everything that is wrong with them.
    pub problems: Vec<Problem>,
    /// The files, for excerpts.
    pub files: MappingFiles,
}

/// The mappings that are in force.
#[derive(Clone, Debug)]
pub struct Mappings {
    /// How the plan names them: a SHA, `SHA+changes`, or `none`.
    pub commit: String,
    /// How a header names them, such as `main@7c1e9a4`.
    pub header: String,
    /// The branch, where there is one.
    pub branch: Option<Arc<str>>,
    /// Where they were read from.
    pub revision: Revision,
    /// The catalog.
    pub catalog: Catalog,
    /// The catalog of the last applied commit.
    pub previous: Option<Catalog>,
    /// How the commit relates to the last applied one.
    pub ancestry: Ancestry,
    /// The commit that was asked for, where it removes too much and the previous one stays in force.
    pub refused: Option<String>,
    /// What is worth telling: ignored files, expiries, a commit that was refused.
    pub problems: Vec<Problem>,
}

/// Reads the mappings of a revision and compares them with the last applied commit.
///
/// # Errors
///
/// When they cannot be read, or are invalid: a half-read mapping can look like a removal.
pub fn read_mappings(
    repository: &Repository,
    revision: &Revision,
    last_applied: Option<&str>,
    now: Timestamp,
) -> Result<Mappings, MappingsError> {
    let opened = MappingRepository::open(&repository.path, &repository.folder)?;
    let files = match revision {
        Revision::WorkingDirectory => repository.read_from(&opened)?,
        Revision::Commit(revision) => opened.read_commit(revision)?,
    };
    demand_signatures(repository, &opened, &files.commit, last_applied)?;
    let (catalog, mut problems) = catalog(files.clone(), now)?;
    let id = files.commit.id().cloned();
    let before = last_applied.and_then(|commit| committed(&opened, commit, now));
    let ancestry = ancestry(&opened, id.as_ref(), last_applied)?;

    let mappings = Mappings {
        commit: files.commit.to_string(),
        header: files.header(),
        branch: files.branch.clone(),
        revision: read_as(repository, &opened, revision, &files.commit),
        catalog,
        previous: None,
        ancestry,
        refused: None,
        problems: Vec::new(),
    };
    problems.extend(files.ignored);
    Ok(in_force(mappings, before, problems, now))
}

/// How the files were read: those of a branch are those of its commit.
fn read_as(
    repository: &Repository,
    opened: &MappingRepository,
    revision: &Revision,
    commit: &Commit,
) -> Revision {
    match (revision, commit) {
        (Revision::WorkingDirectory, Commit::At(id)) if repository.branch.is_some() || opened.is_bare() => {
            Revision::Commit(id.to_string())
        }
        (Revision::WorkingDirectory | Revision::Commit(_), _) => revision.clone(),
    }
}

/// Refuses commits that nobody allowed has signed, and edits that nobody committed, where the settings name signers.
fn demand_signatures(
    repository: &Repository,
    opened: &MappingRepository,
    commit: &Commit,
    last_applied: Option<&str>,
) -> Result<(), MappingsError> {
    let Some(path) = &repository.signers else { return Ok(()) };
    let refused = |problems| MappingsError::Unsigned { commit: commit.to_string().into(), problems };
    let signers = Signers::read(path).map_err(refused)?;
    let unsigned = |what: &str| {
        let problem = Problem::error(Code::UnsignedCommit, "", format!("{what} cannot be signed"));
        refused(vec![
            problem.with_hint("repository.signers demands signed commits: commit with git commit -S"),
        ])
    };
    match commit {
        Commit::At(id) => {
            let last_applied = last_applied.map(base).filter(|commit| *commit != Commit::None.to_string());
            signers.check(opened, id, last_applied).map_err(refused)
        }
        Commit::Changed(_) => Err(unsigned("edits without a commit")),
        Commit::None => Err(unsigned("files without a commit")),
    }
}

/// The catalog of the files, or everything that is wrong with them.
fn catalog(files: MappingFiles, now: Timestamp) -> Result<(Catalog, Vec<Problem>), MappingsError> {
    let texts: Vec<MappingFile> =
        files.files.iter().map(|file| MappingFile::new(file.path.clone(), file.text.as_bytes())).collect();
    let (catalog, mut problems) = read_catalog(&texts, now);
    problems.extend(files.problems.iter().cloned());
    match catalog {
        Some(catalog) if files.problems.is_empty() => Ok((catalog, problems)),
        Some(_) | None => Err(MappingsError::Invalid(InvalidMappings { problems, files })),
    }
}

/// The mappings of the last applied commit. One that is gone, or that this version refuses, cannot be compared with.
fn committed(
    repository: &MappingRepository,
    last_applied: &str,
    now: Timestamp,
) -> Option<(String, Catalog)> {
    let commit = base(last_applied);
    let files = repository.read_commit(commit).ok()?;
    catalog(files, now).ok().map(|(catalog, _)| (commit.to_owned(), catalog))
}

/// A commit that too many rows are missing from does not come into force: the previous one stays, loudly.
fn in_force(
    mut mappings: Mappings,
    before: Option<(String, Catalog)>,
    mut problems: Vec<Problem>,
    now: Timestamp,
) -> Mappings {
    if let Some((commit, previous)) = before {
        if let Some(reason) = config_shrink(&previous, &mappings.catalog, now) {
            problems.push(refused(&reason, &mappings.commit, &commit));
            mappings.refused = Some(std::mem::take(&mut mappings.commit));
            mappings.catalog = previous.clone();
            mappings.header = format!("{} in force, {} refused", short(&commit), mappings.header);
            mappings.commit = commit;
            mappings.ancestry = Ancestry::Descends;
        }
        mappings.previous = Some(previous);
    }
    mappings.problems = problems;
    mappings
}

fn refused(reason: &Reason, commit: &str, previous: &str) -> Problem {
    let message = format!("{}; the mappings of {} stay in force", reason.message, short(previous));
    let problem = Problem::warning(reason.code, short(commit), message);
    match &reason.release {
        Some(release) => {
            problem.with_hint("if the rows are meant to go, commit this waiver").with_release(release)
        }
        None => problem,
    }
}

fn ancestry(
    repository: &MappingRepository,
    commit: Option<&CommitId>,
    last_applied: Option<&str>,
) -> Result<Ancestry, SnapshotError> {
    let (Some(commit), Some(last_applied)) = (commit, last_applied.map(base)) else {
        return Ok(Ancestry::Unknown);
    };
    if last_applied == Commit::None.to_string() {
        return Ok(Ancestry::Unknown);
    }
    if repository.is_descendant(commit, last_applied)? {
        Ok(Ancestry::Descends)
    } else {
        Ok(Ancestry::Broken { last_applied: last_applied.into() })
    }
}

/// The commit that edited mappings were edited from.
fn base(commit: &str) -> &str {
    commit.strip_suffix("+changes").unwrap_or(commit)
}

fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}
