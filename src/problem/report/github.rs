//! GitHub workflow commands. A `%`, a line break, and in properties a `:` or `,` would end a value, so they are spelled
//! as GitHub spells them.

use std::io::{self, Write};

use super::{Problem, Severity, sentence_and_hint};
use crate::problem::printable;

pub(super) fn write(problems: &[&Problem], out: &mut impl Write) -> io::Result<()> {
    problems.iter().try_for_each(|problem| {
        let command = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let place = problem.place.as_ref().map_or_else(String::new, |place| {
            format!("file={},line={},col={},", property(&printable(&place.file)), place.line, place.column)
        });
        let title = property(problem.code.as_str());
        writeln!(out, "::{command} {place}title={title}::{}", message(&sentence_and_hint(problem)))
    })
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{problems, written};
    use super::write;

    #[test]
    fn every_problem_is_one_command_and_its_text_starts_no_other() {
        insta::assert_snapshot!(written(&problems(), write), @r#"
    ::error file=mappings/a b%2Cc%3Ad.yaml,line=3,col=5,title=unknown_key::no key "<b>&'" 100%25\n::error::x ]]>\u{1}; did you mean level?
    ::warning title=unmapped_plan::acme: plan Bronze has no row
    ::notice file=mappings/b.yaml,line=7,col=5,title=row_shadowed::Gold has its own row
    "#);
    }
}
