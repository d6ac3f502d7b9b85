//! What the answers of a ConnectWise show besides their content: how many of which status, how often they asked to
//! wait, what time it is there, and how they came. Only measured here; judged elsewhere.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::outbound::Encryption;

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Requests by the status of their answer; 0 stands for none.
    pub requests: BTreeMap<u16, u64>,
    /// How long reads waited because they were told to.
    pub throttled: Duration,
    /// How far the far end's clock is ahead of this machine's, by the last answer that said so; negative when behind.
    pub clock_ahead: Option<SignedDuration>,
    /// How the last answer came; `None` where it was not encrypted.
    pub encryption: Option<Encryption>,
}

/// The readings since they were last taken. Clones count together, and go on counting when a connection that they were
/// given to could not be made or is gone.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    readings: Arc<Mutex<Readings>>,
}

impl Meter {
    /// Counts an answer, and the time it was sent at where it says so.
    pub(super) fn answered(&self, status: u16, sent_at: Option<Timestamp>, now: Timestamp) {
        self.with(|readings| {
            *readings.requests.entry(status).or_default() += 1;
            if let Some(sent_at) = sent_at {
                readings.clock_ahead = Some(sent_at.duration_since(now));
            }
        });
    }

    /// Notes how an answer came.
    pub(super) fn came_by(&self, encryption: Option<Encryption>) {
        self.with(|readings| readings.encryption = encryption);
    }

    /// Counts a request that was not answered.
    pub(super) fn unanswered(&self) {
        self.with(|readings| *readings.requests.entry(0).or_default() += 1);
    }

    /// Counts a wait that the far end asked for.
    pub(super) fn throttled(&self, wait: Duration) {
        self.with(|readings| readings.throttled += wait);
    }

    /// Takes the counts, and leaves what is true of the far end.
    #[must_use]
    pub fn take(&self) -> Readings {
        self.with(|readings| {
            let (clock_ahead, encryption) = (readings.clock_ahead, readings.encryption.clone());
            let kept = Readings { clock_ahead, encryption, ..Readings::default() };
            std::mem::replace(readings, kept)
        })
    }

    /// How far the far end's clock is ahead.
    pub(super) fn clock_ahead(&self) -> Option<SignedDuration> {
        self.with(|readings| readings.clock_ahead)
    }

    /// How the last answer came.
    pub(super) fn encryption(&self) -> Option<Encryption> {
        self.with(|readings| readings.encryption.clone())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Readings) -> T) -> T {
        work(&mut self.readings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
