//! The one question trueup asks: whether to write.

use std::io::{Write, stderr, stdin};

use super::screen::Screen;

/// Whether a person said yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Yes, in words or by `--yes`.
    Yes,
    /// Anything else.
    No,
    /// Nobody could be asked.
    NobodyThere,
}

/// Asks a question that only a `yes` answers with yes. Without a terminal nobody is asked, and nothing is assumed.
pub(super) fn ask(screen: &Screen, question: &str) -> Answer {
    if !screen.can_ask() {
        return Answer::NobodyThere;
    }
    let mut talk = stderr();
    // A prompt that cannot be shown is answered with "no" below.
    let _ = write!(talk, "{question} Type yes to go on: ");
    let _ = talk.flush();
    let mut line = String::new();
    match stdin().read_line(&mut line) {
        Ok(_) if line.trim().eq_ignore_ascii_case("yes") => Answer::Yes,
        Ok(_) | Err(_) => Answer::No,
    }
}
