//! The policy as written. What is left out takes the default; `trueup schema --defaults policy` writes them all out.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Clock, Exact, Name};
use crate::billing::{Gigabyte, RoundingMode};
use crate::mapping::{HandEdit, MissingAddition, Mode, StatusPolicy, Undesired};

/// How the tenant wants to be reconciled
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct PolicySection {
    /// Whether `trueup run` writes. Default: observe
    #[schemars(extend("default" = "observe"))]
    pub(in crate::mapping) mode: Option<Mode>,
    /// Whether nothing is written for now, neither by the daemon nor by `trueup apply`; planning goes on. Default: false
    #[schemars(extend("default" = false))]
    pub(in crate::mapping) suspend: Option<bool>,
    /// What becomes of a quantity whose product is not on the agreement. Default: hold
    #[schemars(extend("default" = "hold"))]
    pub(in crate::mapping) missing_addition: Option<MissingAddition>,
    /// What becomes of a line that no account wants any more. Default: zero
    #[schemars(extend("default" = "zero"))]
    pub(in crate::mapping) undesired: Option<Undesired>,
    /// What becomes of a quantity that somebody changed by hand. Default: hold
    #[schemars(extend("default" = "hold"))]
    pub(in crate::mapping) hand_edit: Option<HandEdit>,
    /// What the account statuses mean for the bill
    pub(in crate::mapping) statuses: Option<Statuses>,
    /// How accounts find their company
    pub(in crate::mapping) link: Option<LinkSection>,
    /// How many bytes a gigabyte has: 2^30 (binary) or 10^9 (decimal). Default: binary
    #[schemars(extend("default" = "binary"))]
    pub(in crate::mapping) gigabyte: Option<Gigabyte>,
    /// The rounding of rows that name none. Default: nearest, 2 decimals
    #[schemars(extend("default" = { "mode": "nearest", "decimals": 2 }))]
    pub(in crate::mapping) rounding: Option<RoundingPart>,
    /// The limits that turn changes into holds
    pub(in crate::mapping) guards: Option<GuardsSection>,
    /// Windows in which writes wait
    #[serde(default)]
    #[schemars(extend("default" = []))]
    pub(in crate::mapping) freeze: Vec<FreezeEntry>,
}

/// What the account statuses mean for the bill
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
pub(in crate::mapping) struct Statuses {
    /// In use. Default: bill
    #[schemars(extend("default" = "bill"))]
    pub(in crate::mapping) active: Option<StatusPolicy>,
    /// On trial. Default: skip
    #[schemars(extend("default" = "skip"))]
    pub(in crate::mapping) test: Option<StatusPolicy>,
    /// Kept, but no longer backed up. Default: bill
    #[schemars(extend("default" = "bill"))]
    pub(in crate::mapping) frozen: Option<StatusPolicy>,
    /// Ended. Default: zero
    #[schemars(extend("default" = "zero"))]
    pub(in crate::mapping) canceled: Option<StatusPolicy>,
}

/// How accounts find their company without an explicit link
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct LinkSection {
    /// The caption of the company's custom field that holds the account's username; false switches it off. Default:
    /// echo_username
    #[schemars(extend("default" = "echo_username"))]
    pub(in crate::mapping) custom_field: Option<CustomField>,
    /// Whether an account also belongs to the company whose Company ID equals its username. Default: true
    #[schemars(extend("default" = true))]
    pub(in crate::mapping) company_identifier: Option<bool>,
}

/// A caption, or `false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mapping) enum CustomField {
    Off,
    Caption(Name),
}

/// How an amount between two steps is rounded; a part left out takes the policy's
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct RoundingPart {
    /// Which way
    pub(in crate::mapping) mode: Option<RoundingMode>,
    /// How many decimals stay
    #[schemars(range(min = 0, max = 4))]
    pub(in crate::mapping) decimals: Option<u32>,
}

