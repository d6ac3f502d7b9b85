//! Where the journal's file lies, and who may read it.
//!
//! Only paths and rights; knows nothing of what is in the file.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::JournalError;

/// Kinds of file system whose locks and flushes cannot be relied on.
const NETWORK_KINDS: [&str; 12] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "glusterfs",
    "fuse.glusterfs",
    "fuse.sshfs",
    "lustre",
    "beegfs",
];

/// Makes sure that there is a file that only its owner can read, created so from the start.
pub(super) fn make_private(journal: &Path) -> Result<(), JournalError> {
    let unusable = |source| JournalError::Unusable { path: journal.to_owned(), doing: "created", source };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    match private(&mut options).open(journal) {
        Ok(file) => sync(&file, journal).map_err(unusable),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => tighten(journal).map_err(unusable),
        Err(error) => Err(unusable(error)),
    }
}

/// The new file's name is durable only once its folder is.
fn sync(file: &File, journal: &Path) -> io::Result<()> {
    file.sync_all()?;
    File::open(folder(journal))?.sync_all()
}

fn folder(journal: &Path) -> &Path {
    let folder = journal.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Options that create a file for its owner alone.
#[cfg(unix)]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

/// Options that create a file; elsewhere than on Unix the folder's rights are all there is.
#[cfg(not(unix))]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn tighten(journal: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = std::fs::metadata(journal)?.permissions();
    if permissions.mode() & 0o077 == 0 {
        return Ok(());
    }
    permissions.set_mode(0o600);
    std::fs::set_permissions(journal, permissions)
}

#[cfg(not(unix))]
fn tighten(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Refuses a network file system, where the kernel says what is mounted.
pub(super) fn refuse_network(journal: &Path) -> Result<(), JournalError> {
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else { return Ok(()) };
    let Ok(folder) = folder(journal).canonicalize() else { return Ok(()) };
    match network_kind(&mounts, &folder) {
        Some(kind) => {
            Err(JournalError::NetworkFileSystem { path: journal.to_owned(), kind: kind.to_owned() })
        }
        None => Ok(()),
    }
}

/// The kind of network file system that a folder lies on, by the kernel's table of mounts.
fn network_kind<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mounted = mounts.lines().filter_map(mount);
    let holding = mounted.filter(|(point, _)| folder.starts_with(unescape(point)));
    // The longest mount point holds the folder; of two of one length, the later mount hides the earlier.
    let (_, kind) = holding.max_by_key(|(point, _)| point.len())?;
    NETWORK_KINDS.contains(&kind).then_some(kind)
}

/// Mount point and kind of a line such as `36 35 98:0 / /mnt rw,noatime master:1 - nfs4 server:/x rw`.
fn mount(line: &str) -> Option<(&str, &str)> {
    let (left, right) = line.split_once(" - ")?;
    Some((left.split(' ').nth(4)?, right.split(' ').next()?))
}

/// The kernel writes blanks in mount points as octal escapes.
fn unescape(point: &str) -> String {
    point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:45 / /srv/share rw shared:9 - nfs4 files:/export rw,vers=4.2
41 40 254:1 / /srv/share/local\\040disk rw - xfs /dev/vdb rw
";

    #[test]
    fn a_network_file_system_is_told_by_the_longest_mount_point() {
        assert_eq!(network_kind(MOUNTS, Path::new("/srv/share/msp")), Some("nfs4"));
        assert_eq!(network_kind(MOUNTS, Path::new("/srv/share/local disk")), None);
        assert_eq!(network_kind(MOUNTS, Path::new("/var/lib/trueup")), None);
    }
}
