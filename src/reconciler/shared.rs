//! The one journal of a process, for all its tenants.
//!
//! Lent for as long as one entry takes and never across a wait, so that no tenant waits for another one's network.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::journal::Journal;

/// The journal of the process. Clones are the same one.
#[derive(Clone, Debug)]
pub struct SharedJournal {
    journal: Arc<Mutex<Journal>>,
    /// Known without waiting for whoever has the journal.
    failed: Arc<AtomicBool>,
}

impl SharedJournal {
    /// Shares a journal that was opened, and with it its lock.
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        Self { journal: Arc::new(Mutex::new(journal)), failed: Arc::default() }
    }

    /// Whether it takes no more writes, so that the process must end and start anew.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    /// Does something with it. What panics on the way is rolled back, so its poison is no reason to stop.
    pub fn with<T>(&self, work: impl FnOnce(&mut Journal) -> T) -> T {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let done = work(&mut journal);
        if journal.has_failed() {
            self.failed.store(true, Ordering::SeqCst);
        }
        done
    }
}
