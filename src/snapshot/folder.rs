//! Reads a folder as it stands. Follows no link and opens nothing but regular files.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::gather::{Gathered, Kind, Next};
use super::{LARGEST_FILE, SnapshotError};

/// The mapping files in a folder below `root`. An empty folder is the root itself.
pub(super) fn read(root: &Path, folder: &str) -> Result<Gathered, SnapshotError> {
    let start = enter(root, folder)?;
    let mut gathered = Gathered::default();
    let mut folders = vec![(start, folder.as_bytes().to_vec())];
    while let Some((directory, path)) = folders.pop() {
        if let Next::Stop = read_folder(&mut gathered, &directory, &path, &mut folders)? {
            break;
        }
    }
    Ok(gathered.finish())
}

/// Walks down to the folder, over no link.
fn enter(root: &Path, folder: &str) -> Result<PathBuf, SnapshotError> {
    let mut path = root.to_owned();
    for name in folder.split('/').filter(|name| !name.is_empty()) {
        path.push(name);
        let missing =
            || SnapshotError::NoSuchFolder { folder: folder.to_owned(), place: root.display().to_string() };
        match fs::symlink_metadata(&path) {
            Ok(seen) if seen.is_symlink() => return Err(SnapshotError::LinkedFolder { path }),
            Ok(seen) if seen.is_dir() => {}
            Ok(_) => return Err(missing()),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Err(missing()),
            Err(cause) => return Err(SnapshotError::Unreadable { path, cause }),
        }
    }
    Ok(path)
}

fn read_folder(
    gathered: &mut Gathered,
    directory: &Path,
    path: &[u8],
    folders: &mut Vec<(PathBuf, Vec<u8>)>,
) -> Result<Next, SnapshotError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |cause| SnapshotError::Unreadable { path, cause }
    };
    for entry in fs::read_dir(directory).map_err(unreadable(directory))? {
        let entry = entry.map_err(unreadable(directory))?;
        let full = entry.path();
        let seen = fs::symlink_metadata(&full).map_err(unreadable(&full))?;
        let mut path = path.to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(&bytes_of(&entry.file_name()));
        match gathered.entry(&path, kind(&seen)) {
            Next::Read => {
                let content = copy(&full, &seen).map_err(unreadable(&full))?;
                if let Next::Stop = gathered.text(&String::from_utf8_lossy(&path), content) {
                    return Ok(Next::Stop);
                }
            }
            Next::Descend => folders.push((full, path)),
            Next::Skip => {}
            Next::Stop => return Ok(Next::Stop),
        }
    }
    Ok(Next::Skip)
}

fn kind(seen: &Metadata) -> Kind {
    match seen.file_type() {
        kind if kind.is_file() => Kind::File { size: seen.len() },
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_symlink() => Kind::Special("a symbolic link"),
        _ => Kind::Special("a pipe, socket or device"),
    }
}

/// The content, up to one byte over the limit, which tells that it is too large.
fn copy(path: &Path, seen: &Metadata) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if !same_file(seen, &file.metadata()?) {
        return Err(io::Error::other("it was replaced while it was read"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn same_file(seen: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    opened.is_file() && seen.dev() == opened.dev() && seen.ino() == opened.ino()
}

#[cfg(not(unix))]
fn same_file(_seen: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

#[cfg(unix)]
fn bytes_of(name: &OsStr) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;

    name.as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes_of(name: &OsStr) -> Vec<u8> {
    name.to_string_lossy().into_owned().into_bytes()
}
