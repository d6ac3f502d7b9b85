//! What can go wrong with one request: nothing lands, or its answer suffers, or somebody else was there first.
//!
//! A fault is decided already: it holds no chance and no schedule, only what happens to this one request.

use super::disguise::Disguise;
use super::flow::Flow;
use super::meddling::Meddling;
use super::misreading::Misreading;
use crate::simulator::errors::throttled_body;
use crate::simulator::exchange::{Answer, HTML, Request};

/// Which requests a fault waits for. The empty match waits for any.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Match {
    method: Option<String>,
    path_contains: String,
}

impl Match {
    /// Any request.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests of one method.
    #[must_use]
    pub fn method(method: &str) -> Self {
        Self { method: Some(method.to_ascii_uppercase()), path_contains: String::new() }
    }

    /// Those of them whose path contains a text.
    #[must_use]
    pub fn path(self, contains: &str) -> Self {
        Self { path_contains: contains.to_owned(), ..self }
    }

    pub(super) fn fits(&self, request: &Request) -> bool {
        self.method.as_deref().is_none_or(|own| own == request.method)
            && request.path.contains(&self.path_contains)
    }
}

/// An answer that was not made from the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canned(pub(in crate::simulator) Answer);

impl Canned {
    /// An answer of this status and body. A body that starts like an object or array is said to be JSON, another one
    /// to be a page for people.
    #[must_use]
    pub fn new(status: u16, body: &str) -> Self {
        if body.starts_with(['{', '[']) {
            return Self(Answer { body: body.to_owned(), ..Answer::empty(status) });
        }
        Self(Answer::of_type(status, HTML, body))
    }

    /// 429 in its odd shape, with a `Retry-After` of this text where there is one.
    #[must_use]
    pub fn throttled(retry_after: Option<&str>) -> Self {
        let canned = Self::new(429, &throttled_body().to_string());
        match retry_after {
            Some(text) => Self(canned.0.with_header("retry-after", text.to_owned())),
            None => canned,
        }
    }

    /// 500 in the vendor's words and spelling.
    #[must_use]
    pub fn timed_out() -> Self {
        Self::new(500, r#"{"code":"ConnectWiseApi","message":"a timeout has occured"}"#)
    }

    /// A gateway's page, as of 502, 503 and 504.
    #[must_use]
    pub fn gateway(status: u16) -> Self {
        Self::new(
            status,
            "<html><head><title>Bad Gateway</title></head><body>Please try again later</body></html>",
        )
    }

    /// The way to another place, as a load balancer or a login page sends one.
    #[must_use]
    pub fn redirect(status: u16, to: &str) -> Self {
        let page = Answer::of_type(status, HTML, "<html><body>Object moved</body></html>");
        Self(page.with_header("location", to.to_owned()))
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This answer is given and nothing lands.
    StatusBefore(Canned),
    /// The request lands, but this is the answer.
    StatusAfterCommit(Canned),
    /// The connection is cut and nothing lands.
    DropConnectionBefore,
    /// The request lands, then the connection is cut without an answer.
    DropConnectionAfterCommit,
    /// The request lands so late, even when its sender has given up by then.
    DelayMillis(u64),
    /// The request lands at once; its answer comes so late.
    AnswerAfterMillis(u64),
    /// A PATCH or PUT is answered with 200 and the record as it was; nothing changes. Other requests are not touched.
    IgnoreWrite,
    /// The request lands; its answer is cut in the middle of the JSON, with a length that fits.
    TruncatedJson,
    /// The request lands; its answer has the right status and no body.
    EmptyBody,
    /// The request lands; its answer is a page for people, with 200.
    Html,
    /// The request lands, but the server understands something else than it says.
    Misread(Misreading),
    /// Something happens to the state just before the request lands.
    Before(Meddling),
    /// Something happens to the state just after the request has landed.
    After(Meddling),
    /// The request is answered from the state as it was before the changes of the last so many seconds.
    StaleRead(u32),
    /// The request lands; its answer says something else.
    Disguise(Disguise),
    /// The request lands; the body of its answer travels in its own way.
    Flow(Flow),
}

impl Fault {
    /// The answer that is given without the request reaching the state; nothing in it where the connection is cut.
    pub(super) fn turns_away(&self) -> Option<Option<Answer>> {
        match self {
            Self::StatusBefore(canned) => Some(Some(canned.0.clone())),
            Self::DropConnectionBefore => Some(None),
            Self::StatusAfterCommit(_)
            | Self::DropConnectionAfterCommit
            | Self::DelayMillis(_)
            | Self::AnswerAfterMillis(_)
            | Self::IgnoreWrite
            | Self::TruncatedJson
            | Self::EmptyBody
            | Self::Html
            | Self::Misread(_)
            | Self::Before(_)
            | Self::After(_)
            | Self::StaleRead(_)
            | Self::Disguise(_)
            | Self::Flow(_) => None,
        }
    }

    /// What the caller is shown in place of an answer; nothing where the connection is cut. Disguises need the state
    /// and are not done here.
    pub(super) fn spoil(&self, answer: Answer) -> Option<Answer> {
        match self {
            Self::StatusAfterCommit(canned) => Some(canned.0.clone()),
            Self::DropConnectionBefore | Self::DropConnectionAfterCommit => None,
            Self::TruncatedJson => Some(cut(answer)),
            Self::EmptyBody => Some(Answer { body: String::new(), ..answer }),
            Self::Html => Some(Answer::of_type(200, HTML, "<html><body>Scheduled maintenance</body></html>")),
            Self::Flow(flow) => Some(Answer { flow: *flow, ..answer }),
            Self::StatusBefore(_)
            | Self::DelayMillis(_)
            | Self::AnswerAfterMillis(_)
            | Self::IgnoreWrite
            | Self::Misread(_)
            | Self::Before(_)
            | Self::After(_)
            | Self::StaleRead(_)
            | Self::Disguise(_) => Some(answer),
        }
    }
}

/// The first half of an answer.
fn cut(answer: Answer) -> Answer {
    let half = answer.body.len() / 2;
    let half = (0..=half).rev().find(|place| answer.body.is_char_boundary(*place)).unwrap_or(0);
    Answer { body: answer.body[..half].to_owned(), ..answer }
}
