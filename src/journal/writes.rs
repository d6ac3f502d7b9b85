//! What the journal is told: plans, runs, intents, outcomes, observations, snapshots.
//!
//! Refuses what must not be: a write for a ConnectWise that is not the recorded one, a second intent on a line, a
//! second create, and any intent before those of an earlier process are classified.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::event::{Digest, Event, Figures, Sighting};
use super::line::LineMemory;
use super::store::Journal;
use super::{Action, Instance, Intent, IntentId, JournalError, Open, Outcome, RunId, RunResult};
use super::{chain, history, rows, snapshots};
use crate::billing::{AdditionId, Guarded, LineKey, Quantity};
use crate::plan::Summary;
use crate::usage::PastSnapshot;

/// How much of a foreign text is kept.
const MESSAGE_CHARACTERS: usize = 512;

/// A line as it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The line.
    #[serde(flatten)]
    pub line: LineKey,
    /// Its addition.
    pub addition: AdditionId,
    /// The quantity it shows.
    pub quantity: Quantity,
    /// What that means.
    #[serde(flatten)]
    pub sighting: Sighting,
    /// What else it is like, where that is as it should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guarded: Option<Guarded>,
}

impl Journal {
    /// Records which ConnectWise a tenant is, or checks that it still is that one. Before a tenant's first run.
    ///
    /// # Errors
    ///
    /// When it is another one, or another tenant's, and when the journal cannot be written.
    pub fn meet(&mut self, tenant: &str, instance: &Instance, at: Timestamp) -> Result<(), JournalError> {
        self.write(|ledger| {
            if let Some(recorded) = recorded_instance(&ledger.transaction, tenant)? {
                if recorded.is_same(instance) {
                    return Ok(());
                }
                let (tenant, found) = (tenant.to_owned(), instance.clone());
                return Err(JournalError::InstanceMismatch { tenant, recorded, found });
            }
            if let Some(other) = tenant_of(&ledger.transaction, instance)? {
                return Err(JournalError::InstanceTaken { instance: instance.clone(), other });
            }
            ledger.append(at, tenant, &Event::Met(instance.clone()))?;
            Ok(())
        })
    }

    /// Records that a plan was drawn.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn record_plan(
        &mut self,
        tenant: &str,
        commit: &str,
        digest: &str,
        summary: &Summary,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        let event =
            Event::Planned { commit: commit.into(), digest: digest.into(), summary: Figures(*summary) };
        self.write(|ledger| ledger.append(at, tenant, &event).map(|_| ()))
    }

    /// Begins to apply a plan. A run of the tenant that never ended was interrupted.
    ///
    /// # Errors
    ///
    /// When the tenant's ConnectWise was not recorded, and when the journal cannot be written.
    pub fn begin_run(
        &mut self,
        tenant: &str,
        commit: &str,
        plan: &str,
        at: Timestamp,
    ) -> Result<RunId, JournalError> {
        self.write(|ledger| {
            if recorded_instance(&ledger.transaction, tenant)?.is_none() {
                return Err(JournalError::InstanceUnknown { tenant: tenant.to_owned() });
            }
            for run in unended_runs(&ledger.transaction, tenant)? {
                ledger.append(at, tenant, &Event::RunEnded { run, result: RunResult::Interrupted })?;
            }
            let began = Event::RunBegan { commit: commit.into(), plan: plan.into() };
            ledger.append(at, tenant, &began).map(RunId)
        })
    }

    /// Ends a run.
    ///
    /// # Errors
    ///
    /// When no such run goes on, and when the journal cannot be written.
    pub fn end_run(&mut self, run: RunId, result: RunResult, at: Timestamp) -> Result<(), JournalError> {
        self.write(|ledger| {
            let tenant = tenant_of_run(&ledger.transaction, run)?;
            ledger.append(at, &tenant, &Event::RunEnded { run, result })?;
            Ok(())
        })
    }

    /// Records a write that is about to be sent. It is durable when this returns.
    ///
    /// # Errors
    ///
    /// When the line has an open intent, when an earlier process left intents of the tenant that are neither settled nor
    /// in doubt, when the line was created by us already, when no such run goes on, and when the journal cannot be written: then
    /// nothing may be sent, and the process must end.
    pub fn intend(&mut self, run: RunId, intent: &Intent) -> Result<IntentId, JournalError> {
        let inherited = self.inherited;
        self.write(|ledger| {
            let tenant = tenant_of_run(&ledger.transaction, run)?;
            may_intend(&ledger.transaction, &tenant, intent, inherited)?;
            let event = Event::Intended { run, intent: intent.clone() };
            ledger.append(intent.at, &tenant, &event).map(IntentId)
        })
    }

    /// Records why it is in doubt what came of an intent, and from when on reading tells. It stays open.
    ///
    /// # Errors
    ///
    /// When no such intent is open, and when the journal cannot be written.
    pub fn doubt(
        &mut self,
        intent: IntentId,
        message: &str,
        settles_at: Timestamp,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.write(|ledger| {
            let tenant = tenant_of_open(&ledger.transaction, intent)?;
            ledger.append(at, &tenant, &Event::Doubted { intent, message: cut(message), settles_at })?;
            Ok(())
        })
    }

    /// Records what came of an intent, and closes it.
    ///
    /// # Errors
    ///
    /// When no such intent is open, and when the journal cannot be written.
    pub fn settle(&mut self, intent: IntentId, outcome: &Outcome, at: Timestamp) -> Result<(), JournalError> {
        let outcome = match outcome {
            Outcome::Refused { status, message } => {
                Outcome::Refused { status: *status, message: cut(message) }
            }
            Outcome::NotSent(_)
            | Outcome::Applied
            | Outcome::Created { .. }
            | Outcome::NotApplied
            | Outcome::Diverged { .. }
            | Outcome::Drift { .. }
            | Outcome::Gone
            | Outcome::Ambiguous { .. } => outcome.clone(),
        };
        self.write(|ledger| {
            let tenant = tenant_of_open(&ledger.transaction, intent)?;
            ledger.append(at, &tenant, &Event::Settled { intent, outcome })?;
            Ok(())
        })
    }

    /// Records how lines were seen, all at once. What is no news leaves no trace.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn observe(
        &mut self,
        tenant: &str,
        observations: &[Observation],
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.write(|ledger| {
            for observation in observations {
                let memory = rows::line(&ledger.transaction, tenant, observation.line)?;
                if LineMemory::seen(memory.clone(), observation, at) != memory {
                    ledger.append(at, tenant, &Event::Observed(observation.clone()))?;
                }
            }
            Ok(())
        })
    }

    /// Records a usage snapshot. The same one again, or one older than what is kept, leaves no trace.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn record_snapshot(
        &mut self,
        tenant: &str,
        source: &str,
        snapshot: &PastSnapshot,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        let PastSnapshot { as_of, verdict, accounts } = snapshot;
        let packed = snapshots::pack(accounts);
        let digest = Digest(chain::digest(&packed));
        self.write(|ledger| {
            if !snapshots::is_news(&ledger.transaction, tenant, source, (*as_of, *verdict), &digest)? {
                return Ok(());
            }
            snapshots::put_content(&ledger.transaction, &digest, &packed)?;
            let source: Arc<str> = source.into();
            let event = Event::Snapshot { source, as_of: *as_of, verdict: *verdict, digest };
            ledger.append(at, tenant, &event)?;
            Ok(())
        })
    }
}

