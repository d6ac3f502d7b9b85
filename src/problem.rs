//! What a person should know and can act on: a stable code, a sentence, a place and a hint.
//!
//! Bad input is data, not an error: a room that reads input returns what it understood and all its problems.
//! Knows nothing of files, terminals or what the codes are raised by.

mod code;
mod color;
mod excerpt;
mod fit;
mod page;
mod printable;
mod reason;
mod render;
mod report;
mod suggest;
mod texts;
mod unspeakable;

pub use code::{Code, CodeKind, Concern, UnknownCode};
pub use color::{Color, Tone};
pub use fit::{cut_middle, pad, width, wrap};
pub use page::{Page, write_page};
pub use printable::{printable, printable_lines};
pub use reason::Reason;
pub use render::{write_problem_lines, write_problems};
pub use report::{ReportFormat, write_report};
pub use suggest::nearest;
pub use texts::Texts;

use std::ops::Range;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::ser::{SerializeStruct as _, Serializer};
use serde::{Deserialize, Serialize};

/// One thing that is wrong or worth telling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub struct Problem {
    /// The stable code; `trueup explain CODE` has its page.
    #[schemars(with = "String")]
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: an account, a company, a level, a key. May be empty.
    pub subject: String,
    /// What is the case, in one sentence without a full stop.
    pub message: String,
    /// What to write or do instead.
    pub hint: Option<String>,
    /// Where it stands.
    pub place: Option<Place>,
    /// The YAML to commit that would clear it, where a waiver can.
    // Read by the schema; writing is below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The input is refused.
    Error,
    /// Something is held or left out.
    Warning,
    /// Told; nothing is held.
    Note,
}

/// A position in a text that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub struct Place {
    /// The file, as the reader would name it: relative to the repository, or as given.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The bytes of the text it covers, for excerpts.
    #[serde(skip)]
    pub span: Span,
}

/// Keys stand in alphabetical order, as everywhere in a plan, whose digest is taken over its text. Fields stand in the order
/// by which problems are sorted, so serde's own way, which writes fields as they stand, will not do.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { code, severity, subject, message, hint, place, release } = self;
        let length = 6 + usize::from(release.is_some());
        let mut problem = serializer.serialize_struct("Problem", length)?;
        problem.serialize_field("code", code)?;
        problem.serialize_field("hint", hint)?;
        problem.serialize_field("message", message)?;
        problem.serialize_field("place", place)?;
        match release {
            Some(release) => problem.serialize_field("release", release)?,
            None => problem.skip_field("release")?,
        }
        problem.serialize_field("severity", severity)?;
        problem.serialize_field("subject", subject)?;
        problem.end()
    }
}

/// In alphabetical order, as a problem. The span is for excerpts and is not written.
impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { file, line, column, span: _ } = self;
        let mut place = serializer.serialize_struct("Place", 3)?;
        place.serialize_field("column", column)?;
        place.serialize_field("file", file)?;
        place.serialize_field("line", line)?;
        place.end()
    }
}

/// A range of bytes of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

impl Problem {
    /// A problem that refuses its input.
    pub fn error(code: Code, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, subject, message)
    }

    /// A problem that holds something or leaves something out.
    pub fn warning(code: Code, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, subject, message)
    }

    /// Something to tell.
    pub fn note(code: Code, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, subject, message)
    }

    fn new(code: Code, severity: Severity, subject: impl Into<String>, message: impl Into<String>) -> Self {
        let (subject, message) = (subject.into(), message.into());
        Self { code, severity, subject, message, hint: None, place: None, release: None }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with the YAML that would clear it.
    #[must_use]
    pub fn with_release(mut self, release: impl Into<String>) -> Self {
        self.release = Some(release.into());
        self
    }

    /// The same, with where it stands.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}
