//! The deliveries in order: which is due next, and which overtakes which.
//!
//! Pure: times are arguments. Knows neither what is in a delivery nor who registered for it.

use std::collections::{BTreeSet, VecDeque};

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
    deliveries: VecDeque<Delivery>,
    /// Those that are to be sent, in order.
    turns: BTreeSet<Turn>,
    /// Those of them that wait to be overtaken, by number.
    awaiting: Vec<u64>,
    messages: u64,
    forgotten: u64,
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
                self.push(letter, created, fault);
                return;
            }
        }
        self.let_overtaken_follow(created);
    }

    fn push(&mut self, letter: Letter, created: Timestamp, fault: Option<CallbackFault>) -> u64 {
        let sequence = self.newest() + 1;
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
        self.deliveries.push_back(delivery);
        self.forget();
        sequence
    }

    fn newest(&self) -> u64 {
        self.forgotten + self.deliveries.len() as u64
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
        let after = self.newest();
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
        self.deliveries.iter().cloned().collect()
    }

    /// Sets how many bytes the deliveries may take, about.
    pub(super) fn set_limit(&mut self, bytes: usize) {
        self.limit = Some(bytes);
        self.forget();
    }

    /// Forgets the oldest deliveries that the limit has no room for. The newest is never among them.
    fn forget(&mut self) {
        while self.deliveries.len() > 1 && self.limit.is_some_and(|limit| self.weight > limit) {
            let Some(oldest) = self.deliveries.pop_front() else { return };
            self.weight -= weight(&oldest);
            self.forgotten += 1;
            self.turns.retain(|turn| turn.sequence != oldest.sequence);
        }
    }

    fn delivery(&mut self, sequence: u64) -> Option<&mut Delivery> {
        let place = sequence.checked_sub(self.forgotten + 1)?;
        self.deliveries.get_mut(usize::try_from(place).ok()?)
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
        let sent = std::iter::from_fn(|| queue.take_due(Timestamp::UNIX_EPOCH));
        assert_eq!(sent.map(|delivery| delivery.sequence).collect::<Vec<_>>(), kept);
        assert_eq!(queue.next(), None);
    }
}
