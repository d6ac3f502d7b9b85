//! The first lines: which tenant, which commit, which usage and how old it was when the plan was drawn.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{ReadFrom, TextOptions};
use crate::plan::words::{counted, short_commit};
use crate::plan::{Plan, UsageRef};
use crate::problem::{Tone, printable, width};

pub(super) fn write(plan: &Plan<'_>, options: &TextOptions<'_>, out: &mut impl Write) -> io::Result<()> {
    let title = options.color.paint(Tone::Strong, "trueup plan");
    let rest = format!("  {}  {}", printable(plan.tenant), mappings(plan.commit, options.read_from));
    let usage: Vec<_> = plan.usage.iter().map(|usage| source(usage, plan.planned_at)).collect();
    let one_line = width("trueup plan")
        + width(&rest)
        + width("  ·  usage ")
        + usage.first().map_or(0, |first| width(first));
    match usage.as_slice() {
        [only] if options.width.is_none_or(|columns| one_line <= columns) => {
            writeln!(out, "{title}{rest}  ·  usage {only}")
        }
        several => {
            writeln!(out, "{title}{rest}")?;
            several.iter().try_for_each(|usage| writeln!(out, "usage {usage}"))
        }
    }
}

fn mappings(commit: &str, read_from: ReadFrom<'_>) -> String {
    let short = printable(short_commit(commit));
    let edited = commit.ends_with("+changes");
    match read_from {
        ReadFrom::Commit { branch: Some(branch) } => format!("{}@{short}", printable(branch)),
        ReadFrom::Commit { branch: None } => format!("commit {short}"),
        ReadFrom::Snapshot => format!("snapshot of {short}"),
        ReadFrom::WorkingDirectory if commit == "none" => "working directory, in no repository".to_owned(),
        ReadFrom::WorkingDirectory if edited => format!("working directory, {short} with uncommitted edits"),
        ReadFrom::WorkingDirectory => format!("working directory, {short}"),
    }
}

fn source(usage: &UsageRef<'_>, planned_at: Timestamp) -> String {
    let name = printable(usage.source);
    let Some(as_of) = usage.as_of else { return format!("{name} could not be read") };
    let complete = if usage.complete { "" } else { ", incomplete" };
    format!(
        "{name} {} ({}, {}{complete})",
        minute(as_of),
        age(as_of, planned_at),
        counted(usage.accounts, "account", "accounts"),
    )
}

/// A time to the minute, in UTC.
pub(in crate::plan) fn minute(time: Timestamp) -> String {
    TimeZone::UTC.to_datetime(time).strftime("%Y-%m-%d %H:%MZ").to_string()
}

/// How old figures of one time are at another, in the one unit that says it best.
pub(in crate::plan) fn age(as_of: Timestamp, at: Timestamp) -> String {
    let minutes = at.duration_since(as_of).as_secs().div_euclid(60);
    match minutes {
        ..0 => "in the future".to_owned(),
        0..120 => format!("{minutes} min old"),
        120..2880 => format!("{} h old", minutes / 60),
        _ => format!("{} days old", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::{age, minute};
    use crate::plan::sample::time;

    #[test]
    fn an_age_is_told_in_the_unit_that_says_it_best() {
        let at = |text: &str| age(time(text), time("2026-11-22T09:12:00Z"));

        assert_eq!(at("2026-11-22T09:11:10Z"), "0 min old");
        assert_eq!(at("2026-11-22T07:30:00Z"), "102 min old");
        assert_eq!(at("2026-11-22T03:00:00Z"), "6 h old");
        assert_eq!(at("2026-11-19T03:00:00Z"), "3 days old");
        assert_eq!(at("2026-11-22T09:13:00Z"), "in the future");
    }

    #[test]
    fn a_time_is_told_in_utc_to_the_minute() {
        assert_eq!(minute(time("2026-11-22T04:30:59+02:00")), "2026-11-22 02:30Z");
    }
}
