//! The contract with ConnectWise: our description of its API, and the check that holds every exchange against it.

mod comparison;
mod laws;
#[path = "watch.rs"]
mod watch;
