//! The deliveries in order: which is due next, and which overtakes which.
//!
//! Pure: times are arguments. Knows neither what is in a delivery nor who registered for it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::delivery::{Attempt, Delivery, DeliveryOutcome};
use super::faults::CallbackFault;
use super::payload::Letter;

/// How late a callback is that no other overtakes.
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// About how much memory a delivery takes beside its own texts.
const DELIVERY_BYTES: usize = 1024;

/// Every delivery so far, unless a limit is set.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// By number.
    deliveries: BTreeMap<u64, Delivery>,
    /// Those of them that are over: delivered, given up or lost.
    settled: BTreeSet<u64>,
    /// Those that are to be sent, in order.
    turns: BTreeSet<Turn>,
    /// Those of them that wait to be overtaken, by number.
    awaiting: Vec<u64>,
    messages: u64,
    newest: u64,
    dropped: u64,
    weight: usize,
    limit: Option<usize>,
}

/// When a delivery is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    at: Timestamp,
    /// Among those of one time: the number of the delivery itself, or of the one that has overtaken it.
    after: u64,
    place: Place,
    sequence: u64,
}

/// Where a delivery stands beside the one whose number decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Itself,
    Behind,
}

impl Queue {
    /// Takes the next number of a message. A message that is delivered twice has one.
    pub(super) fn next_message(&mut self) -> u64 {
        self.messages += 1;
        self.messages
    }

    /// Queues a letter, to be sent at once unless a fault befalls it.
    pub(super) fn add(&mut self, letter: Letter, created: Timestamp, fault: Option<CallbackFault>) {
        match fault {
            None => {
                let sequence = self.push(letter, created, fault);
                self.send_at(sequence, created);
            }
            Some(CallbackFault::Twice) => {
                for letter in [letter.clone(), letter] {
                    let sequence = self.push(letter, created, fault);
                    self.send_at(sequence, created);
                }
            }
            Some(CallbackFault::Late) => {
                let sequence = self.push(letter, created, fault);
                self.send_at(sequence, created.checked_add(LATE).unwrap_or(created));
                self.awaiting.push(sequence);
                return;
            }
            Some(CallbackFault::Lost) => {
                let sequence = self.push(letter, created, fault);
                self.settle(sequence);
                return;
            }
        }
        self.let_overtaken_follow(created);
    }

    /// Notes that a delivery is over.
    pub(super) fn settle(&mut self, sequence: u64) {
        if self.deliveries.contains_key(&sequence) {
            self.settled.insert(sequence);
        }
    }

    /// How many deliveries the limit had no room for although they were not over.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    fn push(&mut self, letter: Letter, created: Timestamp, fault: Option<CallbackFault>) -> u64 {
        self.newest += 1;
        let sequence = self.newest;
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
            next_attempt: None,
        };
        self.weight += weight(&delivery);
        self.deliveries.insert(sequence, delivery);
        self.forget();
        sequence
    }

    /// Has a delivery sent at a time.
    pub(super) fn send_at(&mut self, sequence: u64, at: Timestamp) {
        self.give_turn(Turn { at, after: sequence, place: Place::Itself, sequence });
    }

    fn give_turn(&mut self, turn: Turn) {
        let Some(delivery) = self.delivery(turn.sequence) else { return };
        delivery.next_attempt = Some(turn.at);
        self.turns.retain(|own| own.sequence != turn.sequence);
        self.turns.insert(turn);
    }

    /// Sends those that wait to be overtaken right behind the newest one.
    fn let_overtaken_follow(&mut self, at: Timestamp) {
        let after = self.newest;
        for sequence in std::mem::take(&mut self.awaiting) {
            self.give_turn(Turn { at, after, place: Place::Behind, sequence });
        }
    }

    /// Takes the first delivery that is due; it is on its way then.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<Delivery> {
        let Turn { sequence, .. } = *self.turns.first().filter(|turn| turn.at <= now)?;
        self.turns.pop_first();
        self.awaiting.retain(|own| *own != sequence);
        let delivery = self.delivery(sequence)?;
        delivery.next_attempt = None;
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

    /// When the next delivery is due.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.turns.first().map(|turn| turn.at)
    }

    /// Every delivery that is not forgotten, by its number.
    pub(super) fn all(&self) -> Vec<Delivery> {
        self.deliveries.values().cloned().collect()
    }

    /// Sets how many bytes the deliveries may take, about.
    pub(super) fn set_limit(&mut self, bytes: usize) {
        self.limit = Some(bytes);
        self.forget();
    }

    /// Forgets the oldest deliveries that the limit has no room for: first those that are over, and only where that does
    /// not do, those that wait or are on their way, which are counted. The newest is never among them.
    fn forget(&mut self) {
        while self.deliveries.len() > 1 && self.limit.is_some_and(|limit| self.weight > limit) {
            let over = self.settled.pop_first();
            let Some(oldest) = over.or_else(|| self.deliveries.keys().next().copied()) else { return };
            let Some(forgotten) = self.deliveries.remove(&oldest) else { return };
            self.weight -= weight(&forgotten);
            self.dropped += u64::from(over.is_none());
            self.turns.retain(|turn| turn.sequence != oldest);
            self.awaiting.retain(|sequence| *sequence != oldest);
        }
    }

    fn delivery(&mut self, sequence: u64) -> Option<&mut Delivery> {
        self.deliveries.get_mut(&sequence)
    }
}

fn weight(delivery: &Delivery) -> usize {
    DELIVERY_BYTES + delivery.url.len() + delivery.body.len()
}

#[cfg(test)]
mod tests {
    use super::{Letter, Queue, Timestamp};

    fn letter() -> Letter {
        let (url, signature, body) = ("/".to_owned(), String::new(), "x".repeat(1000));
        Letter { callback: 1, url, signature, body }
    }

    #[test]
    fn callback_deliveries_beyond_the_limit_are_forgotten_and_the_rest_keep_their_numbers() {
        let mut queue = Queue::default();
        queue.set_limit(10 * 1024);

        for _ in 0..100 {
            queue.add(letter(), Timestamp::UNIX_EPOCH, None);
        }

        let kept: Vec<u64> = queue.all().iter().map(|delivery| delivery.sequence).collect();
        assert_eq!(kept, [96, 97, 98, 99, 100]);
        assert_eq!(queue.dropped(), 95, "nobody was sent them");
        let sent = std::iter::from_fn(|| queue.take_due(Timestamp::UNIX_EPOCH));
        assert_eq!(sent.map(|delivery| delivery.sequence).collect::<Vec<_>>(), kept);
        assert_eq!(queue.next(), None);
    }

    #[test]
    fn callback_deliveries_that_wait_or_are_on_their_way_outlast_those_that_are_over() {
        let mut queue = Queue::default();
        queue.set_limit(10 * 1024);
        let now = Timestamp::UNIX_EPOCH;
        queue.add(letter(), now, None);
        queue.add(letter(), now, None);
        let on_its_way = queue.take_due(now).unwrap().sequence;
        let retried = queue.take_due(now).unwrap().sequence;
        queue.send_at(retried, Timestamp::MAX);

        for _ in 0..100 {
            queue.add(letter(), now, None);
            let sequence = queue.take_due(now).unwrap().sequence;
            queue.settle(sequence);
        }

        let kept: Vec<u64> = queue.all().iter().map(|delivery| delivery.sequence).collect();
        assert_eq!(kept, [on_its_way, retried, 100, 101, 102]);
        assert_eq!((queue.dropped(), queue.next()), (0, Some(Timestamp::MAX)));
    }
}
