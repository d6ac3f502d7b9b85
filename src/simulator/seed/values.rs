//! The small values of a seed: exact amounts, days, and references.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::simulator::moment;
use crate::simulator::value::{Value, read_number};

/// An exact number. In YAML a plain number or a text, read digit by digit either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Amount(pub Decimal);

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read_number(text).map(Self).ok_or_else(|| format!("{text} is not an exact number"))
    }
}

impl From<Amount> for Value {
    fn from(amount: Amount) -> Self {
        Self::Number(amount.0)
    }
}

impl From<u32> for Amount {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A day, or a moment of it, in UTC: `2026-11-01` or `2026-11-01T08:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub Timestamp);

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = moment::read(text).or_else(|| moment::read(&format!("{text}T00:00:00Z")));
        found.map(Self).ok_or_else(|| {
            format!("{text} is neither a day as 2026-11-01 nor a moment as 2026-11-01T08:30:00Z")
        })
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Date(day.0)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads and writes these values as the texts they display.
macro_rules! as_text {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

as_text!(Amount);
as_text!(Day);

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["number", "string"] })
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$" })
    }
}

/// Which record is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Pointer {
    /// The one of this id.
    Id(u32),
    /// The one of this identifier or name.
    Name(String),
}

impl From<u32> for Pointer {
    fn from(id: u32) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for Pointer {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// A YAML value as a value of the wire. What JSON cannot say is nothing.
pub(super) fn from_yaml(value: &serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(flag) => Value::Flag(*flag),
        serde_yaml::Value::Number(number) => read_number(&number.to_string()).into(),
        serde_yaml::Value::String(text) => Value::text(text),
        serde_yaml::Value::Sequence(elements) => Value::List(elements.iter().map(from_yaml).collect()),
        serde_yaml::Value::Mapping(mapping) => {
            let mut object = crate::simulator::value::Object::new();
            for (name, value) in mapping {
                if let Some(name) = name.as_str() {
                    object.set(name.to_owned(), from_yaml(value));
                }
            }
            Value::Object(object)
        }
        serde_yaml::Value::Tagged(tagged) => from_yaml(&tagged.value),
    }
}
