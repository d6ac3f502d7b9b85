//! Which deliveries came before: the last ten thousand of a hook, for three days.
//!
//! Pure: the time is an argument. Remembers a hash of the id and the body together, so that its memory is bounded, and so
//! that a proven delivery that only borrows the id of another one is not taken for it.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

/// A forge that sends more than this in three days is heard again too often rather than too seldom.
const MOST_DELIVERIES: usize = 10_000;

/// Forges let a person send a delivery again for about as long.
const REMEMBERED_FOR: Duration = Duration::from_hours(72);

/// Whether a delivery came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sighting {
    /// It did not, as far as is remembered.
    First,
    /// It did.
    Repeated,
}

/// The deliveries that are remembered, the one seen last at the end.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    seen: HashMap<[u8; 32], u64>,
    order: BTreeMap<u64, (Instant, [u8; 32])>,
    next: u64,
}

impl Deliveries {
    /// Remembers a delivery, and says whether it was remembered already.
    pub(super) fn see(&mut self, id: &[u8], body: &[u8], now: Instant) -> Sighting {
        self.forget(now);
        let key = Self::key(id, body);
        let before = self.seen.insert(key, self.next);
        if let Some(before) = before {
            self.order.remove(&before);
        }
        self.order.insert(self.next, (now, key));
        self.next += 1;
        if self.seen.len() > MOST_DELIVERIES {
            self.forget_oldest();
        }
        before.map_or(Sighting::First, |_| Sighting::Repeated)
    }

    fn forget(&mut self, now: Instant) {
        while let Some((_, (seen, _))) = self.order.first_key_value()
            && now.saturating_duration_since(*seen) >= REMEMBERED_FOR
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, (_, key))) = self.order.pop_first() {
            self.seen.remove(&key);
        }
    }

    fn key(id: &[u8], body: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(Sha256::digest(id));
        hash.update(body);
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_repeated_until_three_days_after_it_was_last_seen() {
        let start = Instant::now();
        let mut deliveries = Deliveries::default();

        let sightings: Vec<Sighting> = [0, 71, 71 + 71, 71 + 71 + 72]
            .into_iter()
            .map(|hours| deliveries.see(b"id", b"body", start + Duration::from_hours(hours)))
            .collect();

        assert_eq!(sightings, [Sighting::First, Sighting::Repeated, Sighting::Repeated, Sighting::First]);
    }

    #[test]
    fn another_body_under_the_same_id_is_another_delivery() {
        let now = Instant::now();
        let mut deliveries = Deliveries::default();

        assert_eq!(deliveries.see(b"id", b"body", now), Sighting::First);
        assert_eq!(deliveries.see(b"id", b"another", now), Sighting::First);
        assert_eq!(deliveries.see(b"idb", b"ody", now), Sighting::First);
        assert_eq!(deliveries.see(b"id", b"body", now), Sighting::Repeated);
    }

    #[test]
    fn sec_w3_the_last_ten_thousand_are_remembered_and_no_more() {
        let now = Instant::now();
        let mut deliveries = Deliveries::default();
        let last = 2 * MOST_DELIVERIES;
        for id in 0..last {
            assert_eq!(deliveries.see(&id.to_be_bytes(), b"", now), Sighting::First);
        }

        assert_eq!(deliveries.seen.len(), MOST_DELIVERIES);
        assert_eq!(deliveries.order.len(), MOST_DELIVERIES);
        let oldest = last - MOST_DELIVERIES;
        assert_eq!(deliveries.see(&oldest.to_be_bytes(), b"", now), Sighting::Repeated);
        assert_eq!(deliveries.see(&(oldest - 1).to_be_bytes(), b"", now), Sighting::First);
    }
}
