//! Makes JSON Schema of the shapes of OpenAPI 3.0, which look alike and are not: null, numbers, and who may send what.

use jsonschema::Registry;
use serde_json::{Map, Value, json};

/// Where the shapes of a description stand for those that refer to them.
const HOME: &str = "https://contract.invalid/description";

/// How a shape is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// An answer, whole: what is required is there, and nothing that is never shown.
    Answer,
    /// An answer that was cut down to the fields asked for: nothing is required.
    Projection,
    /// A request: what the server alone decides is not sent.
    Request,
}

impl Reading {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Answer, Self::Projection, Self::Request];
}

/// The shapes that a description gives names to.
pub fn registry(document: &Value, reading: Reading) -> Registry<'static> {
    let named = document["components"]["schemas"].as_object().expect("a description names its shapes");
    let named: Map<String, Value> =
        named.iter().map(|(name, schema)| (name.clone(), schema_of(document, schema, reading))).collect();
    let home = json!({ "components": { "schemas": named } });
    let registry = Registry::new().add(HOME, home).expect("the address is one");
    registry.prepare().expect("the shapes refer to each other only")
}

/// A shape as JSON Schema, its references leading to the registry.
pub fn standing_alone(document: &Value, schema: &Value, reading: Reading) -> Value {
    schema_of(document, schema, reading)
}

fn schema_of(document: &Value, schema: &Value, reading: Reading) -> Value {
    let Some(written) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = written.get("$ref").and_then(Value::as_str) {
        return json!({ "$ref": format!("{HOME}{reference}") });
    }
    let mut read = Map::new();
    for (word, value) in written {
        let value = match word.as_str() {
            "properties" => properties(document, value, reading),
            "items" | "additionalProperties" => schema_of(document, value, reading),
            "allOf" | "anyOf" | "oneOf" => {
                let each = value.as_array().into_iter().flatten();
                each.map(|one| schema_of(document, one, reading)).collect()
            }
            "required" => required(document, written, reading),
            "description" | "nullable" | "readOnly" | "writeOnly" => continue,
            _ => value.clone(),
        };
        read.insert(word.clone(), value);
    }
    bound(&mut read);
    if written.get("nullable") == Some(&Value::Bool(true)) {
        allow_null(&mut read);
    }
    Value::Object(read)
}

fn properties(document: &Value, properties: &Value, reading: Reading) -> Value {
    let each = properties.as_object().into_iter().flatten();
    each.map(|(name, schema)| {
        let shape = if belongs(document, schema, reading) {
            schema_of(document, schema, reading)
        } else {
            Value::Bool(false)
        };
        (name.clone(), shape)
    })
    .collect::<Map<String, Value>>()
    .into()
}

fn required(document: &Value, written: &Map<String, Value>, reading: Reading) -> Value {
    if reading == Reading::Projection {
        return json!([]);
    }
    let names = written["required"].as_array().into_iter().flatten();
    let properties = written.get("properties").unwrap_or(&Value::Null);
    names
        .filter(|name| {
            let schema = &properties[name.as_str().unwrap_or_default()];
            belongs(document, schema, reading)
        })
        .cloned()
        .collect()
}

/// Whether a property goes in this direction.
fn belongs(document: &Value, schema: &Value, reading: Reading) -> bool {
    let named =
        schema["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    let marked = |mark: &str| {
        schema[mark] == Value::Bool(true) || named.is_some_and(|named| named[mark] == Value::Bool(true))
    };
    match reading {
        Reading::Answer | Reading::Projection => !marked("writeOnly"),
        Reading::Request => !marked("readOnly"),
    }
}

/// Numbers that are said to have 32 bits have them.
fn bound(schema: &mut Map<String, Value>) {
    if schema.get("format") == Some(&json!("int32")) {
        schema.entry("minimum").or_insert_with(|| i32::MIN.into());
        schema.entry("maximum").or_insert_with(|| i32::MAX.into());
    }
}

fn allow_null(schema: &mut Map<String, Value>) {
    if let Some(kind) = schema.get("type").cloned() {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
    }
}
