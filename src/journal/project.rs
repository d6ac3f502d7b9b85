//! What each event changes in the projections.
//!
//! A function of the event and the projections alone, in the transaction of the event: replayed from the start, the
//! same events give the same rows. Nothing else writes a projection.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::chain::stamp;
use super::event::Event;
use super::line::LineMemory;
use super::rows::{self, json};
use super::{Intent, IntentId, JournalError, Outcome, RunId, RunResult, snapshots};
use crate::billing::LineKey;

/// One stored event.
pub(super) struct Happened<'a> {
    /// Its number.
    pub(super) seq: i64,
    /// When.
    pub(super) at: Timestamp,
    /// To whom.
    pub(super) tenant: &'a str,
    /// What.
    pub(super) event: &'a Event,
}

/// Brings the projections up to the event.
pub(super) fn project(connection: &Connection, happened: &Happened<'_>) -> Result<(), JournalError> {
    let Happened { seq, at, tenant, event } = *happened;
    connection.prepare_cached("INSERT OR IGNORE INTO tenants (name) VALUES (?1)")?.execute([tenant])?;
    match event {
        Event::Met(instance) => {
            let sql = "UPDATE tenants SET site = ?2, company = ?3 WHERE name = ?1";
            connection.prepare_cached(sql)?.execute((tenant, &instance.site, &instance.company))?;
        }
        Event::Planned { commit, digest, summary } => {
            let sql = "UPDATE tenants SET planned_at = ?2, planned_commit = ?3, planned_digest = ?4,
                       planned_summary = ?5 WHERE name = ?1";
            let row = params![tenant, stamp(at), commit, digest, json(summary)?];
            connection.prepare_cached(sql)?.execute(row)?;
        }
        Event::RunBegan { commit, plan } => {
            let sql =
                r#"INSERT INTO runs (id, tenant, "commit", plan, began_at) VALUES (?1, ?2, ?3, ?4, ?5)"#;
            connection.prepare_cached(sql)?.execute(params![seq, tenant, commit, plan, stamp(at)])?;
        }
        Event::RunEnded { run, result } => run_ended(connection, at, tenant, *run, *result)?,
        Event::Intended { run, intent } => intended(connection, seq, tenant, *run, intent)?,
        Event::Doubted { intent, message, settles_at } => {
            let sql = "UPDATE intents SET doubt = ?2, settles_at = max(settles_at, ?3)
                       WHERE id = ?1 AND outcome IS NULL";
            connection.prepare_cached(sql)?.execute((intent.0, message, stamp(*settles_at)))?;
        }
        Event::Settled { intent, outcome } => settled(connection, at, tenant, *intent, outcome)?,
        Event::Observed(observation) => {
            let memory = rows::line(connection, tenant, observation.line)?;
            if let Some(memory) = LineMemory::seen(memory, observation, at) {
                rows::put_line(connection, tenant, observation.line, &memory)?;
            }
        }
        Event::Snapshot { source, as_of, verdict, digest } => {
            snapshots::put(connection, tenant, source, *as_of, *verdict, digest)?;
            snapshots::forget_old(connection, tenant, source)?;
        }
    }
    Ok(())
}

fn run_ended(
    connection: &Connection,
    at: Timestamp,
    tenant: &str,
    run: RunId,
    result: RunResult,
) -> Result<(), JournalError> {
    let sql = "UPDATE runs SET ended_at = ?2, result = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute((run.0, stamp(at), result.as_str()))?;
    match result {
        RunResult::Verified | RunResult::Held | RunResult::Partial => commit_applied(connection, tenant, run),
        RunResult::Refused | RunResult::Frozen | RunResult::Failed | RunResult::Interrupted => Ok(()),
    }
}

/// The commit of the run is in force, wholly or in part.
fn commit_applied(connection: &Connection, tenant: &str, run: RunId) -> Result<(), JournalError> {
    let sql = r#"UPDATE tenants SET last_applied_commit = (SELECT "commit" FROM runs WHERE id = ?2) WHERE name = ?1"#;
    connection.prepare_cached(sql)?.execute((tenant, run.0))?;
    Ok(())
}

fn intended(
    connection: &Connection,
    seq: i64,
    tenant: &str,
    run: RunId,
    intent: &Intent,
) -> Result<(), JournalError> {
    let sql =
        "INSERT INTO intents (id, tenant, run, agreement, product, company, product_identifier, at, body,
                   settles_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let LineKey { agreement, product } = intent.line;
    connection.prepare_cached(sql)?.execute(params![
        seq,
        tenant,
        run.0,
        agreement.0,
        product.0,
        intent.company,
        intent.product_identifier,
        stamp(intent.at),
        json(intent)?,
        stamp(intent.settles_at),
    ])?;
    commit_applied(connection, tenant, run)
}

fn settled(
    connection: &Connection,
    at: Timestamp,
    tenant: &str,
    id: IntentId,
    outcome: &Outcome,
) -> Result<(), JournalError> {
    let sql = r#"SELECT intents.body, runs."commit" FROM intents JOIN runs ON runs.id = intents.run
                 WHERE intents.id = ?1 AND intents.outcome IS NULL"#;
    let found = connection
        .prepare_cached(sql)?
        .query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Arc<str>>(1)?)))
        .optional()?;
    let (body, commit) = found.ok_or(JournalError::NoOpenIntent { intent: id })?;
    let intent: Intent = rows::parse(&body, "intents")?;
    let sql = "UPDATE intents SET outcome = ?2, settled_at = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute((id.0, json(outcome)?, stamp(at)))?;
    let memory = rows::line(connection, tenant, intent.line)?;
    if let Some(memory) = LineMemory::settled(memory, &intent, &commit, outcome, at) {
        rows::put_line(connection, tenant, intent.line, &memory)?;
    }
    Ok(())
}
