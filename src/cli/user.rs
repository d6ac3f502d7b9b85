//! `trueup user`: one line of the users file of the status page.

use std::io::{IsTerminal, Read, stdin};

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::screen::Screen;
use super::{Exit, Failure};
use crate::web::hash_password;

/// Print a line of the users file, for somebody who may look at the status page
///
/// The password comes from standard input, never from an argument; one closing line break is cut.
/// Only its owner may be able to read the users file.
///
/// Examples:
///   (umask 077 && trueup user anna < password.txt >> users.txt)
///   pass show trueup/anna | trueup user anna >> users.txt
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct User {
    /// The name to log in with
    #[arg(value_name = "NAME")]
    name: String,
}

/// More than this is no password.
const LONGEST_INPUT: u64 = 4096;

pub(super) fn run(verb: &User, screen: &Screen) -> Result<Exit, Failure> {
    let fits = |sign: char| !sign.is_control() && !sign.is_whitespace() && sign != ':';
    if verb.name.is_empty() || verb.name.len() > 128 || !verb.name.chars().all(fits) {
        return Err(Failure::new(Exit::Usage, "The name has a colon, a blank or nothing in it"));
    }
    if stdin().is_terminal() {
        // It would be shown while it is typed.
        return Err(Failure::new(
            Exit::Usage,
            "The password is read from standard input, not from a terminal",
        )
        .with_hint("Give it by a pipe or a file: trueup user NAME < password.txt"));
    }
    let mut text = String::new();
    let read = stdin().lock().take(LONGEST_INPUT).read_to_string(&mut text);
    let text = SecretString::from(text);
    read.map_err(|error| Failure::caused(Exit::Usage, "The password cannot be read", &error))?;
    let password = text.expose_secret();
    let password = password.strip_suffix('\n').unwrap_or(password);
    let password = password.strip_suffix('\r').unwrap_or(password);
    let hash = hash_password(password)
        .map_err(|error| Failure::caused(Exit::Usage, "The password cannot be used", &error))?;
    screen.print(&format!("{}:{hash}", verb.name))?;
    Ok(Exit::Done)
}