/// The limits that turn changes into holds; a part left out takes the default
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct GuardsSection {
    /// How much a quantity may change. Default: 2, 20 percent down; 5, 50 percent up
    #[schemars(extend("default" = {
        "decrease": { "floor": 2, "percent": 20 },
        "increase": { "floor": 5, "percent": 50 }
    }))]
    pub(in crate::mapping) line_change: Option<ChangePart>,
    /// How much a line's monthly money may change. Default: 100, 30 percent
    #[schemars(extend("default" = { "floor": 100, "percent": 30 }))]
    pub(in crate::mapping) line_money: Option<LimitPart>,
    /// How many lines may move much in one run. Default: 10, 15 percent
    #[schemars(extend("default" = { "floor": 10, "percent": 15 }))]
    pub(in crate::mapping) run_lines: Option<LimitPart>,
    /// How much money may move in one run. Default: 250, 5 percent
    #[schemars(extend("default" = { "floor": 250, "percent": 5 }))]
    pub(in crate::mapping) run_money: Option<LimitPart>,
    /// How old usage may be
    pub(in crate::mapping) usage_stale: Option<StalePart>,
    /// How many accounts may be missing from usage
    pub(in crate::mapping) usage_incomplete: Option<IncompletePart>,
}

/// The limits of the lines of one row; a part left out takes the policy's
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct LineGuardsPart {
    /// How much a quantity may change
    pub(in crate::mapping) line_change: Option<ChangePart>,
    /// How much a line's monthly money may change
    pub(in crate::mapping) line_money: Option<LimitPart>,
}

/// How much a quantity may change
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct ChangePart {
    /// Downwards
    pub(in crate::mapping) decrease: Option<LimitPart>,
    /// Upwards, from above 0
    pub(in crate::mapping) increase: Option<LimitPart>,
}

/// A limit: the larger of a floor and a share of the value before
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct LimitPart {
    /// What is always allowed
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub(in crate::mapping) floor: Option<Exact>,
    /// The share of the value before, in percent
    #[schemars(range(min = 0, max = 1000))]
    pub(in crate::mapping) percent: Option<Exact>,
}

/// How old usage may be
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct StalePart {
    /// In hours. Default: 36
    #[schemars(range(min = 1, max = 8784))]
    #[schemars(extend("default" = 36))]
    pub(in crate::mapping) hours: Option<u32>,
}

/// How many accounts may be missing: both must be met before usage counts as incomplete
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct IncompletePart {
    /// Fewer than this percentage of the usual number. Default: 95
    #[schemars(range(min = 0, max = 100))]
    #[schemars(extend("default" = 95))]
    pub(in crate::mapping) percent: Option<Exact>,
    /// At least so many fewer. Default: 3
    #[schemars(range(min = 0, max = 1_000_000))]
    #[schemars(extend("default" = 3))]
    pub(in crate::mapping) accounts: Option<u32>,
}

/// A window in which writes wait
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mapping) struct FreezeEntry {
    /// The days of the month, 1 to 31
    #[schemars(length(min = 1), inner(range(min = 1, max = 31)))]
    pub(in crate::mapping) days_of_month: Vec<i8>,
    /// From this time, such as "00:00"
    pub(in crate::mapping) from: Clock,
    /// To this time, which is no longer in the window; "24:00" for the end of the day
    pub(in crate::mapping) to: Clock,
    /// The time zone, by its IANA name, such as America/New_York
    pub(in crate::mapping) timezone: Name,
}

impl<'de> Deserialize<'de> for CustomField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldVisitor;

        impl Visitor<'_> for FieldVisitor {
            type Value = CustomField;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a caption, or false")
            }

            fn visit_bool<E: Error>(self, on: bool) -> Result<CustomField, E> {
                if on { Err(E::custom("write the caption, or false")) } else { Ok(CustomField::Off) }
            }

            fn visit_str<E: Error>(self, caption: &str) -> Result<CustomField, E> {
                Ok(CustomField::Caption(Name(caption.into())))
            }
        }

        deserializer.deserialize_any(FieldVisitor)
    }
}

impl JsonSchema for CustomField {
    fn schema_name() -> Cow<'static, str> {
        "CustomField".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string", "minLength": 1 }, { "type": "boolean", "const": false }] })
    }
}
