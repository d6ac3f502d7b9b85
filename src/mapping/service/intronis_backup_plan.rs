//! Rows for backup plans: gigabytes by usage value, and every licence type that the level has cross-references for.

use schemars::JsonSchema;
use serde::Deserialize;

use super::MappingRow;
use crate::billing::Quantity;
use crate::mapping::document::{Exact, LineGuardsPart, Name, RoundingPart, WrittenSize};
use crate::mapping::{Expectation, PlanSelector, Policy, Subject, UsageValue};
use crate::problem::Place;

/// A row for one backup plan, or for all of them
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct IntronisRow {
    /// The backup plan, exactly as the vendor names it, or (All plans) for every plan without a row of its own
    plan: Name,
    /// The level that joins this row to cross-references; exact, case-sensitive. It also switches on every licence type
    /// that the level has cross-references for
    level: Name,
    /// Which gigabytes count: total (portal: "Update total usage") or additional (portal: "Update additional usage")
    usage_value: UsageValue,
    /// How gigabytes are rounded
    rounding: Option<RoundingPart>,
    /// What must hold before the gigabytes are written
    expect: Option<ExpectPart>,
    /// sum: several types of this row may add up on one line
    combine: Option<Combine>,
    /// The line guards of this row's lines
    guards: Option<LineGuardsPart>,
}

/// What must hold before the gigabytes are written; what does not hold stops the line
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExpectPart {
    /// The base plan size of the accounts' plan, such as 20 GB
    base_plan_size: Option<WrittenSize>,
    /// Less Included of the addition
    #[schemars(range(min = 0, max = 10_000_000))]
    less_included: Option<Exact>,
}

/// How several types of one row share a line
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Combine {
    /// They add up
    Sum,
}

/// The plan selectors that mean every plan; the portal and its manual differ in the capital.
const ALL_PLANS: [&str; 2] = ["(All plans)", "(All Plans)"];

impl MappingRow for IntronisRow {
    fn level(&self) -> &Name {
        &self.level
    }

    fn subject(&self, policy: &Policy, expect: Place) -> Subject {
        let plan = if ALL_PLANS.contains(&&*self.plan.0) {
            PlanSelector::All
        } else {
            PlanSelector::Named(self.plan.0.clone())
        };
        let expect = self.expect.map_or_else(Expectation::default, |part| Expectation {
            base_plan_size: part.base_plan_size.map(|size| size.size(policy.gigabyte)),
            less_included: part.less_included.map(|exact| Quantity::new(exact.0)),
            place: Some(expect),
        });
        Subject::Plan { plan, usage_value: self.usage_value, expect }
    }

    fn rounding(&self) -> RoundingPart {
        self.rounding.unwrap_or_default()
    }

    fn guards(&self) -> LineGuardsPart {
        self.guards.unwrap_or_default()
    }

    fn combines(&self) -> bool {
        self.combine == Some(Combine::Sum)
    }
}
