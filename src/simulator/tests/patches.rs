//! The PATCH dialect.

use super::{AGREEMENT, LINE, caller, running, world};
use crate::simulator::{Kind, Object, Role, Value};

const COMPANY: &str = "company/companies/20001";

fn replace(path: &str, value: &str) -> String {
    format!(r#"[{{"op":"replace","path":"{path}","value":{value}}}]"#)
}

#[test]
fn base_07_paths_are_bare_or_slashed_and_the_answer_is_the_full_record() {
    let running = world();
    let caller = caller(&running);

    let bare = caller.send("PATCH", &caller.line(LINE), &replace("quantity", "7"));
    let slashed = caller.send("PATCH", &caller.line(LINE), &replace("/quantity", "8.5"));

    assert_eq!((bare.status, bare.at("quantity")), (200, "7".to_owned()));
    assert_eq!((slashed.at("quantity"), slashed.at("billedQuantity")), ("8.5".into(), "0".into()));
    assert_eq!(slashed.json(), caller.get(&caller.line(LINE)).json());
}

#[test]
fn base_07_paths_are_case_sensitive_and_operations_lower_case() {
    let running = world();
    let caller = caller(&running);

    let path = caller.send("PATCH", &caller.line(LINE), &replace("Quantity", "7"));
    let verb = caller.send("PATCH", &caller.line(LINE), r#"[{"op":"Replace","path":"quantity","value":7}]"#);
    let object = caller.send("PATCH", &caller.line(LINE), r#"{"quantity":7}"#);

    assert_eq!(path.flaws(), [("InvalidField".to_owned(), "Quantity".to_owned())]);
    assert_eq!((path.status, verb.status, object.status), (400, 400, 400));
    assert_eq!(running.mutations(), Vec::new());
}

#[test]
fn base_07_a_path_into_a_reference_answers_200_and_changes_nothing() {
    let running = world();
    let caller = caller(&running);
    let before = running.record(Kind::Agreement, AGREEMENT);

    let agreement = format!("finance/agreements/{AGREEMENT}");
    let reply = caller.send("PATCH", &agreement, &replace("company/identifier", "\"birch\""));

    assert_eq!((reply.status, reply.at("company/id")), (200, "20001".to_owned()));
    assert_eq!(running.record(Kind::Agreement, AGREEMENT), before);
    assert_eq!(running.audit_rows(), 0);
    assert_eq!(running.mutations()[0].before, running.mutations()[0].after);
}

#[test]
fn base_07_references_are_replaced_whole_by_id_identifier_or_name() {
    let running = world();
    let caller = caller(&running);
    let set = |value: &str| caller.send("PATCH", &caller.line(LINE), &replace("product", value));

    assert_eq!(set(r#"{"identifier":"IMAGE"}"#).at("product/id"), "502");
    assert_eq!(set(r#"{"id":501}"#).at("product/identifier"), "\"BACKUP-GB\"");
    let missing = set(r#"{"id":999}"#);
    assert_eq!((missing.status, missing.flaws()), (400, vec![("NotFound".to_owned(), "product".to_owned())]));
}

#[test]
fn base_07_derived_and_read_only_fields_are_ignored() {
    let running = world();
    let caller = caller(&running);
    let before = running.addition(LINE).unwrap();

    for path in
        ["extPrice", "margin", "billedQuantity", "agreementId", "id", "agreementStatus", "_info/updatedBy"]
    {
        let reply = caller.send("PATCH", &caller.line(LINE), &replace(path, "1"));
        assert_eq!(reply.status, 200, "{path}");
    }

    assert_eq!(running.addition(LINE), Some(before));
}

#[test]
fn base_07_the_whole_stored_record_is_validated_again() {
    let seed = super::SEED.replace(
        "{ product: IMAGE, quantity: 3 }",
        "{ product: IMAGE, quantity: 3, billCustomer: Sometimes }",
    );
    let running = running(&seed);

    let reply = caller(&running).set_quantity(100_002, "4");

    assert_eq!((reply.status, reply.at("code")), (400, "\"InvalidObject\"".to_owned()));
    assert_eq!(reply.flaws(), [("InvalidField".to_owned(), "billCustomer".to_owned())]);
    assert_eq!(running.quantity(100_002), Some(3.into()));
}

#[test]
fn base_07_one_bad_operation_keeps_all_from_happening() {
    let running = world();
    let caller = caller(&running);

    let body =
        r#"[{"op":"replace","path":"quantity","value":7},{"op":"replace","path":"nothing","value":7}]"#;
    let reply = caller.send("PATCH", &caller.line(LINE), body);

    assert_eq!(reply.status, 400);
    assert_eq!(running.quantity(LINE), Some("120.00".parse().unwrap()));
}

#[test]
fn base_07_numbers_may_be_texts_and_an_empty_text_is_nothing() {
    let running = world();
    let caller = caller(&running);

    assert_eq!(caller.set_quantity(LINE, "\"7.25\"").at("quantity"), "7.25");
    assert_eq!(caller.set_quantity(LINE, "\"seven\"").status, 400);
    assert_eq!(caller.set_quantity(LINE, "1e2").at("quantity"), "100");
    let emptied = caller.set_quantity(LINE, "\"\"");
    assert_eq!(
        (emptied.status, emptied.at("quantity"), emptied.at("extPrice")),
        (200, "null".into(), "null".into())
    );
    assert_eq!(caller.set_quantity(LINE, "1e400").status, 400);
    assert_eq!(caller.set_quantity(LINE, "true").status, 400);
}

#[test]
fn base_07_removing_a_field_makes_it_absent_unless_it_is_required() {
    let running = world();
    let caller = caller(&running);
    let remove = |path: &str| {
        caller.send("PATCH", &caller.line(LINE), &format!(r#"[{{"op":"remove","path":"{path}"}}]"#))
    };

    let described = r#"[{"op":"add","path":"invoiceDescription","value":"as agreed"}]"#;
    assert_eq!(caller.send("PATCH", &caller.line(LINE), described).at("invoiceDescription"), "\"as agreed\"");
    let removed = remove("invoiceDescription");
    assert_eq!((removed.status, removed.body.contains("invoiceDescription")), (200, false));
    let required = remove("product");
    assert_eq!(required.status, 400);
    assert_eq!(required.flaws(), [("MissingRequiredField".to_owned(), "product".to_owned())]);
    assert_eq!(caller.get(&caller.line(LINE)).at("product/id"), "501");
}

#[test]
fn base_07_array_paths_reach_single_elements() {
    let seed = super::SEED.replace(
        "name: Cedar Dental, custom",
        "name: Cedar Dental, fields: { types: [{ id: 1, name: Client }] }, custom",
    );
    let running = running(&seed);
    running.set_role("trueup", Role::everything());
    let caller = caller(&running);

    let body = r#"[{"op":"add","path":"/types/1","value":{"id":2,"name":"Partner"}},
        {"op":"replace","path":"types/0/name","value":"Old client"},
        {"op":"replace","path":"customFields/0/value","value":"cedar-2"}]"#;
    let reply = caller.send("PATCH", COMPANY, body);

    let company = reply.json();
    let types: Vec<Value> = company.descend(&["types"]).list().unwrap().to_vec();
    let named = |id: u32, name: &str| Value::Object(Object::new().with("id", id).with("name", name));
    assert_eq!(types, [named(1, "Old client"), named(2, "Partner")]);
    assert_eq!(
        company.descend(&["customFields"]).list().unwrap()[0].descend(&["value"]).as_text(),
        Some("cedar-2")
    );
    assert_eq!(caller.send("PATCH", COMPANY, &replace("types/7/name", "\"x\"")).status, 400);
}

#[test]
fn base_07_the_answer_is_the_full_record_whatever_fields_are_asked_for() {
    let running = world();
    let caller = caller(&running);

    let reply = caller.send("PATCH", &format!("{}?fields=id", caller.line(LINE)), &replace("quantity", "7"));

    assert_eq!(reply.json(), caller.get(&caller.line(LINE)).json());
}

#[test]
fn base_07_the_reader_takes_bare_names_and_single_quotes() {
    let running = world();
    let caller = caller(&running);
    let patch = |body: &str| caller.send("PATCH", &caller.line(LINE), body);

    let bare = patch("[{op: 'replace', path: 'quantity', value: 7.5}]");
    let quotes = patch(r#"[{op:'replace',path:"/invoiceDescription",value:'it\'s "gold": {7} \u00e9'}]"#);
    let mixed = patch(r#"[{"op":"replace",'path':'quantity',value:-1.5e1}]"#);

    assert_eq!((bare.status, bare.at("quantity")), (200, "7.5".to_owned()));
    assert_eq!(quotes.at("invoiceDescription"), r#""it's \"gold\": {7} é""#);
    assert_eq!((mixed.status, mixed.at("quantity")), (200, "-15".to_owned()));
    let broken =
        ["[{op: replace}]", "[{op: 'replace]", "[{op 'replace'}]", "[{'op':'replace','path':quantity}]"];
    for body in broken {
        assert_eq!(patch(body).status, 400, "{body}");
    }
}

#[test]
fn base_07_dates_are_whole_seconds_of_utc_and_nothing_else() {
    let running = world();
    let caller = caller(&running);
    let set = |date: &str| {
        let body = replace("cancelledDate", &format!("\"{date}\""));
        let reply = caller.send("PATCH", &caller.line(LINE), &body);
        (reply.status, reply.flaws())
    };
    let refused = || (400, vec![("InvalidField".to_owned(), "cancelledDate".to_owned())]);

    assert_eq!(set("2026-12-31T00:00:00Z").0, 200);
    assert_eq!(set("").0, 200);
    assert_eq!(running.addition(LINE).unwrap().get("cancelledDate"), None);
    for date in
        ["2026-12-31T00:00:00.000Z", "2026-12-31T00:00:00+01:00", "2026-12-31", "2026-02-30T00:00:00Z"]
    {
        assert_eq!(set(date), refused(), "{date}");
    }
}

#[test]
fn base_07_operations_follow_each_other_and_may_change_a_reference_too() {
    let running = world();
    let caller = caller(&running);

    let body = r#"[{"op":"replace","path":"quantity","value":1},{"op":"add","path":"/quantity","value":2},
        {"op":"replace","path":"product","value":{"identifier":"IMAGE"}}]"#;
    let reply = caller.send("PATCH", &caller.line(LINE), body);

    assert_eq!((reply.at("quantity"), reply.at("product/id")), ("2".into(), "502".into()));
    assert_eq!(reply.at("product/name"), "null", "a reference to a product has no name");
}

#[test]
fn base_07_nulls_inside_a_reference_are_absent_too() {
    let running = world();
    let caller = caller(&running);

    let body = replace("invoiceGrouping", r#"{"id":3,"name":null}"#);
    let reply = caller.send("PATCH", &caller.line(LINE), &body);

    assert_eq!(reply.at("invoiceGrouping"), r#"{"id":3}"#);
}

#[test]
fn base_07_a_replaced_record_keeps_what_only_the_server_sets() {
    let running = world();
    let caller = caller(&running);
    let path = format!("finance/agreements/{AGREEMENT}");
    let before = caller.get(&path);
    let line = caller.get(&caller.line(LINE));

    let after = caller.send("PUT", &path, &before.body);
    let same_line = caller.send("PUT", &caller.line(LINE), &line.body);

    assert_eq!((after.status, same_line.status), (200, 200), "{} {}", after.body, same_line.body);
    assert_ne!(before.at("nextInvoiceDate"), "null");
    assert_eq!(after.at("nextInvoiceDate"), before.at("nextInvoiceDate"));
    assert_eq!(same_line.at("sequenceNumber"), line.at("sequenceNumber"));
    let audit = |kind: &str, id: u32| caller.get(&format!("system/audittrail?type={kind}&id={id}")).body;
    let rows = audit("Agreement", AGREEMENT) + &audit("AgreementAddition", LINE);
    assert_eq!(rows, "[][]", "nothing was changed");
}

#[test]
fn base_08_another_product_brings_its_unit_unless_one_is_sent() {
    let running = world();
    let caller = caller(&running);
    let before = caller.get(&caller.line(LINE)).at("uom");

    let changed = caller.send("PATCH", &caller.line(LINE), &replace("product", r#"{"id":502}"#));
    let both = r#"[{"op":"replace","path":"product","value":{"id":501}},{"op":"replace","path":"uom","value":"TB"}]"#;
    let sent = caller.send("PATCH", &caller.line(LINE), both);

    assert_eq!([before, changed.at("uom"), sent.at("uom")], ["\"GB\"", "\"Each\"", "\"TB\""]);
}

#[test]
fn base_07_whole_numbers_have_no_fraction_and_texts_of_numbers_no_ornaments() {
    let running = world();
    running.set_role("trueup", Role::everything());
    let caller = caller(&running);

    let whole = caller.send("PATCH", COMPANY, &replace("numberOfEmployees", "12"));
    let fraction = caller.send("PATCH", COMPANY, &replace("numberOfEmployees", "1.5"));
    let huge = caller.send("PATCH", COMPANY, &replace("numberOfEmployees", "3000000000"));

    assert_eq!((whole.status, whole.at("numberOfEmployees")), (200, "12".to_owned()));
    assert_eq!((fraction.status, huge.status), (400, 400));
    for text in ["\"1_000\"", "\"+5\"", "\"1e-+5\"", "\"12345678901234567890123456789.5e0\""] {
        assert_eq!(
            caller.send("PATCH", &caller.line(LINE), &replace("quantity", text)).status,
            400,
            "{text}"
        );
    }
}

#[test]
fn base_07_an_identifier_that_was_left_to_another_company_means_the_other() {
    let running = world();
    running.set_role("trueup", Role::everything());
    let caller = caller(&running);

    let company = caller.send("POST", "company/companies", r#"{"identifier":"gone","name":"New"}"#);
    let moved = caller.send(
        "PATCH",
        &format!("finance/agreements/{AGREEMENT}"),
        &replace("company", r#"{"identifier":"gone"}"#),
    );

    assert_eq!((company.status, moved.status), (201, 200), "{} {}", company.body, moved.body);
    assert_eq!(moved.at("company/id"), company.at("id"));
}
