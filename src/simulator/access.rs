//! Members, their keys, and what their roles let them do.
//!
//! Only the level `All` opens anything here: no record has an owner, so `My` finds nothing.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::options::{Options, SetupTables};
use super::value::{Object, Value};

/// A function of a module that a role opens or closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Function {
    /// Companies.
    #[serde(rename = "Company Maintenance")]
    CompanyMaintenance,
    /// Agreements and their additions.
    Agreements,
    /// The product catalogue.
    #[serde(rename = "Product Catalog")]
    ProductCatalog,
    /// Agreement types, integrations and callbacks.
    #[serde(rename = "Table Setup")]
    TableSetup,
    /// The audit trail.
    #[serde(rename = "Audit Trail")]
    AuditTrail,
    /// Tickets on service boards.
    #[serde(rename = "Service Tickets")]
    ServiceTickets,
}

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Level {
    /// Nothing.
    #[default]
    None,
    /// What the member owns.
    My,
    /// Everything.
    All,
}

/// What a caller wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Right {
    /// Read.
    Inquire,
    /// Create.
    Add,
    /// Change.
    Edit,
    /// Delete.
    Delete,
}

/// The four levels of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Levels {
    /// To read.
    pub inquire: Level,
    /// To create.
    pub add: Level,
    /// To change.
    pub edit: Level,
    /// To delete.
    pub delete: Level,
}

/// What a member may do, function by function. A function that is missing is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Role(pub BTreeMap<Function, Levels>);

impl Default for Role {
    /// The role that a billing product is advised to have: it reads everything and writes agreements, but deletes
    /// nothing.
    fn default() -> Self {
        let read = Levels { inquire: Level::All, ..Levels::default() };
        let write = Levels { add: Level::All, edit: Level::All, ..read };
        let level = |function| (function, if function == Function::Agreements { write } else { read });
        Self(FUNCTIONS.into_iter().map(level).collect())
    }
}

/// Every function, in the order of `mySecurity`.
const FUNCTIONS: [Function; 6] = [
    Function::CompanyMaintenance,
    Function::Agreements,
    Function::ProductCatalog,
    Function::TableSetup,
    Function::AuditTrail,
    Function::ServiceTickets,
];

impl Role {
    /// A role that may do everything.
    #[must_use]
    pub fn everything() -> Self {
        let all = Levels { inquire: Level::All, add: Level::All, edit: Level::All, delete: Level::All };
        Self(FUNCTIONS.into_iter().map(|function| (function, all)).collect())
    }

    /// This role with other levels for one function.
    #[must_use]
    pub fn with(mut self, function: Function, levels: Levels) -> Self {
        self.0.insert(function, levels);
        self
    }

    fn levels(&self, function: Function) -> Levels {
        self.0.get(&function).copied().unwrap_or_default()
    }

    /// Whether the role opens a function for a purpose.
    pub(super) fn may(&self, function: Function, right: Right) -> bool {
        let levels = self.levels(function);
        let level = match right {
            Right::Inquire => levels.inquire,
            Right::Add => levels.add,
            Right::Edit => levels.edit,
            Right::Delete => levels.delete,
        };
        level == Level::All
    }
}

/// A member that calls the API.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) id: u32,
    pub(super) identifier: String,
    pub(super) public_key: String,
    pub(super) private_key: String,
    pub(super) role: Role,
}

/// Whether a member may do something to a kind of record.
pub(super) fn may(member: &Member, options: &Options, kind: Kind, right: Right) -> bool {
    let function = function_of(kind);
    // The address of a callback may hold a secret, so it is not open as other setup tables are.
    let open = function == Function::TableSetup
        && kind != Kind::Callback
        && right == Right::Inquire
        && options.setup_tables == SetupTables::Open;
    open || member.role.may(function, right)
}

fn function_of(kind: Kind) -> Function {
    match kind {
        Kind::Company => Function::CompanyMaintenance,
        Kind::Agreement | Kind::Addition => Function::Agreements,
        Kind::Product => Function::ProductCatalog,
        Kind::AgreementType | Kind::Integration | Kind::CrossReference | Kind::Callback => {
            Function::TableSetup
        }
        Kind::Ticket => Function::ServiceTickets,
    }
}

/// The rows of `mySecurity` for a member.
pub(super) fn my_security(member: &Member) -> Vec<Object> {
    let row = |(place, function): (u32, Function)| {
        let levels = member.role.levels(function);
        let (module, name) = names(function);
        let myself = Object::new().with("id", member.id).with("identifier", member.identifier.as_str());
        Object::new()
            .with("id", place)
            .with("addLevel", word(levels.add))
            .with("editLevel", word(levels.edit))
            .with("deleteLevel", word(levels.delete))
            .with("inquireLevel", word(levels.inquire))
            .with("moduleFunctionName", name)
            .with("moduleFunctionDescription", name)
            .with("moduleFunctionIdentifier", name.replace(' ', "").as_str())
            .with("moduleName", module)
            .with("moduleIdentifier", module)
            .with("moduleDescription", module)
            .with("reportFlag", false)
            .with("restrictFlag", false)
            .with("customFlag", false)
            .with("sortOrder", place)
            .with("member", Value::Object(myself))
    };
    (1..).zip(FUNCTIONS).map(row).collect()
}

fn word(level: Level) -> &'static str {
    match level {
        Level::None => "None",
        Level::My => "My",
        Level::All => "All",
    }
}

fn names(function: Function) -> (&'static str, &'static str) {
    match function {
        Function::CompanyMaintenance => ("Companies", "Company Maintenance"),
        Function::Agreements => ("Finance", "Agreements"),
        Function::ProductCatalog => ("Procurement", "Product Catalog"),
        Function::TableSetup => ("System", "Table Setup"),
        Function::AuditTrail => ("System", "Audit Trail"),
        Function::ServiceTickets => ("Service Desk", "Service Tickets"),
    }
}
