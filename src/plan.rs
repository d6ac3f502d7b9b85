//! The difference as data: desired × current × last written → plan, with guards, waivers, pins and money.
//!
//! Pure: same inputs, same bytes. An addition that no mapping reaches cannot appear here, so it cannot be changed.

mod document;
mod explain;
mod inputs;
mod markdown;
mod pseudonym;
#[cfg(test)]
mod sample;
mod text;
mod words;

pub use document::{
    AdditionRef, Against, AgreementRef, Cause, CompanyRef, GoneLine, Line, Observation, Plan, PlanFile,
    PlanFileLine, ProductRef, Summary, UsageRef, Verdict,
};
pub use explain::{Explanation, LineNotFound, PastChange, find_line, write_explanation};
pub use inputs::{Ancestry, History, Inputs};
pub use markdown::{Forge, MarkdownOptions, markdown, markdown_marker};
pub use pseudonym::{Names, pseudonym};
pub use text::{ReadFrom, Show, TextOptions, write_text};
