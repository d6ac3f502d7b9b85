//! Reads what lies on this machine, and decides which mappings are in force: the newest that are valid.
//!
//! A commit with anything invalid is refused whole, and the one before stays; a repository that cannot be read leaves in
//! force what was. Both are told, since the bills then follow mappings that somebody meant to change.

use std::sync::Arc;

use jiff::Timestamp;

use crate::plan::History;
use crate::problem::{Code, Problem};
use crate::reconciler::observe::read_usage;
use crate::reconciler::{
    InvalidMappings, Local, LocalError, Mappings, MappingsError, Revision, Tenant, read_mappings,
};
use crate::snapshot::SnapshotError;

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
        Err(MappingsError::Invalid(invalid)) => match before(tenant, in_force, last_applied, now) {
            Some(mappings) => (mappings, Some(refusal(invalid)), None),
            None => return Err(MappingsError::Invalid(invalid).into()),
        },
        Err(MappingsError::Unsigned { commit, problems }) => {
            match before(tenant, in_force, last_applied, now) {
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

/// The mappings that stay in force: those of the pass before, or after a start those that were applied last.
fn before(
    tenant: &Tenant,
    in_force: Option<&Arc<Mappings>>,
    last_applied: Option<&str>,
    now: Timestamp,
) -> Option<Mappings> {
    if let Some(mappings) = in_force {
        return Some(Mappings::clone(mappings));
    }
    let commit = Revision::Commit(last_applied?.to_owned());
    read_mappings(&tenant.repository, &commit, last_applied, now).ok()
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
