//! The audit trail: one row for every change of a record, whoever made it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::kind::Kind;
use super::value::Object;

/// The kinds of records that the audit trail can be asked about.
pub(super) const TYPES: &[&str] = &[
    "Ticket",
    "Contact",
    "Company",
    "Opportunity",
    "Time",
    "Activity",
    "ProductCatalog",
    "ProjectTicket",
    "Purchasing",
    "Configuration",
    "Schedule",
    "Agreement",
    "AgreementAddition",
    "Project",
    "Invoice",
    "PurchaseOrder",
    "Expense",
    "ProductItem",
    "Survey",
    "Member",
    "PurchaseOrderLineItem",
    "Site",
];

/// Every row, by what it is about.
#[derive(Debug, Default)]
pub(super) struct AuditTrail(BTreeMap<(&'static str, u32), Vec<Object>>);

/// Where a change came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A request to the API.
    Api,
    /// Another member at the screen.
    Screen,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was created.
    Created,
    /// It was changed.
    Changed,
    /// It was deleted.
    Deleted,
}

/// One row to be written.
pub(super) struct Row<'r> {
    pub(super) kind: Kind,
    pub(super) id: u32,
    pub(super) change: Change,
    pub(super) text: String,
    pub(super) when: Timestamp,
    pub(super) member: &'r str,
    pub(super) source: Source,
}

impl AuditTrail {
    /// Writes a row, where the kind of record is one the trail follows.
    pub(super) fn add(&mut self, row: Row<'_>) {
        let Some(audit_type) = row.kind.audit_type() else { return };
        let sub_type = match row.change {
            Change::Created => "Added",
            Change::Changed => "Updated",
            Change::Deleted => "Deleted",
        };
        let source = match row.source {
            Source::Api => "API",
            Source::Screen => "Client",
        };
        let shown = Object::new()
            .with("text", row.text.as_str())
            .with("enteredDate", row.when.to_string().as_str())
            .with("enteredBy", row.member)
            .with("auditType", audit_type)
            .with("auditSubType", sub_type)
            .with("auditSource", source);
        self.0.entry((audit_type, row.id)).or_default().push(shown);
    }

    /// The rows about one record, in the order they were written.
    pub(super) fn rows(&self, audit_type: &str, id: u32) -> &[Object] {
        let known = TYPES.iter().find(|known| **known == audit_type);
        known.and_then(|known| self.0.get(&(*known, id))).map_or(&[], Vec::as_slice)
    }

    /// How many rows there are about anything.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}
