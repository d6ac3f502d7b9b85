//! Looks at a journal as it lies: whether it is whole, and whether a process has it. Changes nothing.

use std::path::Path;

use super::check::{check, stored_head};
use super::lock::{Holder, Lock};
use super::migrations::{self, Found, look};
use super::{Journal, JournalError};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// How many events it holds.
    pub events: i64,
    /// Who has it.
    pub holder: Holder,
}

impl Journal {
    /// Checks all that is in a journal, as opening it does, without taking it and without bringing it up to this version.
    /// `None`: there is none yet.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is damaged.
    pub fn inspect(path: &Path) -> Result<Option<Inspection>, JournalError> {
        let Some(reader) = Self::read(path)? else { return Ok(None) };
        let (holder, mark) = Lock::look(path);
        // One transaction, so that a process that writes meanwhile does not look like damage.
        let transaction = reader.connection().unchecked_transaction()?;
        let events = match look(&transaction)? {
            Found::Journal { version } if version == migrations::version() => {
                check(&transaction, mark.as_ref())?.seq
            }
            Found::Journal { .. } | Found::Empty => stored_head(&transaction)?.seq,
        };
        Ok(Some(Inspection { events, holder }))
    }
}
