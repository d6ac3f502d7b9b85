//! The YAML as written, the catalog it becomes, and everything that can be wrong with it.
//!
//! Pure: takes texts, gives a catalog and problems. Knows neither git nor folders, and a mapping can name no host,
//! path, credential or command.

mod catalog;
mod checks;
mod document;
mod draft;
mod fill;
mod policy;
mod read;
mod schema;
mod service;
mod waiver;

#[cfg(test)]
mod tests;

pub use catalog::{
    Catalog, DeclaredCrossReference, Expectation, Ignore, Link, Pin, PlanSelector, Row, SeatCount, Service,
    Subject, Table, UsageValue, Waiver, WaiverGuard, utc_day,
};
pub use checks::check_names;
pub use policy::{
    ChangeLimits, Freeze, Guards, HandEdit, IncompleteLimit, Limit, LineGuards, LinkPolicy, MissingAddition,
    Mode, Policy, StatusPolicy, Undesired,
};
pub use read::{MappingFile, read_catalog, validate};
pub use schema::{policy_defaults_yaml, schema};
