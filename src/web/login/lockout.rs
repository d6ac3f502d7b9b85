//! Who has guessed too often, and must wait before the next try: a network, a name from a network, and far later a name
//! from anywhere.
//!
//! The wait doubles with every miss, up to a quarter of an hour, so that nobody is locked out for good. A name from anywhere
//! waits for a few seconds at most: whoever guesses it from many networks is slow, and its user still gets in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::web::network::network;

/// So many misses are typing errors.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// So many misses of one name in all are typing errors, however many networks they come from.
const FREE_EVERYWHERE: u32 = 100;
/// The longest wait of a name from anywhere: a few thousand guesses a day, none of which costs its user more.
const LONGEST_EVERYWHERE: Duration = Duration::from_secs(10);
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
    Network(IpAddr),
    NameAt(String, IpAddr),
    Name(String),
}

impl Who {
    /// All whom one try concerns.
    fn all(name: &str, address: IpAddr) -> [Self; 3] {
        let network = network(address);
        [Self::Network(network), Self::NameAt(name.to_owned(), network), Self::Name(name.to_owned())]
    }

    fn wait(&self, misses: Misses, now: Instant) -> Option<Duration> {
        match self {
            Self::Network(_) | Self::NameAt(..) => misses.wait(FREE, LONGEST, now),
            Self::Name(_) => misses.wait(FREE_EVERYWHERE, LONGEST_EVERYWHERE, now),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Misses {
    count: u32,
    last: Instant,
}

impl Misses {
    fn wait(self, free: u32, longest: Duration, now: Instant) -> Option<Duration> {
        let over = self.count.checked_sub(free)?;
        let wait = Duration::from_secs(1_u64.checked_shl(over).unwrap_or(u64::MAX)).min(longest);
        wait.checked_sub(now.duration_since(self.last)).filter(|left| !left.is_zero())
    }
}

impl Lockout {
    /// How long the name at that address still has to wait.
    pub(super) fn wait(&self, name: &str, address: IpAddr, now: Instant) -> Option<Duration> {
        let misses = self.lock();
        let of = |who: &Who| misses.get(who).and_then(|misses| who.wait(*misses, now));
        Who::all(name, address).iter().filter_map(of).max()
    }

    /// Counts a miss, before the password is looked at: many at once are many misses.
    pub(super) fn miss(&self, name: &str, address: IpAddr, now: Instant) {
        let mut misses = self.lock();
        if misses.len() >= MOST {
            misses.retain(|_, misses| now.duration_since(misses.last) < MEMORY);
        }
        for who in Who::all(name, address) {
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
        for who in Who::all(name, address) {
            misses.remove(&who);
        }
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
        assert_eq!(lockout.wait("ada", address(1), now), Some(Duration::from_secs(1)));
        assert_eq!(lockout.wait("bob", address(1), now), Some(Duration::from_secs(1)));
        assert_eq!(lockout.wait("bob", address(2), now), None);

        lockout.miss("ada", address(1), now);
        assert_eq!(lockout.wait("ada", address(1), now), Some(Duration::from_secs(2)));
        assert_eq!(lockout.wait("ada", address(1), now + Duration::from_secs(2)), None);
        (0..60).for_each(|_| lockout.miss("ada", address(1), now));
        assert_eq!(lockout.wait("ada", address(1), now), Some(LONGEST));
    }

    #[test]
    fn sec_a1_nobody_keeps_a_user_out_by_guessing_elsewhere() {
        let (lockout, now) = (Lockout::default(), Instant::now());

        (0..60).for_each(|_| lockout.miss("ada", address(1), now));

        assert_eq!(lockout.wait("ada", address(1), now), Some(LONGEST));
        assert_eq!(lockout.wait("ada", address(2), now), None);
    }

    #[test]
    fn sec_a1_guessing_a_name_from_many_networks_is_slow_too() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        let guess = |number: u32| {
            let network = IpAddr::from((0x0a00_0000 + number).to_be_bytes());
            lockout.miss("ada", network, now);
        };

        (0..FREE_EVERYWHERE - 1).for_each(guess);
        assert_eq!(lockout.wait("ada", address(2), now), None);
        guess(FREE_EVERYWHERE);
        assert_eq!(lockout.wait("ada", address(2), now), Some(Duration::from_secs(1)));
        assert_eq!(lockout.wait("bob", address(2), now), None);
        (1_000..2_000).for_each(guess);
        assert_eq!(lockout.wait("ada", address(2), now), Some(LONGEST_EVERYWHERE));
    }

    #[test]
    fn sec_n4_a_subscriber_guesses_as_one_however_many_addresses() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        let host = |host: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, host]);

        (0..5).for_each(|number| lockout.miss("ada", host(number), now));

        assert_eq!(lockout.wait("ada", host(9), now), Some(Duration::from_secs(1)));
        assert_eq!(lockout.wait("bob", host(9), now), Some(Duration::from_secs(1)));
        assert_eq!(lockout.wait("ada", IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, 9]), now), None);
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
