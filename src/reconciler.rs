//! The engine room: observes, plans, applies, recovers.
//!
//! Joins the hands to the books. Decides the order in which things happen, never what a quantity should be.

mod apply;
mod carry_out;
mod choice;
pub mod daemon;
mod mappings;
mod observe;
mod preflight;
mod queue;
mod record;
mod recover;
mod shared;
pub mod standing;
mod stop;
mod tenant;

pub use apply::{Applied, ApplyError, Halt, LineResult, Outcome};
pub use carry_out::{CarriedOut, Means, Told, carry_out};
pub use choice::{Choice, NothingHolds, StaleLine};
pub use mappings::{InvalidMappings, Mappings, MappingsError, Revision, read_mappings};
pub use observe::{Local, LocalError, Observation, observe, read_local};
pub use preflight::{Preflight, needs};
pub use queue::Queue;
pub use recover::{Recovered, recover};
pub use shared::SharedJournal;
pub use stop::Stop;
pub use tenant::{Repository, Tenant};
