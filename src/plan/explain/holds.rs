//! What holds a line: each reason with its limit, and the YAML that releases it.

use std::io::{self, Write};

use super::heading;
use crate::plan::Line;
use crate::problem::{Color, Reason, Tone, printable, printable_lines};

pub(super) fn write(line: &Line<'_>, color: Color, out: &mut impl Write) -> io::Result<()> {
    if line.reasons.is_empty() {
        return Ok(());
    }
    heading("Held by", color, out)?;
    line.reasons.iter().try_for_each(|reason| write_reason(reason, color, out))?;
    write_releases(&line.reasons, color, out)
}

fn write_reason(reason: &Reason, color: Color, out: &mut impl Write) -> io::Result<()> {
    let code = color.paint(Tone::Caution, reason.code);
    writeln!(out, "  {code}: {}{}", printable(&reason.message), printable(&limit(reason)))?;
    match &reason.release {
        Some(_) => Ok(()),
        None => writeln!(out, "    no waiver passes it; how to clear it:  trueup explain {}", reason.code),
    }
}

/// Limit and value, where the sentence does not tell them.
fn limit(reason: &Reason) -> String {
    match (&reason.limit, &reason.actual) {
        (Some(limit), _) if reason.message.contains(limit.as_str()) => String::new(),
        (Some(limit), Some(actual)) => format!(" (limit {limit}, found {actual})"),
        (Some(limit), None) => format!(" (limit {limit})"),
        (None, Some(actual)) => format!(" (found {actual})"),
        (None, None) => String::new(),
    }
}

/// Each text once: one waiver can pass several guards.
fn write_releases(reasons: &[Reason], color: Color, out: &mut impl Write) -> io::Result<()> {
    let mut written: Vec<&str> = Vec::new();
    for release in reasons.iter().filter_map(|reason| reason.release.as_deref()) {
        if written.contains(&release) {
            continue;
        }
        if written.is_empty() {
            heading("To release it, commit to the mappings", color, out)?;
        }
        writeln!(out)?;
        let yaml = printable_lines(release);
        yaml.trim_end().lines().try_for_each(|line| writeln!(out, "    {line}"))?;
        written.push(release);
    }
    Ok(())
}
