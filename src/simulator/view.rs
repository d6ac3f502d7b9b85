//! Shows a stored record as the wire does: references spelled out, derived fields computed, nulls left out.
//!
//! Pure reading. Decides no rule; the arithmetic of additions and statuses is in `derived`.

use jiff::Timestamp;

use super::column::Column;
use super::custom_fields;
use super::derived;
use super::kind::Kind;
use super::schema::{self, Field, Shape};
use super::state::{Record, State};
use super::value::{Object, Value};
use super::zone;

/// The state as one caller sees it at one moment.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
    /// The start of every link, up to and with `apis/3.0/`.
    pub(super) base: &'a str,
}

impl<'a> View<'a> {
    /// The whole record, without the properties that are null.
    pub(super) fn whole(&self, kind: Kind, record: &Record) -> Object {
        let mut shown = Object::new();
        for field in schema::of(kind) {
            let value = self.field(kind, record, field);
            if !value.is_null() {
                shown.push(field.name, value);
            }
        }
        shown
    }

    /// The time that dates of records are compared with.
    pub(super) fn today(&self) -> Timestamp {
        zone::now(&self.state.options, self.now)
    }

    /// What a column holds.
    pub(super) fn look(&self, kind: Kind, record: &Record, column: &Column) -> Value {
        match column.path.as_slice() {
            ["_info", "lastUpdated"] => Value::Date(record.updated),
            ["_info", "updatedBy"] => Value::Text(record.updated_by.clone()),
            [name, rest @ ..] => self.look_below(kind, record, name, rest),
            [] => Value::Null,
        }
    }

    fn look_below(&self, kind: Kind, record: &Record, name: &str, rest: &[&str]) -> Value {
        let Some(field) = schema::field(schema::of(kind), name) else { return Value::Null };
        match (field.shape, rest) {
            (_, []) => self.field(kind, record, field),
            (Shape::Reference(_), ["id"]) => stored_reference(record, field).into(),
            (Shape::Reference(other), [property]) => stored_reference(record, field)
                .and_then(|id| self.state.record(other, id))
                .map_or(Value::Null, |target| target.get(property).clone()),
            (_, rest) => self.field(kind, record, field).descend(rest).clone(),
        }
    }

    fn field(&self, kind: Kind, record: &Record, field: &Field) -> Value {
        match field.shape {
            Shape::Information => self.information(kind, record),
            Shape::CustomFields => {
                let definitions = self.state.definitions(kind);
                custom_fields::shown(definitions, record.get(field.name))
            }
            Shape::Reference(other) => {
                stored_reference(record, field).map_or(Value::Null, |id| self.reference(other, id))
            }
            Shape::Number if field.name == "id" => record.id.into(),
            Shape::Text
            | Shape::ShortText(_)
            | Shape::Number
            | Shape::Whole
            | Shape::Flag
            | Shape::Date
            | Shape::Choice(_)
            | Shape::Elsewhere
            | Shape::ManyElsewhere => derived::field(self, kind, record, field.name)
                .unwrap_or_else(|| record.get(field.name).clone()),
        }
    }

    /// A reference to a record: its id and names, and a link.
    fn reference(&self, kind: Kind, id: u32) -> Value {
        let mut shown = Object::new().with("id", id);
        if let Some(target) = self.state.record(kind, id) {
            for property in kind.shown_in_references() {
                let value = target.get(property);
                if !value.is_null() {
                    shown.push(*property, value.clone());
                }
            }
        }
        let link = self.link(kind, id);
        Value::Object(shown.with("_info", Object::new().with(kind.link(), link)))
    }

    /// The link to a record, with the double slash that the real server writes.
    fn link(&self, kind: Kind, id: u32) -> Value {
        Value::text(&format!("{}/{}/{id}", self.base, kind.collection()))
    }

    fn information(&self, kind: Kind, record: &Record) -> Value {
        let mut shown = Object::new()
            .with("lastUpdated", record.updated)
            .with("updatedBy", Value::Text(record.updated_by.clone()));
        let below = match kind {
            Kind::Agreement => Some(("additions_href", Kind::Addition)),
            Kind::Integration => Some(("crossReferences_href", Kind::CrossReference)),
            Kind::Company
            | Kind::AgreementType
            | Kind::Addition
            | Kind::Product
            | Kind::CrossReference
            | Kind::Ticket
            | Kind::Callback => None,
        };
        if let Some((name, child)) = below {
            let (base, own, id) = (self.base, kind.collection(), record.id);
            shown.set(name, Value::text(&format!("{base}/{own}/{id}/{}", child.collection())));
        }
        Value::Object(shown)
    }
}

/// The id a reference field stores; a child's reference to its parent is its place.
fn stored_reference(record: &Record, field: &Field) -> Option<u32> {
    match field.name {
        "managedDevicesIntegration" => record.parent,
        name => record.get(name).id(),
    }
}
