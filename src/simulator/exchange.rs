//! A request and an answer as this room sees them, free of any HTTP library's types.

use std::collections::BTreeMap;

use super::errors::Refusal;
use super::faults::Flow;
use super::value::Value;

/// How the simulator is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Scheme {
    #[default]
    Http,
    Https,
}

/// A request, its path still encoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) scheme: Scheme,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    /// Header values by their lower-case names.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Request {
    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The address of the simulator as the caller knows it, for links that lead back, without a slash at the end.
    pub(super) fn origin(&self) -> String {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        format!("{scheme}://{}", self.header("host").unwrap_or("localhost"))
    }
}

/// An answer before it is put on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
    /// How the body travels.
    pub(super) flow: Flow,
}

/// The type of an answer that is not the versioned one.
pub(super) const PLAIN_TEXT: &str = "text/plain; charset=utf-8";
/// The type of a page for people.
pub(super) const HTML: &str = "text/html; charset=utf-8";

impl Answer {
    /// A record or a list, in the versioned type.
    pub(super) fn json(status: u16, value: &Value) -> Self {
        Self { body: value.to_string(), ..Self::empty(status) }
    }

    /// No content.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), flow: Flow::Whole }
    }

    /// A text of some other type.
    pub(super) fn of_type(status: u16, content_type: &str, body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::empty(status) }
            .with_header("content-type", content_type.to_owned())
    }

    /// This answer with one more header.
    pub(super) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// A header that is already set.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::json(refusal.status, &Value::Object(refusal.body()))
    }
}
