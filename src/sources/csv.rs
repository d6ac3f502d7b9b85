//! Reads a usage report in CSV: one row an account, and seats in a second file.
//!
//! Pure. A row that cannot be trusted rejects its account; a file that cannot be trusted as a whole gives nothing.

mod accounts;
mod cell;
mod columns;
mod fold;
mod scan;
mod seats;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;

use super::Document;
use super::assembly;
use super::manifest::{self, Claim};
use crate::problem::{Code, Problem};
use crate::usage::UsageSnapshot;

/// Flaws of the file as a whole that are told at once; after these the rest is more of the same.
const MOST_FLAWS: usize = 20;

/// Reads the accounts file and, where the source has one, the seats file.
///
/// `metrics` are the extra columns to read. `*_bytes` and `*_gb` are sizes, all others are counts.
///
/// # Errors
///
/// All that is wrong with the files as a whole, with places.
pub fn parse(
    source: &Arc<str>,
    accounts: &Document,
    seats: Option<&Document>,
    metrics: &[Arc<str>],
) -> Result<UsageSnapshot, Vec<Problem>> {
    let read = accounts::read(accounts, metrics);
    let seats = seats.map(|document| seats::read(document).map(|read| (document, read))).transpose();
    let (read, seats) = match (read, seats) {
        (Ok(read), Ok(seats)) => (read, seats),
        (read, seats) => return Err(read.err().into_iter().chain(seats.err()).flatten().collect()),
    };
    let accounts::Read { rows, as_of, mut gathered } = read;
    let mut as_of = time(source, accounts, rows, as_of)?;
    let reports_seats = seats.is_some();
    if let Some((document, read)) = seats {
        let seats::Read { rows, as_of: stated, seats, problems, mut finder } = read;
        as_of = as_of.min(time(source, document, rows, stated)?);
        gathered.problems.extend(problems);
        gathered.seat(seats, |row| finder.account(row));
    }
    Ok(assembly::snapshot(source, as_of, true, reports_seats, gathered))
}

/// The time of a file: what its rows state, else what its manifest does, else when it was written.
fn time(
    source: &str,
    document: &Document,
    rows: usize,
    stated: Option<Timestamp>,
) -> Result<Timestamp, Vec<Problem>> {
    let Some(manifest) = &document.manifest else { return Ok(stated.unwrap_or(document.modified)) };
    manifest::check(manifest, &Claim { source, bytes: &document.bytes, rows, as_of: stated })
}

/// What is wrong with a file as a whole, and where.
struct Flaw {
    at: std::ops::Range<usize>,
    code: Code,
    message: String,
    hint: &'static str,
}

impl Flaw {
    fn new(at: std::ops::Range<usize>, message: impl Into<String>, hint: &'static str) -> Self {
        Self { at, code: Code::UsageFile, message: message.into(), hint }
    }

    fn too_large(at: std::ops::Range<usize>, message: impl Into<String>) -> Self {
        let hint = "a usage report has one row an account; is this the right file?";
        Self { code: Code::TooLarge, ..Self::new(at, message, hint) }
    }
}
