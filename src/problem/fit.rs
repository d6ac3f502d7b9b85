//! Fits printable text into columns of a terminal: width, cut, padding, line breaks.
//!
//! Wide characters take two columns and combining ones none. Names may be cut, in the middle; numbers are never
//! given to `cut_middle`. Knows nothing of what it fits.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns the text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The name in at most so many columns. What is left out is its middle, since both ends tell names apart.
#[must_use]
pub fn cut_middle(name: &str, columns: usize) -> String {
    if width(name) <= columns {
        return name.to_owned();
    }
    let kept = columns.saturating_sub(1);
    let tail = take_columns(name.chars().rev(), kept / 2);
    let head = take_columns(name.chars(), kept - kept / 2);
    let head: String = head.into_iter().collect();
    let tail: String = tail.into_iter().rev().collect();
    format!("{head}…{tail}")
}

/// As many characters as fit.
fn take_columns(characters: impl Iterator<Item = char>, columns: usize) -> Vec<char> {
    let mut left = columns;
    let fits = |character: &char| match left.checked_sub(character.width().unwrap_or(0)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    characters.take_while(fits).collect()
}

/// The text, padded with blanks on the right to so many columns.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text as lines of at most so many columns, broken between words. A word that is wider stands alone: breaking
/// it could break a number.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{cut_middle, pad, width, wrap};

    #[test]
    fn a_name_loses_its_middle_and_keeps_both_ends() {
        assert_eq!(cut_middle("Northwind Traders Holding", 12), "Northw…lding");
    }

    #[test]
    fn a_name_that_fits_is_left_alone() {
        assert_eq!(cut_middle("Northwind", 9), "Northwind");
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(width("株式会社"), 8);
        assert_eq!(cut_middle("株式会社バックアップ", 9), "株式…ップ");
        assert_eq!(pad("株式", 6), "株式  ");
    }

    #[test]
    fn lines_break_between_words_and_never_inside_a_number() {
        assert_eq!(
            wrap("-9000000 is over the limit of 3", 8),
            ["-9000000", "is over", "the", "limit of", "3"]
        );
    }

    proptest! {
        #[test]
        fn a_cut_name_never_takes_more_than_its_columns(name in any::<String>(), columns in 1..40_usize) {
            let name = crate::problem::printable(&name);
            prop_assert!(width(&cut_middle(&name, columns)) <= columns);
        }

        #[test]
        fn wrapping_loses_no_word(words in proptest::collection::vec("[a-z0-9]{1,12}", 1..20), columns in 1..40_usize) {
            let text = words.join(" ");
            prop_assert_eq!(wrap(&text, columns).join(" "), text);
        }
    }
}
