//! References to records that are not kept here: boards, departments, countries.
//!
//! Nobody can look them up, so they are believed; but what is stored is a reference, and nothing else that was sent.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::value::{Object, Value};

/// The fields whose records have an identifier besides a name.
const IDENTIFIED: [&str; 6] =
    ["country", "department", "defaultDepartment", "member", "territoryManager", "vendor"];

/// The stored form of a reference sent for a field: null where it names nothing, nothing where it is none.
pub(super) fn reference(field: &str, sent: &Value) -> Option<Value> {
    let sent = sent.object()?;
    let mut kept = Object::new();
    for (name, value) in sent.iter() {
        match name {
            _ if value.is_null() => {}
            "id" => kept.set("id", number(value)?),
            "name" => kept.set("name", value.as_text()?),
            "identifier" if has_identifier(field) => kept.set("identifier", value.as_text()?),
            _ => {}
        }
    }
    Some(if kept.iter().next().is_none() { Value::Null } else { Value::Object(kept) })
}

/// The same of a list of references.
pub(super) fn references(field: &str, sent: &Value) -> Option<Value> {
    let kept: Option<Vec<Value>> = sent.list()?.iter().map(|each| reference(field, each)).collect();
    Some(Value::List(kept?.into_iter().filter(|each| !each.is_null()).collect()))
}

/// A whole number that the server's numbers of records can hold.
fn number(value: &Value) -> Option<Decimal> {
    value.number().filter(|number| is_whole(*number))
}

/// Whether a number is one of the whole ones that fit in 32 bits.
pub(super) fn is_whole(number: Decimal) -> bool {
    number.is_integer() && number.to_i32().is_some()
}

/// Whether the records that a field refers to have an identifier.
pub(super) fn has_identifier(field: &str) -> bool {
    IDENTIFIED.contains(&field)
}
