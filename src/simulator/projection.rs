//! `fields`: which properties of a record are shown.

use super::value::{Object, Value};

/// The asked-for properties, by their paths. Names are matched whatever their case; unknown ones show nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Projection(Vec<Vec<String>>);

impl Projection {
    /// Reads a comma-separated list of paths. An empty one shows everything.
    pub(super) fn read(text: &str) -> Self {
        let path = |path: &str| path.split('/').map(|name| name.trim().to_owned()).collect();
        Self(text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(path).collect())
    }

    /// The part of a record that is asked for.
    pub(super) fn show(&self, record: Object) -> Object {
        if self.0.is_empty() {
            return record;
        }
        let paths: Vec<&[String]> = self.0.iter().map(Vec::as_slice).collect();
        part(&record, &paths)
    }
}

fn part(record: &Object, paths: &[&[String]]) -> Object {
    let mut shown = Object::new();
    for (name, value) in record.iter() {
        let matching = paths.iter().filter_map(|path| path.split_first());
        let below: Vec<&[String]> =
            matching.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, rest)| rest).collect();
        if let Some(value) = part_of_value(value, &below) {
            shown.push(name.to_owned(), value);
        }
    }
    shown
}

/// The part of a value below some paths; the whole of it where a path ends here.
fn part_of_value(value: &Value, below: &[&[String]]) -> Option<Value> {
    if below.is_empty() {
        return None;
    }
    if below.iter().any(|rest| rest.is_empty()) {
        return Some(value.clone());
    }
    match value {
        Value::Object(object) => Some(Value::Object(part(object, below))),
        Value::List(elements) => {
            let elements = elements.iter().filter_map(|element| part_of_value(element, below));
            Some(Value::List(elements.collect()))
        }
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Date(_) => None,
    }
}
