//! What editors are told and what the reader takes are one thing.

use serde_json::Value;

use super::{files, now};
use crate::mapping::{policy_defaults_yaml, schema, validate};
use crate::problem::Code;

#[test]
fn the_schema_that_ships_is_the_schema_of_the_types() {
    let shipped: Value = serde_json::from_str(include_str!("../../../schemas/mapping.schema.json"))
        .expect("the shipped schema is JSON");

    let current = schema();

    assert!(&shipped == current.as_value(), "run: trueup schema mapping > schemas/mapping.schema.json");
}

#[test]
fn every_key_has_a_description_for_the_editor() {
    fn undescribed(value: &Value, path: &str, found: &mut Vec<String>) {
        if let Some(Value::Object(properties)) = value.get("properties") {
            for (key, property) in properties {
                if property.get("description").is_none() {
                    found.push(format!("{path}.{key}"));
                }
            }
        }
        if let Value::Object(entries) = value {
            entries.iter().for_each(|(key, entry)| undescribed(entry, &format!("{path}/{key}"), found));
        }
    }
    let mut found = Vec::new();

    undescribed(schema().as_value(), "", &mut found);

    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_schema_tells_every_default_of_the_policy() {
    fn compare(schema: &Value, at: &Value, default: &Value, path: &str) {
        let reference = at.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
        let section = reference.and_then(|pointer| schema.pointer(pointer)).unwrap_or(at);
        match (at.get("default"), default) {
            (Some(told), _) => assert_eq!(told, default, "{path}"),
            (None, Value::Object(entries)) => {
                for (key, default) in entries {
                    let below = &section["properties"][key];
                    assert!(below.is_object(), "{path}.{key}");
                    compare(schema, below, default, &format!("{path}.{key}"));
                }
            }
            (None, _) => panic!("{path} has no default"),
        }
    }
    let defaults: Value = serde_yaml::from_str(&policy_defaults_yaml()).expect("the defaults are YAML");
    let schema = schema();

    compare(schema.as_value(), schema.as_value(), &defaults, "");
}

/// Whether the reader finds fault with the form, meaning aside.
fn reader_accepts(text: &str) -> bool {
    let of_form =
        [Code::UnknownKey, Code::MissingKey, Code::WrongType, Code::UnquotedScalar, Code::InvalidValue];
    validate(&files(&[text]), now()).iter().all(|problem| !of_form.contains(&problem.code))
}

#[test]
fn schema_and_reader_accept_and_refuse_the_same_texts() {
    let validator = jsonschema::validator_for(schema().as_value()).expect("the schema is a schema");
    let row = "intronis_backup_plan: [{ plan: P, level: L, usage_value: total }]";
    let accepted = [
        "{}".to_owned(),
        policy_defaults_yaml(),
        row.to_owned(),
        row.replace(" }", ", expect: { base_plan_size: 20 GB } }"),
        row.replace(" }", ", expect: { base_plan_size: 21474836480 } }"),
        row.replace(" }", ", rounding: { decimals: 4 }, combine: sum }"),
        "policy: { link: { custom_field: false } }".to_owned(),
        "pins: [{ company: C, product: P, quantity: 1.5, reason: r, until: 2027-01-31 }]".to_owned(),
        "metered: [{ metric: m, type: T, level: L, unit: TB, included: 0.5 }]".to_owned(),
    ];
    let refused = [
        "[]".to_owned(),
        "rows: []".to_owned(),
        "source: 3".to_owned(),
        "source: ''".to_owned(),
        "source:".to_owned(),
        "pins:".to_owned(),
        row.replace("usage_value: total", "usage_value: totl"),
        row.replace(", usage_value: total", ""),
        row.replace("level: L", "level: 1"),
        row.replace("level: L", "level: [L]"),
        row.replace("level: L", "level: ~"),
        row.replace(" }", ", rounding: { decimals: 5 } }"),
        row.replace(" }", ", rounding: { decimals: 1.5 } }"),
        row.replace(" }", ", rounding: { decimals: \"1\" } }"),
        row.replace(" }", ", expect: { base_plan_size: 20 gb } }"),
        row.replace(" }", ", expect: { base_plan_size: -1 } }"),
        row.replace(" }", ", expect: { less_included: -1 } }"),
        row.replace(" }", ", combine: max }"),
        row.replace(" }", ", guards: { run_lines: { floor: 1 } } }"),
        "policy: { link: { custom_field: true } }".to_owned(),
        "policy: { link: { company_identifier: 1 } }".to_owned(),
        "policy: { statuses: { active: bill } }".to_owned(),
        "policy: { guards: { usage_stale: { hours: 0 } } }".to_owned(),
        "policy: { freeze: [{ days_of_month: [], from: '00:00', to: '12:00', timezone: Europe/Berlin }] }"
            .to_owned(),
        "policy: { freeze: [{ days_of_month: [32], from: '00:00', to: '12:00', timezone: Europe/Berlin }] }"
            .to_owned(),
        "policy: { freeze: [{ days_of_month: [1], from: '7:00', to: '12:00', timezone: Europe/Berlin }] }"
            .to_owned(),
        "waivers: [{ guard: usage_stale, reason: r, until: 2026-12-01 }]".to_owned(),
        "waivers: [{ guard: to_zero, company: C, product: P, until: 2026-12-01 }]".to_owned(),
    ];

    for (text, expected) in
        accepted.iter().map(|text| (text, true)).chain(refused.iter().map(|text| (text, false)))
    {
        let document: Value = serde_yaml::from_str(text).expect("the sample is YAML");

        assert_eq!(validator.is_valid(&document), expected, "schema: {text}");
        assert_eq!(reader_accepts(text), expected, "reader: {text}");
    }
}

#[test]
fn sec_g2_no_key_of_a_mapping_leads_anywhere_or_runs_anything() {
    fn keys(value: &Value, found: &mut Vec<String>) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            found.extend(properties.keys().cloned());
        }
        match value {
            Value::Object(entries) => entries.values().for_each(|entry| keys(entry, found)),
            Value::Array(entries) => entries.iter().for_each(|entry| keys(entry, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    const FORBIDDEN: &[&str] = &[
        "url", "host", "site", "path", "file", "folder", "command", "exec", "script", "hook", "include",
        "import", "extends", "template", "env", "secret", "password", "token", "key", "user", "access",
    ];
    let mut found = Vec::new();

    keys(schema().as_value(), &mut found);

    assert!(found.iter().any(|key| key == "level"), "keys were looked at: {found:?}");
    for key in found {
        let words: Vec<&str> = key.split('_').collect();
        let led: Vec<&&str> = FORBIDDEN.iter().filter(|word| words.contains(word)).collect();
        assert!(led.is_empty(), "{key} names {led:?}");
    }
}
