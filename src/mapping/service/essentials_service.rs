//! Rows for seats of Essentials: one option, counted as used or bought.

use schemars::JsonSchema;
use serde::Deserialize;

use super::MappingRow;
use crate::mapping::document::{LineGuardsPart, Name};
use crate::mapping::{Policy, SeatCount, Service, Subject};
use crate::problem::Place;

/// A row for one option of Essentials
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct EssentialsRow {
    /// The option bought, exactly as the vendor names it
    option: Name,
    /// Which purchase, when the option was bought more than once; without it the row takes purchases without one
    unique_id: Option<Name>,
    /// The level that joins this row to a cross-reference; exact, case-sensitive
    level: Name,
    /// The type in the cross-reference table. The vendor publishes none for seats, so name yours, such as EssentialsSeats
    #[serde(rename = "type")]
    vendor_type: Name,
    /// Which seats count. Default: used
    #[schemars(extend("default" = "used"))]
    count: Option<SeatCount>,
    /// The line guards of this row's lines
    guards: Option<LineGuardsPart>,
}

impl MappingRow for EssentialsRow {
    fn level(&self) -> &Name {
        &self.level
    }

    fn subject(&self, _: &Policy, _: Place) -> Subject {
        Subject::Seats {
            service: Service::EssentialsService,
            option: self.option.0.clone(),
            unique_id: self.unique_id.as_ref().map(|name| name.0.clone()),
            vendor_type: self.vendor_type.0.clone(),
            count: self.count.unwrap_or_default(),
        }
    }

    fn guards(&self) -> LineGuardsPart {
        self.guards.unwrap_or_default()
    }
}
