//! Whether the journal is what was written: pages, schema, chain, end, and projections.
//!
//! Changes nothing. Says where the first damage is.

use jiff::Timestamp;
use rusqlite::{Connection, types::Value};

use super::chain::{genesis, link};
use super::event::Event;
use super::lock::Mark;
use super::project::{Happened, project};
use super::{JournalError, migrations, rows, snapshots};

/// The projections, with the order their rows are compared in.
const PROJECTIONS: [(&str, &str); 5] = [
    ("tenants", "name"),
    ("runs", "id"),
    ("intents", "id"),
    ("lines", "tenant, agreement, product"),
    ("snapshots", "tenant, source, as_of"),
];

/// Checks everything. `mark` is how far the journal had come, where that is known.
pub(super) fn check(connection: &Connection, mark: Option<&Mark>) -> Result<Mark, JournalError> {
    pages(connection)?;
    let replayed = migrations::in_memory()?;
    schema(connection, &replayed)?;
    replayed.execute_batch("BEGIN")?;
    let end = chain(connection, &replayed, mark)?;
    head(connection, &end)?;
    for (table, order) in PROJECTIONS {
        projection(connection, &replayed, table, order)?;
    }
    snapshots::check(connection)?;
    Ok(end)
}

/// The end of the chain as the journal itself says.
pub(super) fn stored_head(connection: &Connection) -> Result<Mark, JournalError> {
    let sql = "SELECT seq, hash FROM head";
    Ok(connection.query_row(sql, (), |row| Ok(Mark { seq: row.get(0)?, hash: row.get(1)? }))?)
}

fn pages(connection: &Connection) -> Result<(), JournalError> {
    let verdict: String = connection.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(JournalError::damaged(format!("pages: {verdict}"))) }
}

/// The tables, indexes and triggers are rules of their own: they must be the ones this version made.
fn schema(connection: &Connection, fresh: &Connection) -> Result<(), JournalError> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
    if dump(connection, sql)? == dump(fresh, sql)? {
        Ok(())
    } else {
        Err(JournalError::damaged("schema: tables or indexes are not the ones that were made"))
    }
}

/// Follows the chain and replays every event beside it; gives its end.
fn chain(connection: &Connection, replayed: &Connection, mark: Option<&Mark>) -> Result<Mark, JournalError> {
    let mut end = Mark { seq: 0, hash: genesis() };
    let mut statement = connection.prepare("SELECT seq, at, tenant, body, hash FROM events ORDER BY seq")?;
    let mut events = statement.query(())?;
    while let Some(row) = events.next()? {
        let stored = StoredEvent::of(row, end.seq + 1)?;
        end = stored.follow(&end)?;
        if mark.is_some_and(|mark| mark.seq == end.seq && mark.hash != end.hash) {
            return Err(
                stored.damage("is not the one that was written last; the journal was put back or replaced")
            );
        }
        stored.replay(replayed)?;
    }
    match mark {
        Some(mark) if mark.seq > end.seq => Err(JournalError::damaged(format!(
            "events: {} were written and {} are left; the tail is lost, or an older copy was put back",
            mark.seq, end.seq
        ))),
        Some(_) | None => Ok(end),
    }
}

struct StoredEvent<'a> {
    seq: i64,
    at: &'a str,
    tenant: &'a str,
    body: &'a str,
    hash: [u8; 32],
}

impl<'a> StoredEvent<'a> {
    fn of(row: &'a rusqlite::Row<'_>, expected: i64) -> Result<Self, JournalError> {
        let text = |column: usize| {
            let text = row.get_ref(column)?.as_str();
            text.map_err(|error| JournalError::damaged(format!("events: event {expected}: {error}")))
        };
        let (seq, hash) = (row.get(0)?, row.get(4)?);
        if seq != expected {
            return Err(JournalError::damaged(format!(
                "events: event {expected} is missing, {seq} comes next"
            )));
        }
        Ok(Self { seq, at: text(1)?, tenant: text(2)?, body: text(3)?, hash })
    }

    fn follow(&self, before: &Mark) -> Result<Mark, JournalError> {
        let hash = link(&before.hash, self.seq, self.at, self.tenant, self.body);
        if hash == self.hash {
            Ok(Mark { seq: self.seq, hash })
        } else {
            Err(self.damage("does not fit its hash"))
        }
    }

    fn replay(&self, replayed: &Connection) -> Result<(), JournalError> {
        let at: Timestamp = self.at.parse().map_err(|_| self.damage("has no time"))?;
        let event: Event =
            rows::parse(self.body, "events").map_err(|error| self.damage(&error.to_string()))?;
        let happened = Happened { seq: self.seq, at, tenant: self.tenant, event: &event };
        project(replayed, &happened).map_err(|error| self.damage(&error.to_string()))
    }

    fn damage(&self, how: &str) -> JournalError {
        JournalError::damaged(format!("events: event {} of {} {how}", self.seq, self.at))
    }
}

fn head(connection: &Connection, end: &Mark) -> Result<(), JournalError> {
    if stored_head(connection)? == *end {
        Ok(())
    } else {
        Err(JournalError::damaged(format!("head: it does not fit the last event, {}", end.seq)))
    }
}

fn projection(
    connection: &Connection,
    replayed: &Connection,
    table: &str,
    order: &str,
) -> Result<(), JournalError> {
    let sql = format!("SELECT * FROM {table} ORDER BY {order}");
    if dump(connection, &sql)? == dump(replayed, &sql)? {
        Ok(())
    } else {
        Err(JournalError::damaged(format!("{table}: it is not what the events come to")))
    }
}

/// All rows of a query.
pub(super) fn dump(connection: &Connection, sql: &str) -> Result<Vec<Vec<Value>>, JournalError> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(())?;
    let mut dumped = Vec::new();
    while let Some(row) = rows.next()? {
        let values: Result<Vec<Value>, _> = (0..columns).map(|column| row.get(column)).collect();
        dumped.push(values?);
    }
    Ok(dumped)
}
