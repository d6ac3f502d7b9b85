//! The plan as one Markdown comment on a pull request, to be read like a bill.
//!
//! Every name is inert: it pings nobody, links nowhere and breaks no table. The comment stays under the forge's limit by
//! showing fewer rows and totals of the rest, never by being split. Decides no verdict and hides no count.

mod budget;
mod escape;
mod folds;
mod table;

use budget::Budget;
use escape::code;

use super::pseudonym::{Names, pseudonym};
use super::text::{age, minute};
use super::words::{anyway, counted, dangerous_first, grouped, short_commit, total_now};
use super::{AgreementRef, CompanyRef, Plan, UsageRef, Verdict};

/// What sections write that have room for nothing but their title.
const TITLES: usize = 300;

/// Where the comment is posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forge {
    /// GitHub.
    #[default]
    GitHub,
    /// GitLab.
    GitLab,
    /// Bitbucket, which shows HTML as text.
    Bitbucket,
    /// Azure DevOps.
    AzureDevOps,
}

impl Forge {
    /// How long a comment may be.
    #[must_use]
    pub fn limit(self) -> usize {
        match self {
            Self::GitHub => 65_536,
            Self::GitLab => 1_000_000,
            Self::Bitbucket => 32_768,
            Self::AzureDevOps => 150_000,
        }
    }
}

/// How to write the comment.
#[derive(Clone, Copy, Debug)]
pub struct MarkdownOptions<'a> {
    /// Where it is posted.
    pub forge: Forge,
    /// How long it may be, in bytes; characters are never more.
    pub limit: usize,
    /// Whether names appear.
    pub names: Names<'a>,
}

impl Default for MarkdownOptions<'_> {
    fn default() -> Self {
        let forge = Forge::default();
        Self { forge, limit: forge.limit(), names: Names::default() }
    }
}

/// The first line of the comment, which nobody sees and by which it is found again to be edited.
#[must_use]
pub fn markdown_marker(tenant: &str, forge: Forge) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    let tenant: String = tenant.chars().map(|letter| if is_plain(letter) { letter } else { '.' }).collect();
    // Two hyphens would end the HTML comment.
    let tenant = tenant.replace("--", "-.");
    match forge {
        Forge::GitHub | Forge::GitLab | Forge::AzureDevOps => format!("<!-- trueup plan {tenant} -->"),
        Forge::Bitbucket => format!("[//]: # (trueup plan {tenant})"),
    }
}

/// The plan as Markdown.
#[must_use]
pub fn markdown(plan: &Plan<'_>, options: &MarkdownOptions<'_>) -> String {
    let marker = markdown_marker(plan.tenant, options.forge);
    let head = format!("{marker}\n\n**{}**\n{}", first_line(plan), apart(plan));
    let foot = format!("\n{}\n", footer(plan));
    let mut budget = Budget::new(options.limit.saturating_sub(head.len() + foot.len() + TITLES));

    let lines = dangerous_first(plan.lines.iter().filter(|line| line.verdict != Verdict::Keep));
    let sections = [
        table::first_rows(&lines, options, &mut budget),
        folds::waivers(&lines, options, &mut budget),
        folds::gone(plan, options, &mut budget),
        folds::problems(plan, options, &mut budget),
        table::other_rows(&lines, options, &mut budget),
    ];
    let [rows, waivers, gone, problems, others] = sections;
    [head, rows, others, waivers, gone, problems, foot].concat()
}

fn first_line(plan: &Plan<'_>) -> String {
    let changes = plan.summary.create + plan.summary.update;
    let who = if plan.against.is_some() { "Merging" } else { "Applying" };
    let change = match changes {
        0 => format!("{who} changes nothing"),
        _ => format!(
            "{who} changes {}, {} a month",
            counted(changes, "line", "lines"),
            total_now(plan).in_words('−')
        ),
    };
    match (plan.summary.hold, changes) {
        (0, 0) => format!("{change}; {} unchanged.", counted(plan.summary.keep, "line is", "lines are")),
        (0, _) => format!("{change}."),
        (1, _) => format!("{change}; 1 is held."),
        (held, _) => format!("{change}; {} are held.", grouped(held.into())),
    }
}

/// What would change anyway, so that nobody takes it for the work of the commit.
fn apart(plan: &Plan<'_>) -> String {
    plan.against.as_ref().map_or_else(String::new, |against| {
        format!("\nWith or without it, {}.\n", anyway(&against.anyway, '−'))
    })
}

fn footer(plan: &Plan<'_>) -> String {
    let head = code(short_commit(plan.commit));
    let commits = match &plan.against {
        Some(against) => format!("base {}, head {head}", code(short_commit(against.commit))),
        None => format!("commit {head}"),
    };
    let usage: Vec<_> = plan.usage.iter().take(8).map(|usage| source(usage, plan)).collect();
    let more = plan.usage.len().saturating_sub(usage.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{commits} · usage {}{more} · plan `{}`", usage.join(", "), plan.digest)
}

fn source(usage: &UsageRef<'_>, plan: &Plan<'_>) -> String {
    let name = code(usage.source);
    let Some(as_of) = usage.as_of else { return format!("{name} could not be read") };
    let complete = if usage.complete { "" } else { ", incomplete" };
    let accounts = counted(usage.accounts, "account", "accounts");
    format!("{name} {} ({}, {accounts}{complete})", minute(as_of), age(as_of, plan.planned_at))
}

/// The client as the reader knows it.
fn client(company: CompanyRef<'_>, names: Names<'_>) -> String {
    match names {
        Names::Shown if company.name.is_empty() => company.identifier.to_owned(),
        Names::Shown => company.name.to_owned(),
        Names::Redacted { key } => pseudonym("client", company.identifier, key),
    }
}

/// The agreement's own name may be the client's, so a redacted row names its type.
fn agreement<'a>(agreement: AgreementRef<'a>, names: Names<'_>) -> &'a str {
    match names {
        Names::Shown => agreement.name,
        Names::Redacted { .. } => agreement.agreement_type,
    }
}

#[cfg(test)]
mod tests;
