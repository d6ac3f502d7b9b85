//! Patterns of `like`: `*` and `%` for any letters, `[…]` for one letter of a set, `[^…]` for one letter outside it,
//! `[[]`, `[%]`, `[_]` for these signs themselves.
//!
//! A set is of letters and of ranges, as in SQL: `[A-C]`. A hyphen at either end stands for itself.

use std::ops::RangeInclusive;

use crate::simulator::options::Underscore;

/// A pattern, ready to be tried.
#[derive(Debug)]
pub(in crate::simulator) struct Pattern(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Letter(char),
    AnyLetter,
    AnyLetters,
    OneOf(Set),
}

/// Letters and ranges between brackets.
#[derive(Debug)]
struct Set {
    outside: bool,
    ranges: Vec<RangeInclusive<char>>,
}

impl Set {
    /// Reads what stands between the brackets. A caret alone stands for itself.
    fn read(text: &str) -> Self {
        let (outside, listed) = match text.strip_prefix('^') {
            Some(listed) if !listed.is_empty() => (true, listed),
            Some(_) | None => (false, text),
        };
        let letters: Vec<char> = listed.chars().collect();
        let mut rest = letters.as_slice();
        let mut ranges = Vec::new();
        while let [first, after @ ..] = rest {
            rest = match after {
                ['-', last, beyond @ ..] => {
                    ranges.push(*first..=*last);
                    beyond
                }
                _ => {
                    ranges.push(*first..=*first);
                    after
                }
            };
        }
        Self { outside, ranges }
    }

    fn takes(&self, letter: char) -> bool {
        self.ranges.iter().any(|range| range.contains(&letter)) != self.outside
    }
}

impl Pattern {
    /// Reads a pattern. A bracket that is never closed stands for itself.
    pub(in crate::simulator) fn read(text: &str, underscore: Underscore) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            rest = &rest[first.len_utf8()..];
            let set = if first == '[' { rest.find(']').filter(|end| *end > 0) } else { None };
            let piece = match (first, set) {
                ('*' | '%', _) => Piece::AnyLetters,
                ('_', _) if underscore == Underscore::Wildcard => Piece::AnyLetter,
                (_, Some(end)) => {
                    let set = Set::read(&rest[..end]);
                    rest = &rest[end + 1..];
                    Piece::OneOf(set)
                }
                (letter, None) => Piece::Letter(letter),
            };
            pieces.push(piece);
        }
        Self(pieces)
    }

    /// Whether a whole text fits. Linear in text × pattern, whatever the pattern.
    pub(in crate::simulator) fn fits(&self, text: &str) -> bool {
        let letters: Vec<char> = text.chars().collect();
        let mut reachable = vec![false; letters.len() + 1];
        reachable[0] = true;
        for piece in &self.0 {
            reachable = step(piece, &reachable, &letters);
        }
        reachable[letters.len()]
    }
}

/// Which places can be reached once a piece is used up.
fn step(piece: &Piece, before: &[bool], letters: &[char]) -> Vec<bool> {
    let mut after = vec![false; before.len()];
    if let Piece::AnyLetters = piece {
        let mut reached = false;
        for (place, reachable) in before.iter().enumerate() {
            reached |= reachable;
            after[place] = reached;
        }
        return after;
    }
    for (place, letter) in letters.iter().enumerate() {
        after[place + 1] = before[place] && takes(piece, *letter);
    }
    after
}

fn takes(piece: &Piece, letter: char) -> bool {
    match piece {
        Piece::Letter(own) => *own == letter,
        Piece::AnyLetter => true,
        Piece::OneOf(set) => set.takes(letter),
        Piece::AnyLetters => false,
    }
}
