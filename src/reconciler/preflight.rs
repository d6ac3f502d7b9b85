//! Before the first write of a run: what the members may do, by ConnectWise's own word.
//!
//! Decides what is tried. A right that every write takes and that is missing stops the run before it begins, one that only
//! creates take stops those; any other that is missing, or too much, is told and stops nothing; where ConnectWise does not
//! say, the first write itself will tell.

use super::apply::Halt;
use super::stop::Stop;
use crate::connectwise::{ConnectWise, Finding, LineWrites, Needs, Purpose, Rights, RightsError, TicketUse};
use crate::mapping::{Catalog, MissingAddition};

/// What is known of the members' rights before a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preflight {
    /// Nothing was asked: nothing is to be written, or a stop was requested.
    Skipped,
    /// What the members may do.
    Asked {
        /// The rights that are not as they should be.
        rights: Rights,
        /// What the run would write.
        writes: LineWrites,
    },
    /// ConnectWise refused the keys themselves.
    KeysRefused(RightsError),
    /// ConnectWise does not say.
    Unreadable(RightsError),
}

impl Preflight {
    /// Why nothing is tried, if so.
    pub(super) fn halt(&self) -> Option<Halt> {
        match self {
            Self::Asked { rights, writes: _ } => {
                rights.barring(LineWrites::Quantities).next().map(|_| Halt::RightsMissing)
            }
            Self::KeysRefused(_) => Some(Halt::CredentialRefused),
            Self::Skipped | Self::Unreadable(_) => None,
        }
    }

    /// The right without which the run creates no line, if one is missing.
    pub(super) fn barring_creates(&self) -> Option<&Finding> {
        match self {
            Self::Asked { rights, writes } => {
                rights.barring(*writes).find(|finding| finding.purpose == Purpose::Creating)
            }
            Self::KeysRefused(_) | Self::Skipped | Self::Unreadable(_) => None,
        }
    }

    /// Why no line is created, if so. The others are written all the same.
    pub(super) fn halt_creates(&self) -> Option<Halt> {
        self.barring_creates().map(|_| Halt::RightsMissing)
    }
}

/// What mappings need the members for.
#[must_use]
pub fn needs(catalog: &Catalog, tickets: TicketUse) -> Needs {
    let lines = match catalog.policy.missing_addition {
        MissingAddition::Hold => LineWrites::Quantities,
        MissingAddition::Create => LineWrites::QuantitiesAndCreates,
    };
    Needs { lines, tickets }
}

/// Asks what the members may do. A clean answer is asked for again before each run: a role can change at any time.
/// `writes` is what this run would write; what the mappings may ever need is in `needs`.
pub(super) async fn preflight(
    connectwise: &ConnectWise,
    needs: Needs,
    writes: LineWrites,
    stop: &Stop,
) -> Preflight {
    let asked = tokio::select! {
        asked = connectwise.rights(needs) => asked,
        () = stop.wait() => return Preflight::Skipped,
    };
    match asked {
        Ok(rights) => Preflight::Asked { rights, writes },
        Err(error) if error.refuses_keys() => Preflight::KeysRefused(error),
        Err(error) => Preflight::Unreadable(error),
    }
}
