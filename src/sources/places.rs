//! Turns byte offsets of a text into lines and columns.

use std::ops::Range;
use std::sync::Arc;

use crate::problem::{Place, Span};

/// Finds places in one text. The text is read once, at the first question, however many follow.
pub(super) struct Places<'a> {
    file: Arc<str>,
    text: &'a str,
    /// Known positions, a short way apart, so that even a text of one long line is searched quickly.
    marks: Vec<Mark>,
}

#[derive(Clone, Copy)]
struct Mark {
    offset: usize,
    line: u32,
    column: u32,
}

/// How far marks lie apart, in bytes.
const STEP: usize = 256;

impl<'a> Places<'a> {
    pub(super) fn new(file: Arc<str>, text: &'a str) -> Self {
        Self { file, text, marks: Vec::new() }
    }

    /// The place of a range of bytes.
    pub(super) fn at(&mut self, range: Range<usize>) -> Place {
        if self.marks.is_empty() {
            self.marks = marks(self.text);
        }
        let known = self.marks.partition_point(|mark| mark.offset <= range.start);
        let mut mark = self.marks[known.saturating_sub(1)];
        let mut letters = self.text[mark.offset..].char_indices().peekable();
        let from = mark.offset;
        while let Some((at, letter)) = letters.next_if(|(at, _)| from + at < range.start) {
            mark.pass(letter, letters.peek().map(|(_, next)| *next));
            mark.offset = from + at;
        }
        Place { file: self.file.clone(), line: mark.line, column: mark.column, span: Span::from(range) }
    }
}

impl Mark {
    /// Goes over one letter.
    fn pass(&mut self, letter: char, next: Option<char>) {
        if letter == '\n' || (letter == '\r' && next != Some('\n')) {
            (self.line, self.column) = (self.line.saturating_add(1), 1);
        } else {
            self.column = self.column.saturating_add(1);
        }
    }
}

fn marks(text: &str) -> Vec<Mark> {
    let mut mark = Mark { offset: 0, line: 1, column: 1 };
    let mut marks = vec![mark];
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if at >= mark.offset + STEP {
            mark.offset = at;
            marks.push(mark);
        }
        mark.pass(letter, letters.peek().map(|(_, next)| *next));
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn lines_and_columns_count_characters_from_one_forward_and_back() {
        let text = "aä,b\r\nc\rd,ü,e\n";
        let mut places = Places::new("usage.csv".into(), text);

        let mut seen = Vec::new();
        for wanted in ['b', 'c', 'd', 'e', 'a'] {
            let start = text.find(wanted).unwrap();
            let place = places.at(start..start + 1);
            seen.push((place.line, place.column));
        }

        assert_eq!(seen, [(1, 4), (2, 1), (3, 1), (3, 5), (1, 1)]);
    }

    #[test]
    fn far_places_are_found_from_the_nearest_mark() {
        let text = format!("{}x\n{}y", "ä".repeat(9000), "b".repeat(9000));
        let mut places = Places::new("usage.csv".into(), &text);

        let [x, y] = ['x', 'y'].map(|letter| {
            let start = text.find(letter).unwrap();
            let place = places.at(start..start + 1);
            (place.line, place.column)
        });

        assert_eq!((x, y), ((1, 9001), (2, 9001)));
    }
}
