//! Makes foreign text safe to show: what could steer a terminal or hide in a line becomes a visible escape.
//!
//! Decides which characters never reach a terminal, a log or a report as they are. Knows nothing of colour: our own
//! styles are added after this.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with control characters, direction overrides and invisible marks spelled out, such as `\u{1b}`.
/// Line breaks and tabs become `\n`, `\r` and `\t`, so that one name stays on one line.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    escape(text, is_unsafe)
}

/// The same for text of several lines: its line breaks stay.
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escape(text, |character| character != '\n' && is_unsafe(character))
}

/// The text with one replacement character in the place of each such character, so that columns stay. Tabs stay.
#[must_use]
pub(super) fn masked(text: &str) -> String {
    let mask = |character| if character != '\t' && is_unsafe(character) { '\u{fffd}' } else { character };
    text.chars().map(mask).collect()
}

fn escape(text: &str, needs_escape: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&needs_escape) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if needs_escape(character) {
            escape_one(character, &mut escaped);
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

fn escape_one(character: char, into: &mut String) {
    match character {
        '\n' => into.push_str("\\n"),
        '\r' => into.push_str("\\r"),
        '\t' => into.push_str("\\t"),
        other => {
            let written = write!(into, "\\u{{{:x}}}", u32::from(other));
            written.expect("writing to a string never fails");
        }
    }
}

/// The joiners U+200C and U+200D stay: names in Persian and many emoji need them, and they move nothing.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{printable, printable_lines};

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let shown = printable("Acme\u{1b}[2J\u{7}\u{9b}31m\r\nDental");

        assert_eq!(shown, r"Acme\u{1b}[2J\u{7}\u{9b}31m\r\nDental");
    }

    #[test]
    fn a_name_cannot_reverse_the_line_or_hide_in_it() {
        let shown = printable("a\u{202e}b\u{2066}c\u{200b}d\u{feff}e\u{e0041}");

        assert_eq!(shown, r"a\u{202e}b\u{2066}c\u{200b}d\u{feff}e\u{e0041}");
    }

    #[test]
    fn letters_of_all_scripts_stay() {
        let names = "Müller & Søn, 株式会社バックアップ, شرکت می‌خواهم, 👩‍💻";

        assert_eq!(printable(names), names);
    }

    #[test]
    fn several_lines_stay_several_lines() {
        assert_eq!(printable_lines("a\nb\u{1b}c"), "a\nb\\u{1b}c");
    }
}
