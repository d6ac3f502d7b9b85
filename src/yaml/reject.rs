//! The sentences of refusal that several files of this room need.
//!
//! A message repeats a value only when it is short and cannot be a secret.

use crate::problem::{Code, Place, Problem};

use super::secret::looks_like_secret;

/// How much of a value a message repeats.
const SHOWN: usize = 40;

/// The value in quotes, or what it is where it must not or cannot be shown.
pub(super) fn shown(text: &str) -> String {
    if looks_like_secret(text) {
        "this value".to_owned()
    } else if text.chars().count() > SHOWN {
        let start: String = text.chars().take(SHOWN).collect();
        format!("\"{}…\"", start.escape_debug())
    } else {
        format!("\"{}\"", text.escape_debug())
    }
}

/// A number or word as it is written, where it can be shown.
pub(super) fn plain(text: &str) -> String {
    if text.chars().count() > SHOWN || looks_like_secret(text) { shown(text) } else { text.to_owned() }
}

/// An error about a key or the document as a whole.
pub(super) fn error(code: Code, subject: &str, message: String, place: Place) -> Problem {
    let subject = if looks_like_secret(subject) { "" } else { subject };
    let subject: String = subject.chars().filter(|sign| !sign.is_control()).take(SHOWN).collect();
    Problem::error(code, subject, message).at(place)
}

/// What stands there may be a secret.
pub(super) fn secret(place: Place) -> Problem {
    let message = "this looks like a secret, which no file may hold".to_owned();
    let hint = "take it out, and have it replaced: whoever can read the repository may have it";
    error(Code::SecretInFile, "", message, place).with_hint(hint)
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn alternatives<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
