//! How the last pass of the daemon ended, for `trueup status` in another process.
//!
//! Stands in a table of its own, outside the chain of events: it is replaced by each pass, and nothing is decided by it.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

use super::rows::{json, parse};
use super::{Journal, JournalError, JournalReader};

/// How a pass of the daemon ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastPass {
    /// When.
    pub ended_at: Timestamp,
    /// The word for how it ended.
    pub result: Arc<str>,
    /// The mode of the policy.
    pub mode: Arc<str>,
    /// How the tenant does, in one sentence.
    pub health: Arc<str>,
    /// When a pass last came to a plan that stands.
    pub last_good_at: Option<Timestamp>,
    /// What keeps the tenant from a good pass.
    pub trouble: Option<Arc<str>>,
    /// The newest commit, where it is refused.
    pub refused: Option<Arc<str>>,
    /// When the next pass is due if nothing happens.
    pub next_at: Option<Timestamp>,
}

impl Journal {
    /// Notes how a pass ended, in the place of the one before.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn note_pass(&self, tenant: &str, pass: &LastPass) -> Result<(), JournalError> {
        if self.has_failed() {
            return Err(JournalError::Stopped);
        }
        let sql = "INSERT OR REPLACE INTO passes (tenant, body) VALUES (?1, ?2)";
        self.reader().connection().prepare_cached(sql)?.execute((tenant, json(pass)?))?;
        Ok(())
    }
}

impl JournalReader {
    /// How the daemon's last pass of the tenant ended; `None` where it never made one.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn last_pass(&self, tenant: &str) -> Result<Option<LastPass>, JournalError> {
        if !self.knows("passes")? {
            return Ok(None);
        }
        let sql = "SELECT body FROM passes WHERE tenant = ?1";
        let mut statement = self.connection().prepare_cached(sql)?;
        let body: Option<String> = statement.query_row([tenant], |row| row.get(0)).optional()?;
        body.map(|body| parse(&body, "passes")).transpose()
    }
}
