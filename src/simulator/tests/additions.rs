//! What is special about additions.

use super::{AGREEMENT, LINE, Reply, caller, running, world};
use crate::simulator::{Kind, Role, Running, Value};

fn create(running: &Running, agreement: u32, body: &str) -> Reply {
    caller(running).send("POST", &format!("finance/agreements/{agreement}/additions"), body)
}

#[test]
fn base_08_a_new_line_needs_a_product_and_a_billing_word_it_knows() {
    let running = world();

    let empty = create(&running, AGREEMENT, "{}");
    let unknown = create(
        &running,
        AGREEMENT,
        r#"{"product":{"id":501},"billCustomer":"billable","effectiveDate":"2026-12-01T00:00:00Z"}"#,
    );

    assert_eq!(empty.status, 400);
    assert_eq!(empty.at("message"), "\"addition object is invalid\"");
    let missing = |field: &str| ("MissingRequiredField".to_owned(), field.to_owned());
    assert!(empty.flaws().contains(&missing("product")) && empty.flaws().contains(&missing("billCustomer")));
    assert_eq!(unknown.flaws(), [("InvalidField".to_owned(), "billCustomer".to_owned())]);
    assert_eq!(running.additions().len(), 2);
}

#[test]
fn base_08_a_new_line_answers_201_with_defaults_from_the_catalogue() {
    let running = world();

    let body = r#"{"product":{"identifier":"IMAGE"},"billCustomer":"Billable","quantity":0,"effectiveDate":"2026-12-01T00:00:00Z"}"#;
    let reply = create(&running, AGREEMENT, body);

    assert_eq!(reply.status, 201);
    let shown = |path: &str| reply.at(path);
    assert_eq!([shown("id"), shown("agreementId"), shown("quantity")], ["100003", "50001", "0"]);
    assert_eq!([shown("unitPrice"), shown("unitCost"), shown("lessIncluded")], ["12.50", "4", "0"]);
    assert_eq!([shown("description"), shown("uom")], ["\"Image licence\"", "\"Each\""]);
    assert_eq!(shown("agreementStatus"), "\"Inactive\"", "it begins in the future");
    assert_eq!(caller(&running).get(&caller(&running).line(100_003)).json(), reply.json());
}

#[test]
fn base_08_duplicate_lines_of_one_product_are_legal() {
    let running = world();
    let body = r#"{"product":{"id":502},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z"}"#;

    let statuses = [create(&running, AGREEMENT, body).status, create(&running, AGREEMENT, body).status];

    assert_eq!(statuses, [201, 201]);
    let count = caller(&running)
        .get(&format!("finance/agreements/{AGREEMENT}/additions/count?conditions=product/id=502"));
    assert_eq!(count.at("count"), "3");
}

#[test]
fn base_08_amounts_are_computed_exactly() {
    let running = world();

    let line = caller(&running).set_quantity(LINE, "123.45");

    assert_eq!(line.at("extPrice"), "43.2075");
    assert_eq!(line.at("extCost"), "12.3450");
    assert_eq!(line.at("margin"), "30.8625");
    assert_eq!(line.at("billedQuantity"), "103.45");
}

#[test]
fn base_08_billed_quantity_never_falls_below_zero() {
    let running = world();

    assert_eq!(caller(&running).set_quantity(LINE, "5").at("billedQuantity"), "0");
}

#[test]
fn base_08_the_status_follows_the_lines_dates_and_the_clock() {
    let running = world();
    let caller = caller(&running);
    let status = || caller.get(&caller.line(LINE)).at("agreementStatus");
    assert_eq!(status(), "\"Active\"");

    let end = r#"[{"op":"replace","path":"cancelledDate","value":"2026-11-25T00:00:00Z"}]"#;
    caller.send("PATCH", &caller.line(LINE), end);
    assert_eq!(status(), "\"Active\"", "the day has not come");
    running.clock().set("2026-11-25T00:00:00Z".parse().unwrap());
    assert_eq!(status(), "\"Cancelled\"");
}

