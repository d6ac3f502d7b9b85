//! `trueup history`: what was written, by which commit, from what to what.

use std::io::{BufWriter, Write};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::format::Format;
use super::screen::Screen;
use super::session::Session;
use super::{Exit, Failure, Global};
use crate::billing::Quantity;
use crate::journal::{Action, HistoryEntry, HistoryFilter, Journal};
use crate::problem::printable;

/// List what was written: by which commit, from what to what, and what came of it
///
/// Examples:
///   trueup history
///   trueup history --company Northwind --since 2026-11-01T00:00:00Z
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct History {
    /// Only writes for this company, by its Company ID
    #[arg(long, value_name = "COMPANY_ID")]
    company: Option<String>,
    /// Only writes for this product, by its identifier
    #[arg(long, value_name = "PRODUCT")]
    product: Option<String>,
    /// Only writes since this time
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// How to list them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn run(global: &Global, verb: &History, screen: &Screen) -> Result<Exit, Failure> {
    let session = Session::open(global)?;
    let entries = match Journal::read(&session.journal)? {
        None => Vec::new(),
        Some(reader) => {
            let filter = HistoryFilter {
                company: verb.company.as_deref(),
                product: verb.product.as_deref(),
                since: verb.since,
                ..HistoryFilter::default()
            };
            reader.history(&session.tenant.name, filter)?
        }
    };
    if entries.is_empty() {
        screen.say("Nothing was written yet that fits");
    }
    write(&entries, verb.format, screen).map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}

fn write(entries: &[HistoryEntry], format: Format, screen: &Screen) -> std::io::Result<()> {
    let mut out = BufWriter::new(screen.out());
    for entry in entries {
        match format {
            Format::Text => writeln!(out, "{}", text(entry))?,
            Format::Json => {
                serde_json::to_writer(&mut out, &Row::of(entry))?;
                writeln!(out)?;
            }
        }
    }
    out.flush()
}

/// One write as a line of text.
pub(super) fn text(entry: &HistoryEntry) -> String {
    let row = Row::of(entry);
    let number =
        |quantity: Option<Quantity>| quantity.map_or("·".to_owned(), |quantity| quantity.to_string());
    format!(
        "{:.0}  run {}  {}  {}/{}  {} -> {}  {}",
        row.at,
        row.run,
        row.commit.get(..7).unwrap_or(row.commit),
        printable(row.company),
        printable(row.product),
        number(row.before),
        number(row.after),
        row.outcome,
    )
}

/// One write, for programs.
#[derive(Serialize)]
struct Row<'e> {
    at: Timestamp,
    run: i64,
    commit: &'e str,
    plan: &'e str,
    company: &'e str,
    agreement: i64,
    product: &'e str,
    action: &'static str,
    before: Option<Quantity>,
    after: Option<Quantity>,
    outcome: &'static str,
}

impl<'e> Row<'e> {
    fn of(entry: &'e HistoryEntry) -> Self {
        let action = match &entry.intent.action {
            Action::Set { .. } => "set",
            Action::Create { .. } => "create",
        };
        let (before, after) = entry.quantities();
        Self {
            at: entry.intent.at,
            run: entry.run.0,
            commit: &entry.commit,
            plan: &entry.plan,
            company: &entry.intent.company,
            agreement: entry.intent.line.agreement.0,
            product: &entry.intent.product_identifier,
            action,
            before,
            after: Some(after),
            outcome: entry.outcome(),
        }
    }
}
