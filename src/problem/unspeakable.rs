//! Lines of a text that hold a secret, or may: no excerpt shows them, whatever else is wrong there.
//!
//! Knows such lines only by the problems that were found in them. Finding secrets is left to who reads the texts.

use std::collections::BTreeSet;

use super::{Code, Place, Problem, Texts};

/// The lines that nothing may repeat.
pub(super) struct Unspeakable<'p> {
    lines: BTreeSet<(&'p str, u32)>,
}

impl<'p> Unspeakable<'p> {
    /// All lines that the problem of some secret covers: a pasted key may have many.
    pub(super) fn of(problems: &'p [Problem], texts: &Texts<'_>) -> Self {
        let secrets = problems.iter().filter(|problem| is_secret(problem.code));
        let places = secrets.filter_map(|problem| problem.place.as_ref());
        let lines = places.flat_map(|place| {
            let last = last_line(place, texts.get(&place.file).unwrap_or_default());
            (place.line..=last).map(|line| (&*place.file, line))
        });
        Self { lines: lines.collect() }
    }

    /// Whether the line of a place is one of them.
    pub(super) fn holds(&self, place: &Place) -> bool {
        self.lines.contains(&(&*place.file, place.line))
    }
}

/// Foreign text is an address or a variable, and an address may hold a password.
fn is_secret(code: Code) -> bool {
    matches!(code, Code::SecretInFile | Code::ForeignText)
}

/// The line in which the span of a place ends.
fn last_line(place: &Place, text: &str) -> u32 {
    let covered = text.get(place.span.start..place.span.end).unwrap_or_default();
    let breaks = u32::try_from(covered.trim_end().matches('\n').count()).unwrap_or(u32::MAX);
    place.line.saturating_add(breaks)
}
