//! What can be asked of the journal. Changes nothing, and works while another process writes.
//!
//! Gives back the values that the books plan with, as they were remembered.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::line::{CHANGES_ARE_RECENT, LineMemory, WRITES_ARE_RECENT};
use super::lock::Mark;
use super::migrations::{Found, look};
use super::store::{Journal, Ledger, PATIENCE};
use super::{Action, Intent, JournalError, Open, history, rows, snapshots};
use crate::billing::{LineRecord, LineRecords, OpenIntent, Quantity};
use crate::plan::History;
use crate::usage::SourceHistory;

/// The journal, opened for reading.
#[derive(Debug)]
pub struct JournalReader {
    connection: Connection,
}

impl Journal {
    /// Opens the journal for reading: takes no lock and makes no file. `None`: there is no journal yet.
    ///
    /// # Errors
    ///
    /// When it is no journal, a newer one, or cannot be read.
    pub fn read(path: &Path) -> Result<Option<JournalReader>, JournalError> {
        match std::fs::metadata(path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(JournalError::Unusable { path: path.to_owned(), doing: "read", source });
            }
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = if write_ahead(path).exists() {
            Connection::open_with_flags(path, flags)?
        } else {
            // A copy that lies alone. Nobody writes it, and without this SQLite would make files beside it.
            Connection::open_with_flags(immutable(path), flags | OpenFlags::SQLITE_OPEN_URI)?
        };
        connection.busy_timeout(PATIENCE)?;
        match look(&connection)? {
            Found::Empty => Ok(None),
            Found::Journal { version: _ } => Ok(Some(JournalReader { connection })),
        }
    }
}

/// The file that holds what was committed and is not in the journal's file yet.
fn write_ahead(journal: &Path) -> PathBuf {
    let mut name = journal.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// A name by which SQLite reads a file that nobody writes.
fn immutable(journal: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in journal.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                uri.push(char::from(*byte))
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

impl JournalReader {
    pub(super) fn over(connection: Connection) -> Self {
        Self { connection }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether the journal has such a table. One of an older version may lack it until it is opened for writing.
    pub(super) fn knows(&self, table: &str) -> Result<bool, JournalError> {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = ?1";
        let count: i64 = self.connection.prepare_cached(sql)?.query_row([table], |row| row.get(0))?;
        Ok(count > 0)
    }

    pub(super) fn transact<T>(
        &mut self,
        work: impl FnOnce(&mut Ledger<'_>) -> Result<T, JournalError>,
    ) -> Result<(T, Option<Mark>), JournalError> {
        let mut ledger = Ledger::begin(&mut self.connection)?;
        let value = work(&mut ledger)?;
        Ok((value, ledger.commit()?))
    }

    /// The tenants it knows, by name.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn tenants(&self) -> Result<Vec<Arc<str>>, JournalError> {
        let mut statement = self.connection.prepare_cached("SELECT name FROM tenants ORDER BY name")?;
        let names = statement.query_map((), |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// All that a plan needs to know, as of one moment.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn memory(&self, tenant: &str, now: Timestamp) -> Result<History, JournalError> {
        let moment = self.connection.unchecked_transaction()?;
        let memory = History {
            sources: self.sources(tenant)?,
            records: self.records(tenant, now)?,
            last_applied_commit: self.last_applied_commit(tenant)?,
        };
        moment.finish()?;
        Ok(memory)
    }

    /// The lines we wrote or saw.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn records(&self, tenant: &str, now: Timestamp) -> Result<LineRecords, JournalError> {
        let mut records = LineRecords::default();
        for (line, memory) in rows::lines(&self.connection, tenant)? {
            records.insert(line, recall(memory, now));
        }
        for (open, commit) in history::open_intents(&self.connection, tenant)? {
            let intent = OpenIntent { since: open.intent.at, settles_at: open.settles_at };
            let record = records.entry(open.intent.line).or_insert_with(|| only_in_doubt(&open, commit));
            record.open_intent = Some(intent);
        }
        for meant in history::unlanded(&self.connection, tenant, now)? {
            // Of a line that was never written nothing is known that a late landing could be taken for.
            if let Some(record) = records.get_mut(&meant.line) {
                record.unlanded.extend(still_to_land(record, &meant));
            }
        }
        Ok(records)
    }

    /// The snapshots of each source.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn sources(&self, tenant: &str) -> Result<BTreeMap<Arc<str>, SourceHistory>, JournalError> {
        snapshots::histories(&self.connection, tenant)
    }

    /// The commit that was applied last, wholly or in part.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn last_applied_commit(&self, tenant: &str) -> Result<Option<Arc<str>>, JournalError> {
        let sql = "SELECT last_applied_commit FROM tenants WHERE name = ?1";
        let found = self.connection.prepare_cached(sql)?.query_row([tenant], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }

    /// The intents that are not settled, oldest first.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn open_intents(&self, tenant: &str) -> Result<Vec<Open>, JournalError> {
        let found = history::open_intents(&self.connection, tenant)?;
        Ok(found.into_iter().map(|(open, _)| open).collect())
    }
}

/// What a write that did not land was to set, unless one of ours has found it there and written over it since.
fn still_to_land(record: &LineRecord, meant: &Intent) -> Option<Quantity> {
    let Action::Set { after, .. } = meant.action else { return None };
    let mut later = record.recent_writes.iter().filter(|write| write.at > meant.at);
    (!later.any(|write| write.before == after)).then_some(after)
}

/// What is known of a line now: old writes and changes are left out.
fn recall(memory: LineMemory, now: Timestamp) -> LineRecord {
    let LineMemory {
        addition,
        created: _,
        last_written,
        written_at,
        commit,
        terms,
        mut recent_writes,
        mut foreign_changes,
        foreign_seen: _,
        diverged,
        adopted,
        guarded,
    } = memory;
    recent_writes.retain(|write| now.duration_since(write.at) <= WRITES_ARE_RECENT);
    foreign_changes.retain(|change| now.duration_since(*change) <= CHANGES_ARE_RECENT);
    LineRecord {
        addition,
        last_written,
        written_at,
        commit,
        terms,
        recent_writes,
        foreign_changes,
        open_intent: None,
        diverged,
        adopted,
        guarded,
        unlanded: Vec::new(),
    }
}

/// A line of which nothing is known but that a write is open.
fn only_in_doubt(open: &Open, commit: Arc<str>) -> LineRecord {
    LineRecord {
        addition: match open.intent.action {
            Action::Set { addition, .. } => Some(addition),
            Action::Create { .. } => None,
        },
        last_written: None,
        written_at: open.intent.at,
        commit,
        terms: Arc::clone(&open.intent.terms),
        recent_writes: Vec::new(),
        foreign_changes: Vec::new(),
        open_intent: None,
        diverged: false,
        adopted: None,
        guarded: None,
        unlanded: Vec::new(),
    }
}
