//! The file next to the journal that keeps a second process out, and remembers how far the journal had come.
//!
//! The lock is the operating system's: it ends with the process, however that ends. The mark is written after each
//! commit, so it is never ahead of the journal; a journal that is behind it has lost its tail, or was put back.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::JournalError;
use super::chain::{Hash, hex, unhex};

/// The held lock.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

/// How far the journal had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) seq: i64,
    pub(super) hash: Hash,
}

/// Which process has a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// None.
    Nobody,
    /// One that runs.
    AProcess,
}

impl Lock {
    /// Looks who has the lock of a journal, and at its mark. Makes no file; what cannot be read is nobody's and no mark.
    pub(super) fn look(journal: &Path) -> (Holder, Option<Mark>) {
        let Ok(file) = File::open(beside(journal)) else { return (Holder::Nobody, None) };
        let holder = match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Holder::AProcess,
            Ok(()) | Err(TryLockError::Error(_)) => Holder::Nobody,
        };
        let seen = Self { file };
        // A process that writes moves both on; the journal was read first, so it may be behind the mark.
        let mark = match holder {
            Holder::Nobody => seen.mark(),
            Holder::AProcess => None,
        };
        (holder, mark)
    }

    /// Takes the lock of a journal, or says that another process has it.
    pub(super) fn take(journal: &Path) -> Result<Self, JournalError> {
        let unusable = |source| JournalError::Unusable { path: journal.to_owned(), doing: "locked", source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = super::place::private(&mut options).open(beside(journal)).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(JournalError::Locked { path: journal.to_owned() }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// The mark. `None`: there is none, or it was torn; both happen when a machine loses power.
    pub(super) fn mark(&self) -> Option<Mark> {
        let mut text = String::new();
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).ok()?;
        file.take(256).read_to_string(&mut text).ok()?;
        let (seq, hash) = text.strip_suffix('\n')?.split_once(' ')?;
        Some(Mark { seq: seq.parse().ok()?, hash: unhex(hash)? })
    }

    /// Moves the mark. It need not be durable, and an old one does no harm.
    pub(super) fn set_mark(&self, mark: &Mark) -> io::Result<()> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(format!("{:020} {}\n", mark.seq, hex(&mark.hash)).as_bytes())
    }
}

/// The lock file of a journal.
fn beside(journal: &Path) -> PathBuf {
    let mut name = journal.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}
