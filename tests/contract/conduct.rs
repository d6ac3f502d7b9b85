//! What trueup may ever send to ConnectWise: it reads, it sets the quantity of an addition, it creates an addition that
//! bills nothing, it opens a ticket. Everything else is a violation, however well it is formed.

use serde_json::Value;

use super::Call;
use super::description::Operation;

/// What is wrong with sending this at all.
pub fn violations(call: &Call<'_>, operation: &Operation) -> Vec<String> {
    let body = || serde_json::from_str(call.body).unwrap_or(Value::Null);
    let allowed = match (operation.method.as_str(), operation.path.as_str()) {
        ("GET", _) | ("POST", "/system/bundles") => true,
        ("PATCH", "/finance/agreements/{parentId}/additions/{id}") => sets_a_quantity(&body()),
        ("POST", "/finance/agreements/{parentId}/additions") => is_inert(&body()),
        ("POST", "/service/tickets") => is_ticket(&body()),
        _ => false,
    };
    if allowed { Vec::new() } else { vec!["trueup never sends that".to_owned()] }
}

/// One replacement of `quantity` by a number that is not below zero, and nothing beside it.
fn sets_a_quantity(body: &Value) -> bool {
    let [operation] = body.as_array().map_or(&[][..], Vec::as_slice) else { return false };
    let number = operation["value"].as_f64();
    names(operation) == ["op", "path", "value"]
        && operation["op"] == "replace"
        && operation["path"] == "quantity"
        && number.is_some_and(|number| number >= 0.0)
}

/// An addition of quantity 0, its product named by number, so that a second one by accident bills nobody.
fn is_inert(body: &Value) -> bool {
    names(body) == ["billCustomer", "effectiveDate", "product", "quantity"]
        && names(&body["product"]) == ["id"]
        && body["quantity"] == 0
        && body["billCustomer"] == "Billable"
}

/// A ticket of texts only, for a company and a board by name.
fn is_ticket(body: &Value) -> bool {
    names(body) == ["board", "company", "initialDescription", "summary"]
        && names(&body["board"]) == ["name"]
        && names(&body["company"]) == ["identifier"]
}

/// The properties of an object, sorted.
fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}
