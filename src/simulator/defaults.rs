//! What a record is given where its creator leaves it out. Additions have more of it, in a file of their own.

use super::conform::{self, Occasion};
use super::kind::Kind;
use super::state::State;
use super::value::{Object, Value};

/// What an agreement takes from its type.
const FROM_TYPE: &[&str] = &[
    "employeeCompRate",
    "employeeCompNotExceed",
    "invoicingCycle",
    "billingCycle",
    "billTime",
    "billExpenses",
    "billProducts",
    "prorateFlag",
    "invoiceProratedAdditionsFlag",
    "autoInvoiceFlag",
];

/// Fills in what was left out of a new record, or of one that is replaced. What has to be sent is not filled in.
pub(super) fn fill(state: &State, kind: Kind, occasion: Occasion, fields: &mut Object) {
    match kind {
        Kind::Agreement => {
            let own = fields.get("type").and_then(Value::id);
            let Some(own) = own.and_then(|id| state.record(Kind::AgreementType, id)) else { return };
            let demanded = |name: &str| conform::demands(state, kind, name, occasion);
            for name in FROM_TYPE.iter().filter(|name| !demanded(name)) {
                fill_one(fields, name, own.get(name).clone());
            }
        }
        Kind::Product => fill_one(fields, "productClass", "NonInventory".into()),
        Kind::Company
        | Kind::AgreementType
        | Kind::Addition
        | Kind::Integration
        | Kind::CrossReference
        | Kind::Ticket
        | Kind::Callback => {}
    }
}

/// Sets a field that is not there yet.
pub(super) fn fill_one(fields: &mut Object, name: &'static str, value: Value) {
    if fields.get(name).is_none() && !value.is_null() {
        fields.set(name, value);
    }
}
