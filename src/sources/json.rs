//! Reads a usage document in JSON: the same record as the CSV, as objects.
//!
//! Pure. Takes no member twice, no number in quotes, no exponent and no unknown member: an account with one of these is
//! rejected, and a document that cannot be trusted as a whole gives nothing.

mod account;
mod record;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::manifest::{self, Claim};
use super::places::Places;
use super::text::decode;
use super::{Document, assembly};
use crate::problem::{Code, Problem};
use crate::usage::UsageSnapshot;
use record::UsageDocument;

/// Reads a usage document.
///
/// # Errors
///
/// What is wrong with the document as a whole, with its place.
pub fn parse(source: &Arc<str>, document: &Document) -> Result<UsageSnapshot, Vec<Problem>> {
    let text = decode(&document.file, &document.bytes).map_err(|problem| vec![problem])?;
    let mut places = Places::new(document.file.clone(), text);
    let mut fail = |flaw: Flaw| {
        let place = places.at(flaw.offset..flaw.offset);
        vec![Problem::error(flaw.code, &*document.file, flaw.message).with_hint(flaw.hint).at(place)]
    };
    let usage: UsageDocument<'_> =
        serde_json::from_str(text).map_err(|error| fail(Flaw::of_syntax(text, &error)))?;
    if *usage.source != **source {
        let message = format!("it is of source {:?}, not of {source:?}", &*usage.source);
        return Err(fail(Flaw::new(0, message, "the settings may name another source's file")));
    }
    let entries = account::entries(text, &usage.accounts).map_err(fail)?;
    if let Some(manifest) = &document.manifest {
        let (bytes, rows) = (&*document.bytes, usage.accounts.len());
        manifest::check(manifest, &Claim { source, bytes, rows, as_of: Some(usage.as_of) })?;
    }
    let reports_seats = entries.reports_seats;
    let gathered = entries.gather(text, &usage.accounts, places);
    Ok(assembly::snapshot(source, usage.as_of, usage.complete, reports_seats, gathered))
}

/// The JSON Schema of a usage document.
#[must_use]
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(UsageDocument<'_>)
}

/// What to do about a document that has another form.
const FORM: &str = "its form is that of `trueup schema usage`";

/// What is wrong with the document as a whole, and at which byte.
struct Flaw {
    offset: usize,
    code: Code,
    message: String,
    hint: &'static str,
}

impl Flaw {
    fn new(offset: usize, message: impl Into<String>, hint: &'static str) -> Self {
        Self { offset, code: Code::UsageFile, message: message.into(), hint }
    }

    fn of_syntax(text: &str, error: &serde_json::Error) -> Self {
        let (message, offset) = told(text, error);
        let hint = if error.is_eof() { "the file was cut off, or is still being written" } else { FORM };
        Self::new(offset, message, hint)
    }
}

/// The sentence of an error without its position, and the byte it stands at.
fn told(text: &str, error: &serde_json::Error) -> (String, usize) {
    let sentence = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let sentence = sentence.strip_suffix(&position).unwrap_or(&sentence).to_owned();
    let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let offset = (line + error.column().saturating_sub(1)).min(text.len());
    (sentence, text.floor_char_boundary(offset))
}

/// Reads one value of the document, naming the member that is wrong and its byte within `text`.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, (String, usize)> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let (sentence, offset) = told(text, error.inner());
        match &*path {
            "." => (sentence, offset),
            path => (format!("{path}: {sentence}"), offset),
        }
    })
}
