//! A field that filters and orders can name: its canonical path and what is found there.
//!
//! Names are matched whatever their case. Only what a GET returns can be named; `lastUpdated` stands for the one
//! in `_info`.

use super::elsewhere;
use super::schema::{self, Field, Schema, Shape};

/// A named field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) path: Vec<&'static str>,
    pub(super) scalar: Scalar,
}

/// What can be compared with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    Number,
    Flag,
    Date,
    /// Anything: the value of a custom field.
    Any,
}

/// The properties of a custom field that a filter can name.
const CUSTOM_FIELD: &[(&str, Scalar)] = &[
    ("id", Scalar::Number),
    ("caption", Scalar::Text),
    ("type", Scalar::Text),
    ("entryMethod", Scalar::Text),
    ("numberOfDecimals", Scalar::Number),
    ("value", Scalar::Any),
];
/// The properties that a record kept elsewhere may have.
const ELSEWHERE: &[(&str, Scalar)] =
    &[("id", Scalar::Number), ("identifier", Scalar::Text), ("name", Scalar::Text)];
/// The properties of `_info` that every record has.
const INFORMATION: &[(&str, Scalar)] = &[("lastUpdated", Scalar::Date), ("updatedBy", Scalar::Text)];

/// The column of a record that a path of names means.
pub(super) fn own(schema: Schema, names: &[String]) -> Option<Column> {
    match names {
        [name] if name.eq_ignore_ascii_case("lastUpdated") => {
            schema::field(schema, "_info")?;
            column("_info", INFORMATION, name)
        }
        [name] => {
            let field = schema::field_in_any_case(schema, name)?;
            Some(Column { path: vec![field.name], scalar: scalar(field)? })
        }
        [name, property] => below(schema::field_in_any_case(schema, name)?, property),
        _ => None,
    }
}

/// The column of a custom field.
pub(super) fn custom(names: &[String]) -> Option<Column> {
    let [name] = names else { return None };
    let (name, scalar) = property(CUSTOM_FIELD, name)?;
    Some(Column { path: vec![name], scalar })
}

/// The list a child condition speaks of, and the column of its elements.
pub(super) fn child(schema: Schema, names: &[String]) -> Option<(&'static str, Column)> {
    let (name, rest) = names.split_first()?;
    let field = schema::field_in_any_case(schema, name)?;
    let [name] = rest else { return None };
    let (name, scalar) = match field.shape {
        Shape::ManyElsewhere => of_elsewhere(field, name)?,
        Shape::CustomFields => property(CUSTOM_FIELD, name)?,
        Shape::Text
        | Shape::ShortText(_)
        | Shape::Choice(_)
        | Shape::Number
        | Shape::Whole
        | Shape::Flag
        | Shape::Date
        | Shape::Reference(_)
        | Shape::Elsewhere
        | Shape::Information => return None,
    };
    Some((field.name, Column { path: vec![name], scalar }))
}

fn scalar(field: &Field) -> Option<Scalar> {
    match field.shape {
        Shape::Text | Shape::ShortText(_) | Shape::Choice(_) => Some(Scalar::Text),
        Shape::Number | Shape::Whole => Some(Scalar::Number),
        Shape::Flag => Some(Scalar::Flag),
        Shape::Date => Some(Scalar::Date),
        Shape::Reference(_)
        | Shape::Elsewhere
        | Shape::ManyElsewhere
        | Shape::CustomFields
        | Shape::Information => None,
    }
}

fn below(field: &Field, name: &str) -> Option<Column> {
    match field.shape {
        Shape::Elsewhere => of_elsewhere(field, name).and_then(|_| column(field.name, ELSEWHERE, name)),
        Shape::Information => column(field.name, INFORMATION, name),
        Shape::Reference(_) if name.eq_ignore_ascii_case("id") => {
            Some(Column { path: vec![field.name, "id"], scalar: Scalar::Number })
        }
        Shape::Reference(kind) => {
            let shown = kind.shown_in_references().iter().find(|shown| shown.eq_ignore_ascii_case(name))?;
            let own = schema::field(schema::of(kind), shown)?;
            Some(Column { path: vec![field.name, shown], scalar: scalar(own)? })
        }
        Shape::Text
        | Shape::ShortText(_)
        | Shape::Choice(_)
        | Shape::Number
        | Shape::Whole
        | Shape::Flag
        | Shape::Date
        | Shape::ManyElsewhere
        | Shape::CustomFields => None,
    }
}

/// The property of a record kept elsewhere, where it has it.
fn of_elsewhere(field: &Field, name: &str) -> Option<(&'static str, Scalar)> {
    property(ELSEWHERE, name).filter(|(own, _)| *own != "identifier" || elsewhere::has_identifier(field.name))
}

fn column(field: &'static str, properties: &[(&'static str, Scalar)], name: &str) -> Option<Column> {
    let (name, scalar) = property(properties, name)?;
    Some(Column { path: vec![field, name], scalar })
}

fn property(properties: &[(&'static str, Scalar)], name: &str) -> Option<(&'static str, Scalar)> {
    properties.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).copied()
}
