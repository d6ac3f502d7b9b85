//! What an address of a repository may be: `https`, `ssh` and `file`, and nothing that holds a password or runs a
//! command.
//!
//! Decides by the text alone and asks nobody. A refusal never repeats the text, since a password may be part of it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use reqwest::Url;

use crate::problem::Code;

/// The address of a repository, without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(super) way: Way,
    shown: Arc<str>,
}

/// How an address is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Over HTTPS, or plain HTTP on a loopback address.
    Web(Url),
    /// Through the program `ssh`.
    Ssh(Login),
    /// On this machine.
    Local,
}

/// Where `ssh` goes and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: Option<String>,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) path: String,
}

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadAddress {
    /// The stable code.
    pub code: Code,
    /// What is wrong, without the address.
    pub message: &'static str,
    /// What to write instead.
    pub hint: &'static str,
}

const EXAMPLE: &str =
    "write an address such as https://git.example.com/msp/billing.git or git@git.example.com:msp/billing.git";

const SCHEMES: [&str; 4] = ["https", "http", "ssh", "file"];

impl Address {
    /// Checks an address as it stands in settings.
    ///
    /// # Errors
    ///
    /// What is wrong with it. The message does not repeat it.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        if text.chars().any(|sign| sign.is_control() || sign.is_whitespace()) {
            return refused("url is no address of a repository");
        }
        let way = match text.split_once("://") {
            Some(("https" | "http", rest)) => Way::Web(web(text, rest)?),
            Some(("ssh", rest)) => Way::Ssh(ssh(rest)?),
            Some(("file", path)) if path.starts_with('/') && !path.starts_with("//") => Way::Local,
            Some(("file", _)) => return refused("url names a host for a file; write file:///path"),
            Some(_) => return refused("url has a scheme that is not https, ssh or file"),
            None => Way::Ssh(short_ssh(text)?),
        };
        Ok(Self { way, shown: text.into() })
    }

    /// Whether tokens and passwords can open it.
    #[must_use]
    pub fn is_web(&self) -> bool {
        matches!(self.way, Way::Web(_))
    }

    /// Whether a key opens it.
    #[must_use]
    pub fn is_ssh(&self) -> bool {
        matches!(self.way, Way::Ssh(_))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

fn refused<T>(message: &'static str) -> Result<T, BadAddress> {
    Err(BadAddress { code: Code::InvalidValue, message, hint: EXAMPLE })
}

fn credentials<T>() -> Result<T, BadAddress> {
    Err(BadAddress {
        code: Code::SecretInFile,
        message: "url holds a user or a password",
        hint: "they go into repository.access, as files or environment variables",
    })
}

fn web(text: &str, rest: &str) -> Result<Url, BadAddress> {
    if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains(['@', '\\'])) {
        return credentials();
    }
    let Ok(url) = Url::parse(text) else { return refused("url is no address of a repository") };
    if !url.username().is_empty() || url.password().is_some() {
        return credentials();
    }
    if url.query().is_some() || url.fragment().is_some() || text.contains('\\') {
        return refused("url is more than a host and a path");
    }
    let host = url.host_str().unwrap_or_default();
    if host.is_empty() || url.path().trim_matches('/').is_empty() {
        return refused("url names no repository");
    }
    if url.scheme() == "http" && !is_loopback(host) {
        return Err(BadAddress {
            code: Code::InsecureSite,
            message: "url would send credentials and mappings unencrypted",
            hint: "write https://; http is for loopback addresses only",
        });
    }
    Ok(url)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `[user@]host[:port]/path`, after the scheme.
fn ssh(rest: &str) -> Result<Login, BadAddress> {
    let Some((authority, path)) = rest.split_once('/') else { return refused("url names no repository") };
    let (user, place) = user(authority)?;
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, after)) => (host, after.strip_prefix(':')),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let port = match port.map(str::parse::<u16>) {
        None => None,
        Some(Ok(port)) if port > 0 => Some(port),
        Some(_) => return refused("url has no valid port"),
    };
    // As git has it: /~user stands for a home of the far end, everything else begins at its root.
    let path = if path.starts_with('~') { path.to_owned() } else { format!("/{path}") };
    login(user, host, port, path)
}

/// `[user@]host:path`, as people copy it from a forge.
fn short_ssh(text: &str) -> Result<Login, BadAddress> {
    match text.split_once(':') {
        Some((_, path)) if path.contains('@') => credentials(),
        // A second colon is how git names a program to run, and a scheme needs its slashes.
        Some((before, path)) if path.starts_with(':') || SCHEMES.contains(&before) => {
            refused("url is no address of a repository")
        }
        Some((authority, path)) if !authority.contains('/') => {
            let (user, host) = user(authority)?;
            login(user, host, None, path.to_owned())
        }
        Some(_) | None => Err(BadAddress {
            code: Code::InvalidValue,
            message: "url is no address of a repository",
            hint: "a local clone is named by repository.path; an address begins with https:// or ssh://",
        }),
    }
}

fn user(authority: &str) -> Result<(Option<String>, &str), BadAddress> {
    match authority.rsplit_once('@') {
        None => Ok((None, authority)),
        Some((user, _)) if user.contains(':') => credentials(),
        Some((user, place)) if is_word(user) => Ok((Some(user.to_owned()), place)),
        Some(_) => refused("url has a user name that ssh cannot be given"),
    }
}

/// What ssh and the shell of the far end are given holds nothing that either could take for something else.
fn login(user: Option<String>, host: &str, port: Option<u16>, path: String) -> Result<Login, BadAddress> {
    if !is_word(host) && host.parse::<std::net::Ipv6Addr>().is_err() {
        return refused("url has a host that ssh cannot be given");
    }
    if path.trim_matches('/').is_empty() {
        return refused("url names no repository");
    }
    if path.starts_with('-') || path.contains(['\'', '"', '\\', '`', '!', '$', ';', '&', '|', '<', '>']) {
        return refused("url has a path that ssh cannot be given");
    }
    Ok(Login { user, host: host.to_owned(), port, path })
}

fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && !text.starts_with('-') && text.bytes().all(fits)
}

#[cfg(test)]
mod tests;
