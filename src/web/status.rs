//! `/status.json`: what the first page says, for programs. Keys are stable; new ones may be added.
//!
//! Times are RFC 3339 in UTC and money is a decimal string, as in the plan document; what is not known is null. Names
//! no company.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::page::shown;
use crate::billing::Money;
use crate::mapping::Mode;
use crate::problem::Code;
use crate::reconciler::standing::{Board, Pass, Planned, SourceStanding, Standing, Suspension, Trouble};

/// Everything.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    /// Always `trueup.status/1`.
    format: &'static str,
    /// The version that runs.
    version: &'static str,
    /// When it was asked.
    at: Timestamp,
    /// The tenants, by name.
    tenants: Vec<TenantStatus>,
}

/// One tenant.
#[derive(Debug, Serialize)]
struct TenantStatus {
    tenant: String,
    /// Which ConnectWise it is.
    instance: String,
    /// `observe` or `apply`.
    mode: Mode,
    health: HealthStatus,
    /// `operator`, `policy`, `read_only`, `uncommitted` or `clock` while nothing is written although the policy would allow it.
    suspended: Option<&'static str>,
    commits: CommitsStatus,
    repository: RepositoryStatus,
    sources: Vec<SourceStatus>,
    plan: Option<PlanStatus>,
    last_pass: Option<PassStatus>,
    /// When each phase last succeeded.
    last_success: BTreeMap<&'static str, Timestamp>,
    trouble: Option<TroubleStatus>,
    in_doubt: usize,
    next_pass_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct HealthStatus {
    /// `good`, `starting`, `attention` or `bad`.
    level: &'static str,
    sentence: String,
}

#[derive(Debug, Serialize)]
struct CommitsStatus {
    seen: Option<String>,
    planned: Option<String>,
    applied: Option<String>,
    refused: Option<String>,
}

#[derive(Debug, Serialize)]
struct RepositoryStatus {
    place: String,
    looked_at: Option<Timestamp>,
    stale: bool,
}

#[derive(Debug, Serialize)]
struct SourceStatus {
    source: String,
    as_of: Option<Timestamp>,
    accounts: usize,
    complete: bool,
}

#[derive(Debug, Serialize)]
struct PlanStatus {
    planned_at: Timestamp,
    digest: String,
    create: usize,
    update: usize,
    hold: usize,
    keep: usize,
    problems: usize,
    notes: usize,
    monthly_delta: Option<Money>,
    held_monthly_delta: Option<Money>,
}

#[derive(Debug, Serialize)]
struct PassStatus {
    number: u64,
    causes: Vec<&'static str>,
    began_at: Timestamp,
    ended_at: Timestamp,
    result: &'static str,
    written: usize,
}

#[derive(Debug, Serialize)]
struct TroubleStatus {
    phase: &'static str,
    code: Option<Code>,
    message: String,
    hint: Option<String>,
    since: Timestamp,
    failures: u32,
}

/// How all tenants stand.
pub(super) fn status(board: &Board, now: Timestamp) -> Status {
    let tenants = board.standings().iter().map(|standing| tenant(standing)).collect();
    Status { format: "trueup.status/1", version: env!("CARGO_PKG_VERSION"), at: now, tenants }
}

fn tenant(standing: &Standing) -> TenantStatus {
    let health = standing.health();
    let commits = &standing.commits;
    let repository = &standing.repository;
    TenantStatus {
        tenant: standing.tenant.to_string(),
        instance: standing.instance.to_string(),
        mode: standing.mode,
        health: HealthStatus { level: health.level.as_str(), sentence: health.sentence },
        suspended: standing.suspension.as_ref().map(suspended),
        commits: CommitsStatus {
            seen: commits.seen.as_ref().map(|seen| seen.commit.to_string()),
            planned: commits.planned.as_ref().map(|planned| planned.commit.to_string()),
            applied: commits.applied.as_ref().map(ToString::to_string),
            refused: commits.refused.as_ref().map(|refused| refused.commit.to_string()),
        },
        repository: RepositoryStatus {
            place: repository.place.to_string(),
            looked_at: repository.looked_at,
            stale: repository.stale,
        },
        sources: standing.sources.iter().map(source).collect(),
        plan: standing.planned.as_deref().map(plan),
        last_pass: standing.last_pass.as_ref().map(pass),
        last_success: standing.last_success.iter().map(|(phase, at)| (phase.as_str(), *at)).collect(),
        trouble: standing.trouble.as_ref().map(trouble),
        in_doubt: standing.in_doubt,
        next_pass_at: standing.next_pass_at,
    }
}

fn suspended(suspension: &Suspension) -> &'static str {
    match suspension {
        Suspension::Operator { .. } => "operator",
        Suspension::Policy => "policy",
        Suspension::ReadOnly => "read_only",
        Suspension::Uncommitted => "uncommitted",
        Suspension::Clock { .. } => "clock",
    }
}

fn source(source: &SourceStanding) -> SourceStatus {
    SourceStatus {
        source: source.source.to_string(),
        as_of: source.as_of,
        accounts: source.accounts,
        complete: source.complete,
    }
}

fn plan(planned: &Planned) -> PlanStatus {
    let summary = &planned.summary;
    PlanStatus {
        planned_at: planned.at,
        digest: planned.digest.to_string(),
        create: summary.create,
        update: summary.update,
        hold: summary.hold,
        keep: summary.keep,
        problems: summary.problems,
        notes: summary.notes,
        monthly_delta: summary.monthly_delta,
        held_monthly_delta: summary.held_monthly_delta,
    }
}

fn pass(pass: &Pass) -> PassStatus {
    PassStatus {
        number: pass.number,
        causes: pass.causes.iter().map(|cause| cause.as_str()).collect(),
        began_at: pass.began_at,
        ended_at: pass.ended_at,
        result: pass.result.as_str(),
        written: pass.written,
    }
}

fn trouble(trouble: &Trouble) -> TroubleStatus {
    TroubleStatus {
        phase: trouble.phase.as_str(),
        code: trouble.code,
        message: shown(&trouble.message),
        hint: trouble.hint.as_deref().map(shown),
        since: trouble.since,
        failures: trouble.failures,
    }
}
