//! What we meant and what came of it: the durable record of every intent and outcome, and the protocol of a write.
//!
//! The only room that knows SQLite. Knows neither how ConnectWise is reached nor how a plan is drawn: it remembers,
//! and it refuses to remember two writes in flight on one line.

pub mod attempt;

mod chain;
mod check;
mod error;
mod event;
mod history;
mod inspect;
mod intent;
mod line;
mod lock;
mod migrations;
mod passes;
mod place;
mod project;
mod reader;
mod rows;
mod snapshots;
mod store;
mod suspension;
mod tenant;
mod writes;

pub use error::JournalError;
pub use event::Sighting;
pub use history::{HistoryEntry, HistoryFilter};
pub use inspect::Inspection;
pub use intent::{Action, Field, Intent, IntentId, NotSent, Open, Outcome, RunId};
pub use lock::Holder;
pub use passes::LastPass;
pub use reader::JournalReader;
pub use store::Journal;
pub use suspension::Suspended;
pub use tenant::{Instance, Planned, Run, RunResult, TenantStatus};
pub use writes::Observation;

#[cfg(test)]
mod tests;
