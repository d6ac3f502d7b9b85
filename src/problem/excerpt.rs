//! Cuts the one line out of a text that a place points at, however large the text is.
//!
//! A place comes from a parser, or from a document that lost its bytes: spans that fit no line are not trusted, and the
//! column is used instead.

use std::ops::Range;

use super::Place;
use super::printable::masked;

/// A longer line is not shown: nobody finds the place in it, and its column says where it is.
const LONGEST_LINE: usize = 400;

/// A line to show, and what of it to mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line, nothing in it that could steer a terminal.
    pub(super) line: String,
    /// The bytes of `line` to mark.
    pub(super) marked: Range<usize>,
}

/// The excerpt, or `None` where the text has no such line, or too long a one.
pub(super) fn excerpt(text: &str, place: &Place) -> Option<Excerpt> {
    let index = usize::try_from(place.line).ok()?.checked_sub(1)?;
    let whole = text.split_inclusive('\n').nth(index)?;
    let start = text.split_inclusive('\n').take(index).map(str::len).sum();
    let line = whole.trim_end_matches(['\n', '\r']);
    if line.len() > LONGEST_LINE {
        return None;
    }
    let marked = by_span(line, start, place).unwrap_or_else(|| by_column(line, place));
    let from = masked(&line[..marked.start]);
    let within = masked(&line[marked.clone()]);
    let marked = from.len()..from.len() + within.len();
    Some(Excerpt { line: masked(line), marked })
}

/// The part of the span that lies on the line.
fn by_span(line: &str, start: usize, place: &Place) -> Option<Range<usize>> {
    let from = place.span.start.checked_sub(start)?;
    let to = place.span.end.checked_sub(start)?.min(line.len());
    let fits = from < to && line.is_char_boundary(from) && line.is_char_boundary(to);
    fits.then_some(from..to)
}

/// The word at the column, or the end of the line.
fn by_column(line: &str, place: &Place) -> Range<usize> {
    let column = usize::try_from(place.column).unwrap_or(usize::MAX).saturating_sub(1);
    let from = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let word = line[from..].find([' ', ',', ':', '}', ']']).unwrap_or(line.len() - from);
    from..from + word
}

#[cfg(test)]
mod tests {
    use super::{Excerpt, excerpt};
    use crate::problem::{Place, Span};

    const TEXT: &str = "source: intronis\r\nlevel: Göld # which\n";

    fn place(line: u32, column: u32, span: std::ops::Range<usize>) -> Place {
        Place { file: "a.yaml".into(), line, column, span: Span::from(span) }
    }

    fn shown(place: &Place) -> Option<(String, String)> {
        excerpt(TEXT, place).map(|Excerpt { line, marked }| (line[marked].to_owned(), line))
    }

    #[test]
    fn the_span_is_marked_on_its_line() {
        let gold = shown(&place(2, 8, 25..30)).unwrap();

        assert_eq!(gold, ("Göld".to_owned(), "level: Göld # which".to_owned()));
    }

    #[test]
    fn a_span_over_several_lines_is_marked_to_the_end_of_the_first() {
        assert_eq!(shown(&place(1, 9, 8..30)).unwrap().0, "intronis");
    }

    #[test]
    fn a_place_without_its_bytes_is_marked_by_its_column() {
        assert_eq!(shown(&place(2, 8, 0..0)).unwrap().0, "Göld");
    }

    #[test]
    fn a_span_that_does_not_fit_the_text_is_not_trusted() {
        assert_eq!(shown(&place(2, 8, 900..901)).unwrap().0, "Göld");
        assert_eq!(shown(&place(2, 8, 27..28)).unwrap().0, "Göld");
    }

    #[test]
    fn there_is_no_excerpt_of_a_line_that_is_not_there_or_too_long() {
        assert_eq!(shown(&place(9, 1, 0..0)), None);
        assert_eq!(shown(&place(0, 1, 0..0)), None);
        assert_eq!(excerpt(&"x".repeat(1 << 20), &place(1, 1, 0..1)), None);
    }

    #[test]
    fn what_could_steer_a_terminal_is_masked_and_the_mark_stays_in_place() {
        let text = "a\u{9b}b: \u{202e}bad";

        let Excerpt { line, marked } = excerpt(text, &place(1, 6, 6..12)).unwrap();

        assert_eq!((&line[marked], line.as_str()), ("\u{fffd}bad", "a\u{fffd}b: \u{fffd}bad"));
    }
}
