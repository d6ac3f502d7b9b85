//! What a backup row expects of its BackupUsage line, and allowances that would be deducted twice.
//!
//! Less Included is an allowance that ConnectWise deducts when it invoices; additional usage and `included` deduct one
//! before. Both together bill too little.

use crate::billing::{Addition, Quantity};
use crate::mapping::{Expectation, Row, Subject, UsageValue};
use crate::problem::{Code, Reason};
use crate::usage::{Account, Base, Metric};

use super::ground::Ground;
use super::level::Entry;
use super::line::Derivation;

/// Whether the base plan size of an account is not the one its row expects.
pub(super) fn base_fails(
    row: &Row,
    entry: &Entry<'_>,
    account: &Account,
    ground: &Ground<'_>,
) -> Option<Reason> {
    let expected = expectation(row).filter(|_| entry.metric == Metric::BackupUsage)?.base_plan_size?;
    let gigabyte = ground.inputs.catalog.policy.gigabyte;
    let base = account.plan.as_ref().map_or(Base::Unknown, |plan| plan.base);
    let holds = match base {
        Base::Unknown | Base::Unlimited => false,
        Base::Size(base) => base
            .exact_bytes(gigabyte)
            .zip(expected.exact_bytes(gigabyte))
            .is_some_and(|(base, wanted)| base.equals(wanted)),
    };
    let message = format!("the base plan size of account {} is not the expected one", account.username);
    (!holds).then(|| Reason::new(Code::ExpectationFailed, message))
}

/// What the claims of a line say about Less Included of its addition.
pub(super) fn less_included(derivation: &[Derivation<'_>], addition: &Addition, reasons: &mut Vec<Reason>) {
    let current = addition.less_included.unwrap_or(Quantity::ZERO);
    for claim in derivation {
        let expected = expected_less_included(claim);
        match expected {
            Some(expected) if expected != current => {
                let message = format!("Less Included is {current}, and the mapping row expects {expected}");
                let reason = Reason::new(Code::ExpectationFailed, message);
                reasons.push(reason.over(expected.to_string(), current.to_string()));
            }
            Some(_) => {}
            None if current > Quantity::ZERO && deducts(claim) => {
                let message = format!("the allowance would be deducted twice: Less Included is {current}");
                reasons.push(Reason::new(Code::DoubleDeduction, message).over("0", current.to_string()));
            }
            None => {}
        }
    }
}

/// The Less Included that the row of a BackupUsage claim expects.
pub(super) fn expected_less_included(claim: &Derivation<'_>) -> Option<Quantity> {
    claim.usage_value.and_then(|_| expectation(claim.row?)?.less_included)
}

fn deducts(claim: &Derivation<'_>) -> bool {
    let additional = match claim.usage_value {
        Some(UsageValue::Additional) => true,
        Some(UsageValue::Total) | None => false,
    };
    additional || claim.included.is_some_and(|included| !included.is_zero())
}

fn expectation(row: &Row) -> Option<&Expectation> {
    match &row.subject {
        Subject::Plan { expect, .. } => Some(expect),
        Subject::Seats { .. } | Subject::Metered { .. } => None,
    }
}
