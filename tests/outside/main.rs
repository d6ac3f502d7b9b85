//! What stands outside: certificates and networks that misbehave, and programs of others against the simulator.
//!
//! The programs of others are asked by the scripts beside this file, which `.ci/run` runs; their heads say how.

#[path = "../contract/watch.rs"]
mod contract;

mod command;
mod far_end;
mod handshakes;
mod simulated;
