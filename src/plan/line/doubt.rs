//! What the journal and the line itself hold against any write: an unsettled one, one that ConnectWise stored otherwise,
//! and a line that cannot be written because there is no single quantity to change.
//!
//! No waiver answers these; each is cleared where it comes from.

use super::{Case, Ground};
use crate::billing::Quantity;
use crate::desired::Found;
use crate::problem::{Code, Reason};

/// Adds these reasons to those that the desired state gave the line; each code stays once, sorted.
pub(super) fn raise<'a>(case: &mut Case<'a>, ground: &Ground<'_, 'a>) {
    let doubts = [unsettled(case, ground), unwritable(case)];
    if doubts.iter().all(Option::is_none) {
        return;
    }
    case.line.reasons.extend(doubts.into_iter().flatten());
    once_each(&mut case.line.reasons);
}

/// Sorts reasons by code and keeps the first of each code.
pub(super) fn once_each(reasons: &mut Vec<Reason>) {
    reasons.sort_by_key(|reason| reason.code);
    reasons.dedup_by_key(|reason| reason.code);
}

/// A write whose outcome is not known, or that ConnectWise stored otherwise.
fn unsettled<'a>(case: &Case<'a>, ground: &Ground<'_, 'a>) -> Option<Reason> {
    let record = case.record?;
    if let Some(intent) = record.open_intent {
        let (since, settles_at) = (intent.since, intent.settles_at);
        let message = format!("the outcome of our write of {since:.0} is not known before {settles_at:.0}");
        return Some(Reason::new(Code::InDoubt, message));
    }
    if !record.diverged {
        return None;
    }
    let in_step = case.current.filter(|current| case.line.desired == Some(*current));
    if let Some(altered) = case.altered(ground).filter(|_| record.last_written == case.current)
        && !in_step.is_some_and(|current| case.accepts_hands(ground, current))
    {
        return Some(Reason { code: Code::Diverged, ..altered });
    }
    in_step.is_none().then(|| {
        let shown =
            |quantity: Option<Quantity>| quantity.map_or_else(|| "unknown".to_owned(), |q| q.to_string());
        let message = "ConnectWise stored another quantity than the one we wrote last";
        Reason::new(Code::Diverged, message).over(shown(record.last_written), shown(case.current))
    })
}

/// A last look before a write is thought of: the desired state has its own words for these, and they come first.
fn unwritable(case: &Case<'_>) -> Option<Reason> {
    if !case.line.reasons.is_empty() {
        return None;
    }
    let nothing = case.line.desired.is_none_or(|desired| desired <= Quantity::ZERO);
    match (&case.line.addition, case.line.desired) {
        (_, None) => Some(Reason::new(Code::UsageUnknown, "its quantity is not known")),
        (Found::Nothing, Some(_)) if nothing => {
            Some(Reason::new(Code::MissingAddition, "there is no addition, and none is created for nothing"))
        }
        (Found::Several(_), Some(_)) => {
            Some(Reason::new(Code::AmbiguousAddition, "several additions are live"))
        }
        (Found::One(addition), Some(_)) if addition.quantity.is_none() => {
            Some(Reason::new(Code::QuantityUnknown, "ConnectWise shows no quantity"))
        }
        (Found::One(_) | Found::Nothing, Some(_)) => None,
    }
}
