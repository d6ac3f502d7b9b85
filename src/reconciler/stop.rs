//! Whether the process was asked to stop, by a signal or by Ctrl-C.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::journal::attempt;

/// A request to stop, seen by everyone who holds a copy. Once made it stays.
#[derive(Clone, Debug)]
pub struct Stop {
    sender: Arc<watch::Sender<bool>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { sender: Arc::new(watch::Sender::new(false)) }
    }
}

impl Stop {
    /// Asks everyone to stop: nothing more is sent; what is in flight is finished.
    pub fn request(&self) {
        self.sender.send_replace(true);
    }

    /// Whether a stop was requested.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.sender.borrow()
    }

    /// The same, as the write protocol asks it.
    pub(super) fn requested(&self) -> attempt::Stop {
        if self.is_requested() { attempt::Stop::Requested } else { attempt::Stop::No }
    }

    /// Waits until a stop is requested.
    pub async fn wait(&self) {
        // It ends with an error only when the sender is gone, and this holds one.
        let _ = self.sender.subscribe().wait_for(|stop| *stop).await;
    }

    /// Waits that long, or until a stop is requested.
    pub(super) async fn pause(&self, duration: Duration) {
        let mut receiver = self.sender.subscribe();
        // Either way of ending means that the wait is over.
        let _ = tokio::time::timeout(duration, receiver.wait_for(|stop| *stop)).await;
    }
}
