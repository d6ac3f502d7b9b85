//! `trueup resume`: a tenant that was suspended is written again.

use clap::Args;

use super::screen::Screen;
use super::session::Session;
use super::{Exit, Failure, Global};
use crate::journal::Journal;

/// Let a tenant that was suspended be written again
///
/// Examples:
///   trueup resume --tenant example-msp
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Resume {}

pub(super) fn run(global: &Global, _: &Resume, screen: &Screen) -> Result<Exit, Failure> {
    let session = Session::open(global)?;
    let name = &session.tenant.name;
    let said = match Journal::resume(&session.journal, name)? {
        true => format!("{name} is written again"),
        false => format!("{name} was not suspended"),
    };
    screen.say(&said);
    Ok(Exit::Done)
}
