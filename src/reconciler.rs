//! The engine room: observes, plans, applies, recovers.
//!
//! Joins the hands to the books. Decides the order in which things happen, never what a quantity should be.

mod apply;
mod mappings;
mod observe;
mod queue;
mod recover;
pub mod standing;
mod stop;
mod tenant;

pub use apply::{Applied, ApplyError, Halt, LineResult, Outcome, Run, Validity, apply};
pub use mappings::{InvalidMappings, Mappings, MappingsError, Revision, read_mappings};
pub use observe::{Local, LocalError, Observation, observe, read_local};
pub use queue::Queue;
pub use recover::{Recovered, recover};
pub use stop::Stop;
pub use tenant::{Repository, Tenant};
