//! Copies a dropped file into memory, once, so that what is read cannot change while it is read.
//!
//! Regular files only, no symbolic link, nothing that everyone may write. Knows nothing of what the bytes mean.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::LARGEST_FILE;
use crate::problem::{Code, Place, Problem, Span};

/// One file as copied, with its manifest where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file as people name it.
    pub file: Arc<str>,
    /// Its content.
    pub bytes: Vec<u8>,
    /// When it was last written: the time of a file without rows.
    pub modified: Timestamp,
    /// Its manifest, `<file>.manifest.json`.
    pub manifest: Option<ManifestDocument>,
}

/// The manifest of a file as copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestDocument {
    /// The manifest as people name it.
    pub file: Arc<str>,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a file was not copied.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It, or a folder on the way, is not there.
    #[error("{} does not exist", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It is a link, folder, pipe, socket or device.
    #[error("{} is {kind}, not a regular file", path.display())]
    Special {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        kind: &'static str,
    },
    /// Every user of the machine could change what is billed.
    #[error("{} may be written by every user of this machine", path.display())]
    WorldWritable {
        /// The file or its folder.
        path: PathBuf,
    },
    /// It is over the limit.
    #[error("{} is larger than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// It was replaced or written while it was copied.
    #[error("{} changed while it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl Document {
    /// Copies a file and its manifest.
    ///
    /// # Errors
    ///
    /// When either is no plain, closed, readable file within the limits.
    pub fn copy(path: &Path) -> Result<Self, DocumentError> {
        let (bytes, modified) = copy(path)?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(".manifest.json");
        let beside = PathBuf::from(beside);
        let manifest = match copy(&beside) {
            Ok((bytes, _)) => Some(ManifestDocument { file: beside.display().to_string().into(), bytes }),
            Err(DocumentError::Missing { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { file: path.display().to_string().into(), bytes, modified, manifest })
    }
}

impl DocumentError {
    /// The same for people, with what to do about it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (code, path, hint) = match self {
            Self::Missing { path } => (
                Code::Unreadable,
                path,
                "relative paths start at the settings file; check the path and the export".to_owned(),
            ),
            Self::Special { path, .. } => {
                (Code::SpecialFile, path, "put the report itself there, and rename it into place".to_owned())
            }
            Self::WorldWritable { path } => {
                (Code::SpecialFile, path, format!("take that right away: chmod o-w {}", path.display()))
            }
            Self::TooLarge { path, .. } => (
                Code::TooLarge,
                path,
                "a usage report has one row an account; is this the right file?".to_owned(),
            ),
            Self::Changed { path } => (
                Code::UsageFile,
                path,
                "write the report under another name and rename it when it is complete".to_owned(),
            ),
            Self::Unreadable { path, .. } => {
                (Code::Unreadable, path, "let the user that trueup runs as read it".to_owned())
            }
        };
        let file: Arc<str> = path.display().to_string().into();
        Problem::error(code, &*file, self.to_string()).with_hint(hint).at(Place {
            file,
            line: 1,
            column: 1,
            span: Span::default(),
        })
    }
}

fn copy(path: &Path) -> Result<(Vec<u8>, Timestamp), DocumentError> {
    let unreadable = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => DocumentError::Missing { path: path.to_owned() },
        _ => DocumentError::Unreadable { path: path.to_owned(), cause },
    };
    let changed = || DocumentError::Changed { path: path.to_owned() };
    // Looked at before it is opened: opening a pipe would wait for a writer, and opening a link would follow it.
    let seen = fs::symlink_metadata(path).map_err(unreadable)?;
    check(path, &seen)?;
    let file = File::open(path).map_err(unreadable)?;
    let opened = file.metadata().map_err(unreadable)?;
    if !same_file(&seen, &opened) {
        return Err(changed());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(opened.len().min(LARGEST_FILE)).unwrap_or_default());
    (&file).take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(DocumentError::TooLarge { path: path.to_owned(), limit: LARGEST_FILE });
    }
    let after = file.metadata().map_err(unreadable)?;
    let modified = after.modified().map_err(unreadable)?;
    if bytes.len() as u64 != after.len() || opened.modified().map_err(unreadable)? != modified {
        return Err(changed());
    }
    let modified = Timestamp::try_from(modified)
        .map_err(|_| unreadable(io::Error::other("its time lies outside the calendar")))?;
    Ok((bytes, modified))
}

fn check(path: &Path, seen: &Metadata) -> Result<(), DocumentError> {
    let kind = seen.file_type();
    if !kind.is_file() {
        let kind = match (kind.is_symlink(), kind.is_dir()) {
            (true, _) => "a symbolic link",
            (_, true) => "a folder",
            (false, false) => "a pipe, socket or device",
        };
        return Err(DocumentError::Special { path: path.to_owned(), kind });
    }
    if seen.len() > LARGEST_FILE {
        return Err(DocumentError::TooLarge { path: path.to_owned(), limit: LARGEST_FILE });
    }
    refuse_world_writable(path, seen)
}

#[cfg(unix)]
fn same_file(seen: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    opened.is_file() && seen.dev() == opened.dev() && seen.ino() == opened.ino()
}

#[cfg(not(unix))]
fn same_file(seen: &Metadata, opened: &Metadata) -> bool {
    opened.is_file() && seen.len() == opened.len()
}

#[cfg(unix)]
fn refuse_world_writable(path: &Path, seen: &Metadata) -> Result<(), DocumentError> {
    use std::os::unix::fs::MetadataExt;

    const WRITABLE_BY_OTHERS: u32 = 0o002;
    if seen.mode() & WRITABLE_BY_OTHERS != 0 {
        return Err(DocumentError::WorldWritable { path: path.to_owned() });
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cause = match fs::metadata(folder) {
        Ok(folder_seen) if folder_seen.mode() & WRITABLE_BY_OTHERS == 0 => return Ok(()),
        Ok(_) => return Err(DocumentError::WorldWritable { path: folder.to_owned() }),
        Err(cause) => cause,
    };
    Err(DocumentError::Unreadable { path: folder.to_owned(), cause })
}

#[cfg(not(unix))]
fn refuse_world_writable(_path: &Path, _seen: &Metadata) -> Result<(), DocumentError> {
    Ok(())
}
