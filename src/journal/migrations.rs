//! How the file's schema came to be, one step a version, and which files are not ours to touch.
//!
//! A file of a newer version is refused: an older program would not understand what the newer one left open.

use rusqlite::{Connection, Transaction};

use super::JournalError;

/// One step a version, from 1. A step that was released is never edited.
const STEPS: &[&str] =
    &[include_str!("migrations/1.sql"), include_str!("migrations/2.sql"), include_str!("migrations/3.sql")];

/// Marks the file as a journal of trueup: "true" in ASCII.
const APPLICATION: i64 = 0x7472_7565;

/// The schema version this program writes.
pub(super) fn version() -> i64 {
    i64::try_from(STEPS.len()).expect("there are few steps")
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It has no tables yet.
    Empty,
    /// A journal of this version or an older one.
    Journal {
        /// Its version.
        version: i64,
    },
}

/// Looks at the file, and refuses what is no journal or a newer one.
pub(super) fn look(connection: &Connection) -> Result<Found, JournalError> {
    let known = version();
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    match (application, found, tables) {
        (0, 0, 0) => Ok(Found::Empty),
        (APPLICATION, found, _) if found > known => Err(JournalError::NewerVersion { found, known }),
        (APPLICATION, version, _) if version > 0 => Ok(Found::Journal { version }),
        (_, _, _) => Err(JournalError::NoJournal),
    }
}

/// Brings the file to this version; all in one transaction of the caller.
pub(super) fn migrate(transaction: &Transaction<'_>, from: i64) -> Result<(), JournalError> {
    for step in STEPS.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", version())?;
    Ok(())
}

/// An empty journal in memory, to compare with.
pub(super) fn in_memory() -> Result<Connection, JournalError> {
    let mut connection = Connection::open_in_memory()?;
    let transaction = connection.transaction()?;
    migrate(&transaction, 0)?;
    transaction.commit()?;
    Ok(connection)
}
