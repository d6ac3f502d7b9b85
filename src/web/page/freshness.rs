//! How old everything is: the commits, the repository, the usage sources, and each step of a pass.

use jiff::Timestamp;

use super::words::{Badge, When, shown};
use crate::plan::words::{counted, short_commit};
use crate::reconciler::standing::{Phase, SourceStanding, Standing};

/// One row: what, since when, and how it is.
pub(super) struct Fresh {
    pub(super) what: String,
    pub(super) detail: String,
    pub(super) when: Option<When>,
    pub(super) badge: Badge,
}

const FINE: Badge = Badge::new("✓", "fine", "good");
const NEVER: Badge = Badge::new("…", "not yet", "calm");

/// The repository, the sources, and the phases.
pub(super) fn view(standing: &Standing, now: Timestamp) -> Vec<Fresh> {
    let mut rows = vec![repository(standing, now)];
    rows.extend(standing.sources.iter().map(|source| usage(source, now)));
    rows.extend(Phase::ALL.into_iter().map(|phase| step(standing, phase, now)));
    rows
}

fn repository(standing: &Standing, now: Timestamp) -> Fresh {
    let repository = &standing.repository;
    let badge = match (repository.stale, repository.looked_at) {
        (true, _) => Badge::new("✕", "stale: nothing is written", "bad"),
        (false, None) => NEVER,
        (false, Some(_)) => FINE,
    };
    Fresh {
        what: "Mapping repository".to_owned(),
        detail: shown(&repository.place),
        when: repository.looked_at.map(|at| When::new(at, now)),
        badge,
    }
}

fn usage(source: &SourceStanding, now: Timestamp) -> Fresh {
    let badge = match (source.as_of, source.complete) {
        (None, _) => Badge::new("✕", "cannot be read", "bad"),
        (Some(_), false) => Badge::new("!", "incomplete", "warn"),
        (Some(_), true) => FINE,
    };
    Fresh {
        what: format!("Usage of {}", shown(&source.source)),
        detail: counted(source.accounts, "account", "accounts"),
        when: source.as_of.map(|as_of| When::new(as_of, now)),
        badge,
    }
}

fn step(standing: &Standing, phase: Phase, now: Timestamp) -> Fresh {
    let what = match phase {
        Phase::Fetch => "Looked for commits",
        Phase::Mappings => "Read the mappings",
        Phase::Usage => "Read usage",
        Phase::Read => "Read ConnectWise",
        Phase::Plan => "Drew the plan",
        Phase::Apply => "Wrote the changes",
    };
    let when = standing.last_success.get(&phase);
    let fails = standing.trouble.as_ref().is_some_and(|trouble| trouble.phase == phase);
    let badge = match (fails, when) {
        (true, _) => Badge::new("✕", "fails", "bad"),
        (false, None) => NEVER,
        (false, Some(_)) => FINE,
    };
    Fresh { what: what.to_owned(), detail: String::new(), when: when.map(|at| When::new(*at, now)), badge }
}

/// One commit that a tenant is about.
pub(super) struct CommitView {
    pub(super) stage: &'static str,
    pub(super) commit: Option<String>,
    pub(super) when: Option<When>,
    pub(super) badge: Option<Badge>,
}

/// The commits: seen, planned, applied, and refused where one is.
pub(super) fn commits(standing: &Standing, now: Timestamp) -> Vec<CommitView> {
    let commits = &standing.commits;
    let short = |commit: &str| shown(short_commit(commit));
    let marked = |stage, marked: Option<&crate::reconciler::standing::Marked>| CommitView {
        stage,
        commit: marked.map(|marked| short(&marked.commit)),
        when: marked.map(|marked| When::new(marked.at, now)),
        badge: None,
    };
    let mut rows = vec![marked("Seen", commits.seen.as_ref()), marked("Planned", commits.planned.as_ref())];
    rows.push(CommitView {
        stage: "Applied",
        commit: commits.applied.as_deref().map(short),
        when: None,
        badge: None,
    });
    if let Some(refused) = &commits.refused {
        rows.push(CommitView {
            stage: "Refused",
            commit: Some(short(&refused.commit)),
            when: Some(When::new(refused.since, now)),
            badge: Some(Badge::new("✕", "not used: the one before stays in force", "bad")),
        });
    }
    rows
}
