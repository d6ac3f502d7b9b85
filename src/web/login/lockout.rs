//! Who has guessed too often: names and addresses that must wait before they may try again.
//!
//! The wait doubles with every miss, up to a quarter of an hour, so that nobody is locked out for good.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many misses are typing errors.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// After so long without a miss, all is forgotten.
const MEMORY: Duration = Duration::from_secs(60 * 60);
/// So many are remembered; the one that missed longest ago goes first.
const MOST: usize = 10_000;

/// Who missed how often.
#[derive(Debug, Default)]
pub(super) struct Lockout {
    misses: Mutex<HashMap<Who, Misses>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Who {
    Name(String),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Misses {
    count: u32,
    last: Instant,
}

impl Misses {
    fn wait(self, now: Instant) -> Option<Duration> {
        let over = self.count.checked_sub(FREE)?;
        let wait = Duration::from_secs(1_u64.checked_shl(over).unwrap_or(u64::MAX)).min(LONGEST);
        wait.checked_sub(now.duration_since(self.last)).filter(|left| !left.is_zero())
    }
}

impl Lockout {
    /// How long the name at that address still has to wait.
    pub(super) fn wait(&self, name: &str, address: IpAddr, now: Instant) -> Option<Duration> {
        let misses = self.lock();
        let of = |who: Who| misses.get(&who).and_then(|misses| misses.wait(now));
        of(Who::Name(name.to_owned())).max(of(Who::Address(address)))
    }

    /// Counts a miss, before the password is looked at: many at once are many misses.
    pub(super) fn miss(&self, name: &str, address: IpAddr, now: Instant) {
        let mut misses = self.lock();
        if misses.len() >= MOST {
            misses.retain(|_, misses| now.duration_since(misses.last) < MEMORY);
        }
        for who in [Who::Name(name.to_owned()), Who::Address(address)] {
            if misses.len() >= MOST && !misses.contains_key(&who) {
                let oldest = misses.iter().min_by_key(|(_, misses)| misses.last).map(|(who, _)| who.clone());
                oldest.and_then(|oldest| misses.remove(&oldest));
            }
            let known = misses.entry(who).or_insert(Misses { count: 0, last: now });
            let count = if now.duration_since(known.last) < MEMORY { known.count } else { 0 };
            *known = Misses { count: count.saturating_add(1), last: now };
        }
    }

    /// Forgets the misses of one who is let in.
    pub(super) fn hit(&self, name: &str, address: IpAddr) {
        let mut misses = self.lock();
        misses.remove(&Who::Name(name.to_owned()));
        misses.remove(&Who::Address(address));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Who, Misses>> {
        self.misses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn sec_a1_guessing_a_name_or_from_an_address_takes_longer_each_time() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for _ in 0..4 {
            lockout.miss("ada", address(1), now);
        }
        assert_eq!(lockout.wait("ada", address(1), now), None);

        lockout.miss("ada", address(1), now);
        assert_eq!(lockout.wait("ada", address(2), now), Some(Duration::from_secs(1)));
        assert_eq!(lockout.wait("bob", address(1), now), Some(Duration::from_secs(1)));
        assert_eq!(lockout.wait("bob", address(2), now), None);

        lockout.miss("ada", address(1), now);
        assert_eq!(lockout.wait("ada", address(1), now), Some(Duration::from_secs(2)));
        assert_eq!(lockout.wait("ada", address(1), now + Duration::from_secs(2)), None);
        (0..60).for_each(|_| lockout.miss("ada", address(1), now));
        assert_eq!(lockout.wait("ada", address(1), now), Some(LONGEST));
    }

    #[test]
    fn a_login_that_succeeds_forgets_the_misses_before() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        (0..9).for_each(|_| lockout.miss("ada", address(1), now));

        lockout.hit("ada", address(1));

        assert_eq!(lockout.wait("ada", address(1), now), None);
    }

    #[test]
    fn sec_n4_guesses_cannot_fill_the_memory() {
        let (lockout, now) = (Lockout::default(), Instant::now());

        (0..6_000).for_each(|number| lockout.miss(&number.to_string(), address(1), now));
        (0..6_000).for_each(|number| lockout.miss(&format!("x{number}"), address(2), now));

        assert!(lockout.lock().len() <= MOST);
    }
}
