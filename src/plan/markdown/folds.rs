//! What a reader unfolds: the ready waiver of each held line, and the problems and notes.

use super::budget::Budget;
use super::escape::{code, html_code, prose, yaml_block};
use super::{Forge, MarkdownOptions, Names, agreement, client, pseudonym};
use crate::plan::words::{counted, grouped};
use crate::plan::{GoneLine, Line, Plan, Verdict};
use crate::problem::{Problem, Severity};

/// Text below a title that opens it; on a forge that shows HTML as text, a heading.
pub(super) fn fold(forge: Forge, html_title: &str, body: &str) -> String {
    match forge {
        Forge::GitHub | Forge::GitLab | Forge::AzureDevOps => {
            format!("\n<details><summary>{html_title}</summary>\n{body}\n</details>\n")
        }
        Forge::Bitbucket => format!("\n**{html_title}**\n{body}"),
    }
}

/// The waivers of held lines, each folded. Redacted comments have none, since a waiver names its client.
pub(super) fn waivers(lines: &[&Line<'_>], options: &MarkdownOptions<'_>, budget: &mut Budget) -> String {
    let held: Vec<_> = lines.iter().filter(|line| line.verdict == Verdict::Hold).collect();
    if held.is_empty() {
        return String::new();
    }
    let Some(()) = budget.open_section() else { return String::new() };
    match options.names {
        Names::Redacted { .. } => {
            "\nWaivers name clients and are left out: `trueup explain LINE` shows them\n".to_owned()
        }
        Names::Shown => {
            let releasable: Vec<_> = held.into_iter().filter(|line| !releases(line).is_empty()).collect();
            let (folds, count) = budget.fill(releasable.iter().map(|line| waiver(line, options.forge)));
            match releasable.len() - count {
                0 => folds,
                more => {
                    let waivers = counted(more, "waiver", "waivers");
                    format!("{folds}\n{waivers} not shown: `trueup explain LINE` shows them\n")
                }
            }
        }
    }
}

/// The YAML that would release the line, each text once.
fn releases<'p>(line: &'p Line<'_>) -> Vec<&'p str> {
    let mut releases: Vec<&str> = Vec::new();
    for release in line.reasons.iter().filter_map(|reason| reason.release.as_deref()) {
        if !releases.contains(&release) {
            releases.push(release);
        }
    }
    releases
}

fn waiver(line: &Line<'_>, forge: Forge) -> String {
    let (client, product) = (client(line.company, Names::Shown), line.product.identifier);
    let title = match forge {
        Forge::GitHub | Forge::GitLab | Forge::AzureDevOps => {
            format!("Waiver for {} · {}", html_code(&client), html_code(product))
        }
        Forge::Bitbucket => format!("Waiver for {} · {}", code(&client), code(product)),
    };
    let blocks: Vec<_> = releases(line).into_iter().map(yaml_block).collect();
    let others: Vec<_> = line
        .reasons
        .iter()
        .filter(|reason| reason.release.is_none())
        .map(|reason| format!("\nThis does not release `{0}`: `trueup explain {0}`\n", reason.code))
        .collect();
    fold(forge, &title, &format!("\n{}{}", blocks.join("\n"), others.concat()))
}

/// The lines that the commit no longer reaches, folded: they are billed on as they are, and nobody looks after them.
pub(super) fn gone(plan: &Plan<'_>, options: &MarkdownOptions<'_>, budget: &mut Budget) -> String {
    let gone = plan.against.as_ref().map_or(&[][..], |against| &against.gone);
    if gone.is_empty() {
        return String::new();
    }
    let title = counted(gone.len(), "line no longer managed", "lines no longer managed");
    let Some(()) = budget.open_section() else { return format!("\n{title}\n") };
    let item = |line: &GoneLine<'_>| {
        let client = code(&client(line.company, options.names));
        let agreement = code(agreement(line.agreement, options.names));
        let current = line.current.map_or_else(|| "?".to_owned(), |quantity| grouped(quantity.value()));
        format!("- {client} · {agreement} · {} stays at {current}\n", code(line.product.identifier))
    };
    let (list, count) = budget.fill(gone.iter().map(item));
    fold(options.forge, &title, &format!("\n{list}{}", more(gone.len() - count)))
}

fn more(count: usize) -> String {
    match count {
        0 => String::new(),
        more => format!("- {more} more, all of them in `trueup plan --format json`\n"),
    }
}

/// Problems and notes, folded.
pub(super) fn problems(plan: &Plan<'_>, options: &MarkdownOptions<'_>, budget: &mut Budget) -> String {
    let notes = plan.problems.iter().filter(|problem| problem.severity == Severity::Note).count();
    let problems = plan.problems.len() - notes;
    let title = match (problems, notes) {
        (0, 0) => return String::new(),
        (problems, 0) => counted(problems, "problem", "problems"),
        (0, notes) => counted(notes, "note", "notes"),
        (problems, notes) => {
            format!("{}, {}", counted(problems, "problem", "problems"), counted(notes, "note", "notes"))
        }
    };
    let Some(()) = budget.open_section() else { return format!("\n{title}\n") };
    let items = match options.names {
        Names::Shown => plan.problems.iter().map(item).collect::<Vec<_>>(),
        Names::Redacted { key } => plan.problems.iter().map(|problem| redacted_item(problem, key)).collect(),
    };
    let all = items.len();
    let (list, count) = budget.fill(items.into_iter());
    fold(options.forge, &title, &format!("\n{list}{}", more(all - count)))
}

fn item(problem: &Problem) -> String {
    let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!("; {}", prose(hint)));
    let subject =
        if problem.subject.is_empty() { String::new() } else { format!(" {}", code(&problem.subject)) };
    let release = problem.release.as_deref().map_or_else(String::new, |yaml| {
        let lines = yaml_block(yaml);
        lines.lines().fold("\n".to_owned(), |text, line| text + "  " + line + "\n")
    });
    format!("- `{}`{subject}: {}{hint}{}\n{release}", problem.code, prose(&problem.message), place(problem))
}

/// A sentence may name anybody, so the title of its code stands in its place.
fn redacted_item(problem: &Problem, key: &str) -> String {
    let subject = code(&pseudonym("subject", &problem.subject, key));
    format!("- `{}` {subject}: {}{}\n", problem.code, prose(problem.code.page().title), place(problem))
}

fn place(problem: &Problem) -> String {
    problem
        .place
        .as_ref()
        .map_or_else(String::new, |place| format!(" ({})", code(&format!("{}:{}", place.file, place.line))))
}
