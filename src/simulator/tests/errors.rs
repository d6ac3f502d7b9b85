//! Refusals have exactly the shapes that are known.

use super::{LINE, caller, world};
use crate::simulator::{Canned, Fault, Match, Role, Tolerance, Value};

#[test]
fn base_09_an_invalid_object_names_every_flaw() {
    let running = world();
    let caller = caller(&running);
    let long = "x".repeat(51);

    let body = format!(
        r#"[{{"op":"replace","path":"serialNumber","value":"{long}"}},{{"op":"remove","path":"billCustomer"}}]"#
    );
    let reply = caller.send("PATCH", &caller.line(LINE), &body);

    let expected = concat!(
        r#"{"code":"InvalidObject","message":"addition object is invalid","errors":["#,
        r#"{"code":"MissingRequiredField","message":"The billCustomer field is required","resource":"addition","field":"billCustomer"},"#,
        r#"{"code":"MaxLengthField","message":"The serialNumber field is longer than 50","resource":"addition","field":"serialNumber"}]}"#,
    );
    assert_eq!((reply.status, reply.body.as_str()), (400, expected));
}

#[test]
fn base_09_a_missing_record_and_a_missing_endpoint_have_different_codes() {
    let running = world();
    let caller = caller(&running);

    let record = caller.get("finance/agreements/9");
    let parent = caller.get("finance/agreements/9/additions");
    let endpoint = caller.get("finance/additions");
    let invoice = caller.send("POST", "finance/agreements/50001/invoice", "{}");

    assert_eq!(record.body, r#"{"code":"NotFound","message":"Agreement 9 not found"}"#);
    assert_eq!((record.status, parent.status), (404, 404));
    assert_eq!(parent.body, record.body);
    assert_eq!((endpoint.status, endpoint.at("code")), (404, "\"ConnectWiseApi\"".to_owned()));
    assert_eq!((invoice.status, invoice.at("code")), (404, "\"ConnectWiseApi\"".to_owned()));
}

#[test]
fn base_09_wrong_methods_are_405_and_wrong_media_types_415() {
    let running = world();
    let caller = caller(&running);

    assert_eq!(caller.send("DELETE", "company/companies", "").status, 405);
    assert_eq!(caller.send("POST", "company/companies/count", "{}").status, 405);
    assert_eq!(caller.get("system/bundles").status, 405);
    let typed = caller.with("Content-Type", "text/plain");
    assert_eq!(typed.set_quantity(LINE, "7").status, 415);
    let versioned = typed.with("Content-Type", "application/vnd.connectwise.com+json; version=2026.4");
    assert_eq!(versioned.set_quantity(LINE, "7").status, 200);
}

#[test]
fn base_09_a_body_that_is_no_json_is_400_and_changes_nothing() {
    let running = world();
    let caller = caller(&running);
    let deep = "[".repeat(100) + &"]".repeat(100);

    for body in ["[", "nonsense", deep.as_str(), "[1]", r#"[{"op":"replace"}]"#] {
        assert_eq!(caller.send("PATCH", &caller.line(LINE), body).status, 400, "{body}");
    }

    assert_eq!(running.mutations(), Vec::new());
}

#[test]
fn base_09_the_429_body_has_its_own_shape() {
    let running = world();
    running.fail_next(Match::any(), Fault::StatusBefore(Canned::throttled(Some("30"))));

    let reply = caller(&running).get("company/companies");

    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("30")));
    assert_eq!(reply.at("error"), "\"ConnectWiseAPI\"");
    assert!(reply.at("message").contains("30 seconds"));
    assert_eq!(reply.at("code"), "null");
}

#[test]
fn base_09_every_inner_code_has_its_occasion() {
    let running = world();
    running.set_role("trueup", Role::everything());
    running.change_options(|options| options.negative_quantity = Tolerance::Refused);
    let caller = caller(&running);
    let line = caller.line(LINE);
    let patch = |path: &str, value: &str| {
        let body = format!(r#"[{{"op":"replace","path":"{path}","value":{value}}}]"#);
        caller.send("PATCH", &line, &body).flaws()
    };
    let flaw = |code: &str, field: &str| vec![(code.to_owned(), field.to_owned())];

    assert_eq!(patch("billCustomer", "null"), flaw("MissingRequiredField", "billCustomer"));
    assert_eq!(patch("billCustomer", "\"Never\""), flaw("InvalidField", "billCustomer"));
    assert_eq!(patch("quantity", "-1"), flaw("OutOfRange", "quantity"));
    let long = format!("\"{}\"", "x".repeat(6_001));
    assert_eq!(patch("invoiceDescription", &long), flaw("MaxLengthField", "invoiceDescription"));
    assert_eq!(patch("product", r#"{"id":9}"#), flaw("NotFound", "product"));
    let again = caller.send("POST", "company/companies", r#"{"identifier":"CEDAR","name":"Second"}"#);
    assert_eq!((again.status, again.flaws()), (400, flaw("ObjectExists", "identifier")));
    let recycled = caller.send("POST", "company/companies", r#"{"identifier":"gone","name":"Cedar Dental"}"#);
    assert_eq!(recycled.status, 201, "the recycle bin leaves identifiers free, and names may be shared");
}

#[test]
fn base_09_a_record_in_use_is_409_and_stays() {
    let running = world();
    running.set_role("trueup", Role::everything());
    let caller = caller(&running);

    for path in ["company/companies/20001", "finance/agreements/types/11", "procurement/catalog/501"] {
        let reply = caller.send("DELETE", path, "");
        assert_eq!((reply.status, reply.at("code")), (409, "\"ConnectWiseApi\"".to_owned()), "{path}");
        assert_eq!(caller.get(path).status, 200, "{path}");
    }
    assert_eq!(caller.send("DELETE", "company/companies/20003", "").status, 204);
}

#[test]
fn base_09_no_invoice_can_be_made() {
    let running = world();
    running.set_role("trueup", Role::everything());
    let caller = caller(&running);

    for method in ["POST", "PUT", "PATCH", "GET"] {
        assert_eq!(caller.send(method, "finance/agreements/50001/invoice", "{}").status, 404, "{method}");
    }
    assert_eq!((running.mutations(), running.audit_rows()), (Vec::new(), 0));
}

#[test]
fn base_09_every_refusal_but_429_and_the_gateways_has_a_code_and_a_message() {
    let running = world();
    let caller = caller(&running);
    let worded = |reply: &super::Reply| {
        let text = |json: &Value, name: &str| json.descend(&[name]).as_text().is_some();
        text(&reply.json(), "code") && text(&reply.json(), "message")
    };

    for (method, path, status) in [
        ("GET", "company/companies?conditions=x", 400),
        ("GET", "company/companies?page=0", 400),
        ("DELETE", "finance/agreements/50001", 403),
        ("GET", "finance/agreements/1", 404),
        ("GET", "nowhere", 404),
        ("PUT", "company/companies", 405),
        ("OPTIONS", "company/companies", 405),
    ] {
        let reply = caller.send(method, path, "");
        assert_eq!((reply.status, worded(&reply)), (status, true), "{method} {path}");
    }
    let stranger = caller.without("Authorization").get("company/companies");
    assert_eq!((stranger.status, worded(&stranger)), (401, true));
}
