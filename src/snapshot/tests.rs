//! Real repositories in temporary folders: what is read from them, and what a hostile one cannot do.

mod commits;
mod folders;
mod hostile;

use std::fs;
use std::path::Path;

use git2::{Oid, Repository, Signature};
use tempfile::TempDir;

use super::{MappingFiles, MappingRepository, SnapshotError};
use crate::problem::{Code, Problem};

pub(super) const BACKUP: &str = "source: intronis\n";

/// A repository on branch `main` without a commit.
pub(super) fn repository() -> (TempDir, Repository) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = git2::RepositoryInitOptions::new();
    let repository = Repository::init_opts(folder.path(), options.initial_head("main")).unwrap();
    (folder, repository)
}

/// A repository with one committed mapping file, checked out.
pub(super) fn with_mappings() -> (TempDir, Repository, Oid) {
    let (folder, repository) = repository();
    write(folder.path(), "mappings/backup.yaml", BACKUP);
    let id = commit(&repository, &[("mappings/backup.yaml", BACKUP)]);
    (folder, repository, id)
}

pub(super) fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Commits exactly these files, without touching the working directory.
pub(super) fn commit(repository: &Repository, files: &[(&str, &str)]) -> Oid {
    let mut index = git2::Index::new().unwrap();
    for (path, text) in files {
        let id = repository.blob(text.as_bytes()).unwrap();
        index.add(&entry(path, id, 0o100_644)).unwrap();
    }
    let tree = index.write_tree_to(repository).unwrap();
    commit_tree(repository, tree)
}

fn entry(path: &str, id: Oid, mode: u32) -> git2::IndexEntry {
    let zero = git2::IndexTime::new(0, 0);
    git2::IndexEntry {
        ctime: zero,
        mtime: zero,
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}

/// A commit of a tree on top of `HEAD`.
fn commit_tree(repository: &Repository, tree: Oid) -> Oid {
    let tree = repository.find_tree(tree).unwrap();
    let parent = repository.head().ok().map(|head| head.peel_to_commit().unwrap());
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    let author = Signature::new("A", "a@example.com", &git2::Time::new(0, 0)).unwrap();
    repository.commit(Some("HEAD"), &author, &author, "message", &tree, &parents).unwrap()
}

fn open(path: &Path) -> MappingRepository {
    MappingRepository::open(path, "mappings").unwrap()
}

fn paths(files: &MappingFiles) -> Vec<&str> {
    files.files.iter().map(|file| &*file.path).collect()
}

fn told(problems: &[Problem]) -> Vec<(Code, &str)> {
    problems.iter().map(|problem| (problem.code, &*problem.subject)).collect()
}
