//! Reads JSON text into values without ever going through a float.
//!
//! Refuses numbers that no exact decimal can hold, and nesting deeper than any ConnectWise record.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Object, Value};

/// Deeper than any body of this API, shallow enough for every stack.
const DEEPEST: usize = 32;

/// Why a text is no value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not JSON.
    #[error("the text is not JSON")]
    NotJson,
    /// A number does not fit.
    #[error("the number {0} is out of range")]
    Number(String),
    /// Too many brackets inside each other.
    #[error("the nesting is too deep")]
    TooDeep,
}

impl FromStr for Value {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| Unreadable::NotJson)?;
        read(raw, 0)
    }
}

fn read(raw: &RawValue, depth: usize) -> Result<Value, Unreadable> {
    if depth > DEEPEST {
        return Err(Unreadable::TooDeep);
    }
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => read_object(text, depth),
        Some(b'[') => read_list(text, depth),
        Some(b'"') => parse::<Cow<'_, str>>(text).map(|text| Value::text(&text)),
        Some(b't') => Ok(Value::Flag(true)),
        Some(b'f') => Ok(Value::Flag(false)),
        Some(b'n') => Ok(Value::Null),
        _ => read_number(text).map(Value::Number).ok_or_else(|| Unreadable::Number(text.to_owned())),
    }
}

fn read_object(text: &str, depth: usize) -> Result<Value, Unreadable> {
    let Properties(properties) = parse(text)?;
    let read_one = |(name, raw)| Ok((Cow::Owned(name), read(raw, depth + 1)?));
    let properties = properties.into_iter().map(read_one).collect::<Result<Vec<_>, Unreadable>>()?;
    Ok(Value::Object(Object(properties)))
}

/// The properties of an object in the order they are written; of two with one name, the later value counts.
struct Properties<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Properties<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PropertiesVisitor)
    }
}

struct PropertiesVisitor;

impl<'de> Visitor<'de> for PropertiesVisitor {
    type Value = Properties<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut properties: Vec<(String, &'de RawValue)> = Vec::new();
        while let Some((name, raw)) = map.next_entry::<String, &'de RawValue>()? {
            match places.get(&name) {
                Some(place) => properties[*place].1 = raw,
                None => {
                    places.insert(name.clone(), properties.len());
                    properties.push((name, raw));
                }
            }
        }
        Ok(Properties(properties))
    }
}

fn read_list(text: &str, depth: usize) -> Result<Value, Unreadable> {
    let elements: Vec<&RawValue> = parse(text)?;
    elements.into_iter().map(|raw| read(raw, depth + 1)).collect::<Result<_, _>>().map(Value::List)
}

/// The exact number a text stands for, in plain or scientific notation.
pub(in crate::simulator) fn read_number(text: &str) -> Option<Decimal> {
    // The library would take these too.
    if text.contains('_') || text.starts_with('+') || text.contains("-+") {
        return None;
    }
    let Some((mantissa, _)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    // With an exponent it rounds a mantissa that it cannot hold, so one that is not exact is refused first.
    Decimal::from_str_exact(mantissa).ok()?;
    Decimal::from_scientific(text).ok()
}

fn parse<'t, T: serde::Deserialize<'t>>(text: &'t str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable::NotJson)
}
