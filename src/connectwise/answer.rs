//! One HTTP answer, and what its status means for a read.
//!
//! Decides nothing about writes: there, only a few statuses are sure (see `writer`).

use std::time::Duration;

use bytes::Bytes;
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::{self, HeaderMap, HeaderValue};
use serde::Deserialize;

use super::pace::LONGEST_PAUSE;
use super::transport::Redaction;
use super::wire::{Text, readable};
use super::{ConnectWiseError, Resource};

/// An answer, received whole.
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// The headers.
    pub(super) headers: HeaderMap,
    /// The body, unpacked.
    pub(super) body: Bytes,
    /// Why the body did not come whole; it is empty then. Only the text of a refusal may be lost.
    pub(super) lost: Option<String>,
    /// What no text for people may hold.
    pub(super) redaction: Redaction,
}

/// What the `Link` header says of the next page. Its address is never followed: it can name any host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextPage {
    /// There is one.
    More,
    /// There is none.
    Last,
    /// There is no such header.
    Unsaid,
}

impl Answer {
    /// The body of a good answer in JSON; everything else is an error about `resource`.
    pub(super) fn json(&self, resource: Resource) -> Result<&[u8], ConnectWiseError> {
        let bad = |what: String| ConnectWiseError::BadAnswer { resource, what };
        match self.status {
            200 => {}
            status @ (100..=199 | 201..=299) => return Err(bad(format!("the status {status}"))),
            _ => return Err(self.error(resource)),
        }
        if let Some(what) = self.other_than_json() {
            return Err(bad(what));
        }
        match self.kept() {
            Some(what) => Err(bad(what)),
            None => Ok(&self.body),
        }
    }

    /// What it is if something on the way kept it, by any `Age` header. One that cannot be read tells that somebody did.
    fn kept(&self) -> Option<String> {
        let seconds = |age: &HeaderValue| -> Option<u64> {
            let age = age.to_str().ok()?.trim();
            age.bytes().all(|byte| byte.is_ascii_digit()).then(|| age.parse().ok())?
        };
        let ages: Option<Vec<u64>> = self.headers.get_all(header::AGE).iter().map(seconds).collect();
        match ages.map(|ages| ages.into_iter().max().unwrap_or(0)) {
            None => Some("a stored copy of an age that cannot be read".to_owned()),
            Some(0) => None,
            Some(age) => Some(format!("a stored copy that is {age} seconds old")),
        }
    }

