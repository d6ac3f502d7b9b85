//! One tenant: how it does, its plan, its problems, how fresh everything is, and its runs.

use askama::Template;
use jiff::{SignedDuration, Timestamp};

use super::Frame;
use super::freshness::{self, CommitView, Fresh};
use super::overview::{Counts, mode};
use super::plan::{self, PlanView, Wanted};
use super::problems::{self, ProblemsView};
use super::run::{RunView, outcome};
use super::words::{Doing, When, doing, shown, tenant_href};
use crate::journal::Journal;
use crate::plan::words::short_commit;
use crate::reconciler::standing::{Standing, Suspension};
use crate::web::login::Visitor;
use crate::web::routes::Site;

/// As far back as a bill is talked about.
const RUNS_SINCE: SignedDuration = SignedDuration::from_hours(28 * 24);
/// More than these are in `trueup history`.
const RUNS: usize = 50;

/// The page of a tenant.
#[derive(Template)]
#[template(path = "tenant.html", config = "src/web/askama.toml")]
pub(super) struct TenantPage {
    frame: Frame,
    href: String,
    mode: &'static str,
    doing: Doing,
    trouble: Option<TroubleView>,
    suspension: Option<String>,
    counts: Option<Counts>,
    planned: Option<When>,
    plan: Option<PlanView>,
    problems: ProblemsView,
    refused: ProblemsView,
    commits: Vec<CommitView>,
    freshness: Vec<Fresh>,
    last_pass: Option<PassView>,
    next_pass: Option<When>,
    runs: Runs,
}

struct TroubleView {
    code: Option<&'static str>,
    message: String,
    hint: Option<String>,
    since: When,
}

struct PassView {
    number: u64,
    result: &'static str,
    causes: String,
    ended: When,
    written: usize,
}

enum Runs {
    Known(Vec<RunView>),
    Unreadable,
}

pub(super) fn page(site: &Site, visitor: &Visitor, standing: &Standing, wanted: &Wanted) -> TenantPage {
    let now = (site.clock)();
    let planned = standing.planned.as_deref();
    let refused = standing.commits.refused.as_ref();
    TenantPage {
        frame: Frame::new(shown(&standing.tenant), visitor).of(standing),
        href: tenant_href(&standing.tenant),
        mode: mode(standing),
        doing: doing(standing),
        trouble: standing.trouble.as_ref().map(|trouble| TroubleView {
            code: trouble.code.map(|code| code.as_str()),
            message: shown(&trouble.message),
            hint: trouble.hint.as_deref().map(shown),
            since: When::new(trouble.since, now),
        }),
        suspension: standing.suspension.as_ref().map(|suspension| suspended(suspension, now)),
        counts: Counts::of(standing),
        planned: planned.map(|planned| When::new(planned.at, now)),
        plan: planned.map(|planned| plan::view(&planned.plan(), &standing.tenant, wanted)),
        problems: planned.map(|planned| problems::view(&planned.problems)).unwrap_or_default(),
        refused: refused.map(|refused| problems::view(&refused.problems)).unwrap_or_default(),
        commits: freshness::commits(standing, now),
        freshness: freshness::view(standing, now),
        last_pass: standing.last_pass.as_ref().map(|pass| PassView {
            number: pass.number,
            result: super::run::pass_words(pass.result),
            causes: pass.causes.iter().map(|cause| cause.as_str()).collect::<Vec<_>>().join(", "),
            ended: When::new(pass.ended_at, now),
            written: pass.written,
        }),
        next_pass: standing.next_pass_at.map(|at| When::new(at, now)),
        runs: runs(site, standing, now),
    }
}

fn suspended(suspension: &Suspension, now: Timestamp) -> String {
    match suspension {
        Suspension::Operator { since, reason } => {
            let since = When::new(*since, now);
            let reason = if reason.is_empty() { String::new() } else { format!(": {}", shown(reason)) };
            format!("An operator suspended it {}, {}{reason}", since.shown, since.ago)
        }
        Suspension::Policy => "The policy of the mappings says suspend: true".to_owned(),
        Suspension::ReadOnly => "The daemon runs with TRUEUP_READ_ONLY=1".to_owned(),
        Suspension::Uncommitted => "The mappings are no clean commit: commit them".to_owned(),
        Suspension::Clock { ahead } => {
            let minutes = ahead.as_secs().abs() / 60;
            format!("The clock of this machine and that of ConnectWise are {minutes} min apart: set it right")
        }
    }
}

fn runs(site: &Site, standing: &Standing, now: Timestamp) -> Runs {
    let read = || -> Result<Vec<RunView>, crate::journal::JournalError> {
        let Some(reader) = Journal::read(&site.journal)? else { return Ok(Vec::new()) };
        let runs = reader.runs(&standing.tenant, now - RUNS_SINCE, RUNS)?;
        Ok(runs
            .iter()
            .map(|run| RunView {
                href: format!("{}/runs/{}", tenant_href(&standing.tenant), run.id),
                id: run.id.0,
                began: When::new(run.began_at, now),
                commit: shown(short_commit(&run.commit)),
                badge: outcome(run.ended.map(|(_, result)| result)),
            })
            .collect())
    };
    match read() {
        Ok(runs) => Runs::Known(runs),
        Err(error) => {
            tracing::warn!(%error, "The journal cannot be read for the status page");
            Runs::Unreadable
        }
    }
}
