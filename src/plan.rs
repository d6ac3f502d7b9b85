//! The difference as data: desired × current × last written → plan, with guards, waivers, pins and money.
//!
//! Pure: same inputs, same bytes. An addition that no mapping reaches cannot appear here, so it cannot be changed.

mod against;
mod digest;
mod document;
mod draw;
mod drift;
mod explain;
mod file;
mod filter;
mod guard;
mod hold;
mod inputs;
#[cfg(test)]
mod laws;
mod line;
mod markdown;
mod money;
mod pin;
mod pseudonym;
mod release;
#[cfg(test)]
pub(crate) mod sample;
mod schema;
mod summary;
mod text;
mod waiver;
pub mod words;
#[cfg(test)]
mod world;

pub use against::against;
pub use digest::{digest, write_json};
pub use document::{
    AdditionRef, Against, AgreementRef, Cause, CompanyRef, GoneLine, Line, Observation, Plan, ProductRef,
    Summary, UsageRef, Verdict,
};
pub use draw::{draw, draw_lines};
pub use explain::{Explanation, LineNotFound, PastChange, find_line, write_explanation};
pub use file::{
    Identified, MAX_PLAN_BYTES, NumberedAddition, NumberedAgreement, PlanFile, PlanFileError, PlanFileLine,
};
pub use filter::{Filter, NothingMatches};
pub use guard::source::{SourceVerdict, remembered, source_verdicts};
pub use guard::tenant::{config_shrink, is_frozen_at};
pub use inputs::{Ancestry, History, Inputs};
pub use markdown::{Forge, MarkdownOptions, markdown, markdown_marker};
pub use pseudonym::{Names, pseudonym};
pub use schema::schema;
pub use text::{PathAndText, ReadFrom, Show, TextOptions, write_difference, write_text};
pub use words::{signed_money, spoken};