    /// What the `Link` header says.
    pub(super) fn next_page(&self) -> NextPage {
        let mut links = self.headers.get_all(header::LINK).iter().peekable();
        if links.peek().is_none() {
            return NextPage::Unsaid;
        }
        let is_next = |part: &str| {
            part.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("rel")
                    && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
            })
        };
        let names_next = |link: &str| link.split([';', ',']).any(is_next);
        match links.filter_map(|link| link.to_str().ok()).any(names_next) {
            true => NextPage::More,
            false => NextPage::Last,
        }
    }

    /// The error that a refusing or failing status means.
    fn error(&self, resource: Resource) -> ConnectWiseError {
        let Said { code, message } = self.said();
        let status = self.status;
        match status {
            300..=399 => ConnectWiseError::Redirected {
                resource,
                to: self.header(header::LOCATION).map(|to| self.shown(to)),
            },
            401 => ConnectWiseError::Unauthorized { message },
            403 => ConnectWiseError::Forbidden { resource, message },
            400 if self.lost.is_none() && !self.is_said() => ConnectWiseError::NotRouted { message },
            404 => ConnectWiseError::NotFound { resource, code, message },
            // Whoever waits for it waits for what is believed, not for what was said.
            429 => ConnectWiseError::Throttled {
                retry_after: self.retry_after().map(|told| told.min(LONGEST_PAUSE)),
            },
            500..=599 => ConnectWiseError::Server { resource, status, message },
            _ => ConnectWiseError::Refused { resource, status, code, message },
        }
    }

    /// Whether the API itself speaks, in its own form. The gateway before it answers in plain text or with a page.
    fn is_said(&self) -> bool {
        serde_json::from_slice::<ErrorWire<'_>>(&self.body).is_ok()
    }

    /// What the server says of an error, in one readable line.
    pub(super) fn said(&self) -> Said {
        if let Some(cause) = &self.lost {
            return Said { code: String::new(), message: self.shown(&format!("its text was lost: {cause}")) };
        }
        if self.is_html() {
            return Said { code: String::new(), message: "a page for people".to_owned() };
        }
        let text = String::from_utf8_lossy(&self.body);
        let (code, message) = match serde_json::from_str::<ErrorWire<'_>>(&text) {
            Ok(error) => error.texts(),
            Err(_) if text.trim().is_empty() => (String::new(), "no message".to_owned()),
            Err(_) => (String::new(), text.into_owned()),
        };
        Said { code: self.shown(&code), message: self.shown(&message) }
    }

    /// How long the server asks to wait. A date is measured from the answer's own date, so no clock is needed.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let told = self.header(header::RETRY_AFTER)?;
        if !told.is_empty() && told.bytes().all(|byte| byte.is_ascii_digit()) {
            // Digits without end still are a long time.
            return Some(Duration::from_secs(told.parse().unwrap_or(u64::MAX)));
        }
        let instant =
            |text: &str| -> Option<Timestamp> { rfc2822::parse(text).ok().map(|at| at.timestamp()) };
        let wait = instant(told)?.duration_since(instant(self.header(header::DATE)?)?);
        Some(wait.try_into().unwrap_or(Duration::ZERO))
    }

    /// What came instead of JSON by its type and its first character; `None` when it is said to be JSON. Text that only
    /// looks like it is refused too: whoever cannot name what is sent may have sent something else.
    pub(super) fn other_than_json(&self) -> Option<String> {
        if self.is_html() {
            return Some("a page for people instead of JSON".to_owned());
        }
        let Some(kind) = self.header(header::CONTENT_TYPE) else {
            return Some("something of no type".to_owned());
        };
        let (kind, parameters) = kind.split_once(';').unwrap_or((kind, ""));
        let kind = kind.trim().to_ascii_lowercase();
        let vendors = kind.strip_prefix("application/").is_some_and(|name| name.ends_with("+json"));
        if kind != "application/json" && !vendors {
            return Some(format!("{} instead of JSON", self.shown(&kind)));
        }
        let mut parameters = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
        let charset = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
        let charset = charset.map(|(_, charset)| charset.trim().trim_matches('"').to_ascii_lowercase())?;
        let is_utf8 = matches!(charset.as_str(), "utf-8" | "utf8" | "us-ascii");
        (!is_utf8).then(|| format!("text in {} instead of UTF-8", self.shown(&charset)))
    }

    /// When it was made, by the clock of the far end.
    pub(super) fn dated(&self) -> Option<Timestamp> {
        rfc2822::parse(self.header(header::DATE)?).ok().map(|at| at.timestamp())
    }

    /// Whether this is a page, as login forms, gateways and maintenance windows send.
    fn is_html(&self) -> bool {
        self.header(header::CONTENT_TYPE).is_some_and(|kind| kind.contains("html"))
            || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// A text of the server for people. Keys are taken out of what it means, since JSON can spell one character in
    /// several ways, and before it is cut, since half a key is too much.
    fn shown(&self, text: &str) -> String {
        readable(&self.redaction.apply(text))
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }
}

/// A server's own account of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Its code, or nothing.
    pub(super) code: String,
    /// Its message and those inside it.
    pub(super) message: String,
}

/// The error body, and the other one that throttling answers with.
#[derive(Deserialize)]
struct ErrorWire<'a> {
    #[serde(borrow)]
    code: Option<Text<'a>>,
    #[serde(borrow)]
    error: Option<Text<'a>>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
    #[serde(borrow)]
    errors: Option<Vec<InnerErrorWire<'a>>>,
}

#[derive(Deserialize)]
struct InnerErrorWire<'a> {
    #[serde(borrow)]
    field: Option<Text<'a>>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
}

impl ErrorWire<'_> {
    fn texts(&self) -> (String, String) {
        let code = self.code.as_ref().or(self.error.as_ref()).map_or("", Text::as_str);
        let mut message = self.message.as_ref().map_or("", Text::as_str).to_owned();
        for inner in self.errors.iter().flatten() {
            let text = inner.message.as_ref().map_or("", Text::as_str);
            match inner.field.as_ref() {
                Some(field) => message.push_str(&format!("; {}: {text}", field.as_str())),
                None => message.push_str(&format!("; {text}")),
            }
        }
        (code.to_owned(), message)
    }
}

#[cfg(test)]
mod tests;
