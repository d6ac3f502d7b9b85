//! How records look, and that every change leaves its row.

use super::{AGREEMENT, LINE, caller, world};
use crate::simulator::{Change, Kind, Role, Source, Value};

#[test]
fn base_04_nulls_are_absent_but_custom_fields_are_always_listed() {
    let running = world();

    let birch = caller(&running).get("company/companies/20002");

    assert!(!birch.body.contains("\"addressLine1\""));
    let fields = birch.json().descend(&["customFields"]).list().unwrap().to_vec();
    let shown = |at: usize, name: &str| fields[at].descend(&[name]).to_string();
    assert_eq!((shown(0, "caption"), shown(0, "value")), ("\"Backup account\"".into(), "\"birch\"".into()));
    assert_eq!((shown(1, "caption"), shown(1, "value")), ("\"Seats\"".into(), "null".into()));
}

#[test]
fn base_04_information_has_whole_seconds_a_member_and_links_with_a_double_slash() {
    let running = world();
    let caller = caller(&running);
    caller.set_quantity(LINE, "7");

    let line = caller.get(&caller.line(LINE));
    let agreement = caller.get(&format!("finance/agreements/{AGREEMENT}"));

    assert_eq!(line.at("_info/lastUpdated"), "\"2026-11-20T09:30:00Z\"");
    assert_eq!(line.at("_info/updatedBy"), "\"trueup\"");
    let company = format!("\"http://{}/v4_6_release/apis/3.0//company/companies/20001\"", running.address());
    assert_eq!(agreement.at("company/_info/company_href"), company);
    assert_eq!(agreement.at("company/identifier"), "\"Cedar\"");
    assert!(
        agreement.at("_info/additions_href").ends_with("/apis/3.0//finance/agreements/50001/additions\"")
    );
}

#[test]
fn base_04_numbers_keep_their_exact_text() {
    let running = world();
    let caller = caller(&running);

    let before = caller.get(&caller.line(LINE));
    caller.set_quantity(LINE, "12345678901234567.89");
    let after = caller.get(&caller.line(LINE));

    assert_eq!(before.at("quantity"), "120.00");
    assert_eq!(before.at("extPrice"), "42.0000");
    assert_eq!(after.at("quantity"), "12345678901234567.89");
}

#[test]
fn every_endpoint_of_the_mapping_is_there() {
    let running = world();
    let caller = caller(&running);

    let integrations = caller.get("company/managedDevicesIntegrations");
    let rows = caller.get("company/managedDevicesIntegrations/41/crossReferences");
    let row = caller.get("company/managedDevicesIntegrations/41/crossReferences/7001");

    assert_eq!(integrations.ids(), [41]);
    assert_eq!(rows.ids(), [7001]);
    assert_eq!(row.at("product/identifier"), "\"BACKUP-GB\"");
    assert_eq!(row.at("agreementType/name"), "\"Managed Backup\"");
    assert_eq!(row.at("managedDevicesIntegration/id"), "41");
    assert_eq!(row.at("parentId"), "41");
    assert_eq!(caller.get("finance/agreements/types").ids(), [11, 12]);
    assert_eq!(caller.get("procurement/catalog/501").at("price"), "0.35");
    assert_eq!(caller.get("procurement/catalog/count").at("count"), "3");
}

#[test]
fn base_10_every_change_leaves_one_audit_row_and_a_repeated_run_none() {
    let running = world();
    let caller = caller(&running);
    let trail = format!("system/audittrail?type=AgreementAddition&id={LINE}");
    assert_eq!(caller.get(&trail).body, "[]");

    caller.set_quantity(LINE, "7");
    caller.set_quantity(LINE, "7");
    running.by("jo").edit_quantity(LINE, Some(9.into())).unwrap();

    let rows = caller.get(&trail).json();
    let rows = rows.list().unwrap();
    let shown = |at: usize, name: &str| rows[at].descend(&[name]).as_text().unwrap().to_owned();
    assert_eq!(rows.len(), 2);
    assert_eq!(running.audit_rows(), 2);
    assert_eq!(shown(0, "text"), "quantity changed from 120.00 to 7");
    assert_eq!((shown(0, "enteredBy"), shown(1, "enteredBy")), ("trueup".into(), "jo".into()));
    assert_eq!(shown(0, "enteredDate"), "2026-11-20T09:30:00Z");
    assert_eq!(caller.get(&trail.replace("trail?", "trail/count?")).at("count"), "2");
}

