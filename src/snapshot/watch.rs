//! Notices that files changed, so that nobody waits for the next poll.
//!
//! Any event means "look again" and nothing more. Watches folders and never files: a mounted file is a link that is
//! swapped, and a watch on it dies with the first swap. Where a folder cannot be watched, it says so and polling remains.

mod debounce;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::{Repository, RepositoryOpenFlags};
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use debounce::Debounce;

/// What to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A file, by the folder it lies in. It may be missing, or be replaced.
    File(PathBuf),
    /// A folder and everything below it.
    Folder(PathBuf),
    /// The branches of a repository, bare or checked out. A folder that is none has nothing to watch.
    Branches(PathBuf),
}

/// A folder that is not watched. Changes there are noticed by polling only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not watched, so changes there are noticed only by polling: {cause}", path.display())]
pub struct NotWatched {
    /// The folder.
    pub path: PathBuf,
    /// What the system said.
    pub cause: String,
}

/// Watches folders for as long as it lives.
pub struct Watch {
    /// Watches until it is dropped.
    _watcher: Option<RecommendedWatcher>,
    arrived: mpsc::Receiver<()>,
    debounce: Debounce,
}

impl Watch {
    /// Watches all of these, and names those that cannot be. `ours` are files and folders that this process writes, such
    /// as its journal: they, and whatever is named after them in the same folder, are no event.
    #[must_use]
    pub fn start(watched: &[Watched], ours: &[PathBuf]) -> (Self, Vec<NotWatched>) {
        // One place is enough: what counts is that something happened.
        let (tell, arrived) = mpsc::channel(1);
        let ours: Arc<[PathBuf]> = ours.iter().map(|path| absolute(path)).collect();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.map_or(true, |event| counts(&event, &ours)) {
                // A full channel says it already.
                let _ = tell.try_send(());
            }
        });
        let places: Vec<(PathBuf, RecursiveMode)> = watched.iter().flat_map(places).collect();
        let (watcher, failures) = match watcher {
            Ok(mut watcher) => {
                let failures = places.iter().filter_map(|(path, mode)| {
                    watcher.watch(path, *mode).err().map(|error| not_watched(path, &error))
                });
                let failures = failures.collect();
                (Some(watcher), failures)
            }
            Err(error) => (None, places.iter().map(|(path, _)| not_watched(path, &error)).collect()),
        };
        (Self { _watcher: watcher, arrived, debounce: Debounce::default() }, failures)
    }

    /// Waits until something changed and it is quiet again. What happens before the next call is not lost.
    pub async fn changed(&mut self) {
        loop {
            let due = self.debounce.due().map(Instant::from_std);
            tokio::select! {
                arrived = self.arrived.recv() => match arrived {
                    Some(()) => self.debounce.happened(Instant::now().into_std()),
                    // Nothing is watched, so nothing will ever come.
                    None => match due {
                        Some(due) => { sleep_until(due).await; self.debounce.clear(); return; }
                        None => std::future::pending().await,
                    },
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.debounce.clear();
                    return;
                }
            }
        }
    }
}

/// The folders to watch, and whether with everything below.
fn places(watched: &Watched) -> Vec<(PathBuf, RecursiveMode)> {
    match watched {
        Watched::File(path) => {
            let folder = absolute(path).parent().map(Path::to_owned);
            folder.into_iter().map(|folder| (folder, RecursiveMode::NonRecursive)).collect()
        }
        Watched::Folder(path) => vec![(absolute(path), RecursiveMode::Recursive)],
        Watched::Branches(path) => branches(path),
    }
}

/// Where a repository keeps what its branches are: `HEAD`, `packed-refs`, and the folder of refs.
fn branches(path: &Path) -> Vec<(PathBuf, RecursiveMode)> {
    let nowhere: [&Path; 0] = [];
    let Ok(repository) = Repository::open_ext(path, RepositoryOpenFlags::NO_SEARCH, nowhere) else {
        return Vec::new();
    };
    let (own, common) = (repository.path().to_owned(), repository.commondir().to_owned());
    let mut places =
        vec![(common.join("refs"), RecursiveMode::Recursive), (own.clone(), RecursiveMode::NonRecursive)];
    if common != own {
        places.push((common, RecursiveMode::NonRecursive));
    }
    places
}

/// Whether an event is more than somebody reading, and not about what we write ourselves.
fn counts(event: &Event, ours: &[PathBuf]) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => {}
        EventKind::Access(_) => return false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => {}
    }
    event.paths.is_empty() || event.paths.iter().any(|path| !ours.iter().any(|ours| is_ours(path, ours)))
}

/// Whether a path is one of ours, lies below it, or is named after it: a journal has companions such as `trueup.db-wal`.
fn is_ours(path: &Path, ours: &Path) -> bool {
    let (Some(folder), Some(name)) = (ours.parent(), ours.file_name()) else { return false };
    let Ok(below) = path.strip_prefix(folder) else { return false };
    let first = below.components().next().map(|first| first.as_os_str().as_encoded_bytes());
    first.is_some_and(|first| first.starts_with(name.as_encoded_bytes()))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn not_watched(path: &Path, error: &notify::Error) -> NotWatched {
    NotWatched { path: path.to_owned(), cause: error.to_string() }
}
