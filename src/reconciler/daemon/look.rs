//! Looks whether the mappings or the usage files are others than before, without reading what they say.
//!
//! Cheap enough for every minute. Compares and judges nothing.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::reconciler::Repository;
use crate::snapshot::SnapshotError;
use crate::sources::Source;

/// The mappings as they were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    /// The commit, `SHA+changes` or `none`.
    pub(super) commit: Arc<str>,
    /// What tells edits of a working directory apart.
    texts: u64,
}

/// Looks at the mappings, of a remote by fetching them.
pub(super) fn mappings(repository: &Repository) -> Result<Sight, SnapshotError> {
    repository.fetch()?;
    let files = repository.read()?;
    let mut hasher = DefaultHasher::new();
    for file in &files.files {
        (&file.path, &file.text).hash(&mut hasher);
    }
    files.problems.len().hash(&mut hasher);
    Ok(Sight { commit: files.commit.to_string().into(), texts: hasher.finish() })
}

/// The usage files as they were seen; `None` stands for one that is not there.
pub(super) type UsageMarks = BTreeMap<PathBuf, Option<Mark>>;

/// What tells a file from one that was put in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    length: u64,
    changed: Option<SystemTime>,
    inode: u64,
}

/// Looks at the usage files.
pub(super) fn usage(sources: &BTreeMap<Arc<str>, Source>) -> UsageMarks {
    let files = sources.values().flat_map(|source| match source {
        Source::Csv { path, seats, metrics: _ } => [Some(path), seats.as_ref()],
        Source::Json { path } => [Some(path), None],
    });
    files.flatten().flat_map(|path| [path.clone(), manifest(path)]).map(marked).collect()
}

/// The file that may prove another one complete.
fn manifest(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".manifest.json");
    PathBuf::from(name)
}

fn marked(path: PathBuf) -> (PathBuf, Option<Mark>) {
    let mark = std::fs::metadata(&path).ok().map(|seen| Mark {
        length: seen.len(),
        changed: seen.modified().ok(),
        inode: inode(&seen),
    });
    (path, mark)
}

#[cfg(unix)]
fn inode(seen: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(seen)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}
