//! Problems as a list: what is the case, where, and what to write instead.

use super::words::{Badge, shown};
use crate::problem::{Problem, Severity, printable_lines};

/// More than these are a file that is wrong from end to end.
const MOST: usize = 200;

/// Problems and how many are not listed.
#[derive(Default)]
pub(super) struct ProblemsView {
    pub(super) problems: Vec<ProblemView>,
    pub(super) more: usize,
}

pub(super) struct ProblemView {
    pub(super) badge: Badge,
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) subject: String,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    pub(super) place: Option<String>,
    pub(super) release: Option<String>,
}

/// The gravest first, otherwise in the order of the plan.
pub(super) fn view(problems: &[Problem]) -> ProblemsView {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.severity);
    ProblemsView {
        problems: sorted.iter().take(MOST).map(|problem| one(problem)).collect(),
        more: sorted.len().saturating_sub(MOST),
    }
}

fn one(problem: &Problem) -> ProblemView {
    ProblemView {
        badge: match problem.severity {
            Severity::Error => Badge::new("✕", "Error", "bad"),
            Severity::Warning => Badge::new("!", "Problem", "warn"),
            Severity::Note => Badge::new("i", "Note", "calm"),
        },
        code: problem.code.as_str(),
        title: problem.code.page().title,
        subject: shown(&problem.subject),
        message: shown(&problem.message),
        hint: problem.hint.as_deref().map(shown),
        place: problem.place.as_ref().map(|place| shown(&format!("{}:{}", place.file, place.line))),
        release: problem.release.as_deref().map(|release| printable_lines(release.trim_end()).into_owned()),
    }
}