/// Refuses an intent that must not be.
fn may_intend(
    connection: &Connection,
    tenant: &str,
    intent: &Intent,
    inherited: i64,
) -> Result<(), JournalError> {
    let open = history::open_intents(connection, tenant)?;
    if open.iter().any(|(open, _)| open.intent.line == intent.line) {
        return Err(JournalError::OpenIntent { line: intent.line });
    }
    // One whose doubt is recorded was looked at: its line stays untouched, and the others need not wait for it.
    let unclassified = |(open, _): &&(Open, _)| open.id.0 <= inherited && open.doubt.is_none();
    let count = open.iter().filter(unclassified).count();
    if count > 0 {
        return Err(JournalError::Unclassified { tenant: tenant.to_owned(), count });
    }
    let memory = rows::line(connection, tenant, intent.line)?;
    match (&intent.action, memory.and_then(|memory| memory.created)) {
        (Action::Create { .. }, Some(addition)) => {
            Err(JournalError::AlreadyCreated { line: intent.line, addition })
        }
        (Action::Create { .. }, None) | (Action::Set { .. }, _) => Ok(()),
    }
}

fn recorded_instance(connection: &Connection, tenant: &str) -> Result<Option<Instance>, JournalError> {
    let sql = "SELECT site, company FROM tenants WHERE name = ?1";
    let found =
        connection.prepare_cached(sql)?.query_row([tenant], |row| Ok(history::instance(row))).optional()?;
    found.transpose().map(Option::flatten)
}

fn tenant_of(connection: &Connection, instance: &Instance) -> Result<Option<String>, JournalError> {
    let mut statement = connection.prepare_cached("SELECT name, site, company FROM tenants ORDER BY name")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if history::instance(row)?.is_some_and(|recorded| recorded.is_same(instance)) {
            return Ok(Some(row.get("name")?));
        }
    }
    Ok(None)
}

fn unended_runs(connection: &Connection, tenant: &str) -> Result<Vec<RunId>, JournalError> {
    let sql = "SELECT id FROM runs WHERE tenant = ?1 AND result IS NULL ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let runs = statement.query_map([tenant], |row| row.get(0).map(RunId))?;
    Ok(runs.collect::<Result<_, _>>()?)
}

fn tenant_of_run(connection: &Connection, run: RunId) -> Result<String, JournalError> {
    let sql = "SELECT tenant FROM runs WHERE id = ?1 AND result IS NULL";
    let found = connection.prepare_cached(sql)?.query_row([run.0], |row| row.get(0)).optional()?;
    found.ok_or(JournalError::NoRun { run })
}

fn tenant_of_open(connection: &Connection, intent: IntentId) -> Result<String, JournalError> {
    let sql = "SELECT tenant FROM intents WHERE id = ?1 AND outcome IS NULL";
    let found = connection.prepare_cached(sql)?.query_row([intent.0], |row| row.get(0)).optional()?;
    found.ok_or(JournalError::NoOpenIntent { intent })
}

/// A foreign text, cut to what is kept.
fn cut(message: &str) -> String {
    message.chars().take(MESSAGE_CHARACTERS).collect()
}
