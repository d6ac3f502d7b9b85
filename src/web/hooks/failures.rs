//! How often an address may fail: twenty times at once, and then once in three seconds.
//!
//! Pure: the time is an argument. Who failed too often is turned away before anything of a delivery is judged, unless it
//! proved itself before: everybody's deliveries come from the same few addresses of a forge, and a stranger who lets the
//! forge fail here on purpose must not silence it. Memory is bounded: of the addresses that failed, only so many are
//! remembered, and those that failed least are forgotten first.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::web::network::network;

/// Somebody who sets up a hook fails a few times in a row.
const AT_ONCE: u32 = 20;

/// One more failure is allowed after each of these. Nobody guesses 32 bytes at this rate.
const EVERY: Duration = Duration::from_secs(3);

/// A hundred bytes each.
const MOST_ADDRESSES: usize = 4_096;

/// More than all forges of one operator send from.
const MOST_PROVEN: usize = 256;

/// The networks that failed.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// When all failures of a network will be forgiven.
    forgiven_at: HashMap<IpAddr, Instant>,
    /// When a network last proved itself.
    proven_at: HashMap<IpAddr, Instant>,
}

impl Failures {
    /// Whether an address failed so often that it has to wait.
    pub(super) fn are_too_many(&self, address: IpAddr, now: Instant) -> bool {
        let network = network(address);
        let forgiven_at = self.forgiven_at.get(&network);
        !self.proven_at.contains_key(&network)
            && forgiven_at.is_some_and(|at| at.saturating_duration_since(now) > EVERY * (AT_ONCE - 1))
    }

    /// Notes that an address proved itself.
    pub(super) fn forgive(&mut self, address: IpAddr, now: Instant) {
        self.proven_at.insert(network(address), now);
        if self.proven_at.len() > MOST_PROVEN {
            forget_first(&mut self.proven_at);
        }
    }

    /// Notes that an address failed.
    pub(super) fn note(&mut self, address: IpAddr, now: Instant) {
        let network = network(address);
        if !self.forgiven_at.contains_key(&network) && self.forgiven_at.len() >= MOST_ADDRESSES {
            self.make_room(now);
        }
        let at = self.forgiven_at.entry(network).or_insert(now);
        *at = now.max(*at) + EVERY;
    }

    fn make_room(&mut self, now: Instant) {
        self.forgiven_at.retain(|_, at| *at > now);
        if self.forgiven_at.len() >= MOST_ADDRESSES {
            forget_first(&mut self.forgiven_at);
        }
    }
}

fn forget_first(networks: &mut HashMap<IpAddr, Instant>) {
    let first = networks.iter().min_by_key(|(_, at)| **at).map(|(network, _)| *network);
    if let Some(first) = first {
        networks.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn twenty_failures_are_allowed_and_one_more_every_three_seconds() {
        let start = Instant::now();
        let mut failures = Failures::default();

        let mut allowed = 0;
        for _ in 0..100 {
            if !failures.are_too_many(ADDRESS, start) {
                allowed += 1;
                failures.note(ADDRESS, start);
            }
        }

        assert_eq!(allowed, 20);
        assert!(failures.are_too_many(ADDRESS, start + Duration::from_millis(2_999)));
        assert!(!failures.are_too_many(ADDRESS, start + EVERY));
        assert!(!failures.are_too_many("192.0.2.2".parse().unwrap(), start), "the neighbour is not to blame");
    }

    #[test]
    fn a_subscriber_has_one_account_however_many_addresses() {
        let start = Instant::now();
        let mut failures = Failures::default();
        for host in 0..20_u16 {
            failures.note(format!("2001:db8::{host:x}").parse().unwrap(), start);
        }

        assert!(failures.are_too_many("2001:db8::ffff".parse().unwrap(), start));
        assert!(!failures.are_too_many("2001:db8:0:1::1".parse().unwrap(), start));
        failures = Failures::default();
        for _ in 0..20 {
            failures.note("::ffff:192.0.2.1".parse().unwrap(), start);
        }
        assert!(failures.are_too_many(ADDRESS, start), "written another way it is the same address");
    }

    #[test]
    fn who_proved_itself_is_not_silenced_by_others_at_its_address() {
        let start = Instant::now();
        let mut failures = Failures::default();
        failures.forgive(ADDRESS, start);
        for _ in 0..100 {
            failures.note(ADDRESS, start);
        }

        assert!(!failures.are_too_many(ADDRESS, start));
        for other in 0..1_000_u32 {
            failures.forgive(IpAddr::V4((0x0a00_0000 + other).into()), start + EVERY);
        }
        assert_eq!(failures.proven_at.len(), MOST_PROVEN);
        assert!(failures.are_too_many(ADDRESS, start), "it is forgotten when many proved themselves since");
    }

    #[test]
    fn memory_is_bounded_and_the_worst_are_remembered() {
        let start = Instant::now();
        let mut failures = Failures::default();
        for _ in 0..20 {
            failures.note(ADDRESS, start);
        }

        for other in 0..6_000_u32 {
            failures.note(IpAddr::V4((0x0a00_0000 + other).into()), start);
        }

        assert_eq!(failures.forgiven_at.len(), MOST_ADDRESSES);
        assert!(failures.are_too_many(ADDRESS, start));
        failures.note(IpAddr::V4(0x0b00_0000.into()), start + Duration::from_secs(61));
        assert_eq!(failures.forgiven_at.len(), 1, "the forgiven are forgotten");
    }
}
