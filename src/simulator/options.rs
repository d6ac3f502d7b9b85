//! The login of the simulated company, and the switches for what nobody knows of the real server.
//!
//! Each switch stands for something that public material leaves open or contradicts itself on. The defaults are the
//! likelier answer; a client should hold under all of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::custom_fields::OmittedCustomFields;

/// The vendor recommends 2,000 characters and points what is longer than this to a search that only tickets have.
const LONGEST_ADDRESS: usize = 10_000;

/// Nothing is documented; public code sends this many, so a client that sends more has no witness.
const MOST_REQUESTS_OF_A_BUNDLE: usize = 50;

/// What a client needs to log in, members' keys apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Login {
    /// The company id of the login, case-sensitive.
    pub company: String,
    /// The company's name.
    pub company_name: String,
    /// The only client id that is served. Without one, any will do, but there must be one.
    pub client_id: Option<String>,
    /// The release, as in `2026.4`; the code base is `v2026_4/`.
    pub release: String,
}

impl Default for Login {
    fn default() -> Self {
        Self {
            company: "msp".to_owned(),
            company_name: "Sample MSP".to_owned(),
            client_id: None,
            release: "2026.4".to_owned(),
        }
    }
}

impl Login {
    /// The path segment of the current release.
    pub(super) fn code_base(&self) -> String {
        format!("v{}", self.release.replace('.', "_"))
    }
}

/// Declares a switch: an enum whose first variant is the default.
macro_rules! switch {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$other_doc:meta])* $other:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub enum $name { $(#[$first_doc])* #[default] $first, $($(#[$other_doc])* $other),+ }
    };
}

switch! {
    /// What a request that breaks an open rule meets.
    Tolerance {
        /// It is accepted.
        Accepted,
        /// It is refused with 400.
        Refused,
    }
}
switch! {
    /// How texts are compared: in filters and orders, and where an identifier or name means a record or is taken already.
    Comparison {
        /// Upper and lower case are the same.
        Insensitive,
        /// They differ.
        Sensitive,
    }
}
impl Comparison {
    /// A text as it is compared.
    pub(super) fn folded(self, text: &str) -> String {
        match self {
            Self::Insensitive => text.to_lowercase(),
            Self::Sensitive => text.to_owned(),
        }
    }

    /// Whether two texts are the same.
    pub(super) fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Insensitive if one.is_ascii() && other.is_ascii() => one.eq_ignore_ascii_case(other),
            Self::Insensitive | Self::Sensitive => self.folded(one) == self.folded(other),
        }
    }
}

switch! {
    /// How a quote inside a quoted text is written in filters.
    QuoteEscape {
        /// Not at all.
        None,
        /// Twice.
        Doubled,
        /// After a backslash.
        Backslash,
    }
}
switch! {
    /// What `_` means in a `like` pattern.
    Underscore {
        /// Any one letter, as in SQL.
        Wildcard,
        /// Itself.
        Literal,
    }
}
switch! {
    /// What `agreementStatus` says on an addition.
    AdditionStatus {
        /// What the line's own dates say.
        OwnDates,
        /// The status of its agreement.
        Agreement,
    }
}
switch! {
    /// The order of a list that asks for none.
    DefaultOrder {
        /// By id.
        Id,
        /// By id, the greatest first.
        IdDescending,
    }
}
switch! {
    /// Who may read setup tables: agreement types and integrations.
    SetupTables {
        /// Every member.
        Open,
        /// Members whose role may inquire Table Setup.
        ByRole,
    }
}
switch! {
    /// How `IsCloud` is written in the company information.
    IsCloud {
        /// The text `True`.
        Text,
        /// A boolean.
        Boolean,
    }
}

switch! {
    /// What becomes of a date that is sent as midnight, UTC.
    Midnight {
        /// It is kept as it is sent, and compared with the time in UTC.
        AsSent,
        /// The server keeps the day that it then is in its own time zone, and compares it with the time there.
        ServerDay,
    }
}
switch! {
    /// Which callbacks a change of an addition fires.
    AdditionCallbacks {
        /// None: only a change of the agreement itself fires the agreement's.
        Silent,
        /// The agreement's, as if the agreement had been updated.
        Agreement,
    }
}
switch! {
    /// Whether a save that changed nothing fires callbacks.
    UnchangedSave {
        /// It does, as every save.
        Fires,
        /// It is silent.
        Silent,
    }
}
switch! {
    /// Whether what is marked as required on updates is demanded.
    RequiredOnUpdates {
        /// A PUT or PATCH whose result lacks one is refused.
        Enforced,
        /// The mark says nothing to the API.
        Ignored,
    }
}

