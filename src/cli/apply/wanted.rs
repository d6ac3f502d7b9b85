//! An approved plan document: whole, of this tenant, and not too old.

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::super::session::Session;
use super::super::{Exit, Failure};
use crate::plan::{MAX_PLAN_BYTES, PlanFile};
use crate::reconciler::{NothingHolds, StaleLine};

/// A plan document is good for so long: by then usage has moved on.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// An approved plan document.
pub(super) struct Wanted {
    pub(super) file: PlanFile,
}

impl Wanted {
    /// Reads a plan document and checks that it is whole, of this tenant, and not too old.
    pub(super) fn read(path: &Path, session: &Session, now: Timestamp) -> Result<Self, Failure> {
        let unreadable = |error: &std::io::Error| {
            Failure::caused(Exit::Invalid, format!("Cannot read {}", path.display()), error)
        };
        if fs::metadata(path).map_err(|error| unreadable(&error))?.len() > MAX_PLAN_BYTES as u64 {
            return Err(Failure::new(Exit::Invalid, format!("{} is too large for a plan", path.display())));
        }
        let text = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
        let file = PlanFile::parse(&text)?;
        if *file.tenant != *session.tenant.name {
            let message = format!("The plan is of tenant {}, not of {}", file.tenant, session.tenant.name);
            return Err(Failure::new(Exit::PlanDoesNotFit, message));
        }
        let age = now.duration_since(file.planned_at);
        if age > GOOD_FOR || age < -GOOD_FOR {
            let message = format!("The plan is of {}, and good for 24 hours", file.planned_at);
            return Err(
                Failure::new(Exit::PlanDoesNotFit, message).with_hint("Plan again, and review what changed")
            );
        }
        Ok(Self { file })
    }

    /// From when on it is too old.
    pub(super) fn until(&self) -> Timestamp {
        good_until(self.file.planned_at)
    }
}

/// From when on a plan of that time is too old.
pub(super) fn good_until(planned_at: Timestamp) -> Timestamp {
    planned_at.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX)
}

impl From<NothingHolds> for Failure {
    fn from(NothingHolds(StaleLine { name, why }): NothingHolds) -> Self {
        Self::new(Exit::PlanDoesNotFit, "None of the plan's changes holds any more")
            .with_hint(format!("Plan again, and review what changed; first: {name}: {why}"))
    }
}
