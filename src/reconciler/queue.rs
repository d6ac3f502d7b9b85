//! What a tenant has to react to: a set of events, so that the same one twice is one.
//!
//! Level-triggered: an event says "look again" and nothing more. Ringing never waits and never fails, however many ring.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::standing::Event;

/// The events that wait for one tenant. Clones are the same queue.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: Mutex<BTreeSet<Event>>,
    arrived: Notify,
}

impl Queue {
    /// Adds an event, unless it waits already.
    pub fn push(&self, event: Event) {
        let is_new = self.waiting(|waiting| waiting.insert(event));
        if is_new {
            self.inner.arrived.notify_one();
        }
    }

    /// Takes all that waits, now; empty when nothing does.
    #[must_use]
    pub fn take(&self) -> BTreeSet<Event> {
        self.waiting(std::mem::take)
    }

    /// Waits until something is there. It stays there until it is taken.
    pub async fn arrived(&self) {
        while self.waiting(|waiting| waiting.is_empty()) {
            self.inner.arrived.notified().await;
        }
    }

    /// A panic elsewhere cannot leave half a set, so its poison is no reason to stop.
    fn waiting<T>(&self, work: impl FnOnce(&mut BTreeSet<Event>) -> T) -> T {
        work(&mut self.inner.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_event_twice_is_one() {
        let queue = Queue::default();

        queue.push(Event::Hook);
        queue.push(Event::Hook);
        queue.push(Event::Timer);

        assert_eq!(queue.take(), BTreeSet::from([Event::Timer, Event::Hook]));
        assert_eq!(queue.take(), BTreeSet::new());
    }

    #[tokio::test]
    async fn an_event_that_came_before_the_wait_ends_it() {
        let queue = Queue::default();
        queue.push(Event::Commit);

        queue.arrived().await;

        assert_eq!(queue.take(), BTreeSet::from([Event::Commit]));
    }
}
