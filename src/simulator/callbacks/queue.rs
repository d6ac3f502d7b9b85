//! The deliveries in order: which is due next, and which overtakes which.
//!
//! Pure: times are arguments. Knows neither what is in a delivery nor who registered for it.

use jiff::{SignedDuration, Timestamp};

use super::delivery::{Attempt, Delivery, DeliveryOutcome};
use super::faults::CallbackFault;
use super::payload::Letter;

/// How late a callback is that no other overtakes.
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// Every delivery so far.
#[derive(Debug, Default)]
pub(super) struct Queue {
    entries: Vec<Entry>,
    messages: u64,
}

#[derive(Debug)]
struct Entry {
    delivery: Delivery,
    /// The order among those that are due at one time.
    rank: (u64, Place),
    overtaking: Overtaking,
}

/// Where a delivery stands beside the one whose number it shares in its rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Itself,
    Behind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overtaking {
    Over,
    Awaited,
}

impl Queue {
    /// Takes the next number of a message. A message that is delivered twice has one.
    pub(super) fn next_message(&mut self) -> u64 {
        self.messages += 1;
        self.messages
    }

    /// Queues a letter, to be sent at once unless a fault befalls it.
    pub(super) fn add(&mut self, letter: Letter, created: Timestamp, fault: Option<CallbackFault>) {
        let at = match fault {
            None | Some(CallbackFault::Twice) => Some(created),
            Some(CallbackFault::Late) => created.checked_add(LATE).ok(),
            Some(CallbackFault::Lost) => None,
        };
        self.push(letter.clone(), created, fault, at);
        match fault {
            None | Some(CallbackFault::Lost) => {}
            Some(CallbackFault::Twice) => self.push(letter, created, fault, at),
            // It waits for the next one; it has not overtaken itself.
            Some(CallbackFault::Late) => return,
        }
        if at.is_some() {
            self.let_overtaken_follow(created);
        }
    }

    fn push(
        &mut self,
        letter: Letter,
        created: Timestamp,
        fault: Option<CallbackFault>,
        at: Option<Timestamp>,
    ) {
        let sequence = self.entries.len() as u64 + 1;
        let Letter { callback, url, signature, body } = letter;
        let delivery = Delivery {
            sequence,
            callback,
            created,
            url,
            signature,
            body,
            fault: fault.map(CallbackFault::name),
            attempts: Vec::new(),
            next_attempt: at,
        };
        let overtaking = match fault {
            Some(CallbackFault::Late) => Overtaking::Awaited,
            None | Some(CallbackFault::Twice | CallbackFault::Lost) => Overtaking::Over,
        };
        self.entries.push(Entry { delivery, rank: (sequence, Place::Itself), overtaking });
    }

    /// Sends those that wait to be overtaken right behind the newest one.
    fn let_overtaken_follow(&mut self, now: Timestamp) {
        let newest = self.entries.len() as u64;
        for entry in self.entries.iter_mut().filter(|entry| entry.overtaking == Overtaking::Awaited) {
            entry.overtaking = Overtaking::Over;
            entry.delivery.next_attempt = Some(now);
            entry.rank = (newest, Place::Behind);
        }
    }

    /// Takes the first delivery that is due; it is on its way then.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<Delivery> {
        let due = |entry: &&mut Entry| entry.delivery.next_attempt.is_some_and(|at| at <= now);
        let first =
            self.entries.iter_mut().filter(due).min_by_key(|entry| (entry.delivery.next_attempt, entry.rank));
        let Entry { delivery, rank: _, overtaking } = first?;
        delivery.next_attempt = None;
        *overtaking = Overtaking::Over;
        Some(delivery.clone())
    }

    /// Notes an attempt. Says whose delivery it was, and how often it was attempted by now.
    pub(super) fn attempted(
        &mut self,
        sequence: u64,
        outcome: DeliveryOutcome,
        time: Timestamp,
    ) -> Option<(u32, usize)> {
        let delivery = self.delivery(sequence)?;
        delivery.attempts.push(Attempt { time, outcome });
        Some((delivery.callback, delivery.attempts.len()))
    }

    /// Has a delivery attempted again.
    pub(super) fn again(&mut self, sequence: u64, at: Timestamp) {
        if let Some(delivery) = self.delivery(sequence) {
            delivery.next_attempt = Some(at);
        }
    }

    /// When the next delivery is due.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.entries.iter().filter_map(|entry| entry.delivery.next_attempt).min()
    }

    /// Every delivery, by its number.
    pub(super) fn all(&self) -> Vec<Delivery> {
        self.entries.iter().map(|entry| entry.delivery.clone()).collect()
    }

    fn delivery(&mut self, sequence: u64) -> Option<&mut Delivery> {
        let place = usize::try_from(sequence.checked_sub(1)?).ok()?;
        self.entries.get_mut(place).map(|entry| &mut entry.delivery)
    }
}