#[test]
fn base_08_an_effective_date_before_the_billing_start_is_refused() {
    let running = world();
    let caller = caller(&running);

    let body = r#"[{"op":"replace","path":"effectiveDate","value":"2024-12-31T00:00:00Z"}]"#;
    let reply = caller.send("PATCH", &caller.line(LINE), body);

    assert_eq!((reply.status, reply.at("code")), (400, "\"InvalidObject\"".to_owned()));
    assert_eq!(reply.flaws(), [("InvalidField".to_owned(), "effectiveDate".to_owned())]);
    assert!(reply.body.contains("billing start date"));
}

#[test]
fn base_08_an_invoiced_period_is_closed_to_new_lines_while_proration_is_off() {
    let running = world();
    running.by("jo").edit(Kind::Agreement, 50_002, "nextInvoiceDate", "2026-12-01").unwrap();
    let body = r#"{"product":{"id":502},"billCustomer":"Billable","effectiveDate":"2026-11-01T00:00:00Z"}"#;

    let closed = create(&running, AGREEMENT, body);
    let prorated = create(&running, 50_002, body);

    assert_eq!((closed.status, prorated.status), (400, 201));
    assert!(closed.body.contains("has been invoiced"));
}

#[test]
fn base_08_old_lines_keep_changing_after_their_first_invoice() {
    let running = world();

    assert_eq!(caller(&running).set_quantity(LINE, "7").status, 200);
}

#[test]
fn base_08_another_product_brings_its_price_unless_one_is_sent_along() {
    let running = world();
    let caller = caller(&running);

    let alone = r#"[{"op":"replace","path":"product","value":{"id":502}}]"#;
    let moved = caller.send("PATCH", &caller.line(LINE), alone);
    let with_price = r#"[{"op":"replace","path":"product","value":{"id":501}},{"op":"replace","path":"unitPrice","value":1.5}]"#;
    let kept = caller.send("PATCH", &caller.line(LINE), with_price);

    let shown = |reply: &Reply| [reply.at("unitPrice"), reply.at("unitCost"), reply.at("description")];
    assert_eq!(shown(&moved), ["12.50", "4", "\"Image licence\""]);
    assert_eq!(shown(&kept), ["1.5", "0.10", "\"Backup per GB\""]);
    assert_eq!(kept.at("quantity"), "120.00");
}

#[test]
fn base_08_bundles_cannot_be_additions() {
    let running = world();

    let body = r#"{"product":{"id":503},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z"}"#;

    assert_eq!(
        create(&running, AGREEMENT, body).flaws(),
        [("InvalidField".to_owned(), "product".to_owned())]
    );
}

#[test]
fn base_08_put_replaces_the_line_and_what_it_leaves_out_falls_to_its_default() {
    let running = world();
    let caller = caller(&running);

    let body = r#"{"product":{"id":501},"billCustomer":"NoCharge","effectiveDate":"2025-01-01T00:00:00Z"}"#;
    let reply = caller.send("PUT", &caller.line(LINE), body);

    assert_eq!(
        (reply.status, reply.at("quantity"), reply.at("lessIncluded")),
        (200, "null".into(), "0".into())
    );
    assert_eq!(reply.at("billCustomer"), "\"NoCharge\"");
}

#[test]
fn base_08_delete_answers_204_without_a_body() {
    let running = running(&super::SEED.replace(
        "privateKey: priv }",
        "privateKey: priv, role: { Agreements: { inquire: All, edit: All, delete: All } } }",
    ));
    let caller = caller(&running);

    let deleted = caller.send("DELETE", &caller.line(LINE), "");

    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(caller.get(&caller.line(LINE)).status, 404);
    assert_eq!(caller.send("DELETE", "finance/agreements/50001", "").status, 409, "its other line needs it");
    assert_eq!(running.audit_rows(), 1);
}

#[test]
fn base_08_a_line_answers_only_below_its_own_agreement() {
    let running = world();

    let reply = caller(&running).get(&format!("finance/agreements/50002/additions/{LINE}"));

    assert_eq!((reply.status, reply.at("message")), (404, format!("\"Addition {LINE} not found\"")));
}

