//! The bodies of writes, byte by byte, and what answers prove.

use bytes::Bytes;
use jiff::civil::date;
use proptest::prelude::{any, prop_assert_eq, proptest};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use rust_decimal::Decimal;

use super::{Expected, WriteAnswer, inert_body, judged, quantity_body, unanswered};
use crate::billing::{AdditionId, AgreementId, ProductId, Quantity};
use crate::connectwise::answer::Answer;
use crate::connectwise::transport::{Failure, FailureKind, Redaction};

const SET: Expected = Expected { status: 200, agreement: AgreementId(3), addition: Some(AdditionId(11)) };
const CREATE: Expected = Expected { status: 201, agreement: AgreementId(3), addition: None };
const RECORD: &str = r#"{"id":11,"agreementId":3,"product":{"id":21,"identifier":"A"},"quantity":5,"billCustomer":"Billable"}"#;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]),
        body: Bytes::copy_from_slice(body.as_bytes()),
        lost: None,
        redaction: Redaction::default(),
    }
}

fn is_in_doubt(answer: &WriteAnswer) -> bool {
    matches!(answer, WriteAnswer::InDoubt { .. })
}

#[test]
fn a_set_is_one_replacement_of_the_quantity_and_nothing_else() {
    let body = quantity_body("80.25".parse().unwrap());

    assert_eq!(String::from_utf8(body).unwrap(), r#"[{"op":"replace","path":"quantity","value":80.25}]"#);
}

#[test]
fn a_create_bills_nothing_and_names_no_price() {
    let body = inert_body(ProductId(21), date(2026, 4, 1));

    assert_eq!(
        String::from_utf8(body).unwrap(),
        r#"{"product":{"id":21},"quantity":0,"billCustomer":"Billable","effectiveDate":"2026-04-01T00:00:00Z"}"#
    );
}

proptest! {
    #[test]
    fn every_quantity_is_written_digit_by_digit(milli in any::<i64>(), scale in 0_u32..28) {
        let quantity = Quantity::new(Decimal::new(milli, scale));

        let body = String::from_utf8(quantity_body(quantity)).unwrap();

        prop_assert_eq!(body, format!(r#"[{{"op":"replace","path":"quantity","value":{quantity}}}]"#));
    }
}

#[test]
fn only_the_right_status_with_the_right_record_acknowledges() {
    let set = judged(&answer(200, RECORD), &SET);
    let create = judged(&answer(201, RECORD), &CREATE);

    assert!(matches!(&set, WriteAnswer::Acknowledged(addition) if addition.id == AdditionId(11)), "{set:?}");
    assert!(matches!(create, WriteAnswer::Acknowledged(_)), "{create:?}");
}

#[test]
fn seven_statuses_are_sure_refusals_and_every_other_one_is_a_doubt() {
    let refusals = [400, 401, 403, 404, 405, 415, 422];
    for status in 100..=599 {
        let judged = judged(&answer(status, r#"{"code":"X","message":"no"}"#), &SET);

        if refusals.contains(&status) {
            assert_eq!(judged, WriteAnswer::Refused { status, message: "X no".to_owned() });
        } else {
            assert!(is_in_doubt(&judged), "{status}: {judged:?}");
        }
    }
}

#[test]
fn a_good_status_with_anything_but_the_record_is_a_doubt() {
    for body in [
        "",
        "null",
        "{}",
        "<html></html>",
        &RECORD[..40],
        &RECORD.replace("\"id\":11", "\"id\":12"),
        &RECORD.replace("\"agreementId\":3", "\"agreementId\":4"),
        &RECORD.replace("Billable", "Perhaps"),
        &format!("[{RECORD}]"),
    ] {
        let judged = judged(&answer(200, body), &SET);

        assert!(is_in_doubt(&judged), "{body}: {judged:?}");
    }
    assert!(is_in_doubt(&judged(&answer(200, RECORD), &CREATE)));
    assert!(is_in_doubt(&judged(&answer(201, &RECORD.replace("\"id\":11,", "")), &CREATE)));
    assert!(is_in_doubt(&judged(&answer(204, ""), &SET)));
}

#[test]
fn only_a_missing_connection_proves_that_nothing_was_sent() {
    let lost = |kind| unanswered(Failure { kind, cause: "why".to_owned() });
    let message = || "why".to_owned();

    for kind in [FailureKind::NotConnected, FailureKind::Untrusted] {
        assert_eq!(lost(kind), WriteAnswer::NotSent { message: message() });
    }
    for kind in [FailureKind::Timeout, FailureKind::Broken, FailureKind::TooLarge, FailureKind::Unreadable] {
        assert_eq!(lost(kind), WriteAnswer::InDoubt { message: message() });
    }
}
