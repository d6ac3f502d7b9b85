//! Which names a listener goes by. A page elsewhere that points its own name at our address gets nothing.

use std::net::IpAddr;

use axum::http::{HeaderMap, Uri, header::HOST};

/// Whether the request names this listener: once, and by the address it came to, by `localhost` there, or by a
/// configured name. The port is not looked at: behind a forwarded port it is another one.
pub(super) fn is_ours(headers: &HeaderMap, uri: &Uri, local: IpAddr, names: &[String]) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let named = host.to_str().is_ok_and(|host| is_name(host, local, names));
    let target = uri.authority().is_none_or(|authority| is_name(authority.as_str(), local, names));
    named && target
}

fn is_name(host: &str, local: IpAddr, names: &[String]) -> bool {
    let Some(name) = without_port(host) else { return false };
    if let Ok(address) = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return address == local.to_canonical() || (local.is_loopback() && address.is_loopback());
    }
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    (local.to_canonical().is_loopback() && is("localhost")) || names.iter().any(|known| is(known))
}

/// The host without its port; `None` where it is not written as one.
fn without_port(host: &str) -> Option<&str> {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.find(']')).map(|end| end + 2);
    let end = bracketed.unwrap_or_else(|| host.find(':').unwrap_or(host.len()));
    let (name, port) = host.split_at(end);
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let fits = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    (fits && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn sec_n3_a_listener_answers_to_its_own_names_only() {
        let names = [String::from("trueup.example.com")];
        let is = |host: &str| is_name(host, LOOPBACK, &names);

        for own in [
            "localhost",
            "localhost:8480",
            "127.0.0.1:8480",
            "[::1]:8480",
            "Trueup.Example.com",
            "LOCALHOST:1",
        ] {
            assert!(is(own), "{own}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "trueup.example.com.evil.example",
            "10.0.0.1",
            "localhost:",
            "localhost:80:80",
            "user@localhost",
            "[::1",
            "",
            "localhost.",
            "127.0.0.1.nip.io",
        ] {
            assert!(!is(foreign), "{foreign}");
        }
    }

    #[test]
    fn sec_n3_localhost_is_no_name_of_a_public_address() {
        let public: IpAddr = "192.0.2.7".parse().unwrap();

        assert!(is_name("192.0.2.7:443", public, &[]));
        assert!(!is_name("localhost", public, &[]));
        assert!(!is_name("127.0.0.1", public, &[]));
    }
}
