//! What kind of place an address is. Pure.
//!
//! A newer address that leads to an older one, mapped, translated or tunnelled, is what the older one is: whoever answers
//! for a name could otherwise write a private address in another way. Knows nothing of what is allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is, the better ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Public,
    Private,
    Loopback,
    /// Nobody's far end, whatever is allowed.
    Never(&'static str),
}

/// What an address is. One that may lead to several others is the worst of them.
pub(super) fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(address) => kind_of_four(address),
        IpAddr::V6(address) => match leads_to(address) {
            Leads::Nowhere => kind_of_six(address),
            Leads::To(one) => kind_of_four(one),
            Leads::ToBoth([one, other]) => kind_of_four(one).max(kind_of_four(other)),
            Leads::ToOneOf(several) => {
                let possible = several.into_iter().filter(|four| is_of_a_host(*four));
                possible.map(kind_of_four).max().unwrap_or(Kind::Never("no address"))
            }
        },
    }
}

fn kind_of_four(address: Ipv4Addr) -> Kind {
    match address.octets() {
        [127, ..] => Kind::Loopback,
        [169, 254, ..] => Kind::Never("a link-local address"),
        // What clouds give their machines credentials from, besides link-local addresses.
        [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, _] => {
            Kind::Never("an address of a cloud's own service")
        }
        [0, ..] => Kind::Never("no address"),
        [224..=255, ..] => Kind::Never("no single host"),
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [100, 64..=127, ..] | [198, 18..=19, ..] => {
            Kind::Private
        }
        _ => Kind::Public,
    }
}

fn kind_of_six(address: Ipv6Addr) -> Kind {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Kind::Never("no address"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Kind::Loopback,
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254] => Kind::Never("an address of a cloud's own service"),
        [0xfe80..=0xfebf, ..] => Kind::Never("a link-local address"),
        [0xff00..=0xffff, ..] => Kind::Never("no single host"),
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Kind::Private,
        _ => Kind::Public,
    }
}

/// The older addresses that a newer one leads to.
enum Leads {
    /// It is an address of its own.
    Nowhere,
    /// This one.
    To(Ipv4Addr),
    /// These, one after the other.
    ToBoth([Ipv4Addr; 2]),
    /// One of these; which of them, only the network knows.
    ToOneOf([Ipv4Addr; 4]),
}

fn leads_to(address: Ipv6Addr) -> Leads {
    match address.segments() {
        // This machine and no address, which are written like older ones.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Leads::Nowhere,
        // Compatible, mapped, translated, and by the translator everybody knows.
        [0, 0, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Leads::To(four(high, low)),
        [0x64, 0xff9b, 1, ..] => Leads::ToOneOf(by_local_translator(address)),
        // 6to4: the router of a site.
        [0x2002, high, low, ..] => Leads::To(four(high, low)),
        // Teredo: a server, and a client whose bits are turned over.
        [0x2001, 0, high, low, _, _, client_high, client_low] => {
            Leads::ToBoth([four(high, low), four(!client_high, !client_low)])
        }
        _ => Leads::Nowhere,
    }
}

/// A network's own translator may put the older address at any of four places; the octet after the first 64 bits stays
/// out of it.
fn by_local_translator(address: Ipv6Addr) -> [Ipv4Addr; 4] {
    let octets = address.octets();
    [[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], [12, 13, 14, 15]]
        .map(|places| Ipv4Addr::from(places.map(|place: usize| octets[place])))
}

/// Whether it can be meant at all: where nothing is but zeros, or a network's first address, another place is meant.
fn is_of_a_host(address: Ipv4Addr) -> bool {
    !matches!(address.octets(), [0, ..] | [_, 0, 0, 0])
}

fn four(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}