/// The time zone of the server. It has no summer time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ServerTimeZone {
    /// Its name, as `/system/info` says it.
    pub name: String,
    /// How far its clock is before UTC; negative in the west.
    pub offset_minutes: i32,
}

impl Default for ServerTimeZone {
    fn default() -> Self {
        Self { name: "Eastern Standard Time".to_owned(), offset_minutes: -5 * 60 }
    }
}

/// The switches for what is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// The status for a missing client id: 401 or 400.
    pub missing_client_id: u16,
    /// The status for an unknown company in the login: 401 or 404.
    pub bad_company: u16,
    /// The status for wrong keys: 401 or 404.
    pub bad_keys: u16,
    /// How `IsCloud` is written.
    pub is_cloud: IsCloud,
    /// How many decimals a stored quantity keeps; all of them where this is absent.
    pub quantity_decimals: Option<u32>,
    /// Whether a quantity may be below zero.
    pub negative_quantity: Tolerance,
    /// Whether a quantity may be zero.
    pub zero_quantity: Tolerance,
    /// Whether the quantity of a cancelled line, or of a line of a cancelled or expired agreement, may change.
    pub ended_line_quantity: Tolerance,
    /// Whether the quantity of a line may change after the period that runs has been invoiced. Where it may, the change
    /// reaches the next invoice.
    pub invoiced_line_quantity: Tolerance,
    /// Whether agreements that change need what is marked as required on updates.
    pub required_on_updates: RequiredOnUpdates,
    /// How texts are compared: in filters and orders, and where an identifier or name means a record or is taken already.
    pub string_comparison: Comparison,
    /// How a quote inside a quoted text is written in filters.
    pub quote_escape: QuoteEscape,
    /// What `_` means in a `like` pattern.
    pub like_underscore: Underscore,
    /// Whether agreements can be filtered by `type/name`.
    pub agreement_type_name: Tolerance,
    /// What `agreementStatus` says on an addition.
    pub addition_status: AdditionStatus,
    /// What becomes of custom fields that a sent list leaves out.
    pub omitted_custom_fields: OmittedCustomFields,
    /// The order of a list that asks for none.
    pub default_order: DefaultOrder,
    /// How many requests a bundle may hold; any number where this is null. Each of them answers a page, of at most 1,000
    /// records as every page.
    pub bundle_limit: Option<usize>,
    /// Who may read setup tables.
    pub setup_tables: SetupTables,
    /// Which callbacks a change of an addition fires.
    pub addition_callbacks: AdditionCallbacks,
    /// Whether a save that changed nothing fires callbacks.
    pub unchanged_save: UnchangedSave,
    /// How many seconds lists and counts lag behind writes. A record that is asked for by its id never does.
    pub list_lag_seconds: u32,
    /// The time zone of the server.
    pub server_time_zone: ServerTimeZone,
    /// What becomes of a date that is sent as midnight, UTC.
    pub midnight: Midnight,
    /// The longest address, path and query together, that is served; any where this is absent.
    pub longest_address: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            missing_client_id: 401,
            bad_company: 401,
            bad_keys: 401,
            is_cloud: IsCloud::default(),
            quantity_decimals: None,
            negative_quantity: Tolerance::default(),
            zero_quantity: Tolerance::default(),
            ended_line_quantity: Tolerance::default(),
            invoiced_line_quantity: Tolerance::default(),
            required_on_updates: RequiredOnUpdates::default(),
            string_comparison: Comparison::default(),
            quote_escape: QuoteEscape::default(),
            like_underscore: Underscore::default(),
            agreement_type_name: Tolerance::default(),
            addition_status: AdditionStatus::default(),
            omitted_custom_fields: OmittedCustomFields::default(),
            default_order: DefaultOrder::default(),
            bundle_limit: Some(MOST_REQUESTS_OF_A_BUNDLE),
            setup_tables: SetupTables::default(),
            addition_callbacks: AdditionCallbacks::default(),
            unchanged_save: UnchangedSave::default(),
            list_lag_seconds: 0,
            server_time_zone: ServerTimeZone::default(),
            midnight: Midnight::default(),
            longest_address: Some(LONGEST_ADDRESS),
        }
    }
}

impl Options {
    /// A switch for the status of a refused login, and what it was set to, where that refuses nothing.
    pub(super) fn odd_status(&self) -> Option<(&'static str, u16)> {
        let statuses = [
            ("missingClientId", self.missing_client_id),
            ("badCompany", self.bad_company),
            ("badKeys", self.bad_keys),
        ];
        statuses.into_iter().find(|(_, status)| !matches!(status, 400 | 401 | 404))
    }
}