#[test]
fn base_08_a_quantity_may_be_nothing_and_then_no_amount_is_computed() {
    let running = world();

    let body = r#"{"product":{"id":502},"billCustomer":"DoNotBill","effectiveDate":"2026-12-01T00:00:00Z"}"#;
    let reply = create(&running, AGREEMENT, body);

    assert_eq!(
        (reply.status, reply.at("unitPrice"), reply.at("product/id")),
        (201, "12.50".into(), "502".into())
    );
    assert_eq!(running.quantity(100_003), None);
    for absent in ["quantity", "billedQuantity", "extPrice", "extCost", "margin", "cancelledDate"] {
        assert!(!reply.body.contains(&format!("\"{absent}\"")), "{absent}");
    }
}

#[test]
fn base_08_the_status_of_an_agreement_follows_its_dates_and_flags() {
    let running = world();
    let caller = caller(&running);
    let status = || caller.get(&format!("finance/agreements/{AGREEMENT}")).at("agreementStatus");
    let edit =
        |field: &str, value: Value| running.by("jo").edit(Kind::Agreement, AGREEMENT, field, value).unwrap();
    assert_eq!(status(), "\"Active\"");

    edit("startDate", Value::text("2026-12-01T00:00:00Z"));
    assert_eq!(status(), "\"Inactive\"", "it has not begun");
    running.clock().set("2026-12-01T00:00:00Z".parse().unwrap());
    assert_eq!(status(), "\"Active\"", "from its start date on");
    edit("cancelledFlag", true.into());
    edit("dateCancelled", Value::text("2026-12-05T00:00:00Z"));
    assert_eq!(status(), "\"Active\"", "it is not cancelled yet");
    running.clock().set("2026-12-05T00:00:00Z".parse().unwrap());
    assert_eq!(status(), "\"Cancelled\"");
    edit("cancelledFlag", false.into());
    edit("noEndingDateFlag", false.into());
    edit("endDate", Value::text("2026-12-05T00:00:00Z"));
    running.clock().set("2026-12-05T23:59:59Z".parse().unwrap());
    assert_eq!(status(), "\"Active\"", "its last day lasts to its end");
    running.clock().set("2026-12-06T00:00:00Z".parse().unwrap());
    assert_eq!(status(), "\"Expired\"");
}

#[test]
fn base_08_the_next_invoice_date_is_open_and_the_day_before_is_not() {
    let running = world();
    let dated = |date: &str| {
        let body = format!(
            r#"{{"product":{{"id":502}},"billCustomer":"Billable","effectiveDate":"{date}T00:00:00Z"}}"#
        );
        create(&running, AGREEMENT, &body).status
    };

    assert_eq!((dated("2026-11-30"), dated("2026-12-01")), (400, 201));
}

#[test]
fn base_08_an_old_line_cannot_be_moved_into_an_invoiced_period_but_keeps_its_date() {
    let running = world();
    let caller = caller(&running);
    let patch = |date: &str| {
        let body = format!(r#"[{{"op":"replace","path":"effectiveDate","value":"{date}T00:00:00Z"}}]"#);
        caller.send("PATCH", &caller.line(LINE), &body).status
    };

    assert_eq!((patch("2026-11-05"), patch("2025-01-01"), patch("2026-12-01")), (400, 200, 200));
}

#[test]
fn base_08_prorated_amounts_are_the_days_left_of_the_current_period() {
    let running = world();
    running.by("jo").edit(Kind::Agreement, 50_002, "nextInvoiceDate", "2026-12-01").unwrap();
    let body = |flag: bool| {
        format!(
            r#"{{"product":{{"id":502}},"billCustomer":"Billable","quantity":3,"prorateCurrentPeriodFlag":{flag},
                "effectiveDate":"2026-11-21T00:00:00Z"}}"#
        )
    };

    let prorated = create(&running, 50_002, &body(true));
    let whole = create(&running, 50_002, &body(false));

    // Ten days of thirty: 12.50 / 3 and 4 / 3, in cents, three times.
    let amounts = ["proratePrice", "prorateCost", "extendedProratePrice", "extendedProrateCost", "extPrice"];
    assert_eq!(amounts.map(|name| prorated.at(name)), ["4.17", "1.33", "12.51", "3.99", "37.50"]);
    assert_eq!(amounts.map(|name| whole.at(name)), ["null", "null", "null", "null", "37.50"]);
}

