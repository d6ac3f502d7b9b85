//! Text as sent, borrowed where that is possible, and text of strangers made fit to be shown.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// How much of a stranger's text is shown.
const SHOWN_CHARACTERS: usize = 512;

/// A JSON string that borrows from the body unless it holds an escape. `Option<Cow<str>>` would always copy.
pub(crate) struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowing;

        impl<'de> Visitor<'de> for Borrowing {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Borrowing)
    }
}

/// The text, unless it is absent, null or empty, which ConnectWise uses alike.
pub(crate) fn present<'t>(text: Option<&'t Text<'_>>) -> Option<&'t str> {
    text.map(Text::as_str).filter(|text| !text.is_empty())
}

/// A stranger's text in one line: cut, and with nothing in it that could steer a terminal or a page.
pub(crate) fn readable(text: &str) -> String {
    let mut shown = String::new();
    for (index, character) in text.trim().chars().enumerate() {
        if index == SHOWN_CHARACTERS {
            shown.push('…');
            break;
        }
        escaped(character, &mut shown);
    }
    shown
}

/// Appends a character, escaped if it is a control character or changes the direction of text.
fn escaped(character: char, shown: &mut String) {
    let steers = matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if character.is_control() || steers {
        write!(shown, "{}", character.escape_default()).expect("a String takes all that is written to it");
    } else {
        shown.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, readable};
    use std::borrow::Cow;

    #[test]
    fn text_without_escapes_is_borrowed_even_when_optional() {
        let text: Option<Text<'_>> = serde_json::from_str(r#""plain""#).unwrap();

        assert!(matches!(text.unwrap().0, Cow::Borrowed("plain")));
    }

    #[test]
    fn text_with_escapes_is_read_as_it_means() {
        let text: Text<'_> = serde_json::from_str(r#""a\"b\u00e4""#).unwrap();

        assert_eq!(text.as_str(), "a\"bä");
    }

    #[test]
    fn a_strangers_text_cannot_steer_a_terminal() {
        assert_eq!(readable("\u{1b}[2Jgone\r\nnext\u{202e}"), "\\u{1b}[2Jgone\\r\\nnext\\u{202e}");
    }

    #[test]
    fn a_strangers_text_is_cut_at_512_characters() {
        let shown = readable(&"ä".repeat(600));

        assert_eq!(shown.chars().count(), 513);
        assert!(shown.ends_with('…'));
    }
}
