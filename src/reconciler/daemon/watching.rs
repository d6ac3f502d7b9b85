//! What of a tenant is watched, so that a change is noticed at once and not by the next poll.

use tracing::warn;

use super::Charge;
use crate::snapshot::{Watch, Watched};
use crate::sources::Source;

/// Watches the mappings and the usage files of a tenant. What cannot be watched is told, and polled all the same.
pub(super) fn watch(charge: &Charge) -> Watch {
    let repository = &charge.tenant.repository;
    let mut watched = Vec::new();
    if repository.remote.is_none() {
        watched.push(Watched::Folder(repository.path.join(&repository.folder)));
        watched.push(Watched::Branches(repository.path.clone()));
    }
    for source in charge.tenant.sources.values() {
        let (path, seats) = match source {
            Source::Csv { path, seats, metrics: _ } => (path, seats.as_ref()),
            Source::Json { path } => (path, None),
        };
        watched.extend([Some(path), seats].into_iter().flatten().cloned().map(Watched::File));
    }
    let (watch, not_watched) = Watch::start(&watched, &charge.own_files);
    for failure in not_watched {
        warn!(tenant = %charge.tenant.name, %failure, "changes are noticed only by polling");
    }
    watch
}
