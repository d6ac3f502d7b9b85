//! Reads JSON of ConnectWise into exact values, record by record.
//!
//! A number is taken from its source text, never through a float. What cannot be read is said and not guessed.
//! Knows nothing of HTTP; unknown fields are ignored, since the vendor adds them at will.

mod day;
mod names;
mod number;
mod text;

use serde::Deserialize;

use crate::billing::{Addition, AgreementId};

pub(super) use day::{day, last_updated, loose_day};
pub use names::Names;
pub(super) use number::Number;
pub(super) use text::{Text, present, readable};

/// Why an answer, or one record of it, cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Unreadable {
    /// Of a number, what is wrong.
    pub(super) fn of(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "JSON that ends too early",
            serde_json::error::Category::Syntax => "no JSON",
            serde_json::error::Category::Data | serde_json::error::Category::Io => "JSON of another shape",
        };
        Self(format!("{what} ({})", readable(&error.to_string())))
    }
}

/// A record that a list of ConnectWise is made of.
pub(super) trait Record: Sized {
    /// The record as it is sent.
    type Wire<'a>: Deserialize<'a>;
    /// What the record stands under, when its list does not say it of itself.
    type Parent: Copy;

    /// The value of a record.
    fn read(wire: Self::Wire<'_>, parent: Self::Parent, names: &mut Names) -> Result<Self, Unreadable>;

    /// Its number, by which lists are ordered and paged.
    fn number(&self) -> i64;
}

/// A reference to another record.
#[derive(Deserialize)]
pub(super) struct Reference {
    id: Option<i64>,
}

/// The number a reference gives, if it gives one.
pub(super) fn referred(reference: Option<&Reference>) -> Option<i64> {
    reference.and_then(|reference| reference.id).filter(|&id| is_number(id))
}

/// Whether a record can have this number: ConnectWise counts from 1, in 32 bits.
pub(super) fn is_number(id: i64) -> bool {
    (1..=i64::from(i32::MAX)).contains(&id)
}

/// A record's own number. Without it nothing can be said of the record.
pub(super) fn own_number(id: Option<i64>) -> Result<i64, Unreadable> {
    id.filter(|&id| is_number(id)).ok_or_else(|| Unreadable::of("a record without a number"))
}

/// The text of a body.
fn utf8(body: &[u8]) -> Result<&str, Unreadable> {
    match std::str::from_utf8(body) {
        Ok(text) if text.trim_ascii().is_empty() => Err(Unreadable::of("an empty body")),
        Ok(text) => Ok(text),
        Err(_) => Err(Unreadable::of("text that is not UTF-8")),
    }
}

/// Reads one value; JSON null is none.
pub(super) fn value<'a, W: Deserialize<'a>>(body: &'a [u8]) -> Result<W, Unreadable> {
    serde_json::from_str::<Option<W>>(utf8(body)?)?.ok_or_else(|| Unreadable::of("JSON null"))
}

/// Reads one record.
pub(super) fn record<R: Record>(body: &[u8], parent: R::Parent, names: &mut Names) -> Result<R, Unreadable> {
    R::read(value::<R::Wire<'_>>(body)?, parent, names)
}

/// Reads a list: all of it, or nothing.
pub(super) fn records<R: Record>(
    body: &[u8],
    parent: R::Parent,
    names: &mut Names,
) -> Result<Vec<R>, Unreadable> {
    let wires = value::<Vec<R::Wire<'_>>>(body)?;
    wires.into_iter().map(|wire| R::read(wire, parent, names)).collect()
}

/// Reads a page of additions of one agreement: all of them, or nothing.
///
/// # Errors
///
/// Any part that is not what a list of additions of this agreement is made of.
pub fn additions_page(
    body: &[u8],
    agreement: AgreementId,
    names: &mut Names,
) -> Result<Vec<Addition>, Unreadable> {
    records(body, agreement, names)
}
