//! `trueup completions SHELL`: prints a completion script.

use std::io::{self, Write};

use clap::Args;
use clap_complete::Shell;

use super::{Exit, Failure};

/// Print a completion script for a shell
///
/// Example, for bash:
///   trueup completions bash > ~/.local/share/bash-completion/completions/trueup
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

pub(super) fn run(verb: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(verb.shell, &mut super::command(), "trueup", &mut script);
    io::stdout().write_all(&script).map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}
