//! Files whose content others must not read: the key of TLS and the users with their hashes.
//!
//! Refuses a file that others may touch, by the same rule as every secret, and one that is larger than such files ever are.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::WebError;
use crate::settings::secret::{credentials, open_to_others};

/// Far above a chain of certificates or the users of an MSP.
const LARGEST_FILE: u64 = 1024 * 1024;

/// Reads a file that only its owner may read, or as a credential this service alone.
pub(super) fn read_private(path: &Path) -> Result<Vec<u8>, WebError> {
    read_private_in(path, credentials().as_deref())
}

fn read_private_in(path: &Path, credentials: Option<&Path>) -> Result<Vec<u8>, WebError> {
    let unreadable = |source| WebError::Unreadable { path: path.to_owned(), source };
    // Looked at before it is opened: opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(WebError::Unusable { path: path.to_owned(), reason: "it is no regular file".to_owned() });
    }
    let file = File::open(path).map_err(unreadable)?;
    if let Some(mode) = open_to_others(path, &file.metadata().map_err(unreadable)?, credentials) {
        return Err(WebError::OpenToOthers { path: path.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(unreadable(io::Error::from(io::ErrorKind::FileTooLarge)));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn sec_p2_a_credential_of_the_service_may_be_read_by_its_group_and_nothing_else_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tls.key");
        fs::write(&path, "key").unwrap();
        let read = |mode: u32, credentials: Option<&Path>| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            read_private_in(&path, credentials).is_ok()
        };

        let of_service = Some(folder.path());
        assert!(read(0o440, of_service) && read(0o400, of_service) && read(0o600, None));
        assert!(!read(0o440, None), "it is no credential");
        assert!(!read(0o440, folder.path().parent()), "it lies deeper");
        for mode in [0o444, 0o460, 0o620, 0o404] {
            assert!(!read(mode, of_service), "{mode:o}");
        }
    }
}