#[test]
fn base_10_the_audit_trail_refuses_types_it_does_not_follow() {
    let running = world();

    assert_eq!(caller(&running).get("system/audittrail?type=Nothing&id=1").status, 400);
    assert_eq!(caller(&running).get("system/audittrail?type=Agreement").status, 400);
}

#[test]
fn the_log_tells_reads_from_writes_and_keeps_before_and_after() {
    let running = world();
    let caller = caller(&running);

    caller.get("company/companies?page=1");
    caller.set_quantity(LINE, "7");
    running.cancel_addition(LINE, running.clock().now()).unwrap();

    let log = running.log();
    assert_eq!(log.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((log[0].is_read(), log[1].is_write()), (true, true));
    assert_eq!((log[0].query.as_str(), log[0].status), ("page=1", Some(200)));
    assert!(!format!("{log:?}").contains("priv"));
    let mutation = &running.mutations()[0];
    assert_eq!((mutation.kind, mutation.id, mutation.parent), (Kind::Addition, LINE, Some(AGREEMENT)));
    assert_eq!((mutation.change, mutation.source), (Change::Changed, Source::Api));
    let quantity = |record: &Option<crate::simulator::Object>| {
        record.as_ref().unwrap().get("quantity").unwrap().to_string()
    };
    assert_eq!((quantity(&mutation.before), quantity(&mutation.after)), ("120.00".into(), "7".into()));
    let hand = &running.hand_edits()[0];
    assert_eq!((hand.sequence, hand.source), (3, Source::Screen));
    assert_eq!(running.addition(LINE).unwrap().get("agreementStatus").unwrap().as_text(), Some("Cancelled"));
}

#[test]
fn hand_edits_reach_every_kind_of_record_and_can_delete() {
    let running = world();

    running.by("jo").edit(Kind::Agreement, AGREEMENT, "cancelledFlag", true).unwrap();
    running.by("jo").edit(Kind::Company, 20_001, "name", "Cedar Teeth").unwrap();
    running.delete_addition(LINE).unwrap();

    let agreement = caller(&running).get(&format!("finance/agreements/{AGREEMENT}"));
    assert_eq!(agreement.at("agreementStatus"), "\"Cancelled\"");
    assert_eq!(agreement.at("company/name"), "\"Cedar Teeth\"");
    assert_eq!(agreement.at("_info/updatedBy"), "\"jo\"");
    assert_eq!(running.addition(LINE), None);
    assert!(running.edit_quantity(LINE, None).is_err());
    assert!(running.by("jo").edit(Kind::Company, 20_001, "Name", "x").is_err());
}

#[test]
fn base_04_custom_fields_have_their_definition_and_no_record_lacks_one() {
    let running = world();

    for company in caller(&running).get("company/companies").json().list().unwrap() {
        let fields = company.descend(&["customFields"]).list().unwrap().to_vec();
        assert_eq!(fields.len(), 2);
        for field in fields {
            for name in ["id", "caption", "type", "entryMethod", "numberOfDecimals"] {
                assert!(!field.descend(&[name]).is_null(), "{name}");
            }
            assert!(field.object().unwrap().get("value").is_some(), "null is written");
        }
    }
}

#[test]
fn base_04_a_change_that_changes_nothing_leaves_last_updated_alone() {
    let running = world();
    let caller = caller(&running);
    let before = caller.get(&caller.line(LINE)).at("_info");

    let same = caller.set_quantity(LINE, "120");

    assert_eq!((same.status, same.at("_info")), (200, before));
    running.clock().advance(jiff::SignedDuration::from_millis(1_900));
    assert_eq!(caller.set_quantity(LINE, "122").at("_info/lastUpdated"), "\"2026-11-20T09:30:01Z\"");
}

#[test]
fn base_04_dates_by_hand_are_whole_seconds_too() {
    let running = world();
    let caller = caller(&running);

    running.cancel_addition(LINE, "2026-12-01T00:00:00.75Z".parse().unwrap()).unwrap();

    assert_eq!(caller.get(&caller.line(LINE)).at("cancelledDate"), "\"2026-12-01T00:00:00Z\"");
}

#[test]
fn base_10_every_change_of_every_followed_kind_leaves_its_row() {
    let running = world();
    running.set_role("trueup", Role::everything());
    let caller = caller(&running);
    let rows = |audit_type: &str, id: u32| {
        let rows = caller.get(&format!("system/audittrail?type={audit_type}&id={id}")).json();
        let sub_type = |row: &Value| row.descend(&["auditSubType"]).as_text().unwrap().to_owned();
        rows.list().unwrap().iter().map(sub_type).collect::<Vec<_>>()
    };
    let live = |collection: &str, audit_type: &str, body: &str, field: &str| {
        let id = caller.send("POST", collection, body).at("id").parse().unwrap();
        let path = format!("{collection}/{id}");
        let patch = format!(r#"[{{"op":"replace","path":"{field}","value":"{field}"}}]"#);
        assert_eq!(caller.send("PATCH", &path, &patch).status, 200, "{path}");
        assert_eq!(caller.send("PATCH", &path, &patch).status, 200, "{path}");
        assert_eq!(caller.send("DELETE", &path, "").status, 204, "{path}");
        assert_eq!(rows(audit_type, id), ["Added", "Updated", "Deleted"], "{audit_type}");
    };

    live("company/companies", "Company", r#"{"identifier":"oak","name":"Oak"}"#, "city");
    let agreement = r#"{"name":"New","type":{"id":12},"company":{"id":20001},"contact":{"id":1}}"#;
    live("finance/agreements", "Agreement", agreement, "customerPO");
    let addition =
        r#"{"product":{"id":502},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z"}"#;
    live("finance/agreements/50001/additions", "AgreementAddition", addition, "serialNumber");
    let product = r#"{"identifier":"NEW","description":"New","subcategory":{"id":1},"type":{"id":1},
        "customerDescription":"New"}"#;
    live("procurement/catalog", "ProductCatalog", product, "notes");
    assert_eq!(running.audit_rows(), 12);
}

#[test]
fn base_10_refused_writes_and_ignored_paths_leave_no_row() {
    let running = world();
    let caller = caller(&running);
    let patch = |path: &str, value: &str| {
        let body = format!(r#"[{{"op":"replace","path":"{path}","value":{value}}}]"#);
        caller.send("PATCH", &caller.line(LINE), &body).status
    };

    assert_eq!(patch("product/identifier", "\"IMAGE\""), 200);
    assert_eq!(patch("extPrice", "1"), 200);
    assert_eq!(patch("quantity", "120.000"), 200);
    assert_eq!(patch("quantity", "\"x\""), 400);

    assert_eq!(running.audit_rows(), 0);
}

#[test]
fn a_log_with_a_limit_forgets_the_oldest_requests_and_counts_them() {
    let running = world();
    let caller = caller(&running);
    for quantity in ["1", "2", "3", "4"] {
        caller.set_quantity(LINE, quantity);
    }

    running.limit_log(20 * 1024);
    caller.set_quantity(LINE, "5");

    let kept: Vec<u64> = running.log().iter().map(|exchange| exchange.sequence).collect();
    assert_eq!((kept, running.forgotten_requests()), (vec![4, 5], 3));
    assert_eq!((running.mutations().len(), running.audit_rows()), (2, 5));
}

#[test]
fn a_reference_to_what_is_not_kept_here_is_stored_as_a_reference_and_nothing_else() {
    let running = world();
    let caller = caller(&running);
    let agreement = format!("finance/agreements/{AGREEMENT}");
    let set = |field: &str, value: &str| {
        let body = format!(r#"[{{"op":"replace","path":"{field}","value":{value}}}]"#);
        caller.send("PATCH", &agreement, &body)
    };

    let department = set("department", r#"{"id":7,"identifier":"IT","name":null,"_info":[true],"_x":{}}"#);
    assert_eq!(department.at("department"), r#"{"id":7,"identifier":"IT"}"#);
    let location = set("location", r#"{"id":2,"identifier":"HQ","name":"Main"}"#);
    assert_eq!(location.at("location"), r#"{"id":2,"name":"Main"}"#);
    assert_eq!(set("location", "{}").at("location"), "null");
    for none in [r#"{"id":true}"#, r#"{"id":1.5}"#, r#"{"name":["Main"]}"#, r#""Main""#] {
        assert_eq!(set("location", none).status, 400, "{none}");
    }
}

#[test]
fn a_company_comes_back_from_the_recycle_bin_only_where_its_identifier_is_still_free() {
    let running = world();
    running.set_role("trueup", Role::everything());
    let caller = caller(&running);
    let undelete = |id: u32, more: &str| {
        let body = format!(r#"[{{"op":"replace","path":"deletedFlag","value":false}}{more}]"#);
        caller.send("PATCH", &format!("company/companies/{id}"), &body)
    };
    let taken = r#"{"identifier":"Gone","name":"Another","site":{"name":"Main"},"types":[{"id":1}]}"#;
    assert_eq!(caller.send("POST", "company/companies", taken).status, 201);

    let refused = undelete(20_003, "");

    assert_eq!(refused.status, 400);
    assert_eq!(refused.flaws(), [("ObjectExists".to_owned(), "identifier".to_owned())]);
    let renamed = undelete(20_003, r#",{"op":"replace","path":"identifier","value":"back"}"#);
    assert_eq!((renamed.status, renamed.at("deletedFlag")), (200, "false".to_owned()));
    assert_eq!(undelete(20_001, "").status, 200, "nothing comes back that was never away");
}

#[test]
fn a_replaced_agreement_takes_from_its_type_what_is_not_demanded() {
    let body = |more: &str| {
        format!(r#"{{"name":"Bare","type":{{"id":11}},"company":{{"id":20001}},"contact":{{"id":1}}{more}}}"#)
    };
    let seed = super::SEED.replace(
        "name: Managed Backup }",
        "name: Managed Backup, fields: { prorateFlag: true, billTime: Billable } }",
    );
    let path = format!("finance/agreements/{AGREEMENT}");
    let demanded = concat!(
        r#","billTime":"NoCharge","billExpenses":"Billable","billProducts":"Billable","#,
        r#""employeeCompRate":"Hourly","invoicingCycle":"CalendarYear""#
    );

    let enforced = super::running(&seed);
    assert_eq!(
        caller(&enforced).send("PUT", &path, &body("")).status,
        400,
        "what is demanded has no default"
    );
    let replaced = caller(&enforced).send("PUT", &path, &body(demanded));
    assert_eq!((replaced.status, replaced.at("prorateFlag")), (200, "true".to_owned()), "{}", replaced.body);
    assert_eq!(replaced.at("billTime"), "\"NoCharge\"", "what is sent stays");

    let ignored = super::running(&format!("{seed}options: {{ requiredOnUpdates: ignored }}\n"));
    let replaced = caller(&ignored).send("PUT", &path, &body(""));
    assert_eq!((replaced.status, replaced.at("billTime")), (200, "\"Billable\"".to_owned()));
}
