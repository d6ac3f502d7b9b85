//! What ConnectWise computes and nobody can set: amounts of an addition, statuses from dates.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::callbacks;
use super::kind::Kind;
use super::options::AdditionStatus;
use super::proration;
use super::state::Record;
use super::value::Value;
use super::view::View;
use super::zone;

/// The value of a derived field; nothing for a field that is stored.
pub(super) fn field(view: &View<'_>, kind: Kind, record: &Record, name: &str) -> Option<Value> {
    match (kind, name) {
        (Kind::Addition, "agreementId") | (Kind::CrossReference, "parentId") => Some(record.parent.into()),
        (Kind::Addition, "billedQuantity") => Some(billed_quantity(record).into()),
        (Kind::Addition, "extPrice") => Some(extended(record, "unitPrice").into()),
        (Kind::Addition, "extCost") => Some(extended(record, "unitCost").into()),
        (Kind::Addition, "margin") => Some(margin(record).into()),
        (Kind::Addition, "agreementStatus") => Some(addition_status(view, record)),
        (Kind::Addition, "proratePrice") => Some(proration::unit(view, record, "unitPrice").into()),
        (Kind::Addition, "prorateCost") => Some(proration::unit(view, record, "unitCost").into()),
        (Kind::Addition, "extendedProratePrice") => {
            Some(proration::extended(view, record, "unitPrice").into())
        }
        (Kind::Addition, "extendedProrateCost") => Some(proration::extended(view, record, "unitCost").into()),
        (Kind::Agreement, "agreementStatus") => Some(agreement_status(record, view.today())),
        (Kind::Callback, "connectWiseID") => Some(callbacks::guid(record.id).as_str().into()),
        _ => None,
    }
}

/// The quantity that reaches the invoice: what is not included free, never below zero.
fn billed_quantity(addition: &Record) -> Option<Decimal> {
    let quantity = addition.get("quantity").number()?;
    let included = addition.get("lessIncluded").number().unwrap_or_default();
    quantity.checked_sub(included).map(|billed| billed.max(Decimal::ZERO))
}

fn extended(addition: &Record, unit: &str) -> Option<Decimal> {
    addition.get("quantity").number()?.checked_mul(addition.get(unit).number()?)
}

fn margin(addition: &Record) -> Option<Decimal> {
    extended(addition, "unitPrice")?.checked_sub(extended(addition, "unitCost")?)
}

fn addition_status(view: &View<'_>, addition: &Record) -> Value {
    let planted = addition.get("agreementStatus");
    if !planted.is_null() {
        return planted.clone();
    }
    match view.state.options.addition_status {
        AdditionStatus::OwnDates => line_status(addition, view.today()).into(),
        AdditionStatus::Agreement => addition
            .parent
            .and_then(|id| view.state.record(Kind::Agreement, id))
            .map_or(Value::Null, |agreement| agreement_status(agreement, view.today())),
    }
}

/// Whether a line still runs, by its own dates alone. They are days, whatever time of the day is written: a line begins
/// with its effective date, and is cancelled from the start of its cancelled date on.
pub(super) fn line_status(addition: &Record, now: Timestamp) -> &'static str {
    let day = |name| addition.get(name).date().map(zone::midnight);
    if day("cancelledDate").is_some_and(|day| day <= now) {
        "Cancelled"
    } else if day("effectiveDate").is_some_and(|day| day > now) {
        "Inactive"
    } else {
        "Active"
    }
}

/// Whether an agreement runs, by its flags and dates.
pub(super) fn agreement_status(agreement: &Record, now: Timestamp) -> Value {
    let planted = agreement.get("agreementStatus");
    if !planted.is_null() {
        return planted.clone();
    }
    let set = |name| agreement.get(name).flag() == Some(true);
    let date = |name| agreement.get(name).date();
    let status = if set("cancelledFlag") && date("dateCancelled").is_none_or(|date| date <= now) {
        "Cancelled"
    } else if !set("noEndingDateFlag") && date("endDate").is_some_and(|date| is_over(date, now)) {
        "Expired"
    } else if date("startDate").is_some_and(|date| date > now) {
        "Inactive"
    } else {
        "Active"
    };
    status.into()
}

/// Whether a last day is over. A day is written as its beginning, and lasts to its end.
fn is_over(last_day: Timestamp, now: Timestamp) -> bool {
    last_day.checked_add(SignedDuration::from_hours(24)).is_ok_and(|end| end <= now)
}
