//! JUnit XML: one suite a file, one failed test case an error, one passed case for a file without errors.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Problem, Severity, Texts, sentence_and_hint, severity_word};

/// Problems that stand in no file.
const NO_FILE: &str = "all files";

pub(super) fn write(problems: &[&Problem], texts: &Texts<'_>, out: &mut impl Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<&Problem>> = texts.files().map(|file| (file, Vec::new())).collect();
    for &problem in problems {
        let file = problem.place.as_ref().map_or(NO_FILE, |place| &place.file);
        suites.entry(file).or_default().push(problem);
    }
    let failures = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let tests: usize = suites.values().map(|problems| cases(problems)).sum();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="trueup validate" tests="{tests}" failures="{failures}">"#)?;
    suites.iter().try_for_each(|(file, problems)| write_suite(file, problems, out))?;
    writeln!(out, "</testsuites>")
}

fn errors<'p>(problems: &'p [&Problem]) -> impl Iterator<Item = &'p Problem> {
    problems.iter().copied().filter(|problem| problem.severity == Severity::Error)
}

/// A file without errors is one passed test case.
fn cases(problems: &[&Problem]) -> usize {
    errors(problems).count().max(1)
}

fn write_suite(file: &str, problems: &[&Problem], out: &mut impl Write) -> io::Result<()> {
    let (name, failures) = (attribute(file), errors(problems).count());
    let tests = cases(problems);
    writeln!(out, r#"  <testsuite name="{name}" tests="{tests}" failures="{failures}">"#)?;
    for problem in errors(problems) {
        let text = sentence_and_hint(problem);
        writeln!(out, r#"    <testcase classname="{name}" name="{}">"#, attribute(&case_name(problem)))?;
        let (code, message) = (problem.code, attribute(&text));
        writeln!(out, r#"      <failure type="{code}" message="{message}">{}</failure>"#, escaped(&text))?;
        writeln!(out, "    </testcase>")?;
    }
    if failures == 0 {
        writeln!(out, r#"    <testcase classname="{name}" name="valid"/>"#)?;
    }
    write_others(problems, out)?;
    writeln!(out, "  </testsuite>")
}

/// Warnings and notes fail nothing, but are told.
fn write_others(problems: &[&Problem], out: &mut impl Write) -> io::Result<()> {
    let others: Vec<_> = problems.iter().filter(|problem| problem.severity != Severity::Error).collect();
    if others.is_empty() {
        return Ok(());
    }
    write!(out, "    <system-out>")?;
    for problem in others {
        let (word, code) = (severity_word(problem.severity), problem.code);
        let place = problem.place.as_ref().map_or_else(String::new, |_| format!(" {}", line_of(problem)));
        writeln!(out, "{word}[{code}]{place}: {}", escaped(&sentence_and_hint(problem)))?;
    }
    writeln!(out, "    </system-out>")
}

fn case_name(problem: &Problem) -> String {
    format!("{} {}", problem.code, line_of(problem))
}

fn line_of(problem: &Problem) -> String {
    match &problem.place {
        Some(place) => format!("at {}:{}", place.line, place.column),
        None => problem.subject.clone(),
    }
}

fn attribute(text: &str) -> String {
    escaped(text).replace('"', "&quot;").replace('\'', "&apos;")
}

/// XML has no way at all to write most control characters, so they are spelled out before.
fn escaped(text: &str) -> String {
    let text = crate::problem::printable(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{problems, texts, written};
    use super::write;

    #[test]
    fn errors_fail_their_file_and_files_without_errors_pass() {
        let text = written(&problems(), |problems, out| write(problems, &texts(), out));

        insta::assert_snapshot!(text, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="trueup validate" tests="4" failures="1">
      <testsuite name="all files" tests="1" failures="0">
        <testcase classname="all files" name="valid"/>
        <system-out>warning[unmapped_plan]: acme: plan Bronze has no row
        </system-out>
      </testsuite>
      <testsuite name="mappings/a b,c:d.yaml" tests="1" failures="1">
        <testcase classname="mappings/a b,c:d.yaml" name="unknown_key at 3:5">
          <failure type="unknown_key" message="no key &quot;&lt;b&gt;&amp;&apos;&quot; 100%\n::error::x ]]&gt;\u{1}; did you mean level?">no key "&lt;b&gt;&amp;'" 100%\n::error::x ]]&gt;\u{1}; did you mean level?</failure>
        </testcase>
      </testsuite>
      <testsuite name="mappings/b.yaml" tests="1" failures="0">
        <testcase classname="mappings/b.yaml" name="valid"/>
        <system-out>note[row_shadowed] at 7:5: Gold has its own row
        </system-out>
      </testsuite>
      <testsuite name="mappings/clean.yaml" tests="1" failures="0">
        <testcase classname="mappings/clean.yaml" name="valid"/>
      </testsuite>
    </testsuites>
    "#);
    }

    #[test]
    fn no_problem_at_all_is_a_passed_run() {
        let text = written(&[], |problems, out| write(problems, &texts(), out));

        assert!(text.contains(r#"<testsuites name="trueup validate" tests="2" failures="0">"#));
        assert_eq!(text.matches(r#"name="valid"/>"#).count(), 2);
    }
}
