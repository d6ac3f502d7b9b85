//! Why the journal could not be opened, read or written, as situations a caller can act on.
//!
//! An intent that is not durable must not be sent, and an outcome that is not durable is read back before the line is
//! written again. Where nobody knows any more what is durable, the caller stops the process.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::{Instance, IntentId, RunId};
use crate::billing::{AdditionId, LineKey};

/// Why the journal could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process holds it (exit code 8).
    #[error("another process holds the journal {path}")]
    Locked {
        /// The journal.
        path: PathBuf,
    },
    /// Its content is not what was written.
    #[error("the journal is damaged: {place}")]
    Damaged {
        /// Where, and how it shows.
        place: String,
    },
    /// A newer version of trueup wrote it.
    #[error("the journal has schema version {found}, and this version of trueup knows {known}")]
    NewerVersion {
        /// The schema version of the file.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// The file is something else.
    #[error("the file is no journal of trueup")]
    NoJournal,
    /// The file cannot be used where it lies.
    #[error("the journal {path} cannot be {doing}: {source}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What went wrong.
        source: io::Error,
    },
    /// It lies on a network file system, where neither locks nor durable writes can be relied on.
    #[error("the journal {path} lies on a network file system ({kind})")]
    NetworkFileSystem {
        /// The file.
        path: PathBuf,
        /// The kind of file system.
        kind: String,
    },
    /// There is no room for it.
    #[error("the disk of the journal is full")]
    DiskFull,
    /// The disk failed.
    #[error("the journal could not be read or written: {message}")]
    Io {
        /// What the database said.
        message: String,
    },
    /// Another program, such as a backup, kept it locked too long.
    #[error("another program kept the journal locked for more than 5 seconds")]
    Busy,
    /// A write failed before; nothing is written after that.
    #[error("the journal failed before and takes no more writes")]
    Stopped,
    /// The database refused what it was told; a bug.
    #[error("the journal's database refused: {message}")]
    Database {
        /// What it said.
        message: String,
    },
    /// The tenant's credentials belong to another ConnectWise than the one the journal knows.
    #[error("tenant {tenant} was {recorded} until now, and is {found}")]
    InstanceMismatch {
        /// The tenant.
        tenant: String,
        /// What was recorded at first use.
        recorded: Instance,
        /// What the settings say now.
        found: Instance,
    },
    /// Another tenant of the journal is the same ConnectWise.
    #[error("{instance} is tenant {other} of this journal already")]
    InstanceTaken {
        /// The instance.
        instance: Instance,
        /// The tenant that has it.
        other: String,
    },
    /// The tenant's ConnectWise was not recorded.
    #[error("tenant {tenant} has no recorded ConnectWise")]
    InstanceUnknown {
        /// The tenant.
        tenant: String,
    },
    /// A write on the line is in flight or in doubt.
    #[error("agreement {}, product {} has an open intent", line.agreement, line.product)]
    OpenIntent {
        /// The line.
        line: LineKey,
    },
    /// Intents that an earlier process left open are neither settled nor known to be in doubt yet.
    #[error("tenant {tenant} has {count} open intents of an earlier process")]
    Unclassified {
        /// The tenant.
        tenant: String,
        /// How many.
        count: usize,
    },
    /// We created an addition for the line already.
    #[error("agreement {}, product {} has addition {addition}, which we created", line.agreement, line.product)]
    AlreadyCreated {
        /// The line.
        line: LineKey,
        /// The addition.
        addition: AdditionId,
    },
    /// No intent of that number is open.
    #[error("no intent {intent} is open")]
    NoOpenIntent {
        /// The number.
        intent: IntentId,
    },
    /// No run of that number goes on.
    #[error("no run {run} goes on")]
    NoRun {
        /// The number.
        run: RunId,
    },
}

impl JournalError {
    /// Whether the process must end: what it meant or learned may not be durable. A full disk and a lock are rolled back
    /// cleanly, so that it may go on later.
    #[must_use]
    pub fn stops_process(&self) -> bool {
        match self {
            Self::Damaged { .. }
            | Self::Io { .. }
            | Self::Stopped
            | Self::Database { .. }
            | Self::NewerVersion { .. }
            | Self::NoJournal
            | Self::Unusable { .. }
            | Self::NetworkFileSystem { .. }
            | Self::Locked { .. } => true,
            Self::DiskFull
            | Self::Busy
            | Self::InstanceMismatch { .. }
            | Self::InstanceTaken { .. }
            | Self::InstanceUnknown { .. }
            | Self::OpenIntent { .. }
            | Self::Unclassified { .. }
            | Self::AlreadyCreated { .. }
            | Self::NoOpenIntent { .. }
            | Self::NoRun { .. } => false,
        }
    }

    /// How to go on.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Locked { .. } => Some("Wait until it ends, or stop it; `plan` and `status` work meanwhile"),
            Self::Damaged { .. } => Some(
                "Restore the journal from a backup, or move it and its -wal, -shm and .lock files aside: the next \
                 plan then starts from what ConnectWise bills, and what was in doubt must be checked by hand",
            ),
            Self::NewerVersion { .. } => Some("Use the newer version of trueup again"),
            Self::NoJournal => Some("Name another file as `journal` in the settings"),
            Self::Unusable { .. } => {
                Some("Check the folder of `journal` in the settings, its owner and its rights")
            }
            Self::NetworkFileSystem { .. } => {
                Some("Name a file on a local disk as `journal` in the settings")
            }
            Self::DiskFull => Some("Make room: what was sent is read back first, then writes go on"),
            Self::Io { .. } | Self::Stopped => {
                Some("Check the disk and start again: what was sent is read back first")
            }
            Self::Busy => {
                Some("Let backups copy the journal with `sqlite3 .backup`, which does not keep it locked")
            }
            Self::InstanceMismatch { .. } => {
                Some("Put the old site and company back, or give the new instance a tenant of its own")
            }
            Self::InstanceTaken { .. } => Some("Keep the tenant's old name, since its history hangs on it"),
            Self::InstanceUnknown { .. }
            | Self::OpenIntent { .. }
            | Self::Unclassified { .. }
            | Self::AlreadyCreated { .. }
            | Self::NoOpenIntent { .. }
            | Self::NoRun { .. }
            | Self::Database { .. } => None,
        }
    }

    /// The damage that a value shows which cannot have been written.
    pub(super) fn damaged(place: impl Into<String>) -> Self {
        Self::Damaged { place: place.into() }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        let message = error.to_string();
        let Some(code) = error.sqlite_error_code() else {
            return match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..) => Self::Damaged { place: message },
                _ => Self::Database { message },
            };
        };
        match code {
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged { place: message },
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory => Self::Io { message },
            _ => Self::Database { message },
        }
    }
}
