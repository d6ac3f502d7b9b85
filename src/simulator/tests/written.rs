//! What a write may rest on: paths that do nothing, records that are judged whole, dates, prices and amounts.

use super::{AGREEMENT, LINE, Reply, SEED, caller, running, world};
use crate::simulator::schema::{self, Duty};
use crate::simulator::{Kind, Running, Value};

const LINES: &str = "finance/agreements/50001/additions";

fn replace(path: &str, value: &str) -> String {
    format!(r#"{{"op":"replace","path":"{path}","value":{value}}}"#)
}

/// A PATCH of the first line.
fn patch(running: &Running, operations: &[String]) -> Reply {
    let caller = caller(running);
    caller.send("PATCH", &caller.line(LINE), &format!("[{}]", operations.join(",")))
}

fn create(running: &Running, agreement: u32, effective: &str) -> Reply {
    let body = format!(
        r#"{{"product":{{"id":502}},"billCustomer":"Billable","quantity":1,"effectiveDate":"{effective}T00:00:00Z"}}"#
    );
    caller(running).send("POST", &format!("finance/agreements/{agreement}/additions"), &body)
}

fn edit_agreement(running: &Running, id: u32, field: &str, value: &str) {
    running.by("jo").edit(Kind::Agreement, id, field, Value::text(value)).unwrap();
}

fn flaw(code: &str, field: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), field.to_owned())]
}

