//! Walks the shape of a CSV text before anything is read from it.
//!
//! The reader behind it forgives an open quote and text after a closing one; a file that was cut inside a quoted field
//! would pass. Here RFC 4180 is taken at its word, limits are kept, and every row and field can be found again.

use std::ops::Range;

use super::super::{LONGEST_FIELD, MOST_ROWS};
use super::Flaw;

const QUOTES: &str =
    "a field with a quote is quoted as a whole, and quotes inside are doubled: \"say \"\"hi\"\"\"";

/// Where rows start, the header's first. Blank lines are no rows.
pub(super) fn rows(text: &str) -> Result<Vec<usize>, Flaw> {
    let bytes = text.as_bytes();
    let mut rows = Vec::new();
    let mut at = 0;
    while let Some(start) = next_row(bytes, at) {
        // One more than the limit, since the header is no row of the report.
        if rows.len() > MOST_ROWS {
            return Err(Flaw::too_large(start..start, format!("it has more than {MOST_ROWS} rows")));
        }
        rows.push(start);
        at = end_of_row(bytes, start)?;
    }
    Ok(rows)
}

/// The bytes of a field, quotes included. The row must have been walked.
pub(super) fn field(text: &str, row: usize, index: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut start = row;
    for _ in 0..index {
        match end_of_field(bytes, start) {
            Ok(end) if bytes.get(end) == Some(&b',') => start = end + 1,
            Ok(end) | Err(Flaw { at: Range { end, .. }, .. }) => return end..end,
        }
    }
    let end = end_of_field(bytes, start).unwrap_or(start);
    start..end
}

/// The bytes of a row without its line break. The row must have been walked.
pub(super) fn row(text: &str, start: usize) -> &str {
    let end = end_of_row(text.as_bytes(), start).unwrap_or(text.len());
    &text[start..end]
}

/// Whether the last row is closed by a line break. One that is not may have been cut off in the middle of a number.
pub(super) fn is_closed(text: &str) -> bool {
    text.ends_with(['\n', '\r'])
}

fn next_row(bytes: &[u8], from: usize) -> Option<usize> {
    bytes[from..].iter().position(|byte| !matches!(byte, b'\n' | b'\r')).map(|skipped| from + skipped)
}

fn end_of_row(bytes: &[u8], start: usize) -> Result<usize, Flaw> {
    let mut at = start;
    loop {
        let end = end_of_field(bytes, at)?;
        if end - at > LONGEST_FIELD {
            return Err(Flaw::too_large(at..end, format!("a field is longer than {LONGEST_FIELD} bytes")));
        }
        if bytes.get(end) != Some(&b',') {
            return Ok(end);
        }
        at = end + 1;
    }
}

fn end_of_field(bytes: &[u8], start: usize) -> Result<usize, Flaw> {
    let ends = |byte: &u8| matches!(byte, b',' | b'\n' | b'\r');
    if bytes.get(start) != Some(&b'"') {
        let end = bytes[start..].iter().position(|byte| ends(byte) || *byte == b'"');
        let end = end.map_or(bytes.len(), |length| start + length);
        return match bytes.get(end) {
            Some(b'"') => Err(Flaw::new(end..end + 1, "a quote stands inside an unquoted field", QUOTES)),
            _ => Ok(end),
        };
    }
    let mut at = start + 1;
    while let Some(length) = bytes[at..].iter().position(|byte| *byte == b'"') {
        at += length + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            None => return Ok(at),
            Some(byte) if ends(byte) => return Ok(at),
            Some(_) => return Err(Flaw::new(at..at + 1, "text follows a closing quote", QUOTES)),
        }
    }
    Err(Flaw::new(start..start + 1, "a quote is never closed", "the file was cut off, or a quote is missing"))
}

#[cfg(test)]
mod tests {
    use super::{field, row, rows};

    #[test]
    fn rows_and_fields_are_found_again_whatever_is_quoted() {
        let text = "a,b\r\n\r\n\"x, \"\"y\"\"\n\",2\n";

        let starts = rows(text).ok().unwrap();

        assert_eq!(starts, [0, 7]);
        assert_eq!(row(text, 0), "a,b");
        assert_eq!(&text[field(text, 7, 0)], "\"x, \"\"y\"\"\n\"");
        assert_eq!(&text[field(text, 7, 1)], "2");
        assert_eq!(field(text, 7, 9), 20..20);
    }

    #[test]
    fn a_quote_that_is_open_at_the_end_is_a_flaw_and_not_a_field() {
        assert_eq!(rows("a\n\"b").unwrap_err().at, 2..3);
        assert_eq!(rows("a\n\"b\"c").unwrap_err().at, 5..6);
        assert_eq!(rows("a\nb\"c").unwrap_err().at, 3..4);
    }
}
