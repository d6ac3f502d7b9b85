//! `trueup suspend`: nothing of a tenant is written until it is resumed.

use clap::Args;
use jiff::Timestamp;

use super::screen::Screen;
use super::session::Session;
use super::{Exit, Failure, Global};
use crate::journal::Journal;

/// Stop all writes of a tenant until `trueup resume`; planning goes on
///
/// Works while `trueup run` does: its next write is not begun any more.
///
/// Examples:
///   trueup suspend --tenant example-msp --reason "invoice run"
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Suspend {
    /// Why, for those who look at the status
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

pub(super) fn run(global: &Global, verb: &Suspend, screen: &Screen) -> Result<Exit, Failure> {
    let session = Session::open(global)?;
    let name = &session.tenant.name;
    Journal::suspend(&session.journal, name, &verb.reason, Timestamp::now())?;
    screen.say(&format!("Nothing of {name} is written any more; trueup resume --tenant {name} ends that"));
    Ok(Exit::Done)
}
