//! Files whose content others must not read: the key of TLS and the users with their hashes.
//!
//! Refuses a file that group or world may touch, and one that is larger than such files ever are.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::WebError;

/// Far above a chain of certificates or the users of an MSP.
const LARGEST_FILE: u64 = 1024 * 1024;

/// Reads a file that only its owner may read.
pub(super) fn read_private(path: &Path) -> Result<Vec<u8>, WebError> {
    let unreadable = |source| WebError::Unreadable { path: path.to_owned(), source };
    // Looked at before it is opened: opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(WebError::Unusable { path: path.to_owned(), reason: "it is no regular file".to_owned() });
    }
    let file = File::open(path).map_err(unreadable)?;
    if let Some(mode) = open_to_others(&file.metadata().map_err(unreadable)?) {
        return Err(WebError::OpenToOthers { path: path.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(unreadable(io::Error::from(io::ErrorKind::FileTooLarge)));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn open_to_others(seen: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    let mode = seen.mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_seen: &fs::Metadata) -> Option<u32> {
    None
}
