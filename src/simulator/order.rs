//! `orderBy`: fields with `asc` or `desc`, the first deciding first. What is absent comes before everything.

use std::cmp::Ordering;

use super::column::{self, Column};
use super::filter::BadCondition;
use super::options::Comparison;
use super::schema::Schema;
use super::value::Value;

/// An order of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    columns: Vec<(Column, Direction)>,
    comparison: Comparison,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

impl Order {
    /// Reads a comma-separated list. An empty one orders nothing.
    pub(super) fn read(text: &str, schema: Schema, comparison: Comparison) -> Result<Self, BadCondition> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let columns = parts.map(|part| read_one(part, schema)).collect::<Result<_, _>>()?;
        Ok(Self { columns, comparison })
    }

    /// Whether nobody asked for an order.
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// What a row is ordered by.
    pub(super) fn key(&self, look: &dyn Fn(&Column) -> Value) -> Vec<Value> {
        self.columns.iter().map(|(column, _)| look(column)).collect()
    }

    /// How two rows with these keys follow each other.
    pub(super) fn compare(&self, left: &[Value], right: &[Value]) -> Ordering {
        let pairs = self.columns.iter().zip(left.iter().zip(right));
        let one = |((_, direction), (left, right)): (&(Column, Direction), (&Value, &Value))| {
            let order = compare(left, right, self.comparison);
            match direction {
                Direction::Ascending => order,
                Direction::Descending => order.reverse(),
            }
        };
        pairs.map(one).find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
    }
}

fn read_one(part: &str, schema: Schema) -> Result<(Column, Direction), BadCondition> {
    let mut words = part.split_whitespace();
    let name = words.next().unwrap_or_default();
    let names: Vec<String> = name.split('/').map(str::to_owned).collect();
    let column = column::own(schema, &names)
        .ok_or_else(|| BadCondition(format!("The field '{name}' is not recognized in the order")))?;
    let direction = match words.next().map(str::to_ascii_lowercase).as_deref() {
        None | Some("asc") => Direction::Ascending,
        Some("desc") => Direction::Descending,
        Some(other) => return Err(BadCondition(format!("The order '{other}' is neither asc nor desc"))),
    };
    match words.next() {
        None => Ok((column, direction)),
        Some(word) => Err(BadCondition(format!("The order does not end before '{word}'"))),
    }
}

fn compare(left: &Value, right: &Value, comparison: Comparison) -> Ordering {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => comparison.folded(left).cmp(&comparison.folded(right)),
        (Value::Flag(left), Value::Flag(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (left, right) => rank(left).cmp(&rank(right)),
    }
}

/// Values of different kinds have an order too, nothing first: a field that holds what it should not must not make the
/// sort contradict itself.
fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Flag(_) => 1,
        Value::Number(_) => 2,
        Value::Date(_) => 3,
        Value::Text(_) => 4,
        Value::List(_) => 5,
        Value::Object(_) => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, compare};
    use crate::simulator::Value;
    use std::cmp::Ordering;

    #[test]
    fn the_order_of_values_never_contradicts_itself_whatever_a_field_holds() {
        let date = |text: &str| Value::Date(text.parse().unwrap());
        let values = [
            Value::Null,
            Value::Flag(false),
            Value::from(2_u32),
            date("2026-01-01T00:00:00Z"),
            date("2026-02-01T00:00:00Z"),
            Value::text("never"),
            Value::List(Vec::new()),
        ];

        for (place, left) in values.iter().enumerate() {
            for (other, right) in values.iter().enumerate() {
                assert_eq!(
                    compare(left, right, Comparison::Insensitive),
                    place.cmp(&other),
                    "{left} {right}"
                );
            }
        }
        let two_cases = |comparison| compare(&Value::text("a"), &Value::text("B"), comparison);
        assert_eq!(two_cases(Comparison::Insensitive), Ordering::Less);
        assert_eq!(two_cases(Comparison::Sensitive), Ordering::Greater);
    }
}
