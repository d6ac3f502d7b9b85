//! The YAML as written, the catalog it becomes, and everything that can be wrong with it.
//!
//! Pure: takes texts, gives a catalog and problems. Knows neither git nor folders, and a mapping can name no host,
//! path, credential or command.

mod catalog;
mod policy;

pub use catalog::{
    Catalog, DeclaredCrossReference, Expectation, Ignore, Link, Pin, PlanSelector, Row, SeatCount, Service,
    Subject, Table, UsageValue, Waiver, WaiverGuard, utc_day,
};
pub use policy::{
    ChangeLimits, Freeze, Guards, HandEdit, IncompleteLimit, Limit, LineGuards, LinkPolicy, MissingAddition,
    Mode, Policy, StatusPolicy, Undesired,
};
