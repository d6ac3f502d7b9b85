//! What was written, by which run and commit, from what to what, and what came of it; and how a tenant stands.
//!
//! Reads only.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::chain::stamp;
use super::event::Figures;
use super::line::CHANGES_ARE_RECENT;
use super::rows::{json, optional, parse, value};
use super::{
    Action, Instance, Intent, IntentId, JournalError, JournalReader, Open, Outcome, Planned, Run, RunId,
};
use super::{RunResult, TenantStatus};
use crate::billing::Quantity;

/// One write, or what was meant to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The intent's number.
    pub id: IntentId,
    /// The run it belongs to.
    pub run: RunId,
    /// The commit of the mappings.
    pub commit: Arc<str>,
    /// The digest of the plan.
    pub plan: Arc<str>,
    /// What was meant, and when.
    pub intent: Intent,
    /// Why it was in doubt, if it ever was.
    pub doubt: Option<String>,
    /// When it was known what came of it, and what. `None`: it is not known yet.
    pub settled: Option<(Timestamp, Outcome)>,
}

impl HistoryEntry {
    /// The quantity before, `None` where the line was created, and the one that was meant.
    #[must_use]
    pub fn quantities(&self) -> (Option<Quantity>, Quantity) {
        match &self.intent.action {
            Action::Set { before, after, .. } => (Some(*before), *after),
            Action::Create { .. } => (None, Quantity::ZERO),
        }
    }

    /// What came of it, in words.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match (&self.settled, &self.doubt) {
            (None, Some(_)) => "in doubt",
            (None, None) => "in flight",
            (Some((_, outcome)), _) => match outcome {
                Outcome::Applied => "applied",
                Outcome::Created { .. } => "created",
                Outcome::NotSent(_) => "not sent",
                Outcome::Refused { .. } => "refused",
                Outcome::NotApplied => "not applied",
                Outcome::Diverged { .. } => "diverged",
                Outcome::Drift { .. } => "changed by somebody else",
                Outcome::Gone => "gone",
                Outcome::Ambiguous { .. } => "ambiguous",
            },
        }
    }
}

/// Which writes are asked for. The default is all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter<'a> {
    /// Only of the company with this Company ID.
    pub company: Option<&'a str>,
    /// Only of the product with this identifier.
    pub product: Option<&'a str>,
    /// Only those meant at or after this time.
    pub since: Option<Timestamp>,
    /// Only those of this run.
    pub run: Option<RunId>,
}

const RUN: &str = r#"id, "commit", plan, began_at, ended_at, result"#;

impl JournalReader {
    /// The writes that the filter asks for, oldest first.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn history(
        &self,
        tenant: &str,
        filter: HistoryFilter<'_>,
    ) -> Result<Vec<HistoryEntry>, JournalError> {
        let HistoryFilter { company, product, since, run } = filter;
        let sql = r#"SELECT intents.id, run, "commit", plan, body, doubt, outcome, settled_at
                     FROM intents JOIN runs ON runs.id = intents.run
                     WHERE intents.tenant = ?1 AND at >= coalesce(?2, '') AND (?3 IS NULL OR company = ?3)
                         AND (?4 IS NULL OR product_identifier = ?4) AND (?5 IS NULL OR run = ?5)
                     ORDER BY intents.id"#;
        let mut statement = self.connection().prepare_cached(sql)?;
        let wanted = params![tenant, since.map(stamp), company, product, run.map(|run| run.0)];
        let mut rows = statement.query(wanted)?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(entry(row)?);
        }
        Ok(entries)
    }

    /// A run by its number.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn run(&self, tenant: &str, run: RunId) -> Result<Option<Run>, JournalError> {
        one_run(
            self.connection(),
            &format!("SELECT {RUN} FROM runs WHERE tenant = ?1 AND id = ?2"),
            (tenant, run.0),
        )
    }

    /// The newest runs that began at or after `since`, at most so many, newest first.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn runs(&self, tenant: &str, since: Timestamp, most: usize) -> Result<Vec<Run>, JournalError> {
        let sql =
            format!("SELECT {RUN} FROM runs WHERE tenant = ?1 AND began_at >= ?2 ORDER BY id DESC LIMIT ?3");
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut statement = self.connection().prepare_cached(&sql)?;
        let runs = statement.query_map(params![tenant, stamp(since), most], |row| Ok(read_run(row)))?;
        runs.map(|run| run?).collect()
    }

    /// How a tenant stands.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn status(&self, tenant: &str) -> Result<TenantStatus, JournalError> {
        let newest = format!("SELECT {RUN} FROM runs WHERE tenant = ?1 ORDER BY id DESC LIMIT 1");
        let good = format!(
            "SELECT {RUN} FROM runs WHERE tenant = ?1 AND result IN ('verified', 'held', 'frozen') ORDER BY id DESC LIMIT 1"
        );
        let (instance, last_planned) = planned(self.connection(), tenant)?;
        Ok(TenantStatus {
            instance,
            last_run: one_run(self.connection(), &newest, [tenant])?,
            last_good_run: one_run(self.connection(), &good, [tenant])?,
            last_planned,
            last_applied_commit: self.last_applied_commit(tenant)?,
            open_intents: self.open_intents(tenant)?,
        })
    }
}

