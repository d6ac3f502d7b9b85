#![doc = include_str!("ARCHITECTURE.md")]

pub mod problem;
pub mod yaml;

pub mod billing;
pub mod usage;
pub mod mapping;
pub mod desired;
pub mod plan;

pub mod outbound;
pub mod snapshot;
pub mod sources;
pub mod connectwise;
pub mod journal;

pub mod reconciler;

pub mod alerts;

pub mod settings;
pub mod web;
pub mod cli;

pub mod simulator;

// The contract with ConnectWise names this crate as everybody outside does.
#[cfg(test)]
extern crate self as trueup;
#[cfg(test)]
#[path = "../tests/contract/watch.rs"]
mod contract;
