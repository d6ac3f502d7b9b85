//! Refusals, in the words and shapes of the API.

use super::exchange::{Answer, PLAIN_TEXT};
use super::filter::BadCondition;
use super::kind::Kind;
use super::value::{Object, Value};

/// A refusal with the usual body: code, message, and the flaws of an object where there are some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    code: &'static str,
    message: String,
    /// Each with the resource it belongs to.
    flaws: Vec<(&'static str, Flaw)>,
}

/// What is wrong with one field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) code: FlawCode,
    pub(super) message: String,
    pub(super) field: String,
}

/// The inner codes of an invalid object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlawCode {
    MissingRequiredField,
    InvalidField,
    ObjectExists,
    OutOfRange,
    MaxLengthField,
    NotFound,
    InvalidObject,
}

impl Flaw {
    pub(super) fn new(code: FlawCode, field: &str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: field.to_owned() }
    }

    fn body(&self, resource: &str) -> Object {
        let code = match self.code {
            FlawCode::MissingRequiredField => "MissingRequiredField",
            FlawCode::InvalidField => "InvalidField",
            FlawCode::ObjectExists => "ObjectExists",
            FlawCode::OutOfRange => "OutOfRange",
            FlawCode::MaxLengthField => "MaxLengthField",
            FlawCode::NotFound => "NotFound",
            FlawCode::InvalidObject => "InvalidObject",
        };
        Object::new()
            .with("code", code)
            .with("message", self.message.as_str())
            .with("resource", resource)
            .with("field", self.field.as_str())
    }
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), flaws: Vec::new() }
    }

    /// An object that breaks rules: all of them at once.
    pub(super) fn invalid(kind: Kind, flaws: Vec<Flaw>) -> Self {
        let resource = kind.resource();
        let flaws = flaws.into_iter().map(|flaw| (resource, flaw)).collect();
        Self { flaws, ..Self::new(400, "InvalidObject", format!("{resource} object is invalid")) }
    }

    /// A request that no object is to blame for.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidObject", message)
    }

    /// The record does not exist.
    pub(super) fn not_found(kind: Kind, id: u32) -> Self {
        Self::new(404, "NotFound", format!("{} {id} not found", kind.entity()))
    }

    /// The endpoint does not exist.
    pub(super) fn no_endpoint() -> Self {
        Self::new(404, "ConnectWiseApi", "The requested endpoint does not exist")
    }

    /// The endpoint exists but not for this method.
    pub(super) fn wrong_method(method: &str) -> Self {
        Self::new(
            405,
            "ConnectWiseApi",
            format!("The requested resource does not support http method '{method}'"),
        )
    }

    /// The body is not JSON by its type.
    pub(super) fn wrong_media_type(media_type: &str) -> Self {
        Self::new(415, "ConnectWiseApi", format!("The media type '{media_type}' is not supported"))
    }

    /// The caller's role does not reach so far.
    pub(super) fn forbidden() -> Self {
        Self::new(403, "Security", "You do not have security permission to perform this action")
    }

    /// The caller could not be recognised; the status is one of the switches.
    pub(super) fn unauthorized(status: u16, message: &str) -> Self {
        let code = if status == 404 { "ConnectWiseApi" } else { "Unauthorized" };
        Self::new(status, code, message)
    }

    /// The address is longer than the server reads.
    pub(super) fn address_too_long(longest: usize) -> Self {
        Self::new(414, "ConnectWiseApi", format!("The address is longer than {longest} characters"))
    }

    /// Other records still need this one.
    pub(super) fn in_use(kind: Kind, id: u32) -> Self {
        Self::new(409, "ConnectWiseApi", format!("{} {id} is in use", kind.entity()))
    }

    /// The body with its code, message and, where there are some, flaws.
    pub(super) fn body(&self) -> Object {
        let body = Object::new().with("code", self.code).with("message", self.message.as_str());
        if self.flaws.is_empty() {
            return body;
        }
        let flaws = self.flaws.iter().map(|(resource, flaw)| Value::Object(flaw.body(resource))).collect();
        body.with("errors", Value::List(flaws))
    }
}

impl From<BadCondition> for Refusal {
    fn from(bad: BadCondition) -> Self {
        Self::new(400, "ApiFindCondition", bad.0)
    }
}

/// The gateway's own refusal, in plain text: it found no release to send the request to.
pub(super) fn cannot_route() -> Answer {
    Answer::of_type(400, PLAIN_TEXT, "Cannot route the request: the codebase or the company is invalid")
}

/// The body of a 429, which has another shape than every other refusal.
pub(super) fn throttled_body() -> Object {
    Object::new().with("error", "ConnectWiseAPI").with(
        "message",
        "The maximum number of requests has been reached. Please wait 30 seconds and try again",
    )
}
