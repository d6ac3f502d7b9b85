//! Custom fields: defined once a kind, listed on every record, unset or not.

use super::value::{Object, Value};

/// A custom field that a kind of record has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    pub(super) id: u32,
    pub(super) caption: String,
    pub(super) kind: String,
    pub(super) entry_method: String,
    pub(super) decimals: u32,
}

/// The list as the wire shows it: every defined field, with null where the record has no value.
///
/// `stored` is an object from the field's id, as text, to its value.
pub(super) fn shown(definitions: &[Definition], stored: &Value) -> Value {
    let show = |definition: &Definition| {
        let value = stored.descend(&[&definition.id.to_string()]).clone();
        Value::Object(
            Object::new()
                .with("id", definition.id)
                .with("caption", definition.caption.as_str())
                .with("type", definition.kind.as_str())
                .with("entryMethod", definition.entry_method.as_str())
                .with("numberOfDecimals", definition.decimals)
                .with("value", value),
        )
    };
    Value::List(definitions.iter().map(show).collect())
}

/// What to do with the fields that a sent list leaves out.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum OmittedCustomFields {
    /// They lose their values.
    #[default]
    Cleared,
    /// They keep their values.
    Kept,
}

/// The stored form of a sent list, or the complaint about it.
pub(super) fn stored(
    definitions: &[Definition],
    before: &Value,
    sent: &Value,
    omitted: OmittedCustomFields,
) -> Result<Value, String> {
    let mut after = match omitted {
        OmittedCustomFields::Cleared => Object::new(),
        OmittedCustomFields::Kept => before.object().cloned().unwrap_or_default(),
    };
    for element in sent.list().ok_or("Custom fields are sent as a list")? {
        let id = meant(definitions, element).ok_or("The custom field does not exist")?;
        set(&mut after, id, element.descend(&["value"]).clone());
    }
    Ok(kept(after))
}

/// The stored form with one field, found by its place in the list, set to a value.
pub(super) fn with_place(
    definitions: &[Definition],
    before: &Value,
    place: usize,
    value: Value,
) -> Option<Value> {
    let id = definitions.get(place)?.id;
    let mut after = before.object().cloned().unwrap_or_default();
    set(&mut after, id, value);
    Some(kept(after))
}

/// No value at all is nothing, so that sending what was read changes nothing.
fn kept(values: Object) -> Value {
    if values.iter().next().is_none() { Value::Null } else { Value::Object(values) }
}

fn set(stored: &mut Object, id: u32, value: Value) {
    if value.is_null() {
        stored.remove(&id.to_string());
    } else {
        stored.set(id.to_string(), value);
    }
}

fn meant(definitions: &[Definition], element: &Value) -> Option<u32> {
    let id = element.descend(&["id"]).id();
    let caption = element.descend(&["caption"]).as_text();
    let same = |definition: &&Definition| match id {
        Some(id) => definition.id == id,
        None => Some(definition.caption.as_str()) == caption,
    };
    definitions.iter().find(same).map(|definition| definition.id)
}
