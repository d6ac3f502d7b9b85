//! Walks the rows of a CSV file, once, for the readers of both files: shape, time and account of every row.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};
use jiff::Timestamp;

use super::columns::Header;
use super::{Flaw, MOST_FLAWS, cell, scan};
use crate::problem::Problem;
use crate::sources::Document;
use crate::sources::places::Places;
use crate::sources::text::decode;

/// A file whose rows were all walked.
pub(super) struct Sheet<'a> {
    pub(super) file: Arc<str>,
    pub(super) text: &'a str,
    /// Where rows start, the header's first.
    pub(super) starts: Vec<usize>,
    pub(super) header: StringRecord,
}

/// One row and what every row must have.
pub(super) struct Row<'r> {
    /// Its number, from 0, the header not counted.
    pub(super) index: usize,
    pub(super) record: &'r StringRecord,
    pub(super) account: &'r str,
}

impl<'a> Sheet<'a> {
    /// Decodes the file and walks its shape.
    pub(super) fn open(document: &'a Document) -> Result<Self, Vec<Problem>> {
        let file = document.file.clone();
        let text = decode(&file, &document.bytes).map_err(|problem| vec![problem])?;
        let starts = scan::rows(text).map_err(|flaw| problems(&file, text, vec![flaw]))?;
        let mut header = StringRecord::new();
        reader(text).read_record(&mut header).map_err(|error| unexpected(&file, text, &error))?;
        Ok(Self { file, text, starts, header })
    }

    pub(super) fn header(&self) -> Header<'_> {
        let row = self.starts.first().copied().unwrap_or_default();
        Header { text: self.text, record: &self.header, row }
    }

    /// How many rows the file has, without the header.
    pub(super) fn rows(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The bytes of a cell.
    pub(super) fn cell(&self, row: usize, column: usize) -> std::ops::Range<usize> {
        scan::field(self.text, self.starts.get(row + 1).copied().unwrap_or_default(), column)
    }

    /// Whether two rows say the same, cell by cell.
    pub(super) fn same(&self, one: usize, other: usize) -> bool {
        let [one, other] = [one, other].map(|row| scan::row(self.text, self.starts[row + 1]));
        let cells = |row: &str| {
            let mut record = StringRecord::new();
            reader(row).read_record(&mut record).is_ok_and(|found| found).then_some(record)
        };
        one == other || cells(one).is_some_and(|cells_of_one| cells(other) == Some(cells_of_one))
    }

    /// Shows every row to `see`; returns the one time of all rows.
    ///
    /// Ragged rows, rows without an account and rows of another time are flaws of the file.
    pub(super) fn walk(&self, mut see: impl FnMut(Row<'_>)) -> Result<Option<Timestamp>, Vec<Problem>> {
        let header = self.header();
        let (Some(as_of), Some(account)) = (header.find("as_of"), header.find("account")) else {
            return Ok(None);
        };
        let mut clock = Clock { stated: None, text: String::new() };
        let mut flaws = Vec::new();
        let mut record = StringRecord::new();
        let mut reader = reader(self.text);
        let mut read = |record: &mut StringRecord| {
            reader.read_record(record).map_err(|error| unexpected(&self.file, self.text, &error))
        };
        read(&mut record)?;
        let mut index = 0;
        while flaws.len() < MOST_FLAWS && read(&mut record)? {
            if record.len() == self.header.len() {
                let late = clock.look(&record[as_of]).err();
                flaws.extend(late.map(|(message, hint)| Flaw::new(self.cell(index, as_of), message, hint)));
                if record[account].is_empty() {
                    let hint = "every row names its account; leave totals out of the export";
                    flaws.push(Flaw::new(self.cell(index, account), "the row names no account", hint));
                } else {
                    see(Row { index, record: &record, account: &record[account] });
                }
            } else {
                let (has, wants) = (record.len(), self.header.len());
                let message = format!("the row has {has} fields, the header has {wants}");
                let hint = "the file was cut off, or a field with a comma is not quoted";
                flaws.push(Flaw::new(self.cell(index, 0), message, hint));
            }
            index += 1;
        }
        if flaws.is_empty() { Ok(clock.stated) } else { Err(problems(&self.file, self.text, flaws)) }
    }
}

/// Reads the time of the first row, and holds the others to it.
struct Clock {
    stated: Option<Timestamp>,
    text: String,
}

impl Clock {
    fn look(&mut self, cell: &str) -> Result<(), (String, &'static str)> {
        // All rows mostly spell it alike, and comparing texts costs nothing.
        if self.stated.is_some() && cell == self.text {
            return Ok(());
        }
        let time: Timestamp = cell.parse().map_err(|_| {
            let message = format!("as_of {} is no time", cell::shown(cell));
            (message, "write a time with its offset, such as 2026-11-22T03:00:00Z")
        })?;
        match self.stated {
            None => {
                self.stated = Some(time);
                cell.clone_into(&mut self.text);
                Ok(())
            }
            Some(stated) if stated == time => Ok(()),
            Some(stated) => {
                let message =
                    format!("as_of {} is not the time of the rows before, {stated}", cell::shown(cell));
                Err((message, "all rows of a file are of one time; export it anew"))
            }
        }
    }
}

/// The flaws of a file as problems, each at its place.
pub(super) fn problems(file: &Arc<str>, text: &str, flaws: Vec<Flaw>) -> Vec<Problem> {
    let mut places = Places::new(file.clone(), text);
    let told = flaws.into_iter().map(|flaw| {
        let Flaw { at, code, message, hint } = flaw;
        Problem::error(code, &**file, message).with_hint(hint).at(places.at(at))
    });
    told.collect()
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
}

fn unexpected(file: &Arc<str>, text: &str, error: &csv::Error) -> Vec<Problem> {
    let hint = "export it again";
    problems(file, text, vec![Flaw::new(0..0, format!("it cannot be read: {error}"), hint)])
}
