//! The services that a mapping row can be about, one file each: what its rows look like and what they select.
//!
//! A new service is its file, one section of the document and one line of `draft.rs`.

mod content_shield_plus_services;
mod essentials_service;
mod intronis_backup_plan;
mod metered;

pub(super) use content_shield_plus_services::ContentShieldRow;
pub(super) use essentials_service::EssentialsRow;
pub(super) use intronis_backup_plan::IntronisRow;
pub(super) use metered::MeteredRow;

use super::document::{LineGuardsPart, Name, RoundingPart};
use super::{Policy, Subject};
use crate::problem::Place;

/// What the rows of all services have in common.
pub(super) trait MappingRow {
    /// The level.
    fn level(&self) -> &Name;

    /// What it selects and how it is counted. `expect` is the place of the key of that name.
    fn subject(&self, policy: &Policy, expect: Place) -> Subject;

    /// Its own rounding.
    fn rounding(&self) -> RoundingPart {
        RoundingPart::default()
    }

    /// Its own line guards.
    fn guards(&self) -> LineGuardsPart;

    /// Whether several types may add up on one line.
    fn combines(&self) -> bool {
        false
    }
}
