//! What the server understands in place of what a request says: another page, another quantity, one field more.
//!
//! Pure. The log keeps what was sent.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::simulator::exchange::Request;
use crate::simulator::parameters::Parameters;
use crate::simulator::value::{Object, Value, read_leniently, read_number};

/// A wrong understanding of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misreading {
    /// A page has at most so many rows, whatever was asked for.
    PageSize(u32),
    /// The page before is answered once more; forward only, the first one.
    PageBefore,
    /// Another quantity is stored than was sent.
    Quantity(Altered),
    /// A PATCH changes one more field.
    AlsoSets {
        /// The field.
        field: String,
        /// What it is set to.
        value: Decimal,
    },
}

/// What becomes of a quantity on its way into the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Altered {
    /// It is rounded to so many decimals, a half away from zero.
    Rounded(u32),
    /// It is no greater than this.
    AtMost(Decimal),
    /// So much is added.
    Plus(Decimal),
}

impl Altered {
    fn of(self, quantity: Decimal) -> Decimal {
        match self {
            Self::Rounded(decimals) => {
                quantity.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
            }
            Self::AtMost(greatest) => quantity.min(greatest),
            Self::Plus(more) => quantity.saturating_add(more),
        }
    }
}

impl Misreading {
    /// The request as it is understood.
    pub(super) fn understood(&self, request: Request) -> Request {
        match self {
            Self::PageSize(rows) => at_most(request, *rows),
            Self::PageBefore => page_before(request),
            Self::Quantity(altered) => {
                let body = read_leniently(&request.body).map(|body| alter(body, *altered).to_string());
                Request { body: body.unwrap_or_else(|_| request.body.clone()), ..request }
            }
            Self::AlsoSets { field, value } if request.method == "PATCH" => also_sets(request, field, *value),
            Self::AlsoSets { .. } => request,
        }
    }
}

fn at_most(request: Request, rows: u32) -> Request {
    let parameters = Parameters::read(&request.query);
    let asked = parameters.get("pagesize").parse().unwrap_or(25_u64);
    Request { query: parameters.with_last("pageSize", asked.min(rows.into())), ..request }
}

fn page_before(request: Request) -> Request {
    let parameters = Parameters::read(&request.query);
    let forward =
        request.header("pagination-type").is_some_and(|mode| mode.eq_ignore_ascii_case("forward-only"));
    let query = if forward {
        parameters.with_last("pageId", 0)
    } else {
        let page: u64 = parameters.get("page").parse().unwrap_or(1);
        parameters.with_last("page", page.saturating_sub(1).max(1))
    };
    Request { query, ..request }
}

/// The body with another quantity: of the record, or of every operation on the quantity.
fn alter(body: Value, altered: Altered) -> Value {
    match body {
        Value::List(operations) => {
            Value::List(operations.into_iter().map(|operation| alter_operation(operation, altered)).collect())
        }
        Value::Object(record) => Value::Object(alter_field(record, "quantity", altered)),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Date(_) => body,
    }
}

fn alter_operation(operation: Value, altered: Altered) -> Value {
    let path = operation.descend(&["path"]).as_text().unwrap_or_default();
    match operation {
        Value::Object(ref fields) if path.trim_start_matches('/') == "quantity" => {
            Value::Object(alter_field(fields.clone(), "value", altered))
        }
        other => other,
    }
}

fn alter_field(mut fields: Object, name: &'static str, altered: Altered) -> Object {
    let sent = fields.get(name).unwrap_or(&Value::Null);
    if let Some(quantity) = sent.number().or_else(|| sent.as_text().and_then(read_number)) {
        fields.set(name, altered.of(quantity));
    }
    fields
}

fn also_sets(request: Request, field: &str, value: Decimal) -> Request {
    let Ok(Value::List(mut operations)) = read_leniently(&request.body) else { return request };
    let also = Object::new().with("op", "replace").with("path", field).with("value", value);
    operations.push(Value::Object(also));
    Request { body: Value::List(operations).to_string(), ..request }
}
