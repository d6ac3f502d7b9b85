//! Which tenants an operator suspended: the one thing that is written while another process holds the journal.
//!
//! It stands in a table of its own, outside the chain of events, and takes one short transaction.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::chain::stamp;
use super::migrations::{Found, look, version};
use super::rows::value;
use super::store::connect;
use super::{Journal, JournalError, JournalReader};

/// How much of a reason is kept.
const REASON_CHARACTERS: usize = 512;

/// A tenant whose writes an operator suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspended {
    /// When.
    pub since: Timestamp,
    /// Why, in the operator's words; empty when none were given.
    pub reason: Arc<str>,
}

impl Journal {
    /// Suspends the writes of a tenant. Needs no lock. Once suspended, a tenant keeps the time it was so first.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn suspend(path: &Path, tenant: &str, reason: &str, now: Timestamp) -> Result<(), JournalError> {
        let reason: String = reason.chars().take(REASON_CHARACTERS).collect();
        let sql = "INSERT INTO suspensions (tenant, since, reason) VALUES (?1, ?2, ?3)
                   ON CONFLICT (tenant) DO UPDATE SET reason = excluded.reason";
        beside(path)?.execute(sql, (tenant, stamp(now), reason))?;
        Ok(())
    }

    /// Lets a tenant be written again. Needs no lock. Gives whether it was suspended.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn resume(path: &Path, tenant: &str) -> Result<bool, JournalError> {
        let removed = beside(path)?.execute("DELETE FROM suspensions WHERE tenant = ?1", [tenant])?;
        Ok(removed > 0)
    }
}

impl JournalReader {
    /// Whether an operator suspended the tenant. An older journal knows no suspensions.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn suspension(&self, tenant: &str) -> Result<Option<Suspended>, JournalError> {
        if !self.knows("suspensions")? {
            return Ok(None);
        }
        let sql = "SELECT since, reason FROM suspensions WHERE tenant = ?1";
        let mut statement = self.connection().prepare_cached(sql)?;
        let found =
            statement.query_row([tenant], |row| Ok((value(row, "since"), row.get("reason")?))).optional()?;
        found.map(|(since, reason)| Ok(Suspended { since: since?, reason })).transpose()
    }
}

/// A connection beside that of the process that holds the journal. Where there is no journal of this version yet, nobody
/// can hold it, and it is made first.
fn beside(path: &Path) -> Result<Connection, JournalError> {
    if !is_current(path)? {
        drop(Journal::open(path)?);
    }
    connect(path)
}

fn is_current(path: &Path) -> Result<bool, JournalError> {
    let Some(reader) = Journal::read(path)? else { return Ok(false) };
    Ok(look(reader.connection())? == Found::Journal { version: version() })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::Suspended;
    use crate::journal::Journal;

    #[test]
    fn a_tenant_is_suspended_and_resumed_while_another_process_holds_the_journal() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("trueup.db");
        let held = Journal::open(&path).unwrap();
        let since = "2026-11-22T03:00:00Z".parse().unwrap();

        Journal::suspend(&path, "msp", "invoice run", since).unwrap();
        let suspended = held.reader().suspension("msp").unwrap();
        let resumed = (Journal::resume(&path, "msp").unwrap(), Journal::resume(&path, "msp").unwrap());

        assert_eq!(suspended, Some(Suspended { since, reason: "invoice run".into() }));
        assert_eq!(resumed, (true, false));
        assert_eq!(held.reader().suspension("msp").unwrap(), None);
        drop(held);
        assert!(Journal::open(&path).is_ok(), "the chain is whole");
    }

    #[test]
    fn a_journal_is_made_where_there_is_none_and_other_tenants_are_not_touched() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("trueup.db");

        Journal::suspend(&path, "msp", "", "2026-11-22T03:00:00Z".parse().unwrap()).unwrap();

        let reader = Journal::read(&path).unwrap().unwrap();
        assert!(reader.suspension("msp").unwrap().is_some());
        assert_eq!(reader.suspension("other").unwrap(), None);
    }
}
