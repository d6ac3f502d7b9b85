//! The PATCH dialect: an array of operations on paths.
//!
//! Operations are lower case; paths are case-sensitive, bare or with a leading slash. A path into a reference is
//! accepted and changes nothing, and so does a derived field. Everything else that fits no field is refused.

use super::conform;
use super::custom_fields;
use super::errors::{Flaw, FlawCode, Refusal};
use super::kind::Kind;
use super::schema::{self, Duty, Field, Shape};
use super::state::State;
use super::value::{Object, Value};

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    verb: Verb,
    path: Vec<String>,
    value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

/// Reads the body of a PATCH.
pub(super) fn read(body: &Value) -> Result<Vec<Operation>, Refusal> {
    let elements =
        body.list().ok_or_else(|| Refusal::malformed("The body of a PATCH is an array of operations"))?;
    elements.iter().map(read_one).collect()
}

fn read_one(element: &Value) -> Result<Operation, Refusal> {
    let word = element.descend(&["op"]).as_text().unwrap_or_default();
    let verb = match word {
        "add" => Verb::Add,
        "replace" => Verb::Replace,
        "remove" => Verb::Remove,
        other => {
            return Err(Refusal::malformed(format!("The op '{other}' is not one of add, replace, remove")));
        }
    };
    let path = element.descend(&["path"]).as_text().unwrap_or_default();
    let path = path.strip_prefix('/').unwrap_or(path);
    if path.is_empty() {
        return Err(Refusal::malformed("An operation has no path"));
    }
    let path = path.split('/').map(str::to_owned).collect();
    Ok(Operation { verb, path, value: element.descend(&["value"]).clone() })
}

/// What became of a record's fields.
pub(super) struct Patched {
    pub(super) fields: Object,
    /// The fields that the caller has sent values for.
    pub(super) sent: Vec<&'static str>,
}

/// Performs operations one after another, on a copy.
pub(super) fn perform(
    state: &State,
    kind: Kind,
    before: &Object,
    operations: &[Operation],
) -> Result<Patched, Vec<Flaw>> {
    let mut patched = Patched { fields: before.clone(), sent: Vec::new() };
    let mut flaws = Vec::new();
    for operation in operations {
        if let Err(flaw) = perform_one(state, kind, operation, &mut patched) {
            flaws.push(flaw);
        }
    }
    if flaws.is_empty() { Ok(patched) } else { Err(flaws) }
}

fn perform_one(state: &State, kind: Kind, operation: &Operation, patched: &mut Patched) -> Result<(), Flaw> {
    let written = operation.path.join("/");
    let unknown =
        || Flaw::new(FlawCode::InvalidField, &written, format!("The path '{written}' does not exist"));
    let (name, rest) = operation.path.split_first().ok_or_else(unknown)?;
    let field = schema::field(schema::of(kind), name).ok_or_else(unknown)?;
    if field.duty == Duty::Derived {
        return Ok(());
    }
    let before = patched.fields.get(field.name).cloned().unwrap_or_default();
    let after = match (field.shape, rest) {
        (_, []) => whole_field(state, kind, field, &before, operation)?,
        (Shape::Reference(_) | Shape::Elsewhere, _) => return Ok(()),
        (Shape::ManyElsewhere, rest) => {
            let after = element(&before, rest, operation).ok_or_else(unknown)?;
            conform::sent(state, kind, field, &before, &after)?
        }
        (Shape::CustomFields, rest) => {
            custom_field(state, kind, &before, rest, operation).ok_or_else(unknown)?
        }
        (
            Shape::Text
            | Shape::ShortText(_)
            | Shape::Number
            | Shape::Whole
            | Shape::Flag
            | Shape::Date
            | Shape::Choice(_)
            | Shape::Information,
            _,
        ) => return Err(unknown()),
    };
    put(&mut patched.fields, field.name, after);
    patched.sent.push(field.name);
    Ok(())
}

/// Sets a field; setting it to nothing takes it out.
pub(super) fn put(fields: &mut Object, name: &'static str, value: Value) {
    if value.is_null() {
        fields.remove(name);
    } else {
        fields.set(name, value);
    }
}

fn whole_field(
    state: &State,
    kind: Kind,
    field: &Field,
    before: &Value,
    operation: &Operation,
) -> Result<Value, Flaw> {
    match operation.verb {
        Verb::Remove => Ok(Value::Null),
        Verb::Add | Verb::Replace => conform::sent(state, kind, field, before, &operation.value),
    }
}

/// A list after an operation on one of its elements, or on one property of it.
fn element(before: &Value, path: &[String], operation: &Operation) -> Option<Value> {
    let mut elements = before.list().unwrap_or_default().to_vec();
    let (place, rest) = path.split_first()?;
    let place = if place == "-" { elements.len() } else { place.parse().ok()? };
    match (operation.verb, rest) {
        (Verb::Add, []) if place <= elements.len() => {
            elements.insert(place, operation.value.clone());
        }
        (Verb::Replace, []) => *elements.get_mut(place)? = operation.value.clone(),
        (Verb::Remove, []) if place < elements.len() => drop(elements.remove(place)),
        (Verb::Add | Verb::Replace, [property]) => {
            let mut object = elements.get(place)?.object()?.clone();
            object.set(property.clone(), operation.value.clone());
            elements[place] = Value::Object(object);
        }
        (Verb::Add | Verb::Replace | Verb::Remove, _) => return None,
    }
    Some(Value::List(elements))
}

/// The custom fields after an operation on one of them, named by its place.
fn custom_field(
    state: &State,
    kind: Kind,
    before: &Value,
    path: &[String],
    operation: &Operation,
) -> Option<Value> {
    let (place, rest) = path.split_first()?;
    let value = match (operation.verb, rest) {
        (Verb::Remove, _) => Value::Null,
        (Verb::Add | Verb::Replace, [property]) if property == "value" => operation.value.clone(),
        (Verb::Add | Verb::Replace, []) => operation.value.descend(&["value"]).clone(),
        (Verb::Add | Verb::Replace, _) => return None,
    };
    custom_fields::with_place(state.definitions(kind), before, place.parse().ok()?, value)
}
