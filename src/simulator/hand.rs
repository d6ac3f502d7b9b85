//! Edits by another member, at the screen: no request, no permission, no validation, but an audit row.

use super::Simulator;
use super::audit::Source;
use super::conform;
use super::kind::Kind;
use super::schema;
use super::state::Record;
use super::value::Value;
use super::writes::{self, Author};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// Why a hand edit was not made: the test that asked for it is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandError {
    /// There is no such record.
    #[error("there is no {kind:?} {id}")]
    NoRecord {
        /// The kind asked for.
        kind: Kind,
        /// The number asked for.
        id: u32,
    },
    /// The kind of record has no such field.
    #[error("a {kind:?} has no field {field}")]
    NoField {
        /// The kind asked for.
        kind: Kind,
        /// The name asked for.
        field: String,
    },
    /// The field cannot hold the value.
    #[error("the field {field} cannot hold this: {why}")]
    BadValue {
        /// The field.
        field: String,
        /// What is wrong.
        why: String,
    },
}

/// Another member, about to edit.
#[derive(Debug)]
pub struct Hand<'s> {
    pub(super) simulator: &'s Simulator,
    pub(super) member: String,
}

impl Hand<'_> {
    /// Sets the quantity of an addition, or takes it away.
    ///
    /// # Errors
    /// Where there is no such addition.
    pub fn edit_quantity(&self, addition: u32, quantity: Option<Decimal>) -> Result<(), HandError> {
        self.edit(Kind::Addition, addition, "quantity", quantity)
    }

    /// Cancels an addition from a moment on.
    ///
    /// # Errors
    /// Where there is no such addition.
    pub fn cancel_addition(&self, addition: u32, from: Timestamp) -> Result<(), HandError> {
        self.edit(Kind::Addition, addition, "cancelledDate", from)
    }

    /// Deletes an addition.
    ///
    /// # Errors
    /// Where there is no such addition.
    pub fn delete_addition(&self, addition: u32) -> Result<(), HandError> {
        self.change(Kind::Addition, addition, |state, author, kind, before| {
            let deleted = writes::delete(state, author, kind, before);
            deleted.map_err(|_| HandError::NoRecord { kind, id: before.id })
        })
    }

    /// Sets any field of any record. References are objects with an id.
    ///
    /// The status of an agreement or addition and the next invoice date, which the server derives, can be set too:
    /// they then say what they are told.
    ///
    /// # Errors
    /// Where there is no such record or field, or the field cannot hold the value.
    pub fn edit(&self, kind: Kind, id: u32, field: &str, value: impl Into<Value>) -> Result<(), HandError> {
        let found = schema::field(schema::of(kind), field);
        let field = found.ok_or_else(|| HandError::NoField { kind, field: field.to_owned() })?;
        let value = value.into();
        self.change(kind, id, |state, author, kind, before| {
            let stored = conform::stored(state, kind, field, before.get(field.name), &value);
            let stored =
                stored.map_err(|flaw| HandError::BadValue { field: flaw.field, why: flaw.message })?;
            Ok(writes::set_field(state, author, kind, before, field.name, stored))
        })
    }

    fn change(
        &self,
        kind: Kind,
        id: u32,
        change: impl FnOnce(
            &mut super::state::State,
            Author<'_>,
            Kind,
            &Record,
        ) -> Result<super::log::Mutation, HandError>,
    ) -> Result<(), HandError> {
        let mut world = self.simulator.world();
        // Looked at under the lock, so that the times of changes have the order of the changes.
        let now = self.simulator.clock().now();
        let before = world.state.record(kind, id).cloned().ok_or(HandError::NoRecord { kind, id })?;
        let author = Author { member: &self.member, now, source: Source::Screen };
        let mutation = change(&mut world.state, author, kind, &before)?;
        world.announce(&mutation);
        world.log.add_hand_edit(mutation);
        Ok(())
    }
}
