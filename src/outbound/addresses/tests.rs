//! What names may mean, as tables: every way to write an address that is nobody's far end, and those that stay reachable.

use std::net::IpAddr;

use super::{Addresses, Rule, permit};

fn is_permitted(address: &str, allowed: Addresses) -> bool {
    let address: IpAddr = address.parse().unwrap_or_else(|_| panic!("{address} is no address"));
    permit("cw.example", address, Rule::World(allowed)).is_ok()
}

/// What is refused by default and reached where private addresses are allowed.
const PRIVATE: [&str; 19] = [
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "fd12:3456::1",
    "fec0::1",
    "::ffff:10.0.0.1",
    "::10.0.0.1",
    "::ffff:0:192.168.1.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "64:ff9b:1:a00:0:100::",
    "64:ff9b:1:000a:0:1:200::",
    "64:ff9b:1:0:c0:a801:100:0",
    "2002:a00:1::1",
    "2001:0:c0a8:101::3fff:fdd2",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
];

/// What is nobody's far end, whatever is allowed, except for this machine where everything is.
const NEVER: [&str; 21] = [
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
    "::169.254.169.254",
    "::0.0.0.2",
    "::ffff:169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::169.254.169.254",
    "64:ff9b:1:a9fe:a9:fe00::",
    "64:ff9b:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::3fff:fdd2",
    "2001:0:4136:e378:8000:63bf:5601:5601",
];

const LOOPBACK: [&str; 8] = [
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b:1::127.0.0.1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
];

#[test]
fn i2_a_private_address_is_reached_only_where_it_is_allowed_however_it_is_written() {
    for address in PRIVATE {
        assert!(!is_permitted(address, Addresses::Public), "{address}");
        assert!(is_permitted(address, Addresses::Private), "{address}");
        assert!(is_permitted(address, Addresses::Any), "{address}");
    }
}

#[test]
fn i2_what_serves_credentials_and_what_is_no_host_is_never_reached_however_it_is_written() {
    for address in NEVER {
        for allowed in [Addresses::Public, Addresses::Private, Addresses::Any] {
            assert!(!is_permitted(address, allowed), "{address} by {allowed:?}");
        }
    }
}

#[test]
fn i2_this_machine_is_reached_only_where_everything_is_allowed_however_it_is_written() {
    for address in LOOPBACK {
        assert!(!is_permitted(address, Addresses::Public), "{address}");
        assert!(!is_permitted(address, Addresses::Private), "{address}");
        assert!(is_permitted(address, Addresses::Any), "{address}");
    }
}

#[test]
fn public_addresses_are_reached_also_through_a_translator_or_a_tunnel() {
    for address in [
        "192.0.2.1",
        "2606:4700::1111",
        "2001:db8::1",
        "2001:4860:4860::8888",
        "::ffff:203.0.113.7",
        "64:ff9b::203.0.113.7",
        "64:ff9b:1::203.0.113.7",
        "64:ff9b:1:cb00:71:700::",
        "2002:cb00:7107::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ] {
        assert!(is_permitted(address, Addresses::Public), "{address}");
    }
}