fn entry(row: &Row<'_>) -> Result<HistoryEntry, JournalError> {
    let outcome: Option<String> = row.get("outcome")?;
    let outcome: Option<Outcome> = outcome.map(|text| parse(&text, "intents")).transpose()?;
    Ok(HistoryEntry {
        id: IntentId(row.get("id")?),
        run: RunId(row.get("run")?),
        commit: row.get("commit")?,
        plan: row.get("plan")?,
        intent: parse(row.get_ref("body")?.as_str().unwrap_or_default(), "intents")?,
        doubt: row.get("doubt")?,
        settled: optional(row, "settled_at")?.zip(outcome),
    })
}

/// The open intents of a tenant, oldest first, each with its commit.
pub(super) fn open_intents(
    connection: &Connection,
    tenant: &str,
) -> Result<Vec<(Open, Arc<str>)>, JournalError> {
    let sql = r#"SELECT intents.id, run, "commit", body, settles_at, doubt FROM intents JOIN runs ON runs.id = intents.run
                 WHERE intents.tenant = ?1 AND outcome IS NULL ORDER BY intents.id"#;
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([tenant])?;
    let mut open = Vec::new();
    while let Some(row) = rows.next()? {
        let one = Open {
            id: IntentId(row.get("id")?),
            run: RunId(row.get("run")?),
            intent: parse(row.get_ref("body")?.as_str().unwrap_or_default(), "intents")?,
            settles_at: value(row, "settles_at")?,
            doubt: row.get("doubt")?,
        };
        open.push((one, row.get("commit")?));
    }
    Ok(open)
}

/// The writes meant in the last 24 hours that reading showed not to have landed, oldest first.
pub(super) fn unlanded(
    connection: &Connection,
    tenant: &str,
    now: Timestamp,
) -> Result<Vec<Intent>, JournalError> {
    let since = now.saturating_sub(CHANGES_ARE_RECENT).unwrap_or(Timestamp::MIN);
    let sql = "SELECT body FROM intents WHERE tenant = ?1 AND at >= ?2 AND outcome = ?3 ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant, stamp(since), json(&Outcome::NotApplied)?])?;
    let mut unlanded = Vec::new();
    while let Some(row) = rows.next()? {
        unlanded.push(parse(row.get_ref(0)?.as_str().unwrap_or_default(), "intents")?);
    }
    Ok(unlanded)
}

fn one_run(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<Option<Run>, JournalError> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(parameters, |row| Ok(read_run(row))).optional()?;
    found.transpose()
}

fn read_run(row: &Row<'_>) -> Result<Run, JournalError> {
    let result: Option<String> = row.get("result")?;
    let result = result.map(|word| {
        RunResult::parse(&word).ok_or_else(|| JournalError::damaged(format!("runs: unknown result {word:?}")))
    });
    Ok(Run {
        id: RunId(row.get("id")?),
        commit: row.get("commit")?,
        plan: row.get("plan")?,
        began_at: value(row, "began_at")?,
        ended: optional(row, "ended_at")?.zip(result.transpose()?),
    })
}

fn planned(
    connection: &Connection,
    tenant: &str,
) -> Result<(Option<Instance>, Option<Planned>), JournalError> {
    let sql = "SELECT * FROM tenants WHERE name = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([tenant], |row| Ok((instance(row), read_planned(row)))).optional()?;
    let Some((instance, planned)) = found else { return Ok((None, None)) };
    Ok((instance?, planned?))
}

/// The ConnectWise of a row of tenants.
pub(super) fn instance(row: &Row<'_>) -> Result<Option<Instance>, JournalError> {
    let site: Option<Arc<str>> = row.get("site")?;
    let company: Option<Arc<str>> = row.get("company")?;
    Ok(site.zip(company).map(|(site, company)| Instance { site, company }))
}

fn read_planned(row: &Row<'_>) -> Result<Option<Planned>, JournalError> {
    let Some(at) = optional(row, "planned_at")? else { return Ok(None) };
    let summary: String = row.get("planned_summary")?;
    let Figures(summary) = parse(&summary, "tenants")?;
    Ok(Some(Planned { at, commit: row.get("planned_commit")?, digest: row.get("planned_digest")?, summary }))
}
