//! The journal's file: opening it, and writing events with their projections in one durable transaction.
//!
//! Knows how things are kept, not what they mean.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::chain::{genesis, link, stamp};
use super::check::{check, stored_head};
use super::event::Event;
use super::lock::{Lock, Mark};
use super::migrations::{Found, look, migrate};
use super::project::{Happened, project};
use super::{JournalError, JournalReader, place, rows};

/// How long another program may keep the file locked, such as a backup that copies it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The journal, opened for writing. There is one at a time for a file, in all processes.
///
/// It writes through to the disk before a method returns. After a failure of the disk it takes no more writes; a full disk
/// and a lock that was waited for are rolled back, and it goes on.
#[derive(Debug)]
pub struct Journal {
    reader: JournalReader,
    lock: Lock,
    /// How far the journal had come when it was opened: what is older and open was left by an earlier process.
    pub(super) inherited: i64,
    failed: bool,
}

impl Journal {
    /// Opens the journal, or makes a new one; locks it, and checks all that is in it.
    ///
    /// # Errors
    ///
    /// When another process has it, when the file cannot be used where it lies, and when it is damaged.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        place::refuse_network(path)?;
        let lock = Lock::take(path)?;
        let mark = lock.mark();
        place::make_private(path)?;
        let mut connection = connect(path)?;
        match look(&connection)? {
            Found::Empty => match mark {
                Some(mark) => return Err(emptied(&mark)),
                None => bring_up(&mut connection, 0)?,
            },
            Found::Journal { version } => bring_up(&mut connection, version)?,
        }
        let end = check(&connection, mark.as_ref())?;
        // A mark that cannot be written is an old mark, which does no harm.
        let _ = lock.set_mark(&end);
        Ok(Self { reader: JournalReader::over(connection), lock, inherited: end.seq, failed: false })
    }

    /// Everything that can be asked.
    #[must_use]
    pub fn reader(&self) -> &JournalReader {
        &self.reader
    }

    /// Whether a write failed so that the process must end.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// Writes in one durable transaction, or not at all.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Ledger<'_>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        if self.failed {
            return Err(JournalError::Stopped);
        }
        let done = self.reader.transact(work);
        match done {
            Ok((value, Some(mark))) => {
                // The commit stands; a mark that cannot be written is an old mark, which does no harm.
                let _ = self.lock.set_mark(&mark);
                Ok(value)
            }
            Ok((value, None)) => Ok(value),
            Err(error) => {
                self.failed = error.stops_process();
                Err(error)
            }
        }
    }
}

impl Drop for Journal {
    /// Brings everything into the one file, so that a copy of it is whole. Readers may be in the way; then it stays in
    /// the files beside it.
    fn drop(&mut self) {
        let connection = self.reader.connection();
        let _ = connection.busy_timeout(Duration::ZERO);
        let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()));
    }
}

/// Events that are being written.
pub(super) struct Ledger<'a> {
    pub(super) transaction: Transaction<'a>,
    head: Mark,
    written: bool,
}

impl<'a> Ledger<'a> {
    pub(super) fn begin(connection: &'a mut Connection) -> Result<Self, JournalError> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let head = stored_head(&transaction)?;
        Ok(Self { transaction, head, written: false })
    }

    /// Appends one event, and brings the projections up to it. Gives its number.
    pub(super) fn append(&mut self, at: Timestamp, tenant: &str, event: &Event) -> Result<i64, JournalError> {
        let seq = self.head.seq + 1;
        let (time, body) = (stamp(at), rows::json(event)?);
        let hash = link(&self.head.hash, seq, &time, tenant, &body);
        let sql = "INSERT INTO events (seq, at, tenant, body, hash) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.transaction.prepare_cached(sql)?.execute((seq, &time, tenant, &body, hash))?;
        project(&self.transaction, &Happened { seq, at, tenant, event })?;
        self.head = Mark { seq, hash };
        self.written = true;
        Ok(seq)
    }

    /// Makes it durable; gives the new end, or nothing when nothing was appended.
    pub(super) fn commit(self) -> Result<Option<Mark>, JournalError> {
        let Self { transaction, head, written } = self;
        if !written {
            return Ok(None);
        }
        transaction.execute("UPDATE head SET seq = ?1, hash = ?2", (head.seq, head.hash))?;
        transaction.commit()?;
        Ok(Some(head))
    }
}

/// A connection for writing.
pub(super) fn connect(path: &Path) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // The files beside the journal stay, so that readers never have to make them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(JournalError::Io { message: format!("the journal mode is {mode} and cannot be WAL") });
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// Brings the schema to this version.
fn bring_up(connection: &mut Connection, from: i64) -> Result<(), JournalError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    migrate(&transaction, from)?;
    if from == 0 {
        transaction.execute("INSERT INTO head (id, seq, hash) VALUES (1, 0, ?1)", [genesis()])?;
    }
    transaction.commit()?;
    Ok(())
}

fn emptied(mark: &Mark) -> JournalError {
    JournalError::damaged(format!("file: {} events were written to it, and it is empty or gone", mark.seq))
}
