//! What a ConnectWise site may be: a scheme, a host and a port, and nothing that could lead elsewhere.

use std::net::IpAddr;

use crate::outbound::origin;
use crate::problem::Code;

/// Why a site is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
}

/// What to write instead.
const EXAMPLE: &str = "write scheme and host, such as https://api-na.myconnectwise.net";

/// The hosts of the ConnectWise cloud as browsers know them. The API is at the same name after `api-`.
const BROWSER_HOSTS: [&str; 5] = [
    "na.myconnectwise.net",
    "eu.myconnectwise.net",
    "au.myconnectwise.net",
    "aus.myconnectwise.net",
    "za.myconnectwise.net",
];

/// Checks a site, and gives it in the one way that all its spellings have in common: without a closing slash, a host in
/// lower case, and no port that goes without saying. No refusal repeats it, since a password may be part of it.
pub(super) fn check(text: &str) -> Result<String, Refusal> {
    let refused = |code, message, hint| Err(Refusal { code, message, hint });
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("https" | "http"), rest)) => (scheme, rest),
        Some(_) | None => return refused(Code::InvalidValue, "site must begin with https://", EXAMPLE),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains('@') {
        let hint = "keys go into public_key and private_key, as files or environment variables";
        return refused(Code::SecretInFile, "site holds a user or a password", hint);
    }
    if authority.contains(['/', '?', '#', '\\']) {
        let hint = "leave the path out: trueup asks the host where its API is";
        return refused(Code::InvalidValue, "site is more than a scheme, a host and a port", hint);
    }
    let Some(host) = host(authority) else {
        return refused(Code::InvalidValue, "site has no valid host or port", EXAMPLE);
    };
    if scheme == "http" && !is_loopback(host) {
        let hint = "write https://; http is for loopback addresses only";
        return refused(Code::InsecureSite, "site would send the keys unencrypted", hint);
    }
    if BROWSER_HOSTS.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        let hint = "the API host has api- before it, such as https://api-na.myconnectwise.net";
        return refused(Code::InvalidValue, "site is the host for browsers, not for the API", hint);
    }
    Ok(origin(text))
}

/// The host of `host[:port]`, without brackets.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => {
            let (host, port) =
                authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
            (is_name(host).then_some(host)?, port)
        }
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    port.is_none_or(is_port).then_some(host)
}

/// Labels of letters, digits and hyphens. What looks like a number must be a whole address: `127.1` means different
/// hosts to different programs.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inside && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or(host);
    let numeric = last.starts_with(|sign: char| sign.is_ascii_digit());
    host.split('.').all(is_label) && (!numeric || host.parse::<std::net::Ipv4Addr>().is_ok())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::problem::Code;

    #[test]
    fn https_hosts_and_plain_loopback_are_sites() {
        for (site, kept) in [
            ("https://api-na.myconnectwise.net", "https://api-na.myconnectwise.net"),
            ("https://cw.example:8443/", "https://cw.example:8443"),
            ("https://API-na.MyConnectWise.net", "https://api-na.myconnectwise.net"),
            ("https://cw.example:443/", "https://cw.example"),
            ("https://cw.example:08443", "https://cw.example:8443"),
            ("https://[2001:DB8:0::1]", "https://[2001:db8::1]"),
            ("https://192.0.2.7", "https://192.0.2.7"),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
            ("http://127.0.0.1:8480", "http://127.0.0.1:8480"),
            ("http://[::1]", "http://[::1]"),
            ("http://localhost:80", "http://localhost"),
            ("http://LOCALHOST:8480", "http://localhost:8480"),
        ] {
            assert_eq!(check(site), Ok(kept.to_owned()));
        }
    }

    #[test]
    fn everything_else_is_refused_and_not_repeated() {
        for (site, code) in [
            ("api-na.myconnectwise.net", Code::InvalidValue),
            ("ftp://127.0.0.1", Code::InvalidValue),
            ("HTTPS://cw.example", Code::InvalidValue),
            ("https://", Code::InvalidValue),
            ("https:///", Code::InvalidValue),
            ("https://cw.example//", Code::InvalidValue),
            ("https://cw example", Code::InvalidValue),
            ("https://cw.example:0", Code::InvalidValue),
            ("https://cw.example:65536", Code::InvalidValue),
            ("https://cw.example:", Code::InvalidValue),
            ("https://-cw.example", Code::InvalidValue),
            ("https://127.1", Code::InvalidValue),
            ("http://127.1", Code::InvalidValue),
            ("http://0x7f.0.0.1", Code::InvalidValue),
            ("https://[::1", Code::InvalidValue),
            ("https://cw.example/v4_6_release", Code::InvalidValue),
            ("https://cw.example?x", Code::InvalidValue),
            ("https://cw.example#x", Code::InvalidValue),
            ("https://cw.example\\@evil.example", Code::SecretInFile),
            ("https://user:hunter2@cw.example", Code::SecretInFile),
            ("https://na.myconnectwise.net", Code::InvalidValue),
            ("https://NA.myconnectwise.net", Code::InvalidValue),
            ("http://cw.example", Code::InsecureSite),
            ("http://127.0.0.1.example", Code::InsecureSite),
            ("http://localhost.example", Code::InsecureSite),
            ("http://[2001:db8::1]", Code::InsecureSite),
            ("http://192.0.2.7", Code::InsecureSite),
        ] {
            assert_eq!(check(site).map_err(|refusal| refusal.code), Err(code), "{site}");
        }
    }
}
