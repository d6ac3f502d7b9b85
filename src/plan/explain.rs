//! Explains one line: from bytes to quantity, where each step comes from, what holds it and what would release it.
//!
//! Decides nothing: it shows what the plan was drawn from, in the order in which it was computed.

mod find;
mod holds;
mod number;

use std::io::{self, Write};

use jiff::Timestamp;

pub use find::{LineNotFound, find_line};

use super::text::{age, minute};
use super::words::{counted, current, desired, grouped, line_name, signed_money, why};
use super::{Line, Plan, Verdict};
use crate::billing::Quantity;
use crate::mapping::Catalog;
use crate::problem::{Color, Tone, printable};

/// What a line is explained with.
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'e, 'a> {
    /// The line.
    pub line: &'e Line<'a>,
    /// The plan it stands in.
    pub plan: &'e Plan<'a>,
    /// The mappings that the plan was drawn from.
    pub catalog: &'e Catalog,
    /// What was written on the line before, oldest first.
    pub past: &'e [PastChange<'e>],
}

/// A write of the past, as plain values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastChange<'a> {
    /// When.
    pub at: Timestamp,
    /// The quantity before; `None` where the line was created.
    pub before: Option<Quantity>,
    /// The quantity that was meant.
    pub after: Quantity,
    /// The commit it came from.
    pub commit: &'a str,
    /// What came of it, in words such as `verified`.
    pub outcome: &'a str,
}

/// Writes the explanation of a line.
///
/// # Errors
///
/// When `out` fails.
pub fn write_explanation(
    explanation: &Explanation<'_, '_>,
    color: Color,
    out: &mut impl Write,
) -> io::Result<()> {
    let Explanation { line, plan, catalog, past } = *explanation;
    write_line(line, plan, color, out)?;
    number::write(line, catalog, color, out)?;
    write_origin(plan, color, out)?;
    holds::write(line, color, out)?;
    write_past(past, color, out)
}

fn heading(title: &str, color: Color, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{}", color.paint(Tone::Strong, title))
}

fn write_line(line: &Line<'_>, plan: &Plan<'_>, color: Color, out: &mut impl Write) -> io::Result<()> {
    let (company, agreement) = (line.company, line.agreement);
    writeln!(out, "{}", color.paint(Tone::Strong, printable(&line_name(line, plan))))?;
    writeln!(
        out,
        "  company    {} ({}), number {}",
        printable(company.identifier),
        printable(company.name),
        company.id
    )?;
    let (name, kind) = (printable(agreement.name), printable(agreement.agreement_type));
    writeln!(out, "  agreement  {name}, type {kind}, number {}", agreement.id)?;
    writeln!(out, "  addition   {}", addition(line))?;
    writeln!(out, "  verdict    {}", verdict(line))?;
    match sisters(line, plan) {
        sisters if sisters.is_empty() => Ok(()),
        sisters => writeln!(out, "  waits for  {}, to be verified first", printable(&sisters.join(", "))),
    }
}

fn addition(line: &Line<'_>) -> String {
    let Some(addition) = line.addition else {
        return format!("none, or none that can be told, of product {}", printable(line.product.identifier));
    };
    let price =
        addition.unit_price.map_or_else(|| "price unknown".to_owned(), |price| format!("${price} a unit"));
    let less = addition.less_included.map_or_else(|| "0".to_owned(), |less| grouped(less.value()));
    let changed =
        addition.last_updated.map_or_else(String::new, |at| format!(", last changed {}", minute(at)));
    format!("{}, {price}, Less Included {less}, {}{changed}", addition.id, printable(addition.bill_customer))
}

fn verdict(line: &Line<'_>) -> String {
    let money =
        line.monthly_delta.map_or_else(|| "unknown money".to_owned(), |delta| signed_money(delta, '-'));
    let (now, then) = (current(line), desired(line));
    match line.verdict {
        Verdict::Hold => format!("held at {now}; without the hold {now} -> {then}, {money} a month"),
        Verdict::Keep if line.current == line.desired && line.notes.is_empty() => format!("keep {now}"),
        Verdict::Keep => format!("keep {now}: {}", printable(&why(line))),
        Verdict::Update => format!("update {now} -> {then}, {money} a month: {}", printable(&why(line))),
        Verdict::Create => format!("create with {then}, {money} a month: {}", printable(&why(line))),
    }
}

/// The lines of the company that must be verified before this one is written.
fn sisters<'a>(line: &Line<'a>, plan: &Plan<'a>) -> Vec<&'a str> {
    let is_sister =
        |other: &&Line<'a>| other.company.id == line.company.id && line.after.contains(&other.product.id);
    plan.lines.iter().filter(is_sister).map(|sister| sister.product.identifier).collect()
}

fn write_origin(plan: &Plan<'_>, color: Color, out: &mut impl Write) -> io::Result<()> {
    heading("From", color, out)?;
    writeln!(out, "  commit  {}", printable(plan.commit))?;
    for usage in &plan.usage {
        let source = printable(usage.source);
        match usage.as_of {
            None => writeln!(out, "  usage   {source} could not be read")?,
            Some(as_of) => writeln!(
                out,
                "  usage   {source} {} ({}, {}{})",
                minute(as_of),
                age(as_of, plan.planned_at),
                counted(usage.accounts, "account", "accounts"),
                if usage.complete { "" } else { ", incomplete" },
            )?,
        }
    }
    Ok(())
}

fn write_past(past: &[PastChange<'_>], color: Color, out: &mut impl Write) -> io::Result<()> {
    heading("History", color, out)?;
    if past.is_empty() {
        return writeln!(out, "  never written from here");
    }
    past.iter().try_for_each(|change| {
        let before = change.before.map_or_else(|| "·".to_owned(), |before| grouped(before.value()));
        let after = grouped(change.after.value());
        let (at, commit) = (minute(change.at), printable(super::words::short_commit(change.commit)));
        writeln!(out, "  {at}  {before} -> {after}  commit {commit}, {}", printable(change.outcome))
    })
}

#[cfg(test)]
mod tests;
