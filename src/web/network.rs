//! Whose address it is: what is counted by address is counted by subscriber, wherever it is counted.

use std::net::{IpAddr, Ipv6Addr};

/// What one subscriber has: an IPv4 address, or the 64 leading bits of an IPv6 address.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_n4_a_subscriber_is_one_however_many_addresses() {
        for (address, of) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8::ffff:1", "2001:db8::"),
            ("2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::"),
        ] {
            assert_eq!(network(address.parse().unwrap()), of.parse::<IpAddr>().unwrap(), "{address}");
        }
    }
}
