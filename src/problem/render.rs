//! Problems for people: the sentence, the place with what stands there, and what to write instead.
//!
//! Decides how many are shown, never which are problems. Errors come first, each group in the order of the files. Never
//! repeats a line that may hold a secret.

use std::io::{self, Write};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::excerpt::excerpt;
use super::unspeakable::Unspeakable;
use super::{Color, Problem, Severity, Texts, printable};

/// More than this nobody reads: after the first are repaired the rest is often gone.
const MOST_SHOWN: usize = 100;

/// Writes problems with excerpts, at most a hundred, and how many there are.
///
/// # Errors
///
/// When `out` fails.
pub fn write_problems(
    problems: &[Problem],
    texts: &Texts<'_>,
    color: Color,
    out: &mut impl Write,
) -> io::Result<()> {
    let renderer = match color {
        Color::Never => Renderer::plain(),
        Color::Always => Renderer::styled(),
    };
    let unspeakable = Unspeakable::of(problems, texts);
    for problem in in_order(problems).into_iter().take(MOST_SHOWN) {
        writeln!(out, "{}\n", renderer.render(&[group(problem, texts, &unspeakable)]))?;
    }
    write_count(problems, out)
}

/// Writes problems one a line, for `grep` and editors: `file:line:column: error[code]: sentence (hint)`.
///
/// # Errors
///
/// When `out` fails.
pub fn write_problem_lines(problems: &[Problem], out: &mut impl Write) -> io::Result<()> {
    in_order(problems).into_iter().try_for_each(|problem| writeln!(out, "{}", one_line(problem)))
}

/// Errors first, then by place: the order in which a person repairs them.
pub(super) fn in_order(problems: &[Problem]) -> Vec<&Problem> {
    let mut sorted: Vec<_> = problems.iter().collect();
    sorted.sort_by_key(|problem| {
        let place = problem.place.as_ref();
        (problem.severity, place.map(|place| (&place.file, place.line, place.column)), problem.code)
    });
    sorted
}

/// The sentence, with what it is about in front where it does not say so itself.
pub(super) fn sentence(problem: &Problem) -> String {
    let Problem { subject, message, .. } = problem;
    if subject.is_empty() || message.contains(subject.as_str()) {
        printable(message).into_owned()
    } else {
        printable(&format!("{subject}: {message}")).into_owned()
    }
}

/// The word for a severity.
pub(super) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn one_line(problem: &Problem) -> String {
    let place = problem.place.as_ref().map_or_else(String::new, |place| {
        format!("{}:{}:{}: ", printable(&place.file), place.line, place.column)
    });
    let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!(" ({})", printable(hint)));
    let word = severity_word(problem.severity);
    format!("{place}{word}[{}]: {}{hint}", problem.code, sentence(problem))
}

fn group<'p>(problem: &'p Problem, texts: &Texts<'p>, unspeakable: &Unspeakable<'_>) -> Group<'p> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(sentence(problem)).id(problem.code.as_str()));
    if let Some(place) = &problem.place {
        let file = printable(&place.file);
        let line = usize::try_from(place.line).unwrap_or(usize::MAX);
        let column = usize::try_from(place.column).unwrap_or(usize::MAX);
        let text = texts.get(&place.file).filter(|_| !unspeakable.holds(place));
        group = match text.and_then(|text| excerpt(text, place)) {
            Some(excerpt) => group.element(
                Snippet::<Annotation<'_>>::source(excerpt.line)
                    .line_start(line)
                    .path(file)
                    .annotation(AnnotationKind::Primary.span(excerpt.marked)),
            ),
            None => group.element(Origin::path(file).line(line).char_column(column)),
        };
    }
    match &problem.hint {
        Some(hint) => group.element(Level::HELP.message(printable(hint))),
        None => group,
    }
}

fn write_count(problems: &[Problem], out: &mut impl Write) -> io::Result<()> {
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let counts = [
        counted(count(Severity::Error), "error", "errors"),
        counted(count(Severity::Warning), "warning", "warnings"),
        counted(count(Severity::Note), "note", "notes"),
    ];
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    match problems.len() {
        0 => Ok(()),
        1..=MOST_SHOWN => writeln!(out, "{}", counts.join(", ")),
        all => writeln!(out, "{}; {} of them not shown", counts.join(", "), all - MOST_SHOWN),
    }
}

fn counted(count: usize, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    }
}

#[cfg(test)]
mod tests;
