//! A GitLab Code Quality report. GitLab tells problems apart by their fingerprint, which therefore does not change when
//! lines above move it.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Code, Problem, Severity, sentence_and_hint, write_json};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: Code,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

pub(super) fn write(problems: &[&Problem], out: &mut impl Write) -> io::Result<()> {
    let mut seen = HashMap::new();
    let issues: Vec<_> = problems
        .iter()
        .map(|problem| {
            let alike: &mut u32 =
                seen.entry((problem.code, location(problem).path, &problem.message)).or_default();
            *alike += 1;
            issue(problem, *alike)
        })
        .collect();
    write_json(&issues, out)
}

fn issue(problem: &Problem, alike: u32) -> Issue {
    let severity = match problem.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    Issue {
        description: sentence_and_hint(problem),
        check_name: problem.code,
        fingerprint: fingerprint(problem, alike),
        severity,
        location: location(problem),
    }
}

/// GitLab wants a place for each issue, so one that has none stands at the top of the repository.
fn location(problem: &Problem) -> Location {
    let place = problem.place.as_ref();
    Location {
        path: place.map_or_else(|| ".".to_owned(), |place| place.file.to_string()),
        lines: Lines { begin: place.map_or(1, |place| place.line) },
    }
}

/// What tells this problem from all others, wherever it stands. Problems that are alike are counted.
fn fingerprint(problem: &Problem, alike: u32) -> String {
    let path = location(problem).path;
    let mut hash = Sha256::new();
    for part in [problem.code.as_str(), &path, &problem.subject, &problem.message] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(alike.to_be_bytes());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::sample::{problems, written};
    use super::write;
    use crate::problem::Problem;

    fn issues(problems: &[Problem]) -> Vec<serde_json::Value> {
        serde_json::from_str(&written(problems, write)).unwrap()
    }

    fn fingerprints(problems: &[Problem]) -> Vec<String> {
        issues(problems).iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_issue_has_what_gitlab_wants() {
        let issue = &issues(&problems())[0];

        assert_eq!(issue["check_name"], "unknown_key");
        assert_eq!(issue["severity"], "critical");
        assert_eq!(issue["location"]["path"], "mappings/a b,c:d.yaml");
        assert_eq!(issue["location"]["lines"]["begin"], 3);
        assert!(issue["description"].as_str().unwrap().ends_with("; did you mean level?"));
    }

    #[test]
    fn a_problem_keeps_its_fingerprint_when_lines_above_move_it() {
        let mut moved = problems();
        moved[0].place.as_mut().unwrap().line = 90;

        assert_eq!(fingerprints(&moved), fingerprints(&problems()));
    }

    #[test]
    fn no_two_problems_share_a_fingerprint() {
        let twice = [problems(), problems()].concat();

        let distinct: BTreeSet<_> = fingerprints(&twice).into_iter().collect();

        assert_eq!(distinct.len(), 6);
    }
}
