//! The counts and the money of a plan.
//!
//! Sums are exact; one unknown amount makes a sum unknown.

use super::money::total;
use super::{Line, Summary, Verdict};
use crate::problem::{Problem, Severity};

/// Adds up lines and problems.
pub(super) fn summarize(lines: &[Line<'_>], problems: &[Problem]) -> Summary {
    let notes = problems.iter().filter(|problem| problem.severity == Severity::Note).count();
    let mut summary = Summary { notes, problems: problems.len() - notes, ..Summary::default() };
    for line in lines {
        match line.verdict {
            Verdict::Hold => summary.hold += 1,
            Verdict::Update => summary.update += 1,
            Verdict::Create => summary.create += 1,
            Verdict::Keep => summary.keep += 1,
        }
    }
    summary.monthly_delta = total(deltas(lines, &[Verdict::Update, Verdict::Create]));
    summary.held_monthly_delta = total(deltas(lines, &[Verdict::Hold]));
    summary
}

fn deltas<'l>(
    lines: &'l [Line<'_>],
    verdicts: &'l [Verdict],
) -> impl Iterator<Item = Option<crate::billing::Money>> + 'l {
    lines.iter().filter(|line| verdicts.contains(&line.verdict)).map(|line| line.monthly_delta)
}
