//! Reads JSON as leniently as the server does: names without quotes, and single quotes for double ones.
//!
//! Strict JSON never comes here. Anything else is first written anew as strict JSON, and refused where it still is none.

use super::{Unreadable, Value};

/// Reads a text that is JSON, or nearly.
pub(in crate::simulator) fn read_leniently(text: &str) -> Result<Value, Unreadable> {
    match text.parse() {
        Err(Unreadable::NotJson) => strict(text).parse(),
        read => read,
    }
}

/// The same text with all names and texts in double quotes.
fn strict(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => quoted(rest, first, &mut written),
            'a'..='z' | 'A'..='Z' | '_' | '$' => word(rest, &mut written),
            '0'..='9' | '-' => copied(rest, &mut written),
            other => {
                written.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    written
}

/// Writes the text that begins with this quote, and tells how long it was.
fn quoted(text: &str, quote: char, written: &mut String) -> usize {
    written.push('"');
    let mut letters = text.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => {
                let escaped = letters.next().map_or('\\', |(_, escaped)| escaped);
                if escaped != '\'' {
                    written.push('\\');
                }
                written.push(escaped);
            }
            letter if letter == quote => {
                written.push('"');
                return place + 1;
            }
            '"' => written.push_str("\\\""),
            letter => written.push(letter),
        }
    }
    text.len()
}

/// Writes a bare word, in quotes where it names a property, and tells how long it was.
fn word(text: &str, written: &mut String) -> usize {
    let belongs = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$' | '-');
    let length = text.find(|letter| !belongs(letter)).unwrap_or(text.len());
    let (word, rest) = text.split_at(length);
    let quote = if rest.trim_start().starts_with(':') { "\"" } else { "" };
    written.extend([quote, word, quote]);
    length
}

/// Writes a number as it is, with its exponent, and tells how long it was.
fn copied(text: &str, written: &mut String) -> usize {
    let belongs = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '+' | '.');
    let length = text.find(|letter| !belongs(letter)).unwrap_or(text.len());
    written.push_str(&text[..length]);
    length
}