#[test]
fn base_07_no_operation_on_any_path_into_a_reference_changes_anything() {
    let running = world();
    let before = running.addition(LINE);

    for path in ["product/id", "product/identifier", "/product/id", "product/nothing", "invoiceGrouping/id"] {
        for verb in ["add", "replace", "remove"] {
            let operation = format!(r#"{{"op":"{verb}","path":"{path}","value":502}}"#);
            assert_eq!(patch(&running, &[operation]).status, 200, "{verb} {path}");
            assert_eq!(running.addition(LINE), before, "{verb} {path}");
        }
    }
    assert_eq!(running.audit_rows(), 0);
}

#[test]
fn base_07_beside_an_ignored_path_the_others_land() {
    let running = world();

    let reply = patch(&running, &[replace("product/id", "502"), replace("quantity", "7")]);

    assert_eq!((reply.status, reply.at("product/id"), reply.at("quantity")), (200, "501".into(), "7".into()));
}

#[test]
fn base_07_nothing_that_only_the_server_sets_can_be_patched() {
    let running = world();
    let before = running.addition(LINE);
    let derived = schema::of(Kind::Addition).iter().filter(|field| field.duty == Duty::Derived);

    for field in derived {
        for value in ["7", "\"x\"", "null"] {
            assert_eq!(patch(&running, &[replace(field.name, value)]).status, 200, "{}", field.name);
        }
    }

    assert_eq!((running.addition(LINE), running.audit_rows()), (before, 0));
}

#[test]
fn base_07_what_only_the_server_sets_is_ignored_in_a_whole_record_too() {
    let running = world();
    let derived =
        r#""id":7,"agreementId":9,"extPrice":1,"margin":1,"billedQuantity":1,"agreementStatus":"Expired""#;
    let body = format!(
        r#"{{"product":{{"id":502}},"billCustomer":"Billable","quantity":2,"effectiveDate":"2026-12-01T00:00:00Z",{derived}}}"#
    );

    let created = caller(&running).send("POST", LINES, &body);
    let replaced = caller(&running).send("PUT", &format!("{LINES}/100003"), &body);

    for reply in [created, replaced] {
        let names = ["id", "agreementId", "extPrice", "margin", "billedQuantity"];
        let shown = names.map(|name| reply.at(name));
        assert_eq!(shown, ["100003", "50001", "25.00", "17.00", "2"]);
    }
}

#[test]
fn base_07_an_old_date_that_broke_its_rule_refuses_every_change_of_the_line() {
    let running = world();
    edit_agreement(&running, AGREEMENT, "billStartDate", "2026-06-01T00:00:00Z");

    let quantity = patch(&running, &[replace("quantity", "7")]);
    let text = patch(&running, &[replace("invoiceDescription", "\"x\"")]);

    assert_eq!((quantity.status, quantity.flaws()), (400, flaw("InvalidField", "effectiveDate")));
    assert_eq!((text.status, running.audit_rows()), (400, 1), "the row is that of the agreement");
}

#[test]
fn base_07_a_flaw_that_the_same_patch_mends_refuses_nothing() {
    let seed = SEED.replace("quantity: 120.00,", "quantity: 120.00, billCustomer: Sometimes,");
    let running = running(&seed);

    let alone = patch(&running, &[replace("quantity", "7")]);
    let mended = patch(&running, &[replace("quantity", "7"), replace("billCustomer", "\"Billable\"")]);

    assert_eq!((alone.status, mended.status, mended.at("quantity")), (400, 200, "7".into()));
}

#[test]
fn base_07_agreements_are_validated_whole_too() {
    let running = world();
    edit_agreement(&running, AGREEMENT, "invoicingCycle", "Weekly");
    let body = format!("[{}]", replace("customerPO", "\"7\""));

    let reply = caller(&running).send("PATCH", &format!("finance/agreements/{AGREEMENT}"), &body);

    assert_eq!((reply.status, reply.flaws()), (400, flaw("InvalidField", "invoicingCycle")));
}

#[test]
fn base_07_only_three_operations_exist_and_no_operation_is_no_change() {
    let running = world();
    for verb in ["test", "move", "copy", "ADD", ""] {
        let operation = format!(r#"{{"op":"{verb}","path":"quantity","value":7}}"#);
        assert_eq!(patch(&running, &[operation]).status, 400, "{verb}");
    }

    let nothing = patch(&running, &[]);

    assert_eq!((nothing.status, nothing.at("quantity")), (200, "120.00".into()));
    assert_eq!(running.audit_rows(), 0);
}

#[test]
fn base_07_a_line_that_is_not_there_cannot_be_patched() {
    let running = world();
    let body = format!("[{}]", replace("quantity", "7"));
    let status = |path: &str| caller(&running).send("PATCH", path, &body).status;

    assert_eq!(status(&format!("{LINES}/7")), 404);
    assert_eq!(status(&format!("finance/agreements/50002/additions/{LINE}")), 404);
    assert_eq!(running.mutations(), Vec::new());
}

#[test]
fn base_08_the_day_of_the_billing_start_is_open_and_the_day_before_is_not_even_with_proration() {
    let running = world();
    edit_agreement(&running, 50_002, "billStartDate", "2026-06-01T00:00:00Z");
    edit_agreement(&running, 50_002, "nextInvoiceDate", "2026-12-01");

    let before = create(&running, 50_002, "2026-05-31");

    assert_eq!((before.status, before.flaws()), (400, flaw("InvalidField", "effectiveDate")));
    assert_eq!(create(&running, 50_002, "2026-06-01").status, 201);
}

#[test]
fn base_08_with_proration_a_line_may_move_into_an_invoiced_period() {
    let running = world();
    let moved = || patch(&running, &[replace("effectiveDate", "\"2026-11-05T00:00:00Z\"")]).status;

    assert_eq!(moved(), 400);
    running.by("jo").edit(Kind::Agreement, AGREEMENT, "prorateFlag", true).unwrap();
    assert_eq!(moved(), 200);
}

#[test]
fn base_08_the_billing_word_is_one_of_three() {
    let running = world();
    let set = |word: &str| patch(&running, &[replace("billCustomer", &format!("\"{word}\""))]).status;

    assert_eq!(["DoNotBill", "NoCharge", "Billable"].map(set), [200, 200, 200]);
    assert_eq!(["NoDefault", "billable", "BILLABLE", "", "Bill able"].map(set), [400; 5]);
}

#[test]
fn base_08_every_way_to_a_line_tells_its_agreement() {
    let running = world();
    let caller = caller(&running);
    let bundle = r#"{"requests":[{"resourceType":"addition","apiRequest":{"parentId":50001,"id":100001}}]}"#;
    let told = |reply: &Reply| reply.body.contains(r#""agreementId":50001"#);

    assert!(told(&caller.get(&caller.line(LINE))));
    assert_eq!(caller.get(LINES).body.matches(r#""agreementId":50001"#).count(), 2);
    assert!(told(&caller.get(&format!("{LINES}?fields=agreementId"))));
    assert!(told(&caller.send("POST", "system/bundles", bundle)));
    assert!(told(&create(&running, AGREEMENT, "2026-12-01")));
    assert!(told(&caller.set_quantity(LINE, "7")));
}

#[test]
fn base_08_amounts_follow_prices_and_costs_and_need_both_factors() {
    let running = world();
    let amounts = |reply: &Reply| ["extPrice", "extCost", "margin"].map(|name| reply.at(name));

    let priced = patch(&running, &[replace("unitPrice", "2.5"), replace("unitCost", "3")]);
    let credit = patch(&running, &[replace("quantity", "-2")]);
    let priceless = patch(&running, &[replace("unitPrice", "null")]);

    assert_eq!(amounts(&priced), ["300.000", "360.00", "-60.000"]);
    assert_eq!(
        (amounts(&credit), credit.at("billedQuantity")),
        (["-5.0", "-6", "1.0"].map(str::to_owned), "0".into())
    );
    assert_eq!(amounts(&priceless), ["null", "-6", "null"]);
}

#[test]
fn base_08_prices_that_are_sent_with_a_new_line_are_kept() {
    let running = world();
    let body = r#"{"product":{"id":502},"billCustomer":"Billable","quantity":1,"unitPrice":0,"unitCost":1.25,
        "description":"Ours","effectiveDate":"2026-12-01T00:00:00Z"}"#;

    let reply = caller(&running).send("POST", LINES, body);

    let shown = ["unitPrice", "unitCost", "description"].map(|name| reply.at(name));
    assert_eq!((reply.status, shown), (201, ["0", "1.25", "\"Ours\""].map(str::to_owned)));
}

#[test]
fn base_08_the_same_product_again_leaves_a_price_that_was_agreed() {
    let running = world();
    patch(&running, &[replace("unitPrice", "0.99")]);

    let same = patch(&running, &[replace("product", r#"{"identifier":"BACKUP-GB"}"#)]);
    let quantity = patch(&running, &[replace("quantity", "7")]);

    assert_eq!([same.at("unitPrice"), quantity.at("unitPrice")], ["0.99", "0.99"]);
}

#[test]
fn base_08_what_is_sent_with_another_product_stays_and_only_the_rest_is_taken_from_it() {
    let running = world();
    let product = replace("product", r#"{"id":502}"#);

    let reply = patch(&running, &[product, replace("unitCost", "9"), replace("description", "\"Ours\"")]);

    let shown = ["unitPrice", "unitCost", "description", "quantity"].map(|name| reply.at(name));
    assert_eq!(shown, ["12.50", "9", "\"Ours\"", "120.00"]);
}

#[test]
fn base_08_a_line_cannot_become_a_bundle_either() {
    let running = world();

    let reply = patch(&running, &[replace("product", r#"{"id":503}"#)]);

    assert_eq!((reply.status, reply.flaws()), (400, flaw("InvalidField", "product")));
    assert_eq!(running.audit_rows(), 0);
}

#[test]
fn base_10_a_patch_of_many_fields_is_one_row_and_so_is_a_creation() {
    let running = world();

    patch(&running, &[replace("quantity", "7"), replace("unitPrice", "1"), replace("lessIncluded", "2")]);
    create(&running, AGREEMENT, "2026-12-01");
    create(&running, AGREEMENT, "2026-01-01");

    assert_eq!(running.audit_rows(), 2, "the refused creation has none");
}

#[test]
fn base_04_a_custom_field_that_is_emptied_is_listed_with_null() {
    let running = world();
    running.set_role("trueup", crate::simulator::Role::everything());
    let body = format!("[{}]", replace("customFields/0/value", "null"));

    let reply = caller(&running).send("PATCH", "company/companies/20001", &body);

    let field = reply.json().descend(&["customFields"]).list().unwrap()[0].clone();
    assert_eq!(reply.status, 200);
    assert!(field.object().unwrap().get("value").is_some_and(Value::is_null));
}

#[test]
fn base_04_rows_of_lists_have_their_information_and_no_nulls() {
    let running = world();

    let rows = caller(&running).get(LINES);

    let information = r#""_info":{"lastUpdated":"2024-01-01T00:00:00Z","updatedBy":"admin"}"#;
    assert_eq!(rows.body.matches(information).count(), 2, "{}", rows.body);
    assert!(!rows.body.contains("null"), "{}", rows.body);
}
