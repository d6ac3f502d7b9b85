//! Additions read from text, good and bad.

use jiff::civil::date;

use crate::billing::{
    Addition, AdditionId, AgreementId, AgreementStatus, BillCustomer, Money, ProductId, Quantity,
};
use crate::connectwise::wire::{Names, Unreadable, additions_page};

const WHOLE: &str = r#"{"id":11,"agreementId":3,"product":{"id":21,"identifier":"BKP-GB"},"quantity":80.25,
    "lessIncluded":20.00,"unitPrice":0.5,"billCustomer":"Billable","effectiveDate":"2026-01-01T00:00:00Z",
    "cancelledDate":"2026-12-31T00:00:00Z","agreementStatus":"Active","description":"Backup",
    "_info":{"lastUpdated":"2026-03-31T10:00:00Z","updatedBy":"trueup"}}"#;

fn read(json: &str) -> Result<Vec<Addition>, Unreadable> {
    additions_page(json.as_bytes(), AgreementId(3), &mut Names::default())
}

fn with(from: &str, to: &str) -> Result<Vec<Addition>, Unreadable> {
    assert!(WHOLE.contains(from), "the example has no {from}");
    read(&format!("[{}]", WHOLE.replace(from, to)))
}

fn whole() -> Addition {
    Addition {
        id: AdditionId(11),
        agreement: AgreementId(3),
        product: ProductId(21),
        product_identifier: "BKP-GB".into(),
        quantity: Some("80.25".parse().unwrap()),
        less_included: Some("20".parse().unwrap()),
        unit_price: Some("0.5".parse().unwrap()),
        unit: None,
        bill_customer: BillCustomer::Billable,
        effective: Some(date(2026, 1, 1)),
        cancelled: Some(date(2026, 12, 31)),
        status: AgreementStatus::Active,
        last_updated: Some("2026-03-31T10:00:00Z".parse().unwrap()),
        updated_by: Some("trueup".into()),
    }
}

#[test]
fn an_addition_is_read_whole() {
    assert_eq!(read(&format!("[{WHOLE}]")), Ok(vec![whole()]));
}

#[test]
fn an_addition_with_the_least_is_read_with_unknowns_and_no_zeros() {
    let additions =
        read(r#"[{"id":11,"product":{"id":21,"identifier":"BKP-GB"},"billCustomer":"NoCharge"}]"#);

    assert_eq!(
        additions,
        Ok(vec![Addition {
            quantity: None,
            less_included: None,
            unit_price: None,
            unit: None,
            bill_customer: BillCustomer::NoCharge,
            effective: None,
            cancelled: None,
            status: AgreementStatus::Unknown,
            last_updated: None,
            updated_by: None,
            ..whole()
        }])
    );
}

#[test]
fn null_and_empty_are_unknown_and_not_zero() {
    let null = with("\"quantity\":80.25", "\"quantity\":null");
    let empty = with("\"quantity\":80.25", "\"quantity\":\"\"");

    assert_eq!(null, Ok(vec![Addition { quantity: None, ..whole() }]));
    assert_eq!(empty, null);
}

#[test]
fn quantities_are_exact_in_every_form_they_may_come_in() {
    for (sent, exact) in
        [("1e3", "1000"), ("\"12.50\"", "12.5"), ("-4", "-4"), ("0.1", "0.1"), ("7.0000", "7")]
    {
        let additions = with("80.25", sent).unwrap();

        assert_eq!(additions[0].quantity, Some(exact.parse::<Quantity>().unwrap()), "{sent}");
    }
}

#[test]
fn a_long_price_is_kept_to_its_last_digit() {
    let additions = with("\"unitPrice\":0.5", "\"unitPrice\":0.123456789012345678").unwrap();

    assert_eq!(additions[0].unit_price, Some("0.123456789012345678".parse::<Money>().unwrap()));
}

#[test]
fn an_addition_that_is_not_understood_is_refused_with_its_number() {
    for (from, to, why) in [
        ("80.25", "\"NaN\"", "addition 11 with \"NaN\" where a number belongs"),
        ("80.25", "true", "addition 11 with true where a number belongs"),
        ("20.00", "\"1,000\"", "addition 11 with \"1,000\" where a number belongs"),
        ("\"Billable\"", "\"Sometimes\"", "addition 11 with billCustomer \"Sometimes\""),
        ("\"Billable\"", "null", "addition 11 with no billCustomer"),
        ("\"agreementId\":3", "\"agreementId\":4", "addition 11 with another agreement than 3"),
        (
            "{\"id\":21,\"identifier\":\"BKP-GB\"}",
            "{\"identifier\":\"BKP-GB\"}",
            "addition 11 with no product",
        ),
        ("2026-12-31T00:00:00Z", "2026-12-32", "addition 11 with \"2026-12-32\" where a date belongs"),
        ("\"id\":11", "\"id\":0", "a record without a number"),
    ] {
        assert_eq!(with(from, to), Err(Unreadable(why.into())), "{from} → {to}");
    }
}

#[test]
fn answers_that_are_no_list_are_refused_without_a_panic() {
    for body in ["", "  ", "null", "{}", "[", "[{\"id\":1", "<html></html>", "[] []", "[null]", "[[]]"] {
        assert!(read(body).is_err(), "{body}");
    }
    assert!(additions_page(&[0xff, 0xfe], AgreementId(3), &mut Names::default()).is_err());
    assert!(read(&"[".repeat(100_000)).is_err());
    assert!(with("\"description\":\"Backup\"", "\"id\":12").is_err(), "two members of one name");
    assert!(with("\"id\":11", "\"id\":\"11\"").is_err(), "a number that became text");
}

#[test]
fn names_are_kept_once() {
    let additions = read(&format!("[{WHOLE},{}]", WHOLE.replace("\"id\":11", "\"id\":12"))).unwrap();

    assert!(std::sync::Arc::ptr_eq(&additions[0].product_identifier, &additions[1].product_identifier));
}
