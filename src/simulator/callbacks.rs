//! Callbacks: who registered for what is told, by a signed POST, that a record was saved.
//!
//! Deliveries queue up wherever the change came from; they are sent by a simulator that is served, or by
//! [`Simulator::deliver_due`]. **Only ever to this machine, over plain HTTP**: an address elsewhere can be registered, as
//! at the real server, but is never gone to, and the log says so. Retries follow the simulator's clock.

mod courier;
mod delivery;
mod faults;
mod payload;
mod queue;
mod registration;
mod schedule;
mod signature;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

pub use delivery::{Attempt, Delivery, DeliveryOutcome};
pub use faults::CallbackFault;
pub(super) use registration::{fill, flaws, guid};
pub(super) use signature::key_answer;

use super::kind::Kind;
use super::log::Mutation;
use super::moment;
use super::options::{AdditionCallbacks, UnchangedSave};
use super::state::{Record, State};
use super::value::Value;
use super::{Simulator, World};
use faults::Armed;
use payload::Origin;
use queue::Queue;
use registration::Saved;
use schedule::{Health, Standing, next_attempt};

/// Who marks a callback as inactive that failed for too long.
const SERVER: &str = "system";

/// Everything about callbacks but their registrations, which are records.
#[derive(Debug, Default)]
pub(super) struct Callbacks {
    queue: Queue,
    armed: Armed,
    health: BTreeMap<u32, Health>,
    origin: Origin,
    wake: Arc<Notify>,
}

impl Callbacks {
    /// Lets the deliveries take about so many bytes.
    pub(super) fn set_limit(&mut self, bytes: usize) {
        self.queue.set_limit(bytes);
    }

    /// How many deliveries were dropped before they were over.
    pub(super) fn dropped(&self) -> u64 {
        self.queue.dropped()
    }

    /// Disarms every fault.
    pub(super) fn clear_faults(&mut self) {
        self.armed = Armed::default();
    }

    /// Queues a callback for everyone who registered for a saved record.
    fn tell(&mut self, state: &State, saved: &Saved<'_>) {
        let told = state.all(Kind::Callback).filter(|callback| registration::wants(state, callback, saved));
        for callback in told {
            let sequence = self.queue.next_message();
            let letter = payload::letter(state, &self.origin, callback, saved, sequence);
            let fault = self.armed.take();
            let dropped = self.queue.dropped();
            self.queue.add(letter, saved.mutation.time, fault);
            if self.queue.dropped() > dropped {
                tracing::warn!(dropped = self.queue.dropped(), "The log has no room for callbacks that wait");
            }
            self.wake.notify_one();
        }
    }

    /// Notes what came of a delivery. Says whether its callback has now failed for too long.
    fn finish(&mut self, sequence: u64, outcome: DeliveryOutcome, now: Timestamp) -> Option<u32> {
        let (callback, attempts) = self.queue.attempted(sequence, outcome, now)?;
        let again = next_attempt(outcome, attempts, now).filter(|_| !outcome.is_accepted());
        if let Some(next) = again {
            self.queue.send_at(sequence, next);
            return None;
        }
        self.queue.settle(sequence);
        let health = self.health.entry(callback).or_default();
        if outcome.is_accepted() {
            *health = Health::default();
            return None;
        }
        if outcome == DeliveryOutcome::NotSent {
            // Its receiver was never asked, since this simulator calls nobody but this machine.
            return None;
        }
        match health.fail(now) {
            Standing::Active => None,
            Standing::Disabled => {
                *health = Health::default();
                Some(callback)
            }
        }
    }
}

impl World {
    /// Tells whoever registered for it that a record was saved.
    pub(super) fn announce(&mut self, mutation: &Mutation) {
        let Self { state, log: _, callbacks, aftermath: _ } = self;
        if mutation.before == mutation.after && state.options.unchanged_save == UnchangedSave::Silent {
            return;
        }
        callbacks.tell(state, &Saved::of(mutation));
        let of_the_agreement = mutation.kind == Kind::Addition
            && state.options.addition_callbacks == AdditionCallbacks::Agreement;
        if let (true, Some(agreement)) = (of_the_agreement, mutation.parent) {
            callbacks.tell(state, &Saved::changed(mutation, Kind::Agreement, agreement));
        }
    }

    /// The next delivery that is due, to be sent now. Those of callbacks that are gone or inactive are given up.
    fn take_due(&mut self, now: Timestamp) -> Option<Delivery> {
        while let Some(delivery) = self.callbacks.queue.take_due(now) {
            if self.state.record(Kind::Callback, delivery.callback).is_some_and(registration::is_active) {
                return Some(delivery);
            }
            self.callbacks.queue.settle(delivery.sequence);
        }
        None
    }

    /// Notes what came of a delivery, and disables its callback where that failed for too long.
    fn finish_delivery(&mut self, sequence: u64, outcome: DeliveryOutcome, now: Timestamp) {
        let disabled = self.callbacks.finish(sequence, outcome, now);
        let record = disabled.and_then(|callback| self.state.record(Kind::Callback, callback)).cloned();
        if let Some(record) = record {
            let Record { mut fields, .. } = record.clone();
            fields.set("inactiveFlag", Value::Flag(true));
            let updated = moment::whole_seconds(now);
            self.state.put(Kind::Callback, Record { fields, updated, updated_by: SERVER.into(), ..record });
        }
    }
}

impl Simulator {
    /// Every callback that was queued and is not forgotten, in the order of the changes: the delivered, the given up, and
    /// those that wait.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world().callbacks.queue.all()
    }

    /// Sends every callback that is due on the simulator's clock, one after the other. Says when the next one will be.
    ///
    /// A simulator that is served does this by itself.
    pub async fn deliver_due(&self) -> Option<Timestamp> {
        loop {
            let due = self.world().take_due(self.clock().exact());
            let Some(delivery) = due else { break };
            let outcome = courier::send(&delivery).await;
            self.world().finish_delivery(delivery.sequence, outcome, self.clock().exact());
        }
        self.world().callbacks.queue.next()
    }

    /// Lets this happen to the next so many callbacks.
    pub fn fail_callbacks(&self, fault: CallbackFault, times: u32) {
        self.world().callbacks.armed.arm(fault, times);
    }

    /// How many callbacks the armed faults still wait for.
    #[must_use]
    pub fn callback_faults_left(&self) -> u32 {
        self.world().callbacks.armed.left()
    }

    /// The key that callbacks are signed with, as their `key_url` tells it.
    #[must_use]
    pub fn signing_key(&self) -> String {
        signature::signing_key(&self.world().state.login)
    }
}
