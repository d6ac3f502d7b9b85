//! Chance that repeats: the same seed, rule and request draw the same numbers, whatever other rules drew before.

use std::time::Duration;

/// The odd step of the generator: two to the 64 over the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The numbers that one request draws from one rule.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// What the request of this number draws from the rule of this number.
    pub(super) fn new(seed: u64, rule: u64, request: u64) -> Self {
        Self(mixed(mixed(seed.wrapping_add(STEP)) ^ mixed(rule.wrapping_add(1))) ^ mixed(request))
    }

    /// The next number, each as likely as any other.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// Whether something of this probability happens, in millionths.
    pub(super) fn happens(&mut self, millionths: u32) -> bool {
        self.next() % 1_000_000 < u64::from(millionths)
    }

    /// One of several, each as likely as any other; nothing of none.
    pub(super) fn one_of<'a, T>(&mut self, several: &'a [T]) -> Option<&'a T> {
        let place = self.next().checked_rem(several.len() as u64)?;
        several.get(usize::try_from(place).ok()?)
    }

    /// A time of which half are shorter than the median and one in a hundred is longer than ten times as much.
    ///
    /// The square root of the odds times the median: a log-logistic distribution, whose tail is as heavy as that of a
    /// busy server and whose median is exact.
    pub(super) fn wait(&mut self, median: Duration, cap: Duration) -> Duration {
        const WHOLE: u64 = 1_000_000;
        let below = self.next() % WHOLE;
        let median_micros = u64::try_from(median.as_micros()).unwrap_or(u64::MAX);
        // The odds in millionths of millionths, so that their root is in millionths.
        let odds = u128::from(below) * u128::from(WHOLE) * u128::from(WHOLE) / u128::from(WHOLE - below);
        let micros = u128::from(median_micros) * odds.isqrt() / u128::from(WHOLE);
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)).min(cap)
    }
}

/// Mixes the bits of a number thoroughly, as splitmix64 does.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Chance;

    #[test]
    fn the_same_question_draws_the_same_and_another_draws_otherwise() {
        let drawn = |seed, rule, request| Chance::new(seed, rule, request).next();

        assert_eq!(drawn(7, 1, 3), drawn(7, 1, 3));
        let others = [drawn(7, 1, 3), drawn(8, 1, 3), drawn(7, 2, 3), drawn(7, 1, 4)];
        let different: std::collections::BTreeSet<u64> = others.into_iter().collect();
        assert_eq!(different.len(), others.len());
    }

    #[test]
    fn what_is_as_likely_as_one_in_fifty_happens_about_so_often() {
        let often = (0..10_000).filter(|request| Chance::new(7, 0, *request).happens(20_000)).count();

        assert!((150..250).contains(&often), "{often}");
    }

    #[test]
    fn half_of_the_waits_are_below_the_median_and_the_tail_ends_at_the_cap() {
        let (median, cap) = (Duration::from_millis(300), Duration::from_secs(10));
        let mut waits: Vec<Duration> = (0..9_999).map(|n| Chance::new(7, 0, n).wait(median, cap)).collect();
        waits.sort();

        let middle = waits[waits.len() / 2].as_millis();
        assert!((280..320).contains(&middle), "{middle}");
        assert!(waits[waits.len() * 98 / 100] > Duration::from_secs(1));
        assert_eq!(waits.last(), Some(&cap));
    }
}
