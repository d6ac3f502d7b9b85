//! A limit on requests: so many a minute from a bucket that fills evenly, and so many at one time.

use jiff::Timestamp;

/// A token in the bucket, in parts that a second's share of a minute divides.
const TOKEN: u64 = 60;

/// The bucket. It is full at first.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    per_minute: u32,
    at_once: Option<u32>,
    level: u64,
    filled: Timestamp,
    over: u64,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn new(per_minute: u32, at_once: Option<u32>, now: Timestamp) -> Self {
        Self { per_minute, at_once, level: u64::from(per_minute) * TOKEN, filled: now, over: 0 }
    }

    /// Whether one more request is let in while so many, it included, are on their way.
    pub(super) fn admits(&mut self, now: Timestamp, on_their_way: usize) -> bool {
        self.fill(now);
        let crowded = self.at_once.is_some_and(|most| on_their_way > most as usize);
        if crowded || self.level < TOKEN {
            self.over += 1;
            return false;
        }
        self.level -= TOKEN;
        true
    }

    /// How many requests were over the limit.
    pub(super) fn over(&self) -> u64 {
        self.over
    }

    fn fill(&mut self, now: Timestamp) {
        let seconds = u64::try_from(now.as_second() - self.filled.as_second()).unwrap_or_default();
        let rate = u64::from(self.per_minute);
        self.level = self.level.saturating_add(seconds.saturating_mul(rate)).min(rate * TOKEN);
        self.filled = now;
    }
}

#[cfg(test)]
mod tests {
    use super::Bucket;
    use jiff::Timestamp;

    #[test]
    fn a_bucket_lets_in_what_it_holds_and_fills_evenly() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut bucket = Bucket::new(30, None, at(100));
        let mut admitted = |second: i64| (0..40).filter(|_| bucket.admits(at(second), 1)).count();

        assert_eq!([admitted(100), admitted(110), admitted(111), admitted(1_000)], [30, 5, 0, 30]);
        assert_eq!(bucket.over(), 10 + 35 + 40 + 10);
    }

    #[test]
    fn a_crowd_is_turned_away_though_the_bucket_is_full() {
        let mut bucket = Bucket::new(1_000, Some(4), Timestamp::UNIX_EPOCH);

        let admitted = [1, 4, 5, 3].map(|crowd| bucket.admits(Timestamp::UNIX_EPOCH, crowd));

        assert_eq!((admitted, bucket.over()), ([true, true, false, true], 1));
    }
}
