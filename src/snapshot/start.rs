//! Makes a first repository out of a folder, for a demonstration. Never touches one that exists.

use std::path::Path;

use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature, Time};
use jiff::Timestamp;

use super::SnapshotError;
use super::git::damaged;

/// Makes the folder a repository with branch `main` and one commit of everything in it.
///
/// # Errors
///
/// When it is one already, or cannot be written.
pub fn start_repository(folder: &Path, message: &str, at: Timestamp) -> Result<(), SnapshotError> {
    let mut options = RepositoryInitOptions::new();
    options.no_reinit(true).initial_head("main");
    let repository = Repository::init_opts(folder, &options).map_err(damaged)?;
    let mut index = repository.index().map_err(damaged)?;
    index.add_all(["*"], IndexAddOption::DEFAULT, None).map_err(damaged)?;
    index.write().map_err(damaged)?;
    let tree = index.write_tree().and_then(|id| repository.find_tree(id)).map_err(damaged)?;
    // The author is given, so that nobody's git settings are needed or read.
    let author =
        Signature::new("trueup demo", "demo@example.com", &Time::new(at.as_second(), 0)).map_err(damaged)?;
    repository.commit(Some("HEAD"), &author, &author, message, &tree, &[]).map_err(damaged)?;
    Ok(())
}
