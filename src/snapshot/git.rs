//! Reads a commit from the object database. Entries are told apart by their raw mode, and nothing is written anywhere.

use std::path::Path;

use git2::{ErrorCode, ObjectType, Odb, Oid, Repository};

use super::gather::{Gathered, Kind, Next};
use super::{CommitId, SnapshotError};

/// A larger tree object is not even loaded: it would list more files than mappings may have.
const LARGEST_TREE: usize = 4 * 1024 * 1024;

/// The mapping files in a folder of a commit. An empty folder is the whole tree.
pub(super) fn read(repository: &Repository, commit: Oid, folder: &str) -> Result<Gathered, SnapshotError> {
    let tree = repository.find_commit(commit).and_then(|commit| commit.tree()).map_err(damaged)?;
    let start = if folder.is_empty() { Some(tree.id()) } else { subtree(&tree, folder)? };
    let start = start.ok_or_else(|| SnapshotError::NoSuchFolder {
        folder: folder.to_owned(),
        place: format!("commit {}", commit_id(commit).short()),
    })?;
    let odb = repository.odb().map_err(damaged)?;
    let mut gathered = Gathered::default();
    let mut folders = vec![(start, folder.as_bytes().to_vec())];
    while let Some((tree, path)) = folders.pop() {
        if let Next::Stop = read_folder(repository, &odb, &mut gathered, (tree, &path), &mut folders)? {
            break;
        }
    }
    Ok(gathered.finish())
}

/// The folder's tree; `None` when the commit has no such folder.
fn subtree(tree: &git2::Tree<'_>, folder: &str) -> Result<Option<Oid>, SnapshotError> {
    match tree.get_path(Path::new(folder)) {
        Ok(entry) if entry.filemode_raw() == TREE => Ok(Some(entry.id())),
        Ok(_) => Ok(None),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(damaged(error)),
    }
}

const TREE: i32 = 0o040_000;
const LINK: i32 = 0o120_000;
const SUBMODULE: i32 = 0o160_000;

fn read_folder(
    repository: &Repository,
    odb: &Odb<'_>,
    gathered: &mut Gathered,
    (tree, path): (Oid, &[u8]),
    folders: &mut Vec<(Oid, Vec<u8>)>,
) -> Result<Next, SnapshotError> {
    if size(odb, tree)? > LARGEST_TREE as u64 {
        return Ok(gathered.entry_limit(path));
    }
    let tree = repository.find_tree(tree).map_err(damaged)?;
    for entry in &tree {
        let mut path = path.to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(entry.name_bytes());
        let kind = match entry.filemode_raw() {
            _ if entry.name_bytes().contains(&b'/') => Kind::Special("an entry with a slash in its name"),
            TREE => Kind::Folder,
            LINK => Kind::Special("a symbolic link"),
            SUBMODULE => Kind::Special("a submodule"),
            _ if entry.kind() == Some(ObjectType::Blob) => Kind::File { size: size(odb, entry.id())? },
            _ => Kind::Special("an entry of unknown kind"),
        };
        match gathered.entry(&path, kind) {
            Next::Read => {
                let blob = repository.find_blob(entry.id()).map_err(damaged)?;
                let path = String::from_utf8_lossy(&path);
                if let Next::Stop = gathered.text(&path, blob.content().to_vec()) {
                    return Ok(Next::Stop);
                }
            }
            Next::Descend => folders.push((entry.id(), path)),
            Next::Skip => {}
            Next::Stop => return Ok(Next::Stop),
        }
    }
    Ok(Next::Skip)
}

/// The size of an object, without loading it.
fn size(odb: &Odb<'_>, id: Oid) -> Result<u64, SnapshotError> {
    odb.read_header(id).map(|(size, _)| size as u64).map_err(damaged)
}

pub(super) fn commit_id(id: Oid) -> CommitId {
    CommitId(id.to_string().into())
}

pub(super) fn damaged(error: git2::Error) -> SnapshotError {
    SnapshotError::Damaged { detail: error.message().to_owned() }
}
