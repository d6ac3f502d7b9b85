//! Whether a write that surely was not sent is tried again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, civil::date};

use super::super::gate::{Gate, Validity};
use super::again;
use crate::billing::{
    Addition, AdditionId, AgreementId, AgreementStatus, BillCustomer, LineKey, ProductId, Quantity,
};
use crate::journal::attempt::{
    Conclusion, Elapsed, Retry, SetLine, Sight, Step, Stop as Asked, Timing, WriteAnswer,
};
use crate::journal::{IntentId, NotSent};
use crate::reconciler::Stop;

const LINE: LineKey = LineKey { agreement: AgreementId(401), product: ProductId(31) };

/// A write that found no connection.
fn unsent() -> Retry {
    let (addition, before, after) = (AdditionId(9001), Quantity::from(25), Quantity::from(27));
    let start = SetLine { line: LINE, addition, before, after, timing: Timing::default() }.start();
    let Step::Read(read) = start else { panic!("it is read again first") };
    let found = Addition {
        id: addition,
        agreement: LINE.agreement,
        product: LINE.product,
        product_identifier: "BKP-GB".into(),
        quantity: Some(before),
        less_included: None,
        unit_price: None,
        unit: None,
        bill_customer: BillCustomer::Billable,
        effective: None,
        cancelled: None,
        status: AgreementStatus::Active,
        last_updated: None,
        updated_by: None,
    };
    let seen = read.seen(Sight::Found(Box::new(found)), date(2026, 11, 22));
    let Step::Intend(intend) = seen else { panic!("it is as planned") };
    let at_once = Elapsed { monotonic: Duration::ZERO, wall: SignedDuration::ZERO };
    let committed = intend.committed(IntentId(1), Timestamp::UNIX_EPOCH, at_once, Asked::No);
    let Step::Patch(patch) = committed else { panic!("it is in time") };
    let answered = patch.answered(WriteAnswer::Unsent { message: "connection refused".to_owned() });
    let Step::Settle(settle) = answered else { panic!("it surely was not sent") };
    let Step::Retry(retry) = settle.recorded() else { panic!("the plan may try again") };
    retry
}

#[test]
fn b3_what_was_not_sent_is_tried_again_only_while_its_plan_is_good_and_nobody_stops() {
    let (goes_on, stopped) = (Stop::default(), Stop::default());
    stopped.request();
    let later = Timestamp::now() + SignedDuration::from_mins(1);
    let earlier = Timestamp::now() - SignedDuration::from_mins(1);
    let tried = |stop: &Stop, until| {
        let validity = Validity { until, freezes: &[] };
        again(unsent(), &Gate { stop, validity, is_suspended: &|| false })
    };

    let left = Step::Done(Conclusion::NotSent(NotSent::NoByteWritten));
    assert!(matches!(tried(&goes_on, later), Step::Read(_)), "the line is read again first");
    assert_eq!((tried(&goes_on, earlier), tried(&stopped, later)), (left.clone(), left));
}
