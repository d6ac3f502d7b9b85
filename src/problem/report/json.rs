//! Our own JSON: the problems as they are, and how many of each severity.

use std::io::{self, Write};

use serde::Serialize;

use super::{Problem, Severity, write_json};

#[derive(Serialize)]
struct Report<'p> {
    errors: usize,
    format: &'static str,
    notes: usize,
    problems: &'p [&'p Problem],
    warnings: usize,
}

pub(super) fn write(problems: &[&Problem], out: &mut impl Write) -> io::Result<()> {
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let report = Report {
        errors: count(Severity::Error),
        format: "trueup.problems/1",
        notes: count(Severity::Note),
        problems,
        warnings: count(Severity::Warning),
    };
    write_json(&report, out)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{problems, written};
    use super::write;
    use crate::problem::Problem;

    #[test]
    fn problems_can_be_read_back() {
        let text = written(&problems(), write);

        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        let read: Vec<Problem> = serde_json::from_value(report["problems"].clone()).unwrap();
        assert_eq!(read, problems());
        assert_eq!(
            (&report["errors"], &report["warnings"], &report["notes"]),
            (&1.into(), &1.into(), &1.into())
        );
        assert_eq!(report["format"], "trueup.problems/1");
    }
}
