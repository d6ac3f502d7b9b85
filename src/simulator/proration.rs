//! What a line costs that begins in the middle of the period that the next invoice ends.
//!
//! Price × days left in the period ÷ days of the period, in cents; only for lines that ask for it, on agreements that
//! are invoiced monthly and say when next. For every other line the prorated amounts are nothing.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rust_decimal::{Decimal, RoundingStrategy};

use super::additions::next_invoice;
use super::kind::Kind;
use super::state::Record;
use super::view::View;

/// The decimals of an amount of money.
const CENTS: u32 = 2;

/// The prorated price or cost of one unit.
pub(super) fn unit(view: &View<'_>, addition: &Record, amount: &str) -> Option<Decimal> {
    let (left, whole) = days(view, addition)?;
    let prorated = addition.get(amount).number()?.checked_mul(left)?.checked_div(whole)?;
    Some(prorated.round_dp_with_strategy(CENTS, RoundingStrategy::MidpointAwayFromZero))
}

/// That of all units.
pub(super) fn extended(view: &View<'_>, addition: &Record, amount: &str) -> Option<Decimal> {
    addition.get("quantity").number()?.checked_mul(unit(view, addition, amount)?)
}

/// The days left in the period from the line's first day on, and the days of the period.
fn days(view: &View<'_>, addition: &Record) -> Option<(Decimal, Decimal)> {
    if addition.get("prorateCurrentPeriodFlag").flag() != Some(true) {
        return None;
    }
    let agreement = view.state.record(Kind::Agreement, addition.parent?)?;
    let monthly = agreement.get("billingCycle").descend(&["name"]).as_text() == Some("Monthly");
    let end = next_invoice(agreement).filter(|_| monthly)?;
    let start = end.to_zoned_datetime(TimeZone::UTC).checked_sub(1.month()).ok()?.timestamp();
    let effective = addition.get("effectiveDate").date()?;
    (start <= effective && effective < end).then(|| (between(effective, end), between(start, end)))
}

fn between(from: Timestamp, to: Timestamp) -> Decimal {
    const DAY: i64 = 24 * 60 * 60;
    Decimal::from((to.as_second() - from.as_second()) / DAY)
}
