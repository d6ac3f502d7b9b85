//! Reads what lies on this machine, and decides which mappings are in force: the newest that are valid.
//!
//! A commit with anything invalid is refused whole, and the one before stays; a repository that cannot be read leaves in
//! force what was. Both are told, since the bills then follow mappings that somebody meant to change.

use std::sync::Arc;

use jiff::Timestamp;

use super::writing::is_committed;
use crate::plan::{Ancestry, History};
use crate::problem::{Code, Problem};
use crate::reconciler::observe::read_usage;
use crate::reconciler::{
    InvalidMappings, Local, LocalError, Mappings, MappingsError, Repository, Revision, Tenant, read_mappings,
};
use crate::snapshot::{MappingRepository, SnapshotError};

/// What lies on this machine.
pub(super) struct Reading {
    pub(super) local: Local,
    /// The mappings that are not used, where the newest are not.
    pub(super) refused: Option<Refusal>,
    /// Why the repository could not be read, where it could not.
    pub(super) unreachable: Option<SnapshotError>,
}

/// Mappings that are not used, and everything that is wrong with them.
pub(super) struct Refusal {
    pub(super) commit: String,
    pub(super) problems: Vec<Problem>,
}

/// Reads mappings and usage. `in_force` are the mappings of the pass before.
pub(super) fn read(
    tenant: &Tenant,
    in_force: Option<&Arc<Mappings>>,
    history: History,
    now: Timestamp,
) -> Result<Reading, LocalError> {
    let last_applied = history.last_applied_commit.as_deref();
    let newest = read_mappings(&tenant.repository, &Revision::WorkingDirectory, last_applied, now);
    let (mappings, refused, unreachable) = match newest {
        Ok(mappings) => {
            let refused = shrunk(&mappings);
            (mappings, refused, None)
        }
        Err(MappingsError::Invalid(invalid)) => {
            match before(tenant, &invalid.files.commit.to_string(), in_force, last_applied, now) {
                Some(mappings) => (mappings, Some(refusal(invalid)), None),
                None => return Err(MappingsError::Invalid(invalid).into()),
            }
        }
        Err(MappingsError::Unsigned { commit, problems }) => {
            match before(tenant, &commit, in_force, last_applied, now) {
                Some(mappings) => (mappings, Some(Refusal { commit: commit.to_string(), problems }), None),
                None => return Err(MappingsError::Unsigned { commit, problems }.into()),
            }
        }
        Err(MappingsError::Snapshot(error)) => match in_force {
            Some(mappings) => (Mappings::clone(mappings), None, Some(error)),
            None => return Err(MappingsError::Snapshot(error).into()),
        },
    };
    let usage = read_usage(tenant, &history)?;
    Ok(Reading { local: Local { mappings, base: None, usage, history }, refused, unreachable })
}

/// The mappings that stay in force: those of the pass before, or else those that were applied last.
///
/// A commit stays only as long as it could come into force now: it is read again, so that a key which was revoked counts
/// no more, and it must be part of what the refused one was built on, so that a commit which was withdrawn does not stay.
/// The one that was applied last cannot be taken back so; where it was withdrawn, the broken history holds every line.
fn before(
    tenant: &Tenant,
    refused: &str,
    in_force: Option<&Arc<Mappings>>,
    last_applied: Option<&str>,
    now: Timestamp,
) -> Option<Mappings> {
    let again = |commit: &str| {
        let revision = Revision::Commit(commit.to_owned());
        read_mappings(&tenant.repository, &revision, last_applied, now).ok()
    };
    let stays = match in_force {
        // Nothing is ever written by these.
        Some(mappings) if !is_committed(&mappings.commit) => Some(Mappings::clone(mappings)),
        Some(mappings) if *mappings.commit != *refused && is_part(tenant, refused, &mappings.commit) => {
            again(&mappings.commit)
        }
        Some(_) | None => None,
    };
    stays.or_else(|| {
        let last_applied = last_applied?;
        let mappings = again(last_applied)?;
        let ancestry = match mappings.ancestry {
            Ancestry::Descends if !is_part(tenant, refused, last_applied) => {
                Ancestry::Broken { last_applied: last_applied.into() }
            }
            ancestry => ancestry,
        };
        Some(Mappings { ancestry, ..mappings })
    })
}

/// Whether a commit is the tip or one before it. What cannot be found out is no.
fn is_part(tenant: &Tenant, tip: &str, commit: &str) -> bool {
    let tip = tip.strip_suffix("+changes").unwrap_or(tip);
    let Repository { path, folder, .. } = &tenant.repository;
    MappingRepository::open(path, folder)
        .and_then(|repository| repository.is_descendant(&repository.resolve(tip)?, commit))
        .unwrap_or(false)
}

fn refusal(invalid: InvalidMappings) -> Refusal {
    Refusal { commit: invalid.files.commit.to_string(), problems: invalid.problems }
}

/// A commit that too many rows are missing from is refused too, where it was read.
fn shrunk(mappings: &Mappings) -> Option<Refusal> {
    let commit = mappings.refused.clone()?;
    let problems =
        mappings.problems.iter().filter(|problem| problem.code == Code::ConfigShrink).cloned().collect();
    Some(Refusal { commit, problems })
}
