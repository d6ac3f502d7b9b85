//! The sign of life of a tenant's task: beats at every step and at every answer, so that a slow pass is told from one
//! that hangs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that a task may wait for one thing, such as the fetch of a large repository; then it hangs.
const LONGEST_SILENCE: Duration = Duration::from_secs(15 * 60);

/// A sign of life. Clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Pulse {
    last: Arc<Mutex<Instant>>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { last: Arc::new(Mutex::new(Instant::now())) }
    }
}

impl Pulse {
    /// The task lives.
    pub(super) fn beat(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Whether it beat lately.
    pub(super) fn is_felt(&self) -> bool {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < LONGEST_SILENCE
    }
}
