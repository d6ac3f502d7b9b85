//! One line of a log: the time, how grave it is, what it is about, what happened.
//!
//! Every text passes through [`clean`]: no secret, and nothing that steers a terminal or breaks the line.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use tracing::Level;
use tracing::field::{Field, Visit};

use crate::problem::printable;
use crate::settings::secret::{REDACTED, names_a_secret, redacted};

/// What a line is about comes first, in this order.
const IDS: [&str; 3] = ["tenant", "pass", "line"];

/// A longer value is cut: a line is read by people and shipped by programs that have limits of their own.
const LONGEST: usize = 4096;

/// The fields of an event, those of its spans among them, in the order they came. A later value of a name counts.
#[derive(Debug, Default)]
pub(super) struct Fields {
    entries: Vec<(&'static str, Value)>,
}

/// One line of a log.
#[derive(Debug)]
pub(super) struct Line {
    at: Timestamp,
    level: Level,
    message: String,
    fields: Vec<(&'static str, Value)>,
}

/// The text as it may be shown.
pub(super) fn clean(text: &str) -> String {
    // Redacted before it is cut, so that no half of a secret is left at the end.
    let text = redacted(text);
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST);
    match end {
        Some(end) => format!("{}…", printable(&text[..end])),
        None => printable(&text).into_owned(),
    }
}

impl Fields {
    /// Adds the fields of a span within.
    pub(super) fn extend(&mut self, others: &Self) {
        for (name, value) in &others.entries {
            self.set(name, value.clone());
        }
    }

    fn set(&mut self, name: &'static str, value: Value) {
        let value = if names_a_secret(name) { Value::from(REDACTED) } else { value };
        match self.entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.entries.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field.name(), clean(&format!("{value:?}")).into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field.name(), clean(value).into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field.name(), value.into());
    }
}

impl Line {
    pub(super) fn new(at: Timestamp, level: Level, fields: Fields) -> Self {
        let mut message = String::new();
        let mut named = Vec::new();
        for (name, value) in fields.entries {
            match value {
                Value::String(text) if name == "message" => message = text,
                value => named.push((name, value)),
            }
        }
        let rank = |name: &str| IDS.iter().position(|id| *id == name).unwrap_or(IDS.len());
        named.sort_by_key(|(name, _)| rank(name));
        Self { at, level, message, fields: named }
    }

    /// For people: `2026-11-26T10:00:00.000Z info  tenant=example-msp pass=3 Applied written=2`.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{:.3} {:<5}", self.at, level(self.level));
        let ids = self.fields.iter().take_while(|(name, _)| IDS.contains(name)).count();
        for (name, value) in &self.fields[..ids] {
            text.push_str(&format!(" {name}={}", shown(value)));
        }
        if !self.message.is_empty() {
            text.push(' ');
            text.push_str(&self.message);
        }
        for (name, value) in &self.fields[ids..] {
            text.push_str(&format!(" {name}={}", shown(value)));
        }
        text
    }

    /// For programs: one JSON object.
    pub(super) fn json(&self) -> String {
        let mut parts = vec![
            format!("\"at\":{}", Value::from(format!("{:.3}", self.at))),
            format!("\"level\":{}", Value::from(level(self.level))),
        ];
        let ids = self.fields.iter().take_while(|(name, _)| IDS.contains(name)).count();
        let part = |(name, value): &(&'static str, Value)| format!("{}:{value}", Value::from(*name));
        parts.extend(self.fields[..ids].iter().map(part));
        parts.push(format!("\"message\":{}", Value::from(&*self.message)));
        parts.extend(self.fields[ids..].iter().map(part));
        format!("{{{}}}", parts.join(","))
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// A value as one word, in quotes where it would not be one.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() || text.contains([' ', '"', '=']) => value.to_string(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}