#[test]
fn base_08_a_new_agreement_takes_its_billing_from_its_type() {
    let running = world();
    running.set_role("trueup", Role::everything());
    let post = |body: &str| caller(&running).send("POST", "finance/agreements", body);

    let agreement =
        post(r#"{"name":"New","type":{"name":"Support"},"company":{"id":20001},"contact":{"id":1}}"#);
    let bare = post("{}");

    assert_eq!((agreement.status, agreement.at("billProducts")), (201, "\"Billable\"".to_owned()));
    assert_eq!(agreement.at("invoicingCycle"), "\"CalendarYear\"");
    let missing: Vec<String> = bare.flaws().into_iter().map(|(_, field)| field).collect();
    assert_eq!(missing, ["name", "type", "company", "contact"]);
}

#[test]
fn base_08_a_new_line_without_a_date_begins_on_the_first_day_that_the_rules_allow() {
    let running = world();
    let begins = |next_invoice: Option<&str>, billing_start: &str, prorated: bool| {
        let edit =
            |field: &str, value: Value| running.by("jo").edit(Kind::Agreement, AGREEMENT, field, value);
        edit("nextInvoiceDate", next_invoice.map_or(Value::Null, Value::text)).unwrap();
        edit("billStartDate", Value::text(billing_start)).unwrap();
        edit("prorateFlag", prorated.into()).unwrap();
        let reply = create(&running, AGREEMENT, r#"{"product":{"id":502},"billCustomer":"Billable"}"#);
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.at("effectiveDate")
    };
    let past = "2025-01-01T00:00:00Z";

    assert_eq!(begins(None, past, false), "\"2026-11-20T00:00:00Z\"", "today");
    assert_eq!(begins(Some("2026-11-01"), past, false), "\"2026-11-20T00:00:00Z\"", "not invoiced yet");
    assert_eq!(begins(Some("2026-12-01"), past, false), "\"2026-12-01T00:00:00Z\"", "the open period");
    assert_eq!(begins(Some("2026-12-01T08:00:00Z"), past, false), "\"2026-12-02T00:00:00Z\"");
    assert_eq!(begins(Some("2026-12-01"), past, true), "\"2026-11-20T00:00:00Z\"", "prorated");
    assert_eq!(begins(Some("2026-12-01"), "2027-02-01T00:00:00Z", true), "\"2027-02-01T00:00:00Z\"");
    assert_eq!(begins(Some("2026-12-01"), "2027-02-01T00:00:00Z", false), "\"2027-02-01T00:00:00Z\"");
}

#[test]
fn base_08_a_line_is_cancelled_from_the_start_of_its_cancelled_day_on() {
    let running = world();
    let caller = caller(&running);
    let status_at = |now: &str| {
        running.clock().set(now.parse().unwrap());
        caller.get(&caller.line(LINE)).at("agreementStatus")
    };

    for written in ["2026-11-25T00:00:00Z", "2026-11-25T17:30:00Z"] {
        running.cancel_addition(LINE, written.parse().unwrap()).unwrap();
        assert_eq!(status_at("2026-11-24T23:59:59Z"), "\"Active\"", "{written}: the day before");
        assert_eq!(status_at("2026-11-25T00:00:00Z"), "\"Cancelled\"", "{written}: the day begins");
        assert_eq!(status_at("2026-11-25T23:59:59Z"), "\"Cancelled\"", "{written}: the day ends");
        assert_eq!(status_at("2026-11-26T00:00:00Z"), "\"Cancelled\"", "{written}: the day after");
    }
}
