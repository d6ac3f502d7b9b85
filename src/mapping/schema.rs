//! What editors and people are given: the schema of a mapping file, and the policy with every default written out.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::Value;

use super::document::MappingDocument;

/// The JSON Schema of a mapping file, as `trueup schema mapping` prints it.
#[must_use]
pub fn schema() -> Schema {
    let mut schema =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<MappingDocument>();
    RecursiveTransform(without_nothing).transform(&mut schema);
    schema
}

/// A key that is left out is not a key without a value: the reader takes no null, so the schema offers none. Formats of
/// machine numbers mean nothing to an editor.
fn without_nothing(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = &kinds[..] {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = &choices[..] {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
    if let Some(Value::String(description)) = object.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
    if object.get("format").and_then(Value::as_str).is_some_and(|format| format != "date") {
        object.remove("format");
    }
}

/// The policy with every default written out, as `trueup schema --defaults policy` prints it: a mapping file that
/// changes nothing.
#[must_use]
pub fn policy_defaults_yaml() -> String {
    include_str!("policy_defaults.yaml").to_owned()
}
