//! The audit trail: one row for every change of a record, whoever made it.
//!
//! It keeps the last [`MOST_ROWS`] rows, so that a simulator that runs for days does not grow; the rows before them are
//! forgotten, and counted. How many rows were ever written is never forgotten.

use std::collections::{BTreeMap, VecDeque};

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

/// How many rows are kept, about everything together: some thirty megabytes.
const MOST_ROWS: usize = 50_000;

/// What a row is about: the type of the record, and its number.
type Subject = (&'static str, u32);

/// The last rows, by what they are about.
#[derive(Debug, Default)]
pub(super) struct AuditTrail {
    rows: BTreeMap<Subject, VecDeque<Object>>,
    /// What each row is about, in the order they were written.
    order: VecDeque<Subject>,
    forgotten: usize,
}

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
        let subject = (audit_type, row.id);
        self.rows.entry(subject).or_default().push_back(shown);
        self.order.push_back(subject);
        while self.order.len() > MOST_ROWS {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(subject) = self.order.pop_front() else { return };
        self.forgotten += 1;
        let Some(rows) = self.rows.get_mut(&subject) else { return };
        rows.pop_front();
        if rows.is_empty() {
            self.rows.remove(&subject);
        }
    }

    /// The rows about one record that are not forgotten, in the order they were written.
    pub(super) fn rows(&self, audit_type: &str, id: u32) -> impl Iterator<Item = &Object> {
        let known = TYPES.iter().find(|known| **known == audit_type);
        known.and_then(|known| self.rows.get(&(*known, id))).into_iter().flatten()
    }

    /// How many rows were written about anything, the forgotten ones included.
    pub(super) fn written(&self) -> usize {
        self.forgotten + self.order.len()
    }

    /// How many of them are forgotten.
    pub(super) fn forgotten(&self) -> usize {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::{AuditTrail, Change, Kind, MOST_ROWS, Row, Source, Timestamp};

    fn write(trail: &mut AuditTrail, id: u32) {
        let (when, source) = (Timestamp::UNIX_EPOCH, Source::Api);
        let (kind, change, text) = (Kind::Addition, Change::Changed, format!("row of {id}"));
        trail.add(Row { kind, id, change, text, when, member: "jo", source });
    }

    #[test]
    fn audit_rows_beyond_the_most_are_forgotten_the_oldest_first_and_still_counted() {
        let mut trail = AuditTrail::default();
        write(&mut trail, 1);
        write(&mut trail, 2);
        assert_eq!((trail.rows("AgreementAddition", 1).count(), trail.forgotten()), (1, 0));

        for _ in 0..MOST_ROWS - 1 {
            write(&mut trail, 3);
        }

        let kept = [1, 2, 3].map(|id| trail.rows("AgreementAddition", id).count());
        assert_eq!(kept, [0, 1, MOST_ROWS - 1]);
        assert_eq!((trail.written(), trail.forgotten()), (MOST_ROWS + 1, 1));
        assert_eq!(trail.rows.len(), 2, "nothing stays of what is forgotten");
    }
}
