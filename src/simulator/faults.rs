//! Faults that a test arms: what goes wrong on the way to the state or back, for the next matching requests.
//!
//! A fault happens around the desk: before it, so that nothing lands, or after it, so that the write stands and only
//! its answer suffers. Each is used up by the requests it befalls.

use super::errors::throttled_body;
use super::exchange::{Answer, HTML};

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

    fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|own| own == method) && path.contains(&self.path_contains)
    }
}

/// An answer that was not made from the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canned(pub(super) Answer);

impl Canned {
    /// An answer of this status and body. A body that starts like an object or array is said to be JSON, another one
    /// to be a page for people.
    #[must_use]
    pub fn new(status: u16, body: &str) -> Self {
        if body.starts_with(['{', '[']) {
            return Self(Answer { status, headers: Vec::new(), body: body.to_owned() });
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
}

impl Fault {
    /// The name in the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::StatusBefore(_) => "status before",
            Self::StatusAfterCommit(_) => "status after commit",
            Self::DropConnectionBefore => "connection dropped before",
            Self::DropConnectionAfterCommit => "connection dropped after commit",
            Self::DelayMillis(_) => "landed late",
            Self::AnswerAfterMillis(_) => "answered late",
            Self::IgnoreWrite => "write ignored",
            Self::TruncatedJson => "truncated JSON",
            Self::EmptyBody => "empty body",
            Self::Html => "page for people",
        }
    }

    /// What the caller is shown in place of an answer; nothing where the connection is cut.
    pub(super) fn spoil(&self, answer: Answer) -> Option<Answer> {
        match self {
            Self::StatusBefore(canned) | Self::StatusAfterCommit(canned) => Some(canned.0.clone()),
            Self::DropConnectionBefore | Self::DropConnectionAfterCommit => None,
            Self::DelayMillis(_) | Self::AnswerAfterMillis(_) | Self::IgnoreWrite => Some(answer),
            Self::TruncatedJson => Some(cut(answer)),
            Self::EmptyBody => Some(Answer { body: String::new(), ..answer }),
            Self::Html => Some(Answer::of_type(200, HTML, "<html><body>Scheduled maintenance</body></html>")),
        }
    }
}

/// The first half of an answer.
fn cut(answer: Answer) -> Answer {
    let half = answer.body.len() / 2;
    let half = (0..=half).rev().find(|place| answer.body.is_char_boundary(*place)).unwrap_or(0);
    Answer { body: answer.body[..half].to_owned(), ..answer }
}

/// The faults that are armed, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Armed>);

#[derive(Debug)]
struct Armed {
    matching: Match,
    fault: Fault,
    left: u32,
}

impl Faults {
    /// Arms a fault for so many requests.
    pub(super) fn arm(&mut self, matching: Match, fault: Fault, times: u32) {
        self.0.push(Armed { matching, fault, left: times });
    }

    /// The fault that befalls a request, used up by one.
    pub(super) fn take(&mut self, method: &str, path: &str) -> Option<Fault> {
        let armed = self.0.iter_mut().find(|armed| armed.left > 0 && armed.matching.fits(method, path))?;
        armed.left -= 1;
        let fault = armed.fault.clone();
        self.0.retain(|armed| armed.left > 0);
        Some(fault)
    }

    /// How many requests are still to be befallen.
    pub(super) fn left(&self) -> u32 {
        self.0.iter().map(|armed| armed.left).sum()
    }

    /// Disarms everything.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
