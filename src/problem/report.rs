//! Problems for machines: the formats that forges and build servers read.
//!
//! Decides no severity and leaves no problem out. What was read from files is escaped for each format: a message can
//! neither start a command of a build server nor end a string.

mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;

use std::io::{self, Write};

use super::render::{in_order, sentence, severity_word};
use super::{Code, Place, Problem, Severity, Texts};

/// A format of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// One JSON object, `trueup.problems/1`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for build servers.
    Junit,
    /// Workflow commands, which GitHub shows on the lines of a pull request.
    Github,
    /// A Code Quality report, which GitLab shows in a merge request.
    Gitlab,
}

/// Writes problems in a format. `texts` are the files that were checked: some formats list those without a problem.
///
/// # Errors
///
/// When `out` fails.
pub fn write_report(
    format: ReportFormat,
    problems: &[Problem],
    texts: &Texts<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let problems = in_order(problems);
    match format {
        ReportFormat::Json => json::write(&problems, out),
        ReportFormat::Sarif => sarif::write(&problems, out),
        ReportFormat::Junit => junit::write(&problems, texts, out),
        ReportFormat::Github => github::write(&problems, out),
        ReportFormat::Gitlab => gitlab::write(&problems, out),
    }
}

/// The sentence with its hint, for formats that know no hints.
fn sentence_and_hint(problem: &Problem) -> String {
    let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!("; {}", super::printable(hint)));
    format!("{}{hint}", sentence(problem))
}

/// A value that serializes always: no map with odd keys, no failing type.
fn write_json(value: &impl serde::Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

#[cfg(test)]
mod sample {
    //! Problems with everything that a format must escape.

    use crate::problem::{Code, Place, Problem, Severity, Span, Texts};

    pub(super) fn problems() -> Vec<Problem> {
        vec![
            Problem::error(Code::UnknownKey, "", "no key \"<b>&'\" 100%\n::error::x ]]>\u{1}")
                .with_hint("did you mean level?")
                .at(place("mappings/a b,c:d.yaml", 3)),
            Problem::warning(Code::UnmappedPlan, "acme", "plan Bronze has no row"),
            Problem::note(Code::RowShadowed, "Gold", "Gold has its own row").at(place("mappings/b.yaml", 7)),
        ]
    }

    fn place(file: &str, line: u32) -> Place {
        Place { file: file.into(), line, column: 5, span: Span::default() }
    }

    pub(super) fn texts() -> Texts<'static> {
        Texts::from_iter([("mappings/b.yaml", ""), ("mappings/clean.yaml", "")])
    }

    pub(super) fn written(
        problems: &[Problem],
        write: impl FnOnce(&[&Problem], &mut Vec<u8>) -> std::io::Result<()>,
    ) -> String {
        let mut out = Vec::new();
        write(&problems.iter().collect::<Vec<_>>(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_sample_has_every_severity() {
        let severities: Vec<_> = problems().iter().map(|problem| problem.severity).collect();

        assert_eq!(severities, [Severity::Error, Severity::Warning, Severity::Note]);
    }
}
