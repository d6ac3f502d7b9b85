//! Identifiers that no two records share: those of companies and of products.
//!
//! Names may be shared, and a company in the recycle bin leaves its identifier free. Only an identifier that is set
//! anew, or that comes back from the recycle bin, is looked at: what a seed has planted twice can still be changed
//! otherwise.

use super::errors::{Flaw, FlawCode};
use super::kind::Kind;
use super::state::{Record, State};
use super::value::{Object, Value};

/// The complaint about an identifier that another record has.
pub(super) fn flaw(state: &State, kind: Kind, before: Option<&Record>, fields: &Object) -> Option<Flaw> {
    let unique = matches!(kind, Kind::Company | Kind::Product);
    let wanted = fields.get("identifier").filter(|_| unique)?.as_text()?;
    let deleted = |fields: &Object| fields.get("deletedFlag").and_then(Value::flag) == Some(true);
    let keeps = |before: &Record| before.get("identifier").as_text() == Some(wanted);
    let comes_back = |before: &Record| deleted(&before.fields) && !deleted(fields);
    if before.is_some_and(|before| keeps(before) && !comes_back(before)) {
        return None;
    }
    let same = |record: &Record| {
        let own = record.get("identifier").as_text();
        own.is_some_and(|own| state.options.string_comparison.same(own, wanted))
            && !deleted(&record.fields)
            && before.is_none_or(|before| before.id != record.id)
    };
    let message = || format!("The {} {wanted} exists already", kind.entity());
    state.all(kind).any(same).then(|| Flaw::new(FlawCode::ObjectExists, "identifier", message()))
}
