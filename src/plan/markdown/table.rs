//! The rows of the comment: held ones first, thirty to be seen, the rest folded, what does not fit as totals.

use super::budget::Budget;
use super::escape::{code_cell, prose_cell};
use super::folds::fold;
use super::{MarkdownOptions, Names, agreement, client};
use crate::plan::words::{counted, current, desired, short, signed_money, total, why};
use crate::plan::{Line, Verdict};
use crate::problem::Reason;

/// How many rows a reader sees without unfolding.
const SEEN: usize = 30;

const HEADING: &str = "
| client | line | now | after | per month | why |
| --- | --- | ---: | ---: | ---: | --- |
";

/// The rows that are seen, and totals of those that should be but do not fit.
pub(super) fn first_rows(lines: &[&Line<'_>], options: &MarkdownOptions<'_>, budget: &mut Budget) -> String {
    let seen = &lines[..lines.len().min(SEEN)];
    if seen.is_empty() {
        return String::new();
    }
    let Some(()) = budget.open_section() else { return String::new() };
    let (rows, count) = budget.fill(seen.iter().map(|line| row(line, options.names)));
    format!("{HEADING}{rows}{}", left_out(&seen[count..]))
}

/// The rows that are folded, and totals of those that do not fit.
pub(super) fn other_rows(lines: &[&Line<'_>], options: &MarkdownOptions<'_>, budget: &mut Budget) -> String {
    let others = lines.get(SEEN..).unwrap_or_default();
    if others.is_empty() {
        return String::new();
    }
    let sum = total(others.iter().copied()).in_words('−');
    let title = format!("{}, {sum} a month", counted(others.len(), "more line", "more lines"));
    let Some(()) = budget.open_section() else { return format!("\n{title}\n") };
    let (rows, count) = budget.fill(others.iter().map(|line| row(line, options.names)));
    fold(options.forge, &title, &format!("{HEADING}{rows}{}", left_out(&others[count..])))
}

fn left_out(lines: &[&Line<'_>]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let sum = total(lines.iter().copied()).in_words('−');
    format!("\n{} not shown, {sum} a month\n", counted(lines.len(), "line", "lines"))
}

fn row(line: &Line<'_>, names: Names<'_>) -> String {
    let money = line.monthly_delta.map_or_else(|| "unknown".to_owned(), |delta| signed_money(delta, '−'));
    let client = code_cell(&client(line.company, names));
    let (current, desired) = (current(line), desired(line));
    format!(
        "| {client} | {} | {current} | {desired} | {money} | {} |\n",
        line_cell(line, names),
        why_cell(line, names)
    )
}

fn line_cell(line: &Line<'_>, names: Names<'_>) -> String {
    format!("{} · {}", code_cell(agreement(line.agreement, names)), code_cell(line.product.identifier))
}

fn why_cell(line: &Line<'_>, names: Names<'_>) -> String {
    match (line.verdict, names) {
        (Verdict::Hold, Names::Redacted { .. }) => format!("**held** {}", codes(&line.reasons)),
        (Verdict::Hold, Names::Shown) => format!("**held** {}", held_cell(&line.reasons)),
        (Verdict::Create | Verdict::Update | Verdict::Keep, _) => prose_cell(&why(line)),
    }
}

/// The first reason in full, the others by code.
fn held_cell(reasons: &[Reason]) -> String {
    let Some((first, others)) = reasons.split_first() else { return String::new() };
    let also = if others.is_empty() { String::new() } else { format!("; also {}", codes(others)) };
    format!("`{}`: {}{also}", first.code, prose_cell(&short(first)))
}

/// Codes are ours, so they need no escaping; as code they read as what can be looked up.
fn codes(reasons: &[Reason]) -> String {
    let codes: Vec<_> = reasons.iter().map(|reason| format!("`{}`", reason.code)).collect();
    codes.join(", ")
}
