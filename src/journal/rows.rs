//! The rows of lines, and how values stand in columns.
//!
//! A value that cannot be read back is damage, never a default.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, RowIndex, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::JournalError;
use super::chain::stamp;
use super::line::LineMemory;
use crate::billing::{AdditionId, Adopted, AgreementId, Guarded, LineKey, PastWrite, ProductId, Quantity};

/// A value as JSON text.
pub(super) fn json(value: &impl Serialize) -> Result<String, JournalError> {
    serde_json::to_string(value).map_err(|error| JournalError::Database { message: error.to_string() })
}

/// A value of JSON text; `place` names the table for the damage.
pub(super) fn parse<T: DeserializeOwned>(text: &str, place: &str) -> Result<T, JournalError> {
    serde_json::from_str(text).map_err(|error| JournalError::damaged(format!("{place}: {error}")))
}

/// A column by its name, or by its place where there are many rows.
pub(super) trait Column: RowIndex + Display + Copy {}

impl<C: RowIndex + Display + Copy> Column for C {}

/// A text column that is a value.
pub(super) fn value<T: FromStr>(row: &Row<'_>, column: impl Column) -> Result<T, JournalError> {
    optional(row, column)?.ok_or_else(|| JournalError::damaged(format!("column {column} is empty")))
}

/// A text column that is a value, or null.
pub(super) fn optional<T: FromStr>(row: &Row<'_>, column: impl Column) -> Result<Option<T>, JournalError> {
    let text = match row.get_ref(column)? {
        ValueRef::Null => return Ok(None),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
        ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    };
    let value = text.and_then(|text| text.parse().ok());
    value.map(Some).ok_or_else(|| JournalError::damaged(format!("column {column} cannot be read")))
}

const LINE: &str = r#"agreement, product, addition, created, last_written, written_at, "commit", terms, recent_writes,
    foreign_changes, foreign_seen, diverged, adopted_quantity, adopted_against, guarded"#;

/// The memory of a line.
pub(super) fn line(
    connection: &Connection,
    tenant: &str,
    line: LineKey,
) -> Result<Option<LineMemory>, JournalError> {
    let sql = format!("SELECT {LINE} FROM lines WHERE tenant = ?1 AND agreement = ?2 AND product = ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let found =
        statement.query_row((tenant, line.agreement.0, line.product.0), |row| Ok(memory(row))).optional()?;
    found.transpose().map(|found| found.map(|(_, memory)| memory))
}

/// The memory of every line of a tenant.
pub(super) fn lines(
    connection: &Connection,
    tenant: &str,
) -> Result<Vec<(LineKey, LineMemory)>, JournalError> {
    let sql = format!("SELECT {LINE} FROM lines WHERE tenant = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([tenant])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(memory(row)?);
    }
    Ok(found)
}

/// The columns of [`LINE`], by their place: by name it takes several times as long.
fn memory(row: &Row<'_>) -> Result<(LineKey, LineMemory), JournalError> {
    let line = LineKey { agreement: AgreementId(row.get(0)?), product: ProductId(row.get(1)?) };
    let quantity: Option<Quantity> = optional(row, 12)?;
    let against: Option<Quantity> = optional(row, 13)?;
    let memory = LineMemory {
        addition: row.get::<_, Option<i64>>(2)?.map(AdditionId),
        created: row.get::<_, Option<i64>>(3)?.map(AdditionId),
        last_written: optional(row, 4)?,
        written_at: value(row, 5)?,
        commit: row.get(6)?,
        terms: row.get(7)?,
        recent_writes: recent_writes(row)?,
        foreign_changes: foreign_changes(row)?,
        foreign_seen: optional(row, 10)?,
        diverged: row.get(11)?,
        adopted: quantity.zip(against).map(|(quantity, against)| Adopted { quantity, against }),
        guarded: guarded(row)?,
    };
    Ok((line, memory))
}

fn recent_writes(row: &Row<'_>) -> Result<Vec<PastWrite>, JournalError> {
    let Some(text) = row.get::<_, Option<String>>(8)? else { return Ok(Vec::new()) };
    let writes: Vec<(Timestamp, Quantity, Quantity)> = parse(&text, "lines")?;
    Ok(writes.into_iter().map(|(at, before, after)| PastWrite { at, before, after }).collect())
}

fn foreign_changes(row: &Row<'_>) -> Result<Vec<Timestamp>, JournalError> {
    let text: Option<String> = row.get(9)?;
    text.map(|text| parse(&text, "lines")).transpose().map(Option::unwrap_or_default)
}

fn guarded(row: &Row<'_>) -> Result<Option<Guarded>, JournalError> {
    let text: Option<String> = row.get(14)?;
    text.map(|text| parse(&text, "lines")).transpose()
}

/// Stores the memory of a line.
pub(super) fn put_line(
    connection: &Connection,
    tenant: &str,
    line: LineKey,
    memory: &LineMemory,
) -> Result<(), JournalError> {
    let sql = format!(
        "INSERT OR REPLACE INTO lines (tenant, {LINE})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
    );
    let writes: Vec<_> =
        memory.recent_writes.iter().map(|write| (write.at, write.before, write.after)).collect();
    let quantity = |quantity: Option<Quantity>| quantity.map(|quantity| quantity.to_string());
    connection.prepare_cached(&sql)?.execute(params![
        tenant,
        line.agreement.0,
        line.product.0,
        memory.addition.map(|id| id.0),
        memory.created.map(|id| id.0),
        quantity(memory.last_written),
        stamp(memory.written_at),
        memory.commit,
        memory.terms,
        if writes.is_empty() { None } else { Some(json(&writes)?) },
        if memory.foreign_changes.is_empty() { None } else { Some(json(&memory.foreign_changes)?) },
        quantity(memory.foreign_seen),
        memory.diverged,
        quantity(memory.adopted.map(|adopted| adopted.quantity)),
        quantity(memory.adopted.map(|adopted| adopted.against)),
        memory.guarded.as_ref().map(json).transpose()?,
    ])?;
    Ok(())
}
