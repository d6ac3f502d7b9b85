//! Rows for any metric of any source.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::MappingRow;
use crate::billing::SizeUnit;
use crate::mapping::document::{Exact, LineGuardsPart, Name, RoundingPart};
use crate::mapping::{Policy, Subject};
use crate::problem::Place;

/// A row for one metric
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct MeteredRow {
    /// The metric, exactly as its source names it
    metric: Name,
    /// The type in the cross-reference table
    #[serde(rename = "type")]
    vendor_type: Name,
    /// The level that joins this row to a cross-reference; exact, case-sensitive
    level: Name,
    /// The unit to count in, for metrics that are bytes; leave it out for counts
    unit: Option<SizeUnit>,
    /// How much is free, in that unit. Default: 0
    #[schemars(range(min = 0, max = 1_000_000_000))]
    #[schemars(extend("default" = 0))]
    included: Option<Exact>,
    /// How amounts are rounded; counts never are
    rounding: Option<RoundingPart>,
    /// The line guards of this row's lines
    guards: Option<LineGuardsPart>,
}

impl MappingRow for MeteredRow {
    fn level(&self) -> &Name {
        &self.level
    }

    fn subject(&self, _: &Policy, _: Place) -> Subject {
        Subject::Metered {
            metric: self.metric.0.clone(),
            vendor_type: self.vendor_type.0.clone(),
            unit: self.unit,
            included: self.included.map_or(Decimal::ZERO, |exact| exact.0.normalize()),
        }
    }

    fn rounding(&self) -> RoundingPart {
        self.rounding.unwrap_or_default()
    }

    fn guards(&self) -> LineGuardsPart {
        self.guards.unwrap_or_default()
    }
}
