//! The edges that are left: names in another case, references that are none, deep brackets, links that repeat everything.

use super::{AGREEMENT, Caller, LINE, Reply, basic, caller, encoded, running, world, world_with};
use crate::simulator::{Bite, FaultFile, Function, Levels, Role, Span, Value};

const LINES: &str = "finance/agreements/50001/additions";

fn patch(caller: &Caller, path: &str, value: &str) -> Reply {
    let body = format!(r#"[{{"op":"replace","path":"{path}","value":{value}}}]"#);
    caller.send("PATCH", &caller.line(LINE), &body)
}

#[test]
fn base_01_a_company_in_another_case_is_unknown_and_both_code_bases_take_writes() {
    let running = world();
    let caller = caller(&running);
    let body = r#"[{"op":"replace","path":"quantity","value":7}]"#;
    let status = |base: &str| {
        let target = format!("/{base}/apis/3.0/{}", caller.line(LINE));
        caller.raw("PATCH", &target, body).unwrap().status
    };

    assert_eq!(caller.raw("GET", "/login/companyinfo/MSP", "").unwrap().body, "null");
    assert_eq!(["v4_6_release", "v2026_4", "v2026_3"].map(status), [200, 200, 400]);
}

#[test]
fn base_03_writes_and_counts_carry_the_version_that_was_asked_for() {
    let running = world();
    let accept = "application/vnd.connectwise.com+json; version=2025.16";
    let caller = caller(&running).with("Accept", accept);
    let typed = |reply: &Reply| reply.header("content-type") == Some(accept);

    assert!(typed(&caller.get(&format!("{LINES}/count"))));
    assert!(typed(&patch(&caller, "quantity", "7")));
    assert!(typed(&patch(&caller, "quantity", "\"x\"")), "refusals too");
    assert!(typed(&caller.send("POST", "system/bundles", r#"{"requests":[]}"#)));
}

#[test]
fn base_05_brackets_as_deep_as_an_address_is_long_are_answered() {
    let running = world();
    let ask = |depth: usize| {
        let condition = format!("{}id=20001{}", "(".repeat(depth), ")".repeat(depth));
        caller(&running).get(&format!("company/companies?conditions={condition}")).status
    };

    assert_eq!(ask(20), 200);
    assert!([200, 400].contains(&ask(4_900)));
    assert_eq!(ask(1), 200, "it still runs");
}

#[test]
fn base_05_many_ids_in_one_list_are_found() {
    let running = world();
    let ids: Vec<String> = (19_500..20_002).map(|id| id.to_string()).collect();
    let condition = encoded(&format!("id in ({})", ids.join(",")));

    let reply = caller(&running).get(&format!("company/companies?conditions={condition}"));

    assert_eq!(reply.status, 200);
    assert_eq!(reply.ids(), [20_001]);
}

#[test]
fn base_06_links_repeat_every_filter_the_order_and_the_fields() {
    let running = world();
    let query = format!(
        "pageSize=1&orderBy=id%20desc&fields=id&conditions={}&customFieldConditions={}",
        encoded("deletedFlag=false"),
        encoded("caption='Backup account' and value != null")
    );

    let first = caller(&running).get(&format!("company/companies?{query}"));
    let link = first.header("link").unwrap();
    let next = link.split_once('?').unwrap().1.split_once('>').unwrap().0;
    let second = caller(&running).get(&format!("company/companies?{next}"));

    assert_eq!((first.body.as_str(), second.body.as_str()), (r#"[{"id":20002}]"#, r#"[{"id":20001}]"#));
}

#[test]
fn base_06_forward_only_leads_on_though_the_fields_leave_out_the_id() {
    let running = world();
    let forward = caller(&running).with("pagination-type", "forward-only");

    let page = forward.get(&format!("{LINES}?pageSize=1&fields=quantity"));

    assert_eq!(page.body, r#"[{"quantity":120.00}]"#);
    assert!(page.header("link").unwrap().contains("pageId=100001>; rel=\"next\""));
}

#[test]
fn base_07_a_path_in_another_case_is_refused_in_front_of_a_slash_too() {
    let running = world();
    let caller = caller(&running);

    for path in
        ["Product/id", "PRODUCT", "quantity/", "//quantity", "quantity/value", "Quantity/x", " quantity"]
    {
        assert_eq!(patch(&caller, path, "7").status, 400, "{path}");
    }
    assert_eq!(running.audit_rows(), 0);
}

#[test]
fn base_07_what_names_no_product_is_no_reference_to_one() {
    let running = world();
    let caller = caller(&running);

    for value in ["null", "{}", "501", "\"BACKUP-GB\"", "[]", r#"{"id":null}"#, r#"{"identifier":"NONE"}"#] {
        assert_eq!(patch(&caller, "product", value).status, 400, "{value}");
    }
    assert_eq!((caller.get(&caller.line(LINE)).at("product/id"), running.audit_rows()), ("501".into(), 0));
}

#[test]
fn base_08_a_line_may_become_the_duplicate_of_another() {
    let running = world();
    let caller = caller(&running);

    assert_eq!(patch(&caller, "product", r#"{"id":502}"#).status, 200);

    let count = caller.get(&format!("{LINES}/count?conditions=product/id=502"));
    assert_eq!(count.at("count"), "2");
}

#[test]
fn base_09_a_refusal_without_flaws_has_no_list_of_them() {
    let running = world();
    let caller = caller(&running);
    let named = |reply: &Reply| {
        let json = reply.json();
        json.object().unwrap().iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
    };

    for reply in [
        caller.get("finance/agreements/9"),
        caller.get("company/companies?conditions=x"),
        caller.without("Authorization").get("company/companies"),
        super::caller(&running).send("DELETE", &format!("finance/agreements/{AGREEMENT}"), ""),
    ] {
        assert_eq!(named(&reply), ["code", "message"], "{}", reply.body);
    }
}

#[test]
fn base_10_rows_name_who_did_what_in_the_order_it_was_done() {
    let running = world();
    let caller = caller(&running);
    let body = r#"{"product":{"id":502},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z"}"#;
    let id: u32 = caller.send("POST", LINES, body).at("id").parse().unwrap();
    running.by("jo").edit_quantity(id, Some(9.into())).unwrap();
    running.by("kim").delete_addition(id).unwrap();

    let rows = caller.get(&format!("system/audittrail?type=AgreementAddition&id={id}")).json();

    let shown = |row: &Value| {
        let text = |name: &str| row.descend(&[name]).as_text().unwrap().to_owned();
        (text("auditSubType"), text("enteredBy"))
    };
    let rows: Vec<_> = rows.list().unwrap().iter().map(shown).collect();
    let expected = [("Added", "trueup"), ("Updated", "jo"), ("Deleted", "kim")];
    assert_eq!(rows, expected.map(|(what, who)| (what.to_owned(), who.to_owned())));
}

#[test]
fn base_11_what_a_role_may_not_read_it_may_not_count_or_read_in_a_bundle() {
    let running = world();
    running.set_role("trueup", Role::everything().with(Function::Agreements, Levels::default()));
    let caller = caller(&running);
    let body = r#"{"requests":[{"resourceType":"addition","apiRequest":{"parentId":50001}}]}"#;

    assert_eq!(caller.get(&format!("{LINES}/count")).status, 403);
    let bundle = caller.send("POST", "system/bundles", body);
    assert!(bundle.body.contains(r#""statusCode":403"#) && bundle.body.contains(r#""entities":[]"#));
}

#[test]
fn base_02_a_client_id_that_nobody_prescribes_may_be_any_but_not_none() {
    let running = running("companies: [{ identifier: cedar }]");
    let caller = Caller::new(&running).with("Authorization", &basic("msp+public:private"));

    assert_eq!(caller.get("system/info").status, 401);
    assert_eq!(caller.with("clientId", "any").get("system/info").status, 200);
}

#[test]
fn fault_20_lists_inside_bundles_lag_and_single_records_do_not() {
    let running = world_with("listLagSeconds: 3");
    let caller = caller(&running);
    caller.set_quantity(LINE, "7");
    let shown = |request: &str| {
        let body = format!(
            r#"{{"requests":[{{"resourceType":"addition","apiRequest":{{"parentId":50001,{request}"fields":"quantity"}}}}]}}"#
        );
        let results = caller.send("POST", "system/bundles", &body).json();
        results.descend(&["results"]).list().unwrap()[0].descend(&["entities"]).to_string()
    };

    assert_eq!(shown(""), r#"[{"quantity":120.00},{"quantity":3}]"#);
    assert_eq!(shown(r#""id":100001,"#), r#"[{"quantity":7}]"#);
    running.clock().advance(jiff::SignedDuration::from_secs(3));
    assert_eq!(shown(""), r#"[{"quantity":7},{"quantity":3}]"#);
}

#[test]
fn fault_13_half_of_the_answers_come_within_300_milliseconds_and_the_tail_ends_at_half_a_minute() {
    let file = FaultFile::from_yaml("faults: [{ fault: { latency: {} } }]").unwrap();

    let usual = Bite::Latency { median: Span::millis(300), cap: Span::millis(30_000) };
    assert_eq!(file.faults[0].fault, usual);
}
