//! The plan as text for people: dangerous rows first, one row a line, the verdict again at the end.
//!
//! Not an interface: the JSON document is. Decides no verdict and hides none. Names are cut when the terminal is
//! narrow, numbers never; nothing that a customer or a mapping wrote can steer the terminal.

mod against;
mod difference;
mod header;
mod table;
mod trouble;

use std::io::{self, Write};

pub use difference::{PathAndText, write_difference};
pub(super) use header::{age, minute};

use super::words::{dangerous_first, grouped, line_name, total_held, total_now};
use super::{Line, Plan, Verdict};
use crate::problem::{Color, Tone, printable};

/// How to write the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextOptions<'a> {
    /// Whether to add colour.
    pub color: Color,
    /// Where the mappings were read from.
    pub read_from: ReadFrom<'a>,
    /// Which lines to show.
    pub show: Show,
    /// The columns of the terminal; `None` for files and pipes, where nothing is cut.
    pub width: Option<usize>,
}

/// Which lines to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// What changes or is held.
    #[default]
    Changes,
    /// All, those in step too.
    All,
}

/// Where the mappings were read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom<'a> {
    /// A commit, on a branch where one was followed.
    Commit {
        /// The branch.
        branch: Option<&'a str>,
    },
    /// The working directory as it stands, edits included.
    WorkingDirectory,
    /// A recorded snapshot file.
    Snapshot,
}

impl Default for ReadFrom<'_> {
    fn default() -> Self {
        Self::Commit { branch: None }
    }
}

/// Writes the plan as text.
///
/// # Errors
///
/// When `out` fails.
pub fn write_text(plan: &Plan<'_>, options: &TextOptions<'_>, out: &mut impl Write) -> io::Result<()> {
    header::write(plan, options, out)?;
    writeln!(out)?;
    let shown: Vec<_> = plan.lines.iter().filter(|line| is_shown(line, options.show)).collect();
    if !shown.is_empty() {
        table::write(&shown, options, out)?;
        writeln!(out)?;
    }
    if trouble::write(plan, options, out)? {
        writeln!(out)?;
    }
    if let Some(against) = &plan.against {
        against::write(against, options, out)?;
    }
    write_verdict(plan, options, out)
}

fn is_shown(line: &Line<'_>, show: Show) -> bool {
    match show {
        Show::All => true,
        Show::Changes => line.verdict != Verdict::Keep,
    }
}

fn write_verdict(plan: &Plan<'_>, options: &TextOptions<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", options.color.paint(Tone::Strong, verdict(plan)))?;
    let held = dangerous_first(plan.lines.iter().filter(|line| line.verdict == Verdict::Hold));
    let releasable = held.iter().find(|line| line.reasons.iter().any(|reason| reason.release.is_some()));
    if let Some(line) = releasable {
        let name = line_argument(line, plan);
        writeln!(out, "To release a held line, commit the waiver shown by:  trueup explain {name}")?;
    } else if let Some(line) = held.first() {
        let name = line_argument(line, plan);
        writeln!(out, "To see what holds a line and how to clear it:  trueup explain {name}")?;
    }
    Ok(())
}

/// The sentence that a reader takes away.
fn verdict(plan: &Plan<'_>) -> String {
    let summary = plan.summary;
    let count = |count: usize| grouped(count.into());
    if summary.create + summary.update + summary.hold == 0 {
        return match summary.keep {
            0 => "Nothing to change: the mappings reach no line".to_owned(),
            1 => "Nothing to change: 1 line bills what it should".to_owned(),
            keep => format!("Nothing to change: {} lines bill what they should", count(keep)),
        };
    }
    let mut sentence = format!(
        "Plan: {} to create, {} to update, {} held, {} unchanged.  {} a month now",
        count(summary.create),
        count(summary.update),
        count(summary.hold),
        count(summary.keep),
        total_now(plan).in_words('-'),
    );
    if summary.hold > 0 {
        sentence.push_str(&format!(", {} held", total_held(plan).in_words('-')));
    }
    sentence.push('.');
    sentence
}

/// The line's name as one argument of a shell.
fn line_argument(line: &Line<'_>, plan: &Plan<'_>) -> String {
    let name = line_name(line, plan);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if name.bytes().all(is_plain) {
        return name;
    }
    format!("'{}'", printable(&name).replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
