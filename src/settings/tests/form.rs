//! What editors are told and what the reader takes are one thing.

use serde_json::Value;

use super::{GOOD, read, with};
use crate::settings::schema;

#[test]
fn the_schema_in_the_repository_is_that_of_the_type() {
    let text = format!("{:#}\n", schema().as_value());

    assert_eq!(include_str!("../../../schemas/settings.schema.json"), text);
}

#[test]
fn every_key_has_a_description_for_the_editor() {
    fn undescribed(value: &Value, path: &str, found: &mut Vec<String>) {
        let properties = value.get("properties").and_then(Value::as_object);
        for (key, property) in properties.into_iter().flatten() {
            if property.get("description").is_none() {
                found.push(format!("{path}.{key}"));
            }
        }
        for (key, entry) in value.as_object().into_iter().flatten() {
            undescribed(entry, &format!("{path}/{key}"), found);
        }
    }
    let mut found = Vec::new();

    undescribed(schema().as_value(), "", &mut found);

    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_schema_and_the_reader_agree_on_the_form() {
    let validator = jsonschema::validator_for(schema().as_value()).unwrap();
    let valid = |text: &str| validator.is_valid(&serde_yaml::from_str::<Value>(text).unwrap());

    let writes = |times: &str| format!("{GOOD}writes: {{ {times} }}\n");
    for text in
        [GOOD.to_owned(), with(", folder: mappings", ""), writes("settle: 1h 30m"), writes("send_by: 2s")]
    {
        assert!(valid(&text) && read(&text).is_ok(), "{text}");
    }
    for text in [
        "{}".to_owned(),
        with("journal:", "jurnal:"),
        with("{ file: secrets/connectwise.key }", "hunter2"),
        with("{ file: secrets/connectwise.key }", "{ file: a, env: B }"),
        with("{ file: secrets/connectwise.key }", "{ vault: a }"),
        with("      company: examplemsp ", "      #"),
        with("../billing", "7"),
        with("../billing", "''"),
        with("[protected_vms]", "protected_vms"),
        with("json:", "xml:"),
        writes("settle: soon"),
        writes("settle: 900"),
        writes("settle: -5m"),
        writes("sendby: 5s"),
        format!("{GOOD}listen: 8480\n"),
    ] {
        assert!(!valid(&text), "schema: {text}");
        assert!(read(&text).is_err(), "reader: {text}");
    }
}
